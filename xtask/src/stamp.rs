//! Stamping: a copy of the runtime becomes the app's binary, bound to the pack of its rendered tree and runnable there.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use runtime_settings::{MANIFEST_FILE, Manifest, PACK_DIR, Sha256, stamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    error, process,
    render::PLUGINS_TARGET,
    runtime::{self, RuntimeRecord},
    windows,
};

/// What stands beside a stamped binary.
const RECORD_FILE: &str = "stamped.json";

/// A binary in the place where `tauri bundle` looks for it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Stamped {
    pub(crate) binary: PathBuf,
    /// Digest of the pack's manifest.
    pub(crate) pack: Sha256,
    /// Digest of the runtime before it was stamped.
    pub(crate) runtime: Sha256,
}

impl Stamped {
    /// The stamped binary of a rendered project. `profile` is `release` or `debug`.
    pub(crate) fn of_tree(tree: &Path, profile: &str) -> anyhow::Result<Stamped> {
        let path = tree.join("target").join(profile).join(RECORD_FILE);
        let bytes = fs_err::read(&path).map_err(|cause| {
            error::usage(cause.to_string(), "stamp the project first: `cargo xtask stamp`")
        })?;
        let mut stamped: Stamped = serde_json::from_slice(&bytes)
            .with_context(|| format!("not a record of a stamp: `{}`", path.display()))?;
        // The project may have moved since.
        if let Some(name) = stamped.binary.file_name() {
            stamped.binary = path.with_file_name(name);
        }
        Ok(stamped)
    }
}

/// Stamps `runtime` for the app in `tree`. `profile` is `release` or `debug`.
pub(crate) fn stamp(tree: &Path, runtime: &Path, profile: &str) -> anyhow::Result<Stamped> {
    let pack_dir = tree.join(PACK_DIR);
    let manifest_bytes = fs_err::read(pack_dir.join(MANIFEST_FILE)).map_err(|cause| {
        error::hinted(cause.to_string(), "name a rendered project: `cargo xtask render` makes one")
    })?;
    let manifest = Manifest::parse(&manifest_bytes)?;
    manifest.verify(&pack_dir)?;
    let pack = Sha256::of(&manifest_bytes);

    let mut bytes = fs_err::read(runtime)?;
    let runtime_digest = Sha256::of(&bytes);
    check_record(tree, runtime, runtime_digest)?;
    if is_windows(runtime) {
        bytes = windows_resources(tree, &bytes)?;
    }
    stamp::write(&mut bytes, pack)
        .with_context(|| format!("failed to stamp: `{}`", runtime.display()))?;
    let suffix = runtime
        .extension()
        .map(|suffix| format!(".{}", suffix.to_string_lossy()))
        .unwrap_or_default();
    let binary = tree.join("target").join(profile).join(format!("{}{suffix}", binary_name(tree)?));
    fs_err::create_dir_all(binary.parent().unwrap_or(tree))?;
    write_executable(&binary, &bytes)?;
    place_pack(&manifest, &pack_dir, &binary.with_file_name(PACK_DIR))?;
    let loader = runtime.with_file_name(windows::LOADER);
    if is_windows(runtime) && loader.is_file() {
        fs_err::copy(loader, binary.with_file_name(windows::LOADER))?;
    }
    let stamped = Stamped { binary, pack, runtime: runtime_digest };
    fs_err::write(
        stamped.binary.with_file_name(RECORD_FILE),
        serde_json::to_vec_pretty(&stamped)?,
    )?;
    Ok(stamped)
}

/// A runtime that came with a record must be the one that it tells of, and for the target that the tree's plugins were
/// compiled for.
fn check_record(tree: &Path, runtime: &Path, digest: Sha256) -> anyhow::Result<()> {
    let Ok(bytes) = fs_err::read(runtime.with_file_name(runtime::RECORD_FILE)) else {
        return Ok(());
    };
    let record: RuntimeRecord = serde_json::from_slice(&bytes)?;
    if record.sha256 != digest {
        return Err(error::hinted(
            format!("not the runtime that its record tells of: `{}`", runtime.display()),
            "fetch or compile it again: `cargo xtask runtime get`",
        ));
    }
    match fs_err::read_to_string(tree.join(PLUGINS_TARGET)) {
        Ok(target) if target.trim() != record.target => Err(error::usage(
            format!(
                "the plugins were compiled for {}, and the runtime is for {}",
                target.trim(),
                record.target
            ),
            format!("render the project again: `cargo xtask render … --target {}`", record.target),
        )),
        _ => Ok(()),
    }
}

fn is_windows(runtime: &Path) -> bool {
    runtime.extension().is_some_and(|suffix| suffix == "exe")
}

/// The executable with the app's own icon and version.
fn windows_resources(tree: &Path, executable: &[u8]) -> anyhow::Result<Vec<u8>> {
    let icon = fs_err::read(tree.join(windows::ICON))?;
    windows::resources::apply(executable, &windows::Identity::read(tree)?, &icon)
}

/// Puts the pack beside the binary, so that the app also runs where it was stamped.
fn place_pack(manifest: &Manifest, from: &Path, to: &Path) -> anyhow::Result<()> {
    if to.exists() {
        fs_err::remove_dir_all(to)?;
    }
    for path in manifest.files.keys().map(String::as_str).chain([MANIFEST_FILE]) {
        let target = to.join(path);
        fs_err::create_dir_all(target.parent().unwrap_or(to))?;
        fs_err::copy(from.join(path), target)?;
    }
    Ok(())
}

/// The binary's name stands in the tree's own Tauri config.
fn binary_name(tree: &Path) -> anyhow::Result<String> {
    let path = tree.join("tauri.conf.json");
    let config: Value = serde_json::from_slice(&fs_err::read(&path)?)?;
    let name = config.get("mainBinaryName").and_then(Value::as_str);
    name.map(str::to_owned).with_context(|| format!("no `mainBinaryName` in `{}`", path.display()))
}

/// Appears whole or not at all: a half-written binary must not be bundled.
fn write_executable(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let temporary = path.with_extension("stamping");
    fs_err::write(&temporary, bytes)?;
    process::make_executable(&temporary)?;
    fs_err::rename(&temporary, path)?;
    Ok(())
}
