//! The draft: found again, taken over from an earlier attempt of the same run, or made.

use serde_json::json;

use super::{burned, local::Prepared, marker::Marker};
use crate::{
    Event, Github, error,
    github::{NewRelease, Release},
};

/// How often a draft is made when the answer does not come and the list does not show it (count).
const ROUNDS: u32 = 3;

/// What there is of a release.
#[derive(Debug)]
pub(super) enum Standing {
    Nothing,
    /// A draft of the same manifest.
    Same(Release),
    /// A draft of another manifest, by an earlier attempt of the same run.
    Earlier(Release),
    /// Public, and of the same manifest.
    Published(Release),
}

/// Looks for the release of this manifest among all releases: a draft is not found by its tag.
pub(super) async fn look(
    github: &Github,
    prepared: &Prepared,
    run: Option<&str>,
) -> anyhow::Result<Standing> {
    let tag = &prepared.manifest.tag;
    let mut releases = github.releases().await?;
    releases.retain(|release| release.tag_name == *tag);
    // The oldest is the one to keep, whoever looks.
    releases.sort_by_key(|release| release.id);
    let (drafts, published): (Vec<_>, Vec<_>) =
        releases.into_iter().partition(|release| release.draft);
    let (same, others): (Vec<_>, Vec<_>) =
        drafts.into_iter().partition(|draft| is_same(draft, prepared));
    let mut same = same.into_iter();
    let kept = match published.into_iter().next() {
        Some(release) if is_same(&release, prepared) => Standing::Published(release),
        Some(release) => {
            let message =
                format!("another build is released under this tag: {tag} ({})", release.html_url);
            return Err(error::hinted(message, "raise `app.version` in the config"));
        }
        None => same.next().map_or(Standing::Nothing, Standing::Same),
    };
    // Two that were made because an answer did not come.
    for double in same {
        github.delete_release(double.id).await?;
    }
    if !matches!(kept, Standing::Nothing) {
        return Ok(kept);
    }
    match others.into_iter().next() {
        None => Ok(Standing::Nothing),
        Some(draft) if is_earlier(&draft, run) => Ok(Standing::Earlier(draft)),
        Some(draft) => Err(error::hinted(
            format!("a draft of another build has this tag: {tag} ({})", draft.html_url),
            "publish it on its page, or delete it and run the same command again",
        )),
    }
}

fn is_same(release: &Release, prepared: &Prepared) -> bool {
    marker_of(release).is_some_and(|marker| marker.digest == prepared.digest)
}

fn is_earlier(draft: &Release, run: Option<&str>) -> bool {
    run.is_some() && marker_of(draft).is_some_and(|marker| marker.run.as_deref() == run)
}

fn marker_of(release: &Release) -> Option<Marker> {
    Marker::of(release.body.as_deref().unwrap_or_default())
}

/// The draft to work on.
pub(super) async fn open(
    github: &Github,
    prepared: &Prepared,
    run: Option<&str>,
    standing: Standing,
) -> anyhow::Result<Release> {
    let manifest = &prepared.manifest;
    let (app, tag) = (manifest.app.slug.clone(), manifest.tag.clone());
    let marker = Marker { digest: prepared.digest.clone(), run: run.map(str::to_owned) };
    let body = marker.body(&manifest.notes);
    let release = match standing {
        Standing::Same(release) | Standing::Published(release) => release,
        Standing::Earlier(draft) => {
            let mut change =
                json!({ "name": manifest.title, "body": body, "prerelease": manifest.prerelease });
            if let Some(commit) = &manifest.commit {
                change["target_commitish"] = commit.as_str().into();
            }
            github.change_release(draft.id, &change).await?
        }
        Standing::Nothing => {
            let release = create(github, prepared, run, &body).await?;
            github.event(&Event::DraftCreated { app, tag, id: release.id });
            return Ok(release);
        }
    };
    github.event(&Event::DraftFound { app, tag, id: release.id });
    Ok(release)
}

async fn create(
    github: &Github,
    prepared: &Prepared,
    run: Option<&str>,
    body: &str,
) -> anyhow::Result<Release> {
    let manifest = &prepared.manifest;
    let new = NewRelease {
        tag_name: &manifest.tag,
        target_commitish: manifest.commit.as_deref(),
        name: &manifest.title,
        body,
        prerelease: manifest.prerelease,
        draft: true,
    };
    let mut round = 1;
    loop {
        let error = match github.create_draft(&new).await {
            Ok(release) => return Ok(release),
            Err(error) if error.may_pass() && round < ROUNDS => error,
            Err(error) => return Err(burned(error, &manifest.tag)),
        };
        // It may be there all the same.
        if let Standing::Same(release) =
            look(github, prepared, run).await.map_err(|look| look.context(error))?
        {
            return Ok(release);
        }
        round += 1;
    }
}
