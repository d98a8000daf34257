//! The text of a release: what is new, which file is for whom, and how to check it.

use std::fmt::Write as _;

use config_schema::{Arch, System, plan::AppPlan};

use super::Built;

/// The release's text in Markdown.
pub(super) fn text(app: &AppPlan, own: &str, built: &Built) -> String {
    let mut text = own.trim().to_owned();
    text.push_str("\n\n| system | file | size |\n|---|---|---|\n");
    for manifest in &built.manifests {
        for artifact in
            manifest.artifacts.iter().filter(|artifact| artifact.kind.format().is_some())
        {
            let row = manifest.target.row();
            let system = format!("{} {}", system(row.system), arch(row.system, row.arch));
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "| {system} | {} | {} |", artifact.name, size(artifact.size));
        }
    }
    if !built.missing.is_empty() {
        let names: Vec<_> = built.missing.iter().map(|target| target.name()).collect();
        let _ = writeln!(text, "\nNot built this time: {}.", names.join(", "));
    }
    let _ = writeln!(
        text,
        "\nTo check a download: `sha256sum --check --ignore-missing {}_{}.SHA256SUMS`",
        app.slug, app.version
    );
    text
}

fn system(system: System) -> &'static str {
    match system {
        System::Linux => "Linux",
        System::Windows => "Windows",
        System::Macos => "macOS",
    }
}

fn arch(system: System, arch: Arch) -> &'static str {
    match (system, arch) {
        (System::Macos, Arch::Arm64) => "(Apple silicon)",
        (System::Macos, Arch::X64) => "(Intel)",
        (_, Arch::X64) => "(x64)",
        (_, Arch::Arm64) => "(ARM64)",
    }
}

/// With one decimal, in the unit that people compare in.
fn size(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}
