//! The JSON Schema of `app.json` (draft 2020-12), made from the config's types.

use schemars::transform::RecursiveTransform;
use schemars::{Schema, generate::SchemaSettings};
use serde_json::Value;

use crate::config::AppConfig;

/// The file name of the committed schema.
pub const SCHEMA_FILE: &str = "app.schema.json";

/// The schema of `app.json`.
pub fn json_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(drop_null));
    settings.into_generator().into_root_schema_for::<AppConfig>().to_value()
}

/// An `Option` in the types means that a field may be left out; it does not mean `null`.
fn drop_null(schema: &mut Schema) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [single] = types.as_slice() {
            let single = single.clone();
            object.insert("type".to_owned(), single);
        }
    }
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if let Some(Value::Array(mut choices)) = object.remove("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
        match choices.as_slice() {
            // What stands beside the choice, such as the field's description, wins over the type's.
            [Value::Object(single)] => {
                for (key, value) in single {
                    object.entry(key).or_insert_with(|| value.clone());
                }
            }
            _ => drop(object.insert("anyOf".to_owned(), Value::Array(choices))),
        }
    }
}
