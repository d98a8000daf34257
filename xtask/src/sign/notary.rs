//! Notarisation: Apple looks at the app and the disk image, and its ticket is stapled to both.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use config_schema::Notarize;
use serde::Deserialize;

use super::{command::CommandLine, scratch::Scratch, secrets::Secrets};
use crate::{
    error::{self, Exit},
    process,
};

/// How long Apple may take for one file; it usually takes some minutes.
const WAIT: &str = "30m";
/// Under this name the Apple ID's password is kept in the session's keychain.
const PROFILE: &str = "deskwright";
/// How the prompt script gets the password.
const PASSWORD: &str = "APPLE_PASSWORD";
/// Answers notarytool's prompt for the password: it takes one from a terminal or in its arguments, where every process could
/// read it, and from nowhere else. The script's own arguments are the command that asks.
const ANSWER_PROMPT: &str = r#"set timeout 120
log_user 0
set password $env(APPLE_PASSWORD)
unset env(APPLE_PASSWORD)
spawn -noecho {*}$argv
expect {
    -re {(?i)password[^\r\n]*: *$} { }
    timeout { puts stderr "notarytool asked for no password"; exit 1 }
    eof { puts stderr $expect_out(buffer); exit 1 }
}
send -- "$password\r"
expect {
    timeout { puts stderr "notarytool did not answer"; exit 1 }
    eof { }
}
set said $expect_out(buffer)
lassign [wait] pid spawned failed code
if {$code != 0} { puts stderr $said }
exit $code
"#;

/// Who asks Apple.
pub(crate) enum Notary {
    Key {
        file: PathBuf,
        id: String,
        issuer: String,
    },
    /// The password is in this keychain.
    Profile {
        keychain: PathBuf,
    },
}

/// What notarytool says at the end.
#[derive(Debug, Deserialize)]
struct Answer {
    id: String,
    status: String,
}

impl Notary {
    /// Prepares the way that the config names; `None` for `off`.
    pub(crate) fn open(
        notarize: Notarize,
        keychain: &Path,
        scratch: &mut Scratch,
        secrets: &Secrets,
    ) -> anyhow::Result<Option<Notary>> {
        match notarize {
            Notarize::Off => Ok(None),
            Notarize::AppStoreConnectKey => {
                let key = secrets.get("APPLE_API_KEY")?.reveal();
                let file = scratch.write("AuthKey.p8", key.as_bytes())?;
                let id = secrets.get("APPLE_API_KEY_ID")?.reveal().trim().to_owned();
                let issuer = secrets.get("APPLE_API_ISSUER")?.reveal().trim().to_owned();
                Ok(Some(Notary::Key { file, id, issuer }))
            }
            Notarize::AppleId => {
                process::find("expect", "it is part of macOS")?;
                let script = scratch.write("answer.exp", ANSWER_PROMPT.as_bytes())?;
                store_password(&script, keychain, secrets)?.run(scratch.path(), secrets).map_err(
                    |cause| {
                        error::explained(
                            cause,
                            Exit::MissingPrerequisite,
                            "Apple does not accept the Apple ID of the secrets",
                            "`APPLE_PASSWORD` is an app-specific password, made at account.apple.com; check `APPLE_ID` and `APPLE_TEAM_ID`",
                        )
                    },
                )?;
                Ok(Some(Notary::Profile { keychain: keychain.to_owned() }))
            }
        }
    }

    /// Sends an app or disk image, waits, and staples the ticket to it.
    pub(crate) fn notarize(
        &self,
        file: &Path,
        scratch: &Scratch,
        secrets: &Secrets,
    ) -> anyhow::Result<()> {
        let dir = scratch.path();
        let sent = if file.is_dir() {
            // Apple takes files only; what is in the archive is what gets the ticket.
            let archive = dir.join("submission.zip");
            archive_app(file, &archive).run(dir, secrets)?;
            archive
        } else {
            file.to_owned()
        };
        let printed = self.submit(&sent).run(dir, secrets).with_context(|| {
            format!("failed to send to Apple's notary service: `{}`", file.display())
        })?;
        let answer: Answer = serde_json::from_str(printed.trim())
            .context("Apple's notary service answered what is no answer")?;
        if answer.status != "Accepted" {
            let log = self.log(&answer.id).run(dir, secrets).unwrap_or_default();
            return Err(error::hinted(
                format!(
                    "Apple refuses to notarise ({}): `{}`\n{}",
                    answer.status,
                    file.display(),
                    log.trim()
                ),
                "the log names each file and what is wrong with it",
            ));
        }
        for verb in ["staple", "validate"] {
            stapler(verb, file).run(dir, secrets)?;
        }
        Ok(())
    }

