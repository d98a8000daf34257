//! Events in words.

use indicatif::HumanBytes;
use orchestrator::{Conclusion, Event, UpdateState, state::BuildState};

/// Digits of a commit that tell it from others, for people.
const SHORT_COMMIT: usize = 9;

/// The colour of an event's verb: what is well is green, what waits or is odd yellow, what went wrong red.
pub(super) fn tone(event: &Event) -> &'static str {
    const GREEN: &str = "1;32";
    const YELLOW: &str = "1;33";
    const RED: &str = "1;31";
    let well = |conclusion: &Conclusion| {
        matches!(conclusion, Conclusion::Success | Conclusion::Neutral | Conclusion::Skipped)
    };
    match event {
        Event::Failed { .. } | Event::Entered { state: BuildState::Failed, .. } => RED,
        Event::Job { conclusion: Some(conclusion), .. } if !well(conclusion) => RED,
        Event::Waiting { .. }
        | Event::Busy { .. }
        | Event::Note { .. }
        | Event::AssetFailed { .. }
        | Event::ArtifactBroken { .. }
        | Event::Entered { state: BuildState::Cancelled, .. } => YELLOW,
        _ => GREEN,
    }
}

/// An event for people: a verb, and what it is about.
pub(super) fn words(event: &Event) -> (&'static str, String) {
    match event {
        Event::FilesChecked { app, files, bytes } => {
            ("Checked", format!("{app}: {files} files, {bytes} bytes"))
        }
        Event::TagChecked { tag, .. } => ("Free", tag.clone()),
        Event::DraftCreated { tag, id, .. } => ("Created", format!("draft {id} for {tag}")),
        Event::DraftFound { tag, id, .. } => ("Found", format!("draft {id} for {tag}")),
        Event::AlreadyPublished { tag, .. } => {
            ("Published", format!("{tag} already, by an earlier attempt"))
        }
        Event::AssetRemoved { reason, .. } => ("Removed", reason.clone()),
        Event::AssetKept { name } => ("Kept", name.clone()),
        Event::AssetProgress { name, .. } => ("Uploading", name.clone()),
        Event::AssetFailed { name, error } => ("Broken", format!("upload of {name}: {error}")),
        Event::AssetUploaded { name, size } => ("Uploaded", format!("{name}: {size} bytes")),
        Event::AssetsVerified { app, assets } => ("Verified", format!("{app}: {assets} assets")),
        Event::Published { tag, url, .. } => ("Published", format!("{tag}: {url}")),
        Event::Updates { path, state, .. } => {
            let state = match state {
                UpdateState::Written => "written",
                UpdateState::Unchanged => "there already",
                UpdateState::NewerThere => "left alone, it is of a later version",
            };
            ("Updates", format!("{path}: {state}"))
        }
        Event::Waiting { seconds, reason } => ("Waiting", format!("{seconds} s: {reason}")),
        Event::Failed { app, error } => ("Failed", format!("{app}: {error}")),
        Event::Entering { build, state } => ("Entering", format!("{build}: {state}")),
        Event::Entered { build, state, url, detail, .. } => {
            let more = detail.as_ref().or(url.as_ref()).map(|more| format!(": {more}"));
            (state_word(*state), format!("{build}{}", more.unwrap_or_default()))
        }
        Event::Resumed { build, state } => ("Resumed", format!("{build}: {state}")),
        Event::Busy { build } => ("Waiting", format!("another process works on build {build}")),
        Event::SourceChecked { files, reference, commit } => {
            let commit = commit.get(..SHORT_COMMIT).unwrap_or(commit);
            ("Checked", format!("{files} files are the same at {reference} ({commit})"))
        }
        Event::Jobs { queued, running, done, .. } => {
            ("Running", format!("{done} jobs done, {running} running, {queued} waiting"))
        }
        Event::Job { name, conclusion: None, step, .. } => {
            let step = step.as_ref().map(|step| format!(": {step}"));
            ("Started", format!("{name}{}", step.unwrap_or_default()))
        }
        Event::Job { name, conclusion: Some(conclusion), seconds, step, .. } => {
            let seconds = seconds.map(|seconds| format!(" in {seconds} s"));
            let step = step.as_ref().map(|step| format!(", at: {step}"));
            let (seconds, step) = (seconds.unwrap_or_default(), step.unwrap_or_default());
            ("Ended", format!("{name}: {conclusion}{seconds}{step}"))
        }
        Event::ArtifactProgress { name, .. } => ("Fetching", name.clone()),
        Event::ArtifactBroken { name, error, .. } => {
            ("Broken", format!("download of {name}, goes on: {error}"))
        }
        Event::ArtifactDownloaded { name, size, .. } => {
            ("Fetched", format!("{name}: {}", HumanBytes(*size)))
        }
        // The plan, whose files are not for anybody.
        Event::ArtifactVerified { name, files: 0, .. } => ("Verified", name.clone()),
        Event::ArtifactVerified { name, files, .. } => {
            ("Verified", format!("{name}: {files} files"))
        }
        Event::Fleet { total, done, failed, running, .. } => {
            ("Fleet", format!("{done} of {total} done, {failed} failed, {running} under way"))
        }
        Event::Note { text } => ("Note", text.clone()),
    }
}

fn state_word(state: BuildState) -> &'static str {
    match state {
        BuildState::Requested => "Requested",
        BuildState::Dispatching => "Dispatching",
        BuildState::Dispatched => "Dispatched",
        BuildState::Running => "Running",
        BuildState::Succeeded => "Succeeded",
        BuildState::Collecting => "Collecting",
        BuildState::Verified => "Verified",
        BuildState::Complete => "Complete",
        BuildState::Failed => "Failed",
        BuildState::Cancelled => "Cancelled",
    }
}
