//! Commands about a build that has begun: `watch`, `logs`, `cancel`, `retry`, `collect`, `resume`.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use orchestrator::{
    Exit,
    builds::{Finished, FleetOptions, Goal, Orchestrator, USUAL_IN_FLIGHT},
    collect, error, failure,
    state::{Build, BuildState},
};
use serde_json::json;

use super::{Context, build, place::Place};

/// How long builds that are resumed may take.
const RESUME_DEADLINE: Duration = Duration::from_secs(24 * 3600);

/// A build that somebody names.
#[derive(Debug, Clone, Args)]
pub(super) struct Which {
    /// The build, by its id or the id of its run
    #[arg(value_name = "BUILD|RUN")]
    build: String,
    #[command(flatten)]
    place: Place,
}

/// Follow a build to the end of its run
#[derive(Debug, Args)]
pub(super) struct WatchArgs {
    #[command(flatten)]
    which: Which,
}

/// Print the logs of a build, without secrets
#[derive(Debug, Args)]
pub(super) struct LogsArgs {
    #[command(flatten)]
    which: Which,
    /// Only those of jobs that failed
    #[arg(long)]
    failed: bool,
    /// Instead: why the build failed, in short
    #[arg(long)]
    explain: bool,
}

/// End a build
#[derive(Debug, Args)]
pub(super) struct CancelArgs {
    #[command(flatten)]
    which: Which,
    /// End it even when its jobs do not listen
    #[arg(long)]
    force: bool,
}

/// Run the failed jobs of a build again, and bring the installers home
#[derive(Debug, Args)]
pub(super) struct RetryArgs {
    #[command(flatten)]
    which: Which,
    /// Tell at once that it goes on, and do not wait
    #[arg(long)]
    no_wait: bool,
}

/// Bring home what a build or a release has made, verified
#[derive(Debug, Args)]
pub(super) struct CollectArgs {
    /// The build, by its id or the id of its run
    #[arg(value_name = "BUILD|RUN", required_unless_present = "tag")]
    build: Option<String>,
    /// Instead: the assets of the release with this tag
    #[arg(long, conflicts_with = "build")]
    tag: Option<String>,
    #[command(flatten)]
    place: Place,
    /// Where the files go
    #[arg(long, default_value = "builds", value_name = "DIR")]
    out: PathBuf,
}

/// Go on with every build that was interrupted
#[derive(Debug, Args)]
pub(super) struct ResumeArgs {
    /// Builds under way at the same time
    #[arg(long, default_value_t = USUAL_IN_FLIGHT, value_name = "COUNT")]
    in_flight: usize,
}

impl Which {
    async fn find(&self, orchestrator: &Orchestrator) -> anyhow::Result<Build> {
        let out = PathBuf::from("builds");
        find(orchestrator, &self.build, &self.place, &out).await
    }
}

async fn find(
    orchestrator: &Orchestrator,
    text: &str,
    place: &Place,
    out: &std::path::Path,
) -> anyhow::Result<Build> {
    if let Some(build) = orchestrator.store().find(text)? {
        return Ok(build);
    }
    let known = place.if_known().await?;
    let known = known.as_ref().map(|(host, repo)| (host, repo));
    orchestrator.find(text, known, out).await
}

impl WatchArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let orchestrator = context.orchestrator()?;
        let build = self.which.find(&orchestrator).await?;
        let finished = orchestrator.carry_on(&build.id, Goal::Outcome).await?;
        report(context, &finished)
    }
}

impl LogsArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let orchestrator = context.orchestrator()?;
        let build = self.which.find(&orchestrator).await?;
        let (github, run, jobs) = orchestrator.look_at_run(&build).await?;
        if self.explain {
            let report = failure::explain(&github, &run, &jobs).await?;
            return context
                .printer
                .result(report.text().trim_end(), &json!({ "ok": true, "report": report }));
        }
        let mut out = context.printer.stream();
        failure::logs(&github, &run, &jobs, self.failed, &mut out).await
    }
}

