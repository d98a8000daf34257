//! Deskwright and GitHub: what becomes of builds there. Only this crate talks to GitHub.
//!
//! `release` makes releases of built apps. `Github` is the client below it: it knows what may be repeated and what may
//! not, waits where the server asks for it, and keeps the token to itself. Whoever calls gets `Event`s while it goes on.

pub mod error;
mod events;
mod github;
mod process;
pub mod release;
mod token;

pub use error::{Exit, exit_of};
pub use events::{Event, Progress, UpdateState};
pub use github::{ApiError, DEFAULT_API, Github, RepoName};
pub use token::Token;
