//! Several processes with one wish.

use anyhow::Result;
use fake_github::{Action, Fault};

use super::{
    desk::{DISPATCHES, Desk},
    landed::expect_one_build,
    said::wait,
};

#[tokio::test]
async fn many_at_once_make_one_build() -> Result<()> {
    let desk = Desk::new().await?;
    let mut children = Vec::new();
    for _ in 0..6 {
        children.push(desk.start(&["build", "app/app.json", "--no-doctor"])?);
    }
    for child in children {
        wait(child).await?.ok();
    }
    expect_one_build(&desk).await
}

#[tokio::test]
async fn the_second_waits_for_the_first_and_takes_over_when_it_is_killed() -> Result<()> {
    let desk = Desk::new().await?;
    desk.fake.add_fault(Fault::on("POST".parse()?, DISPATCHES, Action::HoldAfter));
    let mut first = desk.start(&["build", "app/app.json", "--no-doctor"])?;
    desk.fake.wait_for_hold().await?;
    let second = desk.start(&["resume"])?;
    // The second is in front of the lock, or about to be: either way it must not go on alone.
    first.kill().await?;
    desk.fake.let_go();
    wait(second).await?.ok();
    expect_one_build(&desk).await
}
