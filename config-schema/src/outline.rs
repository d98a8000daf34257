//! Where each field stands in the text, kept after the syntax tree is gone.

use std::ops::Range;

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged;

/// One value of the file and what is inside it.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    span: Range<usize>,
    members: Vec<(String, Outline)>,
    items: Vec<Outline>,
}

impl Outline {
    /// The outline of a tree that is no deeper than `MAX_DEPTH`.
    pub(crate) fn of(value: &Value<'_>) -> Outline {
        let mut outline = Outline { span: value_span(value), ..Outline::default() };
        match value {
            Value::Object(object) => {
                let members = object.properties.iter();
                outline.members = members
                    .map(|member| (member.name.as_str().to_owned(), Outline::of(&member.value)))
                    .collect();
            }
            Value::Array(array) => outline.items = array.elements.iter().map(Outline::of).collect(),
            _ => {}
        }
        outline
    }

    /// The span of `field`, such as `bundle.targets[2]`, or of its nearest parent that is in the file.
    pub(crate) fn locate(&self, field: &str) -> Range<usize> {
        let mut here = self;
        for step in field.split(['.', '[']).filter(|step| !step.is_empty()) {
            let next = match step.strip_suffix(']') {
                Some(index) => index.parse().ok().and_then(|index: usize| here.items.get(index)),
                None => here.members.iter().find(|(name, _)| name == step).map(|(_, value)| value),
            };
            match next {
                Some(next) => here = next,
                None => break,
            }
        }
        here.span.clone()
    }
}

/// The text of a value; of an object or array only its opening bracket, since its inside may be long.
pub(crate) fn value_span(value: &Value<'_>) -> Range<usize> {
    let range = value.range();
    match value {
        Value::Object(_) | Value::Array(_) => range.start..range.start + 1,
        _ => range.start..range.end,
    }
}
