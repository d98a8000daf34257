//! Files below one folder and nowhere else: path rules, quota, and operations that never follow a link out.
//!
//! A scope of the page's own has a folder to itself ([`Scope::open`]); a plugin's storage is shared with the plugin
//! ([`Scope::new`]). A hard link is an ordinary file here: neither pages nor plugins can make one, and what somebody else has
//! linked into a scope is meant to be there.

mod account;
mod budget;
mod error;
mod file_name;
mod home;
mod measure;
mod path;
mod patience;
mod read;
mod scope;
mod trash;
#[cfg(feature = "watch")]
mod watch;
mod write;

pub use budget::{Budget, Full};
pub use error::{Code, Error, Result};
pub use file_name::{numbered_file_name, safe_file_name};
pub use measure::{MAX_DEPTH, MeasureError, Usage, empty, measure};
pub use path::ScopedPath;
pub use read::FileReader;
pub use scope::{Entry, MAX_COUNTED, MAX_FILE, Scope};
pub use trash::Trash;
#[cfg(feature = "watch")]
pub use watch::{Change, ChangeKind, Watch};
pub use write::FileWriter;

/// What the names of files that are on their way to their place begin and end with.
const TEMPORARY: (&str, &str) = (".deskwright-", ".tmp");

/// The name of a file or folder that is not to be seen.
fn temporary_name(purpose: &str) -> String {
    format!("{}{purpose}{}", TEMPORARY.0, TEMPORARY.1)
}
