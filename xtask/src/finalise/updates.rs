//! The updater manifest: version, and for each platform where the new file is and how it is signed.
//! https://v2.tauri.app/plugin/updater/#static-json-file

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use config_schema::{
    BundleFormat, Target,
    plan::{AppPlan, UpdatePlan},
};
use serde::Serialize;

use super::{Built, Inputs};
use crate::artifacts::{UPDATER_SIGNATURE_SUFFIX, is_updatable, updater_platform};

#[derive(Serialize)]
struct UpdaterManifest<'a> {
    version: &'a str,
    /// What is new, in Markdown, where the app's repository says it.
    #[serde(skip_serializing_if = "str::is_empty")]
    notes: &'a str,
    platforms: BTreeMap<String, Platform>,
}

#[derive(Clone, Serialize)]
struct Platform {
    signature: String,
    url: String,
}

/// The manifest's bytes. It has every platform of the plan, or there is none.
pub(super) fn manifest(
    app: &AppPlan,
    plan: &UpdatePlan,
    built: &Built,
    inputs: &Inputs<'_>,
    notes: &str,
) -> anyhow::Result<Vec<u8>> {
    let mut platforms = BTreeMap::new();
    for manifest in &built.manifests {
        for artifact in &manifest.artifacts {
            let format = artifact.kind.format().filter(|format| is_updatable(*format));
            let Some(format) = format else { continue };
            let name = format!("{}{UPDATER_SIGNATURE_SUFFIX}", artifact.name);
            let signed = built.files.iter().find(|(file, _)| file.name == name);
            let (_, path) = signed.with_context(|| format!("no signature: `{name}`"))?;
            let platform = Platform {
                signature: fs_err::read_to_string(path)?.trim().to_owned(),
                url: format!(
                    "{}/releases/download/{}/{}",
                    inputs.repository_url, app.tag, artifact.name
                ),
            };
            platforms.insert(updater_platform(manifest.target, format), platform);
        }
    }
    if let Some(missing) = plan.platforms.iter().find(|name| !platforms.contains_key(*name)) {
        bail!("no update for a platform of the plan: `{missing}`");
    }
    add_general_names(built, &mut platforms);
    let manifest = UpdaterManifest { version: &app.version, notes: notes.trim(), platforms };
    let mut text = serde_json::to_vec_pretty(&manifest)?;
    text.push(b'\n');
    Ok(text)
}

/// Updaters that do not say how their app was installed ask for `{system}-{processor}`: they get the first format of the
/// system's list.
fn add_general_names(built: &Built, platforms: &mut BTreeMap<String, Platform>) {
    for target in built.manifests.iter().map(|manifest| manifest.target) {
        let formats = target.row().system.formats().iter();
        let offered = formats
            .filter(|format| is_updatable(**format))
            .find_map(|format| platforms.get(&updater_platform(target, *format)).cloned());
        if let Some(platform) = offered {
            platforms.insert(general_name(target), platform);
        }
    }
}

fn general_name(target: Target) -> String {
    let full = updater_platform(target, BundleFormat::App);
    full.trim_end_matches("-app").to_owned()
}
