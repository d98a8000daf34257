//! Secrets and the environments that guard them.

use anyhow::{Result, ensure};
use fake_github::Environment;
use orchestrator::doctor::Verdict::{Problem, Warning};
use serde_json::json;

use super::case::Case;

fn environment(case: &mut Case) -> &mut Environment {
    case.repository.environments.entry("signing".to_owned()).or_default()
}

#[tokio::test]
async fn half_a_set() -> Result<()> {
    let mut case = Case::healthy()?;
    case.repository.secrets.remove("WINDOWS_CERTIFICATE_PASSWORD");
    let checkup =
        case.expect(&[("secrets", Problem, "missing: WINDOWS_CERTIFICATE_PASSWORD")]).await?;
    ensure!(checkup.text().contains("others of the same kind are there"), "{}", checkup.text());
    Ok(())
}

#[tokio::test]
async fn a_whole_set_and_an_optional_one() -> Result<()> {
    let mut case = Case::healthy()?;
    case.repository.secrets.clear();
    let words = "missing: GPG_PRIVATE_KEY, WINDOWS_CERTIFICATE, WINDOWS_CERTIFICATE_PASSWORD";
    let checkup = case.expect(&[("secrets", Problem, words)]).await?;
    ensure!(checkup.text().contains("add them to the environment `signing`"), "{}", checkup.text());
    let mut case = Case::healthy()?;
    case.repository.secrets.remove("GPG_PASSPHRASE");
    case.expect(&[]).await?;
    Ok(())
}

#[tokio::test]
async fn secrets_in_other_places() -> Result<()> {
    let mut case = Case::healthy()?;
    let all = std::mem::take(&mut case.repository.secrets);
    environment(&mut case).secrets = all;
    case.expect(&[]).await?;
    // Those of an organisation, which only organisations have.
    let mut case = Case::healthy()?;
    case.repository.organization_secrets = std::mem::take(&mut case.repository.secrets);
    case.answers("/repos/*/*", |about| about["owner"]["type"] = "Organization".into());
    case.expect(&[]).await?;
    // One half here, the other there.
    let mut case = Case::healthy()?;
    case.repository.secrets.remove("WINDOWS_CERTIFICATE_PASSWORD");
    environment(&mut case).secrets.insert("WINDOWS_CERTIFICATE_PASSWORD".to_owned());
    case.expect(&[]).await?;
    Ok(())
}

#[tokio::test]
async fn a_config_without_signing_takes_none() -> Result<()> {
    let mut case = Case::healthy()?;
    case.repository.secrets.clear();
    case.config["signing"] = json!({});
    case.expect(&[]).await?;
    Ok(())
}

#[tokio::test]
async fn an_environment_that_nobody_has_made() -> Result<()> {
    let mut case = Case::healthy()?;
    case.repository.environments.clear();
    case.expect(&[("environment", Warning, "there is no environment `signing`")]).await?;
    Ok(())
}

#[tokio::test]
async fn somebody_must_consent() -> Result<()> {
    let mut case = Case::healthy()?;
    environment(&mut case).reviewers = vec!["ann".to_owned(), "bob".to_owned()];
    case.expect(&[("environment", Warning, "lets it use `signing`: ann, bob")]).await?;
    let mut case = Case::healthy()?;
    environment(&mut case).wait_timer = 30;
    case.expect(&[("environment", Warning, "waits 30 minutes")]).await?;
    Ok(())
}

#[tokio::test]
async fn branches_that_are_not_admitted() -> Result<()> {
    let mut case = Case::healthy()?;
    environment(&mut case).protected_branches = true;
    case.expect(&[("environment", Problem, "`main` is none")]).await?;
    let mut case = Case::healthy()?;
    environment(&mut case).protected_branches = true;
    case.answers("/repos/*/*/branches/main", |branch| branch["protected"] = true.into());
    case.expect(&[]).await?;
    let mut case = Case::healthy()?;
    case.answers("/repos/*/*/environments/signing", |environment| {
        environment["deployment_branch_policy"] =
            json!({ "protected_branches": false, "custom_branch_policies": true });
    });
    case.expect(&[("environment", Warning, "only some branches")]).await?;
    Ok(())
}
