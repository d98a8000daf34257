//! Installers that are signed stay installers, and what is installed from them is what was signed.

use std::path::{Path, PathBuf};

use anyhow::Result;
use tests::{process, wine::Wine};

use crate::support::{App, EXECUTABLE, SOON, config, default_folder, text};

/// A key and a certificate that nobody trusts.
async fn certificate(dir: &Path) -> Result<(PathBuf, PathBuf)> {
    let (key, certificate) = (dir.join("key.pem"), dir.join("certificate.pem"));
    let mut command = process::command("openssl");
    command.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]);
    command.args(["-subj", "/CN=Throw-away", "-addext", "extendedKeyUsage=codeSigning"]);
    command.arg("-keyout").arg(&key).arg("-out").arg(&certificate);
    process::run(&mut command, SOON).await?.expect_code(0)?;
    Ok((key, certificate))
}

/// Signs, and checks that the signature fits the file.
async fn sign(file: &Path, dir: &Path) -> Result<PathBuf> {
    let (key, certificate) = certificate(dir).await?;
    let signed =
        file.with_extension(format!("signed.{}", text(file).rsplit('.').next().unwrap_or("")));
    let mut command = process::command("osslsigncode");
    command.args(["sign", "-h", "sha256", "-key"]).arg(&key).arg("-certs").arg(&certificate);
    command.arg("-in").arg(file).arg("-out").arg(&signed);
    process::run(&mut command, SOON).await?.expect_code(0)?;
    let mut command = process::command("osslsigncode");
    command.args(["verify", "-CAfile"]).arg(&certificate).arg("-in").arg(&signed);
    process::run(&mut command, SOON).await?.expect_code(0)?;
    Ok(signed)
}

#[tokio::test]
async fn signed_installers_install() -> Result<()> {
    let app = App::stamp(&config("0.1.0"), &[]).await?;
    let dir = tempfile::tempdir()?;
    let signed = sign(&app.binary(), dir.path()).await?;
    fs_err::rename(&signed, app.binary())?;
    let nsis = sign(&app.bundle("nsis").await?, dir.path()).await?;
    let mut wine = Wine::start().await?;
    wine.run(&nsis, &["/S"], SOON).await?.expect_code(0)?;
    let installed = wine.path(&default_folder(&wine)?).join(EXECUTABLE);
    assert!(fs_err::read(installed)? == fs_err::read(app.binary())?, "the signed executable");

    let msi = sign(&app.bundle("msi").await?, dir.path()).await?;
    let mut wine = Wine::start().await?;
    let path = format!("Z:{}", text(&msi).replace('/', "\\"));
    wine.run("msiexec", &["/i", &path, "/qn"], SOON).await?.expect_code(0)?;
    let installed = wine.path(&default_folder(&wine)?).join(EXECUTABLE);
    assert!(fs_err::read(installed)? == fs_err::read(app.binary())?, "the signed executable");
    Ok(())
}
