//! `ci`: the same steps, in the same order, as the project's continuous integration.

use std::time::Instant;

use anyhow::Context as _;
use serde_json::json;

use crate::{
    codegen::{self, Mode},
    printer::Printer,
    process, test, tidy,
    workspace::{root, target_dir, template_app},
};

/// Checks everything. `full` adds what takes long: commands that are broken, a run of the workflows, a build from source of a
/// rendered project, and the benchmarks.
pub(crate) fn run(full: bool, with_setup: bool, printer: &Printer) -> anyhow::Result<()> {
    type Step<'a> = (&'static str, Box<dyn Fn() -> anyhow::Result<()> + 'a>);
    let mut steps: Vec<Step<'_>> = vec![
        ("formatting", Box::new(formatting)),
        ("tidy", Box::new(|| tidy::run(printer))),
        ("lints", Box::new(lints)),
        ("generated files", Box::new(|| codegen::run(Mode::Check, printer))),
        ("tests", Box::new(move || test::run(&[], with_setup, printer))),
    ];
    if full {
        let workflows = || test::run(&[test::Suite::Workflows], false, printer);
        let mutations = || test::mutate(&["bridge".to_owned()], printer);
        steps.push(("broken commands", Box::new(mutations)));
        steps.push(("workflows", Box::new(workflows)));
        steps.push(("build from source", Box::new(|| test::ejected(printer))));
        steps.push(("benchmarks", Box::new(|| crate::bench::run(&[], printer))));
    }
    let mut timings = Vec::new();
    for (name, step) in steps {
        let began = Instant::now();
        printer.status("Checking", name);
        step()?;
        timings.push(json!({ "step": name, "seconds": began.elapsed().as_secs() }));
    }
    printer.data("everything passes", &json!({ "ok": true, "steps": timings }))
}

fn formatting() -> anyhow::Result<()> {
    process::run(process::cargo(root()).args(["fmt", "--all", "--check"]))?;
    process::run(process::cargo(&template_app()).args(["fmt", "--all", "--check"]))?;
    // Workspaces that no other step compiles: their lock files follow the crates that they use.
    for folder in ["tests/plugin-bench", "tests/bridge-bench", "template-app/fuzz"] {
        let folder = root().join(folder);
        process::run(process::cargo(&folder).args(["fmt", "--check"]))?;
        let locked = ["metadata", "--locked", "--format-version", "1"];
        process::read(process::cargo(&folder).args(locked))
            .with_context(|| format!("the lock file is not up to date: {}", folder.display()))?;
    }
    Ok(())
}

fn lints() -> anyhow::Result<()> {
    let flags = ["--all-targets", "--locked", "--", "--deny", "warnings"];
    process::run(process::cargo(root()).args(["clippy", "--workspace"]).args(flags))?;
    let target = target_dir().join("template");
    // A runtime without plugins and without the compiler, and one that has everything.
    for features in [&[][..], &["--features", "runtime/compiler,plugin-host/tool"]] {
        let mut clippy = process::cargo(&template_app());
        clippy.args(["clippy", "--workspace"]).args(features).arg("--target-dir").arg(&target);
        process::run(clippy.args(flags))?;
    }
    Ok(())
}
