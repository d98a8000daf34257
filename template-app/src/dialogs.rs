//! The system's own dialogs for choosing files and folders, over a window. Questions about plugins are in `plugins`.

#[cfg(not(target_os = "linux"))]
mod by_rfd;
#[cfg(target_os = "linux")]
mod linux;

use std::path::PathBuf;

use tauri::{WebviewWindow, async_runtime};

#[cfg(not(target_os = "linux"))]
use by_rfd::show;
#[cfg(target_os = "linux")]
use linux::show;

/// What may be chosen.
#[cfg_attr(
    not(feature = "standard"),
    allow(dead_code, reason = "the smallest runtime asks for places only")
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    File,
    Files,
    Folder,
    /// A place for a file, with the name that is proposed. The dialog itself asks before something is replaced.
    Place(String),
}

/// A kind of files that the dialog can be narrowed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) name: String,
    /// Without a dot, as in `png`.
    pub(crate) extensions: Vec<String>,
}

/// A dialog.
#[derive(Debug, Clone)]
pub(crate) struct Chooser {
    pub(crate) title: String,
    pub(crate) choice: Choice,
    pub(crate) filters: Vec<Filter>,
    /// Where it begins; where the user was last when there is none.
    pub(crate) folder: Option<PathBuf>,
}

/// Lets the user choose. Nothing: the user chose nothing, or the window has gone.
pub(crate) async fn choose(
    window: &WebviewWindow,
    chooser: Chooser,
) -> tauri::Result<Vec<PathBuf>> {
    let (sender, mut answer) = async_runtime::channel(1);
    let parent = window.clone();
    window.run_on_main_thread(move || show(&parent, chooser, sender))?;
    Ok(answer.recv().await.unwrap_or_default())
}
