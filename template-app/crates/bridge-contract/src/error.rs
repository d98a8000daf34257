//! Error codes, each with its cause and cure, and the shape in which a command refuses.

use serde::{Serialize, Serializer};

macro_rules! error_codes {
    ($($variant:ident $code:literal $cause:literal $cure:literal;)*) => {
        /// A stable code, `module/kebab-case`. Never renamed once released.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ErrorCode { $(#[doc = $cause] $variant,)* }

        impl ErrorCode {
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$variant,)*];

            /// The code as the page sees it.
            pub fn code(self) -> &'static str {
                match self { $(ErrorCode::$variant => $code,)* }
            }

            /// Why it happens, for the reference page.
            pub fn cause(self) -> &'static str {
                match self { $(ErrorCode::$variant => $cause,)* }
            }

            /// What to do about it, for the reference page.
            pub fn cure(self) -> &'static str {
                match self { $(ErrorCode::$variant => $cure,)* }
            }
        }
    };
}

error_codes! {
    BridgeUnavailable "bridge/unavailable"
        "The page runs in a plain browser, and the function has no equivalent there."
        "Ask `isDesktoprAvailable()` or `Desktopr.supports(name)` first.";
    BridgeModuleDisabled "bridge/module-disabled"
        "The module is switched off in the app's config."
        "Switch it on in `bridge.modules` of app.json.";
    BridgeNotAllowed "bridge/not-allowed"
        "The runtime refused the call: this window or this origin has no right to it."
        "Call it from a page of the app's own origin, or add the origin to `bridge.origins`.";
    BridgeInvalidArgument "bridge/invalid-argument"
        "An argument is missing or has the wrong type."
        "Compare the call with its signature.";
    BridgeInvalidUrl "bridge/invalid-url"
        "The text is no URL, or its scheme is not http, https or mailto."
        "Pass a complete URL such as `https://example.com/`.";
    BridgeOpenFailed "bridge/open-failed"
        "The system could not start a browser or mail program."
        "Check that the user has a default browser.";
    BridgeInternal "bridge/internal"
        "The runtime failed where it should not."
        "Report it with the message.";
    EventsReservedName "events/reserved-name"
        "Names of native events cannot be emitted by a page, so that nobody can forge them."
        "Choose another name, such as `my-app:saved`.";
    EventsInvalidName "events/invalid-name"
        "The name is empty, longer than 128 characters, or has characters besides letters, digits and `_:./-`."
        "Use a short name of those characters.";
    EventsTooLarge "events/too-large"
        "The payload is larger than 1 MiB of JSON."
        "Send a reference to the data instead of the data.";
    EventsUnknownLabel "events/unknown-label"
        "No window has this label, or it has no bridge."
        "Take labels from `app.info().windows`.";
    EventsUnsupported "events/unsupported"
        "This version of the runtime has no source for that native event."
        "Ask `Desktopr.supports(\"events.onDeeplink\")` first.";
    WindowUnknownLabel "window/unknown-label"
        "No window has this label."
        "Take labels from `app.info().windows`.";
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// What a command rejects with; the script turns it into a `DesktoprError`.
#[derive(Debug, Clone, Serialize)]
pub struct BridgeError {
    pub code: ErrorCode,
    pub message: String,
    pub module: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<serde_json::Value>,
}

impl BridgeError {
    /// An error whose module is the part of the code before the slash.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> BridgeError {
        let module = code.code().split('/').next().unwrap_or("bridge");
        BridgeError { code, message: message.into(), module, details: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_kebab_case() {
        let mut codes: Vec<_> = ErrorCode::ALL.iter().map(|code| code.code()).collect();
        for code in &codes {
            assert!(code.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c == '/'), "{code}");
        }
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), ErrorCode::ALL.len());
    }
}
