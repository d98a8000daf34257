//! What an owner has set, as far as it decides whether a build can go: read only.

use std::collections::BTreeSet;

use reqwest::{
    Method,
    header::{DATE, HeaderMap},
};
use serde::Deserialize;
use serde_json::Value;

use super::{ApiError, Github, Repeat, found};

/// How we stand with the server: what it says beside any answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    /// The server's time.
    pub(crate) now: Option<jiff::Timestamp>,
    /// Of a classic token, separated by commas.
    pub(crate) scopes: Option<String>,
    /// When the token ends, as GitHub writes it.
    pub(crate) token_ends: Option<String>,
    /// Requests that are left in this hour, and how many there are in all.
    pub(crate) quota: Option<Quota>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct Quota {
    pub(crate) limit: u64,
    pub(crate) remaining: u64,
}

/// A repository, in the words of its own document.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Details {
    pub(crate) full_name: String,
    pub(crate) private: bool,
    pub(crate) default_branch: String,
    pub(crate) owner: Owner,
    #[serde(default)]
    pub(crate) archived: bool,
    #[serde(default)]
    pub(crate) disabled: bool,
    #[serde(default)]
    pub(crate) parent: Option<Box<Details>>,
    /// What the person behind the token may do; apps are not told.
    #[serde(default)]
    pub(crate) permissions: Option<Permissions>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Owner {
    pub(crate) login: String,
    /// `User` or `Organization`.
    #[serde(default, rename = "type")]
    pub(crate) kind: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Permissions {
    pub(crate) push: bool,
}

/// Whether Actions may run, and which.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ActionsPolicy {
    pub(crate) enabled: bool,
    /// `all`, `local_only` or `selected`.
    #[serde(default)]
    pub(crate) allowed_actions: Option<String>,
}

/// Which actions are allowed when only some are.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct SelectedActions {
    #[serde(default)]
    pub(crate) github_owned_allowed: bool,
    /// Such as `owner/*` or `owner/name/folder@*`.
    #[serde(default)]
    pub(crate) patterns_allowed: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Environment {
    #[serde(default)]
    pub(crate) protection_rules: Vec<ProtectionRule>,
    #[serde(default)]
    pub(crate) deployment_branch_policy: Option<BranchPolicy>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ProtectionRule {
    #[serde(default, rename = "type")]
    pub(crate) kind: String,
    /// Minutes.
    #[serde(default)]
    pub(crate) wait_timer: Option<u64>,
    #[serde(default)]
    pub(crate) reviewers: Vec<Reviewer>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Reviewer {
    /// A person with a `login`, or a team with a `name`.
    #[serde(default)]
    pub(crate) reviewer: Value,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct BranchPolicy {
    pub(crate) protected_branches: bool,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Branch {
    pub(crate) protected: bool,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Retention {
    pub(crate) days: u32,
}

/// A line of the owner's bill.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Usage {
    #[serde(default)]
    pub(crate) product: String,
    #[serde(default)]
    pub(crate) unit_type: String,
    #[serde(default)]
    pub(crate) quantity: f64,
    /// US dollars beyond what the plan includes.
    #[serde(default)]
    pub(crate) net_amount: f64,
}

/// Secrets of which place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SecretsOf<'a> {
    Repository,
    /// Those that it lends to the repository.
    Organization,
    Environment(&'a str),
}

impl Github {
    /// Costs nothing of the hour's quota, and takes no right but a valid token.
    pub(crate) async fn standing(&self) -> Result<Standing, ApiError> {
        let url = self.server.url(&["rate_limit"]);
        let answer = self.json_request(Method::GET, url, None, Repeat::Allowed).await;
        let response = match answer {
            // Enterprise Servers without limits have no such document.
            Err(error) if error.status() == Some(reqwest::StatusCode::NOT_FOUND) => {
                return Ok(Standing::default());
            }
            answer => answer?,
        };
        let mut standing = Standing::of(response.headers());
        let mut limits: Value = response.document()?;
        standing.quota = serde_json::from_value(limits["resources"]["core"].take()).ok();
        Ok(standing)
    }

    pub(crate) async fn details(&self) -> Result<Details, ApiError> {
        self.get(self.address(&[])).await
    }

    pub(crate) async fn actions_policy(&self) -> Result<ActionsPolicy, ApiError> {
        self.get(self.address(&["actions", "permissions"])).await
    }

    pub(crate) async fn selected_actions(&self) -> Result<SelectedActions, ApiError> {
        self.get(self.address(&["actions", "permissions", "selected-actions"])).await
    }

    /// The names of secrets; nobody can read their values.
    pub(crate) async fn secret_names(
        &self,
        of: SecretsOf<'_>,
    ) -> Result<BTreeSet<String>, ApiError> {
        #[derive(Deserialize)]
        struct Named {
            name: String,
        }
        let mut url = match of {
            SecretsOf::Repository => self.address(&["actions", "secrets"]),
            SecretsOf::Organization => self.address(&["actions", "organization-secrets"]),
            SecretsOf::Environment(name) => self.address(&["environments", name, "secrets"]),
        };
        url.set_query(Some("per_page=100"));
        let named: Vec<Named> = self.all_in(url, "secrets").await?;
        Ok(named.into_iter().map(|secret| secret.name).collect())
    }

    /// None when there is no such environment.
    pub(crate) async fn environment(&self, name: &str) -> Result<Option<Environment>, ApiError> {
        found(self.get(self.address(&["environments", name])).await)
    }

    /// None when there is no such branch.
    pub(crate) async fn branch(&self, name: &str) -> Result<Option<Branch>, ApiError> {
        found(self.get(self.address(&["branches", name])).await)
    }

    pub(crate) async fn retention(&self) -> Result<Retention, ApiError> {
        self.get(self.address(&["actions", "permissions", "artifact-and-log-retention"])).await
    }

    /// How many commits of the parent a fork's branch lacks.
    pub(crate) async fn behind(&self, branch: &str, parent: &Details) -> Result<u64, ApiError> {
        #[derive(Deserialize)]
        struct Compared {
            ahead_by: u64,
        }
        let head = format!("{}:{}", parent.owner.login, parent.default_branch);
        let mut url = self.address(&["compare", &format!("{branch}...{head}")]);
        // The commits themselves are of no interest.
        url.set_query(Some("per_page=1"));
        self.get::<Compared>(url).await.map(|compared| compared.ahead_by)
    }

    /// What the owner has used this month.
    pub(crate) async fn usage(&self, owner: &Owner) -> Result<Vec<Usage>, ApiError> {
        #[derive(Deserialize)]
        struct Bill {
            #[serde(default, rename = "usageItems")]
            items: Vec<Usage>,
        }
        let of = if owner.kind == "Organization" { "organizations" } else { "users" };
        let mut url = self.server.url(&[of, &owner.login, "settings", "billing", "usage"]);
        let today = jiff::Timestamp::now().strftime("year=%Y&month=%-m").to_string();
        url.set_query(Some(&today));
        self.get::<Bill>(url).await.map(|bill| bill.items)
    }
}

impl Standing {
    fn of(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
        let now = text(DATE.as_str()).and_then(|date| jiff::fmt::rfc2822::parse(&date).ok());
        Self {
            now: now.map(|now| now.timestamp()),
            scopes: text("x-oauth-scopes"),
            token_ends: text("github-authentication-token-expiration"),
            quota: None,
        }
    }
}
