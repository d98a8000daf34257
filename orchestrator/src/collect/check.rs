//! What came out of an archive, against the manifest in it and the plan.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use config_schema::{
    manifest::{
        ARTIFACT_MANIFEST_FILE, Artifact, ArtifactManifest, RELEASE_MANIFEST_FILE, ReleaseManifest,
    },
    plan::{ArtifactKind, BuildPlan, FORMAT, Job},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{LandedFile, fault::Fault, names, place::BUILD_FILE, unpack::Unpacked};

/// Largest document in bytes: far above any plan or manifest.
const MAX_DOCUMENT_BYTES: u64 = 64 * 1024 * 1024;
/// The plan's file in its artifact.
pub(super) const PLAN_FILE: &str = "plan.json";
/// Verified files of one app, and where they come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checked {
    pub(super) app: String,
    /// Their folder in the archive.
    pub(super) folder: String,
    /// Paths as they will be in the build's folder.
    pub(super) files: Vec<LandedFile>,
    /// Hashes of files that are in other artifacts, by name.
    pub(super) others: BTreeMap<String, String>,
    /// Whether the installers were tried.
    pub(super) tried: bool,
}

/// The plan of a run.
pub(super) fn plan(dir: &Path, files: &[Unpacked]) -> Result<BuildPlan, Fault> {
    let [file] = files else {
        return Err(Fault::refused(format!("not one file, but {}", files.len())));
    };
    if file.path != PLAN_FILE {
        return Err(Fault::refused(format!("not a plan: {}", file.path)));
    }
    let plan: BuildPlan = document(dir, file)?;
    if plan.format != FORMAT {
        return Err(Fault::refused(format!("a plan of format {}, known is {FORMAT}", plan.format)));
    }
    let names = plan.apps.iter().flat_map(|app| [&app.id, &app.version, &app.slug]);
    let wrong = names.chain(plan.matrix.include.iter().map(|job| &job.app)).find(|name| {
        // Each becomes part of a path, and what begins with a dot is ours.
        names::part_fault(name).is_some() || name.starts_with('.')
    });
    match wrong {
        Some(name) => Err(Fault::refused(format!("not a name of an app: {name:?}"))),
        None => Ok(plan),
    }
}

/// The files of a job: those of its manifest, which are those of the plan.
pub(super) fn bundle(
    plan: &BuildPlan,
    job: &Job,
    dir: &Path,
    files: &[Unpacked],
) -> Result<Checked, Fault> {
    let (folder, inner) = one_folder(files)?;
    let file = named(&inner, ARTIFACT_MANIFEST_FILE)?;
    let manifest: ArtifactManifest = document(dir, file)?;
    let faults = manifest.faults(plan, job);
    if !faults.is_empty() {
        return Err(Fault::refused(format!("not what was planned: {}", faults.join("; "))));
    }
    let target = job.target;
    let mut landed = same(&inner, &manifest.artifacts, ARTIFACT_MANIFEST_FILE)?;
    for file in &mut landed {
        file.path = Path::new(target.name()).join(&file.path);
        file.target = Some(target);
    }
    Ok(Checked {
        app: manifest.app.id,
        folder: folder.to_owned(),
        files: landed,
        others: BTreeMap::new(),
        tried: manifest.verified,
    })
}

/// What a build has beside its installers, for each app.
pub(super) fn record(
    plan: &BuildPlan,
    dir: &Path,
    files: &[Unpacked],
) -> Result<Vec<Checked>, Fault> {
    let mut folders: BTreeMap<&str, Vec<Unpacked>> = BTreeMap::new();
    for file in files {
        let Some((folder, name)) = file.path.split_once('/') else {
            return Err(Fault::refused(format!("in no app's folder: {}", file.path)));
        };
        let inner = Unpacked { path: name.to_owned(), ..file.clone() };
        folders.entry(folder).or_default().push(inner);
    }
    let mut checked = Vec::new();
    for (folder, inner) in folders {
        let app = plan.apps.iter().find(|app| app.slug == folder);
        let app = app.ok_or_else(|| Fault::refused(format!("not in the plan: `{folder}`")))?;
        let inner: Vec<_> = inner.iter().map(|file| (file.path.as_str(), file)).collect();
        let file = named(&inner, RELEASE_MANIFEST_FILE)?;
        let manifest: ReleaseManifest = document(&dir.join(folder), file)?;
        let of = &manifest.app;
        if manifest.format != FORMAT || of.id != app.id || of.version != app.version {
            let text = format!("of another app: `{folder}` ({} {})", of.id, of.version);
            return Err(Fault::refused(text));
        }
        let (own, others): (Vec<_>, Vec<_>) =
            manifest.assets.into_iter().partition(|asset| asset.kind.is_of_release());
        checked.push(Checked {
            app: of.id.clone(),
            folder: folder.to_owned(),
            files: same(&inner, &own, RELEASE_MANIFEST_FILE)?,
            others: others.into_iter().map(|asset| (asset.name, asset.sha256)).collect(),
            tried: true,
        });
    }
    Ok(checked)
}

