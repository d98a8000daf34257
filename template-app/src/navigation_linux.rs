//! Linux: the guard at the response of the main resource. Redirects on the way there do not end in a page, so a chain
//! through other origins completes.

use gtk::prelude::WidgetExt as _;
use tauri::{Manager as _, WebviewWindow};
use url::Url;
use webkit2gtk::{
    PolicyDecisionExt as _, PolicyDecisionType, ResponsePolicyDecision,
    ResponsePolicyDecisionExt as _, URIRequestExt as _, URIResponseExt as _, WebViewExt as _,
    glib::prelude::Cast as _,
};

use crate::{
    labels::{Kind, MAIN},
    navigation, policy,
    state::AppState,
};

/// Connects the guard to a window's webview, and closes the window when its page closes itself.
pub(crate) fn guard(window: &WebviewWindow) -> tauri::Result<()> {
    let guarded = window.clone();
    window.with_webview(move |webview| {
        let view = webview.inner();
        let app = guarded.app_handle().clone();
        let label = guarded.label().to_owned();
        view.connect_decide_policy(move |_, decision, decision_type| {
            if decision_type != PolicyDecisionType::Response {
                return false;
            }
            let Some(response) = decision.downcast_ref::<ResponsePolicyDecision>() else {
                return false;
            };
            if !response.is_main_frame_main_resource() {
                return false;
            }
            let Some(url) = main_url(response) else { return false };
            if label == MAIN {
                note_status(&app.state::<AppState>(), response);
            }
            if navigation::allows(&app, &url, &label) {
                return false;
            }
            decision.ignore();
            true
        });
        // The toolkit destroys a view whose page says `window.close()`, and leaves its window behind.
        view.connect_destroy(move |view| {
            // A pop-up shares its opener's handlers, which must stay.
            if Kind::of(guarded.label()).has_bridge() {
                webkit_handlers::disconnect(view);
            }
            // The window may be on its way out already.
            let _ = guarded.destroy();
        });
    })
}

fn main_url(response: &ResponsePolicyDecision) -> Option<Url> {
    Url::parse(&response.response()?.uri()?)
        .ok()
        .or_else(|| Url::parse(&response.request()?.uri()?).ok())
}

fn note_status(state: &AppState, response: &ResponsePolicyDecision) {
    let Some(self_test) = &state.self_test else { return };
    let is_http = main_url(response).is_some_and(|url| policy::is_web(&url));
    if let (true, Some(response)) = (is_http, response.response()) {
        self_test.page_answered(response.status_code());
    }
}
