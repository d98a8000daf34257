//! A copy of what a plugin's developer works with: the checkout's plugins and its template, with nothing built, and a shell in it.

use std::{
    ffi::OsString,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result};
use tempfile::TempDir;
use tests::{process, xtask};

/// A first `plugin build` may compile `plugin-tool`, which takes minutes.
const LIMIT: Duration = Duration::from_secs(1800);
/// What of the checkout is in the copy; the last is a folder by which xtask knows a checkout.
const PARTS: [&str; 4] = ["plugins", "template-app", "rust-toolchain.toml", "xtask/Cargo.toml"];

/// `cargo xtask` is the xtask that is tested; everything else is cargo's, in target directories of its own.
const CARGO: &str = r#"#!/bin/sh
if [ "$1" = xtask ]; then shift; exec "$XTASK" "$@"; fi
unset CARGO_TARGET_DIR
if [ "$1 $2 $3" = "build --target wasm32-wasip1" ] && [ -n "$DESKWRIGHT_WASM_CARGO" ]; then
  shift 3
  exec "$DESKWRIGHT_WASM_CARGO" "$PWD" "$@"
fi
exec "$REAL_CARGO" "$@"
"#;
/// Where something stands in for the toolchain's target, none is fetched.
const RUSTUP: &str = "#!/bin/sh\necho \"info: $DESKWRIGHT_WASM_CARGO builds $3\"\n";

/// Runs a line, and leaves behind where it has ended, as a terminal would.
const LINE: &str = r#"cd "$(cat "$WHERE")" || exit 90
eval "$1" 2>&1
code=$?
pwd > "$WHERE"
exit $code"#;

/// What a line has printed, stderr included, and its exit code.
pub(super) struct Said {
    pub(super) text: String,
    pub(super) code: i32,
}

/// The copy. Gone with this value.
pub(super) struct Scratch {
    dir: TempDir,
    variables: Vec<(&'static str, OsString)>,
}

impl Scratch {
    pub(super) fn new() -> Result<Scratch> {
        let dir = tempfile::tempdir()?;
        let checkout = dir.path().join("deskwright");
        copy_checkout(&checkout)?;
        fs_err::write(dir.path().join("where"), checkout.as_os_str().as_encoded_bytes())?;
        let programs = dir.path().join("bin");
        fs_err::create_dir(&programs)?;
        let mut shims = vec![("cargo", CARGO)];
        if std::env::var_os("DESKWRIGHT_WASM_CARGO").is_some() {
            shims.push(("rustup", RUSTUP));
        }
        for (name, script) in shims {
            fs_err::write(programs.join(name), script)?;
            let executable = std::fs::Permissions::from_mode(0o755);
            fs_err::set_permissions(programs.join(name), executable)?;
        }

        let others = std::env::var_os("PATH").context("there is a PATH")?;
        let path = std::iter::once(programs).chain(std::env::split_paths(&others));
        let xtask = xtask::Xtask::new()?.binary().to_owned();
        let real = std::env::var_os("CARGO").context("not run by `cargo test`")?;
        let variables = vec![
            ("PATH", std::env::join_paths(path)?),
            ("XTASK", xtask.into()),
            ("REAL_CARGO", real),
            ("WHERE", dir.path().join("where").into()),
            ("DESKWRIGHT_ROOT", checkout.into()),
        ];
        Ok(Scratch { dir, variables })
    }

    /// Where the shell is.
    fn place(&self) -> Result<PathBuf> {
        Ok(fs_err::read_to_string(self.dir.path().join("where"))?.trim_end().into())
    }

    pub(super) fn write(&self, path: &str, text: &str) -> Result<()> {
        let path = self.place()?.join(path);
        fs_err::create_dir_all(path.parent().context("a file is in a folder")?)?;
        Ok(fs_err::write(path, text)?)
    }

    /// Types a line into the shell.
    pub(super) async fn run(&self, line: &str) -> Result<Said> {
        let mut shell = process::command("sh");
        shell.args(["-c", LINE, "sh", line]);
        // What cargo tells its tests would mislead a cargo inside.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let mut misleading = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter();
            if misleading.any(|prefix| text.starts_with(prefix)) {
                shell.env_remove(&name);
            }
        }
        shell.envs(self.variables.iter().map(|(name, value)| (name, value)));
        let output = process::run(&mut shell, LIMIT).await?;
        let code = output.code()?;
        Ok(Said { text: output.stdout, code })
    }
}

/// Copies what git tracks or would track.
fn copy_checkout(to: &Path) -> Result<()> {
    let root = xtask::repo_root()?;
    let mut git = process::command("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"]).args(PARTS);
    let output = git.current_dir(&root).output().context("failed to run `git`")?;
    anyhow::ensure!(output.status.success(), "git does not list the checkout's files");
    let names = String::from_utf8(output.stdout)?;
    for name in names.split_terminator('\0') {
        let (from, to) = (root.join(name), to.join(name));
        if from.is_file() {
            fs_err::create_dir_all(to.parent().context("a file is in a folder")?)?;
            fs_err::copy(from, to)?;
        }
    }
    Ok(())
}
