//! The repository: whether it is there, whether it is ours, and whether its workflow may run.

use config_schema::project::REPOSITORY;
use reqwest::StatusCode;

use super::{
    Said, Subject, WORKFLOW,
    facts::{Facts, Told, reference},
    workflow_file::WorkflowFile,
};
use crate::state::Publication;

/// The workflow that builds, as others call it.
const CALLED: &str = "build-app.yml";

pub(super) fn exists(facts: &Facts, _: Option<&Subject<'_>>) -> Said {
    let details = match &facts.details {
        Told::Known(details) => details,
        Told::Failed(error) if error.status() == Some(StatusCode::NOT_FOUND) => {
            return Said::problem(
                format!("there is no repository {}, or the token may not see it", facts.repo),
                "check the name, and that the token is for this repository",
            );
        }
        Told::Failed(error) if error.status() == Some(StatusCode::MOVED_PERMANENTLY) => {
            return Said::problem(
                format!("{} has another name now", facts.repo),
                "open its page, and use the name that you find there",
            );
        }
        other => return Said::of_unknown(other, "`metadata: read`"),
    };
    let name = &details.full_name;
    if details.disabled {
        let message = format!("GitHub has disabled {name}");
        return Said::problem(message, "its owner must ask GitHub's support");
    }
    if details.archived {
        let message = format!("{name} is archived: nothing runs in it");
        return Said::problem(message, "unarchive it in its settings");
    }
    if !name.eq_ignore_ascii_case(&facts.repo) {
        let message = format!("{} has another name now: {name}", facts.repo);
        return Said::warning(message, "use that name; GitHub leads there only for a while");
    }
    let visibility = if details.private { "private" } else { "public" };
    Said::ok(format!("{name} is there, {visibility}"))
}

/// Whether the workflow is one that builds apps.
pub(super) fn template(facts: &Facts, subject: Option<&Subject<'_>>) -> Said {
    let file = match &facts.file {
        Told::Known(Some(text)) => WorkflowFile::read(text),
        Told::Known(None) => {
            return Said::problem(
                format!(
                    "there is no workflow `{}`: this is no repository of Deskwright's",
                    named(subject)
                ),
                format!(
                    "fork {REPOSITORY}, name another repository with `--repo`, or another workflow with `--workflow`"
                ),
            );
        }
        other => return Said::of_unknown(other, "`contents: read`"),
    };
    if !file.calls(CALLED) {
        return Said::problem(
            format!(
                "the workflow `{}` does not build apps: it calls no `{CALLED}`",
                named(subject)
            ),
            "name the one that does with `--workflow`; docs/build-in-the-cloud.md shows how it looks",
        );
    }
    if facts.repo.eq_ignore_ascii_case(REPOSITORY) {
        return Said::warning(
            "this is the template itself",
            "build in a fork or in a repository of your own: here every release would be everybody's",
        );
    }
    Said::ok(format!("the workflow `{}` builds apps", named(subject)))
}

pub(super) fn fork(facts: &Facts, _: Option<&Subject<'_>>) -> Said {
    let parent = facts.details.known().and_then(|details| details.parent.as_ref());
    let Some(parent) = parent else { return Said::skipped("it is no fork") };
    match &facts.behind {
        Told::Known(0) => {
            Said::ok(format!("the fork has everything that {} has", parent.full_name))
        }
        Told::Known(count) => Said::warning(
            format!("the fork lacks {count} commits of {}", parent.full_name),
            "press *Sync fork* on its page: old templates ask for machines and actions that are gone",
        ),
        other => Said::of_unknown(other, "`contents: read`"),
    }
}

pub(super) fn actions(facts: &Facts, _: Option<&Subject<'_>>) -> Said {
    let off = || {
        Said::problem(
            "Actions are switched off, as in every new fork",
            "open the tab *Actions* and press the button that enables them, or *Settings → Actions → General*",
        )
    };
    match &facts.policy {
        Told::Known(policy) if !policy.enabled => off(),
        Told::Known(_) => Said::ok("Actions are on"),
        // The workflow's state tells as well.
        Told::Hidden => match facts.workflow.known() {
            Some(Some(workflow)) if workflow.state == "disabled_fork" => off(),
            Some(Some(workflow)) if workflow.state == "active" => {
                Said::ok("Actions seem to be on: the workflow is active")
            }
            _ => Said::of_unknown(&facts.policy, "`administration: read`"),
        },
        other => Said::of_unknown(other, "`administration: read`"),
    }
}

