//! What a client looks at before it builds: settings, branches, who it is.

use anyhow::Result;
use fake_github::{Environment, Repository, UsageItem};
use serde_json::json;

use crate::{Fixture, REPOSITORY, dispatches, run};

#[tokio::test]
async fn a_repository_tells_how_it_is_set_up() -> Result<()> {
    let at = Fixture::with(dispatches::repository()?.with_secrets(&["B", "A"])).await?;
    at.fake.change(REPOSITORY, |repository| {
        repository.organization_secrets.insert("ORG".to_owned());
        repository.artifact_retention_days = 7;
        let secrets = ["CERTIFICATE".to_owned()].into();
        let reviewers = vec!["owner".to_owned()];
        let environment =
            Environment { secrets, reviewers, wait_timer: 5, protected_branches: true };
        repository.environments.insert("signing".to_owned(), environment);
        let (sku, unit) = ("Actions Linux".to_owned(), "minutes".to_owned());
        let item = UsageItem { sku, quantity: 100, unit, price: 0.5, discount: 20.0 };
        repository.billing.push(item);
    })?;
    let field = async |path: &str, pointer: &str| {
        let (status, document) = at.get(path).await?;
        assert_eq!(status, 200, "{path}: {document}");
        anyhow::Ok(document.pointer(pointer).cloned().unwrap_or_default())
    };
    assert_eq!(field("/actions/workflows", "/total_count").await?, 3);
    assert_eq!(field("/actions/workflows", "/workflows/0/name").await?, "Build");
    assert_eq!(field("/actions/secrets?per_page=1", "/secrets/0/name").await?, "A");
    assert_eq!(field("/actions/secrets", "/total_count").await?, 2);
    assert_eq!(field("/actions/organization-secrets", "/secrets/0/name").await?, "ORG");
    assert_eq!(field("/environments", "/environments/0/name").await?, "signing");
    let rules = field("/environments/signing", "/protection_rules").await?;
    assert_eq!(
        (&rules[0]["wait_timer"], &rules[1]["type"]),
        (&json!(5), &json!("required_reviewers"))
    );
    assert_eq!(field("/environments/signing/secrets", "/secrets/0/name").await?, "CERTIFICATE");
    assert_eq!(at.get("/environments/other").await?.0, 404);
    assert_eq!(field("/actions/permissions/artifact-and-log-retention", "/days").await?, 7);
    let may = field("/actions/permissions/workflow", "/default_workflow_permissions").await?;
    assert_eq!(may, "read");
    assert_eq!(field("/actions/cache/usage", "/active_caches_count").await?, 0);
    assert_eq!(field("", "/permissions/push").await?, true);
    for account in ["users", "organizations"] {
        let bill = at.api(&format!("/{account}/o/settings/billing/usage")).await?;
        assert_eq!(bill["usageItems"][0]["netAmount"], 30.0);
    }
    assert_eq!(at.api("/user").await?["login"], "fake-user");
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn branches_and_forks_are_compared() -> Result<()> {
    let at = Fixture::with(Repository::new(REPOSITORY)?.fork_of("up/r", 3)).await?;
    at.fake.add_repository(Repository::new("up/r")?);
    let compared = async |basehead: &str| {
        let (status, told) = at.get(&format!("/compare/{basehead}")).await?;
        assert_eq!(status, 200, "{told}");
        anyhow::Ok((told["status"].clone(), told["ahead_by"].clone(), told["behind_by"].clone()))
    };
    let is = |status: &str, ahead: u64, behind: u64| (json!(status), json!(ahead), json!(behind));
    assert_eq!(compared("up:main...main").await?, is("behind", 0, 3));
    assert_eq!(compared("main...up:main").await?, is("ahead", 3, 0));
    assert_eq!(at.get("").await?.1["parent"]["full_name"], "up/r");

    at.fake.change(REPOSITORY, |repository| {
        let main = repository.git.refs["refs/heads/main"].clone();
        repository.git.refs.insert("refs/heads/topic/x".to_owned(), main);
        repository.git.write("topic/x", "a", b"a", "m")?;
        repository.git.write("main", "b", b"b", "m")
    })??;
    assert_eq!(compared("main...main").await?, is("identical", 0, 0));
    assert_eq!(compared("main...topic/x").await?, is("diverged", 1, 1));
    let (_, branch) = at.get("/branches/topic/x").await?;
    let repository = at.fake.repository(REPOSITORY)?;
    assert_eq!(branch["commit"]["sha"].as_str(), repository.git.resolve("topic/x").as_deref());
    assert_eq!(at.get("/branches/none").await?.0, 404);
    assert_eq!(at.get("/compare/main...none").await?.0, 404);
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_checkout_is_taken_over_with_its_names() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().display().to_string();
    let git = |arguments: &[&str]| {
        let who = ["-C", &path, "-c", "user.name=a", "-c", "user.email=a@example.com"];
        run("git", &[&who, arguments].concat())
    };
    fs_err::create_dir_all(dir.path().join("folder/inner"))?;
    fs_err::write(dir.path().join("folder/inner/a.json"), "{}")?;
    fs_err::write(dir.path().join("folder.txt"), [0, 159, 146, 150])?;
    git(&["init", "--quiet"])?;
    git(&["add", "."])?;
    git(&["commit", "--quiet", "--message", "One\n\nand more"])?;
    fs_err::write(dir.path().join("folder.txt"), "changed since")?;

    let at = Fixture::with(Repository::from_checkout(REPOSITORY, dir.path())?).await?;
    let (_, tree) = at.get("/git/trees/main?recursive=1").await?;
    assert_eq!(tree["sha"].as_str(), Some(git(&["rev-parse", "HEAD^{tree}"])?.as_str()));
    let mut told: Vec<_> = tree["tree"].as_array().into_iter().flatten().collect();
    told.sort_by_key(|entry| entry["path"].to_string());
    let paths: Vec<_> =
        told.iter().map(|entry| entry["path"].as_str().unwrap_or_default()).collect();
    assert_eq!(paths, ["folder", "folder.txt", "folder/inner", "folder/inner/a.json"]);
    let blob = git(&["rev-parse", "HEAD:folder/inner/a.json"])?;
    assert_eq!((told[3]["sha"].as_str(), &told[3]["size"]), (Some(blob.as_str()), &json!(2)));
    let (_, main) = at.get("/git/ref/heads/main").await?;
    assert_eq!(main["object"]["sha"].as_str(), Some(git(&["rev-parse", "HEAD"])?.as_str()));
    let (_, flat) = at.get("/git/trees/main").await?;
    assert_eq!(flat["tree"].as_array().map(Vec::len), Some(2));
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_copy_that_is_still_good_costs_nothing() -> Result<()> {
    let at = Fixture::with(dispatches::repository()?).await?;
    let id = dispatches::dispatch(&at, json!({})).await?;
    let ask = async |tag: &str| {
        let request = at.request(reqwest::Method::GET, &format!("/actions/runs/{id}"));
        anyhow::Ok(request.header("if-none-match", tag).send().await?)
    };
    let first = ask("\"other\"").await?;
    let tag = first.headers()["etag"].to_str()?.to_owned();
    let used = first.headers()["x-ratelimit-used"].clone();
    let counted = at.fake.counted_requests();
    let second = ask(&tag).await?;
    assert_eq!(second.status(), 304);
    assert_eq!(
        (second.headers()["x-ratelimit-used"].clone(), at.fake.counted_requests()),
        (used, counted)
    );
    assert_eq!(second.bytes().await?.len(), 0);
    let log = at.fake.requests();
    assert!(log.last().is_some_and(|exchange| exchange.not_modified && !exchange.counted));
    at.post(&format!("/actions/runs/{id}/rerun"), json!({})).await?;
    assert_eq!(ask(&tag).await?.status(), 200, "it has changed");
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn attestations_are_found_by_digest() -> Result<()> {
    let at = Fixture::new().await?;
    at.fake.change(REPOSITORY, |repository| {
        let bundle = json!({ "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json" });
        repository.attestations.insert("sha256:00".to_owned(), vec![bundle]);
    })?;
    let (_, found) = at.get("/attestations/sha256:00").await?;
    assert!(found["attestations"][0]["bundle"].is_object(), "{found}");
    assert_eq!(at.get("/attestations/sha256:01").await?.0, 404);
    let later = at.request(reqwest::Method::GET, "/attestations/sha256:00");
    let later = later.header("x-github-api-version", "2026-03-10").send().await?;
    let later: serde_json::Value = later.json().await?;
    assert!(
        later["attestations"][0]["bundle_url"].is_string()
            && later["attestations"][0].get("bundle").is_none()
    );
    at.fake.assert_no_violations()
}
