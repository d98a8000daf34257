//! The calls, one function each.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use reqwest::{Body, Method};
use serde::Serialize;
use serde_json::{Value, json};
use url::Url;

use super::{
    ApiError, Github, Repeat,
    api::{Asset, Content, Object, Reference, Release, Repository},
    found,
};
use crate::error;

/// Items of a page (count): the most that GitHub gives.
const PAGE: &str = "per_page=100";

/// A draft to be made.
#[derive(Debug, Serialize)]
pub(crate) struct NewRelease<'a> {
    pub(crate) tag_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target_commitish: Option<&'a str>,
    pub(crate) name: &'a str,
    pub(crate) body: &'a str,
    pub(crate) prerelease: bool,
    pub(crate) draft: bool,
}

/// What a file on a branch is.
pub(crate) struct BranchFile {
    pub(crate) sha: String,
    pub(crate) bytes: Vec<u8>,
}

impl Github {
    pub(crate) async fn repository(&self) -> Result<Repository, ApiError> {
        self.get(self.address(&[])).await
    }

    /// Every release, drafts among them where the token may see them.
    pub(crate) async fn releases(&self) -> Result<Vec<Release>, ApiError> {
        self.all(self.page(&["releases"])).await
    }

    pub(crate) async fn release(&self, id: u64) -> Result<Release, ApiError> {
        self.get(self.address(&["releases", &id.to_string()])).await
    }

    /// The public release of a tag; drafts have none.
    pub(crate) async fn release_by_tag(&self, tag: &str) -> Result<Release, ApiError> {
        self.get(self.address(&["releases", "tags", tag])).await
    }

    /// Not repeated: each call makes a draft.
    pub(crate) async fn create_draft(&self, new: &NewRelease<'_>) -> Result<Release, ApiError> {
        self.post(&["releases"], &json!(new), Repeat::Never).await
    }

    pub(crate) async fn change_release(
        &self,
        id: u64,
        change: &Value,
    ) -> Result<Release, ApiError> {
        let url = self.address(&["releases", &id.to_string()]);
        self.json_request(Method::PATCH, url, Some(change), Repeat::Allowed).await?.document()
    }

    /// A draft that is gone already is as good.
    pub(crate) async fn delete_release(&self, id: u64) -> Result<(), ApiError> {
        self.delete(&["releases", &id.to_string()]).await
    }

    pub(crate) async fn assets(&self, release: u64) -> Result<Vec<Asset>, ApiError> {
        self.all(self.page(&["releases", &release.to_string(), "assets"])).await
    }

    pub(crate) async fn delete_asset(&self, id: u64) -> Result<(), ApiError> {
        self.delete(&["releases", "assets", &id.to_string()]).await
    }

    /// Uploads an asset. Not repeated: the name is taken as soon as the upload starts.
    pub(crate) async fn upload_asset(
        &self,
        release: &Release,
        name: &str,
        size: u64,
        make: impl AsyncFn() -> anyhow::Result<Body>,
    ) -> anyhow::Result<Asset> {
        let address = release.upload_url.split('{').next().unwrap_or_default();
        let url = Url::parse(address).ok().filter(|url| self.host().may_have_token(url));
        let Some(mut url) = url else {
            let hint = "the address of the API may be wrong: see `--github-url`";
            return Err(error::hinted(
                format!("the server wants uploads at an address of somebody else: {address}"),
                hint,
            ));
        };
        url.query_pairs_mut().append_pair("name", name);
        Ok(self.upload(url, size, make).await?.document()?)
    }

    /// Every tag whose name begins so, without `refs/tags/`, with its commit or tag object.
    pub(crate) async fn tags(&self, start: &str) -> Result<Vec<(String, String)>, ApiError> {
        let references: Vec<Reference> =
            self.all(self.address(&["git", "matching-refs", "tags", start])).await?;
        let tag = |reference: Reference| {
            Some((reference.name.strip_prefix("refs/tags/")?.to_owned(), reference.object.sha))
        };
        Ok(references.into_iter().filter_map(tag).collect())
    }

    /// Whether there is a branch of this name.
    pub(crate) async fn has_branch(&self, name: &str) -> Result<bool, ApiError> {
        let reference = self.get::<Reference>(self.address(&["git", "ref", "heads", name])).await;
        Ok(found(reference)?.is_some())
    }

    pub(crate) async fn file(
        &self,
        branch: &str,
        path: &str,
    ) -> Result<Option<BranchFile>, ApiError> {
        let mut url = self.address(&["contents", path]);
        url.query_pairs_mut().append_pair("ref", branch);
        let Some(content) = found(self.get::<Content>(url).await)? else { return Ok(None) };
        let joined: String = content.content.split_whitespace().collect();
        // What is no base64 is no file that we wrote, and is compared as such.
        let bytes = BASE64.decode(joined).unwrap_or_default();
        Ok(Some(BranchFile { sha: content.sha, bytes }))
    }

    /// Writes a file to a branch, in place of the one with this hash. Not repeated: a second arrival would conflict with
    /// the first.
    pub(crate) async fn write_file(
        &self,
        branch: &str,
        path: &str,
        bytes: &[u8],
        message: &str,
        replaces: Option<&str>,
    ) -> Result<(), ApiError> {
        let mut body =
            json!({ "message": message, "content": BASE64.encode(bytes), "branch": branch });
        if let Some(sha) = replaces {
            body["sha"] = sha.into();
        }
        let url = self.address(&["contents", path]);
        self.json_request(Method::PUT, url, Some(&body), Repeat::Never).await?;
        Ok(())
    }

    /// Makes a branch that has one file and no history. Objects of git are named by their content, so only the last of
    /// the three calls has an effect of its own.
    pub(crate) async fn create_branch(
        &self,
        branch: &str,
        path: &str,
        text: &str,
        message: &str,
    ) -> Result<(), ApiError> {
        let entry = json!({ "path": path, "mode": "100644", "type": "blob", "content": text });
        let tree: Object =
            self.post(&["git", "trees"], &json!({ "tree": [entry] }), Repeat::Allowed).await?;
        let commit = json!({ "message": message, "tree": tree.sha, "parents": [] });
        let commit: Object = self.post(&["git", "commits"], &commit, Repeat::Allowed).await?;
        let reference = json!({ "ref": format!("refs/heads/{branch}"), "sha": commit.sha });
        self.post::<Reference>(&["git", "refs"], &reference, Repeat::Never).await?;
        Ok(())
    }

    fn page(&self, rest: &[&str]) -> Url {
        let mut url = self.address(rest);
        url.set_query(Some(PAGE));
        url
    }

    async fn post<T: serde::de::DeserializeOwned>(
        &self,
        rest: &[&str],
        body: &Value,
        repeat: Repeat,
    ) -> Result<T, ApiError> {
        self.json_request(Method::POST, self.address(rest), Some(body), repeat).await?.document()
    }

    async fn delete(&self, rest: &[&str]) -> Result<(), ApiError> {
        let deleted =
            self.json_request(Method::DELETE, self.address(rest), None, Repeat::Allowed).await;
        found(deleted).map(|_| ())
    }
}
