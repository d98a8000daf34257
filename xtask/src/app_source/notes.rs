//! Release notes: the version's section in a CHANGELOG, else the commits since the app's last release.

use std::path::Path;

use config_schema::plan::AppPlan;
use semver::Version;

use crate::process;

const CHANGELOGS: &[&str] = &["CHANGELOG.md", "../CHANGELOG.md"];
/// Commits that are listed at most (count): nobody reads more.
const MAX_COMMITS: usize = 50;

/// The notes of an app's version, in Markdown. Neither a changelog nor a history is an error: then they only name it.
pub(super) fn of(app: &AppPlan, base: &Path) -> String {
    let changelog =
        CHANGELOGS.iter().filter_map(|name| fs_err::read_to_string(base.join(name)).ok());
    let section = changelog.filter_map(|text| section(&text, &app.version)).next();
    section
        .or_else(|| commits(app, base))
        .unwrap_or_else(|| format!("{} {}\n", app.name, app.version))
}

/// The part below the heading that names the version. https://keepachangelog.com
fn section(changelog: &str, version: &str) -> Option<String> {
    let mut lines = changelog.lines().skip_while(|line| !is_heading_of(line, version));
    let level = lines.next()?.bytes().take_while(|byte| *byte == b'#').count();
    let ends = |line: &str| {
        let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
        (1..=level).contains(&hashes) && line[hashes..].starts_with(' ')
    };
    let body: Vec<_> = lines.take_while(|line| !ends(line)).collect();
    let body = body.join("\n").trim().to_owned();
    (!body.is_empty()).then(|| body + "\n")
}

/// `## 1.2.0`, `## [1.2.0] - 2026-01-01`, `# v1.2.0`.
fn is_heading_of(line: &str, version: &str) -> bool {
    let Some(text) = line.strip_prefix('#') else { return false };
    let word = text.trim_start_matches('#').trim_start().split([' ', ']', '(']).next();
    word.is_some_and(|word| word.trim_start_matches('[').trim_start_matches('v') == version)
}

fn commits(app: &AppPlan, base: &Path) -> Option<String> {
    let git = which::which("git").ok()?;
    let read = |args: &[&str]| process::read_quiet(process::command(&git, base).args(args)).ok();
    let tags = read(&["tag", "--list", &format!("{}-v*", app.slug)])?;
    let last = last_tag(&tags, &app.slug);
    let range = last.map_or_else(|| "HEAD".to_owned(), |tag| format!("{tag}..HEAD"));
    let count = format!("--max-count={MAX_COMMITS}");
    let log = read(&["log", "--no-merges", "--format=%s", &count, &range, "--", "."])?;
    let lines: Vec<_> = log.lines().map(|subject| format!("- {}", escaped(subject))).collect();
    (!lines.is_empty()).then(|| lines.join("\n") + "\n")
}

/// The tag with the highest version.
fn last_tag<'a>(tags: &'a str, slug: &str) -> Option<&'a str> {
    let prefix = format!("{slug}-v");
    let version = |tag: &&str| Version::parse(tag.strip_prefix(&prefix)?).ok();
    tags.lines().filter(|tag| version(tag).is_some()).max_by_key(version)
}

/// A commit's subject is text: no mention, link or markup comes of it.
fn escaped(subject: &str) -> String {
    subject.chars().fold(String::new(), |mut text, letter| {
        if "\\`*_{}[]<>()#!|~".contains(letter) {
            text.push('\\');
        }
        text.push(letter);
        if letter == '@' {
            // A zero-width space keeps names from being mentioned.
            text.push('\u{200b}');
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{escaped, last_tag, section};

    const CHANGELOG: &str = "# Changelog\n\n## [1.10.0] - 2026-01-01\n\n### Added\n- ten\n\n## 1.1.0\n- one\n\n## v1.0.0\n\n## 0.9.0\n- nine\n";

    #[test]
    fn a_section_is_that_of_its_version_and_ends_at_the_next() {
        assert_eq!(section(CHANGELOG, "1.10.0").unwrap(), "### Added\n- ten\n");
        assert_eq!(section(CHANGELOG, "1.1.0").unwrap(), "- one\n");
        assert_eq!(section(CHANGELOG, "1.0.0"), None);
        assert_eq!(section(CHANGELOG, "1.1"), None);
    }

    #[test]
    fn versions_are_ordered_as_versions() {
        assert_eq!(last_tag("a-v1.9.0\na-v1.10.0\nab-v3.0.0\na-vx", "a"), Some("a-v1.10.0"));
    }

    #[test]
    fn subjects_are_text() {
        assert_eq!(escaped("fix <b> for @me"), "fix \\<b\\> for @\u{200b}me");
    }
}
