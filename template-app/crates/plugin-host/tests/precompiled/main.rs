//! Plugins that were compiled ahead of time: they run where no compiler is, also on the oldest processors.

#![cfg(all(feature = "tool", target_os = "linux", target_arch = "x86_64"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "these are tests; the lint knows only functions that are marked so"
)]

#[path = "../support/mod.rs"]
mod support;

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::{Value, json};
use support::{guest, wasm};

/// The first processors of this architecture, as an emulator knows them.
const OLDEST: &str = "qemu64";

fn output(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

#[expect(clippy::disallowed_methods, reason = "tests start programs here")]
fn program(path: impl AsRef<std::ffi::OsStr>) -> Command {
    Command::new(path)
}

fn cargo(args: &[&str]) -> Output {
    let mut cargo = program(env!("CARGO"));
    cargo.args(args).current_dir(env!("CARGO_MANIFEST_DIR"));
    // What Cargo has set for this test is not for another build.
    cargo.env_remove("CARGO_ENCODED_RUSTFLAGS");
    let output = output(&mut cargo);
    assert!(output.status.success(), "{cargo:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// A program with the host in it, and no compiler: a build of its own, since one build has one set of features.
fn runner() -> PathBuf {
    let target = Path::new(env!("CARGO_BIN_EXE_plugin-tool")).ancestors().nth(2).unwrap();
    let dir = target.to_str().unwrap();
    cargo(&[
        "build",
        "--quiet",
        "--locked",
        "--package",
        "plugin-host",
        "--example",
        "precompiled",
        "--target-dir",
        dir,
    ]);
    target.join("debug/examples/precompiled")
}

/// Compiles a module with the tool, or for just this machine with the compiler of an app.
fn compile(folder: &Path, target: Option<&str>) -> PathBuf {
    use std::{io::Write as _, process::Stdio};
    // Sums with vectors: what a compiler makes of them depends on the processor.
    let module = wasm(&guest(
        "(loop $l
           (v128.store (i32.const 512) (i32x4.add (v128.load (i32.const 512)) (i32x4.mul (v128.load (i32.const 512)) (v128.const i32x4 3 5 7 9))))
           (i32.store (i32.const 512) (i32.add (i32.load (i32.const 512)) (i32.popcnt (local.get $i))))
           (f64.store (i32.const 528) (f64.nearest (f64.add (f64.load (i32.const 528)) (f64.const 0.75))))
           (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100))))
         (call $note (i32.load (i32.const 512))) (call $note64 (i64.trunc_f64_s (f64.load (i32.const 528))))
         (call $note (call $open «f» (i32.const 1) (i32.const 0))) (call $note (call $write (global.get $fd) «text»))",
    ));
    let (input, code) = (folder.join("plugin.wasm"), folder.join("plugin.cwasm"));
    fs_err::write(&input, &module).unwrap();
    let mut tool = program(env!("CARGO_BIN_EXE_plugin-tool"));
    let Some(target) = target else {
        let mut child =
            tool.arg("compile-child").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(&module).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        fs_err::write(&code, output.stdout).unwrap();
        return code;
    };
    let hash = runtime_settings::Sha256::of(&module).to_string();
    let output = output(
        tool.args(["compile", "--target", target, "--expect-sha256", &hash]).args([&input, &code]),
    );
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        told,
        json!({"sha256": hash, "bytes": module.len(), "codeBytes": fs_err::metadata(&code).unwrap().len()})
    );
    code
}

fn run(mut host: Command, code: &Path, folder: &Path) -> Value {
    let output = output(host.args([code, folder]));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{host:?}: {} {said}", output.status);
    serde_json::from_slice(&output.stdout).unwrap()
}

fn oldest(runner: &Path) -> Command {
    let mut emulator = program("qemu-x86_64");
    emulator.args(["-cpu", OLDEST]).arg(runner);
    emulator
}

#[test]
fn no_compiler_is_where_none_is_needed() {
    let count = |features: &[&str]| {
        let args = [
            &[
                "tree",
                "--locked",
                "--edges",
                "normal",
                "--package",
                "plugin-host",
                "--prefix",
                "none",
            ],
            features,
        ]
        .concat();
        let tree = String::from_utf8(cargo(&args).stdout).unwrap();
        assert!(tree.contains("wasmtime v"), "{tree}");
        tree.lines().filter(|line| line.starts_with("cranelift-codegen v")).count()
    };
    assert_eq!(count(&[]), 0);
    assert!(count(&["--features", "compiler"]) > 0);
}

#[test]
fn code_for_a_target_runs_on_its_oldest_processors() {
    let (folder, runner) = (tempfile::tempdir().unwrap(), runner());
    let code = compile(folder.path(), Some("x86_64-unknown-linux-gnu"));
    let here = run(program(&runner), &code, folder.path());
    assert_eq!(here["ok"], true, "{here:#}");
    let there = run(oldest(&runner), &code, folder.path());
    assert_eq!(there["value"], here["value"], "{there:#}");
    assert_eq!(
        fs_err::read(
            folder.path().join("data/.desktopr/.main/_external_modules_storage/plugin.wasm/f")
        )
        .unwrap(),
        b"text"
    );
}

/// Code that was made for this very machine is told apart, before any of it runs.
#[test]
fn code_for_a_newer_processor_is_refused() {
    let (folder, runner) = (tempfile::tempdir().unwrap(), runner());
    let code = compile(folder.path(), None);
    if !std::is_x86_feature_detected!("avx2") {
        panic!("this machine's processor is as old as those that it would be told apart from");
    }
    assert_eq!(run(program(&runner), &code, folder.path())["ok"], true);
    let there = run(oldest(&runner), &code, folder.path());
    assert_eq!(
        (&there["ok"], &there["code"]),
        (&json!(false), &json!("plugins/invalid-module")),
        "{there:#}"
    );
    eprintln!("{}", there["error"]);
}

#[test]
fn code_for_another_target_or_none_is_refused() {
    let (folder, runner) = (tempfile::tempdir().unwrap(), runner());
    for target in ["aarch64-apple-darwin", "x86_64-pc-windows-msvc", "aarch64-unknown-linux-gnu"] {
        let code = compile(folder.path(), Some(target));
        let result = run(program(&runner), &code, folder.path());
        assert_eq!(result["code"], "plugins/invalid-module", "{target}: {result:#}");
        assert!(
            result["error"].as_str().unwrap().contains("cannot be loaded here"),
            "{target}: {result:#}"
        );
    }
    let code = compile(folder.path(), Some("x86_64-unknown-linux-gnu"));
    for bytes in
        [Vec::new(), b"junk".to_vec(), fs_err::read(folder.path().join("plugin.wasm")).unwrap()]
    {
        fs_err::write(&code, bytes).unwrap();
        let result = run(program(&runner), &code, folder.path());
        assert_eq!(result["code"], "plugins/invalid-module", "{result:#}");
    }
}
