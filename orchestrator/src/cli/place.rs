//! Which repository, on which GitHub.

use std::{path::Path, sync::Arc};

use clap::Args;
use orchestrator::{
    Clock, Connection, GITHUB, Github, Host, RepoName, SHORT_PATIENCE, Server, SignIn,
    builds::Orchestrator, source::Checkout,
};

use crate::printer::Printer;

/// Where builds happen.
#[derive(Debug, Clone, Args)]
pub(super) struct Place {
    /// The repository, `owner/name` (default: where the checkout's git remote leads)
    #[arg(long, env = "GITHUB_REPOSITORY", hide_env_values = true, value_name = "OWNER/NAME")]
    repo: Option<RepoName>,
    /// The address of GitHub, or of its API (default: the git remote's, else github.com)
    #[arg(long, env = "GITHUB_API_URL", hide_env_values = true, value_name = "URL")]
    github_url: Option<String>,
}

impl Place {
    /// What is said, or what the checkout around the folder says.
    pub(super) async fn resolve(&self, dir: &Path) -> anyhow::Result<(Host, RepoName)> {
        self.resolve_by(async || Checkout::find(dir).await?.repository().await).await
    }

    /// The same by somebody who knows many checkouts.
    pub(super) async fn resolve_with(
        &self,
        orchestrator: &Orchestrator,
        dir: &Path,
    ) -> anyhow::Result<(Host, RepoName)> {
        self.resolve_by(async || orchestrator.remote_of(dir).await).await
    }

    async fn resolve_by(
        &self,
        remote: impl AsyncFn() -> anyhow::Result<(Host, RepoName)>,
    ) -> anyhow::Result<(Host, RepoName)> {
        let host = self.github_url.as_deref().map(Host::parse).transpose()?;
        if let Some(repo) = &self.repo {
            return Ok((host.map_or_else(|| Host::parse(GITHUB), Ok)?, repo.clone()));
        }
        let (of_remote, repo) = remote().await?;
        Ok((host.unwrap_or(of_remote), repo))
    }

    /// The same where a command can do without: what this machine knows may be enough.
    pub(super) async fn if_known(&self) -> anyhow::Result<Option<(Host, RepoName)>> {
        if self.repo.is_some() {
            return self.resolve(Path::new(".")).await.map(Some);
        }
        Ok(self.resolve(Path::new(".")).await.ok())
    }

    /// The repository, signed in to, for commands that keep no state.
    pub(super) async fn github(&self, printer: &Arc<Printer>) -> anyhow::Result<Github> {
        let (host, repo) = self.resolve(Path::new(".")).await?;
        let sign_in = SignIn::find(&host).await?;
        let clock = Clock::real();
        let connection = Connection { host, sign_in, clock, patience: SHORT_PATIENCE };
        Ok(Server::connect(connection, Arc::clone(printer) as _)?.repository(repo))
    }
}
