//! The `bundle` section: which installers are made, and what each system's installers say.

use schemars::JsonSchema;
use serde::Deserialize;

use super::MAX_ENTRIES;
use crate::defaults;
use crate::target::{BundleFormat, Target};
use crate::values::{
    DebSection, InstallMode, InstallerLanguage, Line, MacosVersion, RelativePath, WebviewInstall,
};

/// The `bundle` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BundleSection {
    /// The systems and processors to build for.
    #[schemars(extend("default" = Target::all()), length(min = 1), extend("uniqueItems" = true))]
    pub targets: Option<Vec<Target>>,
    /// The kinds of installer for each system.
    pub formats: Option<FormatsSection>,
    /// What Linux packages say besides.
    pub linux: Option<LinuxBundleSection>,
    /// How Windows installers behave.
    pub windows: Option<WindowsBundleSection>,
    /// What the app bundle for macOS says besides.
    pub macos: Option<MacosBundleSection>,
}

/// The `bundle.linux` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LinuxBundleSection {
    /// The section of Debian's archive that the package belongs to, such as `net` or `contrib/utils`.
    #[schemars(extend("default" = defaults::DEB_SECTION))]
    pub section: Option<DebSection>,
    /// What the `.deb` needs besides the runtime's own libraries, such as `ffmpeg (>= 5)`.
    #[schemars(extend("default" = []), length(max = MAX_ENTRIES), extend("uniqueItems" = true))]
    pub deb_depends: Option<Vec<Line<200>>>,
    /// What the `.rpm` needs besides the runtime's own libraries.
    #[schemars(extend("default" = []), length(max = MAX_ENTRIES), extend("uniqueItems" = true))]
    pub rpm_depends: Option<Vec<Line<200>>>,
}

/// The `bundle.windows` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WindowsBundleSection {
    /// For whom the app is installed: the current user (no administrator needed), everybody, or whom the user chooses.
    #[schemars(extend("default" = InstallMode::default()))]
    pub install_mode: Option<InstallMode>,
    /// The languages of the NSIS installer; it takes the system's, else the first.
    #[schemars(extend("default" = [InstallerLanguage::default()]), length(min = 1), extend("uniqueItems" = true))]
    pub languages: Option<Vec<InstallerLanguage>>,
    /// What the installer does where the WebView2 runtime is missing: fetch and run Microsoft's bootstrapper, or nothing.
    #[schemars(extend("default" = WebviewInstall::default()))]
    pub webview: Option<WebviewInstall>,
}

/// The `bundle.macos` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MacosBundleSection {
    /// The oldest macOS that the app starts on.
    #[schemars(extend("default" = defaults::MACOS_MINIMUM_VERSION))]
    pub minimum_version: Option<MacosVersion>,
    /// A property list with entitlements, relative to this file, that the app is signed with.
    pub entitlements: Option<RelativePath>,
}

/// The `bundle.formats` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FormatsSection {
    /// Packages for Linux.
    #[schemars(extend("default" = crate::System::Linux.formats()), length(min = 1), extend("uniqueItems" = true))]
    pub linux: Option<Vec<LinuxFormat>>,
    /// Installers for Windows.
    #[schemars(extend("default" = crate::System::Windows.formats()), length(min = 1), extend("uniqueItems" = true))]
    pub windows: Option<Vec<WindowsFormat>>,
    /// Disk image and app bundle for macOS.
    #[schemars(extend("default" = crate::System::Macos.formats()), length(min = 1), extend("uniqueItems" = true))]
    pub macos: Option<Vec<MacosFormat>>,
}

/// A format that `bundle.formats.linux` may list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum LinuxFormat {
    Deb,
    Rpm,
}

/// A format that `bundle.formats.windows` may list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum WindowsFormat {
    Nsis,
    Msi,
}

/// A format that `bundle.formats.macos` may list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum MacosFormat {
    Dmg,
    App,
}

impl From<LinuxFormat> for BundleFormat {
    fn from(format: LinuxFormat) -> Self {
        match format {
            LinuxFormat::Deb => BundleFormat::Deb,
            LinuxFormat::Rpm => BundleFormat::Rpm,
        }
    }
}

impl From<WindowsFormat> for BundleFormat {
    fn from(format: WindowsFormat) -> Self {
        match format {
            WindowsFormat::Nsis => BundleFormat::Nsis,
            WindowsFormat::Msi => BundleFormat::Msi,
        }
    }
}

impl From<MacosFormat> for BundleFormat {
    fn from(format: MacosFormat) -> Self {
        match format {
            MacosFormat::Dmg => BundleFormat::Dmg,
            MacosFormat::App => BundleFormat::App,
        }
    }
}
