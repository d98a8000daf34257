//! What the user is asked: which file, and whether a plugin may be added. "Cancel" is what happens when nobody chooses.

use std::path::PathBuf;

use plugin_host::PluginError;
use tauri::{WebviewWindow, async_runtime};

use super::internal;
use crate::dialogs::{self, Choice, Chooser, Filter};

/// The button that changes nothing.
const CANCEL: &str = "Cancel";

/// A question with two answers.
pub(super) struct Question {
    pub(super) title: String,
    pub(super) text: String,
    pub(super) details: String,
    /// The button that agrees.
    pub(super) agree: &'static str,
}

/// Asks over a window. False: the user does not agree, or the window has gone.
pub(super) async fn ask(window: &WebviewWindow, question: Question) -> Result<bool, PluginError> {
    let (sender, mut answer) = async_runtime::channel(1);
    let parent = window.clone();
    let open = move || native::ask(&parent, question, sender);
    window.run_on_main_thread(open).map_err(internal)?;
    Ok(answer.recv().await.unwrap_or(false))
}

/// Lets the user choose a module's file. None: the user chose none.
pub(super) async fn pick_module(window: &WebviewWindow) -> Result<Option<PathBuf>, PluginError> {
    let chooser = Chooser {
        title: "Add a plugin".to_owned(),
        choice: Choice::File,
        filters: vec![Filter {
            name: "WebAssembly (*.wasm)".to_owned(),
            extensions: vec!["wasm".to_owned()],
        }],
        folder: None,
    };
    Ok(dialogs::choose(window, chooser).await.map_err(internal)?.pop())
}

/// GTK itself: rfd would run GTK on a thread of its own, beside the app's.
#[cfg(target_os = "linux")]
mod native {
    use gtk::{ButtonsType, DialogFlags, MessageDialog, MessageType, ResponseType, prelude::*};
    use tauri::{WebviewWindow, async_runtime::Sender};

    use super::{CANCEL, Question};

    pub(super) fn ask(window: &WebviewWindow, question: Question, answer: Sender<bool>) {
        let Ok(parent) = window.gtk_window() else { return };
        let flags = DialogFlags::MODAL | DialogFlags::DESTROY_WITH_PARENT;
        let dialog = MessageDialog::new(
            Some(&parent),
            flags,
            MessageType::Question,
            ButtonsType::None,
            &question.text,
        );
        dialog.set_title(&question.title);
        dialog.set_secondary_text(Some(&question.details));
        dialog.add_button(CANCEL, ResponseType::Cancel);
        // A letter to press, so that agreeing needs no mouse and no key that is pressed by habit.
        dialog.add_button(&format!("_{}", question.agree), ResponseType::Accept);
        dialog.set_default_response(ResponseType::Cancel);
        dialog.connect_response(move |dialog, response| {
            // The first answer counts; closing the dialog is a second one.
            let _ = answer.try_send(response == ResponseType::Accept);
            dialog.close();
        });
        dialog.show_all();
        dialog.present();
    }
}

#[cfg(not(target_os = "linux"))]
mod native {
    use rfd::{AsyncMessageDialog, MessageButtons, MessageDialogResult, MessageLevel};
    use tauri::{
        WebviewWindow,
        async_runtime::{self, Sender},
    };

    use super::{CANCEL, Question};

    pub(super) fn ask(window: &WebviewWindow, question: Question, answer: Sender<bool>) {
        let agree = question.agree.to_owned();
        // The first button is the one that Return presses.
        let buttons = MessageButtons::OkCancelCustom(CANCEL.to_owned(), agree.clone());
        let shown = AsyncMessageDialog::new()
            .set_parent(window)
            .set_level(MessageLevel::Warning)
            .set_title(question.title)
            .set_description(format!("{}\n\n{}", question.text, question.details))
            .set_buttons(buttons)
            .show();
        async_runtime::spawn(async move {
            let _ = answer.send(shown.await == MessageDialogResult::Custom(agree)).await;
        });
    }
}
