//! Examples to start from: arguments by name and by place, an error, and files in the plugin's storage.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::arguments;

/// `{"name": "Ada"}`, `["Ada"]` or nothing → `"Hello Ada"`.
pub fn greet(args: &Value) -> Result<Value, String> {
    let name = arguments::text_or(args, 0, "name", "world")?;
    Ok(json!(format!("Hello {name}")))
}

/// `{"a": 20, "b": 5}` or `[20, 5]` → `4.0`.
pub fn divide(args: &Value) -> Result<Value, String> {
    let a = arguments::number(args, 0, "a")?;
    let b = arguments::number(args, 1, "b")?;
    if b == 0.0 {
        return Err("division by zero".into());
    }
    Ok(json!(a / b))
}

/// Writes a text. A relative path is in the plugin's own storage, which stays from call to call.
pub fn write_file(args: &Value) -> Result<Value, String> {
    let path = arguments::text(args, 0, "path")?;
    let contents = arguments::text(args, 1, "contents")?;
    let failed = |error| format!("cannot write {path}: {error}");
    if let Some(folder) = Path::new(path).parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, contents).map_err(failed)?;
    Ok(json!({ "path": path, "bytes": contents.len() }))
}

/// Reads a text that was written before, by this plugin or by the page.
pub fn read_file(args: &Value) -> Result<Value, String> {
    let path = arguments::text(args, 0, "path")?;
    let contents =
        fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    Ok(json!({ "path": path, "contents": contents }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_divides_by_everything_but_zero() {
        assert_eq!(divide(&json!({"a": 20, "b": 5})), Ok(json!(4.0)));
        assert_eq!(divide(&json!([1, 0])).unwrap_err(), "division by zero");
        assert_eq!(divide(&json!([1])).unwrap_err(), "missing argument: `b`");
    }

    #[test]
    fn what_is_written_can_be_read() {
        // Tests run on this machine, where a relative path would be in the project's folder.
        let folder = std::env::temp_dir().join(format!("plugin-test-{}", std::process::id()));
        let path = folder.join("notes/hello.txt").display().to_string();
        assert!(read_file(&json!([path])).unwrap_err().starts_with("cannot read"));
        assert_eq!(write_file(&json!([path, "Hi"])).unwrap()["bytes"], 2);
        assert_eq!(read_file(&json!({ "path": path })).unwrap()["contents"], "Hi");
        fs::remove_dir_all(folder).unwrap();
    }
}
