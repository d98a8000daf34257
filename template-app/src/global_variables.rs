//! Texts by name that all windows of the app share, in `variables.json` of the app's data folder.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use bridge_contract::{BridgeError, ErrorCode, NativeEvent, VariableChange};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tauri::{AppHandle, Manager as _};

use crate::{bridge::Call, kept, labels, native_events, state::AppState};

type Result<T> = std::result::Result<T, BridgeError>;
type Texts = BTreeMap<String, String>;

const FILE: &str = "variables.json";
/// The format of the file. Another one counts as damaged.
const FORMAT: u32 = 1;
/// Keys (count): the file is written as a whole each time.
const MAX_KEYS: usize = 1000;
/// Length of a key, in characters: it is a name.
const MAX_KEY_CHARS: usize = 128;
/// Length of a value, in bytes.
const MAX_VALUE_BYTES: usize = 64 * 1024;
/// Keys and values together, in bytes.
const MAX_BYTES: usize = 1024 * 1024;
/// The largest file that is read, in bytes: what fits the limits, with every character escaped.
const MAX_FILE_BYTES: u64 = 8 * MAX_BYTES as u64;

const CHANGED: &str = "app:variable-changed";

/// The variables, once they have been read.
#[derive(Default)]
pub(crate) struct Variables(Mutex<Option<Known>>);

struct Known {
    texts: Texts,
    /// What the file was like then: another process of the app may have written it since.
    seen: Option<Stamp>,
}

type Stamp = (SystemTime, u64);

#[derive(Serialize, Deserialize)]
struct Document {
    format: u32,
    variables: Texts,
}

pub(crate) fn list(app: &AppHandle) -> Result<Texts> {
    let state = app.state::<AppState>();
    let mut known = state.variables.locked();
    Ok(read(app, &mut known)?.texts.clone())
}

pub(crate) fn get(app: &AppHandle, key: &str) -> Result<Option<String>> {
    let state = app.state::<AppState>();
    let mut known = state.variables.locked();
    Ok(read(app, &mut known)?.texts.get(key).cloned())
}

/// Sets a variable, or removes it; whether there was one. The others are told when the disk has it.
pub(crate) fn change(call: &Call, key: &str, value: Option<String>) -> Result<bool> {
    let app = call.window.app_handle();
    let state = app.state::<AppState>();
    let mut known = state.variables.locked();
    let known = read(app, &mut known)?;
    let before = known.texts.get(key).cloned();
    if before == value {
        return Ok(before.is_some());
    }
    let mut texts = known.texts.clone();
    match &value {
        Some(value) => insert(&mut texts, key, value)?,
        None => drop(texts.remove(key)),
    }
    let path = path(app)?;
    let document = Document { format: FORMAT, variables: texts };
    let written = serde_json::to_vec(&document).map_err(io::Error::from);
    written.and_then(|bytes| kept::write(&path, &bytes)).map_err(|error| failed(&error))?;
    *known = Known { texts: document.variables, seen: stamp(&path) };
    let source = labels::public(call.window.label()).to_owned();
    let change = VariableChange { key: key.to_owned(), value, source };
    let event = NativeEvent { event: CHANGED.to_owned(), payload: json!(change), source: None };
    // Under the lock, so that changes are told in their order.
    native_events::send_to_all(&state, &event);
    Ok(before.is_some())
}

/// Puts a variable among the others, if it may be there.
fn insert(texts: &mut Texts, key: &str, value: &str) -> Result<()> {
    let length = key.chars().count();
    if length == 0 || length > MAX_KEY_CHARS || key.contains(char::is_control) {
        let message =
            format!("a key has 1 to {MAX_KEY_CHARS} characters, none of them a control character");
        return Err(BridgeError::new(ErrorCode::GlobalVariablesInvalidKey, message));
    }
    if value.len() > MAX_VALUE_BYTES {
        let message = format!("the value has {} bytes, {MAX_VALUE_BYTES} are allowed", value.len());
        return Err(BridgeError::new(ErrorCode::GlobalVariablesTooLarge, message));
    }
    texts.insert(key.to_owned(), value.to_owned());
    if texts.len() > MAX_KEYS {
        let message = format!("there are {MAX_KEYS} variables already");
        return Err(BridgeError::new(ErrorCode::GlobalVariablesTooMany, message));
    }
    let bytes: usize = texts.iter().map(|(key, value)| key.len() + value.len()).sum();
    if bytes > MAX_BYTES {
        let message = format!("all variables would have {bytes} bytes, {MAX_BYTES} are allowed");
        return Err(BridgeError::new(ErrorCode::GlobalVariablesTooLarge, message));
    }
    Ok(())
}

