//! Error codes, each with its cause and cure, and the shape in which a command refuses.

use serde::{Serialize, Serializer};

#[macro_use]
mod codes;

macro_rules! error_codes {
    ($($variant:ident $code:literal $cause:literal $cure:literal;)*) => {
        /// A stable code, `module/kebab-case`. Never renamed once released.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ErrorCode { $(#[doc = $cause] $variant,)* }

        impl ErrorCode {
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$variant,)*];

            /// The code of this text.
            pub fn of(code: &str) -> Option<ErrorCode> {
                ErrorCode::ALL.iter().copied().find(|known| known.code() == code)
            }

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

with_codes!(error_codes);

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
            // What is before the slash is a module's name, as it is in the config.
            let (module, reason) = code.split_once('/').unwrap();
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(module.chars().all(|c| c.is_ascii_alphabetic()), "{code}");
            assert!(reason.chars().all(fits), "{code}");
            assert_eq!(ErrorCode::of(code).map(ErrorCode::code), Some(*code));
        }
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), ErrorCode::ALL.len());
    }
}
