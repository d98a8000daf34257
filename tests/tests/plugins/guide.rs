//! `docs/plugins.md` is true: each of its commands is run as it stands there, and its tables say what the code says.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use runtime_settings::plugins::{PluginLimits, PluginManifest};
use serde_json::Value;

use super::{
    page::{self, Step},
    scratch::Scratch,
};

const GUIDE: &str = include_str!("../../../docs/plugins.md");
/// Where the codes of failed calls are defined.
const CODES: &str = include_str!("../../../template-app/crates/plugin-host/src/error.rs");

#[tokio::test]
async fn every_command_of_the_guide_works_as_it_stands_there() -> Result<()> {
    let steps = page::steps(GUIDE)?;
    let commands = steps.iter().filter(|step| matches!(step, Step::Run { .. })).count();
    assert!(commands > 15, "{commands}");
    let scratch = Scratch::new()?;
    for step in steps {
        match step {
            Step::Write { path, text } => scratch.write(&path, &text)?,
            Step::Run { line, printed } => {
                let said = scratch.run(&line).await?;
                let lines: Vec<&str> = said.text.trim_end().lines().collect();
                page::check(&printed, &lines).context(line.clone())?;
                // A failure that is shown must be one, and no other may be.
                let fails = printed
                    .iter()
                    .any(|line| line.starts_with("error:") || line.starts_with(r#"{"ok":false"#));
                ensure!(
                    (said.code != 0) == fails,
                    "{line}: exit code {}\n{}",
                    said.code,
                    said.text
                );
            }
        }
    }
    Ok(())
}

#[test]
fn the_limits_of_the_guide_are_those_of_the_code() -> Result<()> {
    let limits = serde_json::to_value(PluginLimits::default())?;
    let limits = limits.as_object().context("limits are an object")?;
    let told = page::table(GUIDE, "## Limits")?;
    let number = |text: &str| {
        text.split_whitespace().next().and_then(|text| text.replace(',', "").parse().ok())
    };
    for (name, value) in limits {
        let row = told.iter().find(|row| row[0] == format!("`{name}`"));
        let row = row.with_context(|| format!("not in the guide: {name}"))?;
        let default: Option<u64> = number(row[1]);
        assert_eq!(default, value.as_u64(), "{name}");
    }
    assert_eq!(told.len(), limits.len() + 2, "besides, there are `concurrency` and `queue`");
    Ok(())
}

#[test]
fn the_codes_of_the_guide_are_those_of_the_code() -> Result<()> {
    let known: BTreeSet<&str> = CODES
        .lines()
        .filter_map(|line| line.trim().strip_suffix(';')?.split('"').nth(1))
        .filter(|code| code.bytes().all(|c| c.is_ascii_lowercase() || c == b'-'))
        .collect();
    assert!(known.len() > 15, "{known:?}");
    let rows = page::table(GUIDE, "## Errors and cures")?;
    let told: BTreeSet<&str> = rows.iter().map(|row| row[0].trim_matches('`')).collect();
    let told: BTreeSet<&str> =
        told.iter().filter_map(|code| code.strip_prefix("plugins/")).collect();
    assert_eq!(told, known);
    Ok(())
}

#[test]
fn the_manifest_of_the_guide_is_one() -> Result<()> {
    let blocks = GUIDE.split("```json").skip(1).filter_map(|rest| rest.split("```").next());
    let manifests: Vec<&str> = blocks.filter(|block| block.contains("\"sha256\": \"0e")).collect();
    assert_eq!(manifests.len(), 1);
    let text = manifests[0].split_once('\n').context("a block has lines")?.1;
    let manifest = PluginManifest::parse(text.as_bytes())?;
    let fields: Value = serde_json::to_value(manifest)?;
    for field in ["version", "description", "sha256", "limits"] {
        assert!(!fields[field].is_null(), "{field}");
    }
    Ok(())
}
