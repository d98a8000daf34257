//! Linux: the print dialog, without holding up the app. WebKit's own runs a loop of its own until the user is done, in which no
//! call that needs the window's thread gets an answer.

use gtk::{
    Builder, Dialog, PageSetup, PrintSettings, ResponseType,
    glib::prelude::CastNone as _,
    prelude::{
        BuilderExtManual as _, DialogExt as _, GtkWindowExt as _, ObjectExt as _, WidgetExt as _,
    },
};
use tauri::WebviewWindow;
use webkit2gtk::{PrintOperation, PrintOperationExt as _, WebView, WebViewExt as _};

/// The dialog that WebKit uses too, made by its name since no crate binds it; and what WebKit can do by itself where a printer
/// cannot.
const DIALOG: &str = "<interface><object class='GtkPrintUnixDialog' id='dialog'>
    <property name='embed-page-setup'>True</property>
    <property name='manual-capabilities'>page-set|copies|collate|reverse|scale|number-up|number-up-layout</property>
    </object></interface>";

/// Pages that print themselves (`window.print()`) get the same dialog.
pub(crate) fn attach(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|webview| {
        webview.inner().connect_print(|view, operation| {
            open(view, operation.clone());
            true
        });
    })
}

/// Opens the dialog for the page of a window.
pub(crate) fn print(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|webview| {
        let view = webview.inner();
        open(&view, PrintOperation::new(&view));
    })
}

fn open(view: &WebView, operation: PrintOperation) {
    let Some(dialog) = Builder::from_string(DIALOG).object::<Dialog>("dialog") else { return };
    if let Some(window) = view.toplevel().and_downcast::<gtk::Window>() {
        dialog.set_transient_for(Some(&window));
        dialog.set_destroy_with_parent(true);
    }
    // GTK's printer to files crashes without any: https://bugzilla.gnome.org/show_bug.cgi?id=703784
    dialog.set_property("print-settings", PrintSettings::new());
    dialog.set_title("Print");
    dialog.set_modal(true);
    dialog.connect_response(move |dialog, response| {
        if response == ResponseType::Ok {
            operation.set_print_settings(&dialog.property::<PrintSettings>("print-settings"));
            operation.set_page_setup(&dialog.property::<PageSetup>("page-setup"));
            operation.print();
        }
        dialog.close();
    });
    dialog.present();
}
