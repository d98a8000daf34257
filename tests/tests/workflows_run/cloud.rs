//! A cloud in a box: a folder with its own home and caches, a GitHub on loopback, and act as the machine that runs jobs.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result};
use fake_github::{
    FakeGithub, Options, Repository,
    closed_loop::{
        ClosedLoop, LoopOptions, Machine, Observer, Programs, Record, Stage, What, Wish, copy,
    },
};
use serde_json::{Value, json};
use tests::xtask::{repo_root, target_dir};
use tokio::sync::OnceCell;

use crate::times;

/// One run: the first compiles tools and runtime, some minutes on two cores, and more beside other work.
const RUN_LIMIT: Duration = Duration::from_secs(30 * 60);
/// Who runs everything. GitHub keeps caches by repository, so that a second repository would compile all over again.
pub(crate) const REPOSITORY: &str = "me/apps";

/// The box with everything that runs share.
pub(crate) struct Cloud {
    root: PathBuf,
    machine: Arc<Machine>,
    pub(crate) fake: FakeGithub,
}

/// What a run did.
pub(crate) struct Run {
    pub(crate) succeeded: bool,
    /// Everything that the steps printed.
    pub(crate) log: String,
    /// Each step with its result, in the order of their ends.
    pub(crate) steps: Vec<Step>,
}

/// A step that has ended.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) job: String,
    pub(crate) name: String,
    pub(crate) result: String,
    pub(crate) seconds: f64,
}

/// The one box of this process: the first run fills its caches, and the others find them.
pub(crate) async fn cloud() -> Result<&'static Cloud> {
    static CLOUD: OnceCell<Cloud> = OnceCell::const_new();
    CLOUD.get_or_try_init(Cloud::open).await
}

impl Cloud {
    /// A new box below Cargo's target directory, with fresh copies of the sources. What an earlier one held is gone: the first
    /// run is a cold one.
    async fn open() -> Result<Self> {
        let root = target_dir()?.join("workflows-box");
        if root.exists() {
            fs_err::remove_dir_all(&root)?;
        }
        fs_err::create_dir_all(root.join("logs"))?;
        let programs = Programs::find(&repo_root()?).await?;
        let machine = Arc::new(Machine::open(&root, programs).await?);
        let options = Options { dir: Some(root.join("fake")), ..Options::default() };
        let cloud = Self { fake: FakeGithub::start_with(options).await?, machine, root };
        cloud.fake.add_repository(Repository::new(REPOSITORY)?);
        copy::tracked(&repo_root()?, &cloud.source()).await?;
        copy::spell_out(&cloud.source())?;
        Ok(cloud)
    }

    /// A checkout that is a copy of ours, as a fork's is.
    pub(crate) async fn fork(&self, name: &str) -> Result<PathBuf> {
        let folder = self.place(name);
        copy::tracked(&repo_root()?, &folder).await?;
        copy::spell_out(&folder)?;
        self.push(&folder).await?;
        Ok(folder)
    }

    /// The place of a checkout.
    pub(crate) fn place(&self, name: &str) -> PathBuf {
        self.root.join("checkouts").join(name)
    }

    /// A checkout with these files alone.
    pub(crate) async fn checkout(&self, name: &str, files: &[(&str, &str)]) -> Result<()> {
        let folder = self.place(name);
        if folder.exists() {
            fs_err::remove_dir_all(&folder)?;
        }
        for (path, text) in files {
            let path = folder.join(path);
            fs_err::create_dir_all(path.parent().context("a file has a folder")?)?;
            fs_err::write(path, text)?;
        }
        self.push(&folder).await
    }

    /// The repository stands at what the checkout holds.
    async fn push(&self, folder: &Path) -> Result<()> {
        let commit = copy::commit(folder).await?;
        self.fake.change(REPOSITORY, |repository| repository.git.adopt("main", &commit))
    }

    /// The copy of this repository that actions and workflows are taken from.
    pub(crate) fn source(&self) -> PathBuf {
        self.root.join("deskwright")
    }

    /// Whether a file of this name is anywhere in the box: what an injected command would have left.
    pub(crate) fn leaves(&self, name: &str) -> Result<bool> {
        Ok(self.files()?.iter().any(|path| path.file_name().is_some_and(|file| file == name)))
    }

