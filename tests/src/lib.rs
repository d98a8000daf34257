//! The harness of the end-to-end tests: a private desktop, WebDriver sessions, loopback sites,
//! installed packages and the real xtask. It knows nothing of any one test.
//!
//! Rules: a wait waits for an event where the system has one (the few polls are named constants and
//! say why); every wait has a deadline, and its error says what was seen instead; whatever is
//! started here ends here, and nothing else is touched.

pub mod apps;
mod calls;
pub mod desktop;
pub mod picture;
pub mod process;
pub mod servers;
pub mod watch;
pub mod webdriver;
pub mod wine;
pub mod xtask;
