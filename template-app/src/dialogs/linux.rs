//! GTK itself: rfd would run GTK on a thread of its own, beside the app's. GTK asks the desktop's portal instead where it is told
//! to (`GTK_USE_PORTAL`) and in a sandbox.

use std::{cell::RefCell, path::PathBuf, rc::Rc};

use gtk::{
    FileChooserAction, FileChooserNative, FileFilter, ResponseType,
    glib::{self, SignalHandlerId},
    prelude::*,
};
use tauri::{WebviewWindow, async_runtime::Sender};

use super::{Choice, Chooser, Filter};

/// Shows the dialog. The answer is dropped where there is nobody to ask.
pub(super) fn show(window: &WebviewWindow, chooser: Chooser, answer: Sender<Vec<PathBuf>>) {
    let Ok(parent) = window.gtk_window() else { return };
    let action = match chooser.choice {
        Choice::File | Choice::Files => FileChooserAction::Open,
        Choice::Folder => FileChooserAction::SelectFolder,
        Choice::Place(_) => FileChooserAction::Save,
    };
    let dialog = FileChooserNative::new(Some(&chooser.title), Some(&parent), action, None, None);
    dialog.set_modal(true);
    dialog.set_select_multiple(chooser.choice == Choice::Files);
    match (&chooser.folder, &chooser.choice) {
        (Some(folder), _) => drop(dialog.set_current_folder(folder)),
        // GTK would begin with a list of recent files, where there is no folder to choose.
        (None, Choice::Folder) => drop(dialog.set_current_folder(glib::home_dir())),
        (None, _) => {}
    }
    if let Choice::Place(name) = &chooser.choice {
        dialog.set_do_overwrite_confirmation(true);
        dialog.set_current_name(name);
    }
    for filter in &chooser.filters {
        dialog.add_filter(filter_of(filter));
    }
    // It lives as long as somebody has it, and that is until it answers or its window goes.
    let kept: Rc<RefCell<Option<(FileChooserNative, SignalHandlerId)>>> = Rc::default();
    let own = Rc::clone(&kept);
    let destroyed = parent.connect_destroy(move |_| {
        if let Some((dialog, _)) = own.take() {
            dialog.destroy();
        }
    });
    let own = Rc::clone(&kept);
    dialog.connect_response(move |dialog, response| {
        let chosen = if response == ResponseType::Accept { dialog.filenames() } else { Vec::new() };
        let _ = answer.try_send(chosen);
        if let Some((_, destroyed)) = own.take() {
            parent.disconnect(destroyed);
        }
    });
    dialog.show();
    kept.replace(Some((dialog, destroyed)));
}

fn filter_of(filter: &Filter) -> FileFilter {
    let native = FileFilter::new();
    native.set_name(Some(&filter.name));
    for extension in &filter.extensions {
        native.add_pattern(&pattern(extension));
    }
    native
}

/// Matches the extension in upper and lower case; GTK itself makes a difference.
fn pattern(extension: &str) -> String {
    let mut pattern = "*.".to_owned();
    for c in extension.chars() {
        match c {
            c if c.is_ascii_alphabetic() => {
                let (lower, upper) = (c.to_ascii_lowercase(), c.to_ascii_uppercase());
                pattern.extend(['[', lower, upper, ']']);
            }
            c => pattern.push(c),
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    #[test]
    fn extensions_match_in_any_case() {
        assert_eq!(super::pattern("tar.gz"), "*.[tT][aA][rR].[gG][zZ]");
        assert_eq!(super::pattern("7z"), "*.7[zZ]");
    }
}
