//! `test`: every test, in the order from fast to slow. What a suite needs is checked before anything runs.

mod calls;
mod mutate;

use std::{env, path::PathBuf, process::Command};

use clap::ValueEnum;
use serde_json::json;

pub(crate) use mutate::run as mutate;

use crate::{
    codegen, config_file, deskwright, error, plugin, plugin_tool,
    printer::Printer,
    process, python_tools,
    render::TemplateSet,
    runtime::Profile,
    setup::{self, Purpose},
    workspace::{root, target_dir, template_app},
};

/// A group of tests that runs by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Suite {
    /// Unit tests and the command line of this workspace
    Desk,
    /// Plugins: all of them built and called, their host, and the attacks that it withstands
    Plugins,
    /// `deskwright`, and the GitHub on loopback that it is tested against
    Orchestrator,
    /// Unit tests of the runtime and its crates
    Runtime,
    /// The TypeScript bridge, in Node and in a browser
    Bridge,
    /// Signatures by throw-away keys, checked with the tools of users
    Signing,
    /// Installed apps in real windows
    Window,
    /// Installers, from the installation to the removal, good and bad ones
    Verify,
    /// Builds that are killed at every step, meet every fault, or are a thousand
    Faults,
    /// Installers of Windows under Wine, of the runtime in the folder that `DESKWRIGHT_WINDOWS_RUNTIME` names; only when named
    Windows,
    /// Fuzz targets of the plugin host, a few seconds each; the first time compiles for minutes, and only when named
    Fuzz,
    /// The cloud's workflows, run on this machine against a GitHub of our own; many minutes, and only when named
    Workflows,
}

/// What runs when no suite is named.
const USUAL: &[Suite] = &[
    Suite::Desk,
    Suite::Plugins,
    Suite::Runtime,
    Suite::Bridge,
    Suite::Orchestrator,
    Suite::Signing,
    Suite::Window,
    Suite::Verify,
    Suite::Faults,
];

/// Runs the suites; the usual ones when none is named.
pub(crate) fn run(suites: &[Suite], with_setup: bool, printer: &Printer) -> anyhow::Result<()> {
    if with_setup {
        setup::install(Purpose::Test, printer)?;
    }
    let suites = if suites.is_empty() { USUAL } else { suites };
    let missing = setup::missing_packages(Purpose::Test);
    let needy = [
        Suite::Plugins,
        Suite::Signing,
        Suite::Window,
        Suite::Verify,
        Suite::Faults,
        Suite::Windows,
    ];
    if suites.iter().any(|suite| needy.contains(suite)) && !missing.is_empty() {
        let hint = "run `cargo xtask test --setup`";
        let message = format!("the tests need: {}", missing.join(", "));
        return Err(error::missing(message, hint));
    }
    for suite in suites {
        printer.status("Testing", format_args!("{suite:?}").to_string().to_lowercase());
        match suite {
            Suite::Desk => desk(printer)?,
            Suite::Plugins => plugins(printer)?,
            Suite::Orchestrator => orchestrator(&["--package", "fake-github"])?,
            Suite::Faults => faults()?,
            Suite::Runtime => runtime()?,
            Suite::Bridge => bridge(printer)?,
            Suite::Signing => tests(&["--test", "signing"])?,
            Suite::Window => window(printer)?,
            Suite::Verify => tests(&["--test", "verify"])?,
            Suite::Windows => tests(&["--lib", "--test", "windows"])?,
            Suite::Fuzz => fuzz()?,
            Suite::Workflows => workflows(printer)?,
        }
    }
    printer.data("all suites passed", &json!({ "ok": true }))
}

/// Cargo in the root workspace; the tests find this very binary by its path.
fn cargo() -> Command {
    let mut command = process::cargo(root());
    if let Ok(xtask) = env::current_exe() {
        command.env("DESKWRIGHT_XTASK", xtask);
    }
    command
}

fn desk(printer: &Printer) -> anyhow::Result<()> {
    let others = ["tests", "orchestrator", "fake-github"];
    let excluded = others.iter().flat_map(|package| ["--exclude", package]);
    process::run(cargo().args(["test", "--workspace", "--locked"]).args(excluded))?;
    install_linters(printer)?;
    // The tests of the command line start it, and have a limit.
    deskwright::compile(printer)?;
    tests(&["--test", "cli", "--test", "workflows"])
}

fn orchestrator(args: &[&str]) -> anyhow::Result<()> {
    process::run(cargo().args(["test", "--locked", "--package", "orchestrator"]).args(args))
}

/// What `cargo test` leaves out since it takes minutes. Not optimised: that would take longer to compile than it gains.
fn faults() -> anyhow::Result<()> {
    // More at once would be late for the clocks of their servers, which are fast.
    orchestrator(&["--test", "faults", "--test", "fleet", "--", "--test-threads", "2"])
}

/// Programs and npm packages that check the workflows.
pub(crate) fn install_linters(printer: &Printer) -> anyhow::Result<()> {
    python_tools::install(printer)?;
    codegen::install_package(&root().join("tests/workflows"), printer)
}

/// What runs workflows: act, and the packages of what stands in for third-party actions.
pub(crate) fn install_runner(printer: &Printer) -> anyhow::Result<()> {
    python_tools::install(printer)?;
    codegen::install_package(&root().join("tests/workflows/stand-ins"), printer)
}

