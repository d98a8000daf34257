//! Packages on this machine: a `.deb` installed as a user installs it, an `.rpm` installed below a
//! directory of its own, and what an app says of itself by `--self-test`.

mod dpkg;
mod self_test;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::desktop::Desktop;
use crate::process;
use dpkg::Package;
pub use self_test::{AppIdentity, BridgeOutcome, SelfTest, WindowArea};

/// How long a package manager may take; the slow part is the triggers of others, such as menus and
/// icon caches.
const PACKAGE_LIMIT: Duration = Duration::from_secs(300);

/// What the tests of this process have installed, and how often. Its lock is held while a package
/// comes or goes.
static INSTALLED: Mutex<BTreeMap<String, Shared>> = Mutex::const_new(BTreeMap::new());

struct Shared {
    package: Arc<Package>,
    users: usize,
}

/// A Debian package that is installed on this machine. Tests that install the same file share it;
/// the last one to let go of it purges it, and fails if anything of it is left. A package that
/// somebody else has installed is never touched.
#[derive(Debug)]
pub struct Installed {
    package: Arc<Package>,
    released: bool,
}

impl Installed {
    /// Installs a package with `dpkg`, which must find its dependencies installed. Needs root.
    pub async fn from_deb(deb: impl AsRef<Path>) -> Result<Self> {
        let deb = deb.as_ref();
        let mut installed = INSTALLED.lock().await;
        let found = dpkg::inspect(deb).await?;
        if let Some(shared) = installed.get_mut(&found.name) {
            if shared.package.digest != found.digest {
                bail!("another `{}` is installed by a test that still runs", found.name);
            }
            shared.users += 1;
            return Ok(Self { package: Arc::clone(&shared.package), released: false });
        }
        dpkg::install(deb, &found).await?;
        let package = Arc::new(found);
        installed.insert(package.name.clone(), Shared { package: Arc::clone(&package), users: 1 });
        Ok(Self { package, released: false })
    }

    /// The name of the package.
    pub fn name(&self) -> &str {
        &self.package.name
    }

    /// Every path that the package owns, directories too.
    pub fn files(&self) -> &[PathBuf] {
        &self.package.paths
    }

    /// The one program that the package brings.
    pub fn binary(&self) -> &Path {
        &self.package.binary
    }

    /// Runs the app's self-test; the app is to end by itself before `limit`.
    pub async fn self_test(&self, desktop: &Desktop, limit: Duration) -> Result<SelfTest> {
        let mut command = desktop.command(self.binary());
        SelfTest::parse(&process::run(command.arg("--self-test"), limit).await?)
    }

    /// Lets go of the package. Without another user it is purged, and it is an error if anything is
    /// left.
    pub async fn purge(mut self) -> Result<()> {
        self.released = true;
        release(&self.package).await
    }
}

impl Drop for Installed {
    /// For a test that fails or forgets: the same as `purge`.
    fn drop(&mut self) {
        if self.released {
            return;
        }
        let package = Arc::clone(&self.package);
        let released = process::block_on(async move { release(&package).await });
        if let Err(error) = released
            && !std::thread::panicking()
        {
            panic!("{error:#}");
        }
    }
}

async fn release(package: &Package) -> Result<()> {
    let mut installed = INSTALLED.lock().await;
    let shared = installed.get_mut(&package.name).context("the package is not installed by us")?;
    shared.users -= 1;
    if shared.users > 0 {
        return Ok(());
    }
    installed.remove(&package.name);
    dpkg::purge(package).await
}

/// Installs an `.rpm` into a new directory with `rpm --root`, which checks its digests and knows
/// its files afterwards; its scripts do not run and its dependencies are not looked for, since the
/// directory is no whole system. Needs root.
pub async fn unpack_rpm(rpm: impl AsRef<Path>) -> Result<TempDir> {
    let root = tempfile::Builder::new().prefix("rpm-").tempdir()?;
    let rpm_in_root = || {
        let mut command = process::command("rpm");
        // Debian's rpm asks for `alien` unless told that this is meant.
        command.args(["--force-debian", "--dbpath", "/var/lib/rpm", "--root"]).arg(root.path());
        command
    };
    let mut install = rpm_in_root();
    install.args(["--install", "--nodeps", "--noscripts"]).arg(rpm.as_ref());
    process::run(&mut install, PACKAGE_LIMIT)
        .await?
        .expect_code(0)
        .context("rpm failed to install")?;
    let mut verify = rpm_in_root();
    verify.args(["--verify", "--all", "--nodeps", "--noscripts"]);
    process::run(&mut verify, PACKAGE_LIMIT)
        .await?
        .expect_code(0)
        .context("rpm failed to verify")?;
    Ok(root)
}
