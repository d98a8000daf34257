//! Failure reports and logs by the library, against a GitHub on loopback. Which words mean what is tested beside the table
//! (`src/failure/causes_test.rs`), with the logs in `logs`.

mod explain;
mod large;
mod secrets;
mod support;
