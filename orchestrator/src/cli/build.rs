//! Commands that begin builds: `build`, `dispatch`, `fleet`, `doctor`.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, ValueEnum};
use config_schema::Target;
use orchestrator::{
    Github,
    builds::{FleetEntry, FleetOptions, FleetReport, Goal, Orchestrator, USUAL_IN_FLIGHT, Wish},
    doctor::{self, Checkup, Subject},
    error,
    source::LocalConfig,
    state::{BuildState, Publication},
};
use serde_json::json;

use super::{Context, place::Place, run};

/// How long a build of a fleet may take: it waits for all those before it.
const FLEET_DEADLINE: Duration = Duration::from_secs(3 * 24 * 3600);
/// The name of a config in a folder.
const CONFIG_FILE: &str = "app.json";
/// Folders that hold no configs of the user's.
const SKIPPED_FOLDERS: [&str; 3] = ["node_modules", "target", "builds"];

/// What is built, and how.
#[derive(Debug, Clone, Args)]
pub(super) struct What {
    #[command(flatten)]
    place: Place,
    /// The branch or tag to build from (default: the default branch)
    #[arg(long = "ref", value_name = "REF")]
    reference: Option<String>,
    /// Only these targets, by name (`linux-x64`) or triple
    #[arg(long, value_delimiter = ',', value_parser = parse_target)]
    targets: Vec<Target>,
    /// Whether a release is made of it, and how far that goes
    #[arg(long, default_value = "none", value_enum)]
    release: Release,
    /// Release what is there when a target fails
    #[arg(long)]
    allow_partial: bool,
    /// The environment that protects the signing secrets
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
    /// The workflow's file name
    #[arg(long, default_value = "build.yml", value_name = "FILE")]
    workflow: String,
    /// Send the config itself instead of its path; the files that it names come from the branch
    #[arg(long)]
    inline: bool,
    /// Build even when the same is being built already
    #[arg(long)]
    again: bool,
    /// Where the files go
    #[arg(long, default_value = "builds", value_name = "DIR")]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Release {
    None,
    Draft,
    Publish,
}

/// Build an app on GitHub: check, start, watch, and bring the installers home
///
/// The same command again goes on with a build that was interrupted. Ends with 0 when every expected file is here and
/// verified.
#[derive(Debug, Args)]
pub(super) struct BuildArgs {
    /// The app's config
    config: PathBuf,
    #[command(flatten)]
    what: What,
    /// Leave out the checks beforehand
    #[arg(long)]
    no_doctor: bool,
}

/// Start a build on GitHub, and tell its run at once
#[derive(Debug, Args)]
pub(super) struct DispatchArgs {
    /// The app's config
    config: PathBuf,
    #[command(flatten)]
    what: What,
    /// Watch it to its end
    #[arg(long)]
    wait: bool,
}

/// Build many apps, in one or many repositories
///
/// Each config is built in the repository that its checkout belongs to, unless `--repo` names one for all. One app's trouble
/// does not stop the others; `deskwright resume` goes on after an interruption.
#[derive(Debug, Args)]
pub(super) struct FleetArgs {
    /// Configs, or folders to look for files named `app.json` in
    #[arg(required = true)]
    configs: Vec<PathBuf>,
    #[command(flatten)]
    what: What,
    /// Builds under way at the same time
    #[arg(long, default_value_t = USUAL_IN_FLIGHT, value_name = "COUNT")]
    in_flight: usize,
    /// Only tell what would be built where
    #[arg(long)]
    dry_run: bool,
}

/// Check what stands in the way of a build: token, repository, workflow, secrets, quota
#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// The app's config: with it, secrets and cost are looked at too
    config: Option<PathBuf>,
    #[command(flatten)]
    what: What,
}

impl What {
    async fn wish(&self, orchestrator: &Orchestrator, config: &Path) -> anyhow::Result<Wish> {
        let dir = std::path::absolute(config)?;
        let dir = dir.parent().unwrap_or(Path::new("."));
        let (host, repo) = self.place.resolve_with(orchestrator, dir).await?;
        Ok(Wish {
            config: config.to_owned(),
            host,
            repo,
            workflow: self.workflow.clone(),
            reference: self.reference.clone(),
            targets: self.targets.iter().map(|target| target.name().to_owned()).collect(),
            release: self.release.into(),
            allow_partial: self.allow_partial,
            environment: self.environment.clone(),
            inline: self.inline,
            out: self.out.clone(),
            again: self.again,
        })
    }

    async fn examine(
        &self,
        orchestrator: &Orchestrator,
        github: &Github,
        config: Option<&Path>,
    ) -> anyhow::Result<Checkup> {
        let Some(config) = config else { return doctor::examine(github, None).await };
        let config = LocalConfig::read(config)?;
        let path =
            if self.inline { None } else { orchestrator.path_in_repository(&config).await.ok() };
        let all = config.model.bundle.targets.clone();
        let targets = if self.targets.is_empty() { &all } else { &self.targets };
        let subject = Subject {
            slug: config.model.app.slug.as_str(),
            model: &config.model,
            path: path.as_deref(),
            reference: self.reference.as_deref().unwrap_or_default(),
            targets,
            environment: self.environment.as_deref(),
            release: self.release.into(),
            workflow: &self.workflow,
        };
        doctor::examine(github, Some(&subject)).await
    }
}

