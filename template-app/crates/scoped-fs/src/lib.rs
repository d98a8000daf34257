//! Files below one folder and nowhere else: path rules, quota, and operations that never follow a link out.

mod measure;

pub use measure::{Full, Usage};
