//! The fake behaves as GitHub does, where its clients depend on it.

mod faults;
mod releases;
mod repository;
mod services;

use anyhow::Result;
use fake_github::{Access, FakeGithub, Repository};
use reqwest::{Client, Method, RequestBuilder, redirect::Policy};
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
        let fake = FakeGithub::start().await?;
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
