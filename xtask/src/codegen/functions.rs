//! The public functions of the bridge, out of their signatures: the table that the script makes them from, and the types that
//! its declarations are held against.

use std::{collections::BTreeSet, fmt::Write as _};

use bridge_contract::{Argument, Command, Module, SCRIPT_FUNCTIONS, Signature, Type, commands};

/// An argument of the table, and what the script asks of its value before it is sent; the runtime looks closer.
fn marked(argument: &Argument) -> String {
    let is_literal = |ty: &Type| matches!(ty, Type::Literal(_));
    let mark = match &argument.ty {
        Type::Text | Type::Literal(_) => "",
        Type::Union(types) if types.iter().all(is_literal) => "",
        Type::Number => "#",
        Type::Boolean => "!",
        Type::Array(_) => "[",
        Type::Any | Type::Union(_) => "*",
        Type::Null | Type::Object(_) | Type::Function | Type::Named(_) => "{",
    };
    format!("{}{mark}{}", argument.name, if argument.is_optional { "?" } else { "" })
}

/// First part of a function's path, empty for those of the top level, and the rest.
fn group(function: &Signature) -> (&str, &str) {
    function.path.split_once('.').unwrap_or(("", &function.path))
}

fn public_commands() -> impl Iterator<Item = (&'static Command, Signature)> {
    commands()
        .filter(|command| command.module != Module::SelfTest && !command.signature.is_empty())
        .map(|command| (command, Signature::parse(command.signature)))
}

/// The functions of which the script needs no more than their table.
fn plain() -> impl Iterator<Item = (&'static Command, Signature)> {
    public_commands().filter(|(command, function)| function.command_name() == command.name)
}

/// The type of command names, and the tables of functions.
pub(super) fn tables() -> String {
    let names: Vec<_> = commands()
        .filter(|command| command.module != Module::SelfTest)
        .map(|command| format!("    | {:?}", command.name))
        .collect();
    let mut text = format!(
        "\n/** Names of the runtime's commands. */\nexport type Command =\n{};\n",
        names.join("\n")
    );
    let modules: Vec<_> =
        Module::ALL.iter().filter(|module| **module != Module::SelfTest).collect();
    let modules: Vec<_> =
        modules.iter().map(|module| format!("    | {:?}", module.name())).collect();
    text += &format!(
        "\n/** Names of modules in `bridge.modules`; `core` is granted with the bridge itself. */\nexport type Module =\n{};\n",
        modules.join("\n")
    );
    text += "\n/**\n * The functions that are one call of a command each, by the first part of their paths and, where it has another name, their module:\n \
        * `part=module:rest argument…,…`. The command's name is the path in snake case. `!` after the rest: nothing is answered. After an\n \
        * argument: nothing for a string, `*` anything, `#` a number, `!` a boolean, `{` an object, `[` an array; `?` may be left out.\n */\n";
    let row = |command: &Command, function: &Signature| {
        let void = if function.result == "Promise<void>" { "!" } else { "" };
        // Who takes a function or bytes does more than the table says.
        let by_hand =
            |p: &Argument| p.written_type.contains("=>") || p.written_type.contains("Uint8Array");
        let shown = !function.arguments.iter().any(by_hand);
        let marks: String = function
            .arguments
            .iter()
            .filter(|_| shown)
            .map(|p| format!(" {}", marked(p)))
            .collect();
        let (first, rest) = group(function);
        (group_of(first, command.module), format!("{rest}{void}{marks}"))
    };
    text += &table("FUNCTIONS", plain().map(|(command, function)| row(command, &function)));
    text += "\n/** The other functions and the properties, in the same form, each with the command that must be granted for it; `=`: the same as before. */\n";
    let others = public_commands()
        .filter(|(command, function)| function.command_name() != command.name)
        .map(|(command, function)| (function, command.module, Some(command.name)));
    let script = SCRIPT_FUNCTIONS
        .iter()
        .map(|function| (Signature::parse(function.signature), function.module, function.needs));
    // The script knows by their scopes which functions of files there are, and handles are no part of the API object.
    let is_listed = |path: &str| {
        !["fs", "handle", "directory"].contains(&path.split('.').next().unwrap_or(path))
    };
    let rows = others.chain(script).filter(|(function, ..)| is_listed(&function.path)).map(
        |(function, module, needs)| {
            let (first, rest) = group(&function);
            let needs = needs.map(|command| format!(" {command}")).unwrap_or_default();
            (group_of(first, module), format!("{rest}{needs}"))
        },
    );
    text + &without_repeats(&table("OTHER_FUNCTIONS", rows))
}