impl BuildArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let orchestrator = context.orchestrator()?;
        let wish = self.what.wish(&orchestrator, &self.config).await?;
        let build = orchestrator.request(&wish).await?;
        if !self.no_doctor && build.state == BuildState::Requested {
            let github = orchestrator.github(&wish.host, &wish.repo).await?;
            let checkup = self.what.examine(&orchestrator, &github, Some(&self.config)).await?;
            if let Some(exit) = checkup.exit() {
                context.printer.checkup(&checkup, false)?;
                orchestrator.cancel(&build.id, false).await?;
                let hint =
                    "cure what is marked as a problem, or leave the checks out with `--no-doctor`";
                return Err(error::reported("the build would fail", hint, exit));
            }
            context.printer.remarks(&checkup);
        }
        let finished = orchestrator.carry_on(&build.id, Goal::Files).await?;
        run::report(context, &finished)
    }
}

impl DispatchArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let orchestrator = context.orchestrator()?;
        let build =
            orchestrator.request(&self.what.wish(&orchestrator, &self.config).await?).await?;
        let goal = if self.wait { Goal::Outcome } else { Goal::Run };
        let finished = orchestrator.carry_on(&build.id, goal).await?;
        run::report(context, &finished)
    }
}

impl DoctorArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let orchestrator = context.orchestrator()?;
        let (host, repo) = match &self.config {
            Some(config) => {
                let wish = self.what.wish(&orchestrator, config).await?;
                (wish.host, wish.repo)
            }
            None => self.what.place.resolve(Path::new(".")).await?,
        };
        let github = orchestrator.github(&host, &repo).await?;
        let checkup = self.what.examine(&orchestrator, &github, self.config.as_deref()).await?;
        context.printer.checkup(&checkup, true)?;
        match checkup.exit() {
            None => Ok(()),
            Some(exit) => {
                Err(error::reported("a build would fail", "each problem above has its cure", exit))
            }
        }
    }
}

impl FleetArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let orchestrator = context.long_orchestrator(FLEET_DEADLINE)?;
        let mut wishes = Vec::new();
        for config in find_configs(&self.configs)? {
            wishes.push(self.what.wish(&orchestrator, &config).await?);
        }
        if self.dry_run {
            let lines: Vec<_> = wishes
                .iter()
                .map(|wish| format!("{} in {}", wish.config.display(), wish.repo))
                .collect();
            let listed: Vec<_> = wishes
                .iter()
                .map(|wish| json!({ "config": wish.config, "repo": wish.repo.to_string() }))
                .collect();
            return context
                .printer
                .result(&lines.join("\n"), &json!({ "ok": true, "builds": listed }));
        }
        let options = FleetOptions { in_flight: self.in_flight, goal: Goal::Files };
        context.printer.expect_many();
        let report = orchestrator.fleet(wishes, options).await?;
        tell_fleet(context, &report)
    }
}

/// Prints what became of a fleet, and fails when a build of it did.
pub(super) fn tell_fleet(context: &Context, report: &FleetReport) -> anyhow::Result<()> {
    let mut lines: Vec<_> = report.builds.iter().map(line).collect();
    lines.push(format!(
        "{} of {} complete, {} failed, {} requests counted",
        report.complete,
        report.builds.len(),
        report.failed,
        report.requests.counted
    ));
    let ok = report.failed == 0;
    context.printer.result(&lines.join("\n"), &json!({ "ok": ok, "fleet": report }))?;
    if ok {
        return Ok(());
    }
    let unfinished =
        report.builds.iter().any(|entry| entry.state.is_some_and(|state| !state.is_final()));
    let hint = if unfinished {
        "`deskwright resume` goes on with those that were interrupted"
    } else {
        "`deskwright logs BUILD --failed` shows why, `deskwright retry BUILD` tries again"
    };
    Err(error::reported(
        format!("{} of {} builds failed", report.failed, report.builds.len()),
        hint,
        orchestrator::Exit::Failed,
    ))
}

fn line(entry: &FleetEntry) -> String {
    let id = entry.build.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
    let state = entry.state.map_or("refused", BuildState::name);
    let app = entry.apps.first().map(|app| format!("{} {}", app.slug, app.version));
    let what = app.or_else(|| Some(entry.config.as_ref()?.display().to_string()));
    // The first line says what is wrong; the command for one build says all of it.
    let error = entry.error.as_ref().and_then(|error| error.lines().next());
    let more = error
        .map(str::to_owned)
        .or_else(|| Some(entry.folder.as_ref()?.display().to_string()))
        .unwrap_or_default();
    format!("{id:<10}  {state:<11}  {}  {}  {more}", entry.repo, what.unwrap_or_default())
}

/// The configs that paths name; a folder means every config below it.
fn find_configs(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let before = found.len();
        let mut folders = vec![path.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs_err::read_dir(&folder)? {
                let entry = entry?;
                let name = entry.file_name();
                let name = name.to_string_lossy();
                let skipped = name.starts_with('.') || SKIPPED_FOLDERS.contains(&name.as_ref());
                if entry.file_type()?.is_dir() && !skipped {
                    folders.push(entry.path());
                } else if name == CONFIG_FILE {
                    found.push(entry.path());
                }
            }
        }
        // The order of a folder is chance.
        found[before..].sort();
        if found.len() == before {
            let hint = "name the configs themselves";
            return Err(error::usage(
                format!("no `{CONFIG_FILE}` below: {}", path.display()),
                hint,
            ));
        }
    }
    Ok(found)
}

impl From<Release> for Publication {
    fn from(release: Release) -> Self {
        match release {
            Release::None => Self::None,
            Release::Draft => Self::Draft,
            Release::Publish => Self::Publish,
        }
    }
}

fn parse_target(text: &str) -> Result<Target, String> {
    Target::from_name(text).or_else(|| Target::from_triple(text)).ok_or_else(|| {
        let names: Vec<_> = Target::all().into_iter().map(Target::name).collect();
        format!("not a target; choose from: {}", names.join(", "))
    })
}
