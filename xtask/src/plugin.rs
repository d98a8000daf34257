//! `plugin`: plugins on the way to an app. Where they are, and what `plugin-tool` is asked about them; a plugin is started by
//! `create` and built by `build`.

pub(crate) mod bench;
mod build;
mod create;
mod language;

use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use runtime_settings::plugins::ModuleName;

pub(crate) use build::build;
pub(crate) use create::{TEMPLATE, create};
use language::Language;
pub(crate) use language::{TARGET, rust_has_target};

use crate::{
    error,
    plugin_tool::{self, PluginTool},
    printer::{Format, Printer},
    process,
    render::TemplateSet,
    runtime::Profile,
    workspace::{root, target_dir, template_app},
};

/// Folder of a plugin that its module is built into.
const DIST: &str = "dist";
/// Where a plugin that is tried keeps its files, in its folder.
const STORAGE: &str = "target/storage";

/// The source of a plugin: a folder that is called like it.
#[derive(Debug)]
struct Source {
    name: ModuleName,
    /// Absolute.
    dir: PathBuf,
}

impl Source {
    /// A plugin of this checkout by its name, or a folder anywhere.
    fn find(text: &str) -> anyhow::Result<Source> {
        let ours = plugins_dir().join(text);
        let is_name = ModuleName::parse(text).is_ok();
        let dir = if is_name && ours.is_dir() { ours } else { std::path::absolute(text)? };
        if !dir.is_dir() {
            let known = names()?.join(", ");
            let ours = if known.is_empty() { known } else { format!(", or one of: {known}") };
            let hint = format!("name a plugin's folder{ours}; `cargo xtask plugin new` makes one");
            return Err(error::usage(format!("no such plugin: `{text}`"), hint));
        }
        let name = dir.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let name = ModuleName::parse(name)
            .map_err(|cause| error::usage(cause.to_string(), "rename the plugin's folder"))?;
        Ok(Source { name, dir })
    }

    /// The built module.
    fn module(&self) -> PathBuf {
        self.dir.join(DIST).join(self.name.as_str())
    }
}

/// Folder of this checkout's plugins.
fn plugins_dir() -> PathBuf {
    root().join("plugins")
}

/// The plugins of this checkout, in order.
pub(crate) fn names() -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    if plugins_dir().is_dir() {
        for entry in fs_err::read_dir(plugins_dir())? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if ModuleName::parse(&name).is_ok() && Language::of(&entry.path()).is_some() {
                names.push(name);
            }
        }
    }
    names.sort();
    Ok(names)
}

/// A module by its file, or the built one of a plugin.
fn module(text: &str) -> anyhow::Result<PathBuf> {
    let file = std::path::absolute(text)?;
    if file.is_file() {
        return Ok(file);
    }
    if text.ends_with(".wasm") {
        let hint = "build it: `cargo xtask plugin build PLUGIN`";
        return Err(error::usage(format!("no such file: `{text}`"), hint));
    }
    let source = Source::find(text)?;
    let module = source.module();
    if !module.is_file() {
        let hint = format!("build it: `cargo xtask plugin build {text}`");
        return Err(error::usage(format!("not built yet: `{}`", module.display()), hint));
    }
    Ok(module)
}

/// Where a module keeps its files when it is tried: in its plugin's folder, else in the target directory.
fn storage_of(module: &Path) -> PathBuf {
    let folder = module.parent().filter(|dir| dir.ends_with(DIST)).and_then(Path::parent);
    folder.map_or_else(|| target_dir().join("plugin-storage"), |plugin| plugin.join(STORAGE))
}

/// The program of this checkout's template.
fn tool(printer: &Printer) -> anyhow::Result<PluginTool> {
    plugin_tool::obtain(&TemplateSet::read(&template_app())?, Profile::Release, printer)
}

/// A command of the program that prints what people or programs want.
fn tool_command(words: &[&str], printer: &Printer) -> anyhow::Result<Command> {
    let mut command = tool(printer)?.command(&std::env::current_dir()?);
    command.args(words);
    if printer.format() == Format::Json {
        command.args(["--format", "json"]);
    }
    Ok(command)
}

/// One call of a plugin's function.
pub(crate) struct RunRequest<'a> {
    pub(crate) module: &'a str,
    pub(crate) function: &'a str,
    pub(crate) arguments: &'a str,
    pub(crate) storage: Option<&'a Path>,
    pub(crate) timeout_ms: Option<u32>,
    pub(crate) limits: Option<&'a str>,
}

/// `plugin run`: becomes the program, which answers.
pub(crate) fn run(request: &RunRequest<'_>, printer: &Printer) -> anyhow::Result<ExitCode> {
    let module = module(request.module)?;
    let storage = request.storage.map_or_else(|| storage_of(&module), Path::to_owned);
    let mut command = tool_command(&["run"], printer)?;
    command.arg("--storage").arg(storage);
    // Compiled code of earlier tries: a large module takes seconds.
    command.arg("--cache").arg(target_dir().join("plugin-cache"));
    if let Some(timeout) = request.timeout_ms {
        command.args(["--timeout", &timeout.to_string()]);
    }
    if let Some(limits) = request.limits {
        command.args(["--limits", limits]);
    }
    command.arg("--").arg(module).args([request.function, request.arguments]);
    process::become_it(&mut command)
}

/// `plugin inspect`.
pub(crate) fn inspect(text: &str, printer: &Printer) -> anyhow::Result<ExitCode> {
    let module = module(text)?;
    process::become_it(tool_command(&["inspect"], printer)?.arg("--").arg(module))
}
