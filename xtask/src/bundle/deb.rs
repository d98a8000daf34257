//! The version of a Debian package: `1.0.0~beta.1` sorts before `1.0.0`, and Tauri's bundler cannot write it.

use std::{
    io::{Cursor, Read, Write},
    path::Path,
};

use anyhow::{Context as _, ensure};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};

/// The part of a package that holds what is said about it.
const CONTROL_PART: &str = "control.tar.gz";
const VERSION_FIELD: &str = "Version: ";

/// Writes the version into the package, in place.
pub(super) fn set_version(path: &Path, version: &str) -> anyhow::Result<()> {
    let package = fs_err::read(path)?;
    let changed = with_version(&package, version)
        .with_context(|| format!("failed to set the version of: `{}`", path.display()))?;
    // Beside the old one first: a half-written package must not be shipped.
    let temporary = path.with_extension("completing");
    fs_err::write(&temporary, changed)?;
    fs_err::rename(&temporary, path)?;
    Ok(())
}

fn with_version(package: &[u8], version: &str) -> anyhow::Result<Vec<u8>> {
    let mut parts = ar::Archive::new(package);
    let mut changed = ar::Builder::new(Vec::new());
    let mut found = false;
    while let Some(part) = parts.next_entry() {
        let mut part = part?;
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes)?;
        let mut header = part.header().clone();
        if header.identifier() == CONTROL_PART.as_bytes() {
            bytes = control_with_version(&bytes, version)?;
            header.set_size(bytes.len() as u64);
            found = true;
        }
        changed.append(&header, bytes.as_slice())?;
    }
    ensure!(found, "no `{CONTROL_PART}` in it");
    Ok(changed.into_inner()?)
}

fn control_with_version(part: &[u8], version: &str) -> anyhow::Result<Vec<u8>> {
    let mut files = tar::Archive::new(GzDecoder::new(part));
    let encoder = GzEncoder::new(Vec::new(), Compression::best());
    let mut changed = tar::Builder::new(encoder);
    for file in files.entries()? {
        let mut file = file?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let mut header = file.header().clone();
        if file.path()?.file_name().is_some_and(|name| name == "control") {
            bytes = fields_with_version(&String::from_utf8(bytes)?, version)?.into_bytes();
            header.set_size(bytes.len() as u64);
            header.set_cksum();
        }
        changed.append(&header, Cursor::new(bytes))?;
    }
    let mut encoder = changed.into_inner()?;
    encoder.flush()?;
    Ok(encoder.finish()?)
}

fn fields_with_version(fields: &str, version: &str) -> anyhow::Result<String> {
    ensure!(
        fields.lines().filter(|line| line.starts_with(VERSION_FIELD)).count() == 1,
        "its control file has no version"
    );
    let line = |line: &str| match line.starts_with(VERSION_FIELD) {
        true => format!("{VERSION_FIELD}{version}\n"),
        false => format!("{line}\n"),
    };
    Ok(fields.lines().map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_version_changes() {
        let fields = "Package: notes\nVersion: 1.0.0\nDescription: a\n Version: b\n";
        let changed = fields_with_version(fields, "1.0.0~rc.1").unwrap();
        assert_eq!(changed, "Package: notes\nVersion: 1.0.0~rc.1\nDescription: a\n Version: b\n");
        assert!(fields_with_version("Package: notes\n", "1").is_err());
    }
}
