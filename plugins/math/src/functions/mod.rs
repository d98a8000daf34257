//! The plugin's functions.

mod numbers;
mod work;

pub use numbers::*;
pub use work::*;
