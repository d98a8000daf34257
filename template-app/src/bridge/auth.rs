//! Module `auth`: signing in through the user's own browser.

use bridge_contract::AuthOptions;

use super::{
    Call, Command,
    Command::{Later, Now},
    Reply, Task, reply,
};
use crate::auth;

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] =
    &[("auth_start", Later(start)), ("auth_pkce", Now(pkce))];

fn start(call: Call) -> Task {
    Box::pin(async move {
        let options: AuthOptions = call.arg("options")?;
        reply(&auth::start(&call.window, call.page, options).await?)
    })
}

fn pkce(_: &Call) -> Reply {
    reply(&auth::pkce()?)
}
