//! The sections `signing` and `updates`: by which way installers are signed, and where apps find newer ones.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::defaults;
use crate::values::{
    Channel, ContentUrl, Hours, HttpUrl, Line, LinuxSigning, Notarize, UpdateKey, WindowsRoute,
};

/// The `signing` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SigningSection {
    /// How Windows executables and installers are signed. Unsigned if left out.
    pub windows: Option<WindowsSigningSection>,
    /// The app bundle is signed with a Developer ID certificate. Signed ad hoc if left out: the app starts, and Gatekeeper warns.
    pub macos: Option<MacosSigningSection>,
    /// How Linux packages are signed: `gpg` signs the `.rpm` inside and writes an `.asc` beside every other package. Unsigned if left out.
    pub linux: Option<LinuxSigning>,
}

/// The `signing.windows` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    { "properties": { "route": { "const": "pfx" } } },
    { "properties": { "route": { "const": "azure" } }, "required": ["endpoint", "account", "profile"] },
    { "properties": { "route": { "const": "command" } }, "required": ["command"] }
]))]
pub struct WindowsSigningSection {
    /// Where the key is: in a `pfx` file, with Azure Artifact Signing, or behind a command of your own.
    #[schemars(required)]
    pub route: Option<WindowsRoute>,
    /// The RFC 3161 service that says when a file was signed; not for `command`.
    #[schemars(extend("default" = defaults::TIMESTAMP_URL))]
    pub timestamp_url: Option<HttpUrl>,
    /// The address of the signing account's region; for `azure`.
    pub endpoint: Option<HttpUrl>,
    /// The signing account; for `azure`.
    pub account: Option<Line<100>>,
    /// The certificate profile; for `azure`.
    pub profile: Option<Line<100>>,
    /// Program and arguments, `%1` for the file; for `command`.
    #[schemars(length(min = 1))]
    pub command: Option<Vec<Line<1000>>>,
}

/// The `signing.macos` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MacosSigningSection {
    /// How Apple is asked to notarize app and disk image: with a key of App Store Connect, with an Apple ID, or not at all.
    #[schemars(extend("default" = Notarize::default()))]
    pub notarize: Option<Notarize>,
}

/// The `updates` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    { "required": ["endpoint"], "properties": { "github": { "const": false } } },
    { "required": ["github"], "properties": { "github": { "const": true } }, "not": { "required": ["endpoint"] } }
]))]
pub struct UpdatesSection {
    /// Where the updater manifest will be found: https.
    pub endpoint: Option<ContentUrl>,
    /// Whether the manifest is published on the branch `updates` of the repository that builds. It must be public.
    #[schemars(extend("default" = false))]
    pub github: Option<bool>,
    /// The public half of the key that signs updates, as `cargo xtask sign --generate-updater-key` prints it.
    #[schemars(required)]
    pub public_key: Option<UpdateKey>,
    /// The channel that releases of this config go to, such as `stable` or `beta`.
    #[schemars(extend("default" = defaults::UPDATE_CHANNEL))]
    pub channel: Option<Channel>,
    /// When the app looks for a newer version by itself. The page hears `update:available`, and decides.
    pub check: Option<UpdatesCheckSection>,
}

/// The `updates.check` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdatesCheckSection {
    /// Whether it looks when it starts.
    #[schemars(extend("default" = defaults::UPDATE_CHECK_ON_START))]
    pub on_start: Option<bool>,
    /// Every so many hours while it runs; never if left out.
    pub every_hours: Option<Hours>,
}
