//! Commands of the module `events`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Events,
        name: "events_subscribe",
        signature: "",
        summary: "Opens the page's channel for events; the script calls it at the first listener.",
        errors: &[],
    },
    Command {
        module: Module::Events,
        name: "events_emit",
        signature: "events.emit(event: string, payload?: unknown): Promise<void>",
        summary: "Sends an event to the listeners of this window only.",
        errors: EMIT_ERRORS,
    },
    Command {
        module: Module::Events,
        name: "events_emit_to_all",
        signature: "events.emitToAll(event: string, payload?: unknown): Promise<void>",
        summary: "Sends an event to the listeners of every window that has the bridge; `cacheOnly` windows are left out, and theirs reach themselves only.",
        errors: EMIT_ERRORS,
    },
    Command {
        module: Module::Events,
        name: "events_emit_to",
        signature: "events.emitTo(label: string, event: string, payload?: unknown): Promise<void>",
        summary: "Sends an event to the listeners of one window; not from or to a `cacheOnly` one.",
        errors: &[
            ErrorCode::EventsReservedName,
            ErrorCode::EventsInvalidName,
            ErrorCode::EventsTooLarge,
            ErrorCode::EventsUnknownLabel,
        ],
    },
    Command {
        module: Module::Events,
        name: "events_on_deeplink",
        signature: "events.onDeeplink(listener: (link: Deeplink) => void): Promise<() => void>",
        summary: "Listens to links of the schemes in `deepLinks`. Links that came before any page listened go to the first that does.",
        errors: &[ErrorCode::EventsUnsupported],
    },
    Command {
        module: Module::Events,
        name: "events_last_deeplink",
        signature: "events.lastDeeplink(): Promise<Deeplink | null>",
        summary: "The link that opened or showed the app last; `null` when none has since its start.",
        errors: &[ErrorCode::EventsUnsupported],
    },
];

const EMIT_ERRORS: &[ErrorCode] =
    &[ErrorCode::EventsReservedName, ErrorCode::EventsInvalidName, ErrorCode::EventsTooLarge];
