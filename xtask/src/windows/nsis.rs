//! The NSIS installer: our own script, compiled by plain `makensis` on any system.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use config_schema::{Arch, InstallMode, WebviewInstall};
use serde::Serialize;

use super::{
    Bundling,
    identity::Identity,
    payload::{Payload, staged_name},
    registrations::Registrations,
    texts::{self, LanguageTexts},
    version,
};
use crate::process;

const TEMPLATE: &str = "installer.nsi.j2";
/// File names in the folder where the installer is made; the template knows them too.
const SCRIPT: &str = "installer.nsi";
const OUTPUT: &str = "installer.exe";
const STAGED_ICON: &str = "icon.ico";
const UNINSTALLER: &str = "uninstall.exe";
/// Names the installer's own processor and character set. By default it runs on every Windows, the 32-bit half of which
/// Wine and the smallest servers lack: `amd64-unicode` is for those.
const STUB_VARIABLE: &str = "DESKWRIGHT_NSIS_TARGET";
const STUB: &str = "x86-unicode";
const HINT: &str =
    "install NSIS: `apt-get install nsis`, `brew install makensis` or `choco install nsis`";

/// Values of the template, escaped by it.
#[derive(Serialize)]
struct Script<'a> {
    #[serde(flatten)]
    identity: &'a Identity,
    executable: String,
    /// The name where `&` underlines the next letter.
    label: String,
    version: String,
    version_numbers: String,
    version_order: String,
    stub: String,
    arm64: bool,
    mode: InstallMode,
    /// None: the app's own message is enough.
    webview_url: Option<&'static str>,
    languages: Vec<LanguageTexts>,
    kilobytes: u64,
    /// Files by folder, so that a folder is named once.
    folders: Vec<Folder>,
    /// None where the app opens nothing.
    registrations: Option<Registrations>,
    uninstaller: Uninstaller,
}

#[derive(Serialize)]
struct Folder {
    /// With `\` at its start, or empty.
    path: String,
    files: Vec<FolderFile>,
}

#[derive(Serialize)]
struct FolderFile {
    name: String,
    staged: String,
}

/// What the script does about the uninstaller. To be signed, it has to be made before the installer that carries it.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
enum Uninstaller {
    /// Makes it at installation.
    Write,
    /// Besides, puts it into the folder where the script is compiled.
    Keep,
    /// Installs the one that lies there.
    Include,
}

/// Makes the installer in `out`.
pub(super) fn make(bundling: &Bundling<'_>, out: &Path) -> anyhow::Result<()> {
    let makensis = find()?;
    let payload = Payload::read(bundling.binary, &bundling.identity)?;
    let dir = tempfile::tempdir()?;
    payload.stage(dir.path())?;
    fs_err::copy(bundling.tree.join(super::ICON), dir.path().join(STAGED_ICON))?;
    let compile = |uninstaller: Uninstaller| {
        let script = script(bundling, &payload, uninstaller)?;
        let text = bundling.templates.render(TEMPLATE, &script)?;
        fs_err::write(dir.path().join(SCRIPT), text)?;
        let mut command = process::command(&makensis, dir.path());
        command.args(["-V2", "-INPUTCHARSET", "UTF8", SCRIPT]);
        process::run_quiet(&mut command).context("failed to make the NSIS installer")
    };
    match bundling.sign {
        None => compile(Uninstaller::Write)?,
        Some(sign) => {
            compile(Uninstaller::Keep)?;
            sign(&dir.path().join(UNINSTALLER))?;
            compile(Uninstaller::Include)?;
        }
    }
    fs_err::copy(dir.path().join(OUTPUT), out)?;
    Ok(())
}

/// On Windows, NSIS' own setup puts it into no path.
fn find() -> anyhow::Result<PathBuf> {
    let programs = std::env::var_os("ProgramFiles(x86)").map(PathBuf::from);
    let usual = programs.map(|programs| programs.join("NSIS").join("makensis.exe"));
    match usual.filter(|usual| usual.is_file()) {
        Some(usual) => Ok(usual),
        None => process::find("makensis", HINT),
    }
}

fn script<'a>(
    bundling: &'a Bundling<'_>,
    payload: &Payload,
    uninstaller: Uninstaller,
) -> anyhow::Result<Script<'a>> {
    let identity = &bundling.identity;
    let options = &bundling.model.bundle.windows;
    Ok(Script {
        identity,
        executable: identity.executable(),
        label: identity.name.replace('&', "&&"),
        version: identity.version.to_string(),
        version_numbers: version::dotted(&identity.version),
        version_order: version::order(&identity.version),
        stub: std::env::var(STUB_VARIABLE).unwrap_or_else(|_| STUB.to_owned()),
        arm64: bundling.target.row().arch == Arch::Arm64,
        mode: options.install_mode,
        webview_url: match options.webview {
            WebviewInstall::DownloadBootstrapper => Some(texts::WEBVIEW_URL),
            WebviewInstall::Skip => None,
        },
        languages: texts::of(&options.languages, &identity.name)?,
        kilobytes: payload.kilobytes(),
        folders: folders(payload),
        registrations: Some(Registrations::of(bundling)).filter(|all| !all.is_empty()),
        uninstaller,
    })
}

fn folders(payload: &Payload) -> Vec<Folder> {
    let mut folders: Vec<Folder> = Vec::new();
    for (index, file) in payload.files.iter().enumerate() {
        let (folder, name) = file.parts();
        let path = if folder.is_empty() {
            String::new()
        } else {
            format!("\\{}", folder.replace('/', "\\"))
        };
        if folders.last().is_none_or(|last| last.path != path) {
            folders.push(Folder { path, files: Vec::new() });
        }
        if let Some(last) = folders.last_mut() {
            last.files.push(FolderFile { name: name.to_owned(), staged: staged_name(index) });
        }
    }
    folders
}
