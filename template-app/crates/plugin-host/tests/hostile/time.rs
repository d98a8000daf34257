//! Deadlines: nothing that a guest does keeps the answer from being there.

use std::time::{Duration, Instant};

use plugin_host::{CallOptions, Code};

use crate::support::{Desk, PAYLOAD, guest, guest_with, wait};

/// The deadline of the calls here.
const DEADLINE: Duration = Duration::from_millis(500);
/// How much later the answer may be there: this is an unoptimised build on a machine that does other things too.
const BOUND: Duration = Duration::from_millis(250);

/// Calls with a deadline of half a second, and measures how long after it the answer came.
fn late(desk: &Desk, what: &str, wat: &str) {
    desk.install("hostile", wat);
    let options = CallOptions { timeout: Some(DEADLINE), id: None };
    // The first call makes the module ready, which is no part of its time.
    let first = wait(desk.host.call("hostile", PAYLOAD.into(), options.clone()));
    assert_eq!(first.code, Some(Code::Timeout), "{what}: {first:#?}");
    let mut least = Duration::MAX;
    // A machine that does other things is late by chance, a host that is too slow is late each time.
    for _ in 0..3 {
        let began = Instant::now();
        let result = wait(desk.host.call("hostile", PAYLOAD.into(), options.clone()));
        least = least.min(began.elapsed().saturating_sub(DEADLINE));
        assert_eq!(result.code, Some(Code::Timeout), "{what}: {result:#?}");
        if least < BOUND {
            break;
        }
    }
    eprintln!("{what}: {:.1} ms after the deadline", least.as_secs_f64() * 1000.0);
    assert!(least < BOUND, "{what}: {least:?} late");
    desk.still_answers();
}

#[test]
fn endless_loops_end() {
    let desk = Desk::new();
    late(&desk, "endless loop", &guest_with("", "(loop $l (br $l))"));
    let start = "(func $spin (loop $l (br $l))) (start $spin)";
    late(&desk, "endless start function", &guest_with(start, ""));
    let calls = "(func $a (call $b)) (func $b (loop $l (call $c) (br $l))) (func $c)";
    late(&desk, "endless calls", &guest_with(calls, "(call $a)"));
    late(&desk, "endless yields", &guest_with("", "(loop $l (drop (call $sched_yield)) (br $l))"));
    late(&desk, "endless tail calls", &guest_with("(func $t (return_call $t))", "(call $t)"));
}

#[test]
fn sleeps_end() {
    let desk = Desk::new();
    late(&desk, "sleep of 5 s", &guest("(drop (call $sleep (i64.const 5_000_000_000)))"));
    late(&desk, "sleep of 584 years", &guest("(drop (call $sleep (i64.const -1)))"));
    let forever = "(loop $l (drop (call $sleep (i64.const 1_000_000))) (br $l))";
    late(&desk, "endless naps", &guest(forever));
    let absolute = "(drop (call $sleep (i64.const -1))) (i32.store16 (i32.const 168) (i32.const 1))
        (drop (call $poll_oneoff (i32.const 128) (i32.const 192) (i32.const 1) (i32.const 256)))";
    late(&desk, "sleep to the end of time", &guest(absolute));
}

/// One call of the system that is made to take as long as it can.
#[test]
fn calls_of_the_system_that_take_long_end() {
    let desk = Desk::new();
    // As many clocks as one call takes, all at the end of time, and as many as fit into memory.
    for count in [1_024, 600_000] {
        let clocks = format!("(drop (memory.grow (i32.const 900)))
            (loop $l
              (i32.store (i32.add (i32.const 327_696) (i32.mul (local.get $i) (i32.const 48))) (i32.const 1))
              (i64.store (i32.add (i32.const 327_704) (i32.mul (local.get $i) (i32.const 48))) (i64.const -1))
              (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const {count}))))
            (loop $again (drop (call $poll_oneoff (i32.const 327_680) (i32.const 29_200_000) (i32.const {count}) (i32.const 256))) (br $again))");
        late(&desk, &format!("{count} clocks in one call"), &guest_with("", &clocks));
    }
    // Paths that lead nowhere, as long as memory: `a/../a/../…`
    let path = "(drop (memory.grow (i32.const 900)))
        (loop $l
          (i32.store (i32.add (i32.const 524_288) (i32.mul (local.get $i) (i32.const 5))) (i32.const 0x2e2e2f61))
          (i32.store8 (i32.add (i32.const 524_292) (i32.mul (local.get $i) (i32.const 5))) (i32.const 47))
          (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 11_000_000))))
        (drop (call $mkdir «a»))
        (loop $again (drop (call $stat (i32.const 524_288) (i32.const 55_000_000))) (br $again))";
    late(&desk, "a path of 55 MB", &guest_with("", path));
    let random =
        "(loop $l (drop (call $random_get (i32.const 262_144) (i32.const 200_000))) (br $l))";
    late(&desk, "endless random bytes", &guest_with("", random));
    let fills = "(drop (memory.grow (i32.const 900)))
        (loop $l (memory.fill (i32.const 262_144) (i32.const 7) (i32.const 50_000_000)) (br $l))";
    late(&desk, "endless fills of 50 MB", &guest_with("", fills));
    let parts = "(drop (memory.grow (i32.const 900)))
        (loop $l (drop (call $fd_write (i32.const 1) (i32.const 524_288) (i32.const 7_000_000) (i32.const 16))) (br $l))";
    late(&desk, "writes of 7 million empty parts", &guest_with("", parts));
    let folder = desk.storage_of("hostile");
    (0..9_000).for_each(|n| fs_err::write(folder.join(format!("file-{n}")), "").unwrap());
    let list = "(loop $l (drop (call $fd_readdir (i32.const 3) (i32.const 300_000) (i32.const 4096) (i64.const 0) (i32.const 16))) (br $l))";
    late(&desk, "9,000 files listed", &guest_with("", list));
}
