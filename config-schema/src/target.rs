//! The target table: every system and processor that apps are built for, with triple, runner and bundle formats.
//! These names stand here and nowhere else.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A target, named `<system>-<arch>` in configs, commands and file names.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Target {
    LinuxX64,
    LinuxArm64,
    WindowsX64,
    WindowsArm64,
    MacosArm64,
    MacosX64,
}

/// The operating system of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum System {
    Linux,
    Windows,
    Macos,
}

/// The processor of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arch {
    X64,
    Arm64,
}

/// A kind of installer or package, by the name that `tauri bundle --bundles` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BundleFormat {
    Deb,
    Rpm,
    Nsis,
    Msi,
    Dmg,
    App,
}

/// One row of the target table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetRow {
    #[serde(skip)]
    pub target: Target,
    /// The name in `bundle.targets`.
    pub name: &'static str,
    /// The Rust target triple.
    pub triple: &'static str,
    pub system: System,
    pub arch: Arch,
    /// The label of the hosted machine that builds it.
    pub runner: &'static str,
    /// What can be bundled for it, in the order of the default.
    pub formats: &'static [BundleFormat],
    /// What an executable's file name ends in.
    pub exe_suffix: &'static str,
}

// AppImage joins when it is repacked without the Wayland libraries that blank the window on new Mesa.
const LINUX_FORMATS: &[BundleFormat] = &[BundleFormat::Deb, BundleFormat::Rpm];
const WINDOWS_FORMATS: &[BundleFormat] = &[BundleFormat::Nsis, BundleFormat::Msi];
const MACOS_FORMATS: &[BundleFormat] = &[BundleFormat::Dmg, BundleFormat::App];

const fn linux(
    target: Target,
    name: &'static str,
    triple: &'static str,
    arch: Arch,
    runner: &'static str,
) -> TargetRow {
    let (system, formats) = (System::Linux, LINUX_FORMATS);
    TargetRow { target, name, triple, system, arch, runner, formats, exe_suffix: "" }
}

const fn windows(
    target: Target,
    name: &'static str,
    triple: &'static str,
    arch: Arch,
    runner: &'static str,
) -> TargetRow {
    let (system, formats) = (System::Windows, WINDOWS_FORMATS);
    TargetRow { target, name, triple, system, arch, runner, formats, exe_suffix: ".exe" }
}

const fn macos(
    target: Target,
    name: &'static str,
    triple: &'static str,
    arch: Arch,
    runner: &'static str,
) -> TargetRow {
    let (system, formats) = (System::Macos, MACOS_FORMATS);
    TargetRow { target, name, triple, system, arch, runner, formats, exe_suffix: "" }
}

// The oldest hosted Linux image decides the oldest glibc (2.35) that a built app runs on.
#[rustfmt::skip]
static TABLE: [TargetRow; 6] = [
    linux(Target::LinuxX64, "linux-x64", "x86_64-unknown-linux-gnu", Arch::X64, "ubuntu-22.04"),
    linux(Target::LinuxArm64, "linux-arm64", "aarch64-unknown-linux-gnu", Arch::Arm64, "ubuntu-22.04-arm"),
    windows(Target::WindowsX64, "windows-x64", "x86_64-pc-windows-msvc", Arch::X64, "windows-2025"),
    windows(Target::WindowsArm64, "windows-arm64", "aarch64-pc-windows-msvc", Arch::Arm64, "windows-11-arm"),
    macos(Target::MacosArm64, "macos-arm64", "aarch64-apple-darwin", Arch::Arm64, "macos-15"),
    macos(Target::MacosX64, "macos-x64", "x86_64-apple-darwin", Arch::X64, "macos-15-intel"),
];

/// Every target there is, in the order of the enum.
pub fn table() -> &'static [TargetRow] {
    &TABLE
}

impl Target {
    /// What the table says about this target.
    pub fn row(self) -> &'static TargetRow {
        &TABLE[self as usize]
    }

    /// The name in `bundle.targets`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The target with this name, such as `linux-x64`.
    pub fn from_name(name: &str) -> Option<Target> {
        TABLE.iter().find(|row| row.name == name).map(|row| row.target)
    }

    /// The target with this Rust triple.
    pub fn from_triple(triple: &str) -> Option<Target> {
        TABLE.iter().find(|row| row.triple == triple).map(|row| row.target)
    }

    /// Every target, in the order of the table.
    pub fn all() -> Vec<Target> {
        TABLE.iter().map(|row| row.target).collect()
    }
}

impl System {
    /// The name in `bundle.formats` and at the start of a target's name.
    pub fn name(self) -> &'static str {
        match self {
            System::Linux => "linux",
            System::Windows => "windows",
            System::Macos => "macos",
        }
    }

    /// What can be bundled on this system.
    pub fn formats(self) -> &'static [BundleFormat] {
        match self {
            System::Linux => LINUX_FORMATS,
            System::Windows => WINDOWS_FORMATS,
            System::Macos => MACOS_FORMATS,
        }
    }
}

impl BundleFormat {
    /// The name in `bundle.formats` and for `tauri bundle --bundles`.
    pub fn name(self) -> &'static str {
        match self {
            BundleFormat::Deb => "deb",
            BundleFormat::Rpm => "rpm",
            BundleFormat::Nsis => "nsis",
            BundleFormat::Msi => "msi",
            BundleFormat::Dmg => "dmg",
            BundleFormat::App => "app",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BundleFormat, System, Target, table};

    #[test]
    fn table_follows_the_enum_and_its_names() {
        for (index, row) in table().iter().enumerate() {
            assert_eq!(row.target as usize, index, "{}", row.name);
            assert_eq!(serde_json::json!(row.target), row.name);
            assert_eq!(Target::from_name(row.name), Some(row.target));
            assert_eq!(Target::from_triple(row.triple), Some(row.target));
            assert!(row.name.starts_with(row.system.name()), "{}", row.name);
        }
    }

    #[test]
    fn formats_and_systems_are_named_as_they_serialise() {
        for system in [System::Linux, System::Windows, System::Macos] {
            assert_eq!(serde_json::json!(system), system.name());
            let names: Vec<_> = system.formats().iter().copied().map(BundleFormat::name).collect();
            assert_eq!(serde_json::json!(system.formats()), serde_json::json!(names));
        }
    }
}