fn group_of(group: &str, module: Module) -> String {
    let module = module.name();
    if group == module { group.to_owned() } else { format!("{group}={module}") }
}

/// A table with `=` for a command that is the same as in the row before.
fn without_repeats(table: &str) -> String {
    let mut before = "";
    let rows = table.split_inclusive([',', ';', ':']).map(|row| {
        let end = row.trim_end_matches([',', ';', ':', '\n', '"']);
        let Some((name, command)) = end.split_once(' ').filter(|_| !row.contains('\n')) else {
            return row.to_owned();
        };
        if command == before {
            return format!("{name} =") + &row[end.len()..];
        }
        before = command;
        row.to_owned()
    });
    rows.collect()
}

/// One line for each group, in the order of their first rows.
fn table(name: &str, rows: impl Iterator<Item = (String, String)>) -> String {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for (group, row) in rows {
        match groups.iter_mut().find(|(known, _)| *known == group) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((group, vec![row])),
        }
    }
    let lines: Vec<_> =
        groups.iter().map(|(group, rows)| format!("{group}:{}", rows.join(","))).collect();
    format!("export const {name} =\n  {:?};\n", lines.join(";"))
}

/// Names in signatures that are none of ours.
const BUILT_IN: &[&str] = &[
    "Promise",
    "Partial",
    "Uint8Array",
    "ArrayBuffer",
    "ReadableStream",
    "WritableStream",
    "AbortSignal",
    "Record",
    "Response",
    "RequestInit",
    "Blob",
    "Date",
    "KeyboardEvent",
    "MouseEvent",
];

/// `test/types/contract.ts`: each function of the declarations must be usable as the contract has it, and there must be no other.
pub(super) fn type_test() -> String {
    let signatures = commands()
        .filter(|command| command.module != Module::SelfTest && !command.signature.is_empty())
        .map(|command| command.signature)
        .chain(SCRIPT_FUNCTIONS.iter().map(|function| function.signature));
    let functions: Vec<_> = signatures.map(Signature::parse).collect();
    let mut names = BTreeSet::new();
    let mut fields = String::new();
    for function in &functions {
        let parameters: Vec<_> = function
            .arguments
            .iter()
            .map(|p| {
                format!("{}{}: {}", p.name, if p.is_optional { "?" } else { "" }, p.written_type)
            })
            .collect();
        let ty = if function.is_property {
            function.result.clone()
        } else {
            format!("({}) => {}", parameters.join(", "), function.result)
        };
        names.extend(type_names(&ty));
        let _ = writeln!(fields, "  {:?}: {ty};", function.path);
    }
    let names: Vec<_> =
        names.into_iter().filter(|name| !BUILT_IN.contains(&name.as_str())).collect();
    format!(
        "// Every function of the contract, for the type test beside it.\n\
         // Generated by `cargo xtask codegen` from template-app/crates/bridge-contract. Do not edit by hand.\n\
         import type {{\n  {},\n}} from \"../../src/index.js\";\n\n\
         /** Path of each function, and its type. */\nexport interface Contract {{\n{fields}}}\n",
        names.join(",\n  ")
    )
}

/// Words that begin with a capital, outside quotes.
fn type_names(ty: &str) -> Vec<String> {
    let unquoted: Vec<_> = ty.split('"').step_by(2).collect();
    let text = unquoted.join(" ");
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words
        .filter(|word| word.starts_with(|c: char| c.is_ascii_uppercase()))
        .map(str::to_owned)
        .collect()
}
