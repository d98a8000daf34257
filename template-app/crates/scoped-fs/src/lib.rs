//! Files below one folder and nowhere else: path rules, quota, and operations that never follow a link out.

mod budget;
mod error;
mod file_name;
mod measure;
mod path;
mod scope;

pub use budget::{Budget, Full};
pub use error::{Code, Error, Result};
pub use file_name::{numbered_file_name, safe_file_name};
pub use measure::{MAX_DEPTH, MeasureError, Usage, empty, measure};
pub use path::ScopedPath;
pub use scope::{Entry, MAX_FILE, Scope};

/// What the names of files that are on their way to their place begin and end with.
const TEMPORARY: (&str, &str) = (".deskwright-", ".tmp");

/// The name of a file or folder that is not to be seen.
fn temporary_name(purpose: &str) -> String {
    format!("{}{purpose}{}", TEMPORARY.0, TEMPORARY.1)
}
