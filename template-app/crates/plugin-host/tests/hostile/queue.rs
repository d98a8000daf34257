//! Many calls, and calls that are given up.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use plugin_host::{CallOptions, CallResult, Code};
use tokio::task::JoinSet;

use crate::support::{Desk, PAYLOAD, Settings, guest, guest_with, notes, until, wait};

/// How soon a call that is given up must be over: it takes milliseconds, on a machine that does nothing else.
const SOON: Duration = Duration::from_secs(1);

fn named(id: &str) -> CallOptions {
    CallOptions { id: Some(id.to_owned()), timeout: None }
}

/// A host with one slot and a module in it that computes until it is cancelled.
fn busy() -> Desk {
    let mut settings =
        Settings::with(|limits| (limits.timeout_ms, limits.max_timeout_ms) = (60_000, 60_000));
    (settings.plugins.concurrency, settings.plugins.queue) = (1, 4);
    let desk = Desk::with(settings);
    desk.install("loops", &guest_with("", "(loop $l (br $l))"));
    desk.install("sleeps", &guest("(drop (call $sleep (i64.const 50_000_000_000)))"));
    desk.still_answers();
    desk
}

#[test]
fn some_run_some_wait_and_the_rest_are_refused() {
    let desk = Desk::limited(|limits| limits.timeout_ms = 60_000);
    // None ends before the last one has come.
    let waits = "(loop $l (drop (call $sleep (i64.const 1_000_000))) (br_if $l (call $stat «go»)))";
    desk.install("waits", &guest(waits));
    wait(async {
        let refused = Arc::new(AtomicUsize::new(0));
        let mut calls = JoinSet::new();
        for _ in 0..200 {
            let call = desk.host.call("waits", PAYLOAD.into(), CallOptions::default());
            let refused = Arc::clone(&refused);
            calls.spawn(async move {
                let result = call.await;
                refused.fetch_add((result.code == Some(Code::QueueFull)).into(), Ordering::Relaxed);
                result
            });
        }
        until("all have come", || refused.load(Ordering::Relaxed) == 200 - 4 - 64).await;
        let status = desk.host.status();
        assert_eq!((status.running, status.queued), (4, 64));
        fs_err::write(desk.storage_of("waits").join("go"), "").unwrap();
        let results: Vec<CallResult> = calls.join_all().await;
        assert_eq!(results.iter().filter(|result| result.ok).count(), 4 + 64);
    });
    assert_eq!((desk.host.status().running, desk.host.status().queued), (0, 0));
    desk.still_answers();
}

#[test]
fn whoever_came_first_is_first() {
    let mut settings = Settings::with(|limits| limits.timeout_ms = 60_000);
    (settings.plugins.concurrency, settings.plugins.queue) = (1, 64);
    let desk = Desk::with(settings);
    // Appends its payload to a file, and the first one waits until all are there.
    let writes = "(drop (call $read (i32.const 0) (i32.const 400_000) (i32.const 9)))
        (loop $l (drop (call $sleep (i64.const 1_000_000))) (br_if $l (call $stat «go»)))
        (drop (call $open «order» (i32.const 1) (i32.const 1))) (drop (call $write (global.get $fd) (i32.const 400_000) (i32.load (i32.const 16))))";
    desk.install("writes", &guest(writes));
    wait(async {
        let mut calls = JoinSet::new();
        for number in 0..65 {
            calls.spawn(desk.host.call(
                "writes",
                number.to_string().into(),
                CallOptions::default(),
            ));
        }
        until("all wait", || desk.host.status().queued == 64).await;
        fs_err::write(desk.storage_of("writes").join("go"), "").unwrap();
        assert!(calls.join_all().await.iter().all(|result| result.ok));
    });
    let order = fs_err::read_to_string(desk.storage_of("writes").join("order")).unwrap();
    let order: Vec<usize> = order.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(order, (0..65).collect::<Vec<_>>());
}

#[test]
fn a_call_can_be_cancelled_while_it_waits_runs_and_is_in_the_system() {
    let desk = busy();
    wait(async {
        for module in ["loops", "sleeps"] {
            let running = tokio::spawn(desk.host.call(module, PAYLOAD.into(), named("running")));
            until("it runs", || desk.host.status().running == 1).await;
            let waiting =
                tokio::spawn(desk.host.call("neighbour", PAYLOAD.into(), named("waiting")));
            until("it waits", || desk.host.status().queued == 1).await;
            for (id, call) in [("waiting", waiting), ("running", running)] {
                let began = Instant::now();
                assert!(desk.host.cancel(id));
                let result = call.await.unwrap();
                let took = began.elapsed();
                eprintln!(
                    "{module}, {id}: {:.1} ms after it was cancelled",
                    took.as_secs_f64() * 1000.0
                );
                assert_eq!(
                    (result.code, result.id.as_str()),
                    (Some(Code::Cancelled), id),
                    "{result:#?}"
                );
                assert!(took < SOON, "{module}, {id}: {took:?}");
                // What is over cannot be cancelled.
                assert!(!desk.host.cancel(id));
            }
        }
    });
    desk.still_answers();
}

