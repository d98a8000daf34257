//! Linux: real packages, signed by GnuPG, checked by `gpg --verify` and `rpm --checksig` of somebody who has the public key.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::process;

use crate::support::{Desk, error_of, tool};

const PASSPHRASE: &str = "MARKER-gpg \"quoted\" $HOME %d";

/// A throw-away key in a GnuPG home of its own.
pub(crate) struct Key {
    home: TempDir,
    pub(crate) passphrase: &'static str,
}

impl Key {
    pub(crate) async fn new(passphrase: &'static str) -> Result<Key> {
        // Below the system's own folder: the agent's socket must have a short path.
        let home = tempfile::Builder::new().prefix("key-").tempdir()?;
        let key = Key { home, passphrase };
        key.generate("first@example.com").await?;
        Ok(key)
    }

    async fn generate(&self, name: &str) -> Result<()> {
        let mut generate = self.gpg()?;
        tool(generate.args(["--quick-generate-key", name, "rsa2048", "sign", "1d"])).await.map(drop)
    }

    /// The passphrase goes over stdin: tests beside this one look at every command line.
    fn gpg(&self) -> Result<Command> {
        let mut gpg = process::command("gpg");
        gpg.env("GNUPGHOME", self.home.path()).args(["--batch", "--no-tty", "--quiet"]);
        gpg.args(["--pinentry-mode", "loopback", "--passphrase-fd", "0"]);
        process::set_input(&mut gpg, self.passphrase.as_bytes())?;
        Ok(gpg)
    }

    pub(crate) async fn secret(&self) -> Result<String> {
        tool(self.gpg()?.args(["--armor", "--export-secret-keys"])).await
    }

    async fn public(&self, path: &Path) -> Result<()> {
        fs_err::write(path, tool(self.gpg()?.args(["--armor", "--export"])).await?)?;
        Ok(())
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        let mut kill = process::command("gpgconf");
        let _ = kill.args(["--kill", "all"]).env("GNUPGHOME", self.home.path()).status();
    }
}

/// Somebody who has the public key alone.
pub(crate) struct Trust {
    home: TempDir,
    rpm_keys: TempDir,
}

impl Trust {
    pub(crate) async fn new(key: &Key) -> Result<Trust> {
        let home = tempfile::Builder::new().prefix("user-").tempdir()?;
        let trust = Trust { home, rpm_keys: tempfile::tempdir()? };
        let public = trust.home.path().join("public.asc");
        key.public(&public).await?;
        tool(trust.gpg().arg("--import").arg(&public)).await?;
        tool(trust.rpmkeys("--import").arg(&public)).await?;
        Ok(trust)
    }

    fn gpg(&self) -> Command {
        let mut gpg = process::command("gpg");
        gpg.env("GNUPGHOME", self.home.path()).args(["--batch", "--no-tty"]);
        gpg
    }

    fn rpmkeys(&self, action: &str) -> Command {
        let mut rpmkeys = process::command("rpmkeys");
        rpmkeys.arg("--dbpath").arg(self.rpm_keys.path()).arg(action);
        rpmkeys
    }

    /// The `.asc` beside a file.
    pub(crate) async fn check_beside(&self, file: &Path) -> Result<()> {
        let signature = format!("{}.asc", file.display());
        let said = tool(self.gpg().arg("--verify").arg(signature).arg(file)).await?;
        ensure!(said.contains("Good signature from \"first@example.com\""), "{said}");
        Ok(())
    }

    /// The signature inside a package.
    pub(crate) async fn check_rpm(&self, rpm: &Path) -> Result<()> {
        let said = tool(self.rpmkeys("--checksig").arg("--verbose").arg(rpm)).await?;
        ensure!(said.contains("Signature, key ID"), "{said}");
        ensure!(!said.contains("NOKEY") && !said.contains("BAD"), "{said}");
        Ok(())
    }
}

/// Smallest packages that `dpkg-deb` and `rpmbuild` make.
async fn packages(desk: &Desk) -> Result<(PathBuf, PathBuf)> {
    let work = tempfile::tempdir()?;
    let control = work.path().join("deb/DEBIAN");
    fs_err::create_dir_all(&control)?;
    fs_err::write(
        control.join("control"),
        "Package: signed\nVersion: 1.2.3\nArchitecture: amd64\nMaintainer: T <t@example.com>\nDescription: test\n",
    )?;
    let deb = desk.file("signed_1.2.3_amd64.deb");
    let mut build = process::command("dpkg-deb");
    tool(build.args(["--build", "--root-owner-group"]).arg(work.path().join("deb")).arg(&deb))
        .await?;

    let spec = work.path().join("signed.spec");
    fs_err::write(
        &spec,
        "Name: signed\nVersion: 1.2.3\nRelease: 1\nSummary: test\nLicense: MIT\n%description\ntest\n%files\n",
    )?;
    let mut build = process::command("rpmbuild");
    build.args(["-bb", "--define"]).arg(format!("_topdir {}", work.path().display())).arg(&spec);
    tool(&mut build).await?;
    let folder =
        fs_err::read_dir(work.path().join("RPMS"))?.next().context("rpmbuild made a folder")??;
    let built = fs_err::read_dir(folder.path())?.next().context("rpmbuild made a package")??;
    let rpm = desk.file("signed-1.2.3-1.x86_64.rpm");
    fs_err::copy(built.path(), &rpm)?;
    Ok((deb, rpm))
}

