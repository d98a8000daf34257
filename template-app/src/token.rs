//! The token by which a call proves that it comes from a granted document of the window that it names. Each window has its own.
//!
//! On Linux a pop-up shares its opener's message handler and injected scripts, and every frame can reach that handler: what
//! arrives there counts, for Tauri, as the opener's page. So a window label and an origin are not enough. The token is in no
//! script: a document asks for it, and the runtime hands it to the main frame of the window that the question counts as, and
//! only if the document there has a granted origin at that very moment.

use bridge_contract::{BridgeError, ErrorCode, TOKEN_EVENT, TOKEN_HEADER};
use serde_json::json;
use tauri::{Manager as _, WebviewWindow, Wry, ipc::Invoke};
use url::Url;

use crate::{bridge::internal, state::AppState};

/// Bytes of the token: more than anyone can guess while an app runs.
const LENGTH: usize = 16;
/// The command that asks for the token.
const HELLO: &str = "core_hello";

/// The token of a window.
#[derive(Debug, Clone)]
pub(crate) struct Token(String);

impl Token {
    /// A new token from the system's source of randomness.
    pub(crate) fn new() -> Result<Token, getrandom::Error> {
        let mut bytes = [0; LENGTH];
        getrandom::fill(&mut bytes)?;
        Ok(Token(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }
}

/// May this call go on to its command? Tauri's authority has agreed by now.
pub(crate) fn is_authentic(invoke: &Invoke<Wry>) -> bool {
    let message = &invoke.message;
    if message.command() == HELLO {
        return true;
    }
    let webview = message.webview_ref();
    let token = webview.state::<AppState>().windows.token(webview.label());
    let shown = message.headers().get(TOKEN_HEADER);
    token.zip(shown).is_some_and(|(token, shown)| token.0.as_bytes() == shown.as_bytes())
}

/// What a call without the token is refused with.
pub(crate) fn refusal() -> BridgeError {
    BridgeError::new(
        ErrorCode::BridgeNotAllowed,
        "not allowed: the call does not come from a granted document",
    )
}

/// Hands its token to the document in a window, if that is granted. While a link is followed, the window's URL is that of the link
/// already: then the document learns that it has to ask again.
pub(crate) fn deliver(window: &WebviewWindow) -> Result<(), BridgeError> {
    let state = window.state::<AppState>();
    let url = window.url().map_err(internal)?;
    let token = state.windows.token(window.label()).filter(|_| state.policy.is_granted(&url));
    window.eval(script(&url, &token.ok_or_else(refusal)?)).map_err(internal)
}

/// Runs in whatever document is there by then. Pages cannot forge `location`, so another one's never gets to see the token.
fn script(url: &Url, token: &Token) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let origin = json!(format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default()));
    let (event, detail) = (json!(TOKEN_EVENT), json!({ "detail": token.0 }));
    format!(
        "dispatchEvent(new CustomEvent({event}, location.protocol + '//' + location.host === {origin} ? {detail} : {{}}));"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_stand_only_behind_the_origin() {
        let (one, two) = (Token::new().unwrap(), Token::new().unwrap());
        assert_eq!(one.0.len(), 2 * LENGTH);
        assert_ne!(one.0, two.0);
        let script = script(&Url::parse("https://example.com:8443/a?b").unwrap(), &one);
        assert!(
            script.contains(
                "location.protocol + '//' + location.host === \"https://example.com:8443\" ? {"
            ),
            "{script}"
        );
    }
}
