//! Rights, secrets and limits: who may write, who sees secrets, and that nothing runs for ever.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::{Value, json};

use crate::documents::{Document, entries, workflow, workflows};

/// The only jobs that may write to the repository, by workflow.
const WRITERS: &[(&str, &[&str])] = &[
    ("build-app.yml", &["release"]),
    ("runtimes.yml", &["publish"]),
    ("release.yml", &["release"]),
];
/// What runs code that is not ours, or downloads it: never beside a secret.
const FOREIGN: &[&str] =
    &["cargo", "npm", "npx", "pip", "curl", "wget", "actions/checkout", "actions/content"];

#[test]
fn nothing_is_granted_on_top_and_each_grant_has_its_reason() -> Result<()> {
    for document in workflows()? {
        assert_eq!(document.yaml["permissions"], json!({}), "{}", document.path);
        let mut depth = None;
        for line in document.text.lines() {
            let indent = line.len() - line.trim_start().len();
            if line.trim() == "permissions:" {
                depth = Some(indent);
            } else if depth.is_some_and(|depth| indent > depth) {
                assert!(
                    line.contains(" # "),
                    "a grant without a reason: {}: {line}",
                    document.path
                );
            } else {
                depth = None;
            }
        }
        for (name, job) in document.jobs() {
            assert!(job["permissions"].is_object(), "no permissions: {}: {name}", document.path);
        }
    }
    Ok(())
}

#[test]
fn only_the_release_jobs_write() -> Result<()> {
    for document in workflows()? {
        let file = document.path.rsplit('/').next().unwrap_or_default();
        let writers =
            WRITERS.iter().find(|(name, _)| *name == file).map_or(&[][..], |(_, jobs)| *jobs);
        for (name, job) in document.jobs() {
            let writes = entries(&job["permissions"]).any(|(_, right)| right == "write");
            // A caller has to grant what the called workflow hands to its own jobs.
            let calls = job["uses"].is_string();
            assert!(
                !writes || calls || writers.contains(&name),
                "writes: {}: {name}",
                document.path
            );
        }
    }
    Ok(())
}

#[test]
fn every_job_has_a_limit_and_every_workflow_its_turn() -> Result<()> {
    for document in workflows()? {
        let called_only =
            document.yaml["on"].as_object().is_some_and(|on| on.keys().eq(["workflow_call"]));
        // A called workflow's name is its caller's: a group of its own would wait for itself.
        assert_eq!(document.yaml["concurrency"].is_object(), !called_only, "{}", document.path);
        for (name, job) in document.jobs() {
            let has_limit = job["timeout-minutes"].is_u64() || job["uses"].is_string();
            assert!(has_limit, "no timeout-minutes: {}: {name}", document.path);
        }
    }
    Ok(())
}

#[test]
fn secrets_reach_one_step_by_name_and_nobody_elses_code_runs_beside_them() -> Result<()> {
    for document in workflows()? {
        assert!(!document.text.contains("secrets: inherit"), "{}", document.path);
    }
    let document = workflow("build-app.yml")?;
    for (name, job) in document.jobs() {
        let steps = job["steps"].as_array().cloned().unwrap_or_default();
        let holders: Vec<_> = steps.iter().filter(|step| holds_secrets(step)).collect();
        if name != "build" {
            assert!(holders.is_empty() && !holds_secrets(&job["env"]), "holds secrets: {name}");
            continue;
        }
        assert_eq!(holders.len(), 3, "one signing step for each system");
        for step in &holders {
            assert_eq!(step["uses"], "$/actions/bundle");
            assert!(!step["with"].to_string().contains("secrets."), "a secret as an argument");
        }
        for step in &steps {
            let text = format!("{} {}", step["uses"], step["run"]);
            for foreign in FOREIGN {
                assert!(!text.contains(foreign), "`{foreign}` runs in the job that signs: {step}");
            }
        }
        assert_eq!(job["environment"], "${{ inputs.environment }}");
    }
    Ok(())
}

#[test]
fn a_system_sees_only_the_secrets_that_sign_for_it() -> Result<()> {
    let document = workflow("build-app.yml")?;
    let steps = document.yaml["jobs"]["build"]["steps"].as_array().cloned().unwrap_or_default();
    for system in
        [config_schema::System::Linux, config_schema::System::Windows, config_schema::System::Macos]
    {
        let condition = format!("matrix.signs && startsWith(matrix.target, '{}-')", system.name());
        let step = steps.iter().find(|step| step["if"] == condition.as_str());
        let given: BTreeSet<_> = entries(&step.cloned().unwrap_or_default()["env"])
            .map(|(name, _)| name.to_owned())
            .collect();
        let wanted: BTreeSet<_> =
            config_schema::secrets_of(system).map(|secret| secret.name.to_owned()).collect();
        assert_eq!(given, wanted, "{condition}");
    }
    Ok(())
}

#[test]
fn every_other_mention_of_a_secret_only_asks_whether_it_is_there() -> Result<()> {
    let document = workflow("build-app.yml")?;
    let plan = &document.yaml["jobs"]["plan"]["steps"];
    let asked: Vec<_> = presence(&plan.to_string());
    let all: Vec<_> = config_schema::all_secrets().map(|secret| secret.name.to_owned()).collect();
    assert_eq!(asked, all);
    Ok(())
}

/// The names in `NAME=${{ secrets.NAME != '' }}`.
fn presence(text: &str) -> Vec<String> {
    let mentions = text.split("${{ secrets.").skip(1);
    mentions
        .filter_map(|rest| rest.split_once(" != '' }}"))
        .map(|(name, _)| name.to_owned())
        .collect()
}

fn holds_secrets(value: &Value) -> bool {
    let text = value.to_string();
    text.matches("secrets.").count() > presence(&text).len()
}

#[test]
fn the_caller_of_the_build_hands_on_every_secret() -> Result<()> {
    let names = |document: &Document, secrets: &Value| -> Vec<String> {
        assert!(secrets.is_object(), "{}", document.path);
        entries(secrets).map(|(name, _)| name.to_owned()).collect()
    };
    let (build, app) = (workflow("build.yml")?, workflow("build-app.yml")?);
    let all: Vec<_> = config_schema::all_secrets().map(|secret| secret.name.to_owned()).collect();
    assert_eq!(names(&app, &app.yaml["on"]["workflow_call"]["secrets"]), all);
    assert_eq!(names(&build, &build.yaml["jobs"]["build"]["secrets"]), all);
    for (name, value) in entries(&build.yaml["jobs"]["build"]["secrets"]) {
        assert_eq!(*value, format!("${{{{ secrets.{name} }}}}"));
    }
    Ok(())
}
