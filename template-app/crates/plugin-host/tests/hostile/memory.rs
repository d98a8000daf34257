//! Memory, tables and stacks.

use plugin_host::{Code, PluginLimits};

use crate::support::{Desk, PAYLOAD, guest, guest_with, notes};

/// Pages of 64 KiB in 2 GiB.
const TWO_GIB: u32 = 32_768;

#[test]
fn growth_ends_at_the_limit() {
    let desk = Desk::limited(|limits| limits.memory_mb = 16);
    // Refused growth is the guest's to deal with; 16 MiB are 256 pages, of which it has 8.
    let asks = format!(
        "(call $note (memory.grow (i32.const {TWO_GIB}))) (call $note (memory.grow (i32.const 249))) (call $note (memory.grow (i32.const 248))) (call $note (memory.grow (i32.const 1)))"
    );
    assert_eq!(desk.notes(&guest(&asks)), [-1, -1, 8, -1]);
    let crashes = format!(
        "(if (i32.eq (memory.grow (i32.const {TWO_GIB})) (i32.const -1)) (then (unreachable)))"
    );
    desk.fails(&guest(&crashes), Code::MemoryLimit);
    let grows =
        "(loop $l (br_if $l (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0)))) (unreachable)";
    desk.fails(&guest(grows), Code::MemoryLimit);
    // A trap without refused growth is only a trap.
    desk.fails(&guest("(unreachable)"), Code::Trap);
}

