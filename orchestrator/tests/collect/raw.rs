//! Archives written byte by byte, so that they can say what is not so.
//! <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>

use std::io::Write as _;

use flate2::{Compression, write::DeflateEncoder};

const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// From here on a number stands in the extra field.
const ZIP64: u64 = 0xffff_ffff;
/// What zeros are compressed from at a time, in bytes.
const BLOCK_LEN: u64 = 1 << 20;

/// An entry, true to its content until somebody changes it.
#[derive(Debug, Clone)]
pub(crate) struct Raw {
    pub(crate) name: Vec<u8>,
    /// In front of the content; the same as `name` when absent.
    pub(crate) local_name: Option<Vec<u8>>,
    pub(crate) data: Vec<u8>,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) crc: u32,
    pub(crate) size: u64,
    /// Of Unix; 0 when nothing is said.
    pub(crate) mode: u32,
    /// The system that it says it was made on; 3 is Unix, 0 is DOS.
    pub(crate) system: u16,
}

impl Raw {
    pub(crate) fn new(name: &str, content: &[u8]) -> Self {
        Self {
            name: name.as_bytes().to_vec(),
            local_name: None,
            data: content.to_vec(),
            method: STORED,
            flags: 0,
            crc: crc32fast::hash(content),
            size: content.len() as u64,
            mode: 0o100_644,
            system: 3,
        }
    }

    /// So many bytes of zeros, compressed to a thousandth.
    pub(crate) fn zeros(name: &str, size: u64) -> Self {
        let block = vec![0; usize::try_from(BLOCK_LEN).unwrap()];
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&block).unwrap();
        // What ends at a byte and refers to nothing before it can stand any number of times.
        encoder.flush().unwrap();
        let once = encoder.get_ref().clone();
        let blocks = usize::try_from(size / BLOCK_LEN).unwrap();
        let mut data = once.repeat(blocks);
        data.extend([0x03, 0x00]);
        let mut crc = crc32fast::Hasher::new();
        let mut part = crc32fast::Hasher::new();
        part.update(&block);
        let mut left = blocks;
        while left > 0 {
            if left % 2 == 1 {
                crc.combine(&part);
            }
            let same = part.clone();
            part.combine(&same);
            left /= 2;
        }
        let (crc, size) = (crc.finalize(), blocks as u64 * BLOCK_LEN);
        Self { data, method: DEFLATED, crc, size, ..Self::new(name, b"") }
    }
}

fn number(out: &mut Vec<u8>, len: usize, value: u64) {
    out.extend_from_slice(&value.to_le_bytes()[..len]);
}

fn short(value: u64) -> u64 {
    value.min(ZIP64)
}

/// Sizes that are too large for their place.
fn extra(entry: &Raw) -> Vec<u8> {
    let mut extra = Vec::new();
    if entry.size >= ZIP64 {
        number(&mut extra, 2, 1);
        number(&mut extra, 2, 16);
        number(&mut extra, 8, entry.size);
        number(&mut extra, 8, entry.data.len() as u64);
    }
    extra
}

/// What both headers of an entry have.
fn common(entry: &Raw, out: &mut Vec<u8>, name: &[u8]) {
    let packed = if entry.size >= ZIP64 { ZIP64 } else { entry.data.len() as u64 };
    number(out, 2, 45);
    number(out, 2, entry.flags.into());
    number(out, 2, entry.method.into());
    number(out, 4, 0x5a21_0000);
    number(out, 4, entry.crc.into());
    number(out, 4, packed);
    number(out, 4, short(entry.size));
    number(out, 2, name.len() as u64);
    number(out, 2, extra(entry).len() as u64);
}

/// The archive of these entries.
pub(crate) fn archive(entries: &[Raw]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let offset = out.len() as u64;
        let local = entry.local_name.as_ref().unwrap_or(&entry.name);
        out.extend(b"PK\x03\x04");
        common(entry, &mut out, local);
        out.extend(local);
        out.extend(extra(entry));
        out.extend(&entry.data);
        directory.extend(b"PK\x01\x02");
        number(&mut directory, 2, u64::from(entry.system) << 8 | 45);
        common(entry, &mut directory, &entry.name);
        number(&mut directory, 2, 0);
        number(&mut directory, 2, 0);
        number(&mut directory, 2, 0);
        number(&mut directory, 4, u64::from(entry.mode) << 16);
        number(&mut directory, 4, offset);
        directory.extend(&entry.name);
        directory.extend(extra(entry));
    }
    let (offset, count) = (out.len() as u64, entries.len() as u64);
    out.extend(&directory);
    out.extend(b"PK\x05\x06");
    number(&mut out, 4, 0);
    number(&mut out, 2, count);
    number(&mut out, 2, count);
    number(&mut out, 4, directory.len() as u64);
    number(&mut out, 4, offset);
    number(&mut out, 2, 0);
    out
}
