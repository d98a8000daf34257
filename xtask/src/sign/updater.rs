//! Signatures of updates: minisign, in the forms of Tauri's own tools.

use std::{
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use minisign::{KeyPair, PublicKey, PublicKeyBox, SecretKey, SecretKeyBox};

use super::{
    scratch::write_private,
    secrets::{Secret, Secrets},
    suffixed,
};
use crate::{artifacts::UPDATER_SIGNATURE_SUFFIX, error};

/// The key, in base64 around its whole file.
const KEY: &str = "TAURI_SIGNING_PRIVATE_KEY";
/// Its password.
pub(crate) const PASSWORD: &str = "TAURI_SIGNING_PRIVATE_KEY_PASSWORD";
/// The comment of a signature that nobody has to trust.
const UNTRUSTED_COMMENT: &str = "signature of an update";
/// How to get a key.
const GENERATE: &str = "make a pair with `cargo xtask sign --generate-updater-key FILE`";

/// The key that signs updates; it fits the public key that the app was built with.
pub(crate) struct UpdaterKey {
    secret: SecretKey,
    public: PublicKey,
    /// Of the app: a signature says which version it is of, so that nobody can pass an old one off as new.
    version: String,
}

impl UpdaterKey {
    /// Opens the key of the secrets, and holds it against the config's public key: an app refuses every update that another
    /// key has signed.
    pub(crate) fn open(
        secrets: &Secrets,
        public_key: &str,
        version: String,
    ) -> anyhow::Result<UpdaterKey> {
        let secret = open_secret(secrets)?;
        let public = parse_public(public_key)?;
        let own = PublicKey::from_secret_key(&secret).context("failed to derive the public key")?;
        if own != public {
            let message = format!(
                "the key in `{KEY}` is not the one of `updates.publicKey`: {} instead of {}",
                key_id(own.keynum()),
                key_id(public.keynum()),
            );
            let hint = "set the secret to the private half of that key; apps that are installed accept no other";
            return Err(error::usage(message, hint));
        }
        Ok(UpdaterKey { secret, public, version })
    }

    /// Writes the file's signature beside it.
    pub(crate) fn sign(&self, file: &Path) -> anyhow::Result<()> {
        let name = file.file_name().context("a file has a name")?.to_string_lossy();
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let comment = format!("timestamp:{seconds}\tfile:{name}\tversion:{}", self.version);
        let signature = minisign::sign(
            Some(&self.public),
            &self.secret,
            fs_err::File::open(file)?,
            Some(&comment),
            Some(UNTRUSTED_COMMENT),
        )
        .with_context(|| format!("failed to sign the update: `{}`", file.display()))?;
        let path = suffixed(file, UPDATER_SIGNATURE_SUFFIX);
        Ok(fs_err::write(path, STANDARD.encode(signature.to_string()))?)
    }
}

/// Writes a new private key, encrypted by the password, which may be empty, and gives the public key. An existing file is
/// never written over: it may be the only copy of a key that installed apps trust.
pub(crate) fn generate(file: &Path, password: Option<&Secret>) -> anyhow::Result<String> {
    let password = password.map(Secret::reveal).unwrap_or_default().to_owned();
    let KeyPair { pk, sk } = KeyPair::generate_encrypted_keypair(Some(password))
        .context("failed to make a key for updates")?;
    let private =
        Secret::new(sk.to_box(None).context("failed to write down the key")?.into_string());
    let encoded = Secret::new(STANDARD.encode(private.reveal()));
    write_private(file, encoded.reveal().as_bytes()).map_err(|cause| {
        error::usage(format!("{cause:#}"), "name a file that does not exist, in a folder that does")
    })?;
    let public = pk.to_box().context("failed to write down the public key")?;
    Ok(STANDARD.encode(public.to_string()))
}

fn open_secret(secrets: &Secrets) -> anyhow::Result<SecretKey> {
    let bytes = secrets.bytes(KEY)?;
    let unusable =
        || error::missing(format!("the secret is no key for updates: `{KEY}`"), GENERATE);
    let text = std::str::from_utf8(&bytes).map_err(|_| unusable())?;
    let boxed = || SecretKeyBox::from_string(text).map_err(|_| unusable());
    // A key without encryption is none of Tauri's, but one of minisign's.
    if let Ok(key) = boxed()?.into_unencrypted_secret_key() {
        return Ok(key);
    }
    let password = secrets.find(PASSWORD).map(Secret::reveal).unwrap_or_default();
    boxed()?.into_secret_key(Some(password.to_owned())).map_err(|cause| {
        let hint = format!("check `{PASSWORD}`, and that `{KEY}` is whole; or {GENERATE}");
        error::missing(format!("failed to open the key in `{KEY}`: {cause}"), hint)
    })
}

/// The public key of a config: base64 around the whole minisign file.
fn parse_public(text: &str) -> anyhow::Result<PublicKey> {
    let parsed = STANDARD
        .decode(text.trim())
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| PublicKeyBox::from_string(&text).ok()?.into_public_key().ok());
    parsed.ok_or_else(|| error::usage("`updates.publicKey` is no minisign public key", GENERATE))
}

/// The id by which minisign names a key: eight bytes, the last first.
fn key_id(number: &[u8]) -> String {
    number.iter().rev().map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::key_id;

    #[test]
    fn a_key_id_reads_as_minisign_writes_it() {
        assert_eq!(key_id(&[0xEF, 0xCD, 0xAB, 0x89, 0x67, 0x45, 0x23, 0x01]), "0123456789ABCDEF");
    }
}