#[test]
fn memory_that_is_too_large_from_the_start_does_not_begin() {
    // More than this plugin is granted, and less than another one is.
    let desk = Desk::with(crate::support::Settings::default());
    let asks = plugin_host::PluginManifest::parse(br#"{"limits": {"memoryMb": 1}}"#).unwrap();
    let two_mib =
        crate::support::wasm(&guest_with("(memory (export \"memory\") 32)", "(call $answer)"));
    desk.add("hostile", two_mib, Some(asks), true).unwrap();
    let result = desk.call("hostile", PAYLOAD);
    assert_eq!(result.code, Some(Code::MemoryLimit), "{result:#?}");
    desk.still_answers();
    // More than any plugin is granted.
    for pages in [1_025, TWO_GIB, 65_536] {
        let memory = format!("(memory (export \"memory\") {pages})");
        let error = desk.refuse("large", crate::support::wasm(&guest_with(&memory, "")));
        assert!(
            matches!(error.code, Code::InvalidModule | Code::MemoryLimit),
            "{pages}: {error:?}"
        );
        assert!(error.message.contains("memory"), "{pages}: {error:?}");
    }
    desk.still_answers();
}

#[test]
fn tables_end_at_their_limit() {
    let desk = Desk::new();
    let table = "(table $t 1 funcref)";
    let asks = "(call $note (table.grow $t (ref.null func) (i32.const 1_000_000_000)))
        (call $note (table.grow $t (ref.null func) (i32.const 100_000))) (call $note (table.grow $t (ref.null func) (i32.const 99_999)))";
    assert_eq!(
        notes(&desk.run(&guest_with(table, &format!("{asks} (call $answer)")))),
        [-1, -1, 1]
    );
    let fills = "(loop $l (br_if $l (i32.ge_s (table.grow $t (ref.null func) (i32.const 1)) (i32.const 0)))) (unreachable)";
    desk.fails(&guest_with(table, fills), Code::MemoryLimit);
    for tables in [
        "(table 200000 funcref)".to_owned(),
        "(table 1 funcref)".repeat(5),
        "(table 4000000000 funcref)".to_owned(),
    ] {
        let error = desk.refuse("tables", crate::support::wasm(&guest_with(&tables, "")));
        assert_eq!(error.code, Code::InvalidModule, "{error:?}");
    }
    desk.still_answers();
}

#[test]
fn recursion_ends_in_the_guest() {
    let desk = Desk::new();
    let plain = "(func $deep (call $deep))";
    desk.fails(&guest_with(plain, "(call $deep)"), Code::StackOverflow);
    let indirect =
        "(table 1 funcref) (elem (i32.const 0) $deep) (func $deep (call_indirect (i32.const 0)))";
    desk.fails(&guest_with(indirect, "(call $deep)"), Code::StackOverflow);
    // In a start function, before `_start`.
    desk.fails(&guest_with("(func $deep (call $deep)) (start $deep)", ""), Code::StackOverflow);
    // Large frames, so that the end is stepped over rather than met.
    let locals = "(local i64)".repeat(5_000);
    let uses: String =
        (0..5_000).map(|at| format!("(local.set {at} (i64.load (i32.const {at})))")).collect();
    let reads: String = (0..5_000).map(|at| format!("(drop (local.get {at}))")).collect();
    let frames = format!("(func $deep {locals} {uses} (call $deep) {reads})");
    desk.fails(&guest_with(&frames, "(call $deep)"), Code::StackOverflow);
}

/// The guest's stack is nearly used up, and the system is called on what is left.
#[test]
fn calls_of_the_system_fit_on_a_deep_stack() {
    let desk = Desk::new();
    for call in [
        "(drop (call $sched_yield))",
        "(drop (call $stat «a/b/c/../../d»))",
        "(drop (call $open «f» (i32.const 1) (i32.const 0))) (drop (call $write (global.get $fd) (i32.const 0) (i32.const 9))) (drop (call $fd_close (global.get $fd)))",
        "(drop (call $fd_readdir (i32.const 3) (i32.const 300_000) (i32.const 4096) (i64.const 0) (i32.const 16)))",
        "(drop (call $sleep (i64.const 1)))",
        "(drop (call $random_get (i32.const 300_000) (i32.const 1000)))",
    ] {
        // Each level calls the system on the way back, from the deepest on.
        let deep = format!("(global $level (mut i32) (i32.const 0))
            (func $deep (param $n i32) (if (local.get $n) (then (call $deep (i32.sub (local.get $n) (i32.const 1))))) (if (i32.lt_u (local.get $n) (i32.const 20)) (then {call})))");
        let (mut most, mut least) = (1_000_000, 1);
        // The deepest level that does not overflow, to one part in a hundred.
        while most - least > least / 100 {
            let middle = (most + least) / 2;
            let result = desk_call(
                &desk,
                &guest_with(&deep, &format!("(call $deep (i32.const {middle})) (call $answer)")),
            );
            match result.code {
                None => least = middle,
                Some(Code::StackOverflow) => most = middle,
                _ => panic!("{call} at {middle}: {result:#?}"),
            }
        }
        eprintln!("{least} levels and then {call}");
        assert!(least > 1_000, "{call}: only {least} levels");
    }
    desk.still_answers();
}

fn desk_call(desk: &Desk, wat: &str) -> plugin_host::CallResult {
    desk.install("deep", wat);
    desk.call("deep", PAYLOAD)
}

#[test]
fn a_plugin_gets_what_it_asks_and_what_the_config_grants() {
    let desk =
        Desk::limited(|limits| *limits = PluginLimits { memory_mb: 32, storage_mb: 8, ..*limits });
    let manifest = br#"{"version": "2.1.0", "description": "d", "limits": {"memoryMb": 4096, "storageMb": 1, "timeoutMs": 100}}"#;
    let manifest = plugin_host::PluginManifest::parse(manifest).unwrap();
    let grows = guest(
        "(call $note (memory.grow (i32.const 600))) (call $note (memory.grow (i32.const 500)))",
    );
    desk.add("asks", crate::support::wasm(&grows), Some(manifest), false).unwrap();
    assert_eq!(notes(&desk.call("asks", PAYLOAD)), [-1, 8]);
    let info = crate::support::wait(desk.host.info("asks")).unwrap();
    assert_eq!(
        (info.limits.memory_mb, info.limits.storage_mb, info.limits.timeout_ms),
        (32, 1, 100)
    );
    assert_eq!(info.version.as_deref(), Some("2.1.0"));
    assert_eq!(desk.host.storage("asks").unwrap().quota().bytes, 1024 * 1024);
}
