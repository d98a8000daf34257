//! What must be true of every workflow and action without running one: pins, rights, inputs, scripts, documentation, and what
//! the linters say.

mod documents;
mod inputs;
mod linters;
mod pins;
mod references;
mod rights;
mod scripts;
mod tools;
