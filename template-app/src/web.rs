//! The section `web` of the settings, carried out: what one webview is like. `web_linux` has what only WebKitGTK can be told.

use std::io;

use runtime_settings::settings::Web;
use serde_json::json;
use tauri::{AppHandle, Manager, WebviewWindow, WebviewWindowBuilder, Wry};

use crate::{
    bridge::PACK_ORIGINS, grants, labels::Kind, permissions, policy::Policy, state::AppState,
};

/// Calls its second argument on the app's own pages only.
const OWN_PAGES: &str = include_str!("web/own_pages.js");
/// A function of a style sheet's text.
const STYLE: &str = include_str!("web/style.js");
#[cfg(not(target_os = "linux"))]
const NO_CONTEXT_MENU: &str = include_str!("web/no_context_menu.js");

/// What a webview must know while the window of this label is built.
pub(crate) fn apply<'a, M: Manager<Wry>>(
    app: &AppHandle,
    label: &str,
    mut builder: WebviewWindowBuilder<'a, Wry, M>,
) -> tauri::Result<WebviewWindowBuilder<'a, Wry, M>> {
    let state = app.state::<AppState>();
    let web = &state.settings.web;
    // On Linux each such webview would be a session of its own, and only the first could load the app's pages: there the profile
    // itself goes with the app (`cache_only`).
    let incognito = web.incognito && !cfg!(target_os = "linux");
    builder = builder.incognito(incognito).devtools(web.devtools);
    // With a handler of ours, Windows' webview gives the page no events of its own for what is dragged, so there is one only
    // where the app wants files.
    let modules = grants::settings_of(&state.settings, Kind::of(label));
    if !modules.is_some_and(|modules| modules.files) {
        builder = builder.disable_drag_drop_handler();
    }
    if let Some(user_agent) = &web.user_agent {
        builder = builder.user_agent(user_agent);
    }
    if let Some(proxy) = &web.proxy {
        // A URL that the config check let through parses here too.
        builder = builder.proxy_url(proxy.parse().map_err(tauri::Error::InvalidUrl)?);
    }
    #[cfg(feature = "standard")]
    if crate::isolation::is_wanted(&state.settings) {
        builder = builder.initialization_script(crate::isolation::tidy_script());
    }
    // Pop-ups are pages that come and go: what is injected is for the windows that are the app.
    if Kind::of(label).has_bridge() {
        for script in scripts(&state, web)? {
            builder = builder.initialization_script(script);
        }
    }
    Ok(permissions::apply(builder))
}

/// What a webview can be told once its window is there.
pub(crate) fn attach(window: &WebviewWindow) -> tauri::Result<()> {
    #[cfg(target_os = "linux")]
    return crate::web_linux::attach(window);
    #[cfg(not(target_os = "linux"))]
    {
        let _ = window;
        Ok(())
    }
}

/// What is injected, in order: styles first, so that a script finds them there.
fn scripts(state: &AppState, web: &Web) -> tauri::Result<Vec<String>> {
    let own = own_pages(&state.policy);
    let read = |path: &String| {
        let bytes = state.pack.read(path).map_err(io::Error::other)?;
        String::from_utf8(bytes).map_err(io::Error::other)
    };
    let mut scripts = Vec::new();
    for path in &web.inject_css {
        let style = format!("() => ({STYLE})({})", json!(read(path)?));
        scripts.push(on_own_pages(&own, &style));
    }
    for path in &web.inject_js {
        scripts.push(on_own_pages(&own, &function_of(&read(path)?)));
    }
    #[cfg(not(target_os = "linux"))]
    if !web.context_menu {
        scripts.push(on_own_pages(&own, NO_CONTEXT_MENU));
    }
    Ok(scripts)
}

/// A script as a function. The line break ends a comment on its last line.
fn function_of(script: &str) -> String {
    format!("function () {{\n{script}\n}}")
}

/// Where the app's own pages are: rules about sites, and origins that have no port.
fn own_pages(policy: &Policy) -> String {
    let sites: Vec<_> = policy.own_sites().collect();
    let origins = if policy.is_packed() { PACK_ORIGINS } else { &[] };
    format!("{}, {}", json!(sites), json!(origins))
}

fn on_own_pages(own: &str, action: &str) -> String {
    format!("{}({own}, {});", OWN_PAGES.trim_end(), action.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_injected_is_a_call_of_one_function() {
        let script = on_own_pages("[], []", &function_of("var a = 1 // last"));
        assert!(script.contains("})([], [], function () {\nvar a = 1 // last\n});"), "{script}");
        assert!(STYLE.trim_start().starts_with("//") && STYLE.trim_end().ends_with('}'));
    }
}
