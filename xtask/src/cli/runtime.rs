//! `runtime …` on the command line.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use config_schema::{RuntimeSource, Target, Variant};
use serde_json::json;

use super::{parse_target, parse_variant, profile};
use crate::{printer::Printer, render::TemplateSet, runtime, workspace::template_app};

/// The compiled runtimes that apps are stamped from
#[derive(Debug, Subcommand)]
pub(super) enum RuntimeCommand {
    /// List the runtimes in the cache
    List,
    /// Compile a runtime, unless the cache has it
    Build {
        #[arg(long, default_value = "slim", value_parser = parse_variant)]
        variant: Variant,
        #[arg(long, value_parser = parse_target)]
        target: Option<Target>,
        #[arg(long)]
        debug: bool,
    },
    /// Take the published runtime, its hash and attestation checked
    Fetch {
        #[arg(long, default_value = "slim", value_parser = parse_variant)]
        variant: Variant,
        #[arg(long, value_parser = parse_target)]
        target: Option<Target>,
    },
    /// Put a runtime into a folder: the published one, else the cached one, else compiled
    Get {
        #[arg(long, default_value = "slim", value_parser = parse_variant)]
        variant: Variant,
        #[arg(long, value_parser = parse_target)]
        target: Option<Target>,
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Install first what compiling needs, when it has to be compiled
        #[arg(long)]
        setup: bool,
    },
}

impl RuntimeCommand {
    pub(super) fn run(self, printer: &Printer) -> anyhow::Result<()> {
        match self {
            RuntimeCommand::List => {
                let records = runtime::list()?;
                let line = |record: &runtime::RuntimeRecord| {
                    format!(
                        "{}  {:.2} MB  {}",
                        record.key,
                        record.size as f64 / 1e6,
                        &record.sha256.to_string()[..16]
                    )
                };
                let human: Vec<_> = records.iter().map(line).collect();
                printer.data(&human.join("\n"), &records)
            }
            RuntimeCommand::Build { variant, target, debug } => {
                let target = target.map_or_else(runtime::host, Ok)?;
                let templates = TemplateSet::read(&template_app())?;
                let key = runtime::key(&templates, variant, target, profile(debug));
                let binary = runtime::obtain(&templates, &key, RuntimeSource::Auto, printer)?;
                printer.data(
                    &binary.display().to_string(),
                    &json!({ "key": key.text()?, "binary": binary }),
                )
            }
            RuntimeCommand::Fetch { variant, target } => {
                let target = target.map_or_else(runtime::host, Ok)?;
                let templates = TemplateSet::read(&template_app())?;
                let binary = runtime::fetch(&templates, variant, target, printer)?;
                told(&templates, variant, target, &binary, printer)
            }
            RuntimeCommand::Get { variant, target, out, setup } => {
                let target = target.map_or_else(runtime::host, Ok)?;
                let templates = TemplateSet::read(&template_app())?;
                let binary = runtime::get(&templates, variant, target, &out, setup, printer)?;
                told(&templates, variant, target, &binary, printer)
            }
        }
    }
}

fn told(
    templates: &TemplateSet,
    variant: Variant,
    target: Target,
    binary: &Path,
    printer: &Printer,
) -> anyhow::Result<()> {
    let key = runtime::published_key(templates, variant, target)?;
    printer.data(&binary.display().to_string(), &json!({ "key": key, "binary": binary }))
}
