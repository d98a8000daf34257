//! An app bundle of macOS as `.app.tar.gz`: what a release carries and the updater unpacks.

use std::path::Path;

use anyhow::Context as _;
use flate2::{Compression, write::GzEncoder};
use walkdir::WalkDir;

/// Packs the folder `app`, whose name stays, into `file`. Links and the executable bit are kept; times are not, so that the
/// same app gives the same bytes.
pub(super) fn write(app: &Path, file: &Path) -> anyhow::Result<()> {
    let name = Path::new(app.file_name().context("an app bundle has a name")?);
    let encoder = GzEncoder::new(fs_err::File::create(file)?, Compression::best());
    let mut archive = tar::Builder::new(encoder);
    archive.mode(tar::HeaderMode::Deterministic);
    archive.follow_symlinks(false);
    for entry in WalkDir::new(app).sort_by_file_name() {
        let entry = entry?;
        let inside = name.join(entry.path().strip_prefix(app)?);
        archive.append_path_with_name(entry.path(), inside)?;
    }
    archive.into_inner()?.finish()?;
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    #[test]
    fn links_and_modes_survive_and_bytes_repeat() {
        let dir = tempfile::tempdir().unwrap();
        let app = dir.path().join("Notes.app");
        fs_err::create_dir_all(app.join("Contents/MacOS")).unwrap();
        let binary = app.join("Contents/MacOS/notes");
        fs_err::write(&binary, "x").unwrap();
        fs_err::set_permissions(&binary, std::fs::Permissions::from_mode(0o755)).unwrap();
        symlink("MacOS/notes", app.join("Contents/link")).unwrap();
        let packed: Vec<_> = ["a", "b"].map(|name| dir.path().join(name)).into();
        for file in &packed {
            super::write(&app, file).unwrap();
        }
        let bytes = fs_err::read(&packed[0]).unwrap();
        assert_eq!(bytes, fs_err::read(&packed[1]).unwrap());

        let out = dir.path().join("out");
        tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice())).unpack(&out).unwrap();
        let binary = out.join("Notes.app/Contents/MacOS/notes");
        assert_eq!(fs_err::metadata(&binary).unwrap().permissions().mode() & 0o777, 0o755);
        let link = fs_err::read_link(out.join("Notes.app/Contents/link")).unwrap();
        assert_eq!(link.to_str(), Some("MacOS/notes"));
    }
}
