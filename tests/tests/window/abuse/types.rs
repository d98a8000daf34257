//! TypeScript types as the declarations of the API have them, and what JSON fits them.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use bridge_contract::{Argument, Type};
use tests::xtask;

/// Types by their names.
pub(super) struct Types(HashMap<String, Type>);

/// What kind of thing an attack sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Boolean,
    Number,
    /// No number of JSON: it becomes null on its way, and is refused before where a function takes a number.
    NoNumber,
    Text(&'static str),
    Numbers,
    EmptyArray,
    DeepArray,
    Object,
    Function,
    Symbol,
}

impl Types {
    /// Reads the declarations of the API and the generated ones.
    pub(super) fn read() -> Result<Types> {
        let sources = xtask::repo_root()?.join("template-app/bridge/src");
        let mut types = HashMap::new();
        let mut paths = vec![sources.join("generated.ts")];
        for entry in fs_err::read_dir(sources.join("api"))? {
            paths.push(entry?.path());
        }
        for path in paths {
            let text = without_comments(&fs_err::read_to_string(path)?);
            declarations(&text, &mut types).context("a declaration is not closed")?;
        }
        Ok(Types(types))
    }

    /// The type itself, when it is a name of one.
    pub(super) fn resolve<'a>(&'a self, ty: &'a Type) -> &'a Type {
        match ty {
            Type::Named(name) => self.0.get(name).unwrap_or(ty),
            _ => ty,
        }
    }

    /// The fields, when it is a type of objects.
    pub(super) fn fields<'a>(&'a self, ty: &'a Type) -> &'a [Argument] {
        match self.resolve(ty) {
            Type::Object(fields) => fields,
            Type::Union(parts) => parts
                .iter()
                .map(|part| self.fields(part))
                .find(|fields| !fields.is_empty())
                .unwrap_or_default(),
            _ => &[],
        }
    }

    /// May a value of this kind be meant? What does not fit must be refused.
    pub(super) fn fits(&self, ty: &Type, kind: Kind) -> bool {
        match (self.resolve(ty), kind) {
            (Type::Any, _) => true,
            (Type::Union(parts), kind) => parts.iter().any(|part| self.fits(part, kind)),
            (Type::Null, Kind::Null | Kind::NoNumber) => true,
            (Type::Boolean, Kind::Boolean)
            | (Type::Number, Kind::Number)
            | (Type::Text, Kind::Text(_))
            | (Type::Function, Kind::Function)
            | (Type::Array(_), Kind::EmptyArray) => true,
            (Type::Literal(literal), Kind::Text(text)) => literal == text,
            (Type::Array(element), Kind::Numbers) => self.fits(element, Kind::Number),
            (Type::Array(element), Kind::DeepArray) => self.fits(element, Kind::EmptyArray),
            (Type::Object(fields), Kind::Object) => fields.iter().all(|field| field.is_optional),
            (Type::Named(name), kind) => fits_named(name, kind),
            _ => false,
        }
    }
}

/// Of the types that no declaration of ours has.
fn fits_named(name: &str, kind: Kind) -> bool {
    match name {
        "Base64" => matches!(kind, Kind::Text(_)),
        // What these must be, no attack is.
        "Channel" | "Uint8Array" | "ArrayBuffer" | "AbortSignal" => false,
        _ => kind == Kind::Object,
    }
}

/// Puts every `interface` and `type` of a source into the map.
fn declarations(text: &str, types: &mut HashMap<String, Type>) -> Option<()> {
    for part in text.split("export interface ").skip(1) {
        let (head, body) = part.split_once('{')?;
        let name = head.split([' ', '<']).next()?;
        types.insert(name.to_owned(), Type::parse(&format!("{{{}}}", &body[..closing(body)?])));
    }
    for part in text.split("export type ").skip(1) {
        // What is only passed on has braces.
        let Some((name, rest)) = part.split_once('=').filter(|(name, _)| !name.contains('{'))
        else {
            continue;
        };
        let end = rest.find(";\n").unwrap_or(rest.len());
        types.insert(name.trim().to_owned(), Type::parse(&rest[..end].replace('\n', " ")));
    }
    Some(())
}

fn closing(text: &str) -> Option<usize> {
    let mut depth = 1;
    text.find(|c| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        depth == 0
    })
}

fn without_comments(mut text: &str) -> String {
    let mut kept = String::new();
    while let Some((before, comment)) = text.split_once("/*") {
        kept.push_str(before);
        text = comment.split_once("*/").map_or("", |(_, rest)| rest);
    }
    kept.push_str(text);
    let lines = kept.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}
