//! Host, clock and token.

use anyhow::{Result, ensure};
use fake_github::{Access, Level, Options};
use jiff::{SignedDuration, Timestamp};
use orchestrator::doctor::Verdict::{Ok as Well, Problem, Unknown, Warning};

use super::case::{Case, TOKEN};

#[tokio::test]
async fn nobody_answers() -> Result<()> {
    let mut case = Case::healthy()?;
    // A port that nobody listens on.
    case.host = Some("http://127.0.0.1:9");
    let checkup = case.expect(&[("host", Problem, "127.0.0.1:9 does not answer")]).await?;
    ensure!(checkup.text().contains("`--github-url`"), "{}", checkup.text());
    Ok(())
}

#[tokio::test]
async fn a_clock_that_is_wrong() -> Result<()> {
    for (skew, words) in [(600, "behind"), (-600, "ahead")] {
        let mut case = Case::healthy()?;
        case.options = Options { clock_skew: skew, ..Options::default() };
        case.expect(&[("clock", Warning, words)]).await?;
    }
    let mut case = Case::healthy()?;
    case.options.clock_skew = 30;
    case.expect(&[]).await?;
    Ok(())
}

#[tokio::test]
async fn a_token_that_nobody_knows() -> Result<()> {
    let mut case = Case::healthy()?;
    case.token = "ghp_another";
    case.expect(&[("token", Problem, "GitHub does not know the token")]).await?;
    Ok(())
}

#[tokio::test]
async fn a_token_that_ends() -> Result<()> {
    let mut case = Case::healthy()?;
    case.access = case.access.expires_at(Timestamp::now() + SignedDuration::from_hours(50));
    case.expect(&[("expiry", Warning, "the token ends in 50 hours")]).await?;
    let mut case = Case::healthy()?;
    case.access = case.access.expires_at(Timestamp::now() + SignedDuration::from_hours(24 * 30));
    case.expect(&[]).await?;
    let mut case = Case::healthy()?;
    case.access = case.access.expires_at(Timestamp::now() - SignedDuration::from_hours(1));
    case.expect(&[("token", Problem, "has expired")]).await?;
    Ok(())
}

#[tokio::test]
async fn classic_tokens_and_their_scopes() -> Result<()> {
    let with = |scopes: &[&str]| -> Result<Case> {
        let mut case = Case::healthy()?;
        case.access = Access::classic(TOKEN, scopes);
        Ok(case)
    };
    let checkup = with(&["repo"])?.expect(&[]).await?;
    let rights = checkup.findings.iter().find(|finding| finding.check == "rights");
    ensure!(
        rights.is_some_and(|rights| rights.verdict == Well && rights.cure.is_some()),
        "{rights:?}"
    );
    with(&["public_repo"])?.expect(&[]).await?;
    with(&["repo", "delete_repo"])?.expect(&[("rights", Warning, "delete_repo")]).await?;
    let (checkup, _) = with(&["gist"])?.examine().await?;
    let rights = checkup.findings.iter().find(|finding| finding.check == "rights");
    ensure!(rights.is_some_and(|rights| rights.message.contains("`public_repo`")), "{rights:?}");
    let mut private = with(&["public_repo"])?;
    private.repository.private = true;
    private.expect(&[("repository", Problem, "or the token may not see it")]).await?;
    Ok(())
}

#[tokio::test]
async fn rights_that_are_too_few() -> Result<()> {
    let full = || Access::fine_grained(TOKEN).contents(Level::Write).actions(Level::Write);
    let full = || full().secrets(Level::Read).administration(Level::Read);
    let mut case = Case::healthy()?;
    case.access = full();
    case.expect(&[]).await?;
    let mut case = Case::healthy()?;
    case.access = full().actions(Level::None);
    let complaints = [
        ("rights", Problem, "may not read workflows"),
        ("workflow", Unknown, "may not look"),
        ("environment", Unknown, "may not look"),
    ];
    case.expect(&complaints).await?;
    let mut case = Case::healthy()?;
    case.access = full().contents(Level::Read);
    case.expect(&[("rights", Problem, "you may only read me/apps")]).await?;
    Ok(())
}

#[tokio::test]
async fn what_the_token_may_not_see_is_not_known_and_stops_nobody() -> Result<()> {
    let full = || Access::fine_grained(TOKEN).contents(Level::Write).actions(Level::Write);
    let mut case = Case::healthy()?;
    case.access = full();
    let complaints = [
        ("policy", Unknown, "may not look"),
        ("secrets", Unknown, "may not look"),
        ("retention", Unknown, "may not look"),
    ];
    let checkup = case.expect(&complaints).await?;
    assert_eq!(checkup.exit(), None);
    ensure!(checkup.text().contains("it takes `secrets: read`"), "{}", checkup.text());
    Ok(())
}

#[tokio::test]
async fn an_hour_that_is_nearly_used_up() -> Result<()> {
    let mut case = Case::healthy()?;
    case.answers("/rate_limit", |limits| limits["resources"]["core"]["remaining"] = 120.into());
    case.expect(&[("rate", Warning, "120 of 5000 requests are left")]).await?;
    Ok(())
}
