//! From what somebody wants to a recorded build: the config is read, compared with GitHub, and held against builds that
//! are under way.

use std::{path::PathBuf, sync::Arc};

use super::Orchestrator;
use crate::{
    Event, Github, Host, RepoName, error,
    source::{self, LocalConfig, Origin},
    state::{
        Build, BuildId, BuildState, Change, ConfigSource, NewBuild, Publication, Request, Requested,
    },
};

/// What somebody wants to be built.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The config's file.
    pub config: PathBuf,
    pub host: Host,
    pub repo: RepoName,
    /// File name of the workflow.
    pub workflow: String,
    /// Branch or tag; none: the default branch.
    pub reference: Option<String>,
    /// By name; empty: what the config says.
    pub targets: Vec<String>,
    pub release: Publication,
    pub allow_partial: bool,
    /// The environment that protects the secrets.
    pub environment: Option<String>,
    /// Send the config along instead of its path.
    pub inline: bool,
    /// Where the files go.
    pub out: PathBuf,
    /// Build even when the same is being built.
    pub again: bool,
}

impl Orchestrator {
    /// Records the wish as a build, or gives the build of the same wish that is under way.
    pub async fn request(&self, wish: &Wish) -> anyhow::Result<Build> {
        let config = LocalConfig::read(&wish.config)?;
        let github = self.github(&wish.host, &wish.repo).await?;
        let origin = self.origin(&github, wish).await?;
        let checkout = self.checkout(config.base()).await?;
        let path = source::compare(&github, &config, &checkout, &origin, wish.inline).await?;
        let named = if wish.inline {
            ConfigSource::Inline { path, json: source::inline(&config)? }
        } else {
            ConfigSource::Path(path)
        };
        let request = Request {
            workflow: wish.workflow.clone(),
            config: named,
            reference: origin.reference.clone(),
            commit: origin.commit.clone(),
            targets: wish.targets.clone(),
            release: wish.release,
            allow_partial: wish.allow_partial,
            environment: wish.environment.clone().unwrap_or_default(),
            out: std::path::absolute(&wish.out)?,
        };
        let new = NewBuild {
            id: BuildId::new(),
            host: wish.host.api().to_string(),
            repo: wish.repo.clone(),
            request,
            apps: vec![config.app()],
            state: BuildState::Requested,
            run: None,
            run_url: None,
        };
        self.record(&new, wish.again)
    }

    /// The path of a config from the root of its repository, with slashes.
    pub async fn path_in_repository(&self, config: &LocalConfig) -> anyhow::Result<String> {
        self.checkout(config.base()).await?.path_of(config.file())
    }

    /// A run that nobody here has asked for, as a build.
    pub(super) async fn adopt(
        &self,
        host: &Host,
        repo: &RepoName,
        run: u64,
        out: &std::path::Path,
    ) -> anyhow::Result<Build> {
        let github = self.github(host, repo).await?;
        let seen = crate::github::found(github.run(run).await)?.ok_or_else(|| {
            error::usage(
                format!("no such run in {repo}: {run}"),
                "`deskwright runs --remote` lists them",
            )
        })?;
        let path = seen.path.as_deref().unwrap_or_default();
        let workflow = path.split('@').next().unwrap_or_default().rsplit('/').next();
        let request = Request {
            workflow: workflow.unwrap_or_default().to_owned(),
            config: ConfigSource::Unknown,
            reference: seen.head_branch.clone().unwrap_or_default(),
            commit: seen.head_sha.clone(),
            targets: Vec::new(),
            release: Publication::None,
            allow_partial: false,
            environment: String::new(),
            out: std::path::absolute(out)?,
        };
        let new = NewBuild {
            id: BuildId::new(),
            host: host.api().to_string(),
            repo: repo.clone(),
            request,
            apps: Vec::new(),
            state: BuildState::Running,
            run: Some(run),
            run_url: Some(seen.html_url.clone()),
        };
        let build = self.record(&new, false)?;
        if seen.attempt() == build.attempt {
            return Ok(build);
        }
        let attempt = Some(seen.attempt());
        self.step(&build.id, BuildState::Running, Change { attempt, ..Change::default() })
    }

    fn record(&self, new: &NewBuild, again: bool) -> anyhow::Result<Build> {
        self.event(&Event::Entering { build: new.id.clone(), state: new.state });
        let build = match self.store.request(new, again)? {
            Requested::New(build) => build,
            Requested::Found(build) => {
                self.event(&Event::Resumed { build: build.id.clone(), state: build.state });
                return Ok(build);
            }
        };
        self.event(&Event::Entered {
            build: new.id.clone(),
            state: new.state,
            run: new.run,
            url: new.run_url.clone(),
            detail: None,
        });
        Ok(build)
    }

    /// The repository at the wish's reference; asked for once by each process.
    async fn origin(&self, github: &Github, wish: &Wish) -> anyhow::Result<Arc<Origin>> {
        let reference = wish.reference.as_deref();
        let key = format!(
            "{}{} {} {}",
            wish.host.api(),
            wish.repo,
            wish.workflow,
            reference.unwrap_or_default()
        );
        let mut origins = self.origins.lock().await;
        if let Some(origin) = origins.get(&key) {
            return Ok(Arc::clone(origin));
        }
        let origin = Arc::new(Origin::find(github, &wish.workflow, reference).await?);
        origins.insert(key, Arc::clone(&origin));
        Ok(origin)
    }
}
