//! Tags and versions: a tag is used once, and a version rises within its app.

use semver::Version;

use crate::{Github, error};

/// Refuses a tag that is there, and a version that is not above every other of the same app.
pub(crate) async fn check(
    github: &Github,
    slug: &str,
    version: &str,
    tag: &str,
) -> anyhow::Result<()> {
    let start = format!("{slug}-v");
    let tags = github.tags(&start).await?;
    judge(tags.iter().map(|(name, _)| name.as_str()), &start, version, tag)
}

fn judge<'a>(
    tags: impl Iterator<Item = &'a str>,
    start: &str,
    version: &str,
    tag: &str,
) -> anyhow::Result<()> {
    let hint = "raise `app.version` in the config";
    let new = Version::parse(version)
        .map_err(|_| error::usage(format!("not a version: {version}"), hint))?;
    let mut highest: Option<Version> = None;
    for name in tags {
        if name == tag {
            return Err(error::hinted(format!("the tag is there already: {tag}"), hint));
        }
        // A slug may begin with another one; then the rest is no version.
        if let Some(old) = name.strip_prefix(start).and_then(|rest| Version::parse(rest).ok()) {
            highest = highest.max(Some(old));
        }
    }
    match highest {
        Some(highest) if highest >= new => Err(error::hinted(
            format!("the version does not rise: {version} after {start}{highest}"),
            hint,
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::judge;

    fn said(tags: &[&str], version: &str) -> String {
        let tag = format!("a-v{version}");
        judge(tags.iter().copied(), "a-v", version, &tag)
            .map_or_else(|error| error.to_string(), |()| "rises".to_owned())
    }

    #[test]
    fn versions_rise_within_an_app() {
        assert_eq!(said(&[], "0.1.0"), "rises");
        assert_eq!(said(&["a-v1.0.0", "a-v0.9.0"], "1.0.1"), "rises");
        assert_eq!(said(&["a-v1.0.0"], "1.0.0"), "the tag is there already: a-v1.0.0");
        assert_eq!(
            said(&["a-v1.0.0", "a-v1.10.0"], "1.9.0"),
            "the version does not rise: 1.9.0 after a-v1.10.0"
        );
        assert_eq!(said(&["a-v1.0.0-rc.1"], "1.0.0"), "rises");
        assert_eq!(said(&["a-v1.0.0-rc.2"], "1.0.0-rc.10"), "rises");
        assert_eq!(
            said(&["a-v1.0.0"], "1.0.0-rc.1"),
            "the version does not rise: 1.0.0-rc.1 after a-v1.0.0"
        );
        assert_eq!(said(&["a-vb-v9.0.0", "a-vtest"], "0.1.0"), "rises", "other apps' tags");
    }
}
