//! What guests print, and how they end.

use plugin_host::{CallResult, Code};
use serde_json::json;

use crate::support::{Desk, PAYLOAD, errno, guest, guest_with, notes};

/// A guest that prints this and ends.
fn prints(text: &str) -> String {
    guest_with("", &format!("(drop (call $write (i32.const 1) «{text}»))"))
}

/// A guest that prints bytes which may be no text.
fn prints_bytes(bytes: &[u8]) -> String {
    let text: String = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect();
    let data = format!("(data (i32.const 400_000) \"{text}\")");
    guest_with(
        &data,
        &format!(
            "(drop (call $write (i32.const 1) (i32.const 400_000) (i32.const {})))",
            bytes.len()
        ),
    )
}

#[test]
fn an_answer_is_one_json_object() {
    let desk = Desk::new();
    for (text, value) in [
        ("{}", json!({})),
        ("{\"ok\":false,\"error\":\"no\"}\n", json!({"ok": false, "error": "no"})),
        ("\n\r\n  {\"a\":[1,2.5,\"ä\\u0000\"]}  \n\n", json!({"a": [1, 2.5, "ä\0"]})),
        ("{\"a\":\n1}", json!({"a": 1})),
    ] {
        let result = desk.run(&prints(text));
        assert!(result.ok && result.code.is_none() && result.error.is_none(), "{result:#?}");
        assert_eq!((result.value, result.stdout.as_str()), (Some(value), text));
    }
}

#[test]
fn what_is_no_answer_is_told_apart() {
    let desk = Desk::limited(|limits| limits.stdout_kb = 64);
    let deep = format!("{}1{}", "{\"a\":".repeat(5_000), "}".repeat(5_000));
    for text in [
        "",
        "hello",
        "[1]",
        "1",
        "null",
        "\"text\"",
        "{\"a\":1}\n{\"b\":2}",
        "{\"a\":1",
        "{\"a\":1},",
        "{'a':1}",
        "{\"a\":NaN}",
        "\u{feff}{}",
        &deep,
    ] {
        let result = desk.fails(&prints(text), Code::InvalidOutput);
        assert_eq!((result.value, result.stdout.as_str()), (None, text));
    }
    for bytes in [&b"{\"a\":\"\xff\"}"[..], b"\xff\xfe{}", b"{}\0", b"\xed\xa0\x80"] {
        let result = desk.fails(&prints_bytes(bytes), Code::InvalidOutput);
        assert_eq!(result.stdout, String::from_utf8_lossy(bytes));
    }
}

#[test]
fn floods_end_at_their_limits() {
    const FLOOD: u64 = 1024 * 1024 * 1024;
    let desk = Desk::limited(|limits| (limits.stdout_kb, limits.stderr_kb) = (32, 16));
    for (stream, kept) in [(1, 32 * 1024), (2, 16 * 1024)] {
        // A gigabyte in pieces of 100 kB, whatever the system says to it; and as one that gives up.
        for heeds in ["(drop)", "(if (then (unreachable)))"] {
            let writes = format!(
                "(i32.const {stream}) (i32.const 300_000) (i32.const 100_000) (call $write) {heeds}"
            );
            let flood = format!(
                "(loop $l {writes} (br_if $l (i64.lt_u (local.tee $n (i64.add (local.get $n) (i64.const 100_000))) (i64.const {FLOOD}))))"
            );
            let result = desk.fails(&guest(&flood), Code::OutputLimit);
            let (full, other) = if stream == 1 {
                (&result.stdout, &result.stderr)
            } else {
                (&result.stderr, &result.stdout)
            };
            assert_eq!((full.len(), other.len() < 30), (kept, true), "stream {stream}");
            assert!(result.value.is_none());
        }
    }
    // Exactly as much as is allowed is allowed.
    let full = format!("{{\"a\":\"{}\"}}", "x".repeat(32 * 1024 - 8));
    assert!(desk.run(&prints(&full)).ok);
    desk.fails(&prints(&format!("{full} ")), Code::OutputLimit);
    // Two descriptors of one stream share its limit.
    let both = "(drop (call $fd_renumber (i32.const 1) (i32.const 2))) (loop $l (br_if $l (i32.eqz (call $write (i32.const 2) (i32.const 300_000) (i32.const 999)))))";
    let result = desk.fails(&guest(both), Code::OutputLimit);
    assert_eq!(result.stdout.len(), 32 * 1024);
}

#[test]
fn ends_are_told_apart() {
    let desk = Desk::new();
    let result = desk.fails(
        &guest_with(
            "",
            "(drop (call $write (i32.const 2) «why\n»)) (call $proc_exit (i32.const 3))",
        ),
        Code::Exit,
    );
    assert_eq!((result.exit_code, result.stderr.as_str()), (Some(3), "why\n"));
    for code in [1, 125, 126, 134, 255, -1] {
        let result = desk.fails(
            &guest_with("", &format!("(call $answer) (call $proc_exit (i32.const {code}))")),
            Code::Exit,
        );
        assert_eq!(result.exit_code, Some(code));
        // What it said before is there, though the call failed.
        assert_eq!(result.value, Some(json!({"ok": true, "value": []})));
    }
    // To exit with 0 is to end; without an answer it is no answer.
    assert!(
        desk.run(&guest_with("", "(call $answer) (call $proc_exit (i32.const 0)) (unreachable)"))
            .ok
    );
    desk.fails(&guest_with("", "(call $proc_exit (i32.const 0))"), Code::InvalidOutput);
    // In the start function already.
    desk.fails(
        &guest_with("(func $end (call $proc_exit (i32.const 7))) (start $end)", ""),
        Code::Exit,
    );
}

