//! The fake behaves as GitHub does, where its clients depend on it.

#[cfg(target_os = "linux")]
mod closed_loop;
mod dispatches;
mod faults;
mod limits;
mod releases;
mod repository;
mod runs;
mod services;
mod settings;
mod tokens;

use std::process::Command;

use anyhow::{Result, ensure};
use fake_github::{Access, FakeGithub, Options, Repository};
use reqwest::{Client, Method, RequestBuilder, Response, redirect::Policy};
use serde_json::Value;

const TOKEN: &str = "token-of-the-test";
const REPOSITORY: &str = "o/r";

/// A fake with one repository, and a client that follows no redirects.
struct Fixture {
    fake: FakeGithub,
    client: Client,
}

impl Fixture {
    async fn new() -> Result<Self> {
        Self::with(Repository::new(REPOSITORY)?).await
    }

    async fn with(repository: Repository) -> Result<Self> {
        Self::of(FakeGithub::start().await?, repository)
    }

    /// With workflows, and a clock that stands still.
    async fn still() -> Result<Self> {
        let options = Options { speed: 0.0, ..Options::default() };
        Self::of(FakeGithub::start_with(options).await?, dispatches::repository()?)
    }

    fn of(fake: FakeGithub, repository: Repository) -> Result<Self> {
        fake.add_repository(repository);
        fake.add_token(Access::full(TOKEN));
        // Another test of this program may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().user_agent("test").redirect(Policy::none()).build()?;
        Ok(Self { fake, client })
    }

    /// A request to something in the repository.
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/repos/{REPOSITORY}{path}", self.fake.url());
        self.client.request(method, url).bearer_auth(TOKEN)
    }

    /// Status and document of an answer.
    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Result<(u16, Value)> {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        Ok((status, serde_json::from_slice(&response.bytes().await?).unwrap_or_default()))
    }

    async fn get(&self, path: &str) -> Result<(u16, Value)> {
        self.send(Method::GET, path, None).await
    }

    /// What is at the address that a request is sent on to.
    async fn redirected(&self, path: &str) -> Result<Response> {
        let response = self.request(Method::GET, path).send().await?;
        assert_eq!(response.status(), 302);
        Ok(self.client.get(response.headers()["location"].to_str()?).send().await?)
    }

    /// A document outside the repository.
    async fn api(&self, path: &str) -> Result<Value> {
        let request = self.client.get(format!("{}{path}", self.fake.url())).bearer_auth(TOKEN);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    async fn post(&self, path: &str, body: Value) -> Result<(u16, Value)> {
        self.send(Method::POST, path, Some(body)).await
    }

    async fn patch(&self, path: &str, body: Value) -> Result<(u16, Value)> {
        self.send(Method::PATCH, path, Some(body)).await
    }

    /// Uploads an asset to the address that the release names.
    async fn upload(&self, release: &Value, name: &str, bytes: &str) -> Result<(u16, Value)> {
        let template = release["upload_url"].as_str().unwrap_or_default();
        let (url, _) = template.split_once('{').unwrap_or((template, ""));
        let request = self.client.post(url).query(&[("name", name)]).bearer_auth(TOKEN);
        let request = request.header("content-type", "application/octet-stream");
        let response = request.body(bytes.to_owned()).send().await?;
        Ok((response.status().as_u16(), response.json().await?))
    }
}

/// What a program prints.
#[expect(clippy::disallowed_methods, reason = "what it says when it fails is told here")]
fn run(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
