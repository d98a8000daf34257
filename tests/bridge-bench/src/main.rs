//! The bare app: each command does what the bridge's does, with nothing between page and file.
//!
//! Files are in the folder that the first argument names.

use std::{
    fs,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::PathBuf,
    time::UNIX_EPOCH,
};

use serde::Serialize;
use tauri::{
    State, Wry,
    ipc::{InvokeBody, Request, Response},
    plugin::{Builder, TauriPlugin},
};
use tauri_plugin_fs::FsExt as _;

struct Folder(PathBuf);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    name: String,
    is_file: bool,
    is_directory: bool,
    size: u64,
    modified_ms: u64,
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Answers nothing: what a round trip costs.
#[tauri::command]
async fn nothing() {}

/// A whole file: beside its place, on the disk, and moved there.
#[tauri::command]
async fn write(request: Request<'_>, folder: State<'_, Folder>) -> Result<(), String> {
    let InvokeBody::Raw(bytes) = request.body() else { return Err("no bytes".to_owned()) };
    let mut file = tempfile::NamedTempFile::new_in(&folder.0).map_err(text)?;
    file.write_all(bytes).map_err(text)?;
    file.as_file().sync_all().map_err(text)?;
    file.persist(folder.0.join("bare.bin")).map_err(text)?;
    Ok(())
}

/// A whole file.
#[tauri::command]
async fn read(name: String, folder: State<'_, Folder>) -> Result<Response, String> {
    Ok(Response::new(fs::read(folder.0.join(name)).map_err(text)?))
}

/// A piece of a file.
#[tauri::command]
async fn piece(
    name: String,
    offset: u64,
    length: usize,
    folder: State<'_, Folder>,
) -> Result<Response, String> {
    let mut file = fs::File::open(folder.0.join(name)).map_err(text)?;
    file.seek(SeekFrom::Start(offset)).map_err(text)?;
    let mut bytes = Vec::with_capacity(length);
    file.take(length as u64).read_to_end(&mut bytes).map_err(text)?;
    Ok(Response::new(bytes))
}

/// What is in a folder.
#[tauri::command]
async fn list(name: String, folder: State<'_, Folder>) -> Result<Vec<Entry>, String> {
    let entry = |entry: io::Result<fs::DirEntry>| {
        let entry = entry?;
        let metadata = entry.metadata()?;
        let since = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Entry {
            name: entry.file_name().to_string_lossy().into_owned(),
            is_file: metadata.is_file(),
            is_directory: metadata.is_dir(),
            size: metadata.len(),
            modified_ms: u64::try_from(since.as_millis()).unwrap_or_default(),
        })
    };
    let entries = fs::read_dir(folder.0.join(name)).map_err(text)?.map(entry);
    entries.collect::<io::Result<_>>().map_err(text)
}

/// A plugin's command, as the bridge's are: authority and permission included.
fn bench() -> TauriPlugin<Wry> {
    Builder::new("bench").invoke_handler(tauri::generate_handler![nothing]).build()
}

fn main() {
    let folder = PathBuf::from(std::env::args_os().nth(1).expect("a folder"));
    tauri::Builder::default()
        .plugin(tauri_plugin_fs::init())
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(bench())
        .setup({
            let folder = folder.clone();
            move |app| Ok(app.fs_scope().allow_directory(folder, true)?)
        })
        .manage(Folder(folder))
        .invoke_handler(tauri::generate_handler![nothing, write, read, piece, list])
        .run(tauri::generate_context!())
        .expect("the app runs");
}
