//! The harness's own tests: a check that cannot fail proves nothing, so each one is seen to fail
//! here too. No app is needed: windows are drawn by the tests, and pages are shown by the
//! MiniBrowser that comes with WebKit.

mod apps;
mod desktop;
mod process;
mod servers;
mod webdriver;
mod xtask;

use std::time::Duration;

/// Long enough for a loaded machine; nothing here takes more than a second or two.
const LIMIT: Duration = Duration::from_secs(30);

/// For waits that are meant to run out.
const SHORT: Duration = Duration::from_millis(300);
