//! What is sent: for each argument of each command each kind of value, and whether it must be refused.

use bridge_contract::{Argument, Command, Signature, Type};
use serde_json::{Map, Value, json};

use super::{
    care::{self, BASE, REFUSED},
    types::{Kind, Types},
};

/// Values by the names that the page makes them from.
const VALUES: &[(&str, Kind)] = &[
    ("null", Kind::Null),
    ("NaN", Kind::NoNumber),
    ("Infinity", Kind::NoNumber),
    ("true", Kind::Boolean),
    ("0", Kind::Number),
    ("-1", Kind::Number),
    ("1.5", Kind::Number),
    ("1e300", Kind::Number),
    ("empty text", Kind::Text("")),
    ("text", Kind::Text("nobody")),
    ("number as text", Kind::Text("1")),
    ("NUL", Kind::Text("a\0b")),
    ("lone surrogate", Kind::Text("\u{fffd}")),
    ("1 MiB of text", Kind::Text("aaaa")),
    ("[]", Kind::EmptyArray),
    ("100,000 numbers", Kind::Numbers),
    ("200 levels", Kind::DeepArray),
    ("{}", Kind::Object),
    ("unknown field", Kind::Object),
];
/// Values of fields: one of each kind.
const VALUES_OF_FIELDS: &[&str] = &["null", "true", "1.5", "text", "[]", "{}"];
/// Values that only a call in the page can have.
const VALUES_OF_PAGES: &[(&str, Kind)] = &[("function", Kind::Function), ("symbol", Kind::Symbol)];

/// One call.
#[derive(Debug)]
pub(super) struct Attack {
    /// What is sent where, for whoever reads the failure.
    pub(super) what: String,
    /// The arguments; a value that the page makes is `{ "make": name }`.
    pub(super) arguments: Value,
    pub(super) must_be_refused: bool,
}

/// Calls of a command as the script makes them, past the script.
pub(super) fn on_wire(command: &Command, types: &Types) -> Vec<Attack> {
    let arguments = command.wire_arguments().unwrap_or_default();
    let base = good(command, types);
    let mut attacks = Vec::new();
    let mut push = |what: String, arguments: Map<String, Value>, must_be_refused| {
        if must_be_refused || !care::is_careful(command.name) {
            attacks.push(Attack { what, arguments: arguments.into(), must_be_refused });
        }
    };
    for argument in &arguments {
        for (value, kind) in VALUES {
            let mut sent = base.clone();
            sent.insert(argument.name.clone(), json!({ "make": value }));
            let is_left_out = matches!(kind, Kind::Null | Kind::NoNumber) && argument.is_optional;
            let refused = !is_left_out && !types.fits(&argument.ty, *kind);
            push(format!("`{}`: {value}", argument.name), sent, refused);
        }
        let mut sent = base.clone();
        sent.remove(&argument.name);
        let refused = !argument.is_optional && !types.fits(&argument.ty, Kind::Null);
        push(format!("`{}` missing", argument.name), sent, refused);
        for (what, object) in wrong_fields(&argument.ty, types) {
            let mut sent = base.clone();
            sent.insert(argument.name.clone(), object);
            push(format!("`{}.{what}", argument.name), sent, true);
        }
    }
    let mut sent = base.clone();
    sent.insert("nobodyKnowsThis".to_owned(), json!({ "make": "1 MiB of text" }));
    push("one argument too many".to_owned(), sent, false);
    for (_, text) in REFUSED.iter().filter(|(name, _)| *name == command.name) {
        let arguments = serde_json::from_str(text).unwrap_or_default();
        attacks.push(Attack { what: (*text).to_owned(), arguments, must_be_refused: true });
    }
    attacks
}

/// Arguments that fit.
pub(super) fn good(command: &Command, types: &Types) -> Map<String, Value> {
    let arguments = command.wire_arguments().unwrap_or_default();
    arguments
        .iter()
        .filter_map(|argument| Some((argument.name.clone(), base(command.name, argument, types)?)))
        .collect()
}

