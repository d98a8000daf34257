//! Modules that are none, are damaged, want what is not there, or take the compiler's time.

use std::time::{Duration, Instant};

use plugin_host::{CallOptions, Code, CompilerProgram};
use runtime_settings::Sha256;

use crate::support::{Desk, PAYLOAD, Settings, guest, guest_with, wait, wasm};

#[test]
fn what_is_no_module_is_refused() {
    let desk = Desk::new();
    let core = wasm("(module (memory (export \"memory\") 1) (func (export \"_start\")))");
    let component = [&core[..4], &[0x0d, 0, 1, 0]].concat();
    for (what, bytes) in [
        ("nothing", Vec::new()),
        ("text", b"(module)".to_vec()),
        ("a program", b"\x7fELF\x02\x01\x01".to_vec()),
        ("a component", component),
        ("version 2", [&core[..4], &[2, 0, 0, 0]].concat()),
        ("the head alone", core[..4].to_vec()),
        ("an empty module", core[..8].to_vec()),
        ("compiled code", b"deskwright code\n".to_vec()),
        ("junk behind it", [&core[..], b"junk"].concat()),
    ] {
        let error = desk.refuse("none", bytes);
        assert!(
            matches!(error.code, Code::InvalidModule | Code::MissingStart),
            "{what}: {error:?}"
        );
        assert!(!error.message.is_empty() && !error.message.ends_with('.'), "{what}: {error:?}");
        assert_eq!(desk.call("none", PAYLOAD).code, Some(Code::NotFound), "{what}");
    }
    assert!(desk.refuse("none", b"\0asm\x0d\0\x01\0".to_vec()).message.contains("component"));
    desk.still_answers();
}

#[test]
fn modules_of_another_shape_are_refused() {
    let memory = "(memory (export \"memory\") 1)";
    for (code, parts, text) in [
        (Code::MissingStart, "(memory (export \"memory\") 1)".to_owned(), "_start"),
        (Code::MissingStart, format!("{memory} (func (export \"_initialize\"))"), "command"),
        (Code::InvalidModule, format!("{memory} (func (export \"_start\") (param i32))"), "_start"),
        (
            Code::InvalidModule,
            format!("{memory} (func (export \"_start\") (result i32) (i32.const 1))"),
            "_start",
        ),
        (
            Code::InvalidModule,
            format!("{memory} (global (export \"_start\") i32 (i32.const 1))"),
            "_start",
        ),
        (Code::InvalidModule, "(func (export \"_start\"))".to_owned(), "memory"),
        (
            Code::InvalidModule,
            "(func (export \"_start\")) (func (export \"memory\"))".to_owned(),
            "memory",
        ),
        (Code::InvalidModule, format!("{memory} (memory 1) (func (export \"_start\"))"), "memor"),
        (
            Code::InvalidModule,
            "(memory (export \"memory\") i64 1) (func (export \"_start\"))".to_owned(),
            "memory64",
        ),
        (
            Code::InvalidModule,
            "(memory (export \"memory\") 1 1 shared) (func (export \"_start\"))".to_owned(),
            "threads",
        ),
    ] {
        let error = Desk::new().refuse("shape", wasm(&format!("(module {parts})")));
        assert_eq!(error.code, code, "{parts}: {error:?}");
        assert!(error.message.contains(text), "{parts}: {error:?}");
    }
}

#[test]
fn what_the_sandbox_does_not_have_is_named() {
    let desk = Desk::new();
    for (imports, names) in [
        (
            "(import \"env\" \"memory\" (memory 1)) (export \"memory\" (memory 0))",
            vec!["`env::memory`"],
        ),
        (
            "(import \"env\" \"system\" (func (param i32))) (import \"wasi_snapshot_preview1\" \"sock_open\" (func)) (memory (export \"memory\") 1)",
            vec!["`env::system`", "`wasi_snapshot_preview1::sock_open`"],
        ),
        (
            "(import \"wasi_unstable\" \"fd_write\" (func (param i32 i32 i32 i32) (result i32))) (memory (export \"memory\") 1)",
            vec!["`wasi_unstable::fd_write`"],
        ),
        (
            "(import \"wasi_snapshot_preview1\" \"proc_exit\" (global i32)) (memory (export \"memory\") 1)",
            vec!["`wasi_snapshot_preview1::proc_exit`"],
        ),
        // Of the right name, and of another type.
        (
            "(import \"wasi_snapshot_preview1\" \"fd_write\" (func (param i64))) (memory (export \"memory\") 1)",
            vec!["fd_write"],
        ),
    ] {
        let error =
            desk.refuse("imports", wasm(&format!("(module {imports} (func (export \"_start\")))")));
        assert_eq!(error.code, Code::ForbiddenImport, "{imports}: {error:?}");
        assert!(names.iter().all(|name| error.message.contains(name)), "{imports}: {error:?}");
    }
    let many: String = (0..1_000).map(|n| format!("(import \"env\" \"f{n}\" (func))")).collect();
    let error = desk.refuse(
        "imports",
        wasm(&format!("(module {many} (memory (export \"memory\") 1) (func (export \"_start\")))")),
    );
    assert!(error.message.len() < 1_000 && error.message.contains("`env::f0`"), "{error:?}");
    desk.still_answers();
}

