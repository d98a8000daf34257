//! `plugin-tool`, the program that compiles and runs plugins with the very code of an app: compiled from the same template,
//! kept beside the runtimes, or taken from beside one.
//!
//! It is a program of its own so that no compiler of WebAssembly is in xtask.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use config_schema::Target;
use runtime_settings::Sha256;

use crate::{
    error,
    printer::Printer,
    process,
    render::TemplateSet,
    runtime::{self, Profile, RuntimeRecord},
    workspace::root,
};

/// Names a program that is used instead: one that another build of this very template has made.
pub(crate) const VARIABLE: &str = "DESKWRIGHT_PLUGIN_TOOL";
/// The program's name, without what a system adds to it.
pub(crate) const NAME: &str = "plugin-tool";
/// What of the template it is made of.
const SOURCES: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "crates/plugin-host/",
    "crates/runtime-settings/",
    "crates/scoped-fs/",
];

/// The program, ready to be started.
#[derive(Debug)]
pub(crate) struct PluginTool {
    pub(crate) program: PathBuf,
    pub(crate) sha256: Sha256,
}

/// Where the program comes from.
#[derive(Debug)]
pub(crate) enum ToolSource<'a> {
    /// From the cache, else compiled.
    Template(Profile),
    /// From beside a runtime that `runtime get` has left; its record tells the digest.
    Beside(&'a Path),
}

impl ToolSource<'_> {
    /// The program.
    pub(crate) fn find(
        &self,
        templates: &TemplateSet,
        printer: &Printer,
    ) -> anyhow::Result<PluginTool> {
        match self {
            ToolSource::Template(profile) => obtain(templates, *profile, printer),
            ToolSource::Beside(runtime) => beside(runtime),
        }
    }
}

impl PluginTool {
    fn at(program: PathBuf) -> anyhow::Result<PluginTool> {
        // It is started in other folders.
        let program = std::path::absolute(program)?;
        let sha256 = Sha256::of_reader(fs_err::File::open(&program)?)?;
        Ok(PluginTool { program, sha256 })
    }

    /// A command of the program, in a folder.
    pub(crate) fn command(&self, dir: &Path) -> Command {
        process::command(&self.program, dir)
    }

    /// Compiles a module ahead of time, for the processors that every machine of the target has.
    pub(crate) fn compile(
        &self,
        module: &Path,
        code: &Path,
        expected: Sha256,
        target: Target,
    ) -> anyhow::Result<()> {
        let mut command = self.command(root());
        command.args(["compile", "--target", target.row().triple]);
        command.args(["--expect-sha256", &expected.to_string()]).arg(module).arg(code);
        let name = module.file_name().unwrap_or_default().to_string_lossy().into_owned();
        process::run_quiet(&mut command).map_err(|cause| {
            error::hinted(
                format!("the plugin `{name}` does not compile: {cause:#}"),
                format!("see what it lacks: `cargo xtask plugin inspect {name}`"),
            )
        })
    }
}

/// The program's file name on a machine.
pub(crate) fn file_name(host: Target) -> String {
    format!("{NAME}{}", host.row().exe_suffix)
}

/// The program of this template: the one that the environment names, else the cached one, else compiled.
pub(crate) fn obtain(
    templates: &TemplateSet,
    profile: Profile,
    printer: &Printer,
) -> anyhow::Result<PluginTool> {
    if let Some(program) = env::var_os(VARIABLE).map(PathBuf::from) {
        return PluginTool::at(program).map_err(|cause| {
            error::usage(format!("`{VARIABLE}` names no program: {cause:#}"), "correct or unset it")
        });
    }
    PluginTool::at(runtime::obtain_tool(templates, SOURCES, profile, printer)?)
}

/// The program that came with a runtime.
pub(crate) fn beside(runtime: &Path) -> anyhow::Result<PluginTool> {
    let again = "get the runtime again: `cargo xtask runtime get`";
    let record: RuntimeRecord = runtime::record_of(runtime)?;
    let program = runtime.with_file_name(file_name(runtime::host()?));
    let Some(expected) = record.plugin_tool else {
        let message = format!("the runtime `{}` came without `{NAME}`", record.key);
        return Err(error::hinted(message, again));
    };
    let tool =
        PluginTool::at(program).map_err(|cause| error::hinted(format!("{cause:#}"), again))?;
    if tool.sha256 != expected {
        let message =
            format!("not the program that the record tells of: `{}`", tool.program.display());
        return Err(error::hinted(message, again));
    }
    // What travelled as an artifact has lost its permissions.
    process::make_executable(&tool.program)?;
    Ok(tool)
}
