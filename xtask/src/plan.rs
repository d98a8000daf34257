//! `plan`: what a build will do, as data. The workflow's matrix is this output, so no list of targets lives in YAML.

use std::collections::BTreeMap;

use config_schema::{AppModel, BundleFormat, Target};
use serde::Serialize;

use crate::{
    artifacts,
    config_file::ConfigFile,
    error,
    render::TemplateSet,
    runtime::{Profile, RuntimeKey},
};

/// Everything that will happen, in the order of the configs and of the target table.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BuildPlan {
    pub(crate) apps: Vec<AppPlan>,
    /// GitHub's `strategy.matrix`.
    pub(crate) matrix: Matrix,
    /// Each runtime once, however many apps share it.
    pub(crate) runtimes: Vec<RuntimePlan>,
    /// Names of the secrets that the configs ask for. No config can ask for one yet: signing arrives with its section.
    pub(crate) secrets: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct AppPlan {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) version: String,
    /// The resolved config: any build can be repeated from it.
    pub(crate) config: AppModel,
}

#[derive(Debug, Serialize)]
pub(crate) struct Matrix {
    pub(crate) include: Vec<Job>,
}

/// One app on one target.
#[derive(Debug, Serialize)]
pub(crate) struct Job {
    pub(crate) app: String,
    pub(crate) target: &'static str,
    pub(crate) triple: &'static str,
    pub(crate) runner: &'static str,
    pub(crate) runtime: String,
    pub(crate) bundles: Vec<BundleFormat>,
    pub(crate) artifacts: Vec<ExpectedArtifact>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ExpectedArtifact {
    pub(crate) kind: BundleFormat,
    pub(crate) name: String,
}

/// A runtime to take or to compile. Its key is the template and what it is compiled for; the toolchain of the machine
/// that compiles joins it there.
#[derive(Debug, Serialize)]
pub(crate) struct RuntimePlan {
    pub(crate) id: String,
    pub(crate) template: String,
    pub(crate) variant: &'static str,
    pub(crate) target: &'static str,
    pub(crate) runner: &'static str,
}

/// Plans the builds of all configs. `targets` narrows what the configs say.
pub(crate) fn plan(
    configs: Vec<ConfigFile>,
    targets: Option<&[Target]>,
    templates: &TemplateSet,
) -> anyhow::Result<BuildPlan> {
    let mut jobs = Vec::new();
    let mut runtimes = BTreeMap::new();
    for config in &configs {
        for target in wanted_targets(&config.model, targets)? {
            let key = RuntimeKey {
                template: templates.hash(),
                variant: config.model.variant(),
                target,
                profile: Profile::Release,
            };
            let runtime = runtime_plan(&key);
            jobs.push(job(&config.model, target, &runtime.id));
            runtimes.insert((target, runtime.variant), runtime);
        }
    }
    let apps = configs.into_iter().map(|config| app_plan(config.model)).collect();
    Ok(BuildPlan {
        apps,
        matrix: Matrix { include: jobs },
        runtimes: runtimes.into_values().collect(),
        secrets: Vec::new(),
    })
}

impl BuildPlan {
    /// The plan for people.
    pub(crate) fn table(&self) -> String {
        let mut lines = Vec::new();
        for job in &self.matrix.include {
            let bundles: Vec<_> = job.bundles.iter().map(|bundle| bundle.name()).collect();
            lines.push(format!(
                "{:<24} {:<14} {:<18} {}",
                job.app,
                job.target,
                job.runner,
                bundles.join(", ")
            ));
            lines.extend(job.artifacts.iter().map(|artifact| format!("  {}", artifact.name)));
        }
        let runtimes: Vec<_> = self.runtimes.iter().map(|runtime| runtime.id.as_str()).collect();
        lines.push(format!("runtimes: {}", runtimes.join(", ")));
        let secrets =
            if self.secrets.is_empty() { "none".to_owned() } else { self.secrets.join(", ") };
        lines.push(format!("secrets: {secrets}"));
        lines.join("\n")
    }
}

fn wanted_targets(model: &AppModel, targets: Option<&[Target]>) -> anyhow::Result<Vec<Target>> {
    let Some(wanted) = targets else { return Ok(model.bundle.targets.clone()) };
    match wanted.iter().find(|target| !model.bundle.targets.contains(target)) {
        None => Ok(wanted.to_vec()),
        Some(target) => Err(error::usage(
            format!(
                "the config of `{}` does not build for `{}`",
                model.app.slug.as_str(),
                target.name()
            ),
            "add the target to `bundle.targets`",
        )),
    }
}

fn runtime_plan(key: &RuntimeKey) -> RuntimePlan {
    let (variant, target) = (key.variant.name(), key.target.name());
    RuntimePlan {
        id: format!("{variant}-{target}"),
        template: key.template.to_string(),
        variant,
        target,
        runner: key.target.row().runner,
    }
}

fn job(model: &AppModel, target: Target, runtime: &str) -> Job {
    let row = target.row();
    let bundles = model.bundle.formats.of(row.system).to_vec();
    let artifact = |kind: &BundleFormat| ExpectedArtifact {
        kind: *kind,
        name: artifacts::file_name(&model.app, target, *kind),
    };
    Job {
        app: model.app.slug.to_string(),
        target: row.name,
        triple: row.triple,
        runner: row.runner,
        runtime: runtime.to_owned(),
        artifacts: bundles.iter().map(artifact).collect(),
        bundles,
    }
}

fn app_plan(config: AppModel) -> AppPlan {
    AppPlan {
        id: config.app.id.to_string(),
        slug: config.app.slug.to_string(),
        version: config.app.version.to_string(),
        config,
    }
}
