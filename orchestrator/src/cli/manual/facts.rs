//! What help, manual and reference page say beside the commands: exit codes, and variables of the environment.

/// How the program ends.
pub(super) const EXIT_CODES: &[(&str, &str)] = &[
    ("0", "done"),
    ("1", "failed: the build, a check, the disk"),
    ("2", "wrong usage, an invalid config, or files here that are not those on GitHub"),
    ("3", "something is missing that must be there: a token, git, a secret"),
    ("4", "GitHub refused, failed, or could not be reached"),
    ("5", "it took too long"),
    ("130", "interrupted by Ctrl-C"),
];
/// What the program reads, besides what is another program's.
pub(super) const VARIABLES: &[(&str, &str)] = &[
    ("GITHUB_TOKEN, GH_TOKEN", "the token; the first that is set"),
    (
        "GH_ENTERPRISE_TOKEN, GITHUB_ENTERPRISE_TOKEN",
        "the same for Enterprise Servers, before those",
    ),
    ("DESKWRIGHT_APP_ID", "the id of a GitHub App, which then signs in instead"),
    ("DESKWRIGHT_APP_KEY_FILE", "the file of the App's private key"),
    ("DESKWRIGHT_APP_KEY", "the key itself, where there is no file"),
    ("GITHUB_REPOSITORY", "the same as --repo; jobs of GitHub Actions have it"),
    ("GITHUB_API_URL", "the same as --github-url; jobs of GitHub Actions have it"),
    (
        "GITHUB_SERVER_URL, GITHUB_RUN_ID",
        "where `release` runs, for its --run-url; jobs of GitHub Actions have them",
    ),
    ("DESKWRIGHT_STATE_DIR", "the same as --state-dir"),
    (
        "DESKWRIGHT_LOG",
        "what to log on stderr, such as `orchestrator=debug`, which shows each request",
    ),
    ("HTTPS_PROXY, NO_PROXY", "the proxy on the way to GitHub, and what needs none"),
    ("NO_COLOR", "no colours when it is set"),
    (
        "DESKWRIGHT_CLOCK_SPEED",
        "makes all waiting so many times shorter; only for a GitHub on this machine",
    ),
];

/// Both, below the help.
pub(in crate::cli) fn below_help() -> String {
    let list = |rows: &[(&str, &str)]| -> String {
        rows.iter().map(|(name, meaning)| format!("  {name}\n          {meaning}\n")).collect()
    };
    format!("Exit codes:\n{}\nEnvironment:\n{}", list(EXIT_CODES), list(VARIABLES))
}
