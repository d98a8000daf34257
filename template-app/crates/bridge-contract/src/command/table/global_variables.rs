//! Commands of the module `globalVariables`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::GlobalVariables,
        name: "global_variables_get",
        signature: "globalVariables.get(key: string): Promise<string | null>",
        summary: "The value of a variable; `null` when there is none.",
        errors: READ_ERRORS,
    },
    Command {
        module: Module::GlobalVariables,
        name: "global_variables_set",
        signature: "globalVariables.set(key: string, value: string): Promise<void>",
        summary: "Sets a variable for all windows; it is on the disk when this resolves.",
        errors: &[
            ErrorCode::GlobalVariablesInvalidKey,
            ErrorCode::GlobalVariablesTooLarge,
            ErrorCode::GlobalVariablesTooMany,
            ErrorCode::GlobalVariablesDamaged,
            ErrorCode::GlobalVariablesIo,
        ],
    },
    Command {
        module: Module::GlobalVariables,
        name: "global_variables_remove",
        signature: "globalVariables.remove(key: string): Promise<boolean>",
        summary: "Removes a variable; `false` when there was none.",
        errors: READ_ERRORS,
    },
    Command {
        module: Module::GlobalVariables,
        name: "global_variables_list",
        signature: "globalVariables.list(): Promise<Record<string, string>>",
        summary: "Every variable with its value.",
        errors: READ_ERRORS,
    },
];

const READ_ERRORS: &[ErrorCode] =
    &[ErrorCode::GlobalVariablesDamaged, ErrorCode::GlobalVariablesIo];
