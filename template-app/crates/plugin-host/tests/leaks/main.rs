//! Thousands of calls, good and bad: at the end the process has what it had at the beginning.

#![cfg(all(feature = "tool", target_os = "linux"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "these are tests; the lint knows only functions that are marked so"
)]

#[path = "../support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use plugin_host::{CallOptions, Code, PluginHost};
use support::{
    Desk, PAYLOAD, guest, guest_with, open_files, resident_kb, threads, threads_named, until, wait,
};

/// Calls between two measurements.
const ROUND: usize = 1_000;
/// Calls in all.
const CALLS: usize = 10_000;
/// One thing that a process has.
type Count = fn(&Has) -> u64;
/// How much more there may be at the end, of open files, of threads, and of memory in KiB. The slots that guests run in keep up to
/// 4 MiB or give it back, as it happens; a leak of 1 KiB in each call would be more.
const ROOM: &[(Count, u64)] =
    &[(|has| has.files as u64, 4), (|has| has.threads as u64, 8), (|has| has.kb, 6 * 1024)];
/// Calls at the same time.
const AT_ONCE: usize = 8;

/// One kind of call, and what comes of it.
const KINDS: &[(&str, Option<Code>)] = &[
    ("answers", None),
    ("writes", None),
    ("traps", Some(Code::Trap)),
    ("answers", None),
    ("exits", Some(Code::Exit)),
    ("grows", Some(Code::MemoryLimit)),
    ("floods", Some(Code::OutputLimit)),
    ("missing", Some(Code::NotFound)),
    ("answers", None),
    ("fills", Some(Code::StorageQuota)),
];

/// What the process has.
#[derive(Debug)]
struct Has {
    threads: usize,
    files: usize,
    kb: u64,
}

fn has() -> Has {
    Has { threads: threads(), files: open_files(), kb: resident_kb() }
}

fn desk() -> Desk {
    let desk = Desk::limited(|limits| (limits.storage_mb, limits.memory_mb) = (1, 16));
    desk.install("answers", &guest("(call $note (i32.const 1))"));
    desk.install("writes", &guest("(drop (call $open «f» (i32.const 9) (i32.const 0))) (drop (call $write (global.get $fd) (i32.const 0) (i32.const 1000)))"));
    desk.install(
        "traps",
        &guest("(drop (call $open «f» (i32.const 9) (i32.const 0))) (unreachable)"),
    );
    desk.install("exits", &guest_with("", "(call $proc_exit (i32.const 9))"));
    desk.install(
        "grows",
        &guest("(if (i32.eq (memory.grow (i32.const 9999)) (i32.const -1)) (then (unreachable)))"),
    );
    desk.install("floods", &guest_with("", "(loop $l (br_if $l (i32.eqz (call $write (i32.const 1) (i32.const 0) (i32.const 200_000)))))"));
    desk.install("fills", &guest("(drop (call $open «f» (i32.const 9) (i32.const 0))) (drop (call $pwrite (global.get $fd) (i32.const 0) (i32.const 1) (i64.const 9_000_000)))"));
    desk.install("loops", &guest_with("", "(loop $l (br $l))"));
    desk.install("sleeps", &guest("(drop (call $sleep (i64.const 50_000_000_000)))"));
    desk
}

/// Calls of all kinds, a few at a time; each fiftieth runs into its deadline, each fiftieth is cancelled, each fiftieth dropped.
async fn calls(host: &PluginHost, count: usize) {
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..count {
        let host = host.clone();
        calls.spawn(async move {
            let module = ["loops", "sleeps"][number / 50 % 2];
            let short = CallOptions { timeout: Some(Duration::from_millis(10)), id: None };
            let named = CallOptions { timeout: None, id: Some(format!("call {number}")) };
            match number % 50 {
                7 => assert_eq!(
                    host.call(module, PAYLOAD.into(), short).await.code,
                    Some(Code::Timeout)
                ),
                17 => {
                    let call = tokio::spawn(host.call(module, PAYLOAD.into(), named));
                    tokio::time::sleep(Duration::from_millis(2)).await;
                    assert!(host.cancel(&format!("call {number}")));
                    assert_eq!(call.await.unwrap().code, Some(Code::Cancelled));
                }
                27 => {
                    let call = host.call(module, PAYLOAD.into(), named);
                    assert!(tokio::time::timeout(Duration::from_millis(2), call).await.is_err());
                }
                kind => {
                    let (module, code) = KINDS[kind % KINDS.len()];
                    let result = host.call(module, PAYLOAD.into(), CallOptions::default()).await;
                    assert_eq!(result.code, code, "{module}: {result:#?}");
                }
            }
        });
        if calls.len() >= AT_ONCE {
            calls.join_next().await.unwrap().unwrap();
        }
    }
    while let Some(call) = calls.join_next().await {
        call.unwrap();
    }
}

/// One test, since it counts what the whole process has.
#[test]
fn ten_thousand_calls_leave_nothing_behind() {
    let before = has();
    let desk = desk();
    let began = Instant::now();
    wait(async {
        let mut rounds = Vec::new();
        for _ in 0..CALLS / ROUND {
            calls(&desk.host, ROUND).await;
            until("what was dropped has ended", || desk.host.status().running == 0).await;
            rounds.push(has());
        }
        eprintln!("{CALLS} calls within {:?}: {rounds:#?}", began.elapsed());
        assert_eq!((desk.host.status().running, desk.host.status().queued), (0, 0));
        // The least of a few: what threads happen to hold at one moment is no leak. In the first round all is filled.
        let least = |rounds: &[Has], what: Count| rounds.iter().map(what).min().unwrap();
        let (first, last) = (&rounds[1..4], &rounds[rounds.len() - 3..]);
        for (what, room) in ROOM {
            assert!(least(last, *what) <= least(first, *what) + room, "{rounds:#?}");
        }
    });
    // A host that is dropped takes its threads along, though a guest runs just then.
    wait(async {
        let running = tokio::spawn(desk.host.call("loops", PAYLOAD.into(), CallOptions::default()));
        until("it runs", || desk.host.status().running == 1).await;
        assert!(threads_named("plugin-") > 0);
        running.abort();
        drop(desk);
        until("the threads end", || threads_named("plugin-") == 0).await;
    });
    let after = has();
    assert!(after.files <= before.files + 2, "{before:?}, then {after:?}");
}