/// Calls of a public function, as a page makes them.
///
/// Too many arguments are refused where the function is made of the contract's table (`is_plain`).
pub(super) fn in_page(
    name: &str,
    is_plain: bool,
    signature: &Signature,
    types: &Types,
) -> Vec<Attack> {
    let arguments = &signature.arguments;
    let base: Vec<Value> = arguments
        .iter()
        .map(|argument| base(name, argument, types).unwrap_or(json!({ "make": "undefined" })))
        .collect();
    let mut attacks = Vec::new();
    for (index, argument) in arguments.iter().enumerate() {
        for (value, kind) in VALUES.iter().chain(VALUES_OF_PAGES) {
            let is_left_out =
                argument.is_optional && is_nothing(*kind, &argument.ty, is_plain, types);
            if is_left_out || types.fits(&argument.ty, *kind) {
                continue;
            }
            let mut sent = base.clone();
            sent[index] = json!({ "make": value });
            attacks.push(Attack {
                what: format!("`{}`: {value}", argument.name),
                arguments: sent.into(),
                must_be_refused: true,
            });
        }
    }
    if is_plain && !care::is_careful(name) {
        let too_many: Vec<_> = base.iter().cloned().chain([json!(1)]).collect();
        let what = "one argument too many".to_owned();
        attacks.push(Attack { what, arguments: too_many.into(), must_be_refused: true });
    }
    attacks
}

/// Does an optional argument count as left out with this? What JSON does not hold does, where the script makes more than one call
/// of its command.
fn is_nothing(kind: Kind, ty: &Type, is_plain: bool, types: &Types) -> bool {
    match kind {
        Kind::Null => true,
        Kind::NoNumber => !types.fits(ty, Kind::Number),
        Kind::Function | Kind::Symbol => !is_plain,
        _ => false,
    }
}

/// Objects of which one field has what does not fit it.
fn wrong_fields(ty: &Type, types: &Types) -> Vec<(String, Value)> {
    let fields = types.fields(ty);
    let whole: Map<String, Value> = fields
        .iter()
        .filter(|field| !field.is_optional)
        .filter_map(|field| Some((field.name.clone(), of_type(&field.ty, types)?)))
        .collect();
    let mut wrong = Vec::new();
    for field in fields {
        for (value, kind) in VALUES.iter().filter(|(name, _)| VALUES_OF_FIELDS.contains(name)) {
            let is_left_out = *kind == Kind::Null && field.is_optional;
            if !is_left_out && !types.fits(&field.ty, *kind) {
                let mut object = whole.clone();
                object.insert(field.name.clone(), json!({ "make": value }));
                wrong.push((format!("{}`: {value}", field.name), object.into()));
            }
        }
    }
    wrong
}

/// What an argument is while another one is attacked: what leads farthest, and does no harm.
fn base(command: &str, argument: &Argument, types: &Types) -> Option<Value> {
    let known = BASE.iter().find(|(of, name, _)| *of == command && *name == argument.name);
    match known {
        Some((.., value)) => Some(serde_json::from_str(value).unwrap_or_else(|_| json!(value))),
        None if argument.is_optional => None,
        None => of_type(&argument.ty, types),
    }
}

/// A value of a type.
fn of_type(ty: &Type, types: &Types) -> Option<Value> {
    Some(match types.resolve(ty) {
        Type::Any | Type::Null => Value::Null,
        Type::Text => json!("abuse"),
        Type::Number => json!(1),
        Type::Boolean => json!(false),
        Type::Literal(text) => json!(text),
        Type::Array(_) => json!([]),
        Type::Object(fields) => {
            let required = fields.iter().filter(|field| !field.is_optional);
            let fields =
                required.filter_map(|field| Some((field.name.clone(), of_type(&field.ty, types)?)));
            Value::Object(fields.collect())
        }
        Type::Function => json!({ "make": "function" }),
        Type::Union(parts) => return parts.first().and_then(|part| of_type(part, types)),
        Type::Named(name) => match name.as_str() {
            "Channel" => json!({ "make": "channel" }),
            "Base64" => json!("AAAA"),
            "Uint8Array" | "ArrayBuffer" => json!({ "make": "bytes" }),
            _ => json!({}),
        },
    })
}