/// Whether the actions that the workflow uses may be used.
pub(super) fn policy(facts: &Facts, _: Option<&Subject<'_>>) -> Said {
    let policy = match &facts.policy {
        Told::Known(policy) if policy.enabled => policy,
        Told::Known(_) => return Said::skipped("Actions are off"),
        other => return Said::of_unknown(other, "`administration: read`"),
    };
    let cure = "allow actions that GitHub made and `deskwright/*`: *Settings → Actions → General*, or the same page of \
                the organisation";
    let refused = |what: &str| Said::problem(format!("the repository does not allow {what}"), cure);
    match policy.allowed_actions.as_deref() {
        Some("local_only") => refused("the actions of GitHub that the workflow uses (`actions/*`)"),
        Some("selected") => match &facts.selected {
            Told::Known(selected) => {
                let allows = |owner: &str| {
                    let mut patterns = selected.patterns_allowed.iter();
                    patterns
                        .any(|pattern| pattern == "*" || pattern.starts_with(&format!("{owner}/")))
                };
                let file = facts.file.known().and_then(Option::as_deref).map(WorkflowFile::read);
                let project = REPOSITORY.split('/').next().unwrap_or_default();
                if !selected.github_owned_allowed && !allows("actions") {
                    refused("the actions of GitHub that the workflow uses (`actions/*`)")
                } else if file.is_some_and(|file| file.calls(project)) && !allows(project) {
                    refused(&format!("`{project}/*`, whose workflow this one calls"))
                } else {
                    Said::ok("the actions that the workflow uses are allowed")
                }
            }
            other => Said::of_unknown(other, "`administration: read`"),
        },
        _ => Said::ok("all actions are allowed"),
    }
}

/// Whether the workflow is on the default branch, and active.
pub(super) fn workflow(facts: &Facts, subject: Option<&Subject<'_>>) -> Said {
    let name = named(subject);
    let workflow = match &facts.workflow {
        Told::Known(Some(workflow)) => workflow,
        Told::Known(None) => {
            return Said::problem(
                format!("the default branch has no workflow `{name}`"),
                "GitHub starts only what stands there: merge it, or sync the fork",
            );
        }
        other => return Said::of_unknown(other, "`actions: read`"),
    };
    let enable = format!("enable it: tab *Actions*, `{name}`, *Enable workflow*");
    match workflow.state.as_str() {
        "active" => Said::ok(format!("`{name}` is active")),
        "disabled_inactivity" => Said::problem(
            format!("GitHub has disabled `{name}`, since the repository was quiet for 60 days"),
            enable,
        ),
        "disabled_fork" => Said::problem(
            format!("`{name}` is disabled, as in every new fork"),
            "open the tab *Actions* and press the button that enables workflows",
        ),
        "disabled_manually" => Said::problem(format!("somebody has disabled `{name}`"), enable),
        other => Said::problem(format!("`{name}` is not active: {other}"), enable),
    }
}

/// Whether the workflow takes what a build will send.
pub(super) fn inputs(facts: &Facts, subject: Option<&Subject<'_>>) -> Said {
    let Some(text) = facts.file.known().and_then(Option::as_deref) else {
        return Said::skipped("the workflow's file is not known");
    };
    let Some(inputs) = WorkflowFile::read(text).inputs else {
        return Said::problem(
            format!(
                "`{}` cannot be started by hand or program: it lacks `workflow_dispatch`",
                named(subject)
            ),
            "sync the fork, or add the trigger as docs/build-in-the-cloud.md shows",
        );
    };
    let mut wanted = vec!["config", "request-id"];
    if let Some(subject) = subject {
        let narrowed = subject.targets.len() < subject.model.bundle.targets.len();
        let more = [
            ("targets", narrowed),
            ("release", subject.release != Publication::None),
            ("environment", subject.environment.is_some()),
        ];
        wanted.extend(more.iter().filter(|(_, needed)| *needed).map(|(name, _)| *name));
    }
    wanted.retain(|name| !inputs.contains(*name));
    if wanted.is_empty() {
        return Said::ok("the workflow takes what a build sends");
    }
    Said::problem(
        format!("the workflow is an old one, and does not know: {}", wanted.join(", ")),
        "sync the fork, or take the inputs over from the template's `build.yml`",
    )
}

/// Whether GitHub has the config.
pub(super) fn config(facts: &Facts, subject: Option<&Subject<'_>>) -> Said {
    let (Some(subject), Some(details)) = (subject, facts.details.known()) else {
        return Said::skipped("no config was named");
    };
    let Some(path) = subject.path else { return Said::skipped("the config is sent along") };
    let reference = reference(Some(subject), details);
    match &facts.config {
        Told::Known(true) => Said::ok(format!("`{path}` is at {reference}")),
        Told::Known(false) => Said::problem(
            format!("GitHub has no `{path}` at {reference}"),
            "push it, or send it along with `--inline`",
        ),
        other => Said::of_unknown(other, "`contents: read`"),
    }
}

fn named<'a>(subject: Option<&Subject<'a>>) -> &'a str {
    subject.map_or(WORKFLOW, |subject| subject.workflow)
}
