//! Names of what a build makes, before it is made: ASCII, beginning with the slug, so that they are good file names on every
//! system and GitHub does not rename them.

use config_schema::{
    App, AppModel, Arch, BundleFormat, LinuxSigning, System, Target, Updates,
    plan::{ArtifactKind, ExpectedArtifact},
};

/// What a GPG signature adds to the name of the file that it is about.
pub(crate) const SIGNATURE_SUFFIX: &str = ".asc";
/// What an updater's signature adds.
pub(crate) const UPDATER_SIGNATURE_SUFFIX: &str = ".sig";

/// File name of an app's installer.
pub(crate) fn file_name(app: &App, target: Target, format: BundleFormat) -> String {
    let (slug, version) = (&app.slug, &app.version);
    let arch = arch(target.row().arch, format);
    match format {
        BundleFormat::Deb => format!("{slug}_{version}_{arch}.deb"),
        BundleFormat::Rpm => format!("{slug}-{version}-1.{arch}.rpm"),
        BundleFormat::Nsis => format!("{slug}_{version}_{arch}-setup.exe"),
        BundleFormat::Msi => format!("{slug}_{version}_{arch}.msi"),
        BundleFormat::Dmg => format!("{slug}_{version}_{arch}.dmg"),
        BundleFormat::App => format!("{slug}_{version}_{arch}.app.tar.gz"),
    }
}

/// Every file that building these formats must give, signatures included.
pub(crate) fn expected(
    model: &AppModel,
    target: Target,
    formats: &[BundleFormat],
) -> Vec<ExpectedArtifact> {
    let mut expected = Vec::new();
    for format in formats {
        let name = file_name(&model.app, target, *format);
        let mut add = |kind: ArtifactKind, suffix: &str| {
            expected.push(ExpectedArtifact { kind, name: format!("{name}{suffix}") });
        };
        add((*format).into(), "");
        if has_detached_signature(model, target.row().system, *format) {
            add(ArtifactKind::Signature, SIGNATURE_SUFFIX);
        }
        if model.updates.is_some() && is_updatable(*format) {
            add(ArtifactKind::UpdaterSignature, UPDATER_SIGNATURE_SUFFIX);
        }
    }
    expected
}

/// Whether a `.asc` stands beside it: an rpm carries its signature inside.
pub(crate) fn has_detached_signature(
    model: &AppModel,
    system: System,
    format: BundleFormat,
) -> bool {
    let gpg = model.signing.linux == Some(LinuxSigning::Gpg);
    gpg && system == System::Linux && format != BundleFormat::Rpm
}

/// Whether an installed app can be replaced by this file: a disk image is for people.
pub(crate) fn is_updatable(format: BundleFormat) -> bool {
    format != BundleFormat::Dmg
}

/// The updater's name of a platform, `{system}-{processor}-{installer}`.
/// https://v2.tauri.app/plugin/updater/#static-json-file
pub(crate) fn updater_platform(target: Target, format: BundleFormat) -> String {
    let system = match target.row().system {
        System::Linux => "linux",
        System::Windows => "windows",
        System::Macos => "darwin",
    };
    let arch = match target.row().arch {
        Arch::X64 => "x86_64",
        Arch::Arm64 => "aarch64",
    };
    format!("{system}-{arch}-{}", format.name())
}

/// Where the updater manifest is on the branch `updates`.
pub(crate) fn updates_path(model: &AppModel, updates: &Updates) -> String {
    format!("{}/{}.json", model.app.id, updates.channel)
}

/// Each package manager has its own word for a processor.
fn arch(arch: Arch, format: BundleFormat) -> &'static str {
    match (arch, format) {
        (Arch::X64, BundleFormat::Deb) => "amd64",
        (Arch::X64, BundleFormat::Rpm) => "x86_64",
        (Arch::X64, _) => "x64",
        (Arch::Arm64, BundleFormat::Rpm | BundleFormat::Dmg | BundleFormat::App) => "aarch64",
        (Arch::Arm64, _) => "arm64",
    }
}
