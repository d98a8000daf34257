//! `plan`: what a build will do, as data. The workflow's matrix is this output, so no list of targets lives in YAML.

mod secrets;
mod table;

use std::collections::BTreeMap;

use config_schema::{
    AppModel, BundleFormat, Content, Target, UpdateSource, Variant,
    plan::{AppPlan, BuildPlan, FORMAT, Job, Matrix, ReleaseMode, RuntimePlan, UpdatePlan},
};

use crate::{
    artifacts, config_file::ConfigFile, error, plugins, render::TemplateSet, runtime,
    workspace::slashed,
};

pub(crate) use secrets::Presence;
pub(crate) use table::table;

/// Jobs of one workflow run (count): GitHub makes no larger matrix.
/// https://docs.github.com/actions/reference/limits
const MAX_JOBS: usize = 256;
/// Bytes of the largest plan: GitHub hands a job's output on up to 1 MB.
const MAX_OUTPUT: usize = 1 << 20;

/// What a plan is made for.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// Narrows what the configs say.
    pub(crate) targets: Option<Vec<Target>>,
    pub(crate) release: Option<ReleaseMode>,
    pub(crate) allow_partial: bool,
    /// Which secrets the repository has, where that is known.
    pub(crate) presence: Option<Presence>,
}

/// Plans the builds of all configs.
pub(crate) fn plan(
    configs: &[ConfigFile],
    wanted: &Wanted,
    templates: &TemplateSet,
) -> anyhow::Result<BuildPlan> {
    refuse_twins(configs)?;
    let mut jobs = Vec::new();
    let mut runtimes = BTreeMap::new();
    let mut apps = Vec::new();
    for config in configs {
        let model = &config.model;
        let targets = wanted_targets(model, wanted.targets.as_deref())?;
        for target in &targets {
            let runtime = runtime_plan(templates, model.variant(), *target)?;
            jobs.push(job(model, *target, &runtime.id)?);
            runtimes.insert((*target, runtime.variant.clone()), runtime);
        }
        apps.push(app_plan(config, targets)?);
    }
    let secrets = secrets::of(configs, &apps);
    if let Some(presence) = &wanted.presence {
        presence.refuse_partial(configs, &apps)?;
    }
    refuse_too_large(&jobs)?;
    Ok(BuildPlan {
        format: FORMAT,
        apps,
        matrix: Matrix { include: jobs },
        runtimes: Matrix { include: runtimes.into_values().collect() },
        release: wanted.release,
        allow_partial: wanted.allow_partial,
        secrets,
    })
}

/// The slug names binary, package and tag, the id the data folder: two apps of one build share neither.
fn refuse_twins(configs: &[ConfigFile]) -> anyhow::Result<()> {
    for (index, config) in configs.iter().enumerate() {
        let app = &config.model.app;
        let twin = configs[..index].iter().map(|earlier| &earlier.model.app);
        if let Some(twin) = twin.into_iter().find(|twin| twin.slug == app.slug || twin.id == app.id)
        {
            let message = format!(
                "two configs are one app: `{}` ({}) and `{}` ({})",
                twin.slug, twin.id, app.slug, app.id
            );
            return Err(error::usage(message, "give each app its own `app.slug` and `app.id`"));
        }
    }
    Ok(())
}

fn refuse_too_large(jobs: &[Job]) -> anyhow::Result<()> {
    let hint = "build fewer configs or targets in one run";
    if jobs.len() > MAX_JOBS {
        let message = format!(
            "{} jobs, and a run has room for {MAX_JOBS}: one for each app and target",
            jobs.len()
        );
        return Err(error::usage(message, hint));
    }
    let size = serde_json::to_vec(jobs)?.len();
    if size > MAX_OUTPUT {
        let message = format!("the matrix has {size} bytes, and a run has room for {MAX_OUTPUT}");
        return Err(error::usage(message, hint));
    }
    Ok(())
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

/// A runtime as a build takes it.
pub(crate) fn runtime_plan(
    templates: &TemplateSet,
    variant: Variant,
    target: Target,
) -> anyhow::Result<RuntimePlan> {
    Ok(RuntimePlan {
        id: format!("{}-{}", variant.name(), target.name()),
        key: runtime::published_key(templates, variant, target)?,
        template: templates.hash().to_string(),
        variant: variant.name().to_owned(),
        target,
        runner: target.row().runner.to_owned(),
    })
}

fn job(model: &AppModel, target: Target, runtime: &str) -> anyhow::Result<Job> {
    let row = target.row();
    let bundles = model.bundle.formats.of(row.system).to_vec();
    if model.updates.is_some() && !bundles.iter().copied().any(artifacts::is_updatable) {
        return Err(error::usage(
            format!(
                "no update for `{}` on {}: a disk image is no update",
                model.app.slug, row.name
            ),
            "add `app` to `bundle.formats.macos`",
        ));
    }
    Ok(Job {
        app: model.app.slug.to_string(),
        target,
        triple: row.triple.to_owned(),
        runner: row.runner.to_owned(),
        runtime: runtime.to_owned(),
        signs: !config_schema::secrets(model, row.system).is_empty(),
        artifacts: artifacts::expected(model, target, &bundles),
        bundles,
    })
}

fn app_plan(config: &ConfigFile, targets: Vec<Target>) -> anyhow::Result<AppPlan> {
    let (model, app) = (&config.model, &config.model.app);
    Ok(AppPlan {
        id: app.id.to_string(),
        slug: app.slug.to_string(),
        name: app.name.clone(),
        version: app.version.to_string(),
        tag: format!("{}-v{}", app.slug, app.version),
        prerelease: !app.version.get().pre.is_empty(),
        base: slashed(&config.base),
        needs_content_build: matches!(model.content, Content::Dir { build: Some(_), .. }),
        plugins: plugins::plan(config),
        updates: update_plan(model, &targets),
        targets,
        config: serde_json::to_value(model)?,
    })
}

fn update_plan(model: &AppModel, targets: &[Target]) -> Option<UpdatePlan> {
    let updates = model.updates.as_ref()?;
    let of = |target: &Target| -> Vec<String> {
        let formats: &[BundleFormat] = model.bundle.formats.of(target.row().system);
        let updatable = formats.iter().filter(|format| artifacts::is_updatable(**format));
        updatable.map(|format| artifacts::updater_platform(*target, *format)).collect()
    };
    Some(UpdatePlan {
        path: match updates.source {
            UpdateSource::Github => Some(artifacts::updates_path(model, updates)),
            UpdateSource::Endpoint(_) => None,
        },
        channel: updates.channel.clone(),
        platforms: targets.iter().flat_map(of).collect(),
    })
}
