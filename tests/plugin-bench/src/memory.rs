//! Memory of this process, as the system counts it.

use anyhow::{Context as _, Result};

/// Resident memory in KiB, of this process alone and shared.
pub(crate) fn resident_kb() -> Result<u64> {
    let status =
        fs_err::read_to_string("/proc/self/status").context("memory is measured on Linux")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()).context("no VmRSS")?;
    Ok(number.parse()?)
}