/// What there is, read again when the file is another one. A damaged file is put aside, which is told once.
fn read<'a>(app: &AppHandle, known: &'a mut Option<Known>) -> Result<&'a mut Known> {
    let path = path(app)?;
    let seen = stamp(&path);
    if known.as_ref().is_none_or(|known| known.seen != seen) {
        match load(&path).map_err(|error| failed(&error))? {
            Some(texts) => *known = Some(Known { texts, seen }),
            None => {
                let aside = put_aside(&path).map_err(|error| failed(&error))?;
                *known = Some(Known { texts: Texts::new(), seen: None });
                let message =
                    format!("the file of the variables was damaged; it is kept as `{aside}`");
                return Err(BridgeError::new(ErrorCode::GlobalVariablesDamaged, message));
            }
        }
    }
    Ok(known.get_or_insert_with(|| Known { texts: Texts::new(), seen }))
}

/// What the file says; nothing when it is no such file.
fn load(path: &Path) -> io::Result<Option<Texts>> {
    let length = match fs_err::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Some(Texts::new())),
        Err(error) => return Err(error),
    };
    if length > MAX_FILE_BYTES {
        return Ok(None);
    }
    let document: Option<Document> = serde_json::from_slice(&fs_err::read(path)?).ok();
    Ok(document.filter(|document| document.format == FORMAT).map(|document| document.variables))
}

/// Moves a damaged file out of the way, under a name that is free, and gives that name.
fn put_aside(path: &Path) -> io::Result<String> {
    let name = |number: u32| format!("variables.damaged-{number}.json");
    let free = (1..=u32::MAX).find(|number| !path.with_file_name(name(*number)).exists());
    let name = name(free.unwrap_or(1));
    fs_err::rename(path, path.with_file_name(&name))?;
    Ok(name)
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = fs_err::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

fn path(app: &AppHandle) -> Result<PathBuf> {
    let folder = app.path().app_data_dir();
    let folder = folder.map_err(|error| {
        BridgeError::new(ErrorCode::GlobalVariablesIo, format!("no folder for files: {error}"))
    })?;
    Ok(folder.join(FILE))
}

/// Without the path: it is the computer's.
fn failed(error: &io::Error) -> BridgeError {
    BridgeError::new(ErrorCode::GlobalVariablesIo, error.kind().to_string())
}

impl Variables {
    fn locked(&self) -> MutexGuard<'_, Option<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(texts: &mut Texts, key: &str, value: &str) -> ErrorCode {
        insert(texts, key, value).unwrap_err().code
    }

    #[test]
    fn limits_hold() {
        let mut texts = Texts::new();
        for key in ["", "a\nb", &"k".repeat(MAX_KEY_CHARS + 1)] {
            assert_eq!(refusal(&mut texts, key, ""), ErrorCode::GlobalVariablesInvalidKey);
        }
        let large = "x".repeat(MAX_VALUE_BYTES + 1);
        assert_eq!(refusal(&mut texts, "a", &large), ErrorCode::GlobalVariablesTooLarge);
        assert!(texts.is_empty());
        for number in 0..MAX_KEYS {
            insert(&mut texts, &format!("ü{number}"), "").unwrap();
        }
        assert_eq!(refusal(&mut texts, "more", ""), ErrorCode::GlobalVariablesTooMany);
    }

    #[test]
    fn all_together_have_a_limit_too() {
        let mut texts = Texts::new();
        let value = "x".repeat(MAX_VALUE_BYTES);
        let refused =
            (0..).find_map(|number| insert(&mut texts, &format!("{number:03}"), &value).err());
        assert_eq!(refused.unwrap().code, ErrorCode::GlobalVariablesTooLarge);
        assert_eq!(texts.len(), MAX_BYTES / MAX_VALUE_BYTES);
    }

    #[test]
    fn a_damaged_file_is_kept_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        assert_eq!(load(&path).unwrap(), Some(Texts::new()), "no file");
        let whole = r#"{"format":1,"variables":{"a":"b"}}"#;
        fs_err::write(&path, whole).unwrap();
        assert_eq!(load(&path).unwrap().unwrap().get("a").map(String::as_str), Some("b"));
        for damaged in [
            "",
            "{",
            &whole[..20],
            "[]",
            r#"{"format":2,"variables":{}}"#,
            r#"{"format":1,"variables":{"a":1}}"#,
        ] {
            fs_err::write(&path, damaged).unwrap();
            assert_eq!(load(&path).unwrap(), None, "{damaged}");
        }
        assert_eq!(put_aside(&path).unwrap(), "variables.damaged-1.json");
        fs_err::write(&path, "again").unwrap();
        assert_eq!(put_aside(&path).unwrap(), "variables.damaged-2.json");
        assert_eq!(load(&path).unwrap(), Some(Texts::new()));
    }
}