async fn desk(key: &Key) -> Result<Desk> {
    let mut desk = Desk::new(&json!({ "signing": { "linux": "gpg" } }))?;
    desk.secret("GPG_PRIVATE_KEY", &key.secret().await?);
    if !key.passphrase.is_empty() {
        desk.secret("GPG_PASSPHRASE", key.passphrase);
    }
    Ok(desk)
}

/// Both packages signed, both signatures good in the eyes of somebody with the public key alone.
async fn signs_both(passphrase: &'static str) -> Result<()> {
    let key = Key::new(passphrase).await?;
    let desk = desk(&key).await?;
    let (deb, rpm) = packages(&desk).await?;
    let names = ["signed_1.2.3_amd64.deb", "signed-1.2.3-1.x86_64.rpm"];
    let before = fs_err::read(&deb)?;

    let document: Value = desk.sign(&names, "linux-x64").await?.expect_code(0)?.json()?;

    assert_eq!(document["signing"], "gpg");
    assert_eq!(fs_err::read(&deb)?, before, "a deb is signed beside");
    assert!(!desk.file("signed-1.2.3-1.x86_64.rpm.asc").exists(), "an rpm is signed inside");
    let trust = Trust::new(&key).await?;
    trust.check_beside(&deb).await?;
    trust.check_rpm(&rpm).await?;
    // Somebody without the key, or with a package that was changed, is told so.
    let stranger = Trust::new(&Key::new("").await?).await?;
    let (beside, inside) = (stranger.check_beside(&deb).await, stranger.check_rpm(&rpm).await);
    assert!(beside.is_err() && inside.is_err(), "{beside:?} {inside:?}");
    for path in [&deb, &rpm] {
        let mut bytes = fs_err::read(path)?;
        let last = bytes.len() - 9;
        bytes[last] ^= 1;
        fs_err::write(path, bytes)?;
    }
    let (beside, inside) = (trust.check_beside(&deb).await, trust.check_rpm(&rpm).await);
    assert!(beside.is_err() && inside.is_err(), "{beside:?} {inside:?}");
    Ok(())
}

#[tokio::test]
async fn packages_are_signed_with_a_key_that_has_a_passphrase() -> Result<()> {
    signs_both(PASSPHRASE).await
}

#[tokio::test]
async fn packages_are_signed_with_a_key_without_a_passphrase() -> Result<()> {
    signs_both("").await
}

#[tokio::test]
async fn a_wrong_passphrase_fails_and_leaves_nothing() -> Result<()> {
    let key = Key::new(PASSPHRASE).await?;
    let mut desk = desk(&key).await?;
    desk.secret("GPG_PASSPHRASE", "MARKER-another passphrase");
    packages(&desk).await?;
    for file in ["signed_1.2.3_amd64.deb", "signed-1.2.3-1.x86_64.rpm"] {
        let output = desk.sign(&[file], "linux-x64").await?.expect_code(1)?;
        assert!(error_of(&output)?.starts_with("failed to sign the package"), "{output}");
        assert!(output.stderr.contains("`GPG_PASSPHRASE`"), "{output}");
    }
    assert!(!desk.file("signed_1.2.3_amd64.deb.asc").exists());
    Ok(())
}

#[tokio::test]
async fn keys_that_cannot_be_used_are_named() -> Result<()> {
    let key = Key::new(PASSPHRASE).await?;
    let mut desk = desk(&key).await?;
    packages(&desk).await?;
    let deb = ["signed_1.2.3_amd64.deb"];

    key.generate("second@example.com").await?;
    desk.secret("GPG_PRIVATE_KEY", &key.secret().await?);
    let error = error_of(&desk.sign(&deb, "linux-x64").await?.expect_code(3)?)?;
    assert!(error.starts_with("`GPG_PRIVATE_KEY` holds 2 private keys: "), "{error}");

    desk.secret("GPG_PRIVATE_KEY", "MARKER: not a key at all");
    let error = error_of(&desk.sign(&deb, "linux-x64").await?.expect_code(3)?)?;
    assert!(error.starts_with("failed to import the key in `GPG_PRIVATE_KEY`"), "{error}");

    desk.secret("GPG_PRIVATE_KEY", "");
    let error = error_of(&desk.sign(&deb, "linux-x64").await?.expect_code(3)?)?;
    assert!(error.ends_with("missing: `GPG_PRIVATE_KEY`"), "{error}");
    Ok(())
}

#[tokio::test]
async fn files_of_another_system_are_refused() -> Result<()> {
    let desk = Desk::new(&json!({}))?;
    let output = desk.sign(&["app.exe"], "linux-x64").await?.expect_code(2)?;
    assert!(error_of(&output)?.contains("not a file that is signed for linux"), "{output}");
    let output = desk.sign(&["gone.deb"], "linux-x64").await?.expect_code(2)?;
    assert!(error_of(&output)?.contains("no such file"), "{output}");
    Ok(())
}
