//! A GitHub on loopback: the REST API as far as releases, git and Actions need it, and the services that a runner's actions
//! use (artifacts, caches, identity tokens). It has state, it checks tokens, and it holds every REST exchange against GitHub's
//! own description (`contract`). Runs go as tests script them (`Script`), by a clock that may be faster than the world's, or are
//! really executed on this machine (`closed_loop`).
//! Faults are scripted too (`Fault`), requests are logged, and tests look at the state.
//!
//! What it does not know it answers with 404, and what breaks the contract with 500 and a note for `assert_no_violations`.

#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "what executes runs is there on Linux only")
)]

mod access;
mod actions;
mod answer;
mod apps;
mod clock;
#[cfg(target_os = "linux")]
pub mod closed_loop;
mod contract;
mod exchange;
mod expression;
mod fault;
mod git;
mod limits;
mod our_run;
mod process;
mod repository;
mod rest;
mod script;
mod serve;
mod server;
mod simulation;
mod store;
mod workflow;
mod world;

pub use access::{Access, Level};
pub use exchange::Exchange;
pub use fault::{Action, Fault};
pub use git::{Entry, Files, Git, Object, Person};
pub use limits::Limits;
pub use our_run::{OurRun, bytes_for, zip_of};
pub use repository::{Asset, AssetState, Environment, Release, Repository, UsageItem};
pub use script::{
    Annotation, Conclusion, Content, Dispatch, Loss, Script, ScriptedArtifact, ScriptedJob,
    ScriptedStep, Scripter,
};
pub use server::{FakeGithub, Options};
pub use store::StoredFile;
pub use workflow::{Workflow, WorkflowState};
pub use world::Run;
