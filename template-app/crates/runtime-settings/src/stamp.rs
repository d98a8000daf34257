//! The stamp: a fixed region inside the runtime's binary that holds the digest of one pack's manifest.
//!
//! Written before the binary is signed, so a signature covers binary and pack alike. The region is 16 bytes of mark,
//! then 32 bytes of digest; all zeros means "not stamped".

use crate::Sha256;

const MARK_LENGTH: usize = 16;
const DIGEST_LENGTH: usize = 32;
/// Size of the region in bytes.
pub const REGION_LENGTH: usize = MARK_LENGTH + DIGEST_LENGTH;

/// The region as it is compiled into the runtime. The mark is spelled in this one constant, so that a binary has it once.
pub const UNSTAMPED: [u8; REGION_LENGTH] = {
    let mark = *b"\x7fDESKWRIGHT-PACK";
    let mut region = [0; REGION_LENGTH];
    let mut i = 0;
    while i < MARK_LENGTH {
        region[i] = mark[i];
        i += 1;
    }
    region
};

/// Why a binary cannot be stamped.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum StampError {
    #[error("the binary is no Deskwright runtime: it has no stamp region")]
    NoRegion,
    #[error("the binary has {0} stamp regions instead of one")]
    ManyRegions(usize),
}

/// The digest in a region; none when it is not stamped.
pub fn digest(region: &[u8; REGION_LENGTH]) -> Option<Sha256> {
    let mut digest = [0; DIGEST_LENGTH];
    digest.copy_from_slice(&region[MARK_LENGTH..]);
    (digest != [0; DIGEST_LENGTH]).then_some(Sha256(digest))
}

/// The digest that a binary is stamped with.
pub fn read(binary: &[u8]) -> Result<Option<Sha256>, StampError> {
    let at = locate(binary)?;
    let mut region = [0; REGION_LENGTH];
    region.copy_from_slice(&binary[at..at + REGION_LENGTH]);
    Ok(digest(&region))
}

/// Stamps a binary with the digest of a manifest; an earlier stamp is replaced.
pub fn write(binary: &mut [u8], manifest: Sha256) -> Result<(), StampError> {
    let at = locate(binary)?;
    binary[at + MARK_LENGTH..at + REGION_LENGTH].copy_from_slice(&manifest.0);
    Ok(())
}

fn locate(binary: &[u8]) -> Result<usize, StampError> {
    let mut places = memchr::memmem::find_iter(binary, &UNSTAMPED[..MARK_LENGTH]);
    let first = places
        .next()
        .filter(|at| at + REGION_LENGTH <= binary.len())
        .ok_or(StampError::NoRegion)?;
    match places.count() {
        0 => Ok(first),
        more => Err(StampError::ManyRegions(more + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binary() -> Vec<u8> {
        [b"ELF and code".as_slice(), &UNSTAMPED, b"more"].concat()
    }

    #[test]
    fn a_stamp_reads_back_and_can_be_replaced() {
        let mut binary = binary();
        assert_eq!(read(&binary), Ok(None));
        for text in ["one", "two"] {
            let digest = Sha256::of(text.as_bytes());
            write(&mut binary, digest).unwrap();
            assert_eq!(read(&binary), Ok(Some(digest)));
        }
        assert_eq!(binary.len(), self::binary().len());
    }

    #[test]
    fn a_binary_without_one_whole_region_is_refused() {
        assert_eq!(read(b"no runtime"), Err(StampError::NoRegion));
        assert_eq!(read(&UNSTAMPED[..20]), Err(StampError::NoRegion));
        assert_eq!(read(&[UNSTAMPED, UNSTAMPED].concat()), Err(StampError::ManyRegions(2)));
    }
}
