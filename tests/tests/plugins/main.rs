//! Plugins as their developers meet them.

mod guide;
mod page;
mod scratch;
