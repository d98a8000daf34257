//! The plugin's functions. Each takes the arguments, and gives a value or an error for people.

mod example;

pub use example::*;
