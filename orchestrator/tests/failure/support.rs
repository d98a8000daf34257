//! A run that a test scripts, and what the library says of it.

use std::{path::Path, sync::Arc};

use anyhow::{Context as _, Result};
use fake_github::{Access, Action, FakeGithub, Repository, Script};
use orchestrator::{
    Clock, Connection, Event, Github, Host, Job, Progress, Run, SHORT_PATIENCE, Server, SignIn,
    Token,
    failure::{self, FailureReport},
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::{
    io::AsyncReadExt as _,
    net::{TcpListener, TcpStream},
};

pub(crate) const REPOSITORY: &str = "me/apps";
/// In no output may this be seen.
pub(crate) const TOKEN: &str = "ghs_MarkerOfTheToken";
const WORKFLOW: &str = "name: Build\non: workflow_dispatch\njobs: {}\n";

/// A run that has ended.
pub(crate) struct Ended {
    pub(crate) fake: FakeGithub,
    pub(crate) github: Github,
    pub(crate) run: Run,
    pub(crate) jobs: Vec<Job>,
}

struct Nobody;

impl Progress for Nobody {
    fn event(&self, _: &Event) {}
}

impl Ended {
    /// Plays a script to its end.
    pub(crate) async fn new(script: Script) -> Result<Self> {
        let fake = FakeGithub::start().await?;
        fake.add_token(Access::full(TOKEN));
        let repository = Repository::new(REPOSITORY)?;
        fake.add_repository(repository.with_file(".github/workflows/build.yml", WORKFLOW)?);
        fake.on_dispatch(REPOSITORY, Arc::new(move |_| script.clone()));
        // The library chooses who encrypts, also for the test's own requests.
        let github = github(&fake)?;
        let ask = Ask::new(&fake);
        let wish = json!({ "ref": "main", "return_run_details": true });
        let path = format!("repos/{REPOSITORY}/actions/workflows/build.yml/dispatches");
        let id = ask.send(&path, Some(&wish)).await?["workflow_run_id"].clone();
        let path = format!("repos/{REPOSITORY}/actions/runs/{id}");
        let run = serde_json::from_value(ask.send(&path, None).await?)?;
        let jobs = ask.send(&format!("{path}/jobs"), None).await?["jobs"].take();
        let jobs = serde_json::from_value(jobs)?;
        Ok(Self { fake, github, run, jobs })
    }

    pub(crate) async fn explain(&self) -> Result<FailureReport> {
        let report = failure::explain(&self.github, &self.run, &self.jobs).await?;
        self.fake.assert_no_violations()?;
        Ok(report)
    }

    pub(crate) async fn logs(&self, failed_only: bool) -> Result<String> {
        let mut out = Vec::new();
        failure::logs(&self.github, &self.run, &self.jobs, failed_only, &mut out).await?;
        Ok(String::from_utf8(out)?)
    }
}

fn github(fake: &FakeGithub) -> Result<Github> {
    let connection = Connection {
        host: Host::parse(fake.url())?,
        sign_in: SignIn::Token(Token::new(TOKEN)),
        clock: Clock::faster(1000.0),
        patience: SHORT_PATIENCE,
    };
    let repository = REPOSITORY.parse().map_err(anyhow::Error::msg)?;
    Ok(Server::connect(connection, Arc::new(Nobody))?.repository(repository))
}

/// Plain requests, as a test makes them.
struct Ask {
    client: reqwest::Client,
    url: String,
}

impl Ask {
    fn new(fake: &FakeGithub) -> Self {
        Self { client: reqwest::Client::new(), url: fake.url().to_owned() }
    }

    async fn send(&self, path: &str, body: Option<&Value>) -> Result<Value> {
        let url = format!("{}/{path}", self.url);
        let request = match body {
            Some(body) => self.client.post(url).json(body),
            None => self.client.get(url),
        };
        let answer = request.bearer_auth(TOKEN).header("user-agent", "test").send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }
}

/// A place that answers as a test says, for what the fake has no fault for.
pub(crate) struct Place {
    url: String,
}

impl Place {
    /// Answers each request so, and ends the connection.
    pub(crate) async fn serve<F, A>(answer: F) -> Result<Self>
    where
        F: Fn(TcpStream) -> A + Send + 'static,
        A: Future<Output = std::io::Result<()>> + Send,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/log", listener.local_addr()?);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                // Whoever asks may go away earlier.
                let _ = answer(stream).await;
            }
        });
        Ok(Self { url })
    }

    /// The answer that leads there.
    pub(crate) fn redirect(&self) -> Action {
        Action::RedirectTo { status: StatusCode::FOUND, url: self.url.clone() }
    }
}

/// The lines of a log in `logs`, without what GitHub puts before each.
pub(crate) fn log(name: &str) -> Result<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/failure/logs/{name}.log"));
    let text = fs_err::read_to_string(path)?;
    let lines = text.lines().filter_map(|line| line.strip_prefix("2026-")?.split_once('Z'));
    Ok(lines.map(|(_, line)| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect())
}

/// The names of the jobs that a report is about, with the first cause of each.
pub(crate) fn told(report: &FailureReport) -> Vec<(&str, &str)> {
    let first = |job: &'_ failure::FailedJob| job.causes.first().map(|cause| cause.id.clone());
    let jobs = report.jobs.iter();
    jobs.map(|job| (job.name.as_str(), first(job).map_or("", |id| id.leak()))).collect()
}

/// The only job of a report.
pub(crate) fn only(report: &FailureReport) -> Result<&failure::FailedJob> {
    let [job] = &report.jobs[..] else { anyhow::bail!("{report:#?}") };
    Some(job).context("there is one")
}
