//! The runtime's own command line. Whatever it does not know belongs to the app (files, links) and is passed on.

use std::{ffi::OsString, time::Duration};

#[cfg(debug_assertions)]
use std::path::PathBuf;

/// How long a self-test waits for the page when `--timeout` does not say, in seconds: enough for a slow site on a
/// slow connection, short enough for a CI job.
const DEFAULT_SELF_TEST_SECONDS: f64 = 30.0;

/// `--self-test [--timeout SECONDS] [--hold]`: start, look at the page, print one line of JSON, exit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SelfTestArgs {
    pub(crate) timeout: Duration,
    /// Leave the window open after the line, until stdin ends: whoever reads the line may look at the window.
    pub(crate) hold: bool,
}

/// What the command line asks for.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Args {
    pub(crate) self_test: Option<SelfTestArgs>,
    /// `--app-dir DIR`: another app pack. Debug builds only: a release runtime takes the pack it is stamped for.
    #[cfg(debug_assertions)]
    pub(crate) app_dir: Option<PathBuf>,
    /// `--dev`: take orders from stdin, and end with it. Debug builds only.
    #[cfg(debug_assertions)]
    pub(crate) dev: bool,
    /// `--log-bridge`: print a line of JSON for each call of the bridge. Debug builds only.
    #[cfg(debug_assertions)]
    pub(crate) log_bridge: bool,
    /// The rest, in order.
    pub(crate) rest: Vec<OsString>,
}

impl Args {
    pub(crate) fn from_env() -> Args {
        Args::parse(std::env::args_os().skip(1))
    }

    fn parse(args: impl IntoIterator<Item = OsString>) -> Args {
        let mut parsed = Args::default();
        let (mut self_test, mut hold) = (false, false);
        let mut seconds = DEFAULT_SELF_TEST_SECONDS;
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            match arg.to_str() {
                Some("--self-test") => self_test = true,
                Some("--hold") if self_test => hold = true,
                Some("--timeout") if self_test => {
                    let value = args.next().and_then(|value| value.to_str()?.parse().ok());
                    seconds = value.unwrap_or(DEFAULT_SELF_TEST_SECONDS);
                }
                #[cfg(debug_assertions)]
                Some("--app-dir") => parsed.app_dir = args.next().map(PathBuf::from),
                #[cfg(debug_assertions)]
                Some("--dev") => parsed.dev = true,
                #[cfg(debug_assertions)]
                Some("--log-bridge") => parsed.log_bridge = true,
                _ => parsed.rest.push(arg),
            }
        }
        let timeout = Duration::try_from_secs_f64(seconds)
            .unwrap_or(Duration::from_secs_f64(DEFAULT_SELF_TEST_SECONDS));
        parsed.self_test = self_test.then_some(SelfTestArgs { timeout, hold });
        parsed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Args {
        Args::parse(args.iter().map(OsString::from))
    }

    #[test]
    fn unknown_arguments_are_the_apps() {
        assert_eq!(parse(&["a.txt", "--flag"]).rest, ["a.txt", "--flag"]);
        assert_eq!(parse(&["--timeout", "5"]).rest, ["--timeout", "5"]);
    }

    #[test]
    fn a_self_test_has_a_timeout_in_seconds_and_may_hold() {
        let self_test = |seconds: f64, hold| {
            Some(SelfTestArgs { timeout: Duration::from_secs_f64(seconds), hold })
        };
        assert_eq!(parse(&["--self-test"]).self_test, self_test(30.0, false));
        assert_eq!(parse(&["--self-test", "--timeout", "1.5"]).self_test, self_test(1.5, false));
        assert_eq!(parse(&["--self-test", "--timeout", "-1"]).self_test, self_test(30.0, false));
        assert_eq!(parse(&["--self-test", "--hold"]).self_test, self_test(30.0, true));
        assert_eq!(parse(&["x"]).self_test, None);
        assert_eq!(parse(&["--hold"]).rest, ["--hold"]);
    }
}
