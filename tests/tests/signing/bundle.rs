//! The whole way of an app on Linux: rendered, stamped, and signed while it is bundled; then packaged, which demands every
//! signature that the config promises.

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::xtask::Xtask;

use crate::linux::{Key, Trust};
use crate::support::{Desk, error_of};
use crate::updates::{self, generated};

/// How long a runtime may compile, unless it is in the cache.
const COMPILE: Duration = Duration::from_secs(1500);

/// A stamped tree in the desk's `tree`.
pub(crate) async fn stamped(desk: &Desk) -> Result<()> {
    let runtime: Value = Xtask::new()?
        .run(&["runtime", "build", "--target", "linux-x64", "--format", "json"], COMPILE)
        .await?
        .expect_code(0)?
        .json()?;
    let binary = runtime["binary"].as_str().context("a runtime has a binary")?;
    desk.run(&["render", "app.json", "--out", "tree"]).await?.expect_code(0)?;
    desk.run(&["stamp", "tree", "--runtime", binary]).await?.expect_code(0)?;
    Ok(())
}

const BUNDLE: [&str; 7] = ["bundle", "tree", "--target", "linux-x64", "--sign", "--format", "json"];

#[tokio::test]
async fn an_apps_packages_are_signed_while_they_are_made() -> Result<()> {
    let key = Key::new("MARKER-of the app's key").await?;
    let (private, public) = generated("MARKER-of its updates").await?;
    let sections = json!({
        "signing": { "linux": "gpg" },
        "updates": { "endpoint": "https://example.com/latest.json", "publicKey": public },
    });
    let mut desk = Desk::new(&sections)?;
    stamped(&desk).await?;

    let output = desk.run(&BUNDLE).await?.expect_code(3)?;
    let error = error_of(&output)?;
    assert!(error.ends_with("missing: `GPG_PRIVATE_KEY`, `TAURI_SIGNING_PRIVATE_KEY`"), "{error}");
    assert!(
        !desk.file("tree/target/release/bundle/deb").exists(),
        "nothing is made that cannot be signed"
    );

    desk.secret("GPG_PRIVATE_KEY", &key.secret().await?);
    desk.secret("GPG_PASSPHRASE", key.passphrase);
    desk.secret("TAURI_SIGNING_PRIVATE_KEY", &private);
    desk.secret("TAURI_SIGNING_PRIVATE_KEY_PASSWORD", "MARKER-of its updates");
    desk.run(&BUNDLE).await?.expect_code(0)?;
    let package = ["package", "tree", "--target", "linux-x64", "--out", "out", "--format", "json"];
    let manifest: Value = desk.run(&package).await?.expect_code(0)?.json()?;

    assert_eq!(manifest["signing"], "gpg");
    let artifacts = manifest["artifacts"].as_array().context("a manifest has artifacts")?;
    let named: Vec<_> =
        artifacts.iter().map(|artifact| (&artifact["kind"], &artifact["name"])).collect();
    assert_eq!(
        json!(named),
        json!([
            ["deb", "signed-app_1.2.3_amd64.deb"],
            ["signature", "signed-app_1.2.3_amd64.deb.asc"],
            ["updaterSignature", "signed-app_1.2.3_amd64.deb.sig"],
            ["rpm", "signed-app-1.2.3-1.x86_64.rpm"],
            ["updaterSignature", "signed-app-1.2.3-1.x86_64.rpm.sig"],
        ])
    );
    let trust = Trust::new(&key).await?;
    trust.check_beside(&desk.file("out/signed-app_1.2.3_amd64.deb")).await?;
    trust.check_rpm(&desk.file("out/signed-app-1.2.3-1.x86_64.rpm")).await?;
    for name in ["signed-app_1.2.3_amd64.deb", "signed-app-1.2.3-1.x86_64.rpm"] {
        let signature = fs_err::read_to_string(desk.file(&format!("out/{name}.sig")))?;
        updates::check(&public, &signature, &fs_err::read(desk.file(&format!("out/{name}")))?)?;
    }
    Ok(())
}
