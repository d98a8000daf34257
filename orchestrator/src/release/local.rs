//! The plan, the manifests and their files, held against each other before anything is sent.

use std::{
    collections::BTreeSet,
    io::Read as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use config_schema::{
    manifest::{Artifact, RELEASE_MANIFEST_FILE, ReleaseManifest},
    plan::{AppPlan, ArtifactKind, BuildPlan, FORMAT},
};
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::error;

/// Largest asset in bytes: GitHub takes less than 2 GiB.
const MAX_ASSET_BYTES: u64 = 2 * 1024 * 1024 * 1024 - 1;
/// Largest document in bytes: far above any plan or manifest.
const MAX_DOCUMENT_BYTES: u64 = 64 * 1024 * 1024;
/// What is read of a file at once, in bytes.
const CHUNK_LEN: usize = 256 * 1024;
/// Characters of an asset's name beside letters and digits. GitHub changes all others, and then nobody finds the file.
const NAME_MARKS: &str = "._-+";
/// A release whose files are what its manifest says.
#[derive(Debug)]
pub struct Prepared {
    pub manifest: ReleaseManifest,
    /// The folder of its files.
    pub(super) dir: PathBuf,
    /// SHA-256 of the manifest.
    pub(super) digest: String,
    /// Path on the branch and content of the updater manifest.
    pub(super) update: Option<Update>,
}

#[derive(Debug)]
pub(super) struct Update {
    pub(super) path: String,
    pub(super) text: String,
}

impl Prepared {
    pub(super) fn path(&self, asset: &Artifact) -> PathBuf {
        self.dir.join(&asset.name)
    }
}

/// The plan of a build.
pub fn read_plan(path: &Path) -> anyhow::Result<BuildPlan> {
    let (plan, _) = document::<BuildPlan>(path, "plan")?;
    check_format(path, plan.format)?;
    Ok(plan)
}

/// The releases that the manifests describe. A path is a manifest, its folder, or a folder of such folders.
pub fn prepare(plan: &BuildPlan, paths: &[PathBuf]) -> anyhow::Result<Vec<Prepared>> {
    let mut prepared: Vec<Prepared> = Vec::new();
    for path in paths {
        for file in manifests_at(path)? {
            let one =
                prepare_one(plan, &file).with_context(|| format!("refused: {}", file.display()))?;
            let slug = &one.manifest.app.slug;
            if prepared.iter().any(|other| other.manifest.app.slug == *slug) {
                return Err(error::usage(
                    format!("two manifests are of one app: {slug}"),
                    "name each release once",
                ));
            }
            prepared.push(one);
        }
    }
    let released = |app: &&AppPlan| prepared.iter().any(|one| one.manifest.app.slug == app.slug);
    let missing: Vec<_> =
        plan.apps.iter().filter(|app| !released(app)).map(|app| app.slug.as_str()).collect();
    if !missing.is_empty() && !plan.allow_partial {
        return Err(error::hinted(
            format!("the plan has apps without a manifest: {}", missing.join(", ")),
            "build them, or plan with `--allow-partial`",
        ));
    }
    Ok(prepared)
}

fn manifests_at(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let own = path.join(RELEASE_MANIFEST_FILE);
    if own.is_file() {
        return Ok(vec![own]);
    }
    let mut found = Vec::new();
    for entry in fs_err::read_dir(path)? {
        let inner = entry?.path().join(RELEASE_MANIFEST_FILE);
        if inner.is_file() {
            found.push(inner);
        }
    }
    // The order of a folder is chance.
    found.sort();
    if found.is_empty() {
        return Err(error::usage(
            format!("no `{RELEASE_MANIFEST_FILE}` in: {}", path.display()),
            "`cargo xtask finalise` writes it",
        ));
    }
    Ok(found)
}

fn prepare_one(plan: &BuildPlan, path: &Path) -> anyhow::Result<Prepared> {
    let (manifest, digest) = document::<ReleaseManifest>(path, "manifest")?;
    check_format(path, manifest.format)?;
    let app = planned(plan, &manifest)?;
    check_names(&manifest)?;
    check_complete(plan, app, &manifest)?;
    let dir = path.parent().unwrap_or(Path::new("")).to_owned();
    for asset in &manifest.assets {
        check_file(&dir.join(&asset.name), asset)?;
    }
    let update = update(app, &manifest, &dir)?;
    Ok(Prepared { manifest, dir, digest, update })
}

/// The plan's app that a manifest is of.
fn planned<'a>(plan: &'a BuildPlan, manifest: &ReleaseManifest) -> anyhow::Result<&'a AppPlan> {
    let of = &manifest.app;
    let app = plan.apps.iter().find(|app| app.slug == of.slug);
    let same = app.filter(|app| {
        app.id == of.id
            && app.version == of.version
            && app.tag == manifest.tag
            && app.prerelease == manifest.prerelease
    });
    same.ok_or_else(|| {
        error::hinted(
            format!(
                "the manifest is of no app of the plan: `{}` {} as {}",
                of.slug, of.version, manifest.tag
            ),
            "take plan and manifest from the same build",
        )
    })
}

fn check_names(manifest: &ReleaseManifest) -> anyhow::Result<()> {
    let mut names = BTreeSet::new();
    for Artifact { name, .. } in &manifest.assets {
        let known = |c: char| c.is_ascii_alphanumeric() || NAME_MARKS.contains(c);
        if name.is_empty()
            || !name.chars().all(known)
            || name.starts_with('.')
            || name.ends_with('.')
        {
            return Err(error::hinted(
                format!("not a name for an asset: {name:?}"),
                "names have ASCII letters, digits, dots, hyphens, underscores and plus signs",
            ));
        }
        if !names.insert(name) {
            return Err(error::hinted(
                format!("the manifest has an asset twice: {name}"),
                "make it again with `cargo xtask finalise`",
            ));
        }
    }
    Ok(())
}

