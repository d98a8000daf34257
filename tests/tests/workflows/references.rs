//! What a workflow names is there: own actions and workflows, outputs of actions, and the artifacts of other jobs.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::Value;
use tests::xtask::repo_root;

use crate::documents::{Document, Step, actions, entries, workflow, workflows};

#[test]
fn own_actions_and_workflows_are_named_by_self_reference_and_are_there() -> Result<()> {
    let root = repo_root()?;
    for document in workflows()?.iter().chain(&actions()?) {
        let calls = document.jobs().filter_map(|(_, job)| job["uses"].as_str());
        let steps = document.steps();
        for uses in calls.chain(steps.iter().filter_map(Step::uses)) {
            assert!(!uses.starts_with("./"), "means the caller's files: {}: {uses}", document.path);
            let Some(path) = uses.strip_prefix("$/") else { continue };
            let file = if path.ends_with(".yml") {
                root.join(path)
            } else {
                root.join(path).join("action.yml")
            };
            assert!(file.is_file(), "not there: {}: {uses}", document.path);
        }
    }
    Ok(())
}

/// The language service checks names of steps, not of the outputs of our own actions.
#[test]
fn outputs_of_own_actions_exist() -> Result<()> {
    let all = actions()?;
    let outputs: BTreeMap<_, BTreeSet<_>> = all
        .iter()
        .map(|action| {
            let uses = format!("$/{}", action.path.trim_end_matches("/action.yml"));
            (uses, entries(&action.yaml["outputs"]).map(|(name, _)| name.to_owned()).collect())
        })
        .collect();
    let mut checked = 0;
    for document in workflows()?.iter().chain(&all) {
        for (id, uses) in ids(document) {
            let Some(known) = outputs.get(&uses) else { continue };
            for name in document.text.split(&format!("steps.{id}.outputs.")).skip(1) {
                let name: String =
                    name.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
                // Another job or document may have a step of that name which is none of our actions.
                assert!(known.contains(&name), "{uses} has no output `{name}`: {}", document.path);
                checked += 1;
            }
        }
    }
    assert!(checked > 5, "nothing was checked");
    Ok(())
}

fn ids(document: &Document) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    document
        .steps()
        .iter()
        .filter_map(|step| Some((text(&step.yaml["id"])?, text(&step.yaml["uses"])?)))
        .collect()
}

#[test]
fn every_artifact_that_a_job_takes_was_made_by_one_that_it_waits_for() -> Result<()> {
    let document = workflow("build-app.yml")?;
    let mut makers: BTreeMap<String, &str> = BTreeMap::new();
    for step in document.steps() {
        if step.uses().is_some_and(|uses| uses.starts_with("actions/upload-artifact@")) {
            let name = kind(&step.yaml["with"]["name"]);
            let job = step.job.unwrap_or_default();
            assert!(makers.insert(name.clone(), job).is_none(), "two steps make `{name}`");
            assert_eq!(step.yaml["with"]["overwrite"], true, "a rerun fails: {}", step.place());
        }
    }
    for step in document.steps() {
        let with = &step.yaml["with"];
        let name = match step.uses() {
            Some(uses) if uses.starts_with("actions/download-artifact@") => {
                kind(if with["name"].is_string() { &with["name"] } else { &with["pattern"] })
            }
            Some("$/actions/setup") if with["artifact"] == "tools-linux-x64" => "tools".to_owned(),
            _ => continue,
        };
        let maker = makers.get(&name).copied().unwrap_or_default();
        let job = step.job.unwrap_or_default();
        assert!(waits_for(&document, job, maker), "`{name}` is not there yet: {}", step.place());
    }
    Ok(())
}

/// The first word of an artifact's name, which tells what it is.
fn kind(name: &Value) -> String {
    name.as_str().unwrap_or_default().split('-').next().unwrap_or_default().to_owned()
}

fn waits_for(document: &Document, job: &str, other: &str) -> bool {
    let needs = &document.yaml["jobs"][job]["needs"];
    let needs: Vec<_> = match needs {
        Value::String(name) => vec![name.as_str()],
        list => list.as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
    };
    needs.iter().any(|need| *need == other || waits_for(document, need, other))
}
