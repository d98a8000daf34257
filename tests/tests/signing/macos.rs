//! macOS: stand-ins of Apple's tools keep a keychain and a search list as the real ones do, so that order and clean-up can be
//! seen here, also when any one call fails. What the real tools accept, only a Mac can tell.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use base64::Engine as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bundle::stamped;
use crate::support::{Desk, error_of};

/// Every stand-in writes what it was asked, and fails where the test says; `-i` of `security` takes one command from stdin.
const BEGIN: &str = r#"#!/bin/sh
state="$STAND_IN_STATE"
line="$(basename "$0") $*"
if [ "$line" = "security -i" ]; then
  read -r input
  hidden='s/"-P" .* "-T"/"-P" ... "-T"/; s/"-p" "[^"]*"/"-p" .../; /partition/s/"-k" "[^"]*"/"-k" .../'
  line="security -i: $(printf '%s' "$input" | sed "$hidden")"
fi
printf '%s\n' "$line" >> "$state/calls"
if [ "$(wc -l < "$state/calls")" = "$STAND_IN_FAILS" ]; then echo "fails here" >&2; exit 1; fi
"#;

const SECURITY: &str = r#"
path() { printf '%s' "$input" | sed 's/.*"\([^"]*keychain-db\)".*/\1/'; }
case "$line" in
  "security list-keychains -d user") cat "$state/search-list";;
  "security list-keychains -d user -s"*) shift 4; printf '    "%s"\n' "$@" > "$state/search-list";;
  *create-keychain*) touch "$(path)"; path > "$state/keychain";;
  *import*) test -f "$(path)" || exit 44; printf '%s' "$input" | grep -q '"-P" "MARKER-p12 \\"quoted\\" \\\\"' || exit 51;;
  "security delete-keychain"*) rm "$2";;
  "security find-identity"*) echo '  1) ABCD "Developer ID Application: Test (TEAM)"'; echo '     1 valid identities found';;
esac
"#;

const XCRUN: &str = r#"
case "$line" in
  *"notarytool store-credentials"*)
    printf 'This stores your credentials.\n\nApp-specific password for me@example.com: ' > /dev/tty
    stty -echo < /dev/tty; read -r password < /dev/tty; stty echo < /dev/tty
    test "${password#MARKER-}" = "app specific" || { echo "HTTP status code: 401" > /dev/tty; exit 69; };;
  *"notarytool submit"*) test -f "$3" || exit 2; echo "{\"id\":\"4-2\",\"status\":\"${STAND_IN_STATUS:-Accepted}\",\"message\":\"m\"}";;
  *"notarytool log"*) echo '{"issues": ["The binary is not signed."]}';;
esac
"#;

/// Copies, or makes the archive that the next tool looks for.
const DITTO: &str = "case \"$1\" in -c) touch \"$5\";; *) cp -R \"$1\" \"$2\";; esac\n";

/// Makes an image of what is in the folder: a list of names.
const HDIUTIL: &str = "for last; do :; done\nls \"$5\" > \"$last\"\n";

/// In the place of Tauri's bundler, which makes app bundles on a Mac only.
const NODE: &str = "app=\"$CARGO_TARGET_DIR/release/bundle/macos/Signed App.app\"\n\
    mkdir -p \"$app/Contents/MacOS\" && echo program > \"$app/Contents/MacOS/signed-app\"\n";

struct Mac {
    desk: Desk,
    state: TempDir,
    before: String,
}

impl Mac {
    fn new(notarize: &str) -> Result<Mac> {
        let signing = json!({ "macos": { "notarize": notarize } });
        let bundle = json!({ "macos": { "entitlements": "app.entitlements" } });
        let mut desk = Desk::new(&json!({ "signing": signing, "bundle": bundle }))?;
        let certificate =
            base64::engine::general_purpose::STANDARD.encode("MARKER of a certificate");
        desk.secret("APPLE_CERTIFICATE", &certificate);
        desk.secret("APPLE_CERTIFICATE_PASSWORD", "MARKER-p12 \"quoted\" \\");
        desk.secret(
            "APPLE_API_KEY",
            "-----BEGIN PRIVATE KEY-----\nMARKERofakey\n-----END PRIVATE KEY-----",
        );
        desk.name("APPLE_API_KEY_ID", "KEYID");
        desk.name("APPLE_API_ISSUER", "0-1-2");
        desk.name("APPLE_ID", "me@example.com");
        desk.name("APPLE_TEAM_ID", "TEAM");
        desk.secret("APPLE_PASSWORD", "MARKER-app specific");
        fs_err::create_dir_all(desk.file("My App.app/Contents"))?;
        fs_err::write(desk.file("app_1.dmg"), "image")?;
        fs_err::write(desk.file("app.entitlements"), "<plist/>")?;
        let tools = [
            ("security", SECURITY),
            ("xcrun", XCRUN),
            ("ditto", DITTO),
            ("hdiutil", HDIUTIL),
            ("codesign", ""),
        ];
        for (name, script) in tools {
            desk.tool(name, &format!("{BEGIN}{script}"))?;
        }
        let state = tempfile::tempdir()?;
        let before = "    \"/Users/me/Library/Keychains/login.keychain-db\"\n    \"/Library/My Chain.keychain\"\n".to_owned();
        desk.set("STAND_IN_STATE", state.path());
        let mac = Mac { desk, state, before };
        mac.reset()?;
        Ok(mac)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.state.path().join(name)
    }