#[test]
fn the_sandbox_has_no_network() {
    let desk = Desk::new();
    let socks = "(call $note (call $sock_accept (i32.const 3) (i32.const 0) (i32.const 16))) (call $note (call $sock_recv (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16) (i32.const 20)))
        (call $note (call $sock_send (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16))) (call $note (call $sock_shutdown (i32.const 9) (i32.const 1)))";
    let noted = desk.notes(&guest(socks));
    assert!(noted.iter().all(|error| *error != crate::support::errno::OK), "{noted:?}");
}

/// Every module that one flipped bit or one cut makes of a good one is refused, or runs within its limits.
#[test]
fn damaged_modules_do_no_harm() {
    let desk = Desk::limited(|limits| limits.timeout_ms = 200);
    let good = wasm(&small());
    desk.add("good", good.clone(), None, true).unwrap();
    assert!(desk.call("good", PAYLOAD).ok);
    let mut cut: Vec<_> = (0..good.len())
        .step_by(97)
        .chain(0..64)
        .map(|at| good[..at.min(good.len())].to_vec())
        .collect();
    cut.extend((0..good.len()).step_by(97).chain(0..64.min(good.len())).map(|at| {
        let mut flipped = good.clone();
        flipped[at] ^= 1 << (at % 8);
        flipped
    }));
    let (mut refused, mut ran) = (0, 0);
    for module in cut {
        match desk.add("damaged", module, None, true) {
            Err(error) => {
                assert!(
                    matches!(
                        error.code,
                        Code::InvalidModule | Code::MissingStart | Code::ForbiddenImport
                    ),
                    "{error:?}"
                );
                refused += 1;
            }
            Ok(_) => {
                let result = desk.call("damaged", PAYLOAD);
                assert!(result.code != Some(Code::Internal), "{result:#?}");
                ran += 1;
            }
        }
    }
    eprintln!("{refused} damaged modules were refused, and {ran} ran");
    assert!(refused > 50, "{refused}");
    desk.still_answers();
}

