//! Bundling: `tauri bundle` turns a stamped tree into installers. It patches the binary in place, so hashes come after.

mod rpm;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use config_schema::{AppModel, BundleFormat, System};
use runtime_settings::Sha256;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    artifacts, printer::Printer, process, runtime::Profile, stamp::Stamped, tauri_cli::TauriCli,
};

/// An installer that was made.
#[derive(Debug, Serialize)]
pub(crate) struct Artifact {
    pub(crate) kind: BundleFormat,
    pub(crate) path: PathBuf,
    pub(crate) sha256: Sha256,
    /// In bytes.
    pub(crate) size: u64,
}

/// Makes the installers of `formats` from a stamped tree.
pub(crate) fn bundle(
    tree: &Path,
    stamped: &Stamped,
    model: &AppModel,
    formats: &[BundleFormat],
    target: config_schema::Target,
    profile: Profile,
    printer: &Printer,
) -> anyhow::Result<Vec<Artifact>> {
    let cli = TauriCli::find()?;
    let names: Vec<_> = formats.iter().map(|format| format.name()).collect();
    printer.status("Bundling", names.join(", "));
    let out = tree.join("target").join(profile.name()).join("bundle");
    if out.exists() {
        fs_err::remove_dir_all(&out)?;
    }
    let mut command = cli.command(tree);
    command.args(["bundle", "--ci", "--bundles", &names.join(","), "--config"]);
    command.arg(overrides(&stamped.binary, target.row().system)?.to_string());
    command.env("CARGO_TARGET_DIR", tree.join("target"));
    if profile == Profile::Debug {
        command.arg("--debug");
    }
    let spinner = printer.spinner("tauri bundle");
    let bundled = process::run_quiet(&mut command).context("failed to bundle");
    spinner.finish_and_clear();
    bundled?;
    formats.iter().map(|format| collect(&out, *format, model, target)).collect()
}

/// What only the finished binary tells, and the hook that this path does not need: the tree is stamped already.
fn overrides(binary: &Path, system: System) -> anyhow::Result<Value> {
    let mut config = json!({ "build": { "beforeBundleCommand": null } });
    if system == System::Linux {
        let glibc = required_glibc(&fs_err::read(binary)?);
        let deb = json!({ "depends": [format!("libc6 (>= {glibc})")] });
        config["bundle"] = json!({ "linux": { "deb": deb, "rpm": { "depends": ["glibc"] } } });
    }
    Ok(config)
}

/// The newest glibc that the binary has a symbol of, such as `2.34`: older systems cannot start it, so their package
/// manager must say no.
fn required_glibc(binary: &[u8]) -> String {
    const PREFIX: &[u8] = b"GLIBC_2.";
    let minor = |at: usize| {
        let digits = binary[at + PREFIX.len()..].iter().take_while(|byte| byte.is_ascii_digit());
        digits.fold(0u32, |number, digit| {
            number.saturating_mul(10).saturating_add(u32::from(digit - b'0'))
        })
    };
    let newest = binary
        .windows(PREFIX.len())
        .enumerate()
        .filter(|(_, window)| *window == PREFIX)
        .map(|(at, _)| minor(at));
    format!("2.{}", newest.max().unwrap_or(0))
}

fn collect(
    out: &Path,
    format: BundleFormat,
    model: &AppModel,
    target: config_schema::Target,
) -> anyhow::Result<Artifact> {
    let path = out.join(folder(format)).join(artifacts::file_name(&model.app, target, format));
    if format == BundleFormat::Rpm {
        rpm::complete(&path, model)?;
    }
    let file = fs_err::File::open(&path)
        .with_context(|| format!("the bundler made no {}", format.name()))?;
    let size = file.metadata()?.len();
    Ok(Artifact { kind: format, sha256: Sha256::of_reader(file)?, size, path })
}

/// Where Tauri's bundler puts a format.
fn folder(format: BundleFormat) -> &'static str {
    match format {
        BundleFormat::App => "macos",
        other => other.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::required_glibc;

    #[test]
    fn the_newest_symbol_version_counts_as_a_number() {
        assert_eq!(required_glibc(b"\0GLIBC_2.4\0GLIBC_2.34\0GLIBC_2.17\0"), "2.34");
    }
}
