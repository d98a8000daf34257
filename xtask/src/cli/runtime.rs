//! `runtime …` on the command line.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use config_schema::{RuntimeSource, Target, Variant};
use serde_json::json;

use super::{parse_target, parse_variant, profile};
use crate::{
    plan::runtime_plan, printer::Printer, render::TemplateSet, runtime, workspace::template_app,
};

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
    /// Print what is published of this state of the template: its release's tag, and a matrix of all runtimes
    Plan,
    /// Compile a runtime anew into a folder, under the name that it is published by, with what is published beside it
    Pack {
        #[arg(long, value_parser = parse_variant)]
        variant: Variant,
        #[arg(long, value_parser = parse_target)]
        target: Option<Target>,
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Put a runtime into a folder, with what is needed beside it: the published one, else the cached one, else compiled
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
            RuntimeCommand::Plan => plan(printer),
            RuntimeCommand::Pack { variant, target, out } => {
                let target = target.map_or_else(runtime::host, Ok)?;
                let templates = TemplateSet::read(&template_app())?;
                let files = runtime::pack(&templates, variant, target, &out, printer)?;
                let lines: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
                printer.data(&lines.join("\n"), &json!({ "files": files }))
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

/// Every runtime that there is: the matrix of the workflow that publishes them.
fn plan(printer: &Printer) -> anyhow::Result<()> {
    let templates = TemplateSet::read(&template_app())?;
    let of = |variant: &Variant| {
        let templates = &templates;
        let variant = *variant;
        Target::all().into_iter().map(move |target| runtime_plan(templates, variant, target))
    };
    let runtimes: Vec<_> = Variant::ALL.iter().flat_map(of).collect::<anyhow::Result<_>>()?;
    let ids: Vec<_> = runtimes.iter().map(|runtime| runtime.id.clone()).collect();
    let tag = runtime::published_tag(&templates)?;
    let document = json!({ "tag": tag, "runtimes": { "include": runtimes } });
    printer.data(&format!("{tag}\n{}", ids.join("\n")), &document)
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
