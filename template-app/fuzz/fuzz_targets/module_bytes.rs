//! Modules: what compiles is loaded, linked and run for a moment. Whatever it does, the host has an answer.

#![no_main]

use std::sync::{LazyLock, Mutex};

use libfuzzer_sys::fuzz_target;
use template_app_fuzz::{Desk, compile};

static DESK: LazyLock<Mutex<Desk>> = LazyLock::new(Mutex::default);

fuzz_target!(|module: &[u8]| {
    let Some(code) = compile(module) else { return };
    let mut desk = DESK.lock().expect("nobody panics with it");
    desk.load(code);
    desk.call(b"{\"fn\":\"go\"}");
});
