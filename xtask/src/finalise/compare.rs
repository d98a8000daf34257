//! What the jobs made against what the plan says: nothing missing, nothing twice, nothing altered, nothing besides.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use config_schema::{
    Target,
    manifest::{ARTIFACT_MANIFEST_FILE, Artifact, ArtifactManifest},
    plan::{BuildPlan, Job},
};
use runtime_settings::Sha256;
use walkdir::WalkDir;

use crate::error;

/// Files of one app that are as they should be.
#[derive(Debug, Default)]
pub(crate) struct Built {
    pub(crate) manifests: Vec<ArtifactManifest>,
    /// Each file and where it is.
    pub(crate) files: Vec<(Artifact, PathBuf)>,
    /// Targets of the plan that were not built, where that is allowed.
    pub(crate) missing: Vec<Target>,
}

/// A manifest and the folder that it is in.
type Found = (ArtifactManifest, PathBuf);

/// Everything that was built, by app. Every fault is told, not only the first.
pub(super) fn all(plan: &BuildPlan, dir: &Path) -> anyhow::Result<BTreeMap<String, Built>> {
    let mut faults = Vec::new();
    let mut found = read_manifests(dir, &mut faults)?;
    let mut built: BTreeMap<String, Built> = BTreeMap::new();
    for job in &plan.matrix.include {
        let key = (job.app.clone(), job.target);
        let Some(found) = found.remove(&key) else {
            if plan.allow_partial {
                built.entry(job.app.clone()).or_default().missing.push(job.target);
            } else {
                faults.push(format!("missing: `{}` for {}", job.app, job.target.name()));
            }
            continue;
        };
        let entry = built.entry(job.app.clone()).or_default();
        check(plan, job, found, entry, &mut faults)?;
    }
    for (app, target) in found.keys() {
        faults.push(format!("not in the plan: `{app}` for {}", target.name()));
    }
    built.retain(|_, built| !built.files.is_empty());
    if faults.is_empty() && built.is_empty() {
        faults.push("nothing was built".to_owned());
    }
    if faults.is_empty() {
        return Ok(built);
    }
    Err(error::hinted(
        format!("what was built is not what was planned:\n  {}", faults.join("\n  ")),
        "see the failed jobs above, and run them again; `--allow-partial` releases what is there",
    ))
}

fn read_manifests(
    dir: &Path,
    faults: &mut Vec<String>,
) -> anyhow::Result<BTreeMap<(String, Target), Found>> {
    let mut found = BTreeMap::new();
    for entry in WalkDir::new(dir).sort_by_file_name() {
        let entry = entry.with_context(|| format!("failed to read `{}`", dir.display()))?;
        if entry.file_name() != ARTIFACT_MANIFEST_FILE {
            continue;
        }
        let manifest: ArtifactManifest = match serde_json::from_slice(&fs_err::read(entry.path())?)
        {
            Ok(manifest) => manifest,
            Err(cause) => {
                faults.push(format!("not a manifest: `{}`: {cause}", entry.path().display()));
                continue;
            }
        };
        let folder = entry.path().parent().unwrap_or(dir).to_owned();
        let key = (manifest.app.slug.clone(), manifest.target);
        if found.contains_key(&key) {
            faults.push(format!("twice: `{}` for {}", key.0, key.1.name()));
            continue;
        }
        found.insert(key, (manifest, folder));
    }
    Ok(found)
}

fn check(
    plan: &BuildPlan,
    job: &Job,
    (manifest, folder): Found,
    built: &mut Built,
    faults: &mut Vec<String>,
) -> anyhow::Result<()> {
    let mut fault = |what: String| {
        faults.push(format!("`{}` for {}: {what}", job.app, job.target.name()));
    };
    manifest.faults(plan, job).into_iter().for_each(&mut fault);
    for artifact in &manifest.artifacts {
        let path = folder.join(&artifact.name);
        // A name from the plan has no folder in it; any other was told above.
        if !job.artifacts.contains(&artifact.expectation()) {
            continue;
        }
        match fs_err::File::open(&path) {
            Err(_) => fault(format!("not there: `{}`", artifact.name)),
            Ok(file) => {
                let size = file.metadata()?.len();
                let digest = Sha256::of_reader(file)?.to_string();
                if size != artifact.size || digest != artifact.sha256 {
                    fault(format!("other bytes than its manifest says: `{}`", artifact.name));
                }
                built.files.push((artifact.clone(), path));
            }
        }
    }
    built.manifests.push(manifest);
    Ok(())
}
