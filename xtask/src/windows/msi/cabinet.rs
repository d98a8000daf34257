//! The cabinet with the files of a package.

use std::io::{Seek, Write};

use cab::{CabinetBuilder, CompressionType};
use time::{Date, Month, PrimitiveDateTime, Time};

use super::super::payload::Payload;

/// The name of a file in the cabinet, which is also its key in the database.
pub(super) fn key(index: usize) -> String {
    format!("F{index}")
}

/// Writes every file, in order.
pub(super) fn write(payload: &Payload, out: impl Write + Seek) -> anyhow::Result<()> {
    // The first day that the format knows: times of files would make every package another one.
    let day = Date::from_calendar_date(1980, Month::January, 1)?;
    let time = PrimitiveDateTime::new(day, Time::MIDNIGHT);
    let mut builder = CabinetBuilder::new();
    let folder = builder.add_folder(CompressionType::MsZip);
    for index in 0..payload.files.len() {
        folder.add_file(key(index)).set_datetime(time);
    }
    let mut cabinet = builder.build(out)?;
    let mut files = payload.files.iter();
    while let Some(mut writer) = cabinet.next_file()? {
        if let Some(file) = files.next() {
            std::io::copy(&mut fs_err::File::open(&file.source)?, &mut writer)?;
        }
    }
    cabinet.finish()?;
    Ok(())
}
