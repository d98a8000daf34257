//! Killed at a hundred moments of a build, and gone on with.

use anyhow::{Context as _, Result};
use fake_github::{Action, Fault};

use super::{desk::Desk, landed::expect_one_build, said::wait};

const SEEDS: u64 = 100;
/// Of each installer in bytes: downloads are long enough to be cut in the middle.
const INSTALLER_LEN: usize = 300_000;

/// A sequence that is the same each time: <https://prng.di.unimi.it/splitmix64.c>.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// One life: it ends at a request, before it takes effect, after it, or in the middle of its answer. Gives whether it was
/// killed.
async fn live(desk: &Desk, seeded: &mut Seeded, requests: u64) -> Result<bool> {
    let action = match seeded.below(3) {
        0 => Action::HoldBefore,
        1 => Action::HoldAfter,
        _ => Action::HoldDownload(usize::try_from(seeded.below(INSTALLER_LEN as u64))?),
    };
    let request = usize::try_from(seeded.below(requests))?;
    desk.fake.add_fault(Fault::any(action).after(request));
    let mut child = desk.start(&["build", "app/app.json"])?;
    let killed = tokio::select! {
        held = desk.fake.wait_for_hold() => { held?; true }
        status = child.wait() => { anyhow::ensure!(status?.success(), "it failed by itself"); false }
    };
    if killed {
        child.kill().await?;
        desk.fake.let_go();
    }
    desk.fake.clear_faults();
    Ok(killed)
}

async fn desk() -> Result<Desk> {
    let desk = Desk::new().await?;
    desk.scripted(|run, _| run.installers_of(INSTALLER_LEN).script());
    Ok(desk)
}

async fn one(seed: u64, requests: u64) -> Result<bool> {
    let desk = desk().await?;
    let mut seeded = Seeded(seed);
    let mut killed = live(&desk, &mut seeded, requests).await?;
    // Every third is killed once more on its way back.
    if killed && seed.is_multiple_of(3) {
        killed = live(&desk, &mut seeded, requests).await?;
    }
    let known = desk.json(&["runs"]).await?;
    let complete = known["builds"][0]["state"] == "complete";
    if !complete {
        let begun = known["builds"].as_array().is_some_and(|builds| !builds.is_empty());
        // Where the wish was not recorded, only the same command knows it.
        let again: &[&str] = if begun { &["resume"] } else { &["build", "app/app.json"] };
        wait(desk.start(again)?).await?.ok();
    }
    expect_one_build(&desk).await?;
    Ok(killed)
}

#[tokio::test]
async fn killed_at_a_hundred_moments() -> Result<()> {
    // As many as a build makes that nobody disturbs, its downloads among them.
    let undisturbed = desk().await?;
    undisturbed.run(&["build", "app/app.json"]).await?.ok();
    let requests = undisturbed.fake.requests().len() as u64;
    let mut killed = 0;
    for seed in 0..SEEDS {
        killed += u64::from(one(seed, requests).await.with_context(|| format!("seed {seed}"))?);
    }
    assert!(killed > SEEDS / 2, "most lives are to be cut short, {killed} were");
    Ok(())
}
