//! Where things are in this repository and in the build directories.

use std::{
    env,
    path::{Path, PathBuf},
    sync::LazyLock,
};

/// Root of the checkout: the nearest folder above the working directory that holds the template, so that a compiled
/// xtask serves another checkout; else the one that this binary was compiled in.
pub(crate) fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let here = env::current_dir().unwrap_or_default();
        let is_root = |dir: &&Path| {
            dir.join("template-app/Cargo.toml").is_file() && dir.join("xtask").is_dir()
        };
        let compiled_in = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
        here.ancestors().find(is_root).unwrap_or(compiled_in).to_owned()
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
