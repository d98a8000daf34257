//! Takes runs from a queue and executes them, one at a time, with an ear for those who want one to end.

use std::{
    collections::{BTreeMap, VecDeque},
    path::Path,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tokio::{
    sync::mpsc::UnboundedReceiver,
    time::{Instant, sleep_until},
};

use super::{
    Act, Ended, LoopEvent, LoopOptions, TARGET, Wish, copy, follow, jobs::KnownJob,
    recorder::Recorder,
};
use crate::{
    actions,
    git::Git,
    simulation::{Order, Which},
    world::World,
};

/// How long a run may take to end when it is asked to: steps that are for every end run.
const GRACE: Duration = Duration::from_secs(30);
/// Longer than anybody waits.
const NEVER: Duration = Duration::from_secs(365 * 24 * 3600);

struct Executor {
    world: Arc<World>,
    options: LoopOptions,
    orders: UnboundedReceiver<Order>,
    queue: VecDeque<Which>,
    quits: bool,
}

/// What a run is made of.
struct Subject {
    title: String,
    path: String,
    ref_name: String,
    commit: String,
    number: u64,
    actor: String,
    inputs: BTreeMap<String, String>,
    private: bool,
    default_branch: String,
    git: Git,
}

/// Executes runs until it is asked to quit.
pub(super) async fn work(
    world: Arc<World>,
    options: LoopOptions,
    orders: UnboundedReceiver<Order>,
) {
    if let Some(dir) = options.follow.clone() {
        let (world, observer) = (Arc::clone(&world), Arc::clone(&options.observer));
        let repository = options.repository.clone();
        tokio::spawn(async move { follow::follow(world, repository, &dir, observer).await });
    }
    let mut executor = Executor { world, options, orders, queue: VecDeque::new(), quits: false };
    while !executor.quits {
        if let Some(which) = executor.queue.pop_front() {
            executor.execute(which).await;
        } else if let Some(order) = executor.orders.recv().await {
            executor.take(order);
        } else {
            break;
        }
    }
    for which in std::mem::take(&mut executor.queue) {
        executor.leave(which);
    }
}

impl Executor {
    /// An order that is not for the run under way.
    fn take(&mut self, order: Order) {
        match order {
            Order::Start(which) => self.queue.push_back(which),
            Order::Stop { run, .. } => {
                let (left, kept) = self.queue.drain(..).partition(|which| which.run == run);
                self.queue = kept;
                let left: VecDeque<_> = left;
                left.into_iter().for_each(|which| self.leave(which));
            }
            Order::Quit { .. } => self.quits = true,
        }
    }

    /// Ends a run that has not begun.
    fn leave(&self, which: Which) {
        let mut state = self.world.state();
        let now = self.world.clock.now();
        if let Some(attempt) = state.simulation.executed(which) {
            attempt.cancel();
            attempt.conclude(true, now);
        }
    }

    async fn execute(&mut self, which: Which) {
        let Some(subject) = self.subject(which) else { return };
        self.tell(LoopEvent::RunBegins {
            run: which.run,
            attempt: which.attempt,
            title: subject.title.clone(),
            commit: subject.commit.clone(),
        });
        let read = |path: &str| {
            let bytes = subject.git.read(&subject.commit, path)?;
            String::from_utf8(bytes.to_vec()).ok()
        };
        let known = KnownJob::all(&subject.path, &read);
        let (world, observer) = (Arc::clone(&self.world), Arc::clone(&self.options.observer));
        let mut recorder = Recorder::new(world, observer, which, known);
        let succeeded = match self.run(which, &subject, &mut recorder).await {
            Ok(ended) => {
                if !ended.status.success() && !recorder.has_jobs() {
                    let complaints = recorder.complaints.join("\n");
                    self.note(format!("no job began: {complaints}\n{}", ended.beside));
                }
                ended.status.success()
            }
            Err(error) => {
                self.note(format!("failed to execute the run: {error:#}"));
                false
            }
        };
        let (conclusion, seconds) = (recorder.finish(succeeded), recorder.seconds());
        self.tell(LoopEvent::RunEnds { run: which.run, conclusion, seconds });
    }

    async fn run(
        &mut self,
        which: Which,
        subject: &Subject,
        recorder: &mut Recorder,
    ) -> Result<Ended> {
        self.options.machine.tidy()?;
        let checkout = tempfile::tempdir_in(self.options.machine.root().join("tmp"))?;
        copy::of_commit(&subject.git, &subject.commit, checkout.path())?;
        let act = self.start(which, subject, checkout.path())?;
        self.attend(act, which, recorder).await
    }

    fn start(&self, which: Which, subject: &Subject, checkout: &Path) -> Result<Act> {
        let repository = &self.options.repository;
        let run = actions::equip(&self.world, repository, which.run)?;
        let mut environment = run.environment;
        let token = environment.remove("GITHUB_TOKEN").context("a run has a token")?;
        let kind = format!("refs/tags/{}", subject.ref_name);
        let is_tag = subject.git.refs.contains_key(&kind);
        let full_ref = if is_tag { kind } else { format!("refs/heads/{}", subject.ref_name) };
        let more = [
            // Nothing is published here, and the real place is out of reach.
            ("DESKWRIGHT_RUNTIMES_URL", format!("{}/none", self.world.api)),
            ("GITHUB_REF", full_ref.clone()),
            ("GITHUB_RUN_ATTEMPT", which.attempt.to_string()),
            ("GITHUB_RUN_NUMBER", subject.number.to_string()),
            // What act takes for `GITHUB_SHA`.
            ("SHA_REF", subject.commit.clone()),
        ];
        environment.extend(more.map(|(name, value)| (name.to_owned(), value)));
        let mut secrets = self.options.secrets.clone();
        secrets.insert("GITHUB_TOKEN".to_owned(), token);
        let (owner, name) = repository.split_once('/').context("a repository has an owner")?;
        let event = json!({
            "inputs": self.narrowed(&subject.inputs),
            "ref": full_ref,
            "workflow": subject.path,
            "repository": {
                "name": name,
                "full_name": repository,
                "owner": { "login": owner },
                "private": subject.private,
                "default_branch": subject.default_branch,
            },
            "sender": { "login": subject.actor },
        });
        self.options.machine.start(&Wish {
            checkout,
            source: checkout,
            workflow: &subject.path,
            actor: &subject.actor,
            event,
            environment,
            secrets,
        })
    }

    /// The inputs with the one target that can be built here, where they name none.
    fn narrowed(&self, inputs: &BTreeMap<String, String>) -> Value {
        let mut inputs = inputs.clone();
        if let Some(targets) = inputs.get_mut("targets") {
            if targets.trim().is_empty() {
                self.note(format!("no targets are named: building {TARGET} alone"));
                TARGET.clone_into(targets);
            } else if targets.split(',').any(|target| target.trim() != TARGET) {
                self.note(format!(
                    "only {TARGET} can be built here, the rest is left out: {targets}"
                ));
            }
        }
        json!(inputs)
    }

    /// Reads what act says, and does meanwhile what is asked for.
    async fn attend(
        &mut self,
        mut act: Act,
        which: Which,
        recorder: &mut Recorder,
    ) -> Result<Ended> {
        let mut deadline = Instant::now() + NEVER;
        loop {
            let order = tokio::select! {
                line = act.line() => match line? {
                    Some(line) => {
                        recorder.line(&line);
                        continue;
                    }
                    None => break,
                },
                order = self.orders.recv() => order,
                () = sleep_until(deadline) => Some(Order::Stop { run: which.run, force: true }),
            };
            let force = match order {
                Some(Order::Stop { run, force }) if run == which.run => force,
                Some(Order::Quit { force }) => {
                    self.quits = true;
                    force
                }
                Some(order) => {
                    self.take(order);
                    continue;
                }
                // Nobody is left who could ask for anything.
                None => true,
            };
            if force {
                act.kill();
                deadline = Instant::now() + NEVER;
            } else if !recorder.is_stopping() {
                act.interrupt();
                deadline = Instant::now() + GRACE;
            }
            recorder.stop();
        }
        act.end().await
    }

    /// What is known of a run; none of one that is gone.
    fn subject(&self, which: Which) -> Option<Subject> {
        let state = self.world.state();
        let run = state.simulation.runs.get(&which.run)?;
        let repository = state.repositories.get(&run.repository)?;
        Some(Subject {
            title: run.title.clone(),
            path: run.path.clone(),
            ref_name: run.ref_name.clone(),
            commit: run.head_sha.clone(),
            number: run.number,
            actor: run.actor.clone(),
            inputs: run.inputs.clone(),
            private: repository.private,
            default_branch: repository.default_branch.clone(),
            git: repository.git.clone(),
        })
    }

    fn note(&self, text: String) {
        self.tell(LoopEvent::Note { text });
    }

    fn tell(&self, event: LoopEvent) {
        (self.options.observer)(&event);
    }
}
