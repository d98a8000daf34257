//! Why a call or a request failed: a stable code and a sentence.

use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($variant:ident $code:literal $doc:literal;)*) => {
        /// A stable code, `plugins/kebab-case`, as the page sees it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $doc] $variant,)* }

        impl Code {
            pub const ALL: &[Code] = &[$(Code::$variant,)*];

            /// The code as text.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => concat!("plugins/", $code),)* }
            }
        }
    };
}

codes! {
    NotFound "not-found" "No module has this name.";
    InvalidName "invalid-name" "The text is no name of a module.";
    InvalidModule "invalid-module" "The bytes are no module that can be run here.";
    MissingStart "missing-start" "The module exports no `_start`.";
    ForbiddenImport "forbidden-import" "The module imports what the sandbox does not have.";
    HashMismatch "hash-mismatch" "The module is not the one that was promised.";
    Timeout "timeout" "The call was not done at its deadline.";
    MemoryLimit "memory-limit" "The call wanted more memory or larger tables than it may have.";
    StackOverflow "stack-overflow" "The call nested too deeply.";
    Trap "trap" "The module did what WebAssembly forbids.";
    Exit "exit" "The module ended with an exit code that is not 0.";
    StdinTooLarge "stdin-too-large" "The payload is larger than allowed.";
    OutputLimit "output-limit" "The module printed more than allowed.";
    InvalidOutput "invalid-output" "The module's answer is not one JSON object.";
    StorageQuota "storage-quota" "The plugin's storage is full.";
    StorageFailed "storage-failed" "The plugin's storage cannot be used.";
    QueueFull "queue-full" "Too many calls wait already.";
    Cancelled "cancelled" "The call was cancelled.";
    InvalidId "invalid-id" "The id of a call is too long, or another call has it.";
    InstallForbidden "install-forbidden" "The app does not allow modules to be added.";
    AlreadyInstalled "already-installed" "A module of this name is there already.";
    Internal "internal" "The host failed where it should not.";
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A refusal: what happened, in a sentence without its end, for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PluginError {
    pub code: Code,
    pub message: String,
}

impl PluginError {
    pub fn new(code: Code, message: impl Into<String>) -> PluginError {
        PluginError { code, message: message.into() }
    }

    pub(crate) fn internal(cause: impl std::fmt::Display) -> PluginError {
        PluginError::new(Code::Internal, cause.to_string())
    }
}

impl From<runtime_settings::plugins::NameError> for PluginError {
    fn from(error: runtime_settings::plugins::NameError) -> PluginError {
        PluginError::new(Code::InvalidName, error.to_string())
    }
}
