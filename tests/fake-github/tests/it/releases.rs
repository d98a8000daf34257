//! Releases and assets.

use anyhow::Result;
use fake_github::Repository;
use reqwest::Method;
use serde_json::json;

use crate::{Fixture, REPOSITORY};

#[tokio::test]
async fn a_draft_becomes_a_release_with_a_tag() -> Result<()> {
    let at = Fixture::new().await?;
    let (status, draft) =
        at.post("/releases", json!({ "tag_name": "a-v1", "draft": true })).await?;
    assert_eq!(status, 201);
    let id = &draft["id"];
    assert_eq!(at.get("/releases/tags/a-v1").await?.0, 404, "a draft is not found by its tag");
    assert_eq!(at.get("/git/ref/tags/a-v1").await?.0, 404, "a draft has no tag");

    let (status, asset) = at.upload(&draft, "a b.deb", "bytes").await?;
    assert_eq!((status, asset["name"].as_str()), (201, Some("a.b.deb")));
    let digest = "sha256:277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9";
    assert_eq!(asset["digest"], digest);
    let (status, taken) = at.upload(&draft, "a b.deb", "others").await?;
    assert_eq!((status, &taken["errors"][0]["code"]), (422, &json!("already_exists")));

    assert_eq!(at.patch(&format!("/releases/{id}"), json!({ "draft": false })).await?.0, 200);
    assert_eq!(at.get("/releases/tags/a-v1").await?.0, 200);
    assert_eq!(at.get("/git/ref/tags/a-v1").await?.0, 200);
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_release_is_of_a_commit_that_is_there() -> Result<()> {
    let commit = "ce013625030ba8dba906f756967f9e9ca394464a";
    let publish =
        |target: &str| json!({ "tag_name": format!("a-v{target}"), "target_commitish": target });
    let at = Fixture::new().await?;
    let (status, refused) = at.post("/releases", publish(commit)).await?;
    assert_eq!((status, &refused["errors"][0]["field"]), (422, &json!("target_commitish")));
    at.fake.add_repository(Repository::new(REPOSITORY)?.at_commit(commit));
    assert_eq!(at.post("/releases", publish(commit)).await?.0, 201);
    assert_eq!(at.post("/releases", publish("main")).await?.0, 201);
    let repository = at.fake.repository(REPOSITORY)?;
    assert_eq!(repository.git.refs["refs/tags/a-vmain"], commit);
    assert!(repository.git.read("main", "README.md").is_some());
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn two_drafts_may_wish_for_a_tag_and_one_gets_it() -> Result<()> {
    let at = Fixture::new().await?;
    let wish = json!({ "tag_name": "a-v1", "draft": true });
    let (_, first) = at.post("/releases", wish.clone()).await?;
    let (_, second) = at.post("/releases", wish).await?;
    let publish = json!({ "draft": false });
    assert_eq!(at.patch(&format!("/releases/{}", first["id"]), publish.clone()).await?.0, 200);
    let (status, refused) = at.patch(&format!("/releases/{}", second["id"]), publish).await?;
    assert_eq!((status, &refused["errors"][0]["code"]), (422, &json!("already_exists")));
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn an_immutable_release_keeps_its_assets_and_burns_its_tag() -> Result<()> {
    let at = Fixture::with(Repository::new(REPOSITORY)?.immutable()).await?;
    let (_, draft) = at.post("/releases", json!({ "tag_name": "a-v1", "draft": true })).await?;
    let (_, asset) = at.upload(&draft, "a.deb", "bytes").await?;
    let path = format!("/releases/{}", draft["id"]);
    let (_, published) = at.patch(&path, json!({ "draft": false })).await?;
    assert_eq!(published["immutable"], true);
    assert_eq!(at.upload(&published, "b.deb", "bytes").await?.0, 422);
    let asset = format!("/releases/assets/{}", asset["id"]);
    assert_eq!(at.send(Method::DELETE, &asset, None).await?.0, 422);
    assert_eq!(at.send(Method::DELETE, "/git/refs/tags/a-v1", None).await?.0, 422);

    assert_eq!(at.send(Method::DELETE, &path, None).await?.0, 204);
    assert_eq!(at.send(Method::DELETE, "/git/refs/tags/a-v1", None).await?.0, 204);
    let (status, refused) = at.post("/releases", json!({ "tag_name": "a-v1" })).await?;
    assert_eq!(status, 422);
    assert_eq!(refused["errors"][0]["message"], "tag_name was used by an immutable release");
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn lists_come_in_pages() -> Result<()> {
    let at = Fixture::new().await?;
    for number in 0..5 {
        at.fake.add_draft(REPOSITORY, &format!("a-v{number}"))?;
    }
    let response = at.request(Method::GET, "/releases?per_page=2&page=2").send().await?;
    let link = response.headers()["link"].to_str()?.to_owned();
    assert!(link.contains("page=3>; rel=\"next\""), "{link}");
    assert!(link.contains("page=1>; rel=\"prev\""), "{link}");
    let items: Vec<serde_json::Value> = response.json().await?;
    let tags: Vec<_> = items.iter().map(|item| item["tag_name"].as_str()).collect();
    assert_eq!(tags, [Some("a-v2"), Some("a-v1")], "the newest come first");
    let response = at.request(Method::GET, "/releases?per_page=2&page=3").send().await?;
    assert!(!response.headers()["link"].to_str()?.contains("next"));
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn an_asset_is_downloaded_from_another_address_whole_or_in_part() -> Result<()> {
    let at = Fixture::new().await?;
    let (_, draft) = at.post("/releases", json!({ "tag_name": "a-v1", "draft": true })).await?;
    let (_, asset) = at.upload(&draft, "a.deb", "0123456789").await?;
    let request = at.request(Method::GET, &format!("/releases/assets/{}", asset["id"]));
    let response = request.header("accept", "application/octet-stream").send().await?;
    assert_eq!(response.status(), 302);
    let address = response.headers()["location"].to_str()?.to_owned();
    assert_eq!(at.client.get(&address).send().await?.text().await?, "0123456789");
    let part = at.client.get(&address).header("range", "bytes=3-5").send().await?;
    assert_eq!((part.status().as_u16(), part.text().await?), (206, "345".to_owned()));
    let with_token = at.client.get(&address).bearer_auth("token").send().await?;
    assert_eq!(with_token.status(), 403, "the address is the right");
    assert_eq!(at.fake.violations().len(), 1, "and GitHub's token is not for other hosts");
    let named = at.client.get(format!("{address}&token={}", crate::TOKEN)).send().await?;
    assert_eq!((named.status().as_u16(), at.fake.violations().len()), (200, 2));
    Ok(())
}
