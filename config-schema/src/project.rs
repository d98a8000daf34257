//! Where this project itself lives. A copy of it differs from the original by this name alone.

/// The repository that publishes runtimes and tools, as `owner/name`.
pub const REPOSITORY: &str = "deskwright/deskwright";
