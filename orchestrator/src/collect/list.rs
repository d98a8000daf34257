//! What a run has, against what its plan expects.

use config_schema::{
    Target,
    plan::{BuildPlan, Job},
};

use super::{
    Listing, RunFacts,
    fetch::{Role, Task, plan_file},
    land::{self, write_synced},
    place::{Place, Work},
};
use crate::{
    Conclusion, Event, Github, error,
    github::RemoteArtifact,
    state::{ArtifactRow, ArtifactState, Build, Store},
};

/// The artifact that says what all others are.
const PLAN: &str = "plan";
/// The one with what a build has beside its installers; runs of older workflows have none.
pub(super) const RECORD: &str = "record";

/// The artifact of a job.
pub(super) fn bundle_name(job: &Job) -> String {
    format!("bundle-{}-{}", job.app, job.target.name())
}

pub(super) async fn list(github: &Github, store: &Store, build: &Build) -> anyhow::Result<Listing> {
    let run = build.run.ok_or_else(|| {
        error::hinted(
            format!("the run is not known yet: {}", build.id),
            "`deskwright resume` looks it up",
        )
    })?;
    let work = Place::of(&build.request.out).work(&build.id);
    if let Some(listing) = recorded(store, build, &work) {
        return Ok(listing);
    }
    let run = github.run(run).await?;
    let facts = RunFacts {
        id: run.id,
        attempt: run.attempt(),
        created_at: run.created_at.unwrap_or(jiff::Timestamp::UNIX_EPOCH),
        commit: run.head_sha,
        url: run.html_url,
    };
    let remote = newest(github.artifacts(facts.id).await?);
    let plan = fetch_plan(github, store, build, &work, &remote).await?;
    let (wanted, lacking) = choose(&plan, &remote);
    let missing = accept(github, &plan, &facts, &lacking, wanted.len()).await?;
    let rows: Vec<_> = wanted.iter().map(|artifact| row(artifact)).collect();
    store.list_artifacts(&build.id, &rows)?;
    let wanted = with_states(store, build, &rows)?;
    let listing = Listing { plan, wanted, missing, facts };
    let here = |row: &ArtifactRow| work.tree(row).is_dir() || work.part(row).is_file();
    let gone = remote.iter().find(|artifact| {
        let row = listing.wanted.iter().find(|row| row.remote == artifact.id);
        artifact.expired && row.is_some_and(|row| row.state == ArtifactState::Listed || !here(row))
    });
    if let Some(gone) = gone
        && !land::is_landed(build, &listing, false)
    {
        return Err(expired(&gone.name, &listing.facts.url));
    }
    fs_err::create_dir_all(&work.dir)?;
    write_synced(&work.facts(), &serde_json::to_vec(&listing.facts)?)?;
    Ok(listing)
}

/// One artifact of each name: a job that ran again may have left more.
fn newest(mut artifacts: Vec<RemoteArtifact>) -> Vec<RemoteArtifact> {
    artifacts.sort_by(|a, b| a.name.cmp(&b.name).then(b.id.cmp(&a.id)));
    artifacts.dedup_by(|a, b| a.name == b.name);
    artifacts
}

fn row(artifact: &RemoteArtifact) -> ArtifactRow {
    ArtifactRow {
        name: artifact.name.clone(),
        remote: artifact.id,
        size: artifact.size_in_bytes,
        digest: artifact.digest.clone(),
        state: ArtifactState::Listed,
    }
}

/// The rows as the store has them, in their order.
fn with_states(
    store: &Store,
    build: &Build,
    rows: &[ArtifactRow],
) -> anyhow::Result<Vec<ArtifactRow>> {
    let known = store.artifacts(&build.id)?;
    let of = |row: &ArtifactRow| known.iter().find(|known| known.name == row.name).cloned();
    Ok(rows.iter().filter_map(of).collect())
}

async fn fetch_plan(
    github: &Github,
    store: &Store,
    build: &Build,
    work: &Work,
    remote: &[RemoteArtifact],
) -> anyhow::Result<BuildPlan> {
    let found = remote.iter().find(|artifact| artifact.name == PLAN);
    let found = found.ok_or_else(|| {
        error::hinted(
            format!("the run has no plan: {}", build.run_url.as_deref().unwrap_or_default()),
            "only runs of `build.yml` and of what calls `build-app.yml` can be collected, once they have planned",
        )
    })?;
    store.list_artifacts(&build.id, &[row(found)])?;
    let rows = with_states(store, build, &[row(found)])?;
    let Some(row) = rows.first() else { anyhow::bail!("not recorded: {PLAN}") };
    if !plan_file(work, row).is_file() {
        if found.expired {
            return Err(expired(PLAN, build.run_url.as_deref().unwrap_or_default()));
        }
        Task { github, store, build, work, row, role: Role::Plan }.run().await?;
    }
    Ok(serde_json::from_slice(&fs_err::read(plan_file(work, row))?)?)
}

