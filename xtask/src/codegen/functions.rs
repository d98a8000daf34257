//! The public functions of the bridge, out of their signatures: the table that the script makes them from, and the types that
//! its declarations are held against.

use std::{collections::BTreeSet, fmt::Write as _};

use bridge_contract::{Command, Module, SCRIPT_FUNCTIONS, commands};

/// A signature, taken apart.
struct Function {
    /// As written after `Desktopr.`.
    path: String,
    parameters: Vec<Parameter>,
    /// The TypeScript type of what it gives, or of the property.
    result: String,
    is_property: bool,
}

struct Parameter {
    name: String,
    is_optional: bool,
    ty: String,
}

impl Function {
    fn parse(signature: &str) -> Function {
        let end = signature.find(['(', ':']).unwrap_or(signature.len());
        let (path, rest) = signature.split_at(end);
        let Some(rest) = rest.strip_prefix('(') else {
            let result = rest.trim_start_matches(':').trim().to_owned();
            return Function {
                path: path.to_owned(),
                parameters: Vec::new(),
                result,
                is_property: true,
            };
        };
        let close = closing(rest);
        let parameters = split(&rest[..close]).into_iter().map(Parameter::parse).collect();
        let result = rest[close + 1..].trim_start_matches(':').trim().to_owned();
        Function { path: path.to_owned(), parameters, result, is_property: false }
    }

    fn group(&self) -> (&str, &str) {
        self.path.split_once('.').unwrap_or(("", &self.path))
    }

    fn command(&self) -> String {
        let letter = |c: char| match c {
            '.' => "_".to_owned(),
            c if c.is_ascii_uppercase() => format!("_{}", c.to_ascii_lowercase()),
            c => c.to_string(),
        };
        self.path.chars().map(letter).collect()
    }
}

impl Parameter {
    fn parse(text: &str) -> Parameter {
        let (name, ty) = text.split_once(':').unwrap_or((text, "unknown"));
        let name = name.trim();
        Parameter {
            name: name.trim_end_matches('?').to_owned(),
            is_optional: name.ends_with('?'),
            ty: ty.trim().to_owned(),
        }
    }

    /// What the script asks of the value before it is sent; the runtime looks closer.
    fn mark(&self) -> String {
        let ty = self.ty.as_str();
        let mark = match ty {
            "string" => "",
            "number" => "#",
            "boolean" => "!",
            _ if ty.split('|').all(|part| part.trim().starts_with('"')) => "",
            _ if ty.ends_with("[]") => "[",
            "unknown" | "any" => "*",
            _ if ty.contains(" | ") => "*",
            _ => "{",
        };
        format!("{}{mark}{}", self.name, if self.is_optional { "?" } else { "" })
    }
}

/// Index of the bracket that closes what is open at the beginning.
fn closing(text: &str) -> usize {
    let mut depth = 1;
    let closes = |(_, c): &(usize, char)| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth == 0
    };
    text.char_indices().find(closes).map_or(text.len(), |(index, _)| index)
}

/// Parts between commas that are in no bracket.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0;
    let mut before = ' ';
    let parts = text.split(|c| {
        match c {
            '(' | '{' | '<' | '[' => depth += 1,
            // The head of an arrow is no bracket.
            ')' | '}' | ']' => depth -= 1,
            '>' if before != '=' => depth -= 1,
            _ => {}
        }
        before = c;
        c == ',' && depth == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

fn public_commands() -> impl Iterator<Item = (&'static Command, Function)> {
    commands()
        .filter(|command| command.module != Module::SelfTest && !command.signature.is_empty())
        .map(|command| (command, Function::parse(command.signature)))
}

/// The functions of which the script needs no more than their table.
fn plain() -> impl Iterator<Item = (&'static Command, Function)> {
    public_commands().filter(|(command, function)| function.command() == command.name)
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
    let row = |command: &Command, function: &Function| {
        let void = if function.result == "Promise<void>" { "!" } else { "" };
        // Who takes a function or bytes does more than the table says.
        let by_hand = |p: &Parameter| p.ty.contains("=>") || p.ty.contains("Uint8Array");
        let shown = !function.parameters.iter().any(by_hand);
        let marks: String = function
            .parameters
            .iter()
            .filter(|_| shown)
            .map(|p| format!(" {}", p.mark()))
            .collect();
        let (group, rest) = function.group();
        (group_of(group, command.module), format!("{rest}{void}{marks}"))
    };
    text += &table("FUNCTIONS", plain().map(|(command, function)| row(command, &function)));
    text += "\n/** The other functions and the properties, in the same form, each with the command that must be granted for it; `=`: the same as before. */\n";
    let others = public_commands()
        .filter(|(command, function)| function.command() != command.name)
        .map(|(command, function)| (function, command.module, Some(command.name)));
    let script = SCRIPT_FUNCTIONS
        .iter()
        .map(|function| (Function::parse(function.signature), function.module, function.needs));
    // The script knows by their scopes which functions of files there are, and handles are no part of the API object.
    let is_listed = |path: &str| {
        !["fs", "handle", "directory"].contains(&path.split('.').next().unwrap_or(path))
    };
    let rows = others.chain(script).filter(|(function, ..)| is_listed(&function.path)).map(
        |(function, module, needs)| {
            let (group, rest) = function.group();
            let needs = needs.map(|command| format!(" {command}")).unwrap_or_default();
            (group_of(group, module), format!("{rest}{needs}"))
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
    let functions: Vec<_> = signatures.map(Function::parse).collect();
    let mut names = BTreeSet::new();
    let mut fields = String::new();
    for function in &functions {
        let parameters: Vec<_> = function
            .parameters
            .iter()
            .map(|p| format!("{}{}: {}", p.name, if p.is_optional { "?" } else { "" }, p.ty))
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
