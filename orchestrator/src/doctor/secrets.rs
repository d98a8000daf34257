//! Secrets: whether those that the config asks for are there, each set as a whole, and who guards them.

use std::collections::BTreeSet;

use config_schema::{Secret, System};

use super::{
    Said, Subject,
    facts::{Facts, Told, listed, reference},
};

/// What the targets' signing routes take: each set is complete or not there.
pub(super) fn needed(subject: &Subject<'_>) -> Vec<(System, &'static [Secret])> {
    let mut systems: Vec<_> = subject.targets.iter().map(|target| target.row().system).collect();
    systems.sort_unstable();
    systems.dedup();
    let of = |system: System| {
        let sets = config_schema::secrets(subject.model, system);
        sets.into_iter().map(move |set| (system, set))
    };
    systems.into_iter().flat_map(of).collect()
}

/// The required ones that are in no place that was looked at.
pub(super) fn missing(subject: &Subject<'_>, names: &BTreeSet<String>) -> Vec<&'static Secret> {
    let mut missing: Vec<&Secret> = Vec::new();
    for secret in needed(subject).into_iter().flat_map(|(_, set)| set) {
        if secret.required && !names.contains(secret.name) && !missing.contains(&secret) {
            missing.push(secret);
        }
    }
    missing
}

pub(super) fn complete(facts: &Facts, subject: Option<&Subject<'_>>) -> Said {
    let Some(subject) = subject else { return Said::skipped("no config was named") };
    let needed = needed(subject);
    if needed.is_empty() {
        return Said::ok("the config takes none");
    }
    let Told::Known(names) = &facts.secrets else {
        return Said::of_unknown(&facts.secrets, "`secrets: read`");
    };
    let missing = missing(subject, names);
    if missing.is_empty() {
        let count =
            needed.iter().flat_map(|(_, set)| *set).filter(|secret| secret.required).count();
        return Said::ok(format!("all {count} are there"));
    }
    let incomplete = needed.iter().any(|(_, set)| {
        let has = |secret: &Secret| names.contains(secret.name);
        set.iter().any(has) && set.iter().any(|secret| secret.required && !has(secret))
    });
    let message = format!("secrets are missing: {}", listed(&missing));
    let cure = match (incomplete, subject.environment) {
        (true, _) => "others of the same kind are there: add these too, or remove those".to_owned(),
        (false, Some(name)) => {
            format!("add them to the environment `{name}` or to the repository; docs/signing.md says how")
        }
        (false, None) => "add them to the repository, name the environment that has them with `--environment`, or \
                          take the signing out of the config; docs/signing.md says how"
            .to_owned(),
    };
    Said::problem(message, cure)
}

/// Who lets a build use the environment.
pub(super) fn environment(facts: &Facts, subject: Option<&Subject<'_>>) -> Said {
    let Some(name) = subject.and_then(|subject| subject.environment) else {
        return Said::skipped("no environment was named");
    };
    let environment = match &facts.environment {
        Told::Known(Some(environment)) => environment,
        Told::Known(None) => {
            return Said::warning(
                format!(
                    "there is no environment `{name}`: GitHub will make it, empty and unprotected"
                ),
                "check its name, or make it in *Settings → Environments*",
            );
        }
        other => return Said::of_unknown(other, "`actions: read`"),
    };
    if let (Told::Known(branch), Some(details)) = (&facts.branch, facts.details.known())
        && !branch.is_some_and(|branch| branch.protected)
    {
        let reference = reference(subject, details);
        return Said::problem(
            format!(
                "only protected branches may use the environment `{name}`, and `{reference}` is none"
            ),
            "protect the branch, change *Deployment branches* of the environment, or build from another branch",
        );
    }
    let rules = &environment.protection_rules;
    let reviewers = rules.iter().flat_map(|rule| &rule.reviewers);
    let names: Vec<_> = reviewers
        .filter_map(|reviewer| {
            let field = |name: &str| reviewer.reviewer[name].as_str();
            field("login").or_else(|| field("name"))
        })
        .collect();
    if !names.is_empty() || rules.iter().any(|rule| rule.kind == "required_reviewers") {
        return Said::warning(
            format!("each build waits until somebody lets it use `{name}`: {}", names.join(", ")),
            "tell them before you start it; GitHub cancels what nobody approves within 30 days",
        );
    }
    if let Some(minutes) = rules.iter().find_map(|rule| rule.wait_timer).filter(|wait| *wait > 0) {
        let message = format!("each build waits {minutes} minutes before it may use `{name}`");
        return Said::warning(message, "shorten the timer in *Settings → Environments*");
    }
    if environment.deployment_branch_policy.is_some() && facts.branch.known().is_none() {
        return Said::warning(
            format!("only some branches may use the environment `{name}`"),
            "check that yours is among them: *Settings → Environments*",
        );
    }
    Said::ok(format!("`{name}` is there, and asks nobody"))
}
