//! Children that do not do what they should, played by a shell.

use std::time::{Duration, Instant};

use super::{AT_ONCE, Compiler, CompilerProgram};
use crate::{Code, PluginError};

fn compiler(script: &str) -> Compiler {
    let args = ["-c", script].map(Into::into).to_vec();
    Compiler::new(CompilerProgram { program: "sh".into(), args })
}

async fn error(script: &str) -> PluginError {
    match compiler(script).compile(&[0; 1_000_000]).await {
        Ok(code) => panic!("{script}: {} bytes of code", code.bytes().len()),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_child_that_fails_says_why() {
    let said = error("cat > /dev/null; echo 'no module' >&2; exit 1").await;
    assert_eq!((said.code, said.message.as_str()), (Code::InvalidModule, "no module"));
    // One that does not even listen, and one that is killed, as for want of memory.
    let deaf = error("echo 'too large' >&2; exit 1").await;
    assert_eq!((deaf.code, deaf.message.as_str()), (Code::InvalidModule, "too large"));
    let killed = error("cat > /dev/null; kill -9 $$").await;
    assert_eq!(killed.code, Code::InvalidModule);
    assert!(killed.message.contains("signal: 9"), "{killed}");
    let talks = error("cat > /dev/null; yes complaint | head -c 100000 >&2; exit 1").await;
    assert!(talks.message.len() <= 16 * 1024 && talks.message.starts_with("complaint"), "{talks}");
    let none = Compiler::new(CompilerProgram { program: "/nowhere/compiler".into(), args: vec![] });
    assert_eq!(none.compile(b"").await.err().map(|error| error.code), Some(Code::Internal));
}

#[tokio::test]
async fn a_child_that_takes_too_long_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let id = folder.path().join("id");
    let mut slow = compiler(&format!(
        "cat > /dev/null; echo $$ > {0}.new; mv {0}.new {0}; exec sleep 1000",
        id.display()
    ));
    slow.deadline = Duration::from_millis(500);
    let began = Instant::now();
    let error = slow.compile(&[0; 1_000_000]).await.err().unwrap();
    assert_eq!(error.code, Code::InvalidModule);
    assert!(error.message.contains("does not compile within"), "{error}");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    ends(&fs_err::read_to_string(&id).unwrap()).await;
}

/// Two compile at a time; the third waits, and a call that is given up makes room.
#[tokio::test]
async fn few_children_run_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("cat > /dev/null; touch {}/$$; exec sleep 1000", folder.path().display());
    let slow = std::sync::Arc::new(compiler(&script));
    let started = || fs_err::read_dir(folder.path()).unwrap().count();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..AT_ONCE + 1 {
        let slow = std::sync::Arc::clone(&slow);
        calls.spawn(async move { slow.compile(b"module").await.map(|_| ()) });
    }
    while started() < AT_ONCE {
        tokio::task::yield_now().await;
    }
    assert_eq!(slow.turns.available_permits(), 0);
    calls.shutdown().await;
    assert_eq!(slow.turns.available_permits(), AT_ONCE);
    assert_eq!(started(), AT_ONCE, "the third had not begun");
    for child in fs_err::read_dir(folder.path()).unwrap() {
        ends(&child.unwrap().file_name().to_string_lossy()).await;
    }
}

/// Waits until a process has ended; it fails after ten seconds.
async fn ends(id: &str) {
    let Some(id) = id.trim().parse().ok().and_then(rustix::process::Pid::from_raw) else {
        panic!("no process: {id}");
    };
    let began = Instant::now();
    while rustix::process::test_kill_process(id).is_ok() {
        assert!(began.elapsed() < Duration::from_secs(10), "the child goes on");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
