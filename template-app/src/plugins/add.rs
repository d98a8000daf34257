//! Adding a module: checked first, then the user is asked, unless the app's config trusts it.

use std::path::Path;

use bridge_contract::{BridgeError, ErrorCode};
use plugin_host::{Candidate, Installed, PluginHost, PluginManifest};
use tauri::{Manager as _, WebviewWindow};

use super::{dialog, settings};
use crate::{bridge::plugin_error, state::AppState};

/// Bytes in a MiB, and in a KiB.
const MIB: u64 = 1024 * 1024;
const KIB: u64 = 1024;
/// Digits of the hash that the user is shown: enough to compare with what a publisher says.
const SHOWN_DIGITS: usize = 16;

type Result<T> = std::result::Result<T, BridgeError>;

/// A module that is to be added.
pub(crate) struct Chosen {
    pub(crate) name: String,
    pub(crate) module: Vec<u8>,
    pub(crate) manifest: Option<PluginManifest>,
}

/// Lets the user choose a module; none: the user chose none. The manifest beside it comes along.
pub(crate) async fn choose(
    window: &WebviewWindow,
    name: Option<String>,
    max_bytes: Option<u64>,
) -> Result<Option<Chosen>> {
    let state = window.state::<AppState>();
    let most = u64::from(may_add(&state)?) * MIB;
    let Some(path) = dialog::pick_module(window).await.map_err(plugin_error)? else {
        return Ok(None);
    };
    let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let size = fs_err::metadata(&path).map_err(|error| unreadable(&file_name, &error))?.len();
    let most = max_bytes.map_or(most, |asked| asked.min(most));
    if size > most {
        let message = format!("`{file_name}` has {size} bytes, and {most} are allowed");
        return Err(BridgeError::new(ErrorCode::PluginsInvalidModule, message));
    }
    let module = fs_err::read(&path).map_err(|error| unreadable(&file_name, &error))?;
    let manifest = manifest_beside(&path)?;
    Ok(Some(Chosen { name: name.unwrap_or(file_name), module, manifest }))
}

/// `NAME.plugin.json` beside `NAME.wasm`.
fn manifest_beside(module: &Path) -> Result<Option<PluginManifest>> {
    let path = module.with_extension("plugin.json");
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let size = match fs_err::metadata(&path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&name, &error)),
    };
    let invalid = |message: String| BridgeError::new(ErrorCode::PluginsInvalidModule, message);
    if size > PluginManifest::MAX_BYTES {
        return Err(invalid(format!("`{name}` is larger than a manifest can be")));
    }
    let bytes = fs_err::read(&path).map_err(|error| unreadable(&name, &error))?;
    let manifest = PluginManifest::parse(&bytes);
    manifest.map(Some).map_err(|error| invalid(format!("`{name}`: {error}")))
}

fn unreadable(name: &str, error: &std::io::Error) -> BridgeError {
    // Only the name: the page is not told where the user keeps the file.
    let message = format!("`{name}` cannot be read: {}", error.kind());
    BridgeError::new(ErrorCode::PluginsInvalidModule, message)
}

/// Adds a module, when it is one and the user agrees.
pub(crate) async fn add(
    window: &WebviewWindow,
    chosen: Chosen,
    replace: bool,
) -> Result<Installed> {
    let state = window.state::<AppState>();
    may_add(&state)?;
    let host = state.plugins.host(window.app_handle()).map_err(plugin_error)?;
    let candidate = host.check(&chosen.name, chosen.module, chosen.manifest).await;
    let candidate = candidate.map_err(plugin_error)?;
    if candidate.replaces && !replace {
        let message = format!("another module of this name is there: `{}`", candidate.name);
        return Err(BridgeError::new(ErrorCode::PluginsAlreadyInstalled, message));
    }
    if !candidate.trusted && !is_installed(host, &candidate).await {
        let _one_at_a_time = state.plugins.question.lock().await;
        let question = question(&state.settings.app.name, &candidate);
        if !dialog::ask(window, question).await.map_err(plugin_error)? {
            let message = format!("the user did not want `{}` to be added", candidate.name);
            return Err(BridgeError::new(ErrorCode::PluginsRefusedByUser, message));
        }
    }
    host.install(candidate, replace).await.map_err(plugin_error)
}

/// Size that a module may have, in MiB, where modules may be added.
fn may_add(state: &AppState) -> Result<u32> {
    let settings = settings(state).map_err(plugin_error)?;
    if !settings.allow_install {
        let message = "the app allows no modules to be added: `plugins.allowInstall`";
        return Err(BridgeError::new(ErrorCode::PluginsInstallForbidden, message));
    }
    if !cfg!(feature = "compiler") {
        let message = "this app's runtime has no compiler, so it runs bundled plugins only";
        return Err(BridgeError::new(ErrorCode::PluginsUnsupported, message));
    }
    Ok(settings.limits.module_mb)
}

/// The very same module is there: nothing would change, so there is nothing to ask.
async fn is_installed(host: &PluginHost, candidate: &Candidate) -> bool {
    let known = host.info(candidate.name.as_str()).await;
    known.is_ok_and(|known| known.sha256 == candidate.sha256)
}

fn question(app: &str, candidate: &Candidate) -> dialog::Question {
    let Candidate { name, bytes, sha256, .. } = candidate;
    let digits: String = sha256.to_string().chars().take(SHOWN_DIGITS).collect();
    let verb = if candidate.replaces { "replace" } else { "add" };
    dialog::Question {
        title: format!("{app}: {verb} a plugin?"),
        text: format!("“{app}” wants to {verb} the plugin “{name}”."),
        details: format!(
            "Size: {} KiB\nSHA-256: {digits}…\n\nIt runs in a sandbox with storage of its own, and reaches nothing else \
             of this computer. Go on only if you know where it comes from.",
            bytes.div_ceil(KIB),
        ),
        agree: if candidate.replaces { "Replace" } else { "Add" },
    }
}
