//! What `dpkg` knows and does: the content of a package, its installation, and that nothing of it
//! stays behind.

use std::io::Read;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use rustix::fs::{FlockOperation, fcntl_lock};
use tokio::time::Instant;

use super::PACKAGE_LIMIT;
use crate::process;

/// Held by every package manager while it works, by an agreement of APT and dpkg.
const FRONTEND_LOCK: &str = "/var/lib/dpkg/lock-frontend";

/// How often a taken lock is tried again: the kernel has no wait for it that can be given up.
const LOCK_INTERVAL: Duration = Duration::from_millis(100);

/// Execution by anyone.
const EXECUTABLE: u32 = 0o111;

#[derive(Debug)]
pub(super) struct Package {
    pub(super) name: String,
    /// Tells two files of one package apart.
    pub(super) digest: String,
    /// Every path in the package, absolute.
    pub(super) paths: Vec<PathBuf>,
    /// Those of them that were not there before.
    own: Vec<PathBuf>,
    pub(super) binary: PathBuf,
}

/// Reads a package file and compares it with the machine.
pub(super) async fn inspect(deb: &Path) -> Result<Package> {
    let what = || format!("failed to read package: `{}`", deb.display());
    let mut field = process::command("dpkg-deb");
    let name = process::run(field.arg("--field").arg(deb).arg("Package"), PACKAGE_LIMIT).await?;
    let name = name.expect_code(0).with_context(what)?.stdout.trim().to_owned();
    let digest =
        process::run(process::command("sha256sum").arg("--").arg(deb), PACKAGE_LIMIT).await?;
    let digest =
        digest.expect_code(0)?.stdout.chars().take_while(char::is_ascii_hexdigit).collect();
    let entries = entries(deb).with_context(what)?;
    let programs: Vec<&PathBuf> = entries
        .iter()
        .filter(|(path, program)| *program && path.starts_with("/usr/bin"))
        .map(|(path, _)| path)
        .collect();
    let [binary] = programs.as_slice() else {
        bail!("expected one program in `{name}`: {programs:?}")
    };
    let binary = (*binary).clone();
    let paths: Vec<PathBuf> = entries.into_iter().map(|(path, _)| path).collect();
    let own = paths.iter().filter(|path| path.symlink_metadata().is_err()).cloned().collect();
    Ok(Package { name, digest, paths, own, binary })
}

/// The paths in a package, and whether each is a program.
fn entries(deb: &Path) -> Result<Vec<(PathBuf, bool)>> {
    let mut command = process::command("dpkg-deb");
    command.arg("--fsys-tarfile").arg(deb).stdout(Stdio::piped());
    let mut child = command.spawn().context("failed to run `dpkg-deb`")?;
    let mut archive = tar::Archive::new(child.stdout.take().context("stdout is not piped")?);
    let mut entries = Vec::new();
    for entry in archive.entries()? {
        let entry = entry?;
        let path = Path::new("/").join(entry.path()?.strip_prefix("./").unwrap_or(&entry.path()?));
        let header = entry.header();
        let program = header.entry_type().is_file() && header.mode()? & EXECUTABLE != 0;
        if path != Path::new("/") {
            entries.push((path, program));
        }
    }
    // The archive's padding: a pipe that closes early would fail the sender.
    archive.into_inner().read_to_end(&mut Vec::new())?;
    ensure!(child.wait()?.success(), "`dpkg-deb` failed");
    Ok(entries)
}

pub(super) async fn install(deb: &Path, package: &Package) -> Result<()> {
    let name = &package.name;
    ensure!(rustix::process::geteuid().is_root(), "installing `{name}` needs root");
    if is_installed(name).await? {
        // Only a test that was killed leaves its mark behind.
        let ours = fs_err::exists(mark(name))?;
        ensure!(
            ours,
            "`{name}` is installed, and not by a test; remove it first: dpkg --purge {name}"
        );
        dpkg(process::command("dpkg").args(["--purge", name])).await?;
    }
    fs_err::write(mark(name), "")?;
    let installed = dpkg(process::command("dpkg").arg("--install").arg(deb)).await;
    if installed.is_err() {
        // dpkg leaves a package half-installed when it fails.
        purge(package).await.context("after a failed installation")?;
    }
    installed
}

/// Purges a package, and makes sure of it.
pub(super) async fn purge(package: &Package) -> Result<()> {
    let name = &package.name;
    dpkg(process::command("dpkg").args(["--purge", name])).await?;
    ensure!(!is_installed(name).await?, "dpkg has purged `{name}` and still lists it");
    fs_err::remove_file(mark(name))?;
    let left: Vec<_> = package.own.iter().filter(|path| path.symlink_metadata().is_ok()).collect();
    ensure!(left.is_empty(), "the purged package `{name}` has left: {left:?}");
    Ok(())
}

/// Whether dpkg has anything of this package.
async fn is_installed(name: &str) -> Result<bool> {
    let mut query = process::command("dpkg-query");
    query.args(["--show", "--showformat", "${db:Status-Status}", name]);
    let output = process::run(&mut query, PACKAGE_LIMIT).await?;
    Ok(output.status.success() && output.stdout != "not-installed")
}

/// Runs dpkg while no other package manager does.
async fn dpkg(command: &mut Command) -> Result<()> {
    let lock =
        fs_err::OpenOptions::new().create(true).truncate(false).write(true).open(FRONTEND_LOCK)?;
    let deadline = Instant::now() + PACKAGE_LIMIT;
    while fcntl_lock(lock.file().as_fd(), FlockOperation::NonBlockingLockExclusive).is_err() {
        ensure!(
            Instant::now() < deadline,
            "waited {PACKAGE_LIMIT:?} in vain for: `{FRONTEND_LOCK}`"
        );
        tokio::time::sleep(LOCK_INTERVAL).await;
    }
    // Tells dpkg that the lock is held on its behalf.
    command.env("DPKG_FRONTEND_LOCKED", "true").env("DEBIAN_FRONTEND", "noninteractive");
    process::run(command, PACKAGE_LIMIT).await?.expect_code(0).context("dpkg failed")?;
    Ok(())
}

/// Says that a test has installed this package.
fn mark(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("installed-by-tests-{name}"))
}