    fn reset(&self) -> Result<()> {
        fs_err::write(self.file("calls"), "")?;
        fs_err::write(self.file("search-list"), &self.before)?;
        Ok(())
    }

    /// What the tools were asked, with the session's own folder left out.
    fn calls(&self) -> Result<Vec<String>> {
        let text = fs_err::read_to_string(self.file("calls"))?;
        let keychain = fs_err::read_to_string(self.file("keychain"))?;
        let folder =
            keychain.trim().rsplit_once('/').context("a keychain has a folder")?.0.to_owned();
        let work = self.desk.file("");
        let work = work.display().to_string();
        Ok(text.lines().map(|line| line.replace(&folder, "TMP").replace(&work, "")).collect())
    }

    /// The machine is as it was.
    fn assert_clean(&self, when: &str) -> Result<()> {
        assert_eq!(fs_err::read_to_string(self.file("search-list"))?, self.before, "{when}");
        if let Ok(keychain) = fs_err::read_to_string(self.file("keychain")) {
            assert!(!std::path::Path::new(keychain.trim()).exists(), "{when}");
        }
        Ok(())
    }
}

const FILES: [&str; 2] = ["My App.app", "app_1.dmg"];

#[tokio::test]
async fn app_and_image_are_signed_notarised_and_stapled_in_order() -> Result<()> {
    let mac = Mac::new("appStoreConnectKey")?;
    let document: Value = mac.desk.sign(&FILES, "macos-arm64").await?.expect_code(0)?.json()?;
    assert_eq!(document["signing"], "certificate");
    let who = "--key TMP/AuthKey.p8 --key-id KEYID --issuer 0-1-2";
    assert_eq!(
        mac.calls()?,
        [
            "security list-keychains -d user",
            "security -i: \"create-keychain\" \"-p\" ... \"TMP/deskwright.keychain-db\"",
            "security set-keychain-settings -l -u -t 21600 TMP/deskwright.keychain-db",
            "security -i: \"unlock-keychain\" \"-p\" ... \"TMP/deskwright.keychain-db\"",
            "security -i: \"import\" \"TMP/certificate.p12\" \"-k\" \"TMP/deskwright.keychain-db\" \"-f\" \"pkcs12\" \"-P\" ... \"-T\" \"/usr/bin/codesign\"",
            "security -i: \"set-key-partition-list\" \"-S\" \"apple-tool:,apple:,codesign:\" \"-s\" \"-k\" ... \"TMP/deskwright.keychain-db\"",
            "security list-keychains -d user -s TMP/deskwright.keychain-db /Users/me/Library/Keychains/login.keychain-db /Library/My Chain.keychain",
            "security find-identity -v -p codesigning TMP/deskwright.keychain-db",
            "codesign --force --sign ABCD --keychain TMP/deskwright.keychain-db --timestamp --options runtime --entitlements app.entitlements My App.app",
            "codesign --verify --strict --deep My App.app",
            "ditto -c -k --keepParent My App.app TMP/submission.zip",
            &format!(
                "xcrun notarytool submit TMP/submission.zip --wait --timeout 30m {who} --output-format json"
            ),
            "xcrun stapler staple My App.app",
            "xcrun stapler validate My App.app",
            "codesign --force --sign ABCD --keychain TMP/deskwright.keychain-db --timestamp app_1.dmg",
            "codesign --verify --strict app_1.dmg",
            &format!(
                "xcrun notarytool submit app_1.dmg --wait --timeout 30m {who} --output-format json"
            ),
            "xcrun stapler staple app_1.dmg",
            "xcrun stapler validate app_1.dmg",
            "security delete-keychain TMP/deskwright.keychain-db",
            "security list-keychains -d user -s /Users/me/Library/Keychains/login.keychain-db /Library/My Chain.keychain",
        ]
    );
    mac.assert_clean("after success")
}

