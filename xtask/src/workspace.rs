//! Where things are in this repository and in the build directories.

use std::{
    env,
    path::{Path, PathBuf},
    sync::LazyLock,
};

/// Names the checkout for a compiled xtask that runs outside of one.
const ROOT_VARIABLE: &str = "DESKWRIGHT_ROOT";

/// Root of the checkout: what `DESKWRIGHT_ROOT` names, else the nearest folder above the working directory that holds the
/// template, else where `cargo run` found this package. The place of the compile is no answer: checkouts may share a
/// target directory, and then cargo takes one's binary for the other's.
pub(crate) fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let here = env::current_dir().unwrap_or_default();
        let is_root = |dir: &&Path| {
            dir.join("template-app/Cargo.toml").is_file() && dir.join("xtask").is_dir()
        };
        let above = || here.ancestors().find(is_root).map(Path::to_owned);
        let package =
            || Some(PathBuf::from(env::var_os("CARGO_MANIFEST_DIR")?).parent()?.to_owned());
        let named = env::var_os(ROOT_VARIABLE).map(PathBuf::from);
        named.or_else(above).or_else(package).unwrap_or_else(|| here.clone())
    });
    &ROOT
}

/// The config that commands take when none is named: the user's own app.
pub(crate) const DEFAULT_CONFIG: &str = "app/app.json";

/// The Tauri project that every app is made from.
pub(crate) fn template_app() -> PathBuf {
    root().join("template-app")
}

/// Cargo's target directory: what it compiles, and what is worth keeping between checkouts (runtimes, icons, tools).
pub(crate) fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Where rendered projects go, one folder per app id.
pub(crate) fn rendered_dir() -> PathBuf {
    root().join("target/rendered")
}

/// A path with `/` between its parts, as documents that travel between systems have it; `.` for the empty one.
pub(crate) fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/").replace("//", "/") }
}
