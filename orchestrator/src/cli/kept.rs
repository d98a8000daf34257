//! What this machine knows and keeps: `runs`, `builds`, `prune`.

use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::HumanBytes;
use orchestrator::{
    Conclusion, Run, collect, error,
    state::{Build, BuildState},
};
use serde::Serialize;
use serde_json::json;

use super::{Context, place::Place};

/// Builds that are kept of each app, unless somebody says otherwise (count).
const USUAL_KEEP: usize = 5;
/// Runs that are listed, unless somebody says otherwise (count).
const USUAL_LIMIT: usize = 20;

/// List the builds that this machine has begun, the newest first
#[derive(Debug, Args)]
pub(super) struct RunsArgs {
    /// How many
    #[arg(long, default_value_t = USUAL_LIMIT, value_name = "COUNT")]
    limit: usize,
    /// All of them
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// Instead: the runs that the repository has on GitHub, whoever began them
    #[arg(long)]
    remote: bool,
    #[command(flatten)]
    place: Place,
    /// The workflow's file name, with `--remote`
    #[arg(long, default_value = "build.yml", value_name = "FILE")]
    workflow: String,
}

/// List the builds whose files are here
#[derive(Debug, Args)]
pub(super) struct BuildsArgs {
    /// Where the files are
    #[arg(long, default_value = "builds", value_name = "DIR")]
    out: PathBuf,
}

/// Remove the files of old builds
#[derive(Debug, Args)]
pub(super) struct PruneArgs {
    /// Where the files are
    #[arg(long, default_value = "builds", value_name = "DIR")]
    out: PathBuf,
    /// Builds to keep of each app
    #[arg(long, default_value_t = USUAL_KEEP, value_name = "COUNT")]
    keep: usize,
    /// Only tell what would be removed
    #[arg(long)]
    dry_run: bool,
    /// Instead: forget this build, whatever state it is in; nothing is asked of GitHub
    #[arg(long, value_name = "BUILD", conflicts_with_all = ["keep", "dry_run"])]
    forget: Option<String>,
}

/// What programs get. As a type, since a value of thousands of builds takes longer to make than everything else, also when
/// nobody wants it.
#[derive(Serialize)]
struct Listed<'a> {
    ok: bool,
    builds: &'a [Build],
}

impl RunsArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let orchestrator = context.orchestrator()?;
        if self.remote {
            let (host, repo) = self.place.resolve(Path::new(".")).await?;
            let github = orchestrator.github(&host, &repo).await?;
            let mut runs = orchestrator.remote_runs(&github, &self.workflow).await?;
            runs.truncate(if self.all { usize::MAX } else { self.limit });
            let lines: Vec<_> = runs.iter().map(remote_line).collect();
            return context.printer.result(&lines.join("\n"), &json!({ "ok": true, "runs": runs }));
        }
        let limit = if self.all { usize::MAX } else { self.limit };
        let builds = orchestrator.store().builds(limit)?;
        let lines: Vec<_> = builds.iter().map(line).collect();
        let human = if lines.is_empty() { "no builds yet".to_owned() } else { lines.join("\n") };
        context.printer.result(&human, &Listed { ok: true, builds: &builds })
    }
}

impl BuildsArgs {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<()> {
        let landed = collect::landed(&self.out)?;
        let lines: Vec<_> = landed
            .iter()
            .map(|build| format!("{}  {}", build.folder.display(), HumanBytes(build.bytes)))
            .collect();
        let human = if lines.is_empty() {
            format!("no builds in: {}", self.out.display())
        } else {
            lines.join("\n")
        };
        context.printer.result(&human, &json!({ "ok": true, "builds": landed }))
    }
}

impl PruneArgs {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<()> {
        let orchestrator = context.orchestrator()?;
        if let Some(name) = &self.forget {
            let Some(build) = orchestrator.store().find(name)? else {
                let hint = "`deskwright runs` lists those that this machine knows";
                return Err(error::usage(format!("no such build: {name}"), hint));
            };
            orchestrator.store().remove(&build.id)?;
            let human = format!("{} is forgotten", build.id);
            return context.printer.result(&human, &json!({ "ok": true, "forgotten": build }));
        }
        let unfinished = orchestrator.store().unfinished()?;
        let pruned = collect::prune(&self.out, self.keep, &unfinished, self.dry_run)?;
        let mut lines: Vec<_> =
            pruned.builds.iter().map(|folder| folder.display().to_string()).collect();
        let word = if self.dry_run { "would be removed" } else { "removed" };
        lines.push(format!("{} builds {word}, {}", pruned.builds.len(), HumanBytes(pruned.bytes)));
        context.printer.result(&lines.join("\n"), &json!({ "ok": true, "pruned": pruned }))
    }
}

fn line(build: &Build) -> String {
    let app = build.apps.first().map(|app| format!("{} {}", app.slug, app.version));
    let run = build.run.map_or_else(|| "-".to_owned(), |run| run.to_string());
    let when = build.created_at.get(..16).unwrap_or(&build.created_at).replace('T', " ");
    let more = match build.state {
        BuildState::Complete => build.folder.as_ref().map(|folder| folder.display().to_string()),
        _ => build.detail.clone().or_else(|| build.run_url.clone()),
    };
    format!(
        "{}  {:<11}  {when}  {run:<12}  {}  {}  {}",
        build.id,
        build.state,
        build.repo,
        app.unwrap_or_else(|| "-".to_owned()),
        more.unwrap_or_default()
    )
}

fn remote_line(run: &Run) -> String {
    let state = run.outcome().map_or_else(|| "under way".to_owned(), |end| end.to_string());
    let mark = if run.outcome() == Some(Conclusion::Success) { "" } else { &run.html_url };
    let title = run.display_title.as_deref().unwrap_or_default();
    format!("{:<12}  {state:<11}  {title}  {mark}", run.id)
}