#[tokio::test]
async fn whichever_call_fails_the_machine_is_as_it_was() -> Result<()> {
    for notarize in ["appStoreConnectKey", "appleId"] {
        let mut mac = Mac::new(notarize)?;
        mac.desk.sign(&FILES, "macos-arm64").await?.expect_code(0)?;
        let calls = mac.calls()?;
        for (index, call) in calls.iter().enumerate() {
            mac.reset()?;
            mac.desk.name("STAND_IN_FAILS", &(index + 1).to_string());
            let output = mac.desk.sign(&FILES, "macos-arm64").await?;
            assert_ne!(output.code()?, 0, "{call}: {output}");
            assert!(output.stderr.contains("fails here"), "{call}: {output}");
            // The last two are the clean-up itself: the other one is done all the same.
            let deletes = call.contains("delete-keychain");
            let restores = index + 1 == calls.len();
            if !restores {
                assert_eq!(fs_err::read_to_string(mac.file("search-list"))?, mac.before, "{call}");
            }
            if !deletes && !restores {
                mac.assert_clean(call)?;
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_apple_ids_password_is_typed_at_the_prompt() -> Result<()> {
    let mut mac = Mac::new("appleId")?;
    mac.desk.sign(&FILES, "macos-arm64").await?.expect_code(0)?;
    let calls = mac.calls()?.join("\n");
    for wanted in [
        "xcrun notarytool store-credentials deskwright --apple-id me@example.com --team-id TEAM --keychain TMP/deskwright.keychain-db",
        "xcrun notarytool submit app_1.dmg --wait --timeout 30m --keychain-profile deskwright --keychain TMP/deskwright.keychain-db --output-format json",
    ] {
        assert!(calls.contains(wanted), "{wanted}\n{calls}");
    }
    assert!(mac.desk.witness()?.contains("expect"), "the tool was watched");

    mac.reset()?;
    mac.desk.secret("APPLE_PASSWORD", "MARKER-another one");
    let output = mac.desk.sign(&FILES, "macos-arm64").await?.expect_code(3)?;
    assert!(error_of(&output)?.contains("does not accept the Apple ID"), "{output}");
    assert!(output.stderr.contains("401"), "{output}");
    mac.assert_clean("after a wrong password")
}

#[tokio::test]
async fn what_apple_refuses_is_told_with_its_log() -> Result<()> {
    let mut mac = Mac::new("appStoreConnectKey")?;
    mac.desk.name("STAND_IN_STATUS", "Invalid");
    let output = mac.desk.sign(&FILES, "macos-arm64").await?.expect_code(1)?;
    let error = error_of(&output)?;
    assert!(error.contains("Apple refuses to notarise (Invalid)"), "{error}");
    assert!(error.contains("The binary is not signed."), "{error}");
    mac.assert_clean("after a refusal")
}

#[tokio::test]
async fn without_a_section_apps_are_signed_ad_hoc() -> Result<()> {
    let mut mac = Mac::new("off")?;
    fs_err::write(
        mac.desk.file("app.json"),
        r#"{ "app": { "name": "Signed App", "id": "com.example.signed" }, "content": { "dir": "web" } }"#,
    )?;
    mac.desk.name("APPLE_CERTIFICATE", "");
    let document: Value = mac.desk.sign(&FILES, "macos-arm64").await?.expect_code(0)?.json()?;
    assert_eq!(document["signing"], "adHoc");
    let calls = fs_err::read_to_string(mac.file("calls"))?;
    let work = mac.desk.file("").display().to_string();
    assert_eq!(
        calls.replace(&work, ""),
        "codesign --force --sign - --timestamp=none My App.app\ncodesign --verify --strict --deep My App.app\n"
    );
    Ok(())
}

#[tokio::test]
async fn image_and_archive_are_made_of_the_stapled_app() -> Result<()> {
    let mac = Mac::new("appStoreConnectKey")?;
    stamped(&mac.desk).await?;
    mac.desk.tool("node", &format!("{BEGIN}{NODE}"))?;
    let bundle = ["bundle", "tree", "--target", "macos-arm64", "--sign", "--format", "json"];
    mac.desk.run(&bundle).await?.expect_code(0)?;

    let calls = mac.calls()?;
    // What is done after the app bundle is there, by tool and verb.
    let steps: Vec<_> = calls
        .iter()
        .filter(|call| !call.starts_with("security"))
        .map(|call| call.split(' ').take(3).collect::<Vec<_>>().join(" "))
        .collect();
    let bundle = "tree/target/release/bundle";
    let app = format!("{bundle}/macos/Signed App.app");
    assert!(steps[0].starts_with("node "), "{steps:?}");
    assert_eq!(
        steps[1..],
        [
            "codesign --force --sign",
            "codesign --verify --strict",
            "ditto -c -k",
            "xcrun notarytool submit",
            "xcrun stapler staple",
            "xcrun stapler validate",
            &format!("ditto {bundle}/macos/Signed App.app"),
            "hdiutil create -volname",
            "codesign --force --sign",
            "codesign --verify --strict",
            "xcrun notarytool submit",
            "xcrun stapler staple",
            "xcrun stapler validate",
        ]
    );
    let image = format!("{bundle}/dmg/signed-app_1.2.3_aarch64.dmg");
    for wanted in [
        format!("--entitlements tree/packaging/app.entitlements {app}"),
        format!("xcrun stapler validate {app}"),
        format!("xcrun stapler validate {image}"),
    ] {
        assert!(calls.iter().any(|call| call.ends_with(&wanted)), "{wanted}: {calls:#?}");
    }
    assert_eq!(fs_err::read_to_string(mac.desk.file(&image))?, "Applications\nSigned App.app\n");
    assert!(mac.desk.file(&format!("{bundle}/app/signed-app_1.2.3_aarch64.app.tar.gz")).exists());
    mac.assert_clean("after a bundle")
}
