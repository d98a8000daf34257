//! Windows and macOS by rfd, whose dialogs are begun on the window's thread and awaited elsewhere.

use std::path::{Path, PathBuf};

use rfd::{AsyncFileDialog, FileHandle};
use tauri::{
    WebviewWindow,
    async_runtime::{self, Sender},
};

use super::{Choice, Chooser};

/// Shows the dialog.
pub(super) fn show(window: &WebviewWindow, chooser: Chooser, answer: Sender<Vec<PathBuf>>) {
    let mut dialog = AsyncFileDialog::new().set_parent(window).set_title(chooser.title);
    for filter in &chooser.filters {
        dialog = dialog.add_filter(&filter.name, &filter.extensions);
    }
    if let Some(folder) = &chooser.folder {
        dialog = dialog.set_directory(folder);
    }
    match chooser.choice {
        Choice::File => send_one(dialog.pick_file(), answer),
        Choice::Folder => send_one(dialog.pick_folder(), answer),
        Choice::Place(name) => send_one(dialog.set_file_name(name).save_file(), answer),
        Choice::Files => {
            let shown = dialog.pick_files();
            async_runtime::spawn(async move {
                let chosen = shown.await.unwrap_or_default();
                let _ = answer.send(chosen.iter().map(path_of).collect()).await;
            });
        }
    }
}

fn send_one(
    shown: impl Future<Output = Option<FileHandle>> + Send + 'static,
    answer: Sender<Vec<PathBuf>>,
) {
    async_runtime::spawn(async move {
        let _ = answer.send(shown.await.iter().map(path_of).collect()).await;
    });
}

fn path_of(chosen: &FileHandle) -> PathBuf {
    Path::to_owned(chosen.path())
}
