//! Windows files: signed with a PFX file, by Azure Artifact Signing, or by the user's own command.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use config_schema::{App, SignedBy, WindowsSigning};

use super::{
    authenticode::{self, Description},
    azure,
    command::CommandLine,
    scratch::Scratch,
    secrets::{Secret, Secrets},
};
use crate::error::{self, Exit};

/// What the user's own command is handed.
const COMMAND_SECRET: &str = "WINDOWS_SIGNING_SECRET";
/// Stands for the file in the user's own command.
const FILE_WORD: &str = "%1";

/// A route that is ready to sign.
pub(crate) struct Windows {
    route: Route,
    description: Description,
}

enum Route {
    /// On Windows: the certificate is in the user's store.
    Store {
        signtool: PathBuf,
        thumbprint: String,
        timestamp_url: String,
    },
    /// Elsewhere: the certificate is a private file.
    File {
        pfx: PathBuf,
        password: Secret,
        timestamp_url: String,
    },
    Azure {
        tools: azure::Tools,
        metadata: PathBuf,
        timestamp_url: String,
    },
    Command {
        command: Vec<String>,
        secret: Option<Secret>,
    },
}

impl Windows {
    pub(crate) fn open(
        signing: &WindowsSigning,
        app: &App,
        scratch: &mut Scratch,
        secrets: &Secrets,
    ) -> anyhow::Result<Windows> {
        let route = match signing {
            WindowsSigning::Pfx { timestamp_url } => {
                open_pfx(timestamp_url.as_str(), scratch, secrets)?
            }
            WindowsSigning::Azure { timestamp_url, endpoint, account, profile } => {
                let tools = azure::Tools::find()?;
                let metadata = azure::metadata(endpoint.as_str(), account, profile);
                let metadata = scratch.write("metadata.json", metadata.as_bytes())?;
                Route::Azure { tools, metadata, timestamp_url: timestamp_url.to_string() }
            }
            WindowsSigning::Command { command } => Route::Command {
                command: command.clone(),
                secret: secrets.find(COMMAND_SECRET).cloned(),
            },
        };
        Ok(Windows { route, description: Description::of(app) })
    }

    pub(crate) fn signed_by(&self) -> SignedBy {
        match self.route {
            Route::Store { .. } | Route::File { .. } => SignedBy::Pfx,
            Route::Azure { .. } => SignedBy::Azure,
            Route::Command { .. } => SignedBy::Command,
        }
    }

    /// Signs an executable or installer in place, and looks whether a signature is there: a command of the user's that did
    /// nothing would be noticed by the users of the app.
    pub(crate) fn sign(&self, file: &Path, secrets: &Secrets) -> anyhow::Result<()> {
        // Where xtask was started, so that the user's own command finds what belongs to it.
        let dir = Path::new(".");
        let failed = |cause| {
            let message = format!("failed to sign: `{}`", file.display());
            error::explained(cause, Exit::Failed, message, self.hint())
        };
        match &self.route {
            Route::File { pfx, password, timestamp_url } => {
                // osslsigncode writes a second file, which takes the place of the first when it is whole.
                let mut signed = file.as_os_str().to_owned();
                signed.push(".signed");
                let signed = PathBuf::from(signed);
                let line = authenticode::osslsigncode(
                    pfx,
                    password,
                    timestamp_url,
                    &self.description,
                    (file, &signed),
                );
                line.run(dir, secrets).map_err(failed)?;
                fs_err::set_permissions(&signed, fs_err::metadata(file)?.permissions())?;
                fs_err::rename(&signed, file)?;
            }
            Route::Store { signtool, thumbprint, timestamp_url } => {
                authenticode::signtool(
                    signtool,
                    thumbprint,
                    timestamp_url,
                    &self.description,
                    file,
                )
                .run(dir, secrets)
                .map(drop)
                .map_err(failed)?;
            }
            Route::Azure { tools, metadata, timestamp_url } => {
                azure::sign(tools, metadata, timestamp_url, &self.description, secrets, file)?
                    .run(dir, secrets)
                    .map(drop)
                    .map_err(failed)?;
            }
            Route::Command { command, secret } => {
                custom(command, secret.as_ref(), file)?
                    .run(dir, secrets)
                    .map(drop)
                    .map_err(failed)?;
            }
        }
        authenticode::require_signature(file).map_err(failed)
    }

    fn hint(&self) -> &'static str {
        match self.route {
            Route::Store { .. } | Route::File { .. } => {
                "check the certificate, its password and `signing.windows.timestampUrl`; docs/signing.md names the usual causes"
            }
            Route::Azure { .. } => {
                "check `signing.windows` and that the app registration has the role `Artifact Signing Certificate Profile Signer`"
            }
            Route::Command { .. } => {
                "`signing.windows.command` must sign the file that `%1` stands for, in its place, and end with 0"
            }
        }
    }
}

fn open_pfx(
    timestamp_url: &str,
    scratch: &mut Scratch,
    secrets: &Secrets,
) -> anyhow::Result<Route> {
    let timestamp_url = timestamp_url.to_owned();
    let pfx = scratch.write("certificate.pfx", &secrets.bytes("WINDOWS_CERTIFICATE")?)?;
    let password = secrets.get("WINDOWS_CERTIFICATE_PASSWORD")?.clone();
    if !cfg!(windows) {
        authenticode::find_osslsigncode()?;
        return Ok(Route::File { pfx, password, timestamp_url });
    }
    let signtool = authenticode::find_signtool()?;
    let before = authenticode::listed(&authenticode::list_store().run(scratch.path(), secrets)?);
    let imported = authenticode::import(&pfx, &password).run(scratch.path(), secrets);
    let after = authenticode::listed(&authenticode::list_store().run(scratch.path(), secrets)?);
    let new = after.into_iter().filter(|entry| !before.contains(entry));
    for entry in new {
        scratch.undo_with(authenticode::remove(&entry));
    }
    let thumbprint = imported.map_err(|cause| {
        error::explained(
            cause,
            Exit::MissingPrerequisite,
            "failed to import the certificate in `WINDOWS_CERTIFICATE`",
            "check that it is the whole .pfx file in base64, and `WINDOWS_CERTIFICATE_PASSWORD`",
        )
    })?;
    let thumbprint = thumbprint.trim().to_owned();
    Ok(Route::Store { signtool, thumbprint, timestamp_url })
}

/// The user's own command for one file.
fn custom(command: &[String], secret: Option<&Secret>, file: &Path) -> anyhow::Result<CommandLine> {
    let (program, args) = command.split_first().context("the signing command has no words")?;
    let file = file.to_str().context("the path of the file is no Unicode")?;
    let args = args.iter().map(|arg| arg.replace(FILE_WORD, file));
    let line = CommandLine::new(program).args(args);
    Ok(match secret {
        Some(secret) => line.secret_env(COMMAND_SECRET, secret),
        None => line,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Secret, custom};

    #[test]
    fn the_users_command_gets_the_file_as_one_word_and_its_secret_in_the_environment() {
        let command = ["sign-it", "--in=%1", "--name", "a b"].map(str::to_owned);
        let secret = Secret::new("top".to_owned());
        let line = custom(&command, Some(&secret), Path::new("/o/My App; rm -rf.exe")).unwrap();
        assert_eq!(line.program, "sign-it");
        assert_eq!(line.args, ["--in=/o/My App; rm -rf.exe", "--name", "a b"]);
        assert_eq!(line.secret_env, [("WINDOWS_SIGNING_SECRET", secret)]);
    }
}
