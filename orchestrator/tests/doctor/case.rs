//! A repository where nothing stands in the way, and what a test changes of it.

use std::sync::Arc;

use anyhow::{Result, ensure};
use config_schema::{Check, Target};
use fake_github::{Access, Action, Environment, FakeGithub, Fault, Options, Repository};
use orchestrator::{
    Clock, Connection, Event, Host, Progress, SHORT_PATIENCE, Server, SignIn, Token,
    doctor::{self, Checkup, Finding, Subject, Verdict},
    state::Publication,
};
use reqwest::Method;
use serde_json::{Value, json};

pub(crate) const REPOSITORY: &str = "me/apps";
pub(crate) const TEMPLATE: &str = "deskwright/deskwright";
pub(crate) const WORKFLOW: &str = ".github/workflows/build.yml";
pub(crate) const TOKEN: &str = "github_pat_TokenOfTheTest";
const BUILD: &str = include_str!("../../../.github/workflows/build.yml");
/// What the config's signing takes.
const SECRETS: [&str; 4] =
    ["WINDOWS_CERTIFICATE", "WINDOWS_CERTIFICATE_PASSWORD", "GPG_PRIVATE_KEY", "GPG_PASSPHRASE"];

/// Everything that a check-up depends on.
pub(crate) struct Case {
    pub(crate) options: Options,
    pub(crate) repository: Repository,
    pub(crate) access: Access,
    pub(crate) token: &'static str,
    /// By its name; where the client looks for it.
    pub(crate) asked: &'static str,
    /// In place of the fake.
    pub(crate) host: Option<&'static str>,
    pub(crate) config: Value,
    pub(crate) path: Option<&'static str>,
    pub(crate) reference: &'static str,
    pub(crate) environment: Option<&'static str>,
    pub(crate) release: Publication,
    pub(crate) workflow: &'static str,
    faults: Vec<Fault>,
}

struct Nobody;

impl Progress for Nobody {
    fn event(&self, _: &Event) {}
}

impl Case {
    /// A fork with signed builds for three systems, of which a release is made.
    pub(crate) fn healthy() -> Result<Self> {
        let mut repository = Repository::new(REPOSITORY)?
            .fork_of(TEMPLATE, 0)
            .with_file(WORKFLOW, BUILD)?
            .with_file("app/app.json", "{}")?
            .with_secrets(&SECRETS);
        repository.environments.insert("signing".to_owned(), Environment::default());
        Ok(Self {
            options: Options::default(),
            repository,
            access: Access::full(TOKEN),
            token: TOKEN,
            asked: REPOSITORY,
            host: None,
            config: json!({
                "app": { "name": "Notes", "id": "com.example.notes", "version": "1.0.0" },
                "content": { "dir": "web" },
                "bundle": { "targets": ["linux-x64", "windows-x64", "macos-arm64"] },
                "signing": {
                    "windows": { "route": "pfx", "timestampUrl": "http://timestamp.digicert.com" },
                    "linux": "gpg",
                },
            }),
            path: Some("app/app.json"),
            reference: "",
            environment: Some("signing"),
            release: Publication::Publish,
            workflow: "build.yml",
            faults: Vec::new(),
        })
    }

    /// Changes an answer of GitHub's, as long as the test goes.
    pub(crate) fn answers(
        &mut self,
        path: &str,
        change: impl Fn(&mut Value) + Send + Sync + 'static,
    ) {
        self.fault(path, Action::Change(Arc::new(change)));
    }

    pub(crate) fn fault(&mut self, path: &str, action: Action) {
        self.faults.push(Fault::on(Method::GET, path, action).times(1000));
    }

    /// What is found, and what GitHub was asked.
    pub(crate) async fn examine(self) -> Result<(Checkup, FakeGithub)> {
        let fake = FakeGithub::start_with(self.options.clone()).await?;
        fake.add_token(self.access.clone());
        fake.add_repository(Repository::new(TEMPLATE)?.with_file(WORKFLOW, BUILD)?);
        fake.add_repository(self.repository.clone());
        self.faults.iter().cloned().for_each(|fault| fake.add_fault(fault));
        let connection = Connection {
            host: Host::parse(self.host.unwrap_or(fake.url()))?,
            sign_in: SignIn::Token(Token::new(self.token)),
            clock: Clock::faster(1000.0),
            patience: SHORT_PATIENCE,
        };
        let repository = self.asked.parse().map_err(anyhow::Error::msg)?;
        let github = Server::connect(connection, Arc::new(Nobody))?.repository(repository);
        let model = Check::read("app.json", self.config.to_string().as_bytes()).finish()?;
        let targets: Vec<Target> = model.bundle.targets.clone();
        let subject = Subject {
            slug: model.app.slug.as_str(),
            model: &model,
            path: self.path,
            reference: self.reference,
            targets: &targets,
            environment: self.environment,
            release: self.release,
            workflow: self.workflow,
        };
        let checkup = doctor::examine(&github, Some(&subject)).await?;
        let others = fake.requests().iter().filter(|request| request.method != Method::GET).count();
        ensure!(others == 0, "it only looks");
        fake.assert_no_violations()?;
        Ok((checkup, fake))
    }

    /// Fails when others than these checks complain, or not with these words.
    pub(crate) async fn expect(self, complaints: &[(&str, Verdict, &str)]) -> Result<Checkup> {
        let (checkup, _) = self.examine().await?;
        let found = complaining(&checkup);
        let as_wanted = found.len() == complaints.len()
            && found.iter().zip(complaints).all(|(finding, (check, verdict, words))| {
                finding.check == *check
                    && finding.verdict == *verdict
                    && finding.message.contains(words)
            });
        ensure!(as_wanted, "expected {complaints:#?}, got {found:#?}");
        let cured = found.iter().all(|finding| finding.cure.is_some());
        ensure!(cured, "without a cure: {found:#?}");
        Ok(checkup)
    }
}

/// The findings that are not well.
pub(crate) fn complaining(checkup: &Checkup) -> Vec<&Finding> {
    let well = [Verdict::Ok, Verdict::Skipped];
    checkup.findings.iter().filter(|finding| !well.contains(&finding.verdict)).collect()
}
