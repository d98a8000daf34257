//! The repository, its git content, tokens, and the contract itself.

use anyhow::Result;
use fake_github::{Access, Level, Repository};
use reqwest::Method;
use serde_json::json;

use crate::{Fixture, REPOSITORY};

#[tokio::test]
async fn a_branch_without_history_is_made_and_written() -> Result<()> {
    let at = Fixture::new().await?;
    let put = json!({ "message": "m", "content": "aGk=", "branch": "updates" });
    assert_eq!(at.send(Method::PUT, "/contents/x/y.json", Some(put)).await?.0, 404);

    let entry = json!({ "path": "x/y.json", "mode": "100644", "type": "blob", "content": "hi" });
    let (_, tree) = at.post("/git/trees", json!({ "tree": [entry] })).await?;
    let commit = json!({ "message": "m", "tree": tree["sha"], "parents": [] });
    let (_, commit) = at.post("/git/commits", commit).await?;
    let reference = json!({ "ref": "refs/heads/updates", "sha": commit["sha"] });
    assert_eq!(at.post("/git/refs", reference.clone()).await?.0, 201);
    assert_eq!(at.post("/git/refs", reference).await?.0, 422, "it exists");

    let (_, file) = at.get("/contents/x/y.json?ref=updates").await?;
    assert_eq!(file["content"], "aGk=");
    assert_eq!(at.get("/contents/x?ref=updates").await?.1[0]["path"], "x/y.json");
    assert_eq!(at.get("/contents/README.md?ref=updates").await?.0, 404);
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn nobody_overwrites_what_they_have_not_seen() -> Result<()> {
    let at = Fixture::new().await?;
    let (_, file) = at.get("/contents/README.md").await?;
    let put = |sha: Option<&str>| {
        let mut put = json!({ "message": "m", "content": "aGk=" });
        if let Some(sha) = sha {
            put["sha"] = sha.into();
        }
        Some(put)
    };
    let path = "/contents/README.md";
    assert_eq!(at.send(Method::PUT, path, put(None)).await?.0, 422);
    let other = Some("ce013625030ba8dba906f756967f9e9ca394464a");
    assert_eq!(at.send(Method::PUT, path, put(other)).await?.0, 409);
    assert_eq!(at.send(Method::PUT, path, put(file["sha"].as_str())).await?.0, 200);
    let repository = at.fake.repository(REPOSITORY)?;
    assert_eq!(repository.git.read("main", "README.md"), Some(b"hi".as_slice()));
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn refs_are_found_by_their_beginning_and_move_forward_only() -> Result<()> {
    let at = Fixture::new().await?;
    let (_, main) = at.get("/git/ref/heads/main").await?;
    let old = main["object"]["sha"].clone();
    for name in ["refs/tags/a-v1", "refs/tags/a-v2", "refs/tags/b-v1"] {
        at.post("/git/refs", json!({ "ref": name, "sha": old })).await?;
    }
    let (_, found) = at.get("/git/matching-refs/tags/a-v").await?;
    assert_eq!(found.as_array().map(Vec::len), Some(2));
    let new =
        at.fake.change(REPOSITORY, |repository| repository.git.write("main", "x", b"x", "m"))??;
    let path = "/git/refs/tags/a-v1";
    assert_eq!(at.patch(path, json!({ "sha": new })).await?.0, 200);
    assert_eq!(at.patch(path, json!({ "sha": old })).await?.0, 422);
    assert_eq!(at.patch(path, json!({ "sha": old, "force": true })).await?.0, 200);
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn tokens_open_what_they_are_for() -> Result<()> {
    let at = Fixture::with(Repository::new(REPOSITORY)?.private()).await?;
    at.fake.add_repository(Repository::new("o/other")?);
    at.fake.add_token(Access::full("reader").contents(Level::Read));
    at.fake.add_token(Access::full("stranger").only("o/other"));
    at.fake.add_draft(REPOSITORY, "a-v1")?;
    let url = format!("{}/repos/{REPOSITORY}/releases", at.fake.url());
    let status = async |token: &str| {
        anyhow::Ok(at.client.get(&url).bearer_auth(token).send().await?.status().as_u16())
    };
    assert_eq!(status("nobody").await?, 401);
    assert_eq!(status("stranger").await?, 404);
    let list = at.client.get(&url).bearer_auth("reader").send().await?;
    assert_eq!(
        list.json::<Vec<serde_json::Value>>().await?.len(),
        0,
        "drafts are for those who may write"
    );
    let post = at.client.post(&url).bearer_auth("reader").json(&json!({ "tag_name": "x" }));
    assert_eq!(post.send().await?.status(), 403);
    assert_eq!(at.get("").await?.1["private"], true);
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn what_breaks_the_contract_is_told() -> Result<()> {
    let at = Fixture::new().await?;
    let (status, answer) =
        at.post("/releases", json!({ "tag_name": "x", "is_draft": true })).await?;
    assert_eq!(status, 500);
    assert!(answer["message"].as_str().unwrap_or_default().contains("is_draft"), "{answer}");
    assert_eq!(at.get("/releases?perpage=3").await?.0, 500);
    assert_eq!(at.get("/releases?per_page=many").await?.0, 500);
    assert_eq!(at.post("/releases", json!({ "tag_name": 3 })).await?.0, 500);
    assert_eq!(at.fake.violations().len(), 4);
    assert!(at.fake.assert_no_violations().is_err());
    Ok(())
}

#[tokio::test]
async fn both_versions_of_the_api_are_spoken() -> Result<()> {
    let at = Fixture::new().await?;
    let url = format!("{}/rate_limit", at.fake.url());
    let ask = |version: &str| {
        at.client.get(&url).bearer_auth(crate::TOKEN).header("x-github-api-version", version).send()
    };
    let old: serde_json::Value = ask("2022-11-28").await?.json().await?;
    let new: serde_json::Value = ask("2026-03-10").await?.json().await?;
    assert!(old.get("rate").is_some() && new.get("rate").is_none());
    assert_eq!(ask("2019-01-01").await?.status(), 400);
    at.fake.assert_no_violations()
}
