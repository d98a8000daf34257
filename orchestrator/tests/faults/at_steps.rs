//! Killed before and after each step is recorded.
//!
//! The program that is killed is this one: it starts itself again for one test, which builds by the library and ends itself by
//! SIGKILL at the so many-th moment. So the program under test needs no hooks.

use std::{
    process::{ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use orchestrator::{
    Clock, Event, Host, Progress, SHORT_PATIENCE, SignIn, Token,
    builds::{Goal, Options, Orchestrator, Wish},
    state::{BuildState, Publication},
};
use rustix::process::{Signal, getpid, kill_process};
use tokio::process::Command;

use super::{
    desk::{Desk, REPOSITORY, SPEED},
    landed::expect_one_build,
    said::TOKEN,
};

/// Far more moments than a build has.
const MOST: usize = 60;
/// A build has at least these: two for each of its steps.
const LEAST: usize = 14;
const DEADLINE: Duration = Duration::from_secs(3600);
/// What tells this program that it is the one to be killed, and when: config, API, state, builds, and the number of the moment.
const LIFE: &str = "DESKWRIGHT_TEST_LIFE";
/// The name of the test that it is then.
const ONE_LIFE: &str = "at_steps::one_life";

/// Counts the moments, and ends everything at the last.
struct Mortal {
    left: AtomicUsize,
}

impl Progress for Mortal {
    fn event(&self, event: &Event) {
        let is_moment = matches!(event, Event::Entering { .. } | Event::Entered { .. });
        if is_moment && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            // Nothing after this runs, no destructor either.
            let _ = kill_process(getpid(), Signal::KILL);
        }
    }
}

/// A build by the library, which ends at the so many-th moment; 0: never.
async fn live(config: &str, api: &str, state: &str, out: &str, moments: usize) -> Result<()> {
    let options = Options {
        state_dir: Some(state.into()),
        sign_in: Some(SignIn::Token(Token::new(TOKEN))),
        clock: Clock::faster(SPEED),
        patience: SHORT_PATIENCE,
        deadline: DEADLINE,
    };
    let progress = Arc::new(Mortal { left: AtomicUsize::new(moments) });
    let orchestrator = Orchestrator::open(options, progress)?;
    let wish = Wish {
        config: config.into(),
        host: Host::parse(api)?,
        repo: REPOSITORY.parse().map_err(anyhow::Error::msg)?,
        workflow: "build.yml".to_owned(),
        reference: None,
        targets: Vec::new(),
        release: Publication::None,
        allow_partial: false,
        environment: None,
        inline: false,
        out: out.into(),
        again: false,
    };
    let build = orchestrator.request(&wish).await?;
    let finished = orchestrator.carry_on(&build.id, Goal::Files).await?;
    ensure!(finished.build.state == BuildState::Complete, "{:?}", finished.build);
    Ok(())
}

/// By itself: a build by the library that nobody ends. Started by the others: one that ends itself.
#[tokio::test]
async fn one_life() -> Result<()> {
    if let Ok(life) = std::env::var(LIFE) {
        let parts: Vec<_> = life.split('\n').collect();
        let [config, api, state, out, moment] = parts[..] else { anyhow::bail!("not a life") };
        return live(config, api, state, out, moment.parse()?).await;
    }
    let desk = Desk::new().await?;
    let path = |path: std::path::PathBuf| path.display().to_string();
    let (config, state, out) = (path(desk.config()), path(desk.state()), path(desk.out()));
    live(&config, desk.fake.url(), &state, &out, 0).await?;
    expect_one_build(&desk).await
}

async fn die_at(desk: &Desk, moment: usize) -> Result<ExitStatus> {
    #[expect(clippy::disallowed_methods, reason = "tests start the program here")]
    let mut command = std::process::Command::new(std::env::current_exe()?);
    let life = format!(
        "{}\n{}\n{}\n{}\n{moment}",
        desk.config().display(),
        desk.fake.url(),
        desk.state().display(),
        desk.out().display()
    );
    command.args([ONE_LIFE, "--exact"]).env(LIFE, life);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(Command::from(command).kill_on_drop(true).status().await?)
}

#[tokio::test]
async fn killed_before_and_after_each_step() -> Result<()> {
    for moment in 1..MOST {
        let desk = Desk::new().await?;
        let status = die_at(&desk, moment).await?;
        let whole = status.success();
        if whole {
            assert!(moment > LEAST, "only {moment} moments");
        } else {
            assert_eq!(status.code(), None, "it was not killed: {status:?}");
            // Once the last step is recorded, the same command would be another build.
            let known = desk.json(&["runs"]).await?;
            if known["builds"][0]["state"] != "complete" {
                desk.run(&["build", "app/app.json"]).await?.ok();
            }
        }
        expect_one_build(&desk).await.with_context(|| format!("killed at {moment}"))?;
        if whole {
            return Ok(());
        }
    }
    anyhow::bail!("a build has more than {MOST} steps");
}

#[tokio::test]
async fn killed_again_and_again_at_the_next_step() -> Result<()> {
    let desk = Desk::new().await?;
    for moment in 1..MOST {
        // Each life comes a little further than the one before.
        if die_at(&desk, moment).await?.success() {
            assert!(moment > 2, "it was never killed");
            return expect_one_build(&desk).await;
        }
    }
    anyhow::bail!("it does not come to an end");
}
