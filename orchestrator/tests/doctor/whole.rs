//! A check-up as a whole: nothing to say where all is well, few requests, its text, its estimate.

use anyhow::{Result, ensure};
use orchestrator::{Exit, doctor::Verdict};
use serde_json::json;

use super::case::{Case, complaining};

#[tokio::test]
async fn nothing_is_found_where_nothing_is_wrong() -> Result<()> {
    let (checkup, fake) = Case::healthy()?.examine().await?;
    ensure!(complaining(&checkup).is_empty(), "{checkup:#?}");
    assert_eq!(checkup.exit(), None);
    ensure!(checkup.text().ends_with("\nnothing stands in the way\n"), "{}", checkup.text());
    let looked = checkup.findings.iter().filter(|finding| finding.verdict == Verdict::Ok).count();
    // The token names no end, and the config has no updates.
    assert_eq!(checkup.findings.len() - looked, 2, "{checkup:#?}");
    ensure!(fake.requests().len() <= 12, "{:#?}", fake.requests());
    Ok(())
}

#[tokio::test]
async fn it_never_asks_too_much() -> Result<()> {
    let mut case = Case::healthy()?;
    // Everything that leads to one more question.
    case.repository = case.repository.private();
    case.repository.secrets.clear();
    case.repository.behind_by = 3;
    if let Some(environment) = case.repository.environments.get_mut("signing") {
        environment.protected_branches = true;
    }
    case.answers("/repos/*/*", |about| about["owner"]["type"] = "Organization".into());
    case.answers("/repos/*/*/actions/permissions", |policy| {
        policy["allowed_actions"] = "selected".into()
    });
    let (checkup, fake) = case.examine().await?;
    assert_eq!(fake.requests().len(), 12, "{:#?}", fake.requests());
    let retention = checkup.findings.iter().find(|finding| finding.check == "retention");
    assert_eq!(retention.map(|retention| retention.verdict), Some(Verdict::Skipped));
    Ok(())
}

#[tokio::test]
async fn what_stands_in_the_way_comes_first() -> Result<()> {
    let mut case = Case::healthy()?;
    case.repository.behind_by = 12;
    case.repository.actions_enabled = false;
    let (checkup, _) = case.examine().await?;
    assert_eq!(checkup.exit(), Some(Exit::Failed));
    let text = checkup.text();
    let expected = "\
problem  actions      Actions are switched off, as in every new fork
                      open the tab *Actions* and press the button that enables them, or *Settings → Actions → General*
warning  fork         the fork lacks 12 commits of deskwright/deskwright
                      press *Sync fork* on its page: old templates ask for machines and actions that are gone
ok       host         127.0.0.1:";
    ensure!(text.starts_with(expected), "{text}");
    ensure!(text.ends_with("\n1 problem, 1 warning\n"), "{text}");
    let document = serde_json::to_value(&checkup)?;
    let actions = &document["findings"].as_array().map(|all| all[9].clone()).unwrap_or_default();
    assert_eq!((&actions["check"], &actions["verdict"]), (&json!("actions"), &json!("problem")));
    Ok(())
}

#[tokio::test]
async fn the_estimate_counts_jobs_and_systems() -> Result<()> {
    let (checkup, _) = Case::healthy()?.examine().await?;
    let estimate = serde_json::to_value(&checkup.estimate)?;
    // Four shared jobs and the release; of each target the runtime and the build.
    assert_eq!(estimate["minutes"], 5 + 3 + 4 + 4);
    assert_eq!(
        (&estimate["planMinutes"], &estimate["cents"]),
        (&json!(0), &json!(0)),
        "it is public"
    );
    ensure!(
        checkup.text().contains("about 16 minutes of machines, free of charge"),
        "{}",
        checkup.text()
    );
    let mut case = Case::healthy()?;
    case.repository = case.repository.private();
    let (checkup, _) = case.examine().await?;
    let estimate = serde_json::to_value(&checkup.estimate)?;
    assert_eq!(estimate["planMinutes"], 5 + 3 + 4 * 2 + 4 * 10);
    assert_eq!(
        estimate["targets"][2],
        json!({ "target": "macos-arm64", "minutes": 4, "planMinutes": 40, "cents": 25 })
    );
    ensure!(checkup.text().contains("or 0.34 USD"), "{}", checkup.text());
    Ok(())
}
