//! `plugin bench`: the host's speed beside a bare loop, an engine for each call, and Extism; or one plugin beside a bare loop. The
//! program that measures is `tests/plugin-bench`, a workspace of its own.

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use super::{Language, Source, build::build_one, language, module};
use crate::{
    printer::{Format, Printer},
    process,
    workspace::{root, target_dir},
};

/// The folder of the program.
fn package() -> PathBuf {
    root().join("tests/plugin-bench")
}

/// Every figure, with plugins of this checkout.
pub(crate) fn table(printer: &Printer) -> anyhow::Result<ExitCode> {
    let [math, files] = ["math", "files"].map(|name| -> anyhow::Result<PathBuf> {
        let source = Source::find(name)?;
        build_one(&source, printer)?;
        Ok(source.module())
    });
    let guest = package().join("extism-guest");
    printer.status("Building", format_args!("the guest for Extism ({})", Language::Rust.name()));
    let guest = language::rust(&guest)?;
    let mut command = program(printer)?;
    command.arg("table").arg("--math").arg(math?).arg("--files").arg(files?);
    run(command.arg("--extism").arg(guest), printer)
}

/// One plugin's function.
pub(crate) fn one(
    text: &str,
    function: &str,
    arguments: &str,
    printer: &Printer,
) -> anyhow::Result<ExitCode> {
    let module = module(text)?;
    let mut command = program(printer)?;
    run(command.arg("one").arg("--").arg(module).args([function, arguments]), printer)
}

fn run(command: &mut Command, printer: &Printer) -> anyhow::Result<ExitCode> {
    if printer.format() == Format::Json {
        command.env("PLUGIN_BENCH_JSON", "1");
    }
    process::become_it(command)
}

/// Compiles the program: optimised, since it is the engine's own speed that counts.
fn program(printer: &Printer) -> anyhow::Result<Command> {
    printer.status("Compiling", "the benchmark, with Extism; some minutes the first time");
    let target = target_dir().join("plugin-bench");
    let mut cargo = process::cargo(&package());
    cargo.args(["build", "--quiet", "--release", "--locked", "--target-dir"]).arg(&target);
    process::run(&mut cargo)?;
    let program =
        target.join("release").join(format!("plugin-bench{}", std::env::consts::EXE_SUFFIX));
    Ok(process::command(program, Path::new(".")))
}