    /// Files that a run left behind which hold this text, in whatever job or service.
    pub(crate) fn files_with(&self, text: &str) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for path in self.files()? {
            if memmem(&fs_err::read(&path)?, text.as_bytes()) {
                found.push(path);
            }
        }
        Ok(found)
    }

    /// Executes what is dispatched, for as long as the loop is held, and tells of it.
    pub(crate) fn closed_loop(&self, observer: Observer) -> Result<ClosedLoop> {
        ClosedLoop::start(
            &self.fake,
            LoopOptions {
                repository: REPOSITORY.to_owned(),
                machine: Arc::clone(&self.machine),
                secrets: BTreeMap::new(),
                follow: None,
                observer,
            },
        )
    }

    /// Processes that have this box's home: what runs have left.
    pub(crate) fn processes(&self) -> Result<Vec<String>> {
        let home = self.root.join("home");
        let all = procfs::process::all_processes()?.flatten();
        let ours = all.filter(|process| {
            let environment = process.environ().unwrap_or_default();
            environment.get(OsStr::new("HOME")).is_some_and(|found| *found == *home)
        });
        Ok(ours.map(|process| format!("{:?}", process.cmdline().unwrap_or_default())).collect())
    }

    /// Every file of the box but what was downloaded from registries.
    fn files(&self) -> Result<Vec<PathBuf>> {
        let (mut files, mut folders) = (Vec::new(), vec![self.root.clone()]);
        while let Some(folder) = folders.pop() {
            for entry in fs_err::read_dir(&folder)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    folders.push(entry.path());
                } else if entry.file_type()?.is_file() {
                    files.push(entry.path());
                }
            }
        }
        Ok(files)
    }

    /// Starts a workflow of a checkout by hand, with these inputs and secrets, and waits for its end.
    pub(crate) async fn run(
        &self,
        title: &str,
        checkout: &str,
        workflow: &str,
        inputs: Value,
        secrets: &[(&str, &str)],
    ) -> Result<Run> {
        let checkout = self.place(checkout);
        let mut environment = self.fake.start_run(REPOSITORY)?.environment;
        let token = environment.remove("GITHUB_TOKEN").unwrap_or_default();
        // Nothing is published here, and the real place is out of reach.
        environment
            .insert("DESKWRIGHT_RUNTIMES_URL".to_owned(), format!("{}/none", self.fake.url()));
        let secrets = secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut secrets: BTreeMap<_, _> = secrets.collect();
        secrets.insert("GITHUB_TOKEN".to_owned(), token);
        let act = self.machine.start(&Wish {
            checkout: &checkout,
            source: &self.source(),
            workflow,
            actor: "fake-user",
            event: json!({ "inputs": inputs, "repository": { "private": false, "full_name": REPOSITORY } }),
            environment,
            secrets,
        })?;
        let finished = act.finish(RUN_LIMIT).await?;
        fs_err::write(self.root.join(format!("logs/{title}.jsonl")), &finished.stream)?;
        let run = Run::read(&finished.stream, finished.ended.status.success());
        times::note(&self.root, title, finished.ended.elapsed, &run.steps)?;
        Ok(run)
    }
}

fn memmem(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

impl Run {
    fn read(stream: &str, succeeded: bool) -> Self {
        let mut run = Self { succeeded, log: String::new(), steps: Vec::new() };
        for record in stream.lines().filter_map(Record::read) {
            match record.what() {
                What::Output(text) | What::Command(_, text) => {
                    run.log.push_str(text);
                    run.log.push('\n');
                }
                What::StepEnds { conclusion, seconds }
                    if record.stage() == Some(Stage::Main) && record.is_of_whole_step() =>
                {
                    run.steps.push(Step {
                        job: record.job().to_owned(),
                        name: record.step().to_owned(),
                        result: conclusion.name().to_owned(),
                        seconds,
                    });
                }
                _ => {}
            }
        }
        run
    }

    /// Steps that failed, as text for messages.
    pub(crate) fn failures(&self) -> String {
        let failed = self.steps.iter().filter(|step| step.result != "success");
        failed.map(|step| format!("{}: {}\n", step.job, step.name)).collect()
    }

    /// The end of the log, for messages.
    pub(crate) fn tail(&self) -> &str {
        /// Enough for an error and what led to it (bytes).
        const SHOWN: usize = 6000;
        let start = self.log.len().saturating_sub(SHOWN);
        let start = (start..self.log.len()).find(|at| self.log.is_char_boundary(*at));
        &self.log[start.unwrap_or(0)..]
    }

    /// Fails unless the run succeeded.
    pub(crate) fn expect_success(self) -> Result<Self> {
        anyhow::ensure!(self.succeeded, "the run failed:\n{}\n{}", self.failures(), self.tail());
        Ok(self)
    }

    /// Fails unless the run failed.
    pub(crate) fn expect_failure(self) -> Result<Self> {
        anyhow::ensure!(!self.succeeded, "the run succeeded:\n{}", self.tail());
        Ok(self)
    }
}