/// What the plan and the run have, and the jobs whose artifacts the run lacks.
fn choose<'a>(
    plan: &BuildPlan,
    remote: &'a [RemoteArtifact],
) -> (Vec<&'a RemoteArtifact>, Vec<Job>) {
    let find = |name: &str| remote.iter().find(|artifact| artifact.name == name);
    let (mut wanted, mut lacking) = (Vec::new(), Vec::new());
    for job in &plan.matrix.include {
        match find(&bundle_name(job)) {
            Some(artifact) => wanted.push(artifact),
            None => lacking.push(job.clone()),
        }
    }
    wanted.extend(find(RECORD));
    (wanted, lacking)
}

/// What may be missing, because its job failed and the plan allows it.
async fn accept(
    github: &Github,
    plan: &BuildPlan,
    facts: &RunFacts,
    lacking: &[Job],
    found: usize,
) -> anyhow::Result<Vec<(String, Target)>> {
    if lacking.is_empty() {
        return Ok(Vec::new());
    }
    let names =
        |jobs: &[&Job]| jobs.iter().map(|job| bundle_name(job)).collect::<Vec<_>>().join(", ");
    let all: Vec<_> = lacking.iter().collect();
    if !plan.allow_partial || found == 0 {
        return Err(error::hinted(
            format!("the run lacks what its plan expects: {} ({})", names(&all), facts.url),
            "run the failed jobs again with `deskwright retry`, or build with `--allow-partial`",
        ));
    }
    let jobs = github.jobs(facts.id).await?;
    let succeeded = |job: &&Job| {
        let name = format!("{} for {}", job.app, job.target.name());
        // Jobs of a workflow that is called begin with the caller's name.
        let last = |other: &str| other.rsplit(" / ").next() == Some(name.as_str());
        let mut same = jobs.iter().filter(|other| last(&other.name));
        same.any(|other| other.conclusion == Some(Conclusion::Success))
    };
    let deleted: Vec<_> = lacking.iter().filter(succeeded).collect();
    if !deleted.is_empty() {
        return Err(error::hinted(
            format!("deleted from the run: {} ({})", names(&deleted), facts.url),
            "build again",
        ));
    }
    let text = format!("not built, and the plan allows it: {}", names(&all));
    github.event(&Event::Note { text });
    Ok(lacking.iter().map(|job| (job.app.clone(), job.target)).collect())
}

fn expired(name: &str, url: &str) -> anyhow::Error {
    error::remote(
        format!("expired at GitHub: {name} ({url})"),
        "artifacts are kept for as many days as the repository's settings say: build again, and collect sooner",
    )
}

/// The plan's row, if it is recorded.
pub(super) fn recorded_plan(store: &Store, build: &Build) -> anyhow::Result<Option<ArtifactRow>> {
    Ok(store.artifacts(&build.id)?.into_iter().find(|row| row.name == PLAN))
}

/// The listing of an earlier process, when everything of it is here: then GitHub need not be asked, which may have
/// forgotten the run.
fn recorded(store: &Store, build: &Build, work: &Work) -> Option<Listing> {
    let facts: RunFacts = serde_json::from_slice(&fs_err::read(work.facts()).ok()?).ok()?;
    if Some(facts.id) != build.run || facts.attempt != build.attempt {
        return None;
    }
    let mut rows = store.artifacts(&build.id).ok()?;
    let plan = rows.iter().position(|row| row.name == PLAN)?;
    let plan = rows.remove(plan);
    let plan: BuildPlan =
        serde_json::from_slice(&fs_err::read(plan_file(work, &plan)).ok()?).ok()?;
    let is_here =
        |row: &ArtifactRow| row.state == ArtifactState::Verified && work.tree(row).is_dir();
    let mut wanted = Vec::new();
    let mut missing = Vec::new();
    for job in &plan.matrix.include {
        match rows.iter().position(|row| row.name == bundle_name(job)) {
            Some(at) => wanted.push(rows.remove(at)),
            None => missing.push((job.app.clone(), job.target)),
        }
    }
    wanted.extend(rows.into_iter().filter(|row| row.name == RECORD));
    let whole = missing.is_empty() || plan.allow_partial;
    (whole && !wanted.is_empty() && wanted.iter().all(is_here)).then_some(Listing {
        plan,
        wanted,
        missing,
        facts,
    })
}