#[test]
fn traps_are_told_with_their_place() {
    let desk = Desk::new();
    for (what, body) in [
        ("unreachable", "(unreachable)"),
        ("divide by zero", "(call $note (i32.div_u (i32.const 1) (local.get $i)))"),
        ("overflow", "(call $note (i32.div_s (i32.const -2147483648) (i32.const -1)))"),
        ("conversion to integer", "(call $note (i32.trunc_f64_s (f64.const nan)))"),
        ("out of bounds memory access", "(call $note (i32.load (i32.const -4)))"),
        ("out of bounds memory access", "(memory.fill (i32.const -4) (i32.const 0) (i32.const 8))"),
        ("out of bounds table access", "(call_indirect $t (i32.const 9))"),
        ("undefined element: out of bounds table access", "(call_indirect $t (i32.const 1000))"),
        ("uninitialized element", "(call_indirect $t (i32.const 1))"),
        ("indirect call type mismatch", "(drop (call_indirect $t (result i32) (i32.const 0)))"),
    ] {
        let table = "(table $t 2 funcref) (elem (i32.const 0) $harmless) (func $harmless)";
        let result = desk.fails(
            &guest_with(table, &format!("(call $trapped) {body}")).replace("(call $trapped)", ""),
            Code::Trap,
        );
        let said = result.error.unwrap();
        let fits = what.split(": ").any(|part| said.contains(part));
        assert!(fits, "{what}: {said}");
        assert!(result.backtrace.is_some_and(|trace| trace.contains("start")), "{what}");
    }
    // A bad pointer that is given to the system is the guest's fault, and no more.
    for call in [
        "(call $fd_write (i32.const 1) (i32.const -8) (i32.const 4) (i32.const 16))",
        "(call $random_get (i32.const -100) (i32.const 200))",
        "(call $stat (i32.const -5) (i32.const 100))",
    ] {
        let result = desk.run(&guest(&format!("(call $note {call})")));
        assert!(result.ok || result.code == Some(Code::Trap), "{call}: {result:#?}");
    }
}

#[test]
fn streams_end_and_may_be_closed() {
    let desk = Desk::new();
    let read = "(call $note (call $read (i32.const 0) (i32.const 300_000) (i32.const 100))) (call $note (i32.load (i32.const 16)))";
    // The payload and a line feed, and then nothing, as often as it asks.
    let length = PAYLOAD.len() as i64 + 1;
    assert_eq!(desk.notes(&guest(&format!("{read} {read} {read}"))), [0, length, 0, 0, 0, 0]);
    let closes = format!(
        "(call $note (call $fd_close (i32.const 0))) {read} (call $note (call $fd_close (i32.const 0)))"
    );
    assert_eq!(desk.notes(&guest(&closes))[..2], [0, errno::BADF]);
    desk.fails(&guest("(drop (call $fd_close (i32.const 1)))"), Code::InvalidOutput);
    assert_eq!(desk.notes(&guest("(call $note (call $fd_close (i32.const 2))) (call $note (call $write (i32.const 2) «x»))")), [0, errno::BADF]);
    // Neither can be written or read that is for the other.
    let wrong = "(call $note (call $write (i32.const 0) «x»)) (call $note (call $read (i32.const 1) (i32.const 300_000) (i32.const 9)))
        (call $note (call $seek (i32.const 1) (i64.const 9))) (call $note (call $pwrite (i32.const 1) «x» (i64.const 9)))";
    assert_eq!(desk.notes(&guest(wrong)), [errno::BADF, errno::BADF, errno::SPIPE, errno::SPIPE]);
}

#[test]
fn a_payload_that_is_too_large_is_not_run() {
    let desk = Desk::limited(|limits| limits.stdin_kb = 4);
    desk.install("hostile", &guest("(call $note (i32.const 1))"));
    assert!(desk.call("hostile", &" ".repeat(4096)).ok);
    let result = desk.call("hostile", &" ".repeat(4097));
    assert_eq!(result.code, Some(Code::StdinTooLarge), "{result:#?}");
    // What it is does not matter to the host: it is the guest's to read.
    for payload in ["", "no JSON", "[1]", "\u{0}", "{\"fn\":1}{\"fn\":2}"] {
        assert_eq!(notes(&desk.call("hostile", payload)), [1]);
    }
}

#[test]
fn a_result_has_the_fields_that_pages_know() {
    let desk = Desk::new();
    let shape = |result: &CallResult| {
        let mut value = serde_json::to_value(result).unwrap();
        value["durationMs"] = json!(0);
        value["id"] = json!("id");
        value
    };
    let ok = desk.run(&guest_with("", "(drop (call $write (i32.const 2) «log»)) (call $answer)"));
    let text = "{\"ok\":true,\"value\":[]}\n";
    assert_eq!(
        shape(&ok),
        json!({"id": "id", "ok": true, "stdout": text, "stderr": "log", "value": {"ok": true, "value": []}, "error": null, "code": null, "durationMs": 0})
    );
    let exit = desk.run(&guest_with("", "(call $proc_exit (i32.const 3))"));
    assert_eq!(
        shape(&exit),
        json!({"id": "id", "ok": false, "stdout": "", "stderr": "", "value": null, "error": "the module ended with exit code 3", "code": "plugins/exit",
            "exitCode": 3, "backtrace": exit.backtrace, "durationMs": 0})
    );
    let missing = desk.call("missing", PAYLOAD);
    assert_eq!(
        shape(&missing),
        json!({"id": "id", "ok": false, "stdout": "", "stderr": "", "value": null, "error": "no module has this name: `missing.wasm`", "code": "plugins/not-found", "durationMs": 0})
    );
    assert!(ok.id.starts_with("plugin_req") && ok.id != exit.id, "{}", ok.id);
}
