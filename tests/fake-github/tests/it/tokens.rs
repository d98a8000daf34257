//! Tokens: what they open, how they end, and how Apps get theirs.

use std::time::Duration;

use anyhow::Result;
use fake_github::{Access, Level, Repository};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{Fixture, REPOSITORY, dispatches, run};

const APP: u64 = 7;

/// An answer to a token, for a path of the API.
async fn ask(at: &Fixture, token: &str, method: Method, path: &str) -> Result<Response> {
    let request = at.client.request(method, format!("{}{path}", at.fake.url()));
    Ok(request.bearer_auth(token).send().await?)
}

async fn told(response: Response) -> Result<(u16, String)> {
    let status = response.status().as_u16();
    let document: Value = response.json().await?;
    Ok((status, document["message"].as_str().unwrap_or_default().to_owned()))
}

#[tokio::test]
async fn each_area_has_a_right_of_its_own() -> Result<()> {
    let at = Fixture::with(dispatches::repository()?).await?;
    at.fake.add_token(Access::fine_grained("none"));
    at.fake.add_token(Access::fine_grained("contents").contents(Level::Read));
    at.fake.add_token(Access::fine_grained("actions").actions(Level::Write));
    at.fake.add_token(Access::fine_grained("secrets").secrets(Level::Read));
    at.fake.add_token(Access::fine_grained("settings").administration(Level::Read));
    for (token, opens) in [
        ("none", ""),
        ("contents", "/git/ref/heads/main"),
        ("actions", "/actions/runs"),
        ("secrets", "/actions/secrets"),
        ("settings", "/actions/permissions"),
    ] {
        for path in
            ["", "/git/ref/heads/main", "/actions/runs", "/actions/secrets", "/actions/permissions"]
        {
            let answer = ask(&at, token, Method::GET, &format!("/repos/o/r{path}")).await?;
            let expected = if path == opens || path.is_empty() { 200 } else { 403 };
            let (status, message) = told(answer).await?;
            assert_eq!(status, expected, "{token} {path}");
            if status == 403 {
                assert_eq!(message, "Resource not accessible by personal access token");
            }
        }
    }
    at.fake.add_token(Access::full("writer").workflows(Level::Read));
    let put = |path: &str| {
        let url = format!("{}/repos/o/r/contents/{path}", at.fake.url());
        let put = json!({ "message": "m", "content": "aGk=" });
        at.client.put(url).bearer_auth("writer").json(&put).send()
    };
    assert_eq!(put("a.txt").await?.status(), 201);
    assert_eq!(put(".github/workflows/new.yml").await?.status(), 403);
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn classic_tokens_tell_their_scopes() -> Result<()> {
    let at = Fixture::with(Repository::new(REPOSITORY)?.private()).await?;
    at.fake.add_repository(Repository::new("o/open")?);
    at.fake.add_token(Access::classic("repo", &["repo", "workflow"]).of("somebody"));
    at.fake.add_token(Access::classic("public", &["public_repo"]));
    at.fake.add_token(Access::classic("bare", &[]));
    let status = async |token: &str, path: &str| {
        anyhow::Ok(ask(&at, token, Method::GET, path).await?.status().as_u16())
    };
    let answer = ask(&at, "repo", Method::GET, "/user").await?;
    assert_eq!(answer.headers()["x-oauth-scopes"], "repo, workflow");
    assert_eq!(answer.json::<Value>().await?["login"], "somebody");
    assert_eq!(status("repo", "/repos/o/r/actions/secrets").await?, 200);
    assert_eq!(status("public", "/repos/o/r").await?, 404, "it is hidden");
    assert_eq!(status("public", "/repos/o/open/actions/runs").await?, 200);
    let refused =
        told(ask(&at, "bare", Method::GET, "/repos/o/open/actions/secrets").await?).await?;
    assert_eq!(refused, (403, "Must have admin rights to Repository.".to_owned()));
    let plain = at.request(Method::GET, "").send().await?;
    assert!(!plain.headers().contains_key("x-oauth-scopes"));
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_token_comes_to_its_end() -> Result<()> {
    let at = Fixture::still().await?;
    let end = at.fake.now() + Duration::from_secs(60);
    at.fake.add_token(Access::full("short").expires_at(end));
    let answer = ask(&at, "short", Method::GET, "/user").await?;
    assert!(answer.headers().contains_key("github-authentication-token-expiration"));
    at.fake.advance(Duration::from_secs(60));
    let refused = told(ask(&at, "short", Method::GET, "/user").await?).await?;
    assert_eq!(refused, (401, "Bad credentials".to_owned()));
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_server_of_an_enterprise_answers_below_a_path() -> Result<()> {
    let at = Fixture::new().await?;
    for path in ["/api/v3/repos/o/r", "/api/v3/repos/o/r/releases?per_page=1", "/api/v3/rate_limit"]
    {
        assert_eq!(ask(&at, crate::TOKEN, Method::GET, path).await?.status(), 200, "{path}");
    }
    assert_eq!(ask(&at, crate::TOKEN, Method::GET, "/api/v3").await?.status(), 404);
    at.fake.assert_no_violations()
}

/// A key that is thrown away, and its public half.
fn key() -> Result<(EncodingKey, String)> {
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("key.pem");
    let path = file.display().to_string();
    run("openssl", &["genrsa", "-out", &path, "2048"])?;
    let public = run("openssl", &["rsa", "-in", &path, "-pubout"])?;
    Ok((EncodingKey::from_rsa_pem(&fs_err::read(&file)?)?, public))
}

/// A statement of an App with these times, as seconds from now.
fn statement(at: &Fixture, key: &EncodingKey, app: u64, iat: i64, exp: i64) -> Result<String> {
    let now = at.fake.now().as_second();
    let claims = json!({ "iss": app.to_string(), "iat": now + iat, "exp": now + exp });
    Ok(jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, key)?)
}

#[tokio::test]
async fn an_app_gets_tokens_for_an_hour() -> Result<()> {
    let at = Fixture::still().await?;
    at.fake.add_repository(Repository::new("o/other")?);
    let (key, public) = key()?;
    at.fake.add_app(APP, &public)?;
    let jwt = statement(&at, &key, APP, -60, 540)?;
    let answer = ask(&at, &jwt, Method::GET, "/repos/o/r/installation").await?;
    assert_eq!(answer.status(), 200);
    let installation: Value = answer.json().await?;
    let url = installation["access_tokens_url"].as_str().unwrap_or_default().to_owned();
    let make = |wish: Value| at.client.post(&url).bearer_auth(&jwt).json(&wish).send();
    let all: Value = at.client.post(&url).bearer_auth(&jwt).send().await?.json().await?;
    assert_eq!(
        (&all["repository_selection"], &all["permissions"]["actions"]),
        (&json!("all"), &json!("write"))
    );
    let some = json!({ "repositories": ["r"], "permissions": { "actions": "read" } });
    let some: Value = make(some).await?.json().await?;
    let token = |made: &Value| made["token"].as_str().unwrap_or_default().to_owned();
    let status = async |token: &str, path: &str| {
        anyhow::Ok(ask(&at, token, Method::GET, path).await?.status().as_u16())
    };
    assert_eq!(status(&token(&all), "/repos/o/other/releases").await?, 200);
    assert_eq!(status(&token(&some), "/repos/o/other").await?, 404);
    assert_eq!(status(&token(&some), "/repos/o/r/actions/runs").await?, 200);
    assert_eq!(status(&token(&some), "/repos/o/r/releases").await?, 403);
    assert_eq!(status(&token(&all), "/user").await?, 403);
    assert_eq!(make(json!({ "repositories": ["none"] })).await?.status(), 422);
    assert_eq!(ask(&at, &jwt, Method::GET, "/app").await?.json::<Value>().await?["id"], APP);
    let list: Value = ask(&at, &jwt, Method::GET, "/app/installations").await?.json().await?;
    assert_eq!(list[0]["id"], installation["id"], "{list}");
    at.fake.advance(Duration::from_secs(3600));
    assert_eq!(status(&token(&all), "/repos/o/r").await?, 401, "its hour is over");
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn an_app_is_known_by_what_it_signs() -> Result<()> {
    let at = Fixture::still().await?;
    let ((key, public), (other, _)) = (key()?, self::key()?);
    at.fake.add_app(APP, &public)?;
    let good = statement(&at, &key, APP, 0, 600)?;
    for (jwt, status, message) in [
        (statement(&at, &other, APP, 0, 60)?, 401, "A JSON web token could not be decoded"),
        (crate::TOKEN.to_owned(), 401, "A JSON web token could not be decoded"),
        (statement(&at, &key, 8, 0, 60)?, 404, "Integration not found"),
        (statement(&at, &key, APP, 30, 60)?, 401, "'Issued at' claim ('iat') must be"),
        (statement(&at, &key, APP, 0, 601)?, 401, "'Expiration time' claim ('exp') is too far"),
        (statement(&at, &key, APP, -60, 0)?, 401, "'Expiration time' claim ('exp') must be"),
    ] {
        let (told, words) = told(ask(&at, &jwt, Method::GET, "/app").await?).await?;
        assert_eq!(told, status, "{words}");
        assert!(words.starts_with(message), "{words}");
    }
    assert_eq!(ask(&at, &good, Method::GET, "/app").await?.status(), 200);
    assert_eq!(
        ask(&at, &good, Method::GET, "/repos/o/r").await?.status(),
        401,
        "no token of users"
    );
    let rights = Access::fine_grained("").contents(Level::Read);
    let elsewhere = at.fake.install_app(APP, "elsewhere", &rights)?;
    let missing = ask(&at, &good, Method::GET, "/repos/o/r/installation").await?;
    assert_eq!(missing.status(), 404, "it is not installed here");
    let url = format!("/app/installations/{elsewhere}/access_tokens");
    let made: Value = ask(&at, &good, Method::POST, &url).await?.json().await?;
    assert_eq!(made["permissions"], json!({ "contents": "read", "metadata": "read" }));
    at.fake.assert_no_violations()
}
