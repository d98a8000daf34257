//! Stamps the binary that `cargo tauri build` just compiled in a rendered project. Its `beforeBundleCommand` starts
//! this, so that an ejected project needs nothing but itself; `cargo xtask` stamps with the same functions.

use std::{
    env,
    error::Error,
    path::{Path, PathBuf},
};

use runtime_settings::{MANIFEST_FILE, Manifest, PACK_DIR, Sha256, stamp};

fn main() -> Result<(), Box<dyn Error>> {
    // The hook says `"cwd": "."`, which is the folder of `tauri.conf.json`.
    let project = env::current_dir()?;
    let pack = project.join(PACK_DIR);
    let manifest = fs_err::read(pack.join(MANIFEST_FILE))?;
    Manifest::parse(&manifest)?.verify(&pack)?;
    let binary = binary(&project)?;
    let mut bytes = fs_err::read(&binary)?;
    stamp::write(&mut bytes, Sha256::of(&manifest))?;
    fs_err::write(&binary, bytes)?;
    Ok(())
}

/// Where the CLI put the binary: https://v2.tauri.app/reference/environment-variables/ names the variables of hooks.
fn binary(project: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let config: serde_json::Value =
        serde_json::from_slice(&fs_err::read(project.join("tauri.conf.json"))?)?;
    let name =
        config["mainBinaryName"].as_str().ok_or("no `mainBinaryName` in `tauri.conf.json`")?;
    let profile =
        if env::var("TAURI_ENV_DEBUG").as_deref() == Ok("true") { "debug" } else { "release" };
    let target =
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| project.join("target"), PathBuf::from);
    let triple = env::var("TAURI_ENV_TARGET_TRIPLE").unwrap_or_default();
    let suffix = if triple.contains("windows") { ".exe" } else { "" };
    let file = format!("{name}{suffix}");
    let places = [target.join(&triple).join(profile).join(&file), target.join(profile).join(&file)];
    let found = places.into_iter().find(|place| place.is_file());
    found.ok_or_else(|| format!("the binary `{file}` is not where cargo puts it").into())
}
