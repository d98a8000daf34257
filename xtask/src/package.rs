//! `package`: the installers of a bundled tree, under their release names, with the manifest that tells of them.

use std::path::Path;

use anyhow::Context as _;
use config_schema::{
    AppModel, Target,
    manifest::{ARTIFACT_MANIFEST_FILE, AppRef, Artifact, ArtifactManifest, RuntimeRef},
    plan::{ExpectedArtifact, FORMAT},
};

use crate::{
    artifacts,
    bundle::{BundleRecord, BundledFile},
    config_file, error,
    render::TemplateSet,
    runtime::{self, Profile},
    stamp::Stamped,
    verify,
    workspace::template_app,
    write_whole,
};

/// Copies the installers of `tree` to `out`, and writes their manifest beside them.
pub(crate) fn package(tree: &Path, target: Target, out: &Path) -> anyhow::Result<ArtifactManifest> {
    let model = config_file::load_rendered(tree)?;
    let record = BundleRecord::read(tree)?;
    if record.target != target {
        return Err(error::usage(
            format!("bundled for `{}`, not for `{}`", record.target.name(), target.name()),
            "name the target that was bundled",
        ));
    }
    let mut packaged = Vec::new();
    for file in &record.artifacts {
        packaged.push((artifact(file)?, &file.path));
    }
    let manifest = manifest(tree, &model, &record, packaged.iter().map(|(file, _)| file.clone()))?;
    check_complete(&model, &record, &manifest)?;
    write_whole::folder(out, |dir| {
        for (artifact, path) in &packaged {
            fs_err::copy(path, dir.join(&artifact.name))?;
        }
        let text = serde_json::to_vec_pretty(&manifest)?;
        fs_err::write(dir.join(ARTIFACT_MANIFEST_FILE), text)?;
        Ok(())
    })?;
    Ok(manifest)
}

/// Describes a file as it is now, which must be as it was made.
fn artifact(file: &BundledFile) -> anyhow::Result<Artifact> {
    let now = BundledFile::of(file.kind, file.path.clone())?;
    if now.sha256 != file.sha256 {
        return Err(error::hinted(
            format!("changed since it was bundled: `{}`", file.path.display()),
            "bundle again: `cargo xtask bundle`",
        ));
    }
    let name = file.path.file_name().and_then(|name| name.to_str());
    Ok(Artifact {
        kind: file.kind,
        name: name.context("an installer has a name")?.to_owned(),
        size: now.size,
        sha256: now.sha256.to_string(),
    })
}

fn manifest(
    tree: &Path,
    model: &AppModel,
    record: &BundleRecord,
    artifacts: impl Iterator<Item = Artifact>,
) -> anyhow::Result<ArtifactManifest> {
    let stamped = Stamped::of_tree(tree, Profile::Release.name())?;
    let templates = TemplateSet::read(&template_app())?;
    Ok(ArtifactManifest {
        format: FORMAT,
        app: AppRef {
            id: model.app.id.to_string(),
            slug: model.app.slug.to_string(),
            version: model.app.version.to_string(),
        },
        target: record.target,
        runtime: RuntimeRef {
            key: runtime::published_key(&templates, model.variant(), record.target)?,
            sha256: stamped.runtime.to_string(),
        },
        pack: stamped.pack.to_string(),
        signing: record.signing,
        verified: verify::was_verified(tree, record)?,
        artifacts: artifacts.collect(),
    })
}

/// Every signature that the config asks for is there for each installer that was made.
fn check_complete(
    model: &AppModel,
    record: &BundleRecord,
    manifest: &ArtifactManifest,
) -> anyhow::Result<()> {
    let formats: Vec<_> = record.artifacts.iter().filter_map(|file| file.kind.format()).collect();
    let is_there = |wanted: &ExpectedArtifact| {
        manifest.artifacts.iter().any(|file| file.name == wanted.name && file.kind == wanted.kind)
    };
    let expected = artifacts::expected(model, record.target, &formats);
    match expected.iter().find(|wanted| !is_there(wanted)) {
        None => Ok(()),
        Some(missing) => Err(error::hinted(
            format!("not made: `{}`", missing.name),
            "bundle with `--sign`, with the secrets that `cargo xtask plan` lists",
        )),
    }
}
