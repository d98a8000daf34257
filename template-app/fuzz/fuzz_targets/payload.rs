//! Payloads: a guest prints back what it is given, and the host says whether that is one JSON object.

#![no_main]

use std::sync::{LazyLock, Mutex};

use libfuzzer_sys::fuzz_target;
use plugin_host::Code;
use serde_json::Value;
use template_app_fuzz::{Desk, compile_text};

/// Prints stdin but for its last byte, the line feed that the host adds.
const ECHO: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 32)
  (func (export "_start") (local $length i32)
    (loop $more
      (i32.store (i32.const 0) (i32.add (i32.const 64) (local.get $length)))
      (i32.store (i32.const 4) (i32.const 65536))
      (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (then (unreachable)))
      (local.set $length (i32.add (local.get $length) (i32.load (i32.const 8))))
      (br_if $more (i32.load (i32.const 8))))
    (i32.store (i32.const 0) (i32.const 64))
    (i32.store (i32.const 4) (i32.sub (local.get $length) (i32.const 1)))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;

static DESK: LazyLock<Mutex<Desk>> = LazyLock::new(|| {
    let mut desk = Desk::new();
    desk.load(compile_text(ECHO));
    Mutex::new(desk)
});

fuzz_target!(|payload: &[u8]| {
    let result = DESK.lock().expect("nobody panics with it").call(payload);
    // A busy machine is no finding.
    if result.code == Some(Code::Timeout) {
        return;
    }
    assert_eq!(result.stdout, String::from_utf8_lossy(payload));
    match serde_json::from_slice::<Value>(payload) {
        Ok(value) if value.is_object() => assert_eq!(result.value, Some(value)),
        _ => assert_eq!((result.code, result.value), (Some(Code::InvalidOutput), None)),
    }
});
