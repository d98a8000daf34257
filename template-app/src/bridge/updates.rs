//! Module `updates`: newer versions of the app.

use serde::Deserialize;
use tauri::{
    Manager as _,
    ipc::{Channel, JavaScriptChannelId},
};

use super::{
    Call, Command,
    Command::{Later, Now},
    Reply, Task, reply,
};
use crate::{state::AppState, updates};
use bridge_contract::UpdateProgress;

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("updates_check", Later(check)),
    ("updates_download", Later(download)),
    ("updates_install", Later(install)),
    ("updates_channel", Now(channel)),
];

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct InstallOptions {
    relaunch: bool,
}

fn check(call: Call) -> Task {
    Box::pin(async move { reply(&updates::check(call.window.app_handle()).await?) })
}

fn download(call: Call) -> Task {
    Box::pin(async move {
        let channel: Option<JavaScriptChannelId> = call.arg("onProgress")?;
        let channel: Option<Channel<UpdateProgress>> =
            channel.map(|channel| channel.channel_on(call.window.as_ref().clone()));
        let tell = |progress: &UpdateProgress| {
            // A page that has gone is told nothing; the download goes on for the others.
            let _ = channel.as_ref().map(|channel| channel.send(progress.clone()));
        };
        reply(&updates::download(call.window.app_handle(), tell).await?)
    })
}

fn install(call: Call) -> Task {
    Box::pin(async move {
        let options: Option<InstallOptions> = call.arg("options")?;
        let relaunch = options.unwrap_or_default().relaunch;
        reply(&updates::install(call.window.app_handle(), relaunch).await?)
    })
}

fn channel(call: &Call) -> Reply {
    reply(&updates::channel(&call.window.state::<AppState>())?)
}
