//! Compiling a module in a child process: a compile can be neither interrupted nor bounded, a process can.

mod child;
#[cfg(windows)]
mod job;
#[cfg(all(test, unix))]
mod tests;

pub use child::{compile_ahead, compile_child};

use std::{io, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, Command},
    sync::Semaphore,
};

use crate::{Code, CompilerProgram, PluginError, code::TrustedCode};

/// Longest compile: a module of 20 MiB takes some ten seconds on a slow machine.
const DEADLINE: Duration = Duration::from_secs(120);
/// Compiles at the same time: each uses all processors.
const AT_ONCE: usize = 2;
/// What the child may say when it fails, in bytes.
const MAX_COMPLAINT: u64 = 16 * 1024;
/// Largest code that is taken from the child, in bytes.
const MAX_CODE: u64 = 1024 * 1024 * 1024;

/// Starts children.
#[derive(Debug)]
pub(crate) struct Compiler {
    program: CompilerProgram,
    turns: Semaphore,
    deadline: Duration,
}

impl Compiler {
    pub(crate) fn new(program: CompilerProgram) -> Compiler {
        Compiler { program, turns: Semaphore::new(AT_ONCE), deadline: DEADLINE }
    }

    /// Compiles a module for this machine. Dropping the future ends the child.
    pub(crate) async fn compile(&self, module: &[u8]) -> Result<TrustedCode, PluginError> {
        let _turn = self.turns.acquire().await.map_err(PluginError::internal)?;
        let mut child = self.start().map_err(|error| {
            PluginError::internal(format!("the compiler cannot be started: {error}"))
        })?;
        let talk = talk(&mut child, module);
        match tokio::time::timeout(self.deadline, talk).await {
            Ok(Ok(code)) => code,
            Ok(Err(error)) => Err(PluginError::internal(format!("the compiler failed: {error}"))),
            Err(_) => {
                let message =
                    format!("the module does not compile within {} s", self.deadline.as_secs());
                Err(PluginError::new(Code::InvalidModule, message))
            }
        }
    }

    fn start(&self) -> io::Result<Child> {
        Command::new(&self.program.program)
            .args(&self.program.args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }
}

/// Hands the module over, and takes the code or the complaint.
async fn talk(child: &mut Child, module: &[u8]) -> io::Result<Result<TrustedCode, PluginError>> {
    let closed = || io::Error::other("a pipe of the child is closed");
    let mut stdin = child.stdin.take().ok_or_else(closed)?;
    let stdout = child.stdout.take().ok_or_else(closed)?;
    let stderr = child.stderr.take().ok_or_else(closed)?;
    let give = async move {
        // A child that ends early says why: that it does not listen any more is not the reason.
        let _ = stdin.write_all(module).await;
        Ok(())
    };
    let (_, code, complaint) =
        tokio::try_join!(give, all_of(stdout, MAX_CODE), all_of(stderr, MAX_COMPLAINT))?;
    let status = child.wait().await?;
    if status.success() {
        return Ok(Ok(TrustedCode::new(code)));
    }
    let complaint = String::from_utf8_lossy(&complaint);
    let message = match complaint.trim() {
        "" => format!("the module cannot be compiled: the compiler ended with {status}"),
        complaint => complaint.to_owned(),
    };
    Ok(Err(PluginError::new(Code::InvalidModule, message)))
}

/// What comes out of a pipe, up to a limit. It is closed then, so that a child that has more to say does not wait for us.
async fn all_of(pipe: impl AsyncRead + Unpin, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    pipe.take(limit).read_to_end(&mut bytes).await?;
    Ok(bytes)
}
