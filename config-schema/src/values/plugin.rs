//! Values of plugins: the module's file, its digest, and what it may use.

use std::borrow::Cow;
use std::fmt;

use runtime_settings::Sha256;
use runtime_settings::plugins::ModuleName;
use schemars::{Schema, json_schema};

use super::path::{MAX_PATH_CHARS, PATTERN, relative_or_above};
use super::{Invalid, TextForm, Whole, plain_text, text_form};
use crate::suggest::quoted;

/// Time of a plugin's call. A day: what takes longer belongs into a service and not behind a page.
pub type Milliseconds = Whole<1, { 24 * 60 * 60 * 1000 }>;
/// Memory of a plugin (MiB): 32-bit WebAssembly addresses 4 GiB.
pub type MemoryMegabytes = Whole<1, 4096>;
/// Size of a module (MiB): compiling takes about a second for each of them.
pub type ModuleMegabytes = Whole<1, 256>;
/// Input and output of a call (KiB): it is in memory several times at once, and 256 MiB of it are a file and no message.
pub type Kilobytes = Whole<1, { 256 * 1024 }>;
/// The storage of a plugin, or the trash (MiB), none at all included. A TiB: more than users have free.
pub type StorageMegabytes = Whole<0, { 1024 * 1024 }>;
/// The app's own files (MiB): a quota of nothing would be a module that is off.
pub type QuotaMegabytes = Whole<1, { 1024 * 1024 }>;
/// Files and folders in a plugin's storage (count): each is looked at when the storage is measured.
pub type StorageFiles = Whole<0, 1_000_000>;
/// Calls of plugins at the same time (count): each may take a core and its whole memory.
pub type Calls = Whole<1, 64>;
/// Calls of plugins that wait (count): each holds its payload.
pub type Queue = Whole<0, 10_000>;

/// The file of a WebAssembly module, relative to the config file; it may be above its folder, where plugins are shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginFile(String);

/// A SHA-256 digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest(Sha256);

text_form!(PluginFile);
plain_text!(PluginFile);
text_form!(Digest);

impl PluginFile {
    /// The module's name: what the file is called, which is a name or the text would not have been read.
    pub(crate) fn module(&self) -> Option<ModuleName> {
        module(&self.0)
    }
}

/// The name of the module in a file; none where it is no name, or the file does not end in `.wasm`.
fn module(path: &str) -> Option<ModuleName> {
    let name = path.rsplit('/').next()?;
    name.ends_with(".wasm").then(|| ModuleName::parse(name).ok())?
}

impl TextForm for PluginFile {
    fn parse(text: &str) -> Result<Self, Invalid> {
        let path = relative_or_above(text)?;
        // Of the text, not of the path: a slash at the end means a folder.
        let name = text.rsplit('/').next().unwrap_or_default();
        if !name.ends_with(".wasm") {
            let reason = format!("not a WebAssembly module: {}", quoted(text));
            return Err(Invalid::new(reason, "name a file that ends in `.wasm`"));
        }
        if module(name).is_none() {
            let fix = "call the file by up to 64 letters, digits and `._-` before `.wasm`, beginning with a letter or digit, and by no device's name";
            return Err(Invalid::new(format!("not the name of a module: {}", quoted(name)), fix));
        }
        Ok(Self(path))
    }

    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "maxLength": MAX_PATH_CHARS,
            "pattern": format!(r"{PATTERN}\.wasm$"),
        })
    }

    fn schema_name() -> Cow<'static, str> {
        "PluginFile".into()
    }
}

impl Digest {
    pub fn get(self) -> Sha256 {
        self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TextForm for Digest {
    fn parse(text: &str) -> Result<Self, Invalid> {
        Sha256::parse(text).map(Self).ok_or_else(|| {
            let reason = format!("not a SHA-256 digest: {}", quoted(text));
            Invalid::new(reason, "write the 64 hex digits that `sha256sum` prints")
        })
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9a-fA-F]{64}$", "maxLength": 64 })
    }

    fn schema_name() -> Cow<'static, str> {
        "Digest".into()
    }
}
