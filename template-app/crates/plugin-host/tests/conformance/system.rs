//! Arguments, environment, clocks, random numbers, and what is open at the start.

use crate::support::{Desk, errno, guest};

#[test]
fn a_plugin_knows_its_name_and_no_environment() {
    // Numbers of arguments and of bytes, then the first eight bytes of the only argument.
    let args = "(call $note (call $args_sizes_get (i32.const 512) (i32.const 516))) (call $note (i32.load (i32.const 512))) (call $note (i32.load (i32.const 516)))
        (call $note (call $args_get (i32.const 520) (i32.const 600))) (call $note64 (i64.load (i32.const 600)))";
    let name = i64::from_le_bytes(*b"hostile.");
    assert_eq!(Desk::new().notes(&guest(args)), [0, 1, "hostile.wasm\0".len() as i64, 0, name]);
    let environment = "(call $note (call $environ_sizes_get (i32.const 512) (i32.const 516))) (call $note (i32.load (i32.const 512))) (call $note (i32.load (i32.const 516)))";
    assert_eq!(Desk::new().notes(&guest(environment)), [0, 0, 0]);
}

#[test]
fn clocks_go_forward() {
    let monotonic = "(call $note (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 512))) (local.set $n (i64.load (i32.const 512)))
        (call $note (call $sleep (i64.const 20_000_000)))
        (drop (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 512))) (call $note64 (i64.sub (i64.load (i32.const 512)) (local.get $n)))";
    let noted = Desk::new().notes(&guest(monotonic));
    assert_eq!(noted[..2], [0, 0]);
    assert!((20_000_000..2_000_000_000).contains(&noted[2]), "{noted:?}");
    let wall = "(call $note (call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 512))) (call $note64 (i64.load (i32.const 512)))";
    let noted = Desk::new().notes(&guest(wall));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos()
        as i64;
    assert!(noted[0] == 0 && (now - noted[1]).abs() < 60_000_000_000, "{noted:?}, and it is {now}");
    // Processor time is the app's own affair.
    let cpu = "(call $note (call $clock_time_get (i32.const 2) (i64.const 1) (i32.const 512))) (call $note (call $clock_time_get (i32.const 3) (i64.const 1) (i32.const 512)))";
    assert_eq!(Desk::new().notes(&guest(cpu)), [errno::BADF, errno::BADF]);
}

#[test]
fn random_numbers_differ() {
    let desk = Desk::new();
    let body = "(call $note (call $random_get (i32.const 512) (i32.const 16))) (call $note64 (i64.load (i32.const 512))) (call $note64 (i64.load (i32.const 520)))";
    let mut seen: Vec<i64> = (0..20).flat_map(|_| desk.notes(&guest(body))[1..].to_vec()).collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 40);
    // As much as is given at once, and one byte more.
    let most = "(drop (memory.grow (i32.const 100))) (call $note (call $random_get (i32.const 524_288) (i32.const 1_048_576)))";
    assert_eq!(desk.notes(&guest(most)), [0]);
    desk.fails(&guest(&most.replace("1_048_576", "1_048_577")), plugin_host::Code::Trap);
}

#[test]
fn three_streams_and_one_folder_are_open() {
    // For each: is it a folder that was open before, and what it is.
    let body: String = (0..6).map(|fd| format!("(call $note (call $fd_prestat_get (i32.const {fd}) (i32.const 512))) (call $note (call $fd_fdstat_get (i32.const {fd}) (i32.const 512))) (call $note (i32.load8_u (i32.const 512)))")).collect();
    let noted =
        Desk::new().notes(&guest(&format!("(i64.store (i32.const 512) (i64.const 0)) {body}")));
    let badf = errno::BADF;
    for fd in 0..3 {
        assert_eq!(noted[fd * 3..fd * 3 + 2], [badf, 0], "{fd}: {noted:?}");
    }
    assert_eq!(noted[9..12], [0, 0, 3], "the folder: {noted:?}");
    assert_eq!((noted[12], noted[13], noted[15], noted[16]), (badf, badf, badf, badf));
    let name = "(call $note (call $fd_prestat_get (i32.const 3) (i32.const 512))) (call $note (i32.load (i32.const 516)))
        (call $note (call $fd_prestat_dir_name (i32.const 3) (i32.const 600) (i32.const 1))) (call $note (i32.load8_u (i32.const 600)))";
    assert_eq!(Desk::new().notes(&guest(name)), [0, 1, 0, '.' as i64]);
}

#[test]
fn polls_tell_what_is_ready() {
    // A clock and stdin together: stdin is ready at once.
    let body = "(drop (call $sleep (i64.const 0)))
        (i64.store (i32.const 1000) (i64.const 7)) (i32.store (i32.const 1016) (i32.const 1)) (i64.store (i32.const 1024) (i64.const 60_000_000_000))
        (i64.store (i32.const 1048) (i64.const 8)) (i32.store8 (i32.const 1056) (i32.const 1)) (i32.store (i32.const 1064) (i32.const 0))
        (call $note (call $poll_oneoff (i32.const 1000) (i32.const 1200) (i32.const 2) (i32.const 1300)))
        (call $note (i32.load (i32.const 1300))) (call $note64 (i64.load (i32.const 1200)))";
    assert_eq!(Desk::new().notes(&guest(body)), [0, 1, 8]);
    assert_eq!(Desk::new().notes(&guest("(call $note (call $poll_oneoff (i32.const 1000) (i32.const 1200) (i32.const 0) (i32.const 1300)))")), [errno::INVAL]);
}
