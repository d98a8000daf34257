//! The reference page of `app.json`, made from the JSON Schema: one table for each section.

use std::fmt::Write;

use serde_json::{Map, Value};

use crate::schema::json_schema;

const HEAD: &str = "\
<!-- The fields of app.json. Made by `cargo xtask codegen` from the doc comments in config-schema; edit them there. -->

# app.json

Every field of a config. Fields that are not listed here are refused; so are wrong values, all of them at once.

The smallest config names the app and its content:

```json
{\"app\": {\"name\": \"Example\", \"id\": \"com.example.app\"}, \"content\": {\"url\": \"https://app.example.com\"}}
```
";

/// One field.
struct Row {
    field: String,
    kind: String,
    default: String,
    description: String,
}

/// The reference page in Markdown.
pub fn reference_markdown() -> String {
    let root = json_schema();
    let schema = Schema { root: &root };
    let (mut plain, mut sections) = (Vec::new(), String::new());
    for (name, field, required) in schema.fields(&root) {
        if schema.fields(field).is_empty() {
            plain.push(schema.row(name.clone(), field, required));
            continue;
        }
        let mut rows = Vec::new();
        schema.collect("", field, &mut Vec::new(), &mut rows);
        let must = if required { " Required." } else { "" };
        let description = text(field, "description");
        // Writing to a `String` cannot fail.
        let _ = write!(sections, "\n## `{name}`\n\n{description}{must}\n\n{}", table(&rows));
    }
    format!("{HEAD}\n## Top level\n\n{}{sections}", table(&plain))
}

fn table(rows: &[Row]) -> String {
    let mut table = "| field | type | default | description |\n|---|---|---|---|\n".to_owned();
    for Row { field, kind, default, description } in rows {
        let cells = [&format!("`{field}`"), kind, default, description];
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        let _ = writeln!(table, "| {} |", cells.join(" | "));
    }
    table
}

/// Looks fields up in the schema and follows its references.
struct Schema<'a> {
    root: &'a Value,
}

impl<'a> Schema<'a> {
    /// Name, schema and whether it is required, of every field of an object; of a choice, those of its object.
    fn fields(&self, schema: &'a Value) -> Vec<(&'a String, &'a Value, bool)> {
        let object =
            self.choices(schema).into_iter().find(|choice| choice["properties"].is_object());
        let Some(object) = object else {
            return Vec::new();
        };
        let required = object["required"].as_array();
        let is_required =
            |name: &String| required.is_some_and(|names| names.contains(&name[..].into()));
        let properties = object["properties"].as_object().into_iter().flatten();
        properties.map(|(name, field)| (name, field, is_required(name))).collect()
    }

    /// The alternatives of a field: itself, or what its `anyOf` lists.
    fn choices(&self, schema: &'a Value) -> Vec<&'a Value> {
        let schema = self.target(schema);
        match schema["anyOf"].as_array() {
            Some(choices) => choices.iter().map(|choice| self.target(choice)).collect(),
            None => vec![schema],
        }
    }

    fn target(&self, schema: &'a Value) -> &'a Value {
        let reference = schema["$ref"].as_str().and_then(|path| path.strip_prefix('#'));
        reference.and_then(|pointer| self.root.pointer(pointer)).unwrap_or(schema)
    }

    /// Rows for all fields below `schema`. What stands inside itself is told once in a section.
    fn collect(
        &self,
        prefix: &str,
        schema: &'a Value,
        told: &mut Vec<&'a Value>,
        rows: &mut Vec<Row>,
    ) {
        let target = self.target(schema);
        if self.is_recursive(target) {
            if told.iter().any(|earlier| std::ptr::eq(*earlier, target)) {
                return;
            }
            told.push(target);
        }
        for (name, field, required) in self.fields(schema) {
            let path = format!("{prefix}{name}");
            rows.push(self.row(path.clone(), field, required));
            self.collect(&format!("{path}."), field, told, rows);
            // The fields of what a list has.
            self.collect(&format!("{path}[]."), &self.target(field)["items"], told, rows);
        }
    }

    /// Does a list of the same stand among its fields?
    fn is_recursive(&self, target: &'a Value) -> bool {
        let items = |field: &'a Value| self.target(&self.target(field)["items"]);
        self.fields(target).iter().any(|(_, field, _)| std::ptr::eq(items(field), target))
    }

    fn row(&self, path: String, field: &'a Value, required: bool) -> Row {
        let kinds: Vec<_> = self.choices(field).into_iter().map(|kind| self.kind(kind)).collect();
        let default = match &field["default"] {
            Value::Null if required => "required".to_owned(),
            Value::Null => "–".to_owned(),
            default => format!("`{default}`"),
        };
        let description = text(field, "description").to_owned();
        Row { field: path, kind: kinds.join(" or "), default, description }
    }

    fn kind(&self, schema: &'a Value) -> String {
        let empty = Map::new();
        let keys = schema.as_object().unwrap_or(&empty);
        if let Some(words) = keys.get("enum").and_then(Value::as_array) {
            let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
            return words.join(", ");
        }
        let range = || match (keys.get("minimum"), keys.get("maximum")) {
            (Some(min), Some(max)) => format!(", {min} to {max}"),
            _ => String::new(),
        };
        match text(schema, "type") {
            "array" => format!("list of {}", self.kind(self.target(&schema["items"]))),
            "boolean" => "boolean".to_owned(),
            "integer" => format!("whole number{}", range()),
            "number" => format!("number{}", range()),
            "string" => match keys.get("maxLength") {
                Some(max) => format!("text, up to {max} characters"),
                None => "text".to_owned(),
            },
            other => other.to_owned(),
        }
    }
}

fn text<'a>(schema: &'a Value, key: &str) -> &'a str {
    schema[key].as_str().unwrap_or_default()
}
