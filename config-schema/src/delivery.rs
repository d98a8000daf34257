//! Signing and updates of a resolved config, and the secrets that each way of signing needs.

use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap as _};
use url::Url;

use crate::model::AppModel;
use crate::target::System;
use crate::values::{LinuxSigning, Notarize, WindowsRoute};

/// By which way installers are signed; `None` is not at all, on macOS ad hoc.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Signing {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub windows: Option<WindowsSigning>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub macos: Option<MacosSigning>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linux: Option<LinuxSigning>,
}

/// Where the key is that signs Windows files.
#[derive(Debug, Clone, PartialEq)]
pub enum WindowsSigning {
    /// In a PKCS #12 file.
    Pfx { timestamp_url: Url },
    /// With Azure Artifact Signing.
    Azure { timestamp_url: Url, endpoint: Url, account: String, profile: String },
    /// Behind the user's own command; `%1` stands for the file.
    Command { command: Vec<String> },
}

/// The app bundle is signed with a Developer ID certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MacosSigning {
    pub notarize: Notarize,
}

/// Where apps find newer versions of themselves, and how they know them.
#[derive(Debug, Clone, PartialEq)]
pub struct Updates {
    pub source: UpdateSource,
    /// A minisign public key, in base64 around its whole file.
    pub public_key: String,
    pub channel: String,
    pub check: UpdatesCheck,
}

/// When an app looks for a newer version by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdatesCheck {
    pub on_start: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every_hours: Option<u32>,
}

impl UpdatesCheck {
    /// Does it look at all?
    pub fn is_on(self) -> bool {
        self.on_start || self.every_hours.is_some()
    }
}

/// Where the updater manifest is.
#[derive(Debug, Clone, PartialEq)]
pub enum UpdateSource {
    /// Wherever the owner puts it.
    Endpoint(Url),
    /// On the branch `updates` of the repository that builds.
    Github,
}

/// A secret of the build, by its name in the environment and among the repository's secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Secret {
    pub name: &'static str,
    /// Whether signing fails without it.
    pub required: bool,
    pub purpose: &'static str,
}

const fn required(name: &'static str, purpose: &'static str) -> Secret {
    Secret { name, required: true, purpose }
}

const fn optional(name: &'static str, purpose: &'static str) -> Secret {
    Secret { name, required: false, purpose }
}

const PFX: &[Secret] = &[
    required("WINDOWS_CERTIFICATE", "the .pfx file in base64"),
    required("WINDOWS_CERTIFICATE_PASSWORD", "its password"),
];
const AZURE: &[Secret] = &[
    required("AZURE_TENANT_ID", "the directory of the signing account"),
    required("AZURE_CLIENT_ID", "the app registration that may sign"),
    required("AZURE_CLIENT_SECRET", "its client secret"),
];
const COMMAND: &[Secret] =
    &[optional("WINDOWS_SIGNING_SECRET", "handed to the signing command in its environment")];
const MACOS_CERTIFICATE: &[Secret] = &[
    required("APPLE_CERTIFICATE", "the .p12 file with the Developer ID certificate in base64"),
    required("APPLE_CERTIFICATE_PASSWORD", "its password"),
];
const APP_STORE_CONNECT: &[Secret] = &[
    required("APPLE_API_ISSUER", "the issuer id of App Store Connect's keys"),
    required("APPLE_API_KEY_ID", "the id of the key"),
    required("APPLE_API_KEY", "the text of the key's .p8 file"),
];
const APPLE_ID: &[Secret] = &[
    required("APPLE_ID", "the Apple ID's address"),
    required("APPLE_PASSWORD", "an app-specific password of it"),
    required("APPLE_TEAM_ID", "the team that the certificate belongs to"),
];
const GPG: &[Secret] = &[
    required("GPG_PRIVATE_KEY", "the private key, ASCII-armored"),
    optional("GPG_PASSPHRASE", "its passphrase"),
];
const UPDATES: &[Secret] = &[
    required("TAURI_SIGNING_PRIVATE_KEY", "the private half of the updates' key"),
    optional("TAURI_SIGNING_PRIVATE_KEY_PASSWORD", "its password"),
];

/// Every secret that some config can ask for, in the order of the documentation.
pub fn all_secrets() -> impl Iterator<Item = &'static Secret> {
    [PFX, AZURE, COMMAND, MACOS_CERTIFICATE, APP_STORE_CONNECT, APPLE_ID, GPG, UPDATES]
        .into_iter()
        .flatten()
}

/// Every secret that some config can ask for on a system.
pub fn secrets_of(system: System) -> impl Iterator<Item = &'static Secret> {
    let sets: &[&[Secret]] = match system {
        System::Windows => &[PFX, AZURE, COMMAND, UPDATES],
        System::Macos => &[MACOS_CERTIFICATE, APP_STORE_CONNECT, APPLE_ID, UPDATES],
        System::Linux => &[GPG, UPDATES],
    };
    sets.iter().copied().flatten()
}

/// The sets of secrets that building this app for a system takes. Each set is complete or not there at all.
pub fn secrets(model: &AppModel, system: System) -> Vec<&'static [Secret]> {
    let mut sets: Vec<&'static [Secret]> = Vec::new();
    match system {
        System::Windows => sets.extend(match &model.signing.windows {
            Some(WindowsSigning::Pfx { .. }) => Some(PFX),
            Some(WindowsSigning::Azure { .. }) => Some(AZURE),
            Some(WindowsSigning::Command { .. }) => Some(COMMAND),
            None => None,
        }),
        System::Macos => {
            if let Some(signing) = &model.signing.macos {
                sets.push(MACOS_CERTIFICATE);
                match signing.notarize {
                    Notarize::AppStoreConnectKey => sets.push(APP_STORE_CONNECT),
                    Notarize::AppleId => sets.push(APPLE_ID),
                    Notarize::Off => {}
                }
            }
        }
        System::Linux => sets.extend(model.signing.linux.map(|LinuxSigning::Gpg| GPG)),
    }
    sets.extend(model.updates.as_ref().map(|_| UPDATES));
    sets
}

impl Signing {
    pub(crate) fn is_none(&self) -> bool {
        self.windows.is_none() && self.macos.is_none() && self.linux.is_none()
    }
}

impl Serialize for WindowsSigning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            WindowsSigning::Pfx { timestamp_url } => {
                map.serialize_entry("route", &WindowsRoute::Pfx)?;
                map.serialize_entry("timestampUrl", timestamp_url)?;
            }
            WindowsSigning::Azure { timestamp_url, endpoint, account, profile } => {
                map.serialize_entry("route", &WindowsRoute::Azure)?;
                map.serialize_entry("timestampUrl", timestamp_url)?;
                map.serialize_entry("endpoint", endpoint)?;
                map.serialize_entry("account", account)?;
                map.serialize_entry("profile", profile)?;
            }
            WindowsSigning::Command { command } => {
                map.serialize_entry("route", &WindowsRoute::Command)?;
                map.serialize_entry("command", command)?;
            }
        }
        map.end()
    }
}

impl Serialize for Updates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.source {
            UpdateSource::Endpoint(url) => map.serialize_entry("endpoint", url)?,
            UpdateSource::Github => map.serialize_entry("github", &true)?,
        }
        map.serialize_entry("publicKey", &self.public_key)?;
        map.serialize_entry("channel", &self.channel)?;
        map.serialize_entry("check", &self.check)?;
        map.end()
    }
}

/// How the files of one build were signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SignedBy {
    Pfx,
    Azure,
    Command,
    Certificate,
    AdHoc,
    Gpg,
    None,
}
