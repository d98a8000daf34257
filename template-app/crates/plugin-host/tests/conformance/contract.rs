//! The contract of the public plugin template: one line of JSON in, one out, logs on stderr.

use std::time::Duration;

use plugin_host::{CallOptions, Code};
use serde_json::json;

use crate::support::{Desk, guest_with, wait};

/// Reads its line, logs that, and answers with what it was asked, as `value`.
fn echo() -> String {
    guest_with(
        "",
        "(loop $more
           (if (call $read (i32.const 0) (i32.add (i32.const 400_000) (local.get $i)) (i32.const 65_536)) (then (unreachable)))
           (local.set $i (i32.add (local.get $i) (i32.load (i32.const 16))))
           (br_if $more (i32.load (i32.const 16))))
         (drop (call $write (i32.const 2) «called\n»))
         (drop (call $write (i32.const 1) «{\"ok\":true,\"value\":»))
         (drop (call $write (i32.const 1) (i32.const 400_000) (i32.sub (local.get $i) (i32.const 1))))
         (drop (call $write (i32.const 1) «}\n»))",
    )
}

#[test]
fn one_object_in_and_one_out() {
    let desk = Desk::new();
    desk.install("echo", &echo());
    for args in [
        json!({}),
        json!([1, 2.5, null]),
        json!({"text": "ä\n\u{0}€ 😀", "deep": [[[["x"]]]]}),
        json!("x".repeat(60_000)),
    ] {
        let payload = json!({"fn": "echo", "args": args});
        let result = desk.call("echo", &payload.to_string());
        assert_eq!((result.ok, result.value), (true, Some(json!({"ok": true, "value": payload}))));
        assert_eq!(result.stderr, "called\n");
    }
    // A payload of more than one line is the caller's doing, and comes through as it is.
    assert_eq!(
        desk.call("echo.wasm", "{\n\"fn\":\n1}").value,
        Some(json!({"ok": true, "value": {"fn": 1}}))
    );
}

#[test]
fn what_a_plugin_says_of_itself_is_not_what_the_host_says() {
    let desk = Desk::new();
    let result = desk.run(&guest_with(
        "",
        "(drop (call $write (i32.const 1) «{\"ok\":false,\"error\":\"unknown function\"}\n»))",
    ));
    assert!(result.ok && result.code.is_none());
    assert_eq!(result.value, Some(json!({"ok": false, "error": "unknown function"})));
}

#[test]
fn runs_share_nothing_but_their_files() {
    let desk = Desk::new();
    let counts = guest_with(
        "(global $count (mut i32) (i32.const 0))",
        "(global.set $count (i32.add (global.get $count) (i32.const 1))) (i32.store (i32.const 500_000) (i32.add (i32.load (i32.const 500_000)) (i32.const 1)))
         (call $note (global.get $count)) (call $note (i32.load (i32.const 500_000))) (call $note (memory.grow (i32.const 1))) (call $answer)",
    );
    desk.install("counts", &counts);
    for _ in 0..20 {
        assert_eq!(crate::support::notes(&desk.call("counts", "{}")), [1, 1, 8]);
    }
}

#[test]
fn a_caller_gives_a_call_less_time_and_never_too_much() {
    let desk = Desk::limited(|limits| (limits.timeout_ms, limits.max_timeout_ms) = (200, 400));
    desk.install("loops", &guest_with("", "(loop $l (br $l))"));
    for (asked, got) in
        [(None, 200), (Some(50), 50), (Some(300), 300), (Some(60_000), 400), (Some(0), 0)]
    {
        let options = CallOptions { timeout: asked.map(Duration::from_millis), id: None };
        let result = wait(desk.host.call("loops", b"{}".to_vec(), options));
        assert_eq!(result.code, Some(Code::Timeout), "{result:#?}");
        assert_eq!(result.error, Some(format!("the call was not done within {got} ms")));
        assert!(result.duration_ms >= got, "{result:#?}");
    }
}