/// Fails when a record tells of other installers than there are.
pub(super) fn agree(all: &[Checked]) -> Result<(), String> {
    for record in all {
        let files = all.iter().filter(|other| other.app == record.app);
        let mut files = files.flat_map(|other| &other.files).filter(|file| file.target.is_some());
        let other = files.find(|file| {
            let name = file.path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            record.others.get(name).is_some_and(|sha256| *sha256 != file.sha256)
        });
        if let Some(file) = other {
            return Err(format!("the record tells of another file: {}", file.path.display()));
        }
    }
    Ok(())
}

/// A file, by its name in its folder.
type Inner<'a> = (&'a str, &'a Unpacked);

/// Files without the folder that they have in common, if they have one.
fn one_folder(files: &[Unpacked]) -> Result<(&str, Vec<Inner<'_>>), Fault> {
    let split = |file: &Unpacked| file.path.rsplit_once('/').map_or(0, |(folder, _)| folder.len());
    let Some(first) = files.first() else {
        return Err(Fault::refused("an empty archive"));
    };
    let folder = &first.path[..split(first)];
    let mut inner = Vec::new();
    for file in files {
        let at = split(file);
        if file.path[..at] != *folder {
            return Err(Fault::refused(format!("files of several folders: {}", file.path)));
        }
        inner.push((file.path[at..].trim_start_matches('/'), file));
    }
    Ok((folder, inner))
}

fn named<'a>(files: &[Inner<'a>], name: &str) -> Result<&'a Unpacked, Fault> {
    let found = files.iter().find(|(other, _)| *other == name);
    found.map(|(_, file)| *file).ok_or_else(|| Fault::refused(format!("no `{name}` in it")))
}

/// The files, when they are those of the list and the list itself. Paths are names.
fn same(files: &[Inner<'_>], listed: &[Artifact], list: &str) -> Result<Vec<LandedFile>, Fault> {
    let names: BTreeSet<_> = listed.iter().map(|artifact| artifact.name.as_str()).collect();
    if names.len() != listed.len() {
        return Err(Fault::refused("its manifest has a file twice"));
    }
    let stranger = files.iter().find(|(name, _)| *name != list && !names.contains(name));
    if let Some((name, _)) = stranger {
        return Err(Fault::refused(format!("not in its manifest: {name}")));
    }
    let mut landed = Vec::new();
    for artifact in listed {
        let reserved = [list, BUILD_FILE];
        if names::part_fault(&artifact.name).is_some() || reserved.contains(&&*artifact.name) {
            return Err(Fault::refused(format!("not a file name: {:?}", artifact.name)));
        }
        let file = named(files, &artifact.name)?;
        if file.size != artifact.size || file.sha256 != artifact.sha256 {
            let text = format!("other bytes than its manifest says: {}", artifact.name);
            return Err(Fault::refused(text));
        }
        landed.push(landed_file(&artifact.name, Some(artifact.kind), file));
    }
    landed.push(landed_file(list, None, named(files, list)?));
    Ok(landed)
}

fn landed_file(name: &str, kind: Option<ArtifactKind>, file: &Unpacked) -> LandedFile {
    LandedFile {
        path: name.into(),
        target: None,
        kind,
        size: file.size,
        sha256: file.sha256.clone(),
    }
}

fn document<T: DeserializeOwned>(dir: &Path, file: &Unpacked) -> Result<T, Fault> {
    if file.size > MAX_DOCUMENT_BYTES {
        return Err(Fault::refused(format!("too large: {} ({} bytes)", file.path, file.size)));
    }
    let bytes = fs_err::read(dir.join(&file.path))?;
    serde_json::from_slice(&bytes)
        .map_err(|cause| Fault::refused(format!("not understood: {}: {cause}", file.path)))
}
