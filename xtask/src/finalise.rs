//! `finalise`: everything that the jobs made, compared with the plan, becomes one folder for each release. Only files are
//! written here; `deskwright release` carries them to GitHub.

mod compare;
mod notes;
mod sbom;
mod updates;

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use config_schema::{
    manifest::{AppRef, Artifact, RELEASE_MANIFEST_FILE, ReleaseManifest, UpdateFile},
    plan::{AppPlan, ArtifactKind, BuildPlan, FORMAT},
};
use runtime_settings::Sha256;
use serde::Serialize;

use crate::{printer::Printer, write_whole};

pub(crate) use compare::Built;

/// One list of digests over all releases of a build: what is attested.
pub(crate) const CHECKSUMS_FILE: &str = "SHA256SUMS";

/// What goes in besides the plan.
pub(crate) struct Inputs<'a> {
    /// Where the jobs' artifacts are, at any depth.
    pub(crate) artifacts: &'a Path,
    /// What `content` collected: notes and npm packages. None: neither is known.
    pub(crate) content: Option<&'a Path>,
    /// The commit that was built.
    pub(crate) commit: Option<String>,
    /// `https://github.com/owner/name`: where released files will be found.
    pub(crate) repository_url: String,
}

/// What `finalise` tells.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outcome {
    pub(crate) releases: Vec<ReleaseManifest>,
    /// Apps of a plan that allows it of which no target was built.
    pub(crate) nothing_built: Vec<String>,
}

impl Outcome {
    /// Copies what is not an installer, by app: what a desk keeps of a build beside the artifacts of its jobs.
    pub(crate) fn write_record(&self, releases: &Path, out: &Path) -> anyhow::Result<()> {
        write_whole::folder(out, |dir| {
            for release in &self.releases {
                let slug = &release.app.slug;
                let (from, to) = (releases.join(slug), dir.join(slug));
                fs_err::create_dir_all(&to)?;
                let own = release.assets.iter().filter(|asset| asset.kind.is_of_release());
                let own = own.map(|asset| asset.name.as_str());
                for name in own.chain([RELEASE_MANIFEST_FILE]) {
                    fs_err::copy(from.join(name), to.join(name))?;
                }
            }
            Ok(())
        })
    }
}

/// Writes one folder for each app of the plan, and the list of all digests.
pub(crate) fn finalise(
    plan: &BuildPlan,
    inputs: &Inputs<'_>,
    out: &Path,
    printer: &Printer,
) -> anyhow::Result<Outcome> {
    let mut built = compare::all(plan, inputs.artifacts)?;
    let mut outcome = Outcome { releases: Vec::new(), nothing_built: Vec::new() };
    write_whole::folder(out, |dir| {
        for app in &plan.apps {
            let Some(built) = built.remove(&app.slug) else {
                outcome.nothing_built.push(app.slug.clone());
                continue;
            };
            printer.status("Finalising", &app.tag);
            let release = Release { app, inputs, built, dir: dir.join(&app.slug) };
            outcome.releases.push(release.write()?);
        }
        fs_err::write(dir.join(CHECKSUMS_FILE), all_checksums(&outcome.releases))?;
        Ok(())
    })?;
    Ok(outcome)
}

/// The release of one app, on its way to disk.
struct Release<'a> {
    app: &'a AppPlan,
    inputs: &'a Inputs<'a>,
    built: Built,
    dir: std::path::PathBuf,
}

impl Release<'_> {
    fn write(self) -> anyhow::Result<ReleaseManifest> {
        fs_err::create_dir_all(&self.dir)?;
        let mut assets = Vec::new();
        for (artifact, path) in &self.built.files {
            fs_err::copy(path, self.dir.join(&artifact.name))?;
            assets.push(artifact.clone());
        }
        assets.push(self.asset(ArtifactKind::Config, "app.config.json", &self.config()?)?);
        let sbom = sbom::document(self.app, self.npm_lock()?.as_deref())?;
        assets.push(self.asset(ArtifactKind::Sbom, "cdx.json", &sbom)?);
        let updates = self.updates(&mut assets)?;
        let sums =
            checksums(assets.iter().map(|asset| (asset.sha256.as_str(), asset.name.as_str())));
        assets.push(self.asset(ArtifactKind::Checksums, "SHA256SUMS", sums.as_bytes())?);
        let manifest = ReleaseManifest {
            format: FORMAT,
            app: AppRef {
                id: self.app.id.clone(),
                slug: self.app.slug.clone(),
                version: self.app.version.clone(),
            },
            tag: self.app.tag.clone(),
            title: format!("{} {}", self.app.name, self.app.version),
            prerelease: self.app.prerelease,
            commit: self.inputs.commit.clone(),
            notes: notes::text(self.app, &self.own_notes()?, &self.built),
            partial: self.built.missing.clone(),
            assets,
            updates,
        };
        fs_err::write(self.dir.join(RELEASE_MANIFEST_FILE), serde_json::to_vec_pretty(&manifest)?)?;
        Ok(manifest)
    }

    /// Writes a file of ours, named after app and version as installers are.
    fn asset(&self, kind: ArtifactKind, suffix: &str, bytes: &[u8]) -> anyhow::Result<Artifact> {
        let name = format!("{}_{}.{suffix}", self.app.slug, self.app.version);
        fs_err::write(self.dir.join(&name), bytes)?;
        let sha256 = Sha256::of(bytes).to_string();
        Ok(Artifact { kind, name, size: bytes.len() as u64, sha256 })
    }

    fn config(&self) -> anyhow::Result<Vec<u8>> {
        let mut text = serde_json::to_vec_pretty(&self.app.config)?;
        text.push(b'\n');
        Ok(text)
    }

    fn updates(&self, assets: &mut Vec<Artifact>) -> anyhow::Result<Option<UpdateFile>> {
        let Some(plan) = &self.app.updates else { return Ok(None) };
        if !self.built.missing.is_empty() {
            // Every platform of the plan or none: a manifest that lost one would end that platform's updates.
            return Ok(None);
        }
        let manifest =
            updates::manifest(self.app, plan, &self.built, self.inputs, &self.own_notes()?)?;
        let suffix = format!("{}.json", plan.channel);
        let asset = self.asset(ArtifactKind::UpdaterManifest, &suffix, &manifest)?;
        let file = asset.name.clone();
        assets.push(asset);
        Ok(plan.path.clone().map(|path| UpdateFile { path, file }))
    }

    fn own_notes(&self) -> anyhow::Result<String> {
        Ok(self.collected(crate::app_source::NOTES_FILE)?.unwrap_or_default())
    }

    fn npm_lock(&self) -> anyhow::Result<Option<String>> {
        self.collected(crate::app_source::NPM_LOCK_FILE)
    }

    fn collected(&self, name: &str) -> anyhow::Result<Option<String>> {
        let Some(content) = self.inputs.content else { return Ok(None) };
        let path = content.join(&self.app.slug).join(name);
        Ok(if path.is_file() { Some(fs_err::read_to_string(path)?) } else { None })
    }
}

/// As `sha256sum` writes it.
fn checksums<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let sorted: BTreeMap<_, _> = files.map(|(digest, name)| (name, digest)).collect();
    sorted.into_iter().fold(String::new(), |mut text, (name, digest)| {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{digest}  {name}");
        text
    })
}

fn all_checksums(releases: &[ReleaseManifest]) -> String {
    let assets = releases.iter().flat_map(|release| &release.assets);
    checksums(assets.map(|asset| (asset.sha256.as_str(), asset.name.as_str())))
}
