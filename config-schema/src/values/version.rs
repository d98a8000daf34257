//! The app's version: semantic versioning, as far as every installer format can carry it.

use std::borrow::Cow;
use std::fmt;

use schemars::{Schema, json_schema};

use super::{Invalid, TextForm, text_form};
use crate::suggest::quoted;

/// A semantic version without build metadata.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AppVersion(semver::Version);

text_form!(AppVersion);

/// Largest major, minor or patch number: a Windows version resource has 16 bits for each.
const MAX_PART: u64 = u16::MAX as u64;

/// Characters of a version (count): it becomes part of tags and file names.
const MAX_VERSION_CHARS: usize = 64;

impl AppVersion {
    pub fn get(&self) -> &semver::Version {
        &self.0
    }
}

impl fmt::Display for AppVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TextForm for AppVersion {
    fn parse(text: &str) -> Result<Self, Invalid> {
        let version = semver::Version::parse(text).map_err(|error| {
            let reason = format!("not a semantic version: {} ({error})", quoted(text));
            Invalid::new(reason, "write major, minor and patch, such as `1.4.0`")
        })?;
        if !version.build.is_empty() {
            let reason = format!("build metadata in a version: `+{}`", quoted_part(&version.build));
            let fix = "leave it out: updates and releases are ordered without it";
            return Err(Invalid::new(reason, fix));
        }
        if let Some(part) =
            [version.major, version.minor, version.patch].into_iter().find(|part| *part > MAX_PART)
        {
            let reason = format!("version number out of range: {part}");
            return Err(Invalid::new(reason, format!("use numbers up to {MAX_PART}")));
        }
        if text.len() > MAX_VERSION_CHARS {
            let reason = format!("too long: {} characters", text.len());
            return Err(Invalid::new(reason, format!("shorten it to {MAX_VERSION_CHARS}")));
        }
        Ok(Self(version))
    }

    fn schema() -> Schema {
        let number = "(0|[1-9][0-9]{0,4})";
        let label = "(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)";
        json_schema!({
            "type": "string",
            "maxLength": MAX_VERSION_CHARS,
            "pattern": format!(r"^{number}\.{number}\.{number}(-{label}(\.{label})*)?$"),
        })
    }

    fn schema_name() -> Cow<'static, str> {
        "AppVersion".into()
    }
}

fn quoted_part(build: &semver::BuildMetadata) -> String {
    crate::suggest::shown(build.as_str())
}
