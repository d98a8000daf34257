//! Third-party actions: few, pinned to a commit, one commit each, with the version for people.

use std::collections::BTreeMap;

use anyhow::Result;

use crate::documents::{actions, workflows};

/// The actions of others that may be used, all GitHub's own.
const ALLOWED: &[&str] = &[
    "actions/attest",
    "actions/cache",
    "actions/checkout",
    "actions/download-artifact",
    "actions/upload-artifact",
];

#[test]
fn third_party_actions_are_few_and_pinned_to_one_commit_with_its_version() -> Result<()> {
    let mut pins: BTreeMap<String, (String, String)> = BTreeMap::new();
    let documents: Vec<_> = workflows()?.into_iter().chain(actions()?).collect();
    for document in &documents {
        for (number, line) in document.text.lines().enumerate() {
            let Some((_, uses)) = line.split_once("uses: ") else { continue };
            if uses.starts_with("$/") || line.trim_start().starts_with('#') {
                continue;
            }
            let place = format!("{}:{}: `{uses}`", document.path, number + 1);
            let (action, pin) = uses.split_once('@').unwrap_or((uses, ""));
            let (commit, version) = pin.split_once(" # ").unwrap_or((pin, ""));
            assert!(ALLOWED.contains(&action), "not on the list of allowed actions: {place}");
            let is_commit =
                commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_commit, "not pinned to a commit: {place}");
            assert!(is_version(version), "no version such as `# v1.2.3`: {place}");
            let found = (commit.to_owned(), version.to_owned());
            let first = pins.entry(action.to_owned()).or_insert_with(|| found.clone());
            assert_eq!(*first, found, "pinned in two ways: {place}");
        }
    }
    let used: Vec<_> = pins.keys().map(String::as_str).collect();
    assert_eq!(used, ALLOWED, "the list allows what nobody uses");
    Ok(())
}

#[test]
fn a_checkout_leaves_no_token_behind() -> Result<()> {
    let documents: Vec<_> = workflows()?.into_iter().chain(actions()?).collect();
    for step in documents.iter().flat_map(|document| document.steps()) {
        if step.uses().is_some_and(|uses| uses.starts_with("actions/checkout@")) {
            assert_eq!(step.yaml["with"]["persist-credentials"], false, "{}", step.place());
        }
    }
    Ok(())
}

fn is_version(text: &str) -> bool {
    let parts: Vec<_> = text.strip_prefix('v').unwrap_or_default().split('.').collect();
    parts.len() == 3 && parts.iter().all(|part| part.parse::<u32>().is_ok())
}
