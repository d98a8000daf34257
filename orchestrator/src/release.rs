//! Releases of built apps: draft, upload, publish, updater manifest.
//!
//! Every step first looks what is there. So the same command after a crash at any point goes on from what it finds and
//! ends the same. What belongs together is told by a marker in the release's text (`marker`), never by a tag: a draft has
//! none. Nothing is sent before every file has been held against its manifest and the manifest against the plan (`local`).

mod assets;
mod draft;
mod local;
mod marker;
mod updates;
mod versions;

use std::path::PathBuf;

use config_schema::{
    manifest::Artifact,
    plan::{BuildPlan, ReleaseMode},
};
use serde::Serialize;
use serde_json::json;

pub use local::{Prepared, prepare, read_plan};
pub(crate) use versions::check as check_version;

use crate::{
    Event, Github, Progress, UpdateState, error,
    github::{ApiError, Release},
    release::draft::Standing,
};

/// What a release command is about.
#[derive(Debug)]
pub struct Options {
    /// Stop before publishing, whatever the plan says.
    pub draft: bool,
    /// The run that makes the release: a later attempt of the same run may replace what an earlier one has left.
    pub run_url: Option<String>,
}

/// A release that is done, as far as it was to go.
#[derive(Debug, Serialize)]
pub struct Report {
    pub app: String,
    pub tag: String,
    pub id: u64,
    pub html_url: String,
    pub draft: bool,
    pub assets: Vec<Artifact>,
    /// What became of the updater manifest, if there is one and the release is public.
    pub updates: Option<UpdateState>,
}

/// Checks before a build what can be checked without its files: that each tag is free, that each version rises, and that
/// updates can be served from the repository.
pub async fn check(github: &Github, plan: &BuildPlan) -> anyhow::Result<()> {
    let repository = github.repository().await?;
    for app in &plan.apps {
        let published_in_repository =
            app.updates.as_ref().is_some_and(|updates| updates.path.is_some());
        if repository.private && published_in_repository {
            return Err(error::hinted(
                format!(
                    "the repository is private, and apps cannot read updates of `{}` from it: {}",
                    app.slug,
                    github.repo()
                ),
                "put the updater manifest elsewhere with `updates.endpoint`, or make the repository public",
            ));
        }
        versions::check(github, &app.slug, &app.version, &app.tag).await?;
        github.event(&Event::TagChecked { app: app.slug.clone(), tag: app.tag.clone() });
    }
    Ok(())
}

/// Reads and checks the files of all manifests; nothing is sent.
pub fn prepare_all(
    plan: &BuildPlan,
    manifests: &[PathBuf],
    progress: &dyn Progress,
) -> anyhow::Result<Vec<Prepared>> {
    let prepared = prepare(plan, manifests)?;
    for one in &prepared {
        let bytes = one.manifest.assets.iter().map(|asset| asset.size).sum();
        let app = one.manifest.app.slug.clone();
        progress.event(&Event::FilesChecked { app, files: one.manifest.assets.len(), bytes });
    }
    Ok(prepared)
}

/// Makes one release. `mode` is the plan's wish.
pub async fn release(
    github: &Github,
    prepared: &Prepared,
    mode: ReleaseMode,
    options: &Options,
) -> anyhow::Result<Report> {
    let manifest = &prepared.manifest;
    let (app, tag) = (manifest.app.slug.clone(), manifest.tag.clone());
    if prepared.update.is_some() && github.repository().await?.private {
        return Err(error::hinted(
            format!(
                "the repository is private, and apps cannot read updates from it: {}",
                github.repo()
            ),
            "put the updater manifest elsewhere with `updates.endpoint`, or make the repository public",
        ));
    }
    let standing = draft::look(github, prepared, options.run_url.as_deref()).await?;
    let mut release = match standing {
        Standing::Published(release) => {
            github.event(&Event::AlreadyPublished {
                app: app.clone(),
                tag: tag.clone(),
                id: release.id,
            });
            release
        }
        open => {
            versions::check(github, &app, &manifest.app.version, &tag).await?;
            github.event(&Event::TagChecked { app: app.clone(), tag: tag.clone() });
            draft::open(github, prepared, options.run_url.as_deref(), open).await?
        }
    };
    if release.draft {
        assets::bring(github, &release, prepared).await?;
    }
    assets::verify(github, &release, prepared).await?;
    if release.draft && mode == ReleaseMode::Publish && !options.draft {
        release = publish(github, prepared, &release).await?;
        github.event(&Event::Published {
            app: app.clone(),
            tag: tag.clone(),
            url: release.html_url.clone(),
        });
    }
    let updates = if release.draft { None } else { updates::write(github, prepared).await? };
    let assets = manifest.assets.clone();
    Ok(Report {
        app,
        tag,
        id: release.id,
        html_url: release.html_url,
        draft: release.draft,
        assets,
        updates,
    })
}

/// Makes a draft public, and looks whether it is.
async fn publish(github: &Github, prepared: &Prepared, draft: &Release) -> anyhow::Result<Release> {
    let manifest = &prepared.manifest;
    // Several apps may share a repository, so none of them is the latest of it.
    let change =
        json!({ "draft": false, "prerelease": manifest.prerelease, "make_latest": "false" });
    let changed = github.change_release(draft.id, &change).await;
    let release = github.release(draft.id).await?;
    if release.draft {
        return Err(changed.err().map_or_else(
            || {
                error::hinted(
                    format!("GitHub did not publish the release: {}", manifest.tag),
                    "run the same command again",
                )
            },
            |error| burned(error, &manifest.tag),
        ));
    }
    let tags = github.tags(&manifest.tag).await?;
    let commit = tags.iter().find(|(name, _)| *name == manifest.tag).map(|(_, commit)| commit);
    let wanted = manifest.commit.as_ref();
    match commit {
        Some(commit) if wanted.is_none_or(|wanted| wanted == commit) => Ok(release),
        Some(commit) => Err(error::hinted(
            format!(
                "the tag points at another commit than the build's: {} at {commit}",
                manifest.tag
            ),
            "somebody has made the tag meanwhile: delete release and tag, and raise the version",
        )),
        None => Err(error::hinted(
            format!("the release is public, but has no tag: {}", manifest.tag),
            "a rule of the repository may forbid tags: look at its settings",
        )),
    }
}

/// A refusal because of a tag that an immutable release has had, in words that help.
fn burned(error: ApiError, tag: &str) -> anyhow::Error {
    if !error.says("immutable release") {
        return error.into();
    }
    error::hinted(
        format!(
            "the tag belonged to an immutable release that was deleted, and can never be used again: {tag}"
        ),
        "raise `app.version`, and delete the draft",
    )
}
