//! `deskwright release`: what the last job of a build calls.

use std::{env, path::PathBuf, sync::Arc};

use clap::Args;
use config_schema::plan::BuildPlan;
use orchestrator::{
    Event, Progress as _, error,
    release::{self, Options},
};
use serde_json::json;

use super::place::Place;
use crate::printer::Printer;

/// Release built apps: draft, upload, publish, updater manifest
///
/// Runs again after a failure or a crash at any point, and goes on from what is there. The token comes from GITHUB_TOKEN,
/// GH_TOKEN or `gh auth token`.
#[derive(Debug, Args)]
pub(super) struct ReleaseArgs {
    /// The plan of the build
    plan: PathBuf,
    /// Manifests of releases (`release.json`), or folders of them
    #[arg(required_unless_present = "check")]
    manifests: Vec<PathBuf>,
    #[command(flatten)]
    place: Place,
    /// Stop before publishing
    #[arg(long)]
    draft: bool,
    /// Only look whether tags and versions of the plan can be released
    #[arg(long, conflicts_with_all = ["manifests", "draft"])]
    check: bool,
    /// The run that makes the release: a later attempt of it may replace the draft of an earlier one (default: the run of
    /// the job that this is in)
    #[arg(long, value_name = "URL")]
    run_url: Option<String>,
}

impl ReleaseArgs {
    pub(super) async fn run(self, printer: &Arc<Printer>) -> anyhow::Result<()> {
        let plan = release::read_plan(&self.plan)?;
        if self.check {
            release::check(&self.place.github(printer).await?, &plan).await?;
            let tags: Vec<_> = plan.apps.iter().map(|app| app.tag.as_str()).collect();
            return printer.result(
                &format!("free: {}", tags.join(", ")),
                &json!({ "ok": true, "tags": tags }),
            );
        }
        self.release(&plan, printer).await
    }

    async fn release(self, plan: &BuildPlan, printer: &Arc<Printer>) -> anyhow::Result<()> {
        let Some(mode) = plan.release else {
            let hint = "plan with `--release draft` or `--release publish`";
            return Err(error::usage("the plan makes no release", hint));
        };
        let prepared = release::prepare_all(plan, &self.manifests, printer.as_ref())?;
        let github = self.place.github(printer).await?;
        let options = Options { draft: self.draft, run_url: self.run_url.or_else(current_run) };
        let mut reports = Vec::new();
        let mut failed = None;
        for one in &prepared {
            match release::release(&github, one, mode, &options).await {
                Ok(report) => reports.push(report),
                // One app's trouble is not another's.
                Err(error) => {
                    let app = one.manifest.app.slug.clone();
                    printer.event(&Event::Failed { app: app.clone(), error: format!("{error:#}") });
                    failed.get_or_insert(error.context(format!("failed to release: {app}")));
                }
            }
        }
        let lines: Vec<_> =
            reports.iter().map(|report| format!("{} {}", report.tag, report.html_url)).collect();
        printer
            .result(&lines.join("\n"), &json!({ "ok": failed.is_none(), "releases": reports }))?;
        failed.map_or(Ok(()), Err)
    }
}

/// The run of the job that this is in.
fn current_run() -> Option<String> {
    let server = env::var("GITHUB_SERVER_URL").unwrap_or_else(|_| "https://github.com".to_owned());
    let (repository, run) = (env::var("GITHUB_REPOSITORY").ok()?, env::var("GITHUB_RUN_ID").ok()?);
    Some(format!("{server}/{repository}/actions/runs/{run}"))
}
