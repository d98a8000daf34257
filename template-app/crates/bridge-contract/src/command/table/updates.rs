//! Commands of the module `updates`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Updates,
        name: "updates_check",
        signature: "updates.check(): Promise<UpdateInfo | null>",
        summary: "Asks whether there is a newer version on the app's channel; `null` when there is none.",
        errors: &[
            ErrorCode::UpdatesNoSource,
            ErrorCode::UpdatesInsecureUrl,
            ErrorCode::UpdatesUnreachable,
            ErrorCode::UpdatesInvalidManifest,
            ErrorCode::UpdatesNoPlatform,
            ErrorCode::UpdatesUnsupported,
        ],
    },
    Command {
        module: Module::Updates,
        name: "updates_download",
        signature: "updates.download(onProgress?: (progress: UpdateProgress) => void): Promise<void>",
        summary: "Fetches the version that `check` has found, and verifies its signature.",
        errors: &[
            ErrorCode::UpdatesNotFound,
            ErrorCode::UpdatesBusy,
            ErrorCode::UpdatesInsecureUrl,
            ErrorCode::UpdatesUnreachable,
            ErrorCode::UpdatesTooLarge,
            ErrorCode::UpdatesInvalidSignature,
            ErrorCode::UpdatesWrongVersion,
        ],
    },
    Command {
        module: Module::Updates,
        name: "updates_install",
        signature: "updates.install(options?: { relaunch?: boolean }): Promise<void>",
        summary: "Installs what `download` has fetched. On Windows the app ends here, and the installer starts it again.",
        errors: &[
            ErrorCode::UpdatesNotDownloaded,
            ErrorCode::UpdatesBusy,
            ErrorCode::UpdatesInvalidSignature,
            ErrorCode::UpdatesRefusedByUser,
            ErrorCode::UpdatesInstallFailed,
        ],
    },
    Command {
        module: Module::Updates,
        name: "updates_channel",
        signature: "updates.channel(): Promise<string>",
        summary: "The channel that this copy of the app was built for.",
        errors: &[ErrorCode::UpdatesNoSource],
    },
];
