//! Arguments as they are read: an object is one, and no array.

use bridge_contract::{BridgeError, ErrorCode, Module};
use serde::{
    Deserializer,
    de::{
        Error as _, IntoDeserializer, Unexpected, Visitor,
        value::{MapDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::{Error, Value};
use tauri::{
    Wry,
    ipc::{InvokeBody, InvokeMessage},
};

/// A value that a page sent. Serde by itself would take an array for a struct, as the fields in their order.
pub(super) struct Sent<'de>(pub(super) &'de Value);

impl<'de> Deserializer<'de> for Sent<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(values) => {
                visitor.visit_seq(SeqDeserializer::new(values.iter().map(Sent)))
            }
            Value::Object(fields) => {
                let fields = fields.iter().map(|(name, value)| (name.as_str(), Sent(value)));
                visitor.visit_map(MapDeserializer::new(fields))
            }
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if self.0.is_array() {
            return Err(Error::invalid_type(Unexpected::Seq, &visitor));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Error> for Sent<'de> {
    type Deserializer = Sent<'de>;

    fn into_deserializer(self) -> Sent<'de> {
        self
    }
}

/// Texts that go to the toolkit or to the session bus end at a NUL there, or end the app: only where texts stay texts may they
/// have one.
pub(super) fn refuse_nul(
    message: &InvokeMessage<Wry>,
    beside_bytes: Option<&Value>,
) -> Result<(), BridgeError> {
    let command = bridge_contract::commands().find(|known| known.name == message.command());
    let keeps_texts = |module: Module| {
        use Module::{Diagnostics, Events, Files, Fs, GlobalVariables, Plugins, SelfTest};
        [Diagnostics, Events, Files, Fs, GlobalVariables, Plugins, SelfTest].contains(&module)
    };
    let has_nul = match (beside_bytes, message.payload()) {
        (Some(args), _) | (None, InvokeBody::Json(args)) => has_nul(args),
        (None, InvokeBody::Raw(_)) => false,
    };
    if has_nul && !command.is_some_and(|command| keeps_texts(command.module)) {
        let message = "an argument has a NUL character";
        return Err(BridgeError::new(ErrorCode::BridgeInvalidArgument, message));
    }
    Ok(())
}

/// Is there a NUL in a text of the value, or in a name?
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Options {
        deep: bool,
    }

    fn read<T: serde::de::DeserializeOwned>(value: &Value) -> Option<T> {
        T::deserialize(Sent(value)).ok()
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        inner: Vec<Options>,
    }

    #[test]
    fn an_array_is_no_object() {
        assert!(read::<Outer>(&json!({ "inner": [{ "deep": true }] })).is_some());
        assert_eq!(read::<Outer>(&json!({ "inner": [[true]] })), None);
        assert_eq!(read(&json!({ "deep": true })), Some(Options { deep: true }));
        assert_eq!(read::<Options>(&json!([])), None);
        assert_eq!(read::<Option<Options>>(&json!([true])), None);
        assert_eq!(read::<Option<Options>>(&json!(null)), Some(None));
    }

    #[test]
    fn the_rest_is_as_ever() {
        assert_eq!(read(&json!(["a"])), Some(vec!["a".to_owned()]));
        assert_eq!(read::<u32>(&json!(-1)), None);
        assert_eq!(read(&json!(1)), Some(1.0));
        assert_eq!(read(&json!({ "a": [1] })), Some(json!({ "a": [1] })));
    }
}
