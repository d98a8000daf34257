//! The stamp region of this binary.

use runtime_settings::{
    Sha256,
    stamp::{REGION_LENGTH, UNSTAMPED, digest},
};

/// Filled in by `cargo xtask stamp` after the compile.
#[used]
static REGION: [u8; REGION_LENGTH] = UNSTAMPED;

/// Digest of the manifest that this binary belongs to; none in a runtime that was never stamped.
pub(crate) fn manifest_digest() -> Option<Sha256> {
    // The compiler must not conclude from the initialiser what the region holds.
    digest(std::hint::black_box(&REGION))
}
