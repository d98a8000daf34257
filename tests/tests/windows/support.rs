//! What the tests of Windows share: an app in some version, and its installers.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{process::Output, wine::Wine, xtask::Xtask};

/// Names the folder with `runtime.exe` and the libraries that it needs beside it.
const RUNTIME_VARIABLE: &str = "DESKWRIGHT_WINDOWS_RUNTIME";
/// Longest wait for anything that takes seconds on an idle machine.
pub(crate) const SOON: Duration = Duration::from_secs(120);

pub(crate) const ID: &str = "com.example.windows-test";
/// Where the app is registered, below the root of the user or the machine.
pub(crate) const UNINSTALL_KEY: &str =
    "Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\com.example.windows-test";
pub(crate) const EXECUTABLE: &str = "windows-test.exe";

/// A rendered and stamped app.
pub(crate) struct App {
    dir: TempDir,
}

/// An app in this version, which installs for the current user and downloads nothing.
pub(crate) fn config(version: &str) -> Value {
    json!({
        "app": {
            "name": "Windows Test", "id": ID, "slug": "windows-test", "version": version,
            "description": "Proves installers", "publisher": "Example & Sons",
            "copyright": "© 2026 Example", "homepage": "https://example.com/",
        },
        "content": { "dir": "web" },
        "bundle": { "targets": ["windows-x64"], "windows": { "webview": "skip" } },
    })
}

impl App {
    /// Renders and stamps a config, with these files as its content besides a page.
    pub(crate) async fn stamp(config: &Value, files: &[&str]) -> Result<App> {
        let dir = tempfile::Builder::new().prefix("app-").tempdir()?;
        for path in ["index.html"].iter().chain(files) {
            let file = dir.path().join("web").join(path);
            fs_err::create_dir_all(file.parent().context("a file has a folder")?)?;
            fs_err::write(file, format!("<!doctype html><title>{path}</title>"))?;
        }
        let config_file = dir.path().join("app.json");
        fs_err::write(&config_file, config.to_string())?;
        let app = App { dir };
        let (config_file, tree) = (text(&config_file), text(&app.tree()));
        xtask(&["render", &config_file, "--out", &tree]).await?;
        xtask(&["stamp", &tree, "--runtime", &text(&runtime()?)]).await?;
        Ok(app)
    }

    pub(crate) fn tree(&self) -> PathBuf {
        self.dir.path().join("tree")
    }

    /// The stamped executable.
    pub(crate) fn binary(&self) -> PathBuf {
        self.tree().join("target/release").join(EXECUTABLE)
    }

    /// Makes an installer: `nsis` or `msi`.
    pub(crate) async fn bundle(&self, format: &str) -> Result<PathBuf> {
        self.bundle_with(format, &[]).await
    }

    /// Makes an installer and signs it, by the route that the config names.
    pub(crate) async fn bundle_signed(&self, format: &str) -> Result<PathBuf> {
        self.bundle_with(format, &["--sign"]).await
    }

    async fn bundle_with(&self, format: &str, more: &[&str]) -> Result<PathBuf> {
        let tree = text(&self.tree());
        let args = ["bundle", &tree, "--target", "windows-x64", "--bundles", format];
        xtask(&[&args, more].concat()).await?;
        let dir = self.tree().join("target/release/bundle").join(format);
        let entry = fs_err::read_dir(dir)?.next().context("an installer was made")??;
        Ok(entry.path())
    }
}

/// The NSIS installer of an app with this config.
pub(crate) async fn nsis(config: &Value, files: &[&str]) -> Result<(App, PathBuf)> {
    let app = App::stamp(config, files).await?;
    let installer = app.bundle("nsis").await?;
    Ok((app, installer))
}

/// The compiled runtime.
pub(crate) fn runtime() -> Result<PathBuf> {
    let dir = std::env::var_os(RUNTIME_VARIABLE).with_context(|| {
        format!("missing prerequisite: `{RUNTIME_VARIABLE}` names no folder with a `runtime.exe`")
    })?;
    let runtime = Path::new(&dir).join("runtime.exe");
    ensure!(runtime.is_file(), "missing prerequisite: no such file: `{}`", runtime.display());
    Ok(runtime)
}

pub(crate) async fn xtask(args: &[&str]) -> Result<Output> {
    // The stub that Wine can start without its 32-bit half.
    let xtask = Xtask::new()?.with_variable("DESKWRIGHT_NSIS_TARGET", "amd64-unicode");
    xtask.run(args, SOON).await?.expect_code(0)
}

pub(crate) fn text(path: &Path) -> String {
    path.display().to_string()
}

/// Uninstalls what is in this folder, and waits until it is gone.
pub(crate) async fn uninstall(wine: &mut Wine, folder: &str, args: &[&str]) -> Result<()> {
    let args: Vec<_> = ["/S"].iter().chain(args).copied().collect();
    wine.run(format!("{folder}\\uninstall.exe"), &args, SOON).await?.expect_code(0)?;
    wine.wait_until_idle().await
}

/// The folder that the app is installed into when nobody says otherwise, as Windows calls it.
pub(crate) fn default_folder(wine: &Wine) -> Result<String> {
    let user = wine.user()?;
    let name = user.file_name().context("a user has a name")?.to_string_lossy().into_owned();
    Ok(format!("C:\\users\\{name}\\AppData\\Local\\Programs\\Windows Test"))
}

pub(crate) fn start_menu(wine: &Wine, name: &str) -> Result<PathBuf> {
    let dir = "AppData/Roaming/Microsoft/Windows/Start Menu/Programs";
    Ok(wine.user()?.join(dir).join(format!("{name}.lnk")))
}
