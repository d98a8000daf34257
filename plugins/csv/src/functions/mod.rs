//! The plugin's functions. Tables are files in the plugin's storage, and go through row by row: their size is limited by the
//! storage and by the time of a call, not by memory.

mod column;
mod generate;
mod import;
mod parts;
mod table;

pub use generate::generate;
pub use import::import;
pub use parts::{filter, top};