fn workflows(printer: &Printer) -> anyhow::Result<()> {
    install_linters(printer)?;
    install_runner(printer)?;
    // What dispatches, watches and collects in the closed loop.
    process::run(cargo().args(["build", "--package", "orchestrator", "--locked"]))?;
    // One run after another: they share the caches of one box.
    let one_thread = ["--", "--test-threads", "1", "--nocapture"];
    tests(&["--test", "workflows"])?;
    tests(&[&["--test", "workflows_run"][..], &one_thread].concat())
}

/// Installed apps in real windows; afterwards, which commands of the bridge they have called.
fn window(printer: &Printer) -> anyhow::Result<()> {
    tests(&["--lib", "--test", "harness"])?;
    let mut command = cargo();
    command.args(["test", "--package", "tests", "--locked", "--test", "window"]);
    calls::note(&mut command)?;
    process::run(&mut command)?;
    calls::check(printer)
}

/// Tests of the package `tests`, which finds this very binary by `cargo`'s environment.
fn tests(targets: &[&str]) -> anyhow::Result<()> {
    process::run(cargo().args(["test", "--package", "tests", "--locked"]).args(targets))
}

/// A rendered project is complete: `cargo tauri build` in it gives the same app from source. This compiles for minutes, so
/// it is no suite.
pub(crate) fn ejected(printer: &Printer) -> anyhow::Result<()> {
    printer.status("Testing", "a build from source of a rendered project");
    tests(&["--test", "eject"])
}

/// The smallest runtime and its crates, then the runtime with everything in it.
fn runtime() -> anyhow::Result<()> {
    for what in [&["--workspace"][..], &["--package", "runtime", "--features", "compiler"]] {
        let mut command = cargo();
        command.current_dir(template_app()).args(["test", "--locked", "--target-dir"]);
        process::run(command.arg(target_dir().join("template")).args(what))?;
    }
    Ok(())
}

/// The plugins of this checkout: each is a workspace of its own, with tests on this machine. Then the built modules, in Node's
/// WASI and in an app's config; the crate that runs them with everything in it; and the guide, command by command.
fn plugins(printer: &Printer) -> anyhow::Result<()> {
    let tool = tool_for_tests(printer)?;
    let mut build = process::command(env::current_exe()?, root());
    build.args(["plugin", "build", "--all"]).env(plugin_tool::VARIABLE, &tool);
    process::run(&mut build)?;
    config_file::load(&root().join("examples/plugins/app.json"), None)?;
    let dir = root().join("plugins");
    for name in plugin::names()? {
        let dir = dir.join(&name);
        if dir.join("Cargo.toml").is_file() {
            process::run(process::cargo(&dir).args(["fmt", "--check"]))?;
            let lint = ["clippy", "--all-targets", "--locked", "--", "--deny", "warnings"];
            for words in [&lint[..], &["test", "--locked"]] {
                let mut command = process::cargo(&dir);
                let target = target_dir().join("plugins");
                process::run(command.args(words).env("CARGO_TARGET_DIR", target))?;
            }
        }
    }
    let npm = process::find("npm", "install Node.js 20 or later")?;
    process::run(process::command(npm, &dir).args(["test", "--silent"]))?;
    let mut command = cargo();
    command.args(["test", "--package", "tests", "--locked", "--test", "plugins"]);
    process::run(command.env(plugin_tool::VARIABLE, &tool))?;
    let mut command = cargo();
    command.current_dir(template_app()).args(["test", "--locked", "--package", "plugin-host"]);
    command.args(["--features", "tool", "--target-dir"]);
    process::run(command.arg(target_dir().join("template")))
}

/// `plugin-tool` with debug assertions: compiled of what the tests of its crate have compiled, and not for minutes once more.
fn tool_for_tests(printer: &Printer) -> anyhow::Result<PathBuf> {
    let templates = TemplateSet::read(&template_app())?;
    Ok(plugin_tool::obtain(&templates, Profile::Debug, printer)?.program)
}

/// Each target from its seeds. What was found before is in the corpus of the target folder, which grows from run to run.
fn fuzz() -> anyhow::Result<()> {
    /// For each target, in seconds: enough to see that it works, and to meet a fault that is near.
    const SECONDS: u32 = 15;
    /// The same beginning each time: what is found is of the change. What a machine has found before is in its corpus.
    const SEED: u32 = 1;
    /// Longest input, in bytes: a module of that size compiles in a moment.
    const MAX_INPUT: u32 = 4_096;
    let (folder, out) = (template_app().join("fuzz"), target_dir().join("fuzz"));
    for target in ["module_name", "manifest", "payload", "wasi_paths", "module_bytes"] {
        let corpus = out.join("corpus").join(target);
        fs_err::create_dir_all(&corpus)?;
        let mut command = cargo();
        // The flags that make a program a fuzzer are in the folder's own configuration.
        command.current_dir(&folder).env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        command.args(["run", "--quiet", "--locked", "--bin", target, "--target-dir"]).arg(&out);
        command.arg("--").arg(corpus).arg(folder.join("seeds").join(target));
        command.arg(format!("-artifact_prefix={}/{target}-", out.display()));
        command.args([format!("-max_total_time={SECONDS}"), format!("-max_len={MAX_INPUT}")]);
        command.arg(format!("-seed={SEED}"));
        process::run(&mut command)?;
    }
    Ok(())
}

fn bridge(printer: &Printer) -> anyhow::Result<()> {
    let package = template_app().join("bridge");
    codegen::install_package(&package, printer)?;
    let npm = process::find("npm", "install Node.js 20 or later")?;
    for script in ["check", "test", "lint:package"] {
        process::run(process::command(&npm, &package).args(["run", "--silent", script]))?;
    }
    Ok(())
}
