//! Updates: what is signed is checked the way the updater of installed apps checks it, and keys and signatures are
//! interchangeable with those of Tauri's own tool.

use std::os::unix::fs::PermissionsExt as _;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minisign_verify::{PublicKey, Signature};
use serde_json::{Value, json};
use tests::process;
use tests::xtask::Xtask;

use crate::support::{Desk, error_of, tool};

const KEY: &str = "TAURI_SIGNING_PRIVATE_KEY";
const PASSWORD: &str = "TAURI_SIGNING_PRIVATE_KEY_PASSWORD";
const FILE: &str = "signed_1.2.3_amd64.deb";

/// Base64 around a text, in which Tauri passes keys and signatures.
fn decoded(text: &str) -> Result<String> {
    Ok(String::from_utf8(STANDARD.decode(text.trim())?)?)
}

/// Checks a signature as the updater does: both in base64, and prehashed ones only.
pub(crate) fn check(public_key: &str, signature: &str, data: &[u8]) -> Result<Signature> {
    let key = PublicKey::decode(&decoded(public_key)?)?;
    let signature = Signature::decode(&decoded(signature)?)?;
    key.verify(data, &signature, false)?;
    Ok(signature)
}

/// A desk whose config trusts this public key.
fn desk(public_key: &str) -> Result<Desk> {
    let updates = json!({ "endpoint": "https://example.com/latest.json", "publicKey": public_key });
    let desk = Desk::new(&json!({ "updates": updates }))?;
    fs_err::write(desk.file(FILE), b"what an update would be")?;
    Ok(desk)
}

/// A pair made by `xtask sign --generate-updater-key`.
pub(crate) async fn generated(password: &str) -> Result<(String, String)> {
    let mut desk = Desk::new(&json!({}))?;
    if !password.is_empty() {
        desk.secret(PASSWORD, password);
    }
    let args = ["sign", "--generate-updater-key", "updates.key", "--format", "json"];
    let document: Value = desk.run(&args).await?.expect_code(0)?.json()?;
    let public = document["publicKey"].as_str().context("a public key is printed")?.to_owned();

    let file = desk.file("updates.key");
    assert_eq!(fs_err::metadata(&file)?.permissions().mode() & 0o777, 0o600);
    let private = fs_err::read_to_string(&file)?;
    let output = desk.run(&args).await?.expect_code(2)?;
    assert!(output.stderr.contains("name a file that does not exist"), "{output}");
    assert_eq!(fs_err::read_to_string(&file)?, private, "a key is never written over");
    Ok((private, public))
}

async fn signs(private: &str, public: &str, password: &str) -> Result<()> {
    let mut desk = desk(public)?;
    desk.secret(KEY, private);
    if !password.is_empty() {
        desk.secret(PASSWORD, password);
    }
    let document: Value = desk.sign(&[FILE], "linux-x64").await?.expect_code(0)?.json()?;
    assert_eq!(document["files"], json!([FILE, format!("{FILE}.sig")]));
    let text = fs_err::read_to_string(desk.file(&format!("{FILE}.sig")))?;
    let signature = check(public, &text, &fs_err::read(desk.file(FILE))?)?;
    let comment = signature.trusted_comment();
    let (time, file) = comment.split_once('\t').context("the comment has two parts")?;
    assert!(
        time.strip_prefix("timestamp:").is_some_and(|time| time.parse::<u64>().is_ok()),
        "{comment}"
    );
    // The version is what keeps an old file from being announced as a new one.
    assert_eq!(file, format!("file:{FILE}\tversion:1.2.3"));
    assert!(check(public, &text, b"what an attacker would send").is_err());
    Ok(())
}

#[tokio::test]
async fn a_generated_key_signs_what_the_updater_accepts() -> Result<()> {
    for password in ["", "MARKER-updates \"pw\""] {
        let (private, public) = generated(password).await?;
        signs(&private, &public, password).await?;
    }
    Ok(())
}

#[tokio::test]
async fn keys_and_signatures_are_those_of_tauris_own_tool() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("tauri.key");
    let cli = Xtask::tauri_cli()?;
    let tauri = |args: &[&str]| {
        let mut command = process::command("node");
        command.arg(&cli).arg("signer").args(args).current_dir(folder.path());
        command
    };
    tool(tauri(&["generate", "--ci", "--password", "MARKER-tauri", "--write-keys"]).arg(&path))
        .await?;
    let private = fs_err::read_to_string(&path)?;
    let public = fs_err::read_to_string(path.with_extension("key.pub"))?;
    signs(&private, &public, "MARKER-tauri").await?;

    // And the other way round: Tauri's tool signs with a key of ours, and its signature reads like ours.
    let (private, public) = generated("MARKER-ours").await?;
    let file = folder.path().join(FILE);
    fs_err::write(&file, b"bytes")?;
    let args = ["sign", "--private-key", &private, "--password", "MARKER-ours"];
    tool(tauri(&args).arg(&file)).await?;
    let text = fs_err::read_to_string(folder.path().join(format!("{FILE}.sig")))?;
    let theirs = check(&public, &text, b"bytes")?;
    assert!(
        theirs.trusted_comment().ends_with(&format!("\tfile:{FILE}")),
        "{}",
        theirs.trusted_comment()
    );
    Ok(())
}

#[tokio::test]
async fn a_key_that_installed_apps_do_not_trust_is_refused() -> Result<()> {
    let (_, trusted) = generated("").await?;
    let (other, other_public) = generated("").await?;
    let mut desk = desk(&trusted)?;
    desk.secret(KEY, &other);
    let error = error_of(&desk.sign(&[FILE], "linux-x64").await?.expect_code(2)?)?;
    for key in [&trusted, &other_public] {
        let comment = decoded(key)?;
        let id =
            comment.lines().next().and_then(|line| line.rsplit(' ').next()).context("an id")?;
        assert!(error.contains(id), "{id}: {error}");
    }
    assert!(!desk.file(&format!("{FILE}.sig")).exists());
    Ok(())
}

#[tokio::test]
async fn keys_that_cannot_be_opened_are_named() -> Result<()> {
    let (private, public) = generated("MARKER-right").await?;
    let mut desk = desk(&public)?;
    let error = error_of(&desk.sign(&[FILE], "linux-x64").await?.expect_code(3)?)?;
    assert!(error.ends_with("missing: `TAURI_SIGNING_PRIVATE_KEY`"), "{error}");

    desk.secret(KEY, &private);
    desk.secret(PASSWORD, "MARKER-wrong");
    let output = desk.sign(&[FILE], "linux-x64").await?.expect_code(3)?;
    assert!(error_of(&output)?.contains("Wrong password"), "{output}");

    desk.secret(KEY, &STANDARD.encode("MARKER of no key"));
    let output = desk.sign(&[FILE], "linux-x64").await?.expect_code(3)?;
    assert!(error_of(&output)?.contains(KEY), "{output}");
    Ok(())
}
