//! What linters say of the packages of the examples, and that an upgrade leaves nothing of the version before.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tests::{
    process::{self, Output},
    xtask::repo_root,
};

use crate::support::{LIMIT, PAGE, is_installed, packed, text, write, xtask};

const EXAMPLES: &[&str] = &["examples/minimal/app.json", "examples/showcase/app.json"];
/// apt waits for other package managers as long, in seconds.
const APT: &[&str] = &["--quiet", "--yes", "--option", "DPkg::Lock::Timeout=240"];

/// Builds a `.deb` and an `.rpm`.
async fn build(config: &Path) -> Result<[PathBuf; 2]> {
    let args = ["--format", "json", "build", &text(config), "--bundles", "deb,rpm"];
    let built: Value = xtask(&args).await?.json()?;
    let path = |index: usize| built["artifacts"][index]["path"].as_str().map(PathBuf::from);
    Ok([path(0).context("no deb")?, path(1).context("no rpm")?])
}

async fn run(program: &str, args: &[&str]) -> Result<Output> {
    process::run(process::command(program).args(args), LIMIT).await
}

#[tokio::test]
async fn linters_find_no_error() -> Result<()> {
    let filters = text(&repo_root()?.join("tests/rpmlint.toml"));
    for example in EXAMPLES {
        let [deb, rpm] = build(&repo_root()?.join(example)).await?.map(|path| text(&path));
        let lintian = run("lintian", &["--fail-on", "error", "--allow-root", &deb]).await?;
        lintian.expect_code(0).with_context(|| (*example).to_owned())?;
        let rpmlint = run("rpmlint", &["--config", &filters, &rpm]).await?.expect_code(0)?;
        ensure!(rpmlint.stdout.contains("0 errors, 0 warnings"), "{example}: {rpmlint}");
    }
    Ok(())
}

/// Two versions of an app; the first has a page that the second has no more.
struct Versions {
    dir: tempfile::TempDir,
    slug: &'static str,
}

impl Versions {
    fn new(slug: &'static str) -> Result<Versions> {
        let dir = tempfile::tempdir()?;
        write(&dir.path().join("web/index.html"), PAGE, 0o644)?;
        Ok(Versions { dir, slug })
    }

    /// The packages of a version, moved away from the next one's.
    async fn build(&self, version: &str, has_old_page: bool) -> Result<[PathBuf; 2]> {
        let old = self.dir.path().join("web/old/page.html");
        if has_old_page {
            write(&old, PAGE, 0o644)?;
        } else {
            fs_err::remove_dir_all(old.parent().context("a page is in a folder")?)?;
        }
        let mut config = packed(self.slug);
        config["app"]["version"] = json!(version);
        // An MSI has no such versions.
        config["bundle"] = json!({ "targets": ["linux-x64"] });
        config["app"]["publisherEmail"] = json!("t@example.com");
        let path = self.dir.path().join("app.json");
        write(&path, &config.to_string(), 0o644)?;
        let mut kept = Vec::new();
        for package in build(&path).await? {
            let name = package.file_name().context("a package has a name")?;
            let target = self.dir.path().join(name);
            fs_err::copy(&package, &target)?;
            kept.push(target);
        }
        kept.try_into().ok().context("two packages")
    }

    fn old_folder(&self) -> PathBuf {
        Path::new("usr/lib").join(self.slug).join("app-pack/web/old")
    }
}

#[tokio::test]
async fn a_deb_is_upgraded_from_its_pre_release() -> Result<()> {
    let versions = Versions::new("verify-upgrade")?;
    let [first, _] = versions.build("1.0.0-beta.1", true).await?;
    let [second, _] = versions.build("1.0.0", false).await?;
    let outcome = upgrade_deb(&versions, &first, &second).await;
    run("apt-get", &[APT, &["purge", versions.slug]].concat()).await?.expect_code(0)?;
    outcome?;
    ensure!(!is_installed(versions.slug).await?);
    ensure!(!Path::new("/usr/lib").join(versions.slug).exists(), "something is left");
    Ok(())
}

/// apt refuses a downgrade unless told otherwise, so that this passes only when the versions sort as they should.
async fn upgrade_deb(versions: &Versions, first: &Path, second: &Path) -> Result<()> {
    let old = Path::new("/").join(versions.old_folder());
    for (deb, version, has_old) in [(first, "1.0.0~beta.1", true), (second, "1.0.0", false)] {
        run("apt-get", &[APT, &["install", &text(deb)]].concat()).await?.expect_code(0)?;
        let query = ["--show", "--showformat", "${Version}", versions.slug];
        let shown = run("dpkg-query", &query).await?.expect_code(0)?.stdout;
        ensure!(shown == version, "installed is {shown}");
        ensure!(old.exists() == has_old, "{}: {}", version, old.display());
    }
    Ok(())
}

#[tokio::test]
async fn an_rpm_is_upgraded_from_its_pre_release() -> Result<()> {
    let versions = Versions::new("verify-upgrade-rpm")?;
    let [_, first] = versions.build("1.0.0-beta.1", true).await?;
    let [_, second] = versions.build("1.0.0", false).await?;
    let dir = tempfile::tempdir()?;
    let root = text(dir.path());
    let rpm = async |args: &[&str]| -> Result<Output> {
        let common = ["--force-debian", "--dbpath", "/var/lib/rpm", "--root", &root];
        run("rpm", &[&common, args].concat()).await?.expect_code(0)
    };
    let old = dir.path().join(versions.old_folder());
    for (package, version, has_old) in [(first, "1.0.0~beta.1", true), (second, "1.0.0", false)] {
        rpm(&["--upgrade", "--nodeps", &text(&package)]).await?;
        let shown = rpm(&["--query", "--queryformat", "%{VERSION}", versions.slug]).await?.stdout;
        ensure!(shown == version, "installed is {shown}");
        ensure!(old.exists() == has_old, "{}: {}", version, old.display());
    }
    rpm(&["--erase", "--nodeps", versions.slug]).await?;
    for folder in ["usr/lib", "usr/share/licenses"] {
        let own = dir.path().join(folder).join(versions.slug);
        ensure!(!own.exists(), "left behind: {}", own.display());
    }
    Ok(())
}
