//! Signing with throw-away keys, by the real xtask and the real tools; for macOS by stand-ins of Apple's tools. What was
//! signed is checked with the tools that users check it with. And: no secret is anywhere where somebody could read it, and
//! nothing is left on the machine.

mod bundle;
mod linux;
mod macos;
mod support;
mod updates;
mod windows;
