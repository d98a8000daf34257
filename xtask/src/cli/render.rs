//! `render` on the command line.

use std::path::{Path, PathBuf};

use clap::Args;
use config_schema::Target;
use serde_json::json;

use super::{ConfigArgs, parse_target};
use crate::{
    config_file::{self, ConfigFile},
    error,
    plugin_tool::ToolSource,
    plugins::{self, CompiledPlugins},
    printer::Printer,
    render::{self, Inputs, TemplateSet},
    runtime::{self, Profile},
    workspace::{rendered_dir, template_app},
};

/// Render a config into a complete Tauri project
#[derive(Debug, Args)]
pub(super) struct RenderArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Where the project goes (default: target/rendered/<app id>)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Validate and render in memory only; plugins are not compiled
    #[arg(long, conflicts_with = "out")]
    check: bool,
    /// What plugins are compiled for, by name (`linux-arm64`) or triple (default: this machine)
    #[arg(long, value_parser = parse_target)]
    target: Option<Target>,
    /// Render for this runtime, and compile plugins with the program that `runtime get` has put beside it
    #[arg(long, value_name = "FILE", conflicts_with = "target")]
    runtime: Option<PathBuf>,
}

impl RenderArgs {
    pub(super) fn run(self, printer: &Printer) -> anyhow::Result<()> {
        let config = self.config.load()?;
        if !self.check {
            config_file::build_content(&config)?;
        }
        let templates = TemplateSet::read(&template_app())?;
        let plugins = self.plugins(&config, &templates, printer)?;
        let inputs = Inputs::read(&templates, &config, plugins)?;
        let tree = render::render(render::plan(&config.model, &inputs), &templates)?;
        let (files, bytes) = tree.totals();
        if self.check {
            let human =
                format!("{} is valid: {files} files, {} kB", config.model.app.slug, bytes / 1000);
            return printer.data(&human, &json!({ "ok": true, "files": files, "bytes": bytes }));
        }
        let out = self.out.unwrap_or_else(|| rendered_dir().join(config.model.app.id.as_str()));
        tree.write_to(&out)?;
        printer.data(
            &out.display().to_string(),
            &json!({ "ok": true, "tree": out, "files": files, "bytes": bytes }),
        )
    }

    /// The plugins, for the target that is named or that the runtime is for.
    fn plugins(
        &self,
        config: &ConfigFile,
        templates: &TemplateSet,
        printer: &Printer,
    ) -> anyhow::Result<CompiledPlugins> {
        if config.model.plugins.is_none() {
            return Ok(CompiledPlugins::default());
        }
        let (target, tool) = match &self.runtime {
            Some(runtime) => (target_of(runtime)?, ToolSource::Beside(runtime)),
            None => {
                let target = self.target.map_or_else(runtime::host, Ok)?;
                (target, ToolSource::Template(Profile::Release))
            }
        };
        if self.check {
            return Ok(plugins::uncompiled(config, target));
        }
        plugins::compile(config, templates, target, &tool, printer)
    }
}

fn target_of(runtime: &Path) -> anyhow::Result<Target> {
    let record = runtime::record_of(runtime)?;
    Target::from_name(&record.target).ok_or_else(|| {
        error::usage(
            format!("the runtime is for no target that is known: `{}`", record.target),
            "get it again: `cargo xtask runtime get`",
        )
    })
}
