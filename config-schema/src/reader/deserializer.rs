//! Serde's view of the syntax tree: every error is put at the value or the field name that caused it.

use std::iter::Enumerate;
use std::slice::Iter;

use jsonc_parser::ast::{NumberLit, Object, ObjectProp, Value};
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::{Node, Path};
use crate::config::MAX_ENTRIES;
use crate::fault::Fault;
use crate::suggest::{list, quoted};
use crate::values::Invalid;

impl<'de> Deserializer<'de> for Node<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.value {
            Value::NullKeyword(_) => visitor.visit_unit(),
            Value::BooleanLit(literal) => visitor.visit_bool(literal.value),
            Value::NumberLit(literal) => number(literal).and_then(|n| visitor.visit_f64(n)),
            Value::StringLit(literal) => visitor.visit_str(&literal.value),
            Value::Array(array) if array.elements.len() > MAX_ENTRIES => {
                let reason = format!("too many entries: {}", array.elements.len());
                Err(Fault::custom(Invalid::new(reason, format!("keep {MAX_ENTRIES} of them"))))
            }
            Value::Array(array) => visitor.visit_seq(Items {
                items: array.elements.iter().enumerate(),
                start: array.range.start,
                node: self,
            }),
            Value::Object(object) => visitor.visit_map(Members::of(object, self)),
        }
    }

    /// A field that is there has a value: `null` is a type of its own and no field's type.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.value {
            Value::Object(object) => {
                self.note_unknown(object, fields);
                self.deserialize_any(visitor)
            }
            other => Err(Fault::invalid_type(unexpected(other), &"an object")),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.value {
            Value::StringLit(literal) => {
                visitor.visit_enum(StrDeserializer::new(literal.value.as_ref()))
            }
            other => {
                let fault = Fault::invalid_type(unexpected(other), &"a string");
                Err(fault.with_fix(format!("write one of {}", list(variants))))
            }
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

/// JSON has one kind of number; the number types judge whether it may have a fraction.
fn number(literal: &NumberLit<'_>) -> Result<f64, Fault> {
    match literal.value.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => {
            let reason = format!("out of range: {}", quoted(literal.value));
            Err(Fault::custom(Invalid::new(reason, "write a smaller number")))
        }
    }
}

fn unexpected<'a>(value: &'a Value<'_>) -> Unexpected<'a> {
    match value {
        Value::NullKeyword(_) => Unexpected::Unit,
        Value::BooleanLit(literal) => Unexpected::Bool(literal.value),
        Value::NumberLit(literal) => {
            Unexpected::Float(literal.value.parse().unwrap_or(f64::INFINITY))
        }
        Value::StringLit(literal) => Unexpected::Str(&literal.value),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    }
}

/// The items of an array that are not left out.
struct Items<'a> {
    items: Enumerate<Iter<'a, Value<'a>>>,
    start: usize,
    node: Node<'a>,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let passes = self.node.passes;
        let Some((index, value)) = self.items.find(|(_, value)| !passes.excludes(value)) else {
            return Ok(None);
        };
        let path = Path::Index(self.node.path, index, self.start);
        let node = Node { value, path: &path, passes };
        seed.deserialize(node).map(Some).map_err(|fault| fault.at(|| node.place()))
    }
}

/// The members of an object that are not left out.
struct Members<'a> {
    members: Iter<'a, ObjectProp<'a>>,
    current: Option<&'a ObjectProp<'a>>,
    node: Node<'a>,
}

impl<'a> Members<'a> {
    fn of(object: &'a Object<'a>, node: Node<'a>) -> Self {
        Members { members: object.properties.iter(), current: None, node }
    }
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let passes = self.node.passes;
        self.current = self.members.find(|member| !passes.excludes(&member.value));
        let Some(member) = self.current else {
            return Ok(None);
        };
        let name = StrDeserializer::new(member.name.as_str());
        let name =
            seed.deserialize(name).map_err(|fault: Fault| fault.at(|| self.node.key_place(member)));
        name.map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let member = self.current.ok_or_else(|| Fault::custom("value without a field name"))?;
        let path = Path::Key(self.node.path, member.name.as_str());
        let node = Node { value: &member.value, path: &path, passes: self.node.passes };
        seed.deserialize(node).map_err(|fault| fault.at(|| node.place()))
    }
}
