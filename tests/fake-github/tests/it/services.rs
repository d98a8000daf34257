//! The services of runners: artifacts, caches, identity tokens.

use anyhow::Result;
use fake_github::Run;
use serde_json::{Value, json};

use crate::{Fixture, REPOSITORY};

const ARTIFACTS: &str = "github.actions.results.api.v1.ArtifactService";
const CACHES: &str = "github.actions.results.api.v1.CacheService";

async fn call(
    at: &Fixture,
    run: &Run,
    service: &str,
    method: &str,
    body: Value,
) -> Result<(u16, Value)> {
    let url = format!("{}twirp/{service}/{method}", run.environment["ACTIONS_RESULTS_URL"]);
    let token = &run.environment["ACTIONS_RUNTIME_TOKEN"];
    let response = at.client.post(url).bearer_auth(token).json(&body).send().await?;
    Ok((response.status().as_u16(), response.json().await?))
}

async fn put(at: &Fixture, url: &str, query: &str, body: &str) -> Result<u16> {
    let request = at.client.put(format!("{url}{query}")).header("x-ms-blob-type", "BlockBlob");
    Ok(request.body(body.to_owned()).send().await?.status().as_u16())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[tokio::test]
async fn an_artifact_travels_in_blocks() -> Result<()> {
    let at = Fixture::new().await?;
    let run = at.fake.start_run(REPOSITORY)?;
    let id = run.id.to_string();
    let about = |more: Value| {
        let mut body = json!({ "workflow_run_backend_id": id, "workflow_job_run_backend_id": id, "name": "plan" });
        body.as_object_mut()
            .into_iter()
            .for_each(|body| body.extend(more.as_object().cloned().unwrap_or_default()));
        body
    };
    let new = about(json!({ "version": 7, "mime_type": "application/zip" }));
    let (status, made) = call(&at, &run, ARTIFACTS, "CreateArtifact", new.clone()).await?;
    assert_eq!(status, 200, "{made}");
    let url = text(&made["signed_upload_url"]);
    assert_eq!(put(&at, url, "&comp=block&blockid=Qg%3D%3D", "world").await?, 201);
    assert_eq!(put(&at, url, "&comp=block&blockid=QQ%3D%3D", "hello ").await?, 201);
    let list =
        "<?xml version=\"1.0\"?><BlockList><Latest>QQ==</Latest><Latest>Qg==</Latest></BlockList>";
    assert_eq!(put(&at, url, "&comp=blocklist", list).await?, 201);
    let wrong = about(json!({ "size": "11", "hash": "sha256:00" }));
    assert_eq!(call(&at, &run, ARTIFACTS, "FinalizeArtifact", wrong).await?.0, 400);
    let hash = "sha256:b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
    let right = about(json!({ "size": "11", "hash": { "value": hash } }));
    assert_eq!(call(&at, &run, ARTIFACTS, "FinalizeArtifact", right).await?.0, 200);
    assert_eq!(call(&at, &run, ARTIFACTS, "CreateArtifact", new.clone()).await?.0, 409);

    let (_, listed) =
        call(&at, &run, ARTIFACTS, "ListArtifacts", about(json!({ "name_filter": "plan" })))
            .await?;
    assert_eq!(listed["artifacts"][0]["digest"], hash);
    let (_, seen) = at.get(&format!("/actions/runs/{id}/artifacts")).await?;
    assert_eq!(
        (&seen["artifacts"][0]["name"], &seen["artifacts"][0]["digest"]),
        (&json!("plan"), &json!(hash))
    );
    let path = format!("/actions/artifacts/{}/zip", seen["artifacts"][0]["id"]);
    assert_eq!(at.redirected(&path).await?.text().await?, "hello world");
    let (_, signed) = call(&at, &run, ARTIFACTS, "GetSignedArtifactURL", about(json!({}))).await?;
    let bytes = at.client.get(text(&signed["signed_url"])).send().await?.text().await?;
    assert_eq!(bytes, "hello world");
    assert_eq!(call(&at, &run, ARTIFACTS, "DeleteArtifact", about(json!({}))).await?.0, 200);
    assert_eq!(call(&at, &run, ARTIFACTS, "CreateArtifact", new).await?.0, 200);
    Ok(())
}

#[tokio::test]
async fn a_job_speaks_of_its_own_run_only() -> Result<()> {
    let at = Fixture::new().await?;
    let (mine, other) = (at.fake.start_run(REPOSITORY)?, at.fake.start_run(REPOSITORY)?);
    let body = json!({ "workflow_run_backend_id": other.id.to_string(), "name": "plan" });
    assert_eq!(call(&at, &mine, ARTIFACTS, "CreateArtifact", body.clone()).await?.0, 403);
    let mut stranger = mine.clone();
    stranger.environment.insert("ACTIONS_RUNTIME_TOKEN".to_owned(), "made up".to_owned());
    assert_eq!(call(&at, &stranger, ARTIFACTS, "CreateArtifact", body).await?.0, 401);
    Ok(())
}

#[tokio::test]
async fn a_cache_is_found_by_key_or_beginning() -> Result<()> {
    let at = Fixture::new().await?;
    let run = at.fake.start_run(REPOSITORY)?;
    for key in ["linux-1", "linux-2"] {
        let entry = json!({ "key": key, "version": "v" });
        let (_, made) = call(&at, &run, CACHES, "CreateCacheEntry", entry.clone()).await?;
        assert_eq!(put(&at, text(&made["signed_upload_url"]), "", key).await?, 201);
        let entry = json!({ "key": key, "version": "v", "sizeBytes": "7" });
        assert_eq!(
            call(&at, &run, CACHES, "FinalizeCacheEntryUpload", entry.clone()).await?.1["ok"],
            true
        );
        assert_eq!(call(&at, &run, CACHES, "CreateCacheEntry", entry).await?.1["ok"], false);
    }
    let later = at.fake.start_run(REPOSITORY)?;
    let found = async |key: &str, restore: &[&str]| {
        let asked = json!({ "key": key, "version": "v", "restore_keys": restore });
        call(&at, &later, CACHES, "GetCacheEntryDownloadURL", asked).await
    };
    assert_eq!(found("linux-1", &[]).await?.1["matched_key"], "linux-1");
    let (_, newest) = found("linux-3", &["linux-"]).await?;
    assert_eq!(newest["matched_key"], "linux-2", "the newest of several");
    let part =
        at.client.get(text(&newest["signed_download_url"])).header("x-ms-range", "bytes=0-4");
    assert_eq!(part.send().await?.text().await?, "linux");
    assert_eq!(found("windows-1", &["windows-"]).await?.1["ok"], false);
    Ok(())
}

#[tokio::test]
async fn a_job_gets_an_identity_token() -> Result<()> {
    let at = Fixture::new().await?;
    let run = at.fake.start_run(REPOSITORY)?;
    let url = format!("{}&audience=sigstore", run.environment["ACTIONS_ID_TOKEN_REQUEST_URL"]);
    assert_eq!(at.client.get(&url).send().await?.status(), 401);
    let secret = &run.environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
    let answer: Value = at.client.get(&url).bearer_auth(secret).send().await?.json().await?;
    assert_eq!(text(&answer["value"]).split('.').count(), 3);
    Ok(())
}
