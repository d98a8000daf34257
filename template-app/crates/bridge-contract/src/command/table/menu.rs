//! Commands of the module `menu`: the app's menu, and menus at a place in the page.

use super::{Command, Module};
use crate::ErrorCode;

/// Why a menu is not taken.
const INIT_ERRORS: &[ErrorCode] = &[
    ErrorCode::MenuInvalid,
    ErrorCode::MenuDuplicateId,
    ErrorCode::MenuTooLarge,
    ErrorCode::MenuUnsupported,
    ErrorCode::TrayUnsupported,
];

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Menu,
        name: "menu_init_from_config",
        signature: "menu.init.fromConfig(config: MenuConfig): Promise<void>",
        summary: "Gives the app this menu in place of the one that it has.",
        errors: INIT_ERRORS,
    },
    Command {
        module: Module::Menu,
        name: "menu_init_from_json",
        signature: "menu.init.fromJson(text: string): Promise<void>",
        summary: "The same from JSON.",
        errors: INIT_ERRORS,
    },
    Command {
        module: Module::Menu,
        name: "menu_init_from_json_file",
        signature: "menu.init.fromJsonFile(file: string): Promise<void>",
        summary: "The same from a file below `fs.data`, which must be open to the page; a text that begins with `{` is JSON itself.",
        errors: &[
            ErrorCode::MenuInvalid,
            ErrorCode::MenuDuplicateId,
            ErrorCode::MenuTooLarge,
            ErrorCode::MenuUnsupported,
            ErrorCode::TrayUnsupported,
            ErrorCode::FsScopeDisabled,
            ErrorCode::FsNotFound,
            ErrorCode::FsOutsideScope,
        ],
    },
    Command {
        module: Module::Menu,
        name: "menu_set_enabled",
        signature: "menu.setEnabled(id: string, on: boolean): Promise<void>",
        summary: "Whether an item, or a menu with an id, can be chosen; at any depth, in the bar or at the tray icon.",
        errors: CHANGE_ERRORS,
    },
    Command {
        module: Module::Menu,
        name: "menu_set_checked",
        signature: "menu.setChecked(id: string, on: boolean): Promise<void>",
        summary: "Sets the mark of an item, or takes it away. Causes no event.",
        errors: &[ErrorCode::MenuUnknownId, ErrorCode::MenuNotCheckable],
    },
    Command {
        module: Module::Menu,
        name: "menu_set_label",
        signature: "menu.setLabel(id: string, label: string | Record<string, string>): Promise<void>",
        summary: "Gives an item, or a menu with an id, another text.",
        errors: &[ErrorCode::MenuUnknownId, ErrorCode::MenuInvalid, ErrorCode::MenuTooLarge],
    },
    Command {
        module: Module::Menu,
        name: "context_menu_show",
        signature: "contextMenu.show(entries: CmNode[], options?: CmPopupOptions): Promise<string | null>",
        summary: "Shows a menu at a place in the page; the id of the chosen item, or null when the user chose none.",
        errors: &[
            ErrorCode::MenuInvalid,
            ErrorCode::MenuDuplicateId,
            ErrorCode::MenuTooLarge,
            ErrorCode::MenuAlreadyOpen,
            ErrorCode::MenuUnsupported,
        ],
    },
];

const CHANGE_ERRORS: &[ErrorCode] = &[ErrorCode::MenuUnknownId];