    fn submit(&self, file: &Path) -> CommandLine {
        notarytool("submit")
            .arg(file)
            .args(["--wait", "--timeout", WAIT])
            .args(self.who())
            .args(["--output-format", "json"])
    }

    fn log(&self, id: &str) -> CommandLine {
        notarytool("log").arg(id).args(self.who())
    }

    fn who(&self) -> Vec<std::ffi::OsString> {
        match self {
            Notary::Key { file, id, issuer } => vec![
                "--key".into(),
                file.into(),
                "--key-id".into(),
                id.into(),
                "--issuer".into(),
                issuer.into(),
            ],
            Notary::Profile { keychain } => vec![
                "--keychain-profile".into(),
                PROFILE.into(),
                "--keychain".into(),
                keychain.into(),
            ],
        }
    }
}

/// Puts the password into the session's keychain, from where notarytool takes it; Apple checks it at the same time.
fn store_password(
    script: &Path,
    keychain: &Path,
    secrets: &Secrets,
) -> anyhow::Result<CommandLine> {
    let (id, team) = (secrets.get("APPLE_ID")?, secrets.get("APPLE_TEAM_ID")?);
    let (id, team) = (id.reveal().trim(), team.reveal().trim());
    Ok(CommandLine::new("expect")
        .arg("-f")
        .arg(script)
        .args([
            "xcrun",
            "notarytool",
            "store-credentials",
            PROFILE,
            "--apple-id",
            id,
            "--team-id",
            team,
        ])
        .arg("--keychain")
        .arg(keychain)
        .secret_env(PASSWORD, secrets.get(PASSWORD)?))
}

fn notarytool(verb: &str) -> CommandLine {
    CommandLine::new("xcrun").args(["notarytool", verb])
}

fn stapler(verb: &str, file: &Path) -> CommandLine {
    CommandLine::new("xcrun").args(["stapler", verb]).arg(file)
}

fn archive_app(app: &Path, archive: &Path) -> CommandLine {
    CommandLine::new("ditto").args(["-c", "-k", "--keepParent"]).arg(app).arg(archive)
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::super::command::words;
    use super::{Notary, archive_app, stapler};

    #[test]
    fn the_command_lines_of_notarisation() {
        let key = Notary::Key {
            file: PathBuf::from("/t/AuthKey.p8"),
            id: "KEYID".to_owned(),
            issuer: "0-1-2".to_owned(),
        };
        let profile = Notary::Profile { keychain: PathBuf::from("/t/k.keychain-db") };
        let dmg = Path::new("/o/App.dmg");
        assert_eq!(
            [
                words(&key.submit(dmg)),
                words(&profile.submit(dmg)),
                words(&key.log("4-2")),
                words(&stapler("staple", dmg)),
                words(&archive_app(Path::new("/o/My App.app"), Path::new("/t/submission.zip"))),
            ],
            [
                "xcrun notarytool submit /o/App.dmg --wait --timeout 30m --key /t/AuthKey.p8 --key-id KEYID --issuer 0-1-2 --output-format json",
                "xcrun notarytool submit /o/App.dmg --wait --timeout 30m --keychain-profile deskwright --keychain /t/k.keychain-db --output-format json",
                "xcrun notarytool log 4-2 --key /t/AuthKey.p8 --key-id KEYID --issuer 0-1-2",
                "xcrun stapler staple /o/App.dmg",
                "ditto -c -k --keepParent /o/My App.app /t/submission.zip",
            ]
        );
    }
}
