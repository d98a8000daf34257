//! Linux packages: signed with a key that lives in a GnuPG home of its own, for as long as the session.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use config_schema::BundleFormat;

use super::{
    command::CommandLine,
    scratch::Scratch,
    secrets::{Secret, Secrets},
    suffixed,
};
use crate::{
    artifacts::SIGNATURE_SUFFIX,
    error::{self, Exit},
    process,
};

const KEY: &str = "GPG_PRIVATE_KEY";
const PASSPHRASE: &str = "GPG_PASSPHRASE";
/// Words that keep gpg from asking anybody anything.
const SILENT: [&str; 5] = ["--batch", "--no-tty", "--yes", "--pinentry-mode", "loopback"];

/// Where a package's signature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Inside,
    Beside,
}

/// A private key, ready to sign.
pub(crate) struct Gpg {
    home: PathBuf,
    /// The whole fingerprint of the primary key.
    fingerprint: String,
    passphrase: Secret,
    /// Where rpm's gpg reads the passphrase: its stdin is taken.
    passphrase_file: PathBuf,
}

impl Gpg {
    /// Imports the key of the secrets into a new home. The agent that gpg starts there ends with the session.
    pub(crate) fn open(scratch: &mut Scratch, secrets: &Secrets) -> anyhow::Result<Gpg> {
        process::find("gpg", "install the package `gnupg`")?;
        let home = scratch.path().to_owned();
        scratch
            .undo_with(CommandLine::new("gpgconf").args(["--kill", "all"]).env("GNUPGHOME", &home));
        let passphrase =
            secrets.find(PASSPHRASE).cloned().unwrap_or_else(|| Secret::new(String::new()));
        let passphrase_file = scratch.write("passphrase", passphrase.reveal().as_bytes())?;

        let import = CommandLine::new("gpg")
            .args(["--batch", "--no-tty", "--import"])
            .env("GNUPGHOME", &home)
            .stdin(secrets.get(KEY)?.clone());
        import.run(&home, secrets).map_err(|cause| {
            let hint = "set it to all that `gpg --armor --export-secret-keys KEY` prints";
            let message = format!("failed to import the key in `{KEY}`");
            error::explained(cause, Exit::MissingPrerequisite, message, hint)
        })?;
        let listing = CommandLine::new("gpg")
            .args(["--batch", "--no-tty", "--with-colons", "--list-secret-keys"])
            .env("GNUPGHOME", &home)
            .run(&home, secrets)?;
        let fingerprint = only_fingerprint(&listing)?;
        Ok(Gpg { home, fingerprint, passphrase, passphrase_file })
    }

    /// Signs a package: an `.rpm` inside, as rpm checks it; any other in an `.asc` file beside it.
    pub(crate) fn sign(
        &self,
        file: &Path,
        format: BundleFormat,
        secrets: &Secrets,
    ) -> anyhow::Result<Place> {
        let dir = file.parent().unwrap_or(Path::new("."));
        if format == BundleFormat::Rpm {
            let gpg = process::find("gpg", "install the package `gnupg`")?;
            process::find(
                "rpmsign",
                "install the package that has it: `rpm` on Debian, `rpm-sign` on Fedora",
            )?;
            self.sign_rpm(file, &gpg).run(dir, secrets).map_err(|cause| failed(file, cause))?;
            return Ok(Place::Inside);
        }
        let signature = suffixed(file, SIGNATURE_SUFFIX);
        self.sign_beside(file, &signature)
            .run(dir, secrets)
            .map_err(|cause| failed(file, cause))?;
        Ok(Place::Beside)
    }

    fn sign_beside(&self, file: &Path, signature: &Path) -> CommandLine {
        CommandLine::new("gpg")
            .args(SILENT)
            .args(["--passphrase-fd", "0", "--local-user", &self.fingerprint])
            .args(["--armor", "--detach-sign", "--output"])
            .arg(signature)
            .arg(file)
            .env("GNUPGHOME", &self.home)
            .stdin(self.passphrase.clone())
    }

    fn sign_rpm(&self, file: &Path, gpg: &Path) -> CommandLine {
        let passphrase_file = macro_text(&self.passphrase_file);
        let extra = format!("{} --passphrase-file {passphrase_file}", SILENT.join(" "));
        CommandLine::new("rpmsign")
            .args(["--define", &format!("__gpg {}", macro_text(gpg))])
            .args(["--define", &format!("_gpg_name {}", self.fingerprint)])
            .args(["--define", &format!("_gpg_sign_cmd_extra_args {extra}")])
            .arg("--addsign")
            .arg(file)
            .env("GNUPGHOME", &self.home)
    }
}

fn failed(file: &Path, cause: anyhow::Error) -> anyhow::Error {
    error::explained(
        cause,
        Exit::Failed,
        format!("failed to sign the package: `{}`", file.display()),
        format!("check that the key in `{KEY}` can sign and has not expired, and `{PASSPHRASE}`"),
    )
}

/// A path inside a macro of rpm, where a percent sign begins another macro.
fn macro_text(path: &Path) -> String {
    path.to_string_lossy().replace('%', "%%")
}

/// The fingerprint of the one secret key in gpg's machine-readable listing: which of several was meant nobody knows.
fn only_fingerprint(listing: &str) -> anyhow::Result<String> {
    let mut found = Vec::new();
    let mut lines = listing.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("sec:") {
            let fingerprint = lines
                .by_ref()
                .find_map(|line| {
                    line.strip_prefix("fpr:")?.split(':').rfind(|field| !field.is_empty())
                })
                .context("gpg lists a key without a fingerprint")?;
            found.push(fingerprint.to_owned());
        }
    }
    match found.as_slice() {
        [fingerprint] => Ok(fingerprint.clone()),
        [] => Err(error::missing(
            format!("`{KEY}` holds no private key"),
            "export the private one: `gpg --armor --export-secret-keys KEY`",
        )),
        several => Err(error::missing(
            format!("`{KEY}` holds {} private keys: {}", several.len(), several.join(", ")),
            "export the one that signs: `gpg --armor --export-secret-keys KEY`",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::only_fingerprint;

    const ONE: &str = "sec:u:255:22:AAAA:1:::u:::scESC:::+:::23::0:\nfpr:::::::::0123:\ngrp:::::::::9999:\n\
        uid:u::::1::HASH::Name::::::::::0:\nssb:u:255:18:BBBB:1::::::e:::+:::23:\nfpr:::::::::4567:\n";

    #[test]
    fn the_primary_keys_fingerprint_is_taken_not_its_subkeys() {
        assert_eq!(only_fingerprint(ONE).unwrap(), "0123");
    }

    #[test]
    fn several_keys_or_none_are_refused() {
        let two = format!("{ONE}sec:u:255:22:CCCC:1:::u:::scESC:::+:::23::0:\nfpr:::::::::89AB:\n");
        let error = only_fingerprint(&two).unwrap_err().to_string();
        assert!(error.contains("2 private keys: 0123, 89AB"), "{error}");
        let error = only_fingerprint("pub:u:255:22:AAAA:\n").unwrap_err().to_string();
        assert!(error.contains("no private key"), "{error}");
    }
}
