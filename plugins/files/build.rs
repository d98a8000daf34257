//! Puts `dist/NAME.wasm` where a plain `cargo build --target wasm32-wasip1` leaves the module: as a link to what cargo is about
//! to write. `npm run build NAME` and `cargo xtask plugin build NAME` put the file itself there.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

fn main() {
    // By these the script runs before each build of new sources, so the link leads to what was built last.
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=Cargo.toml");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "wasi")
        && let Err(error) = place()
    {
        println!("cargo::warning=no `dist`: {error}; build with `npm run build` instead");
    }
}

/// The plugin is named after its folder, the module that cargo makes after the package.
fn place() -> io::Result<()> {
    let variable = |name| env::var(name).map_err(io::Error::other);
    let here = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(variable("OUT_DIR")?);
    let target = variable("TARGET")?;
    let is_profile = |dir: &&Path| dir.parent().is_some_and(|parent| parent.ends_with(&target));
    let profile = out.ancestors().find(is_profile).ok_or(io::ErrorKind::NotFound)?;
    let made = profile.join(variable("CARGO_PKG_NAME")?).with_extension("wasm");
    let name = here.file_name().ok_or(io::ErrorKind::NotFound)?.to_string_lossy();

    let dist = here.join("dist");
    fs::create_dir_all(&dist)?;
    let module = dist.join(format!("{name}.wasm"));
    match fs::remove_file(&module) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // The folder can be moved as long as both are in it.
    let from_dist = made.strip_prefix(&here).map(|made| Path::new("..").join(made));
    link(from_dist.unwrap_or(made), &module)?;

    let manifest = format!("{name}.plugin.json");
    if here.join(&manifest).is_file() {
        fs::copy(here.join(&manifest), dist.join(&manifest))?;
    }
    Ok(())
}

#[cfg(windows)]
use std::os::windows::fs::symlink_file as link;

#[cfg(not(windows))]
use std::os::unix::fs::symlink as link;