/// A module of a few hundred bytes that does what plugins do.
fn small() -> String {
    "(module (import \"wasi_snapshot_preview1\" \"fd_write\" (func $write (param i32 i32 i32 i32) (result i32)))
       (memory (export \"memory\") 1) (data (i32.const 64) \"{\\22ok\\22:true}\") (table 4 funcref) (elem (i32.const 0) $a $b)
       (global $n (mut i32) (i32.const 9)) (func $a (result i32) (global.get $n)) (func $b (result i32) (i32.const 3))
       (func (export \"_start\") (local $i i32)
         (loop $l (drop (call_indirect (result i32) (i32.and (local.get $i) (i32.const 1))))
           (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))
         (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 11))
         (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"
        .to_owned()
}

#[test]
fn a_module_that_is_too_large_is_not_compiled() {
    let desk = Desk::limited(|limits| limits.module_mb = 1);
    // A megabyte of data that nobody uses.
    let large = format!(
        "(module (memory (export \"memory\") 20) (data (i32.const 0) \"{}\") (func (export \"_start\")))",
        "x".repeat(1024 * 1024)
    );
    let began = Instant::now();
    let error = desk.refuse("large", wasm(&large));
    assert!(error.code == Code::InvalidModule && error.message.contains("1 MiB"), "{error:?}");
    eprintln!("refused after {:?}", began.elapsed());
    desk.still_answers();
}

/// A module that keeps the compiler busy far longer than a test may take. Others go on, and to cancel the call ends the compiler.
#[test]
#[cfg(target_os = "linux")]
fn a_compile_that_takes_long_holds_nobody_up() {
    let cache = tempfile::tempdir().unwrap();
    // Another name, to tell this test's compilers from those of others.
    let program = cache.path().join("bomb-compiler");
    let tool = crate::support::compiler();
    fs_err::os::unix::fs::symlink(&tool.program, &program).unwrap();
    let compiler = CompilerProgram { program, ..tool };
    let folder = Some(cache.path().join("code"));
    let desk = Desk::with(Settings { cache: folder, compiler, ..Settings::default() });
    let compiles = || !children("bomb-compiler").is_empty();
    desk.still_answers();
    let bomb = wasm(&bomb(60));
    eprintln!("a bomb of {} bytes", bomb.len());
    // It is there as if it had been added, so that the call compiles it.
    put_by_hand(&desk, "bomb", &bomb);
    wait(async {
        let call = desk.host.call(
            "bomb",
            PAYLOAD.into(),
            CallOptions { id: Some("bomb".into()), timeout: None },
        );
        let call = tokio::spawn(call);
        crate::support::until("the compiler runs", compiles).await;
        let began = Instant::now();
        let neighbour = desk.host.call("neighbour", PAYLOAD.into(), CallOptions::default()).await;
        assert!(neighbour.ok, "{neighbour:#?}");
        eprintln!("a neighbour answers within {:?} beside a compiler", began.elapsed());
        assert!(!call.is_finished() && compiles());
        // It gives itself less memory than a machine has, so that the machine goes on too.
        let is_limited = || {
            let id = children("bomb-compiler").pop();
            let limits =
                id.and_then(|id| fs_err::read_to_string(format!("/proc/{id}/limits")).ok());
            let limits = limits.unwrap_or_default();
            let memory = limits.lines().find(|line| line.starts_with("Max address space"));
            memory.and_then(|line| line.split_whitespace().nth(3)) == Some("3221225472")
        };
        crate::support::until("the compiler has little memory", is_limited).await;
        assert!(desk.host.cancel("bomb"));
        let began = Instant::now();
        let result = call.await.unwrap();
        assert_eq!(result.code, Some(Code::Cancelled), "{result:#?}");
        assert!(began.elapsed() < Duration::from_secs(1));
        crate::support::until("the compiler ends", || !compiles()).await;
        // The same by dropping the call.
        let call = tokio::spawn(desk.host.call("bomb", PAYLOAD.into(), CallOptions::default()));
        crate::support::until("the compiler runs", compiles).await;
        call.abort();
        crate::support::until("the compiler ends", || !compiles()).await;
    });
    assert_eq!(desk.host.status().running, 0);
    desk.still_answers();
}

/// Functions with many places that one table of jumps leads to, and values that live through all of them.
fn bomb(functions: usize) -> String {
    let blocks = 1_500;
    let targets: String = (0..blocks).map(|n| format!("{n} ")).collect();
    let body: String = (0..blocks).map(|n| format!("(local.set {0} (i64.add (local.get {0}) (i64.mul (local.get {1}) (i64.const {n})))))", 1 + n % 200, 1 + (n * 7) % 200)).collect();
    let function = format!(
        "(func (param i32) (result i64) (local {}) {} (br_table {targets} (local.get 0)){body} (local.get 7))",
        "i64 ".repeat(201),
        "(block ".repeat(blocks)
    );
    format!(
        "(module (memory (export \"memory\") 1) {} (func (export \"_start\")))",
        function.repeat(functions)
    )
}

/// Processes of this name that this process has started. A zombie has ended, whether or not somebody has looked.
#[cfg(target_os = "linux")]
fn children(name: &str) -> Vec<u32> {
    let me = std::process::id().to_string();
    let processes = fs_err::read_dir("/proc").unwrap().filter_map(|entry| {
        let path = entry.ok()?.path();
        let stat = fs_err::read_to_string(path.join("stat")).ok()?;
        let (before, after) = stat.rsplit_once(") ")?;
        let mut fields = after.split(' ');
        let runs = before.ends_with(&format!("({name}")) && fields.next()? != "Z";
        (runs && fields.next()? == me).then(|| path.file_name()?.to_str()?.parse().ok())?
    });
    processes.collect()
}

/// Writes the files of an added module.
fn put_by_hand(desk: &Desk, name: &str, module: &[u8]) {
    fs_err::create_dir_all(&desk.places.modules).unwrap();
    fs_err::write(desk.places.modules.join(format!("{name}.wasm")), module).unwrap();
    let record =
        serde_json::json!({"sha256": Sha256::of(module), "bytes": module.len(), "manifest": {}});
    fs_err::write(desk.places.modules.join(format!("{name}.installed.json")), record.to_string())
        .unwrap();
}

#[test]
fn features_that_are_off_are_refused() {
    let desk = Desk::new();
    for (what, parts) in [
        (
            "threads",
            "(memory (export \"memory\") 1) (func (export \"_start\") (drop (i32.atomic.load (i32.const 0))))",
        ),
        (
            "relaxed simd",
            "(memory (export \"memory\") 1) (func (export \"_start\") (drop (i8x16.relaxed_swizzle (v128.const i64x2 0 0) (v128.const i64x2 0 0))))",
        ),
        (
            "exceptions",
            "(memory (export \"memory\") 1) (tag $t) (func (export \"_start\") (throw $t))",
        ),
        (
            "gc",
            "(memory (export \"memory\") 1) (type $s (struct (field i32))) (func (export \"_start\") (drop (struct.new $s (i32.const 1))))",
        ),
    ] {
        let error = desk.refuse("feature", wasm(&format!("(module {parts})")));
        assert_eq!(error.code, Code::InvalidModule, "{what}: {error:?}");
    }
    // What compilers use by themselves is on.
    for body in [
        "(memory.copy (i32.const 0) (i32.const 8) (i32.const 8))",
        "(drop (i32x4.add (v128.const i64x2 0 0) (v128.const i64x2 1 1)))",
        "(drop (i32.trunc_sat_f64_s (f64.const 1)))",
        "(drop (i32.extend8_s (i32.const 1)))",
    ] {
        assert!(desk.run(&guest_with("", &format!("{body} (call $answer)"))).ok, "{body}");
    }
}
