//! What these tests share: bundled trees, real ones and ones whose package a test makes of a broken app.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{
    process::{self, Output},
    xtask::Xtask,
};

/// A verification with its waits, on a machine that does other things too.
pub(crate) const LIMIT: Duration = Duration::from_secs(300);
/// A compile of the runtime, when the cache has none.
const COMPILE: Duration = Duration::from_secs(1500);

/// A page that shows something.
pub(crate) const PAGE: &str =
    "<!doctype html><title>Page</title><h1>There is something to see</h1>";

/// A tree with one package, and what a verification says of it.
pub(crate) struct Tree {
    dir: TempDir,
    pub(crate) slug: String,
}

/// What a verification has ended with.
pub(crate) struct Verdict {
    pub(crate) code: i32,
    pub(crate) report: Value,
    pub(crate) output: Output,
}

/// A config whose page is packed. The id ends in the name of the package.
pub(crate) fn packed(slug: &str) -> Value {
    json!({
        "app": { "name": format!("Test {slug}"), "id": format!("com.example.{slug}"), "slug": slug },
        "content": { "dir": "web" },
    })
}

impl Tree {
    /// Renders and stamps a config with this page, without a package.
    pub(crate) async fn stamp(config: &Value, page: &str) -> Result<Tree> {
        let dir = tempfile::Builder::new().prefix("verify-").tempdir()?;
        write(&dir.path().join("web/index.html"), page, 0o644)?;
        write(&dir.path().join("app.json"), &config.to_string(), 0o644)?;
        let slug = config["app"]["slug"].as_str().context("the config names a slug")?.to_owned();
        let tree = Tree { dir, slug };
        let config = text(&tree.dir.path().join("app.json"));
        xtask(&["render", &config, "--out", &text(&tree.path())]).await?;
        let runtime: Value = xtask(&["--format", "json", "runtime", "build"]).await?.json()?;
        let runtime = runtime["binary"].as_str().context("`runtime build` names the binary")?;
        xtask(&["stamp", &text(&tree.path()), "--runtime", runtime]).await?;
        Ok(tree)
    }

    /// The same, packed: a package that holds nothing but what every package of an app holds.
    pub(crate) async fn rpm(config: &Value, page: &str) -> Result<Tree> {
        let tree = Tree::stamp(config, page).await?;
        tree.pack_rpm().await?;
        Ok(tree)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("tree")
    }

    pub(crate) fn binary(&self) -> PathBuf {
        self.path().join("target/release").join(&self.slug)
    }

    /// Makes the app another program: a shell script.
    pub(crate) fn replace_binary(&self, script: &str) -> Result<()> {
        write(&self.binary(), &format!("#!/bin/sh\n{script}\n"), 0o755)
    }

    /// Files as they are installed, in a folder.
    fn lay_out(&self) -> Result<PathBuf> {
        let (root, slug) = (self.dir.path().join("root"), &self.slug);
        let entry = format!("[Desktop Entry]\nType=Application\nName=Test\nExec={slug}\n");
        let entry_path = root.join(format!("usr/share/applications/{slug}.desktop"));
        write(&entry_path, &entry, 0o644)?;
        let program = root.join("usr/bin").join(slug);
        fs_err::create_dir_all(program.parent().context("a program is in a folder")?)?;
        fs_err::copy(self.binary(), &program)?;
        copy_dir(
            &self.binary().with_file_name("app-pack"),
            &root.join("usr/lib").join(slug).join("app-pack"),
        )?;
        Ok(root)
    }

    pub(crate) async fn pack_rpm(&self) -> Result<()> {
        let (root, slug) = (self.lay_out()?, &self.slug);
        let spec = format!(
            "%define __os_install_post %{{nil}}\n%define debug_package %{{nil}}\n\
             Name: {slug}\nVersion: 0.1.0\nRelease: 1\nSummary: t\nLicense: MIT\nAutoReqProv: no\n\
             %description\nt\n%install\ncp -a '{}/.' %{{buildroot}}\n\
             %files\n/usr/bin/{slug}\n/usr/lib/{slug}\n/usr/share/applications/{slug}.desktop\n",
            root.display()
        );
        let spec_path = self.dir.path().join("package.spec");
        write(&spec_path, &spec, 0o644)?;
        let mut build = process::command("rpmbuild");
        build
            .args(["--quiet", "-bb", "--define"])
            .arg(format!("_topdir {}", self.dir.path().display()));
        process::run(build.arg(spec_path), LIMIT).await?.expect_code(0)?;
        let rpm = self.dir.path().join(format!("RPMS/x86_64/{slug}-0.1.0-1.x86_64.rpm"));
        self.record("rpm", &rpm).await
    }

