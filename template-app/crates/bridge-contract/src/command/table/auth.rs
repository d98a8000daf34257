//! Commands of the module `auth`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Auth,
        name: "auth_start",
        signature: "auth.start(options: AuthOptions): Promise<AuthResult>",
        summary: "Opens a sign-in page in the user's browser, and waits until it sends the user back. A window waits for one at a time.",
        errors: &[
            ErrorCode::AuthInvalidUrl,
            ErrorCode::AuthInvalidRedirect,
            ErrorCode::AuthOpenFailed,
            ErrorCode::AuthCancelled,
            ErrorCode::AuthTimeout,
            ErrorCode::AuthUnsupported,
        ],
    },
    Command {
        module: Module::Auth,
        name: "auth_pkce",
        signature: "auth.pkce(): Promise<AuthPkce>",
        summary: "A new secret of PKCE, and its challenge.",
        errors: &[],
    },
];
