//! Names of installers, as the bundler gives them: what a build is expected to make, before it is made.

use config_schema::{App, Arch, BundleFormat, Target};

use crate::render::product_file_name;

/// File name of an app's installer.
pub(crate) fn file_name(app: &App, target: Target, format: BundleFormat) -> String {
    let (slug, version) = (&app.slug, &app.version);
    let product = product_file_name(&app.name);
    let arch = arch(target.row().arch, format);
    match format {
        BundleFormat::Deb => format!("{slug}_{version}_{arch}.deb"),
        BundleFormat::Rpm => format!("{slug}-{version}-1.{arch}.rpm"),
        BundleFormat::Nsis => format!("{product}_{version}_{arch}-setup.exe"),
        BundleFormat::Msi => format!("{product}_{version}_{arch}_en-US.msi"),
        BundleFormat::Dmg => format!("{product}_{version}_{arch}.dmg"),
        BundleFormat::App => format!("{product}.app"),
    }
}

/// Each package manager has its own word for a processor.
fn arch(arch: Arch, format: BundleFormat) -> &'static str {
    match (arch, format) {
        (Arch::X64, BundleFormat::Deb) => "amd64",
        (Arch::X64, BundleFormat::Rpm) => "x86_64",
        (Arch::X64, _) => "x64",
        (Arch::Arm64, BundleFormat::Rpm | BundleFormat::Dmg) => "aarch64",
        (Arch::Arm64, _) => "arm64",
    }
}
