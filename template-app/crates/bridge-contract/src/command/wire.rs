//! What arrives at the runtime: a command's arguments as its call carries them. They are those of the signature, by name, but
//! for the commands that are listed here.

use super::{Argument, Command, Signature, Type};

/// A folder of the app's own, in calls of the module `fs`.
const SCOPE: &str =
    "scope: \"data\" | \"cache\" | \"trash\" | \"diagnostics\" | { plugin: string }";

/// Commands that the script calls with other arguments than the page calls the function with. `Channel` is a way back to the
/// page, `Base64` are bytes where the page's policy leaves only text.
const OTHERS: &[(&str, &str)] = &[
    ("core_hello", ""),
    ("core_version", ""),
    ("core_takes_bytes", ""),
    ("navigate", "url: string, newWindow?: boolean"),
    ("stream_read", "id: number, base64?: boolean"),
    ("stream_write", "id: number, base64: Base64"),
    ("stream_finish", "id: number"),
    ("stream_close", "id: number"),
    ("events_subscribe", "channel: Channel"),
    ("window_watch_close", "channel: Channel"),
    ("window_unwatch_close", ""),
    ("window_answer_close", "question: number, keep: boolean"),
    ("fs_list", "scope: Scope, path?: string"),
    ("fs_new_directory", "scope: Scope, path: string"),
    ("fs_remove", "scope: Scope, path: string, recursive?: boolean"),
    ("fs_stat", "scope: Scope, path?: string"),
    ("fs_read_text", "scope: Scope, path: string"),
    ("fs_write_text", "scope: Scope, path: string, text: string"),
    ("fs_read_bytes", "scope: Scope, path: string, base64?: boolean"),
    ("fs_write_bytes", "scope: Scope, path: string, base64: Base64"),
    ("fs_read_stream", "scope: Scope, path: string, offset?: number, length?: number"),
    ("fs_write_stream", "scope: Scope, path: string, append?: boolean"),
    ("fs_exists", "scope: Scope, path: string"),
    ("fs_move", "scope: Scope, src: string, dest: string, overwrite?: boolean"),
    (
        "fs_copy",
        "scope: Scope, src: string, dest: string, recursive?: boolean, overwrite?: boolean",
    ),
    ("fs_clear", "scope: Scope"),
    ("fs_usage", "scope: Scope"),
    ("fs_recover", "path: string"),
    ("fs_watch", "scope: Scope, path: string, recursive?: boolean, channel: Channel"),
    ("fs_unwatch", "id: number"),
    ("files_save", "name?: string, options?: SaveOptions"),
    ("files_read", "id: number"),
    ("files_write", "id: number, append?: boolean"),
    ("files_entries", "id: number, path?: string"),
    ("files_get", "id: number, path: string"),
    ("files_close", "id: number"),
    ("files_accept_drops", "hover?: boolean"),
    ("plugins_call", "module: string, payload: string, timeoutMs?: number, id?: string"),
    ("plugins_add", "name?: string, maxBytes?: number, replace?: boolean"),
    (
        "plugins_add_from_bytes",
        "name: string, base64: Base64, replace?: boolean, manifest?: PluginManifest",
    ),
    ("events_on_deeplink", ""),
    ("events_on_open_files", ""),
    ("clipboard_write_image", "width?: number, height?: number, base64: Base64"),
    (
        "global_shortcut_register",
        "accelerator: string, channel: Channel, options?: { emitEvent?: boolean }",
    ),
    ("shortcuts_register", "sequence: string"),
    ("updates_download", "onProgress?: Channel"),
    ("self_test_report", "report: string"),
];

impl Command {
    /// Is the public function one call of this command, with its own arguments by their names?
    pub fn is_plain(&self) -> bool {
        let signature = Signature::parse(self.signature);
        let listens = signature.arguments.iter().any(|argument| argument.ty == Type::Function);
        !self.signature.is_empty() && signature.command_name() == self.name && !listens
    }

    /// The arguments that a call carries; none when nobody has said.
    pub fn wire_arguments(&self) -> Option<Vec<Argument>> {
        if let Some((_, arguments)) = OTHERS.iter().find(|(name, _)| *name == self.name) {
            return Some(Argument::parse_all(&arguments.replace("scope: Scope", SCOPE)));
        }
        self.is_plain().then(|| Signature::parse(self.signature).arguments)
    }
}

#[cfg(test)]
mod tests {
    use crate::commands;

    use super::*;

    #[test]
    fn the_arguments_of_every_command_are_known() {
        for command in commands() {
            assert!(command.wire_arguments().is_some(), "add a row for `{}`", command.name);
        }
        for (name, _) in OTHERS {
            assert!(commands().any(|command| command.name == *name), "no command: `{name}`");
        }
    }
}
