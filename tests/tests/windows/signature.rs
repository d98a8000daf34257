//! Installers that are signed stay installers, and what is installed from them is signed too.

use std::{
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::Result;
use serde_json::json;
use tests::{process, wine::Wine};

use crate::support::{App, EXECUTABLE, SOON, config, default_folder, text, uninstall};

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

/// Fails unless the file carries a signature by this certificate that fits it.
async fn verify(file: &Path, certificate: &Path) -> Result<()> {
    let mut command = process::command("osslsigncode");
    command.args(["verify", "-CAfile"]).arg(certificate).arg("-in").arg(file);
    process::run(&mut command, SOON).await?.expect_code(0).map(drop)
}

/// A command that signs the file that it is given.
fn signer(dir: &Path, key: &Path, certificate: &Path) -> Result<PathBuf> {
    let script = dir.join("sign");
    let (key, certificate) = (text(key), text(certificate));
    let sign = format!("osslsigncode sign -h sha256 -key '{key}' -certs '{certificate}'");
    let lines = [
        "#!/bin/sh",
        "set -e",
        &format!("{sign} -in \"$1\" -out \"$1.signed\""),
        "mv \"$1.signed\" \"$1\"",
    ];
    fs_err::write(&script, lines.join("\n"))?;
    fs_err::set_permissions(&script, std::fs::Permissions::from_mode(0o755))?;
    Ok(script)
}

#[tokio::test]
async fn signed_installers_install_signed_programs() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let (key, certificate) = certificate(dir.path()).await?;
    let command = [text(&signer(dir.path(), &key, &certificate)?), "%1".to_owned()];
    let mut config = config("0.1.0");
    config["signing"] = json!({ "windows": { "route": "command", "command": command } });
    let app = App::stamp(&config, &["a.txt"]).await?;
    let nsis = app.bundle_signed("nsis").await?;
    verify(&nsis, &certificate).await?;
    let mut wine = Wine::start().await?;
    wine.run(&nsis, &["/S"], SOON).await?.expect_code(0)?;
    let folder = default_folder(&wine)?;
    for program in [EXECUTABLE, "uninstall.exe"] {
        verify(&wine.path(&folder).join(program), &certificate).await?;
    }
    uninstall(&mut wine, &folder, &[]).await?;
    assert!(!wine.path(&folder).exists(), "{:?}", Wine::files(&wine.path(&folder)));

    let msi = app.bundle_signed("msi").await?;
    verify(&msi, &certificate).await?;
    let path = format!("Z:{}", text(&msi).replace('/', "\\"));
    wine.run("msiexec", &["/i", &path, "/qn"], SOON).await?.expect_code(0)?;
    verify(&wine.path(&folder).join(EXECUTABLE), &certificate).await
}