impl CancelArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let orchestrator = context.orchestrator()?;
        let build = self.which.find(&orchestrator).await?;
        let build = orchestrator.cancel(&build.id, self.force).await?;
        let human = match build.state {
            BuildState::Cancelled => format!("{} is cancelled", build.id),
            state if state.is_final() => format!("{} has ended already: {state}", build.id),
            _ => format!("{} is asked to end", build.id),
        };
        context.printer.result(&human, &json!({ "ok": true, "build": build }))
    }
}

impl RetryArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let orchestrator = context.orchestrator()?;
        let build = self.which.find(&orchestrator).await?;
        let build = orchestrator.retry(&build.id).await?;
        let goal = if self.no_wait { Goal::Run } else { Goal::Files };
        let finished = orchestrator.carry_on(&build.id, goal).await?;
        report(context, &finished)
    }
}

impl CollectArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let orchestrator = context.orchestrator()?;
        let Some(name) = &self.build else {
            let tag = self.tag.as_deref().unwrap_or_default();
            let github = self.place.github(&context.printer).await?;
            let landed = collect::release(&github, tag, &self.out).await?;
            let lines: Vec<_> =
                landed.files.iter().map(|file| file.path.display().to_string()).collect();
            return context
                .printer
                .result(&lines.join("\n"), &json!({ "ok": true, "landed": landed }));
        };
        let build = find(&orchestrator, name, &self.place, &self.out).await?;
        let build = orchestrator.collect_again(&build.id).await?;
        let finished = orchestrator.carry_on(&build.id, Goal::Files).await?;
        report(context, &finished)
    }
}

impl ResumeArgs {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let orchestrator = context.long_orchestrator(RESUME_DEADLINE)?;
        let options = FleetOptions { in_flight: self.in_flight, goal: Goal::Files };
        context.printer.expect_many();
        let report = orchestrator.resume(options).await?;
        if report.builds.is_empty() {
            return context
                .printer
                .result("nothing was interrupted", &json!({ "ok": true, "fleet": report }));
        }
        build::tell_fleet(context, &report)
    }
}

/// Prints where a build stands, and fails when it did.
pub(super) fn report(context: &Context, finished: &Finished) -> anyhow::Result<()> {
    let build = &finished.build;
    let failed = matches!(build.state, BuildState::Failed | BuildState::Cancelled);
    let mut lines = Vec::new();
    if let Some(landed) = &finished.landed {
        lines.extend(landed.files.iter().map(|file| file.path.display().to_string()));
    } else if let Some(folder) = build.folder.as_ref().filter(|_| !failed) {
        lines.push(folder.display().to_string());
    } else if let Some(run) = build.run.filter(|_| !failed) {
        lines.push(run.to_string());
    }
    if let Some(report) = &finished.report {
        context.printer.explain(report);
    }
    context.printer.result(&lines.join("\n"), &json!({ "ok": !failed, "build": finished }))?;
    if !failed {
        return Ok(());
    }
    if build.state == BuildState::Cancelled {
        let detail = build.detail.as_ref().map(|detail| format!(": {detail}"));
        let message =
            format!("the build was cancelled: {}{}", build.id, detail.unwrap_or_default());
        let hint = format!(
            "`deskwright retry {}` runs what was left, the same command with `--again` begins anew",
            build.id
        );
        return Err(error::reported(message, hint, Exit::Failed));
    }
    let detail = build.detail.as_deref().unwrap_or("no reason is known");
    let exit = finished.report.as_ref().map_or(Exit::Failed, |report| report.exit);
    Err(error::reported(
        format!("the build failed: {detail}"),
        format!(
            "`deskwright logs {0} --failed` has all of it, `deskwright retry {0}` runs the failed jobs again",
            build.id
        ),
        exit,
    ))
}
