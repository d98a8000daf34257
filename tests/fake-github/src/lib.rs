//! A GitHub on loopback: the REST API as far as releases and git need it, and the services that a runner's actions use
//! (artifacts, caches, identity tokens). It has state, it checks tokens, and it holds every REST exchange against GitHub's
//! own description (`contract`). Faults are scripted (`Fault`), requests are logged, and tests look at the state.
//!
//! What it does not know it answers with 404, and what breaks the contract with 500 and a note for `assert_no_violations`.

mod access;
mod actions;
mod answer;
mod contract;
mod exchange;
mod fault;
mod git;
mod repository;
mod rest;
mod server;
mod store;
mod world;

pub use access::{Access, Level};
pub use exchange::Exchange;
pub use fault::{Action, Fault};
pub use git::{Entry, Files, Git, Object, Person};
pub use repository::{Asset, AssetState, Release, Repository};
pub use server::{FakeGithub, Options};
pub use store::StoredFile;
pub use world::Run;
