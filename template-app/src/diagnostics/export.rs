//! All records in one ZIP file, for a user who wants to show them to somebody.

use std::{
    io::{self, Seek, Write},
    path::Path,
};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::records::{AREAS, Records};

/// Writes the file: the whole of it is there afterwards, or what was there before.
pub(crate) fn write(records: &Records, path: &Path) -> io::Result<()> {
    let beside = path.with_file_name(format!(".deskwright-{}.tmp", std::process::id()));
    let written = fs_err::File::create(&beside).and_then(|mut file| {
        zip(records, &mut file)?;
        file.sync_all()?;
        drop(file);
        fs_err::rename(&beside, path)
    });
    if written.is_err() {
        // What is half written takes room that somebody may need.
        let _ = fs_err::remove_file(&beside);
    }
    written
}

/// Puts every file of records into an archive.
pub(crate) fn zip(records: &Records, out: impl Write + Seek) -> io::Result<()> {
    let mut archive = ZipWriter::new(out);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for area in AREAS {
        for file in records.list(area)? {
            archive.start_file(&file.rel_path, options)?;
            let mut source = fs_err::File::open(records.folder().join(&file.rel_path))?;
            io::copy(&mut source, &mut archive)?;
        }
    }
    archive.finish()?;
    Ok(())
}
