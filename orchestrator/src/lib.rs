//! Deskwright and GitHub: what becomes of builds there. Only this crate talks to GitHub.
//!
//! `release` makes releases of built apps, `failure` says why a run failed, `doctor` what stands in the way of one.
//! `Github` is the client below them: it knows what may be repeated and what may not, waits where the server asks for it, and
//! keeps the token to itself. Whoever calls gets `Event`s while it goes on.

pub mod builds;
mod clock;
pub mod collect;
pub mod doctor;
pub mod error;
mod events;
pub mod failure;
mod github;
mod host;
mod process;
pub mod release;
mod sign_in;
pub mod source;
pub mod state;
mod token;

pub use clock::Clock;
pub use error::{Exit, exit_of};
pub use events::{Event, Progress, UpdateState};
pub use github::{
    ApiError, Conclusion, Connection, Github, Job, LONG_PATIENCE, RepoName, Requests, Run,
    RunStatus, SHORT_PATIENCE, Server, Step,
};
pub use host::{GITHUB, Host};
pub use sign_in::{AppKey, SignIn};
pub use token::Token;
