//! How long artifacts are kept, minutes, updates, versions.

use anyhow::Result;
use fake_github::UsageItem;
use orchestrator::{
    doctor::Verdict::{Problem, Warning},
    state::Publication,
};
use serde_json::json;

use super::case::Case;

const KEY: &str = "dW50cnVzdGVkIGNvbW1lbnQ6IG1pbmlzaWduIHB1YmxpYyBrZXk6IDU2MUMxRkJDNTIyNzhDNjIKUldSaWpDZFN2QjhjVnNRSFJnOGhmckxvMXRoY2xhSm1VWGl2U2JlcURDQnFFYjAzdVNYbnVqV0QK";

#[tokio::test]
async fn artifacts_that_are_soon_gone() -> Result<()> {
    let mut case = Case::healthy()?;
    case.repository.artifact_retention_days = 1;
    case.expect(&[("retention", Warning, "kept for 1 day only")]).await?;
    Ok(())
}

#[tokio::test]
async fn minutes_beyond_the_plan() -> Result<()> {
    let used = |discount: f64| -> Result<Case> {
        let mut case = Case::healthy()?;
        case.repository = case.repository.private();
        let item = |sku: &str, unit: &str, quantity| UsageItem {
            sku: sku.to_owned(),
            quantity,
            unit: unit.to_owned(),
            price: 0.01,
            discount,
        };
        case.repository.billing = vec![
            item("Actions Linux", "Minutes", 1000),
            item("Actions storage", "GigabyteHours", 5000),
        ];
        Ok(case)
    };
    let checkup = used(10.0)?.expect(&[]).await?;
    let quota = checkup.findings.iter().find(|finding| finding.check == "quota");
    assert_eq!(
        quota.map(|quota| quota.message.as_str()),
        Some("1000 minutes were used this month, all of them in the plan")
    );
    used(4.0)?
        .expect(&[("quota", Warning, "1000 minutes were used this month, 6.00 USD beyond")])
        .await?;
    Ok(())
}

#[tokio::test]
async fn updates_from_a_private_repository() -> Result<()> {
    let with = |release| -> Result<Case> {
        let mut case = Case::healthy()?;
        case.repository = case.repository.private().with_secrets(&["TAURI_SIGNING_PRIVATE_KEY"]);
        case.config["updates"] = json!({ "github": true, "publicKey": KEY });
        case.config["bundle"] = json!({ "targets": ["linux-x64", "windows-x64"] });
        case.release = release;
        Ok(case)
    };
    let words = "apps cannot read their updates";
    with(Publication::Publish)?.expect(&[("updates", Problem, words)]).await?;
    with(Publication::None)?.expect(&[("updates", Warning, words)]).await?;
    Ok(())
}

#[tokio::test]
async fn a_version_that_is_not_new() -> Result<()> {
    let with = |tag: &str| -> Result<Case> {
        let mut case = Case::healthy()?;
        let commit = case.repository.git.resolve("main").unwrap_or_default();
        case.repository.git.refs.insert(format!("refs/tags/{tag}"), commit);
        Ok(case)
    };
    with("notes-v1.0.0")?
        .expect(&[("version", Problem, "the tag is there already: notes-v1.0.0")])
        .await?;
    with("notes-v1.2.0")?.expect(&[("version", Problem, "the version does not rise")]).await?;
    with("maps-v1.2.0")?.expect(&[]).await?;
    let mut case = with("notes-v1.0.0")?;
    case.release = Publication::None;
    case.expect(&[]).await?;
    Ok(())
}
