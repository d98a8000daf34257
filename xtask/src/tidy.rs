//! `tidy`: the project's own rules, as code.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::json;

use crate::{error, printer::Printer, process, workspace::root};

/// Lines of a source file beyond which it should be split by interface.
const SOFT_FILE_LIMIT: usize = 400;
/// First words by which a file says what lives in it.
const HEADERS: &[(&str, &[&str])] = &[
    ("rs", &["//!"]),
    ("ts", &["/*", "//"]),
    ("mjs", &["/*", "//"]),
    ("js", &["/*", "//"]),
    ("css", &["/*"]),
    ("yml", &["# "]),
];
/// Files that others make or that only pass text on.
const MADE_ELSEWHERE: &[&str] =
    &["template-app/bridge/dist/bridge.js", "template-app/bridge/src/generated.ts"];
/// Pages whose code words name paths of this repository.
const PAGES: &[&str] = &[
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/verification.md",
    "docs/config.md",
    "docs/self-test.md",
    "docs/eject.md",
    "docs/signing.md",
    "docs/build-in-the-cloud.md",
    "docs/orchestrator.md",
    "docs/plugins.md",
    "actions/README.md",
];
/// Folders at the root by whose name a code word is known to be a path of the repository.
const FOLDERS: &[&str] = &[
    "app/",
    "config-schema/",
    "xtask/",
    "orchestrator/",
    "template-app/",
    "examples/",
    "tests/",
    "docs/",
    ".ci/",
    ".cargo/",
    ".github/",
    "actions/",
];

/// Checks every rule; tells all breaches at once.
pub(crate) fn run(printer: &Printer) -> anyhow::Result<()> {
    let breaches = breaches()?;
    if breaches.is_empty() {
        return printer.data("tidy", &json!({ "ok": true }));
    }
    Err(error::hinted(
        format!("untidy:\n{}", breaches.join("\n")),
        "each line names a file and the rule that it breaks",
    ))
}

fn breaches() -> anyhow::Result<Vec<String>> {
    let files = tracked_files()?;
    let mut breaches = Vec::new();
    for path in &files {
        let name = path.to_string_lossy().replace('\\', "/");
        if MADE_ELSEWHERE.contains(&name.as_str()) {
            continue;
        }
        // What is no text has no rules.
        if let Ok(text) = fs_err::read_to_string(root().join(path)) {
            breaches.extend(check_text(&name, &text));
        }
    }
    breaches.extend(check_versions()?);
    breaches.extend(check_paths_in_pages()?);
    Ok(breaches)
}

/// What git tracks or would track.
fn tracked_files() -> anyhow::Result<Vec<PathBuf>> {
    let git = process::find("git", "install git")?;
    let args = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let listing = process::read(process::command(git, root()).args(args))?;
    Ok(listing.lines().map(PathBuf::from).filter(|path| root().join(path).is_file()).collect())
}

fn check_text(name: &str, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    let extension = name.rsplit('.').next().unwrap_or_default();
    if let Some((_, starts)) = HEADERS.iter().find(|(known, _)| *known == extension) {
        if !starts.iter().any(|start| text.starts_with(start)) {
            breaches.push(format!("{name}: does not open with what lives in it"));
        }
        let lines = text.lines().count();
        if lines > SOFT_FILE_LIMIT {
            breaches.push(format!("{name}: {lines} lines, {SOFT_FILE_LIMIT} is the limit"));
        }
    }
    if text.contains('\r') {
        breaches.push(format!("{name}: has carriage returns"));
    }
    if extension != "snap" && extension != "err" {
        for (number, line) in
            text.lines().enumerate().filter(|(_, line)| line.ends_with([' ', '\t']))
        {
            breaches.push(format!("{name}:{}: trailing space: `{}`", number + 1, line.trim()));
        }
    }
    if !text.is_empty()
        && !text.ends_with('\n')
        && extension != "svg"
        && !name.contains("tests/invalid")
    {
        breaches.push(format!("{name}: does not end with a line break"));
    }
    breaches
}

/// Toolchain and minimum supported version are one number, in both workspaces.
fn check_versions() -> anyhow::Result<Vec<String>> {
    let toolchain = fs_err::read_to_string(root().join("rust-toolchain.toml"))?;
    let version =
        quoted(&toolchain, "channel = ").context("`rust-toolchain.toml` names a channel")?;
    let mut breaches = Vec::new();
    for manifest in ["Cargo.toml", "template-app/Cargo.toml"] {
        let text = fs_err::read_to_string(root().join(manifest))?;
        let declared = quoted(&text, "rust-version = ").unwrap_or_default();
        if !version.starts_with(&declared) || declared.is_empty() {
            breaches.push(format!(
                "{manifest}: `rust-version` is {declared}, the toolchain is {version}"
            ));
        }
    }
    Ok(breaches)
}

fn quoted(text: &str, key: &str) -> Option<String> {
    let rest = text.lines().find_map(|line| line.strip_prefix(key))?;
    Some(rest.trim().trim_matches('"').to_owned())
}

/// A page that names a path which is gone misleads.
fn check_paths_in_pages() -> anyhow::Result<Vec<String>> {
    let mut breaches = Vec::new();
    for page in PAGES {
        let text = fs_err::read_to_string(root().join(page))?;
        for word in text.split('`').skip(1).step_by(2) {
            let is_path = FOLDERS.iter().any(|folder| word.starts_with(folder));
            let plain = !word.contains([' ', '*', '<', '{', '$']);
            if is_path && plain && !root().join(Path::new(word)).exists() {
                breaches.push(format!("{page}: names a path that does not exist: `{word}`"));
            }
        }
    }
    Ok(breaches)
}
