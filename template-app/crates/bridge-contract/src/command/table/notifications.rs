//! Commands of the module `notifications`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Notifications,
        name: "notifications_state",
        signature: "notifications.state(): Promise<NotificationState>",
        summary: "`granted` where notifications can be shown; `denied` where nobody shows them. `default`, in a browser only: the user has not been asked.",
        errors: &[],
    },
    Command {
        module: Module::Notifications,
        name: "notifications_request",
        signature: "notifications.request(): Promise<NotificationState>",
        summary: "Asks the user where the system wants that, which is in a browser only, and gives the state.",
        errors: &[],
    },
    Command {
        module: Module::Notifications,
        name: "notifications_show",
        signature: "notifications.show(title: string | NotificationOptions, body?: string): Promise<NotificationShown>",
        summary: "Shows a notification; resolves when the system has taken it.",
        errors: &[
            ErrorCode::NotificationsUnsupported,
            ErrorCode::NotificationsInvalidIcon,
            ErrorCode::NotificationsTooMany,
            ErrorCode::NotificationsFailed,
        ],
    },
];
