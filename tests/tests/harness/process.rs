//! Process groups and runs with a deadline.

use anyhow::{Context, Result, ensure};
use tests::process::{Running, command, run, set_input};

use crate::{LIMIT, SHORT};

fn shell(script: &str) -> std::process::Command {
    let mut shell = command("sh");
    shell.args(["-c", script]);
    shell
}

#[tokio::test]
async fn output_and_exit_code_are_kept() -> Result<()> {
    let mut echo = shell("cat; echo bad >&2; exit 3");
    set_input(&mut echo, b"good")?;
    let output = run(&mut echo, LIMIT).await?;
    ensure!((output.stdout.as_str(), output.stderr.as_str()) == ("good", "bad\n"), "{output}");
    ensure!(output.code()? == 3);
    let error = output.expect_code(0).err().context("code 3 passes for 0")?.to_string();
    ensure!(
        error.starts_with("expected exit code 0: exit status: 3") && error.contains("bad"),
        "{error}"
    );
    let killed = run(&mut shell("kill -9 $$"), LIMIT).await?;
    ensure!(killed.code().is_err());
    Ok(())
}

#[tokio::test]
async fn a_run_past_its_deadline_quotes_its_output() -> Result<()> {
    let error =
        run(&mut shell("echo started; sleep 1000"), SHORT).await.err().context("no error")?;
    let expected = "`sh` did not end within 300ms\n--- stdout so far\nstarted";
    ensure!(error.to_string().starts_with(expected), "{error}");
    Ok(())
}

/// The end of a group reaches grandchildren, also such as ignore SIGTERM.
#[tokio::test]
async fn a_group_ends_with_its_owner() -> Result<()> {
    let script = "trap '' TERM; sh -c \"trap '' TERM; echo \\$\\$; sleep 1000\" & wait";
    let running = Running::start(&mut shell(script))?;
    let grandchild = loop {
        let (stdout, _) = running.output_so_far()?;
        if let Some(pid) = stdout.lines().next() {
            break pid.to_owned();
        }
        tokio::task::yield_now().await;
    };
    ensure!(is_alive(running.pid()) && is_alive(&grandchild) && running.is_running()?);
    let child = running.pid();
    drop(running);
    ensure!(!is_alive(child));
    // It has been killed, but nobody here is its parent and can wait for it.
    ends(&grandchild).await
}

/// Nothing of a test survives it, even when it gets no chance to clean up.
#[tokio::test]
async fn a_group_ends_when_its_owner_is_killed() -> Result<()> {
    let owner = std::env::current_exe()?;
    let mut owner = command(owner);
    owner.args(["--exact", "process::owner_that_waits", "--nocapture"]).env(OWNER_VARIABLE, "1");
    let owner = Running::start(&mut owner)?;
    let member = loop {
        let (stdout, _) = owner.output_so_far()?;
        if let Some((_, pid)) = stdout.lines().find_map(|line| line.split_once("member ")) {
            break pid.to_owned();
        }
        ensure!(owner.is_running()?, "the owner has ended: {:?}", owner.output_so_far()?);
        tokio::task::yield_now().await;
    };
    ensure!(is_alive(&member));
    run(&mut shell(&format!("kill -KILL {}", owner.pid())), LIMIT).await?.expect_code(0)?;
    ends(&member).await
}

const OWNER_VARIABLE: &str = "HARNESS_TEST_OWNER";

/// Not a test of its own: the process that `a_group_ends_when_its_owner_is_killed` kills.
#[tokio::test]
async fn owner_that_waits() -> Result<()> {
    if std::env::var_os(OWNER_VARIABLE).is_some() {
        let member = Running::start(&mut shell("sleep 1000"))?;
        println!("member {}", member.pid());
        member.wait(LIMIT).await?;
    }
    Ok(())
}

async fn ends(pid: &str) -> Result<()> {
    let end = async {
        while is_alive(pid) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LIMIT, end).await.with_context(|| format!("still alive: {pid}"))
}

/// Whether the process runs; one that has ended may still be listed, as a zombie that nobody has
/// waited for.
fn is_alive(pid: impl std::fmt::Display) -> bool {
    let status = fs_err::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    status.lines().any(|line| line.starts_with("State:") && !line.contains('Z'))
}
