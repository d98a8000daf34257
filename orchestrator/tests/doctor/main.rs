//! Check-ups by the library, against a GitHub on loopback: each thing that can stand in the way does so once, and just the
//! check that is about it complains.

mod account;
mod case;
mod limits;
mod repository;
mod secrets;
mod whole;
