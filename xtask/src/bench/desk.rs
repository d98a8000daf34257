//! Speed at the desk: rendering, and every app after the first.

use std::{env, path::Path, time::Instant};

use anyhow::Context as _;

use super::{Figure, median};
use crate::{
    config_file,
    icons::IconSet,
    injected::InjectedFiles,
    plugins::CompiledPlugins,
    printer::Printer,
    process,
    render::{self, ContentFiles, Inputs, TemplateSet},
    runtime::{self, Profile},
    stamp,
    workspace::{root, template_app},
};

/// Runs of a whole command (count): the middle one is told.
const COMMAND_RUNS: usize = 15;
/// Configs that are rendered in memory (count).
const MANY: usize = 1000;
/// Configs that are rendered to disk and stamped (count).
const FLEET: usize = 20;

/// Measures all of it. The runtime is compiled before, if it is not cached.
pub(super) fn measure(printer: &Printer) -> anyhow::Result<Vec<Figure>> {
    let templates = TemplateSet::read(&template_app())?;
    let host = runtime::host()?;
    let minimal = root().join("examples/minimal/app.json");
    let model = config_file::load(&minimal, None)?.model;
    let binary = runtime::obtain(
        &templates,
        &runtime::key(&templates, model.variant(), host, Profile::Release),
        config_schema::RuntimeSource::Auto,
        printer,
    )?;
    printer.status("Measuring", "rendering and stamping");
    Ok(vec![
        figure("render minimal, the whole command", render_command(&minimal)? * 1000.0, "ms", 50.0),
        figure("1000 configs validated and rendered in memory", many(&templates)?, "s", 5.0),
        figure("20 configs rendered and stamped", fleet(&templates, &binary)?, "s", 5.0),
        figure("second app to its .deb", second_app()?, "s", 10.0),
    ])
}

fn figure(name: &'static str, value: f64, unit: &'static str, goal: f64) -> Figure {
    Figure { name: name.into(), value, unit: unit.into(), baseline: None, beside: None, goal }
}

fn render_command(config: &Path) -> anyhow::Result<f64> {
    let out = tempfile::tempdir()?;
    let mut seconds = Vec::new();
    for _ in 0..COMMAND_RUNS {
        let mut command = process::command(env::current_exe()?, root());
        command.arg("render").arg(config).arg("--out").arg(out.path().join("tree"));
        let began = Instant::now();
        process::run_quiet(&mut command)?;
        seconds.push(began.elapsed().as_secs_f64());
    }
    Ok(median(seconds))
}

/// Different configs: each has its own identity, window and colour.
fn config_text(index: usize) -> String {
    format!(
        r##"{{"app": {{"name": "App {index}", "id": "com.example.app{index}", "version": "1.0.{index}"}},
            "content": {{"dir": "web"}},
            "window": {{"width": {}, "backgroundColor": "#{:06x}"}}}}"##,
        800 + index % 800,
        index * 4099 % 0xff_ffff
    )
}

/// Of an app without injected files, plugins and property lists.
fn inputs(templates: &TemplateSet, icons: IconSet, content: ContentFiles) -> Inputs<'_> {
    Inputs {
        templates,
        tray_icon: None,
        icons,
        content,
        injected: InjectedFiles::default(),
        plugins: CompiledPlugins::default(),
        entitlements: None,
        info: None,
        repository: None,
    }
}

fn many(templates: &TemplateSet) -> anyhow::Result<f64> {
    let base = root().join("examples/minimal");
    let icons = crate::icons::load(None)?;
    let began = Instant::now();
    for index in 0..MANY {
        let model =
            config_schema::Check::read("app.json", config_text(index).as_bytes()).finish()?;
        let content = render::read_content(&model.content, &base)?;
        let inputs = inputs(templates, icons.clone(), content);
        render::render(render::plan(&model, &inputs), templates)?;
    }
    Ok(began.elapsed().as_secs_f64())
}

fn fleet(templates: &TemplateSet, runtime: &Path) -> anyhow::Result<f64> {
    let base = root().join("examples/minimal");
    let out = tempfile::tempdir()?;
    let icons = crate::icons::load(None)?;
    let began = Instant::now();
    for index in 0..FLEET {
        let model =
            config_schema::Check::read("app.json", config_text(index).as_bytes()).finish()?;
        let content = render::read_content(&model.content, &base)?;
        let inputs = inputs(templates, icons.clone(), content);
        let tree = out.path().join(model.app.id.as_str());
        render::render(render::plan(&model, &inputs), templates)?.write_to(&tree)?;
        stamp::stamp(&tree, runtime, Profile::Release.name())?;
    }
    Ok(began.elapsed().as_secs_f64())
}

/// The runtime is there, so this is render, stamp and bundle.
fn second_app() -> anyhow::Result<f64> {
    let mut command = process::command(env::current_exe()?, root());
    command.args(["build", "examples/url/app.json", "--bundles", "deb"]);
    let began = Instant::now();
    process::run_quiet(&mut command).context("failed to build the second app")?;
    Ok(began.elapsed().as_secs_f64())
}
