//! A GitHub with a run, a folder for builds, and what happened between them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use anyhow::{Context as _, Result};
use fake_github::{Access, FakeGithub, Options, Repository, Script};
use orchestrator::{
    Clock, Connection, Event, Github, Host, Progress, SHORT_PATIENCE, Server, SignIn, Token,
    collect::{self, Landed},
    error::hint_of,
    state::{
        Build, BuildId, BuildState, ConfigSource, NewBuild, Publication, Request, Requested, Store,
    },
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{process::Command, sync::watch};

use crate::sample::Sample;

pub(crate) const REPOSITORY: &str = "o/r";
pub(crate) const TOKEN: &str = "ghs_MarkerOfTheToken";
const WORKFLOW: &str = "on: workflow_dispatch\n";
/// Pauses between attempts need not be waited for.
const SPEED: f64 = 200.0;

/// A GitHub with one repository, a state, and a folder for builds.
pub(crate) struct Fixture {
    pub(crate) fake: FakeGithub,
    pub(crate) store: Store,
    pub(crate) dir: TempDir,
    pub(crate) github: Github,
    pub(crate) told: Arc<Told>,
}

/// Remembers what it is told.
#[derive(Default)]
pub(crate) struct Told {
    events: Mutex<Vec<Event>>,
    /// Turns true when so many bytes of an artifact have come.
    awaited: Mutex<Option<(u64, watch::Sender<bool>)>>,
}

impl Progress for Told {
    fn event(&self, event: &Event) {
        self.events.lock().unwrap().push(event.clone());
        if let Event::ArtifactProgress { received, .. } = event
            && let Some((bytes, reached)) = &*self.awaited.lock().unwrap()
            && received >= bytes
        {
            reached.send_replace(true);
        }
    }
}

impl Told {
    pub(crate) fn all(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    /// Turns true when so many bytes of an artifact have come.
    pub(crate) fn reached(&self, bytes: u64) -> watch::Receiver<bool> {
        let (sender, receiver) = watch::channel(false);
        *self.awaited.lock().unwrap() = Some((bytes, sender));
        receiver
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        let note = |event: Event| if let Event::Note { text } = event { Some(text) } else { None };
        self.all().into_iter().filter_map(note).collect()
    }
}

impl Fixture {
    pub(crate) async fn new() -> Result<Self> {
        Self::start(Options::default()).await
    }

    /// Its fake's hours are not faster, so that signed addresses hold.
    pub(crate) async fn start(options: Options) -> Result<Self> {
        let fake = FakeGithub::start_with(options).await?;
        fake.add_repository(
            Repository::new(REPOSITORY)?.with_file(".github/workflows/build.yml", WORKFLOW)?,
        );
        fake.add_token(Access::full(TOKEN));
        let told = Arc::new(Told::default());
        let connection = Connection {
            host: Host::parse(fake.url())?,
            sign_in: SignIn::Token(Token::new(TOKEN)),
            clock: Clock::faster(SPEED),
            patience: SHORT_PATIENCE,
        };
        let server = Server::connect(connection, Arc::clone(&told) as Arc<dyn Progress>)?;
        let github = server.repository(REPOSITORY.parse().map_err(anyhow::Error::msg)?);
        let dir = tempfile::tempdir()?;
        let store = Store::open(&dir.path().join("state"))?;
        Ok(Self { fake, store, dir, github, told })
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.dir.path().join("builds")
    }

    /// A run of this script, to its end. Gives its id.
    pub(crate) async fn run(&self, script: Script) -> Result<u64> {
        self.run_by_attempt(move |_| script.clone()).await
    }

    /// The same where each attempt has a script.
    pub(crate) async fn run_by_attempt(
        &self,
        script: impl Fn(u64) -> Script + Send + Sync + 'static,
    ) -> Result<u64> {
        self.fake.on_dispatch(REPOSITORY, Arc::new(move |wish| script(wish.attempt)));
        // An old server does not tell the run.
        let wish = json!({ "ref": "main" });
        self.post("workflows/build.yml/dispatches", &wish).await?;
        let url = format!("{}/repos/{REPOSITORY}/actions/runs", self.fake.url());
        let request = reqwest::Client::new().get(url).bearer_auth(TOKEN);
        let list: Value = request.header("user-agent", "test").send().await?.json().await?;
        list["workflow_runs"][0]["id"].as_u64().with_context(|| format!("no run: {list}"))
    }

    pub(crate) async fn rerun_failed(&self, run: u64) -> Result<()> {
        self.post(&format!("runs/{run}/rerun-failed-jobs"), &json!({})).await
    }

    async fn post(&self, path: &str, body: &Value) -> Result<()> {
        let url = format!("{}/repos/{REPOSITORY}/actions/{path}", self.fake.url());
        let request = reqwest::Client::new().post(url).bearer_auth(TOKEN);
        let answer = request.header("user-agent", "test").json(body).send().await?;
        anyhow::ensure!(answer.status().is_success(), "{}", answer.text().await?);
        Ok(())
    }

    /// A build that a run has made, as the store knows it then.
    pub(crate) fn record(&self, run: u64) -> Result<Build> {
        self.record_to(run, &self.out())
    }

    pub(crate) fn record_to(&self, run: u64, out: &Path) -> Result<Build> {
        let new = NewBuild {
            id: BuildId::new(),
            host: self.fake.url().to_owned(),
            repo: REPOSITORY.parse().map_err(anyhow::Error::msg)?,
            request: Request {
                workflow: "build.yml".to_owned(),
                config: ConfigSource::Unknown,
                reference: "main".to_owned(),
                commit: String::new(),
                targets: Vec::new(),
                release: Publication::None,
                allow_partial: false,
                environment: String::new(),
                out: out.to_owned(),
            },
            apps: Vec::new(),
            state: BuildState::Succeeded,
            run: Some(run),
            run_url: Some(format!("https://github.com/o/r/actions/runs/{run}")),
        };
        match self.store.request(&new, true)? {
            Requested::New(build) | Requested::Found(build) => Ok(build),
        }
    }

    /// A run of the sample, recorded.
    pub(crate) async fn build(&self, sample: &Sample) -> Result<Build> {
        let run = self.run(Sample::script(sample.artifacts())).await?;
        self.record(run)
    }

    /// Everything from the listing to the landing.
    pub(crate) async fn collect(&self, build: &Build) -> Result<Landed> {
        let listing = collect::list(&self.github, &self.store, build).await?;
        collect::fetch(&self.github, &self.store, build, &listing).await?;
        collect::land(build, &listing)
    }

    /// What the program needs to find GitHub and state.
    pub(crate) fn environment(&self, command: &mut Command) {
        command.env("GITHUB_TOKEN", TOKEN).env("GITHUB_API_URL", self.fake.url());
        command.env("DESKWRIGHT_STATE_DIR", self.dir.path().join("state"));
        command.env("DESKWRIGHT_CLOCK_SPEED", SPEED.to_string());
    }

    /// The answers of the store of bytes, in their order.
    pub(crate) fn blobs(&self) -> Vec<u16> {
        let requests = self.fake.requests();
        let of_blobs = requests.iter().filter(|request| request.path.starts_with("/blob/"));
        of_blobs.filter_map(|request| Some(request.status?.as_u16())).collect()
    }

    /// How often archives were asked for.
    pub(crate) fn downloads(&self) -> usize {
        let requests = self.fake.requests();
        requests.iter().filter(|request| request.path.ends_with("/zip")).count()
    }
}

/// An error with everything that is said of it.
pub(crate) fn words(error: &anyhow::Error) -> String {
    format!("{error:#}; {}", hint_of(error).unwrap_or_default())
}

/// Every file below a folder, with its content; links as what they lead to.
pub(crate) fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    walk(dir, dir, &mut found);
    found
}

fn walk(top: &Path, dir: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    let Ok(entries) = fs_err::read_dir(dir) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(top).unwrap().to_string_lossy().into_owned();
        let meta = fs_err::symlink_metadata(&path).unwrap();
        if meta.is_symlink() {
            let target = fs_err::read_link(&path).unwrap();
            found.insert(name, format!("-> {}", target.display()).into_bytes());
        } else if meta.is_dir() {
            walk(top, &path, found);
        } else {
            found.insert(name, fs_err::read(&path).unwrap());
        }
    }
}

/// Names of what people see of the out folder.
pub(crate) fn seen(out: &Path) -> Vec<String> {
    files(out).into_keys().filter(|name| !name.starts_with(".deskwright")).collect()
}

/// Bytes that look like nothing, always the same.
pub(crate) fn noise(len: usize) -> Vec<u8> {
    let mut state: u32 = 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()
    };
    std::iter::repeat_with(next).flatten().take(len).collect()
}