/// Whether the manifest has what the plan expects, and nothing else.
fn check_complete(
    plan: &BuildPlan,
    app: &AppPlan,
    manifest: &ReleaseManifest,
) -> anyhow::Result<()> {
    if !manifest.partial.is_empty() && !plan.allow_partial {
        let names: Vec<_> = manifest.partial.iter().map(|target| target.name()).collect();
        return Err(error::hinted(
            format!(
                "the release lacks targets, which the plan does not allow: {}",
                names.join(", ")
            ),
            "build them, or plan with `--allow-partial`",
        ));
    }
    let has = |kind, name: &str| {
        manifest.assets.iter().any(|asset| asset.kind == kind && asset.name == name)
    };
    let jobs = || plan.matrix.include.iter().filter(|job| job.app == app.slug);
    let built = jobs().filter(|job| !manifest.partial.contains(&job.target));
    let expected = built.flat_map(|job| &job.artifacts).filter(|file| !has(file.kind, &file.name));
    let mut missing: Vec<_> = expected.map(|file| file.name.as_str()).collect();
    if app.updates.is_some()
        && manifest.partial.is_empty()
        && !has_kind(manifest, ArtifactKind::UpdaterManifest)
    {
        missing.push("the updater manifest");
    }
    if !missing.is_empty() {
        return Err(error::hinted(
            format!("the manifest lacks what the plan expects: {}", missing.join(", ")),
            "take plan and manifest from the same build, and build what failed",
        ));
    }
    let planned = |asset: &&Artifact| {
        let mut of_jobs = jobs().flat_map(|job| &job.artifacts);
        asset.kind.is_of_release()
            || of_jobs.any(|file| file.kind == asset.kind && file.name == asset.name)
    };
    let stranger = manifest.assets.iter().find(|asset| !planned(asset));
    stranger.map_or(Ok(()), |asset| {
        let hint = "take plan and manifest from the same build";
        Err(error::hinted(
            format!("the manifest has a file that the plan does not know: {}", asset.name),
            hint,
        ))
    })
}

fn has_kind(manifest: &ReleaseManifest, kind: ArtifactKind) -> bool {
    manifest.assets.iter().any(|asset| asset.kind == kind)
}

fn check_file(path: &Path, asset: &Artifact) -> anyhow::Result<()> {
    let hint = "the file was changed after the build, or damaged on its way: build again";
    if asset.size == 0 || asset.size > MAX_ASSET_BYTES {
        let message =
            format!("GitHub takes no file of this size: {} ({} bytes)", asset.name, asset.size);
        return Err(error::hinted(
            message,
            "a release's file has at least one byte and less than 2 GiB",
        ));
    }
    let mut file = fs_err::File::open(path)?;
    let size = file.metadata()?.len();
    if size != asset.size {
        let message = format!(
            "the file has another size than the manifest says: {} ({size} bytes, not {})",
            asset.name, asset.size
        );
        return Err(error::hinted(message, hint));
    }
    let mut hash = Sha256::new();
    let mut buffer = vec![0; CHUNK_LEN];
    loop {
        let len = file.read(&mut buffer)?;
        if len == 0 {
            break;
        }
        hash.update(&buffer[..len]);
    }
    let found = hex(&hash.finalize());
    if found != asset.sha256 {
        let message =
            format!("the file has another hash than the manifest says: {} ({found})", asset.name);
        return Err(error::hinted(message, hint));
    }
    Ok(())
}

/// The updater manifest that goes to the branch.
fn update(app: &AppPlan, manifest: &ReleaseManifest, dir: &Path) -> anyhow::Result<Option<Update>> {
    let planned = app.updates.as_ref().and_then(|updates| updates.path.as_deref());
    let Some(update) = &manifest.updates else { return Ok(None) };
    let listed =
        |asset: &Artifact| asset.kind == ArtifactKind::UpdaterManifest && asset.name == update.file;
    if planned != Some(update.path.as_str()) || !manifest.assets.iter().any(listed) {
        return Err(error::hinted(
            format!(
                "the updater manifest is not the planned one: `{}` for {}",
                update.file, update.path
            ),
            "take plan and manifest from the same build",
        ));
    }
    let text = fs_err::read_to_string(dir.join(&update.file))?;
    Ok(Some(Update { path: update.path.clone(), text }))
}

/// A document, and the SHA-256 of its bytes.
fn document<T: DeserializeOwned>(path: &Path, what: &str) -> anyhow::Result<(T, String)> {
    let size = fs_err::metadata(path)?.len();
    if size > MAX_DOCUMENT_BYTES {
        return Err(error::usage(
            format!("too large for a {what}: {}", path.display()),
            "name another file",
        ));
    }
    let bytes = fs_err::read(path)?;
    let document = serde_json::from_slice(&bytes).map_err(|fault| {
        let hint = "`cargo xtask plan` writes the plan, `cargo xtask finalise` the manifests";
        error::usage(format!("no such {what}: {} ({fault})", path.display()), hint)
    })?;
    Ok((document, hex(&Sha256::digest(&bytes))))
}

fn check_format(path: &Path, format: u32) -> anyhow::Result<()> {
    if format == FORMAT {
        return Ok(());
    }
    let message = format!("format {format} is not known here: {}", path.display());
    Err(error::usage(message, "use tools and documents of one version"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
