//! Linux: the system's package manager installs, and the system asks the user for the password that this takes.

use std::{
    io::{self, Write as _},
    path::Path,
    process::{Command, Output, Stdio},
};

use bridge_contract::{BridgeError, ErrorCode};

/// Shows the system's own dialog. Its exit codes: https://www.freedesktop.org/software/polkit/docs/latest/pkexec.1.html
const ASKS: &str = "pkexec";
/// The user closed the dialog, or may not do this.
const DISMISSED: i32 = 126;
const NOT_AUTHORISED: i32 = 127;
/// Package managers and what they are told, by the kind of package, the best first. They are named whole: what runs as root must
/// not be found by a path of the user's. `apt-get` looks at dependencies before it changes anything, `dpkg` afterwards.
const MANAGERS: &[(&str, &str, &[&str])] = &[
    ("deb", "/usr/bin/apt-get", &["install", "--yes", "--no-install-recommends"]),
    ("deb", "/usr/bin/dpkg", &["--install"]),
    ("rpm", "/usr/bin/rpm", &["--upgrade"]),
];
/// Characters of a package manager's own words that are told (count).
const MAX_WORDS: usize = 300;

/// Installs a package whose signature was verified.
#[allow(clippy::disallowed_methods, reason = "the runtime has no module that makes commands")]
pub(super) fn install(bytes: &[u8], kind: &str) -> Result<(), BridgeError> {
    let manager = MANAGERS.iter().find(|(of, path, _)| *of == kind && Path::new(path).exists());
    let (_, program, arguments) =
        manager.ok_or_else(|| failed(format!("there is no package manager for this: {kind}")))?;
    // In a folder that is this user's alone, and gone when this returns.
    let folder = tempfile::Builder::new().prefix("update-").tempdir().map_err(unwritten)?;
    let package = folder.path().join(format!("update.{kind}"));
    let written = fs_err::File::create_new(&package).and_then(|mut file| file.write_all(bytes));
    written.map_err(unwritten)?;
    let mut command = Command::new(ASKS);
    command.arg(program).args(*arguments).arg(&package).stdin(Stdio::null());
    judge(command.output())
}

fn judge(output: io::Result<Output>) -> Result<(), BridgeError> {
    let output = output.map_err(|error| {
        failed(format!(
            "`{ASKS}`, which asks for the password, cannot be started: {}",
            error.kind()
        ))
    })?;
    match output.status.code() {
        Some(0) => Ok(()),
        Some(DISMISSED | NOT_AUTHORISED) => {
            let message = "the user did not agree to the installation, or may not install";
            Err(BridgeError::new(ErrorCode::UpdatesRefusedByUser, message))
        }
        code => {
            let words = String::from_utf8_lossy(&output.stderr);
            let words: String = words.trim().chars().take(MAX_WORDS).collect();
            let code = code.map_or_else(|| "a signal".to_owned(), |code| code.to_string());
            Err(failed(format!("the package manager ended with {code}: {words}")))
        }
    }
}

fn unwritten(error: io::Error) -> BridgeError {
    failed(format!("the package cannot be written to the temporary folder: {}", error.kind()))
}

fn failed(message: String) -> BridgeError {
    BridgeError::new(ErrorCode::UpdatesInstallFailed, message)
}
