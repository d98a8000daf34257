//! Reads the syntax tree into [`AppConfig`] and collects every field that does not fit.
//!
//! Serde stops at the first error, so a pass that fails notes the error, leaves that field out and starts again.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fmt;

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::Ranged;
use serde::Deserialize;
use serde::de::Error;

use crate::config::AppConfig;
use crate::fault::{Fault, MAX_FAULTS, Place};
use crate::outline::value_span;
use crate::problem::{MAX_PROBLEMS, code};
use crate::source::Source;
use crate::suggest::{quoted, shown};

mod deserializer;

/// Passes over one config (count): twice what is shown, and still short for the largest file.
const MAX_PASSES: usize = 2 * MAX_PROBLEMS;

/// The path from the document to a value, linked through the stack and written out only for a fault.
#[derive(Clone, Copy)]
enum Path<'a> {
    Root,
    Key(&'a Path<'a>, &'a str),
    /// Also the start of the list.
    Index(&'a Path<'a>, usize, usize),
}

impl Path<'_> {
    fn list(&self) -> Option<usize> {
        match self {
            Path::Index(_, _, list) => Some(*list),
            _ => None,
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Key(Path::Root, "") => f.write_str("\"\""),
            Path::Key(Path::Root, name) => f.write_str(&shown(name)),
            Path::Key(parent, name) => write!(f, "{parent}.{}", shown(name)),
            Path::Index(parent, index, _) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// What all passes over one document share.
#[derive(Default)]
struct Passes {
    /// Starts of the values that are left out.
    excluded: RefCell<HashSet<usize>>,
    faults: RefCell<Vec<Fault>>,
}

impl Passes {
    fn note(&self, fault: Fault) {
        self.excluded.borrow_mut().extend(fault.place.node);
        self.faults.borrow_mut().push(fault);
    }

    fn is_full(&self) -> bool {
        self.faults.borrow().len() >= MAX_FAULTS
    }

    fn excludes(&self, value: &Value<'_>) -> bool {
        self.excluded.borrow().contains(&value.range().start)
    }

    /// A list with a misfit in it is a misfit: rules must not judge what is left of it.
    fn exclude_lists(&self) {
        let faults = self.faults.borrow();
        self.excluded.borrow_mut().extend(faults.iter().filter_map(|fault| fault.place.list));
    }
}

/// A value, its path, and the passes it is read in.
#[derive(Clone, Copy)]
struct Node<'a> {
    value: &'a Value<'a>,
    path: &'a Path<'a>,
    passes: &'a Passes,
}

impl Node<'_> {
    fn place(&self) -> Place {
        Place {
            field: self.path.to_string(),
            span: value_span(self.value),
            node: Some(self.value.range().start),
            list: self.path.list(),
        }
    }

    fn key_place(&self, member: &ObjectProp<'_>) -> Place {
        let range = member.name.range();
        Place {
            field: Path::Key(self.path, member.name.as_str()).to_string(),
            span: range.start..range.end,
            node: Some(member.value.range().start),
            list: None,
        }
    }

    /// Notes the members that no field of the struct takes, all in one pass.
    fn note_unknown(&self, object: &Object<'_>, fields: &'static [&'static str]) {
        for member in &object.properties {
            let name = member.name.as_str();
            if self.passes.is_full() {
                break;
            }
            if !fields.contains(&name) && !self.passes.excludes(&member.value) {
                let fault = Fault::unknown_field(name, fields);
                self.passes.note(fault.at(|| self.key_place(member)));
            }
        }
    }

    /// Notes members that repeat a name; the first one counts.
    fn note_duplicates(&self, source: &Source) {
        match self.value {
            Value::Object(object) => {
                let mut first: HashMap<&str, &ObjectProp<'_>> = HashMap::new();
                for member in &object.properties {
                    if self.passes.is_full() {
                        break;
                    }
                    let name = member.name.as_str();
                    if let Some(earlier) = first.get(name) {
                        let (line, column) = source.line_column(earlier.range().start);
                        let reason = format!(
                            "duplicate field: {}, first set at line {line}, column {column}",
                            quoted(name)
                        );
                        let fault = Fault::new(code::DUPLICATE_FIELD, reason, "keep one of them");
                        self.passes.note(fault.at(|| self.key_place(member)));
                        continue;
                    }
                    first.insert(name, member);
                    let path = Path::Key(self.path, name);
                    Node { value: &member.value, path: &path, ..*self }.note_duplicates(source);
                }
            }
            Value::Array(array) => {
                for (index, value) in array.elements.iter().enumerate() {
                    let path = Path::Index(self.path, index, array.range.start);
                    Node { value, path: &path, ..*self }.note_duplicates(source);
                }
            }
            _ => {}
        }
    }
}

/// The config as far as it fits, and what does not. `None`: too little fits for rules to make sense of the rest.
pub(crate) fn read(value: &Value<'_>, source: &Source) -> (Option<AppConfig>, Vec<Fault>) {
    let passes = Passes::default();
    let root = Node { value, path: &Path::Root, passes: &passes };
    if !matches!(value, Value::Object(_)) {
        let fix = r#"write `{"app": {…}, "content": {…}}`"#;
        let fault = AppConfig::deserialize(root).err().map(|fault| fault.with_fix(fix.to_owned()));
        let placed = fault.map(|fault| fault.at(|| root.place()));
        return (None, placed.into_iter().collect());
    }
    root.note_duplicates(source);
    for _ in 0..MAX_PASSES {
        match AppConfig::deserialize(root) {
            Ok(_) => break,
            Err(fault) => passes.note(fault),
        }
    }
    passes.exclude_lists();
    (AppConfig::deserialize(root).ok(), passes.faults.into_inner())
}
