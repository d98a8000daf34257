//! `build`: from a config to installers. Render, take the runtime, stamp, bundle.

use std::path::PathBuf;

use anyhow::Context as _;
use config_schema::{AppModel, BundleFormat, Target};
use serde_json::json;

use crate::{
    bundle::{self, BundleJob},
    config_file,
    config_file::ConfigFile,
    error,
    plugin_tool::ToolSource,
    plugins,
    printer::Printer,
    render::{self, Inputs, TemplateSet},
    runtime::{self, Profile},
    stamp,
    workspace::{rendered_dir, template_app},
};

/// What `build` was asked for.
pub(crate) struct BuildRequest {
    pub(crate) config: ConfigFile,
    pub(crate) target: Option<Target>,
    /// None: what the config says for the target's system.
    pub(crate) formats: Option<Vec<BundleFormat>>,
    pub(crate) profile: Profile,
}

/// Makes the installers and prints where they are.
pub(crate) fn build(request: &BuildRequest, printer: &Printer) -> anyhow::Result<()> {
    let model = &request.config.model;
    let host = runtime::host()?;
    let target = request.target.unwrap_or(host);
    let formats = formats(model, target, request.formats.as_deref())?;
    if target.row().system != host.row().system {
        return Err(error::usage(
            format!(
                "installers for {} cannot be made on {}",
                target.name(),
                host.row().system.name()
            ),
            "build them on that system, or in the cloud",
        ));
    }

    config_file::build_content(&request.config)?;
    let templates = TemplateSet::read(&template_app())?;
    let tree = rendered_dir().join(model.app.id.as_str());
    let _lock = lock(model)?;
    printer.status("Rendering", &model.app.slug);
    let tool = ToolSource::Template(request.profile);
    let plugins = plugins::compile(&request.config, &templates, target, &tool, printer)?;
    let inputs = Inputs::read(&templates, &request.config, plugins)?;
    render::render(render::plan(model, &inputs), &templates)?.write_to(&tree)?;

    let key = runtime::key(&templates, model.variant(), target, request.profile);
    let binary = runtime::obtain(&templates, &key, model.build.runtime, printer)?;
    printer.status("Stamping", &model.app.slug);
    let stamped = stamp::stamp(&tree, &binary, request.profile.name())?;
    let job = BundleJob {
        tree: &tree,
        model,
        target,
        formats: &formats,
        profile: request.profile,
        sign: false,
    };
    let artifacts = bundle::bundle(&job, printer)?.artifacts;

    let human: Vec<String> =
        artifacts.iter().map(|artifact| artifact.path.display().to_string()).collect();
    let document = json!({
        "ok": true,
        "app": { "id": model.app.id.as_str(), "slug": model.app.slug.as_str(), "version": model.app.version.to_string() },
        "target": target.name(),
        "runtime": key.text()?,
        "tree": tree,
        "binary": stamped.binary,
        "artifacts": artifacts,
    });
    printer.data(&human.join("\n"), &document)
}

fn formats(
    model: &AppModel,
    target: Target,
    wanted: Option<&[BundleFormat]>,
) -> anyhow::Result<Vec<BundleFormat>> {
    let system = target.row().system;
    let Some(wanted) = wanted else {
        let formats = model.bundle.formats.of(system).to_vec();
        if formats.is_empty() {
            let message = format!(
                "the config builds nothing for {}: `bundle.targets` leaves it out",
                system.name()
            );
            return Err(error::usage(
                message,
                "add a target of this system, or name formats with `--bundles`",
            ));
        }
        return Ok(formats);
    };
    let possible = target.row().formats;
    if let Some(format) = wanted.iter().find(|format| !possible.contains(format)) {
        let names: Vec<_> = possible.iter().map(|format| format.name()).collect();
        let message = format!("not a bundle format of {}: `{}`", system.name(), format.name());
        return Err(error::usage(message, format!("choose from: {}", names.join(", "))));
    }
    Ok(wanted.to_vec())
}

/// Two builds of one app take turns; builds of different apps do not meet.
fn lock(model: &AppModel) -> anyhow::Result<fs_err::File> {
    let path: PathBuf = rendered_dir().join(format!(".{}.lock", model.app.id.as_str()));
    fs_err::create_dir_all(rendered_dir())?;
    let file = fs_err::File::create(path)?;
    file.lock().context("failed to wait for another build of this app")?;
    Ok(file)
}
