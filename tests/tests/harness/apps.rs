//! Packages, with small ones that the tests make. Needs root, as installing does.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tests::apps::{Installed, SelfTest, unpack_rpm};
use tests::desktop::Desktop;
use tests::process::{command, run};

use crate::LIMIT;

/// The line of an app whose page is well.
const GOOD_LINE: &str = r#"{"ok":true,"error":null,"app":{"id":"a.b","name":"B","version":"1.0.0"},"url":"tauri://localhost","title":"T","httpStatus":null,"bridge":{"available":true,"apiVersion":"1.0.0"},"window":null,"timingsMs":{"loaded":12,"shown":null},"pageErrors":[]}"#;

fn write(path: &Path, text: &str, mode: u32) -> Result<()> {
    fs_err::create_dir_all(path.parent().context("a file has a folder")?)?;
    fs_err::write(path, text)?;
    Ok(fs_err::set_permissions(path, std::fs::Permissions::from_mode(mode))?)
}

/// Makes a package with one program and one file beside it.
async fn make_deb(name: &str, program: &str) -> Result<(TempDir, PathBuf)> {
    let dir = tempfile::tempdir()?;
    let (tree, deb) = (dir.path().join("tree"), dir.path().join("package.deb"));
    write(&tree.join("usr/bin").join(name), &format!("#!/bin/sh\n{program}\n"), 0o755)?;
    write(&tree.join("usr/lib").join(name).join("data"), "data", 0o644)?;
    let fields =
        "Version: 1.0\nArchitecture: all\nMaintainer: T <t@example.com>\nDescription: test";
    write(&tree.join("DEBIAN/control"), &format!("Package: {name}\n{fields}\n"), 0o644)?;
    let mut build = command("dpkg-deb");
    build.args(["--root-owner-group", "--build"]).arg(&tree).arg(&deb);
    run(&mut build, LIMIT).await?.expect_code(0)?;
    Ok((dir, deb))
}

#[tokio::test]
async fn a_deb_is_installed_shared_and_purged() -> Result<()> {
    let (_dir, deb) = make_deb("harness-test-app", &format!("echo '{GOOD_LINE}'")).await?;
    let (_other_dir, other) = make_deb("harness-test-app", "exit 1").await?;
    let one = Installed::from_deb(&deb).await?;
    let two = Installed::from_deb(&deb).await?;
    let error = Installed::from_deb(&other).await.err().context("no error")?;
    ensure!(
        error.to_string().starts_with("another `harness-test-app` is installed by a test"),
        "{error}"
    );

    ensure!(
        one.binary() == Path::new("/usr/bin/harness-test-app") && one.name() == "harness-test-app"
    );
    ensure!(
        one.files().contains(&PathBuf::from("/usr/lib/harness-test-app/data")),
        "{:?}",
        one.files()
    );
    let outcome = one.self_test(&Desktop::start().await?, LIMIT).await?;
    ensure!(outcome.ok && outcome.timings_ms["loaded"] == Some(12.0), "{outcome:?}");

    one.purge().await?;
    ensure!(two.binary().exists(), "purged under the hands of another user");
    drop(two);
    ensure!(
        !fs_err::exists("/usr/bin/harness-test-app")?
            && !fs_err::exists("/usr/lib/harness-test-app")?
    );
    Ok(())
}

#[tokio::test]
async fn what_a_purge_leaves_is_found() -> Result<()> {
    let (_dir, deb) = make_deb("harness-test-litter", "true").await?;
    let installed = Installed::from_deb(&deb).await?;
    let litter = Path::new("/usr/lib/harness-test-litter/litter");
    fs_err::write(litter, "")?;
    let error = installed.purge().await.err();
    fs_err::remove_dir_all(litter.parent().context("a file has a folder")?)?;
    let error = error.context("no error")?.to_string();
    ensure!(
        error.ends_with(r#"`harness-test-litter` has left: ["/usr/lib/harness-test-litter"]"#),
        "{error}"
    );
    Ok(())
}

#[tokio::test]
async fn an_rpm_is_unpacked_by_rpm() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let spec = "Name: harness-test\nVersion: 1.0\nRelease: 1\nSummary: t\nLicense: MIT\nBuildArch: noarch\n\
        %description\nt\n%install\nmkdir -p %{buildroot}/usr/share/t\necho data > %{buildroot}/usr/share/t/file\n\
        %post\nexit 1\n%files\n/usr/share/t\n";
    write(&dir.path().join("t.spec"), spec, 0o644)?;
    let mut build = command("rpmbuild");
    build.args(["--quiet", "-bb", "--define"]).arg(format!("_topdir {}", dir.path().display()));
    run(build.arg(dir.path().join("t.spec")), LIMIT).await?.expect_code(0)?;
    let rpm = dir.path().join("RPMS/noarch/harness-test-1.0-1.noarch.rpm");
    let root = unpack_rpm(&rpm).await?;
    ensure!(fs_err::read_to_string(root.path().join("usr/share/t/file"))? == "data\n");

    let mut bytes = fs_err::read(&rpm)?;
    let middle = bytes.len() - 20;
    bytes[middle] ^= 0xff;
    fs_err::write(&rpm, bytes)?;
    ensure!(unpack_rpm(&rpm).await.is_err(), "a broken package was unpacked");
    Ok(())
}

#[tokio::test]
async fn a_self_test_is_one_line_that_agrees_with_the_exit_code() -> Result<()> {
    for (script, expected) in [
        (format!("echo '{GOOD_LINE}'; exit 1"), "`ok` and the exit code contradict"),
        (format!("echo '{GOOD_LINE}'; echo more"), "expected one line"),
        ("echo '{}'".to_owned(), "stdout is no such JSON"),
    ] {
        let output = run(command("sh").args(["-c", &script]), LIMIT).await?;
        let error = SelfTest::parse(&output).err().context("no error")?.to_string();
        ensure!(error.starts_with(expected), "{error}");
    }
    Ok(())
}