    /// A Debian package, with a script that runs once it is installed.
    pub(crate) async fn pack_deb(&self, postinst: &str) -> Result<()> {
        let (root, slug) = (self.lay_out()?, &self.slug);
        let fields =
            "Version: 0.1.0\nArchitecture: amd64\nMaintainer: T <t@example.com>\nDescription: test";
        write(&root.join("DEBIAN/control"), &format!("Package: {slug}\n{fields}\n"), 0o644)?;
        write(&root.join("DEBIAN/postinst"), &format!("#!/bin/sh\n{postinst}\n"), 0o755)?;
        let deb = self.dir.path().join(format!("{slug}.deb"));
        let mut build = process::command("dpkg-deb");
        build.args(["--root-owner-group", "--build"]).arg(&root).arg(&deb);
        process::run(&mut build, LIMIT).await?.expect_code(0)?;
        self.record("deb", &deb).await
    }

    /// Writes what a bundling would have written.
    async fn record(&self, kind: &str, file: &Path) -> Result<()> {
        let sum =
            process::run(process::command("sha256sum").arg(file), LIMIT).await?.expect_code(0)?;
        let sha256 = sum.stdout.split(' ').next().unwrap_or_default();
        let size = fs_err::metadata(file)?.len();
        let artifact = json!({ "kind": kind, "path": file, "sha256": sha256, "size": size });
        self.write_record("linux-x64", &[artifact])
    }

    pub(crate) fn write_record(&self, target: &str, artifacts: &[Value]) -> Result<()> {
        let record =
            json!({ "format": 1, "target": target, "signing": "none", "artifacts": artifacts });
        let path = self.path().join("target/release/bundle/artifacts.json");
        write(&path, &record.to_string(), 0o644)
    }

    pub(crate) async fn verify(&self, args: &[&str]) -> Result<Verdict> {
        verify(&self.path(), args).await
    }
}

/// Runs a verification.
pub(crate) async fn verify(tree: &Path, args: &[&str]) -> Result<Verdict> {
    let tree = text(tree);
    let all = [&["--format", "json", "verify", &tree], args].concat();
    let output = Xtask::new()?.run(&all, LIMIT).await?;
    Ok(Verdict { code: output.code()?, report: output.json()?, output })
}

impl Verdict {
    /// Checks that exactly these checks of the one installer failed, each for this reason.
    pub(crate) fn expect(&self, code: i32, complaints: &[(&str, &str)]) -> Result<()> {
        let checks = self.report["installers"][0]["checks"].as_array().context("no checks")?;
        let bad: Vec<_> = checks.iter().filter(|check| check["state"] != "ok").collect();
        let report = || format!("{:#}\n{}", self.report, self.output);
        ensure!(self.code == code && self.report["ok"] == (code == 0), "{}", report());
        ensure!(bad.len() == complaints.len(), "{}", report());
        for (check, (name, reason)) in bad.into_iter().zip(complaints) {
            let detail = check["detail"].as_str().unwrap_or_default();
            ensure!(check["name"] == *name && detail.contains(reason), "{}", report());
            ensure!(self.output.stderr.contains(reason), "not told on stderr: {}", report());
        }
        Ok(())
    }
}

/// Runs the real xtask.
pub(crate) async fn xtask(args: &[&str]) -> Result<Output> {
    Xtask::new()?.run(args, COMPILE).await?.expect_code(0)
}

/// Whether dpkg has anything of a package.
pub(crate) async fn is_installed(package: &str) -> Result<bool> {
    let mut query = process::command("dpkg-query");
    query.args(["--show", "--showformat", "${db:Status-Status}", package]);
    let output = process::run(&mut query, LIMIT).await?;
    Ok(output.status.success() && output.stdout != "not-installed")
}

pub(crate) fn text(path: &Path) -> String {
    path.display().to_string()
}

pub(crate) fn write(path: &Path, text: &str, mode: u32) -> Result<()> {
    fs_err::create_dir_all(path.parent().context("a file has a folder")?)?;
    fs_err::write(path, text)?;
    Ok(fs_err::set_permissions(path, std::fs::Permissions::from_mode(mode))?)
}

fn copy_dir(from: &Path, to: &Path) -> Result<()> {
    fs_err::create_dir_all(to)?;
    for entry in fs_err::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_dir(&entry.path(), &target)?;
        } else {
            fs_err::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