/// A cancelled call was cancelled, whatever else it did.
#[test]
fn a_cancelled_call_says_so() {
    let desk = Desk::limited(|limits| {
        (limits.timeout_ms, limits.storage_mb, limits.stdout_kb) = (60_000, 1, 1)
    });
    desk.install("floods", &guest("(drop (call $open «f» (i32.const 1) (i32.const 0))) (drop (call $pwrite (global.get $fd) (i32.const 0) (i32.const 1) (i64.const 9_000_000)))
        (drop (call $open «ready» (i32.const 1) (i32.const 0))) (loop $l (drop (call $write (i32.const 1) (i32.const 0) (i32.const 999))) (br $l))"));
    wait(async {
        let call = tokio::spawn(desk.host.call("floods", PAYLOAD.into(), named("it")));
        let ready = desk.storage_of("floods").join("ready");
        until("it floods", || ready.exists()).await;
        assert!(desk.host.cancel("it"));
        let result = call.await.unwrap();
        assert_eq!(result.code, Some(Code::Cancelled), "{result:#?}");
    });
}

#[test]
fn a_dropped_call_makes_room() {
    let desk = busy();
    wait(async {
        for module in ["loops", "sleeps"] {
            let running = tokio::spawn(desk.host.call(module, PAYLOAD.into(), named("running")));
            until("it runs", || desk.host.status().running == 1).await;
            let waiting =
                tokio::spawn(desk.host.call("neighbour", PAYLOAD.into(), named("waiting")));
            until("it waits", || desk.host.status().queued == 1).await;
            waiting.abort();
            until("nobody waits", || desk.host.status().queued == 0).await;
            running.abort();
            until("nobody runs", || desk.host.status().running == 0).await;
            // Both ids are free again.
            for id in ["running", "waiting"] {
                let again = desk.host.call("neighbour", PAYLOAD.into(), named(id)).await;
                assert_eq!(notes(&again), [42], "{id}");
            }
        }
        // One that was never awaited holds nothing.
        drop(desk.host.call("loops", PAYLOAD.into(), named("never")));
        assert!(!desk.host.cancel("never"));
    });
    desk.still_answers();
}

#[test]
fn two_calls_do_not_have_one_id() {
    let desk = busy();
    wait(async {
        let first = tokio::spawn(desk.host.call("sleeps", PAYLOAD.into(), named("same")));
        until("it runs", || desk.host.status().running == 1).await;
        let second = desk.host.call("neighbour", PAYLOAD.into(), named("same")).await;
        assert_eq!(
            (second.code, second.id.as_str()),
            (Some(Code::InvalidId), "same"),
            "{second:#?}"
        );
        for id in [String::new(), "x".repeat(129)] {
            let result = desk.host.call("neighbour", PAYLOAD.into(), named(&id)).await;
            assert_eq!(result.code, Some(Code::InvalidId), "{result:#?}");
        }
        // The second one's failure has not taken the first one's id.
        assert!(desk.host.cancel("same"));
        assert_eq!(first.await.unwrap().code, Some(Code::Cancelled));
    });
    // A caller that takes the names that are made up gets in nobody's way.
    wait(async {
        let taken = (0..200).map(|n| {
            tokio::spawn(desk.host.call("sleeps", PAYLOAD.into(), named(&format!("plugin_req{n}"))))
        });
        let taken: Vec<_> = taken.take(4).collect();
        until("they are there", || {
            desk.host.status().running == 1 && desk.host.status().queued == 3
        })
        .await;
        let made_up = desk.host.call("missing", PAYLOAD.into(), CallOptions::default()).await;
        assert_eq!(made_up.code, Some(Code::NotFound), "{made_up:#?}");
        desk.host.kill_jobs();
        for call in taken {
            assert_eq!(call.await.unwrap().code, Some(Code::Cancelled));
        }
    });
}

#[test]
fn kill_jobs_ends_everything_under_load() {
    let desk =
        Desk::limited(|limits| (limits.timeout_ms, limits.max_timeout_ms) = (60_000, 60_000));
    assert!(!desk.host.kill_jobs(), "there was nothing to end");
    desk.install("loops", &guest_with("", "(loop $l (br $l))"));
    desk.install("sleeps", &guest("(drop (call $sleep (i64.const 50_000_000_000)))"));
    wait(async {
        for round in 0..5 {
            let mut calls = JoinSet::new();
            for number in 0..60 {
                calls.spawn(desk.host.call(
                    ["loops", "sleeps"][number % 2],
                    PAYLOAD.into(),
                    CallOptions::default(),
                ));
            }
            until("they are there", || {
                desk.host.status().running == 4 && desk.host.status().queued == 56
            })
            .await;
            let began = Instant::now();
            assert!(desk.host.kill_jobs());
            let results = calls.join_all().await;
            eprintln!("round {round}: 60 calls ended within {:?}", began.elapsed());
            assert!(
                results.iter().all(|result| result.code == Some(Code::Cancelled)),
                "{results:#?}"
            );
            assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
        }
    });
    desk.still_answers();
}

/// Calls that are ended by others that begin meanwhile: what comes later is not ended with them.
#[test]
fn what_begins_after_kill_jobs_goes_on() {
    let desk = Desk::new();
    desk.install(
        "works",
        &guest("(drop (call $sleep (i64.const 1_000_000))) (call $note (i32.const 1))"),
    );
    let stop = Arc::new(AtomicBool::new(false));
    let (killer, stopped) = (desk.host.clone(), Arc::clone(&stop));
    let killer = std::thread::spawn(move || {
        while !stopped.load(Ordering::Relaxed) {
            killer.kill_jobs();
        }
    });
    let ended: Vec<_> = (0..300).map(|_| desk.call("works", PAYLOAD).code).collect();
    stop.store(true, Ordering::Relaxed);
    killer.join().unwrap();
    assert!(ended.iter().all(|code| matches!(code, None | Some(Code::Cancelled))), "{ended:?}");
    assert_eq!(notes(&desk.call("works", PAYLOAD)), [1]);
}
