//! The assets of a release: by GitHub's digests, and by the list of hashes among them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use config_schema::{Arch, BundleFormat, System, Target, plan::ArtifactKind};
use futures_util::StreamExt as _;
use tokio::task::spawn_blocking;

use super::{
    Landed, LandedFile, RunFacts,
    check::Checked,
    content,
    download::{self, Wanted},
    fault::on_disk,
    kept,
    land::{self, BuildFile, Source},
    latest, names,
    place::{BUILD_FILE, Place, Work},
    unpack,
};
use crate::{
    Event, Github, error,
    github::{Asset, Release, Remote, found},
    state::BuildId,
};

/// Assets at the same time (count), as with artifacts.
const AT_ONCE: usize = 4;
/// What the names of the assets end in that tell of the others.
const CHECKSUMS_END: &str = ".SHA256SUMS";
const CONFIG_END: &str = ".app.config.json";
const SBOM_END: &str = ".cdx.json";
/// What an asset's name ends in that is about another.
const SIGNATURE_END: &str = ".asc";
const UPDATER_SIGNATURE_END: &str = ".sig";

pub(super) async fn release(github: &Github, tag: &str, out: &Path) -> anyhow::Result<Landed> {
    let no_release = || {
        error::usage(
            format!("no public release has this tag: {tag}"),
            "see the repository's page of releases; a draft is collected by its run",
        )
    };
    let release = found(github.release_by_tag(tag).await)?.ok_or_else(no_release)?;
    if let Some(fault) = names::part_fault(tag) {
        return Err(error::hinted(format!("not a tag of ours: {tag} ({fault})"), NOT_OURS));
    }
    let assets = github.assets(release.id).await?;
    check_names(&assets)?;
    let place = Place::of(out);
    let work = place.work_of_release(release.id);
    let known = (github.clone(), release.clone(), assets.clone(), place.clone());
    let known = spawn_blocking(move || there(&known.0, &known.1, &known.2, &known.3)).await??;
    if let Some(landed) = known {
        return Ok(landed);
    }
    let build = BuildId::new();
    let running = assets.iter().map(|asset| fetch(github, &build, &work, asset));
    let ended: Vec<_> =
        futures_util::stream::iter(running).buffer_unordered(AT_ONCE).collect().await;
    ended.into_iter().collect::<anyhow::Result<Vec<()>>>()?;
    let commit = github.tags(tag).await?.into_iter().find(|(name, _)| name == tag);
    let facts = RunFacts {
        id: release.id,
        attempt: 1,
        commit: commit.map(|(_, commit)| commit).unwrap_or_default(),
        created_at: release.published_at.unwrap_or(jiff::Timestamp::UNIX_EPOCH),
        url: release.html_url.clone(),
    };
    let github = github.clone();
    spawn_blocking(move || settle(&github, &release, facts, &assets, &place, &work)).await?
}

/// What an earlier command has brought home.
fn there(
    github: &Github,
    release: &Release,
    assets: &[Asset],
    place: &Place,
) -> anyhow::Result<Option<Landed>> {
    let (host, repo) = (github.host().api().as_str(), github.repo().to_string());
    let sources: Vec<_> = assets.iter().map(source).collect();
    let found = kept::find(&place.out, |file| {
        let of = (file.host.as_str(), file.repo.as_str(), file.facts.id);
        of == (host, repo.as_str(), release.id) && file.artifacts == sources
    })?;
    Ok(found.filter(|kept| kept.file.holds(&kept.folder, true)).map(|kept| Landed {
        files: kept.file.landed(&kept.folder).collect(),
        folders: vec![kept.folder],
    }))
}

const NOT_OURS: &str = "only releases that Deskwright has made can be collected";

/// Every asset can be a file of a folder with the others.
fn check_names(assets: &[Asset]) -> anyhow::Result<()> {
    let mut seen = std::collections::BTreeSet::new();
    for asset in assets {
        let fault = names::part_fault(&asset.name)
            .or_else(|| (asset.name == BUILD_FILE).then_some("it has a meaning here"))
            .or_else(|| {
                (!seen.insert(asset.name.to_ascii_lowercase())).then_some("it is there twice")
            })
            .or_else(|| (asset.state != "uploaded").then_some("its upload has not ended"));
        if let Some(fault) = fault {
            return Err(error::hinted(format!("refused: {:?}: {fault}", asset.name), NOT_OURS));
        }
    }
    Ok(())
}

/// The folder of an asset: its id tells it from one of the same name that was replaced.
fn folder(work: &Work, asset: &Asset) -> PathBuf {
    work.dir.join(asset.id.to_string())
}

async fn fetch(github: &Github, build: &BuildId, work: &Work, asset: &Asset) -> anyhow::Result<()> {
    let path = folder(work, asset).join(&asset.name);
    if path.is_file() {
        return Ok(());
    }
    let wanted = Wanted {
        build,
        name: &asset.name,
        what: Remote::Asset(asset.id),
        size: asset.size,
        digest: asset.digest.as_deref(),
    };
    let part = folder(work, asset).join(format!("{}.part", asset.name));
    download::download(github, &wanted, &part).await?;
    let size = asset.size;
    spawn_blocking(move || {
        let file = fs_err::OpenOptions::new().write(true).open(&part)?;
        unpack::finish(&file, false).map_err(|error| on_disk(error, &part, size))?;
        fs_err::rename(&part, path)?;
        anyhow::Ok(())
    })
    .await??;
    github.event(&Event::ArtifactDownloaded {
        build: build.clone(),
        name: asset.name.clone(),
        size,
    });
    Ok(())
}

/// Compares everything that is here, and puts it into its place.
fn settle(
    github: &Github,
    release: &Release,
    facts: RunFacts,
    assets: &[Asset],
    place: &Place,
    work: &Work,
) -> anyhow::Result<Landed> {
    let path = |asset: &Asset| folder(work, asset).join(&asset.name);
    let of_end = |end: &str| assets.iter().find(|asset| asset.name.ends_with(end)).map(path);
    let not_ours = |what: &str| {
        error::hinted(format!("the release has no {what}: {}", release.tag_name), NOT_OURS)
    };
    let sums = of_end(CHECKSUMS_END).ok_or_else(|| not_ours("list of hashes"))?;
    let config = of_end(CONFIG_END).ok_or_else(|| not_ours("config"))?;
    let sums = read_sums(&fs_err::read_to_string(sums)?);
    let (app, version) =
        identity(&fs_err::read(config)?).ok_or_else(|| not_ours("usable config"))?;
    let mut trees = Vec::new();
    for asset in assets {
        let sha256 = content::hash(&path(asset))?;
        check_sum(asset, &sha256, &sums).inspect_err(|_| {
            // The next attempt fetches it anew.
            let _ = super::place::remove(&folder(work, asset));
        })?;
        let (kind, target) = classify(&asset.name);
        let below = target.map(|target| Path::new(target.name()).to_owned()).unwrap_or_default();
        let file =
            LandedFile { path: below.join(&asset.name), target, kind, size: asset.size, sha256 };
        let checked = Checked {
            app: app.clone(),
            folder: String::new(),
            files: vec![file],
            others: BTreeMap::new(),
            tried: true,
        };
        trees.push((folder(work, asset), checked));
    }
    if let Some(missing) = sums.keys().find(|name| assets.iter().all(|asset| asset.name != **name))
    {
        return Err(error::hinted(
            format!("the release lacks what its list of hashes has: {missing}"),
            "somebody has removed it: build again with a higher version",
        ));
    }
    let mut build_file = BuildFile::new(
        github.host().api().as_str(),
        &github.repo().to_string(),
        facts,
        &app,
        &version,
    );
    build_file.artifacts = assets.iter().map(source).collect();
    let target = place.build(&app, &version, &format!("release-{}", release.tag_name));
    land_one(place, work, &target, build_file, &trees)
}

fn land_one(
    place: &Place,
    work: &Work,
    target: &Path,
    build_file: BuildFile,
    trees: &[(PathBuf, Checked)],
) -> anyhow::Result<Landed> {
    land::refuse_stranger(target, BuildFile::read(target).as_ref(), &build_file)?;
    let app = place.app(&build_file.app);
    let put = land::put(place, &work.landing(), target, build_file, trees)?;
    latest::point(&app, target, &put)?;
    work.remove()?;
    Ok(Landed { folders: vec![target.to_owned()], files: put.landed(target).collect() })
}

fn source(asset: &Asset) -> Source {
    Source { name: asset.name.clone(), id: asset.id, digest: asset.digest.clone() }
}

/// Hashes by name, as `sha256sum` writes them.
fn read_sums(text: &str) -> BTreeMap<String, String> {
    let line = |line: &str| {
        let (sha256, name) = line.split_once("  ")?;
        Some((name.to_owned(), sha256.to_owned()))
    };
    text.lines().filter_map(line).collect()
}

fn check_sum(asset: &Asset, sha256: &str, sums: &BTreeMap<String, String>) -> anyhow::Result<()> {
    if asset.name.ends_with(CHECKSUMS_END) {
        return Ok(());
    }
    let fault = match sums.get(&asset.name) {
        Some(listed) if listed == sha256 => return Ok(()),
        Some(_) => "not the file that the release's list of hashes has",
        None => "not in the release's list of hashes",
    };
    Err(error::hinted(
        format!("{fault}: {}", asset.name),
        "somebody has changed the release after it was made: do not use its files, and build again",
    ))
}

/// Id and version of the app, by its resolved config.
fn identity(config: &[u8]) -> Option<(String, String)> {
    let config: serde_json::Value = serde_json::from_slice(config).ok()?;
    let text = |path: &str| {
        let text = config.pointer(path)?.as_str()?;
        let fine = names::part_fault(text).is_none() && !text.starts_with('.');
        fine.then(|| text.to_owned())
    };
    Some((text("/app/id")?, text("/app/version")?))
}

/// What a file is, and for which target, by its name: a release's folders are flat.
fn classify(name: &str) -> (Option<ArtifactKind>, Option<Target>) {
    for (end, kind) in [
        (SIGNATURE_END, ArtifactKind::Signature),
        (UPDATER_SIGNATURE_END, ArtifactKind::UpdaterSignature),
    ] {
        if let Some(of) = name.strip_suffix(end) {
            return (Some(kind), classify(of).1);
        }
    }
    for (end, kind) in [
        (CHECKSUMS_END, ArtifactKind::Checksums),
        (SBOM_END, ArtifactKind::Sbom),
        (CONFIG_END, ArtifactKind::Config),
        (".json", ArtifactKind::UpdaterManifest),
    ] {
        if name.ends_with(end) {
            return (Some(kind), None);
        }
    }
    let installer = installers().find(|(end, ..)| name.ends_with(end.as_str()));
    installer.map_or((None, None), |(_, format, target)| (Some(format.into()), Some(target)))
}

/// What the names of installers end in.
fn installers() -> impl Iterator<Item = (String, BundleFormat, Target)> {
    Target::all().into_iter().map(Target::row).flat_map(|row| {
        row.formats.iter().map(move |format| {
            let arch = match (row.arch, row.system, format) {
                (Arch::X64, _, BundleFormat::Deb) => "amd64",
                (Arch::X64, _, BundleFormat::Rpm) => "x86_64",
                (Arch::X64, _, _) => "x64",
                (Arch::Arm64, System::Macos, _) | (Arch::Arm64, _, BundleFormat::Rpm) => "aarch64",
                (Arch::Arm64, _, _) => "arm64",
            };
            let end = match format {
                BundleFormat::Deb => format!("_{arch}.deb"),
                BundleFormat::Rpm => format!(".{arch}.rpm"),
                BundleFormat::Nsis => format!("_{arch}-setup.exe"),
                BundleFormat::Msi => format!("_{arch}.msi"),
                BundleFormat::Dmg => format!("_{arch}.dmg"),
                BundleFormat::App => format!("_{arch}.app.tar.gz"),
            };
            (end, *format, row.target)
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use config_schema::{Target, plan::ArtifactKind};

    use super::{classify, installers};

    #[test]
    fn files_are_known_by_their_names() {
        for (name, kind, target) in [
            ("notes_1.0.0_amd64.deb", ArtifactKind::Deb, Some(Target::LinuxX64)),
            ("notes-1.0.0-1.aarch64.rpm", ArtifactKind::Rpm, Some(Target::LinuxArm64)),
            ("notes_1.0.0_x64-setup.exe", ArtifactKind::Nsis, Some(Target::WindowsX64)),
            ("notes_1.0.0_arm64.msi", ArtifactKind::Msi, Some(Target::WindowsArm64)),
            ("notes_1.0.0_aarch64.dmg", ArtifactKind::Dmg, Some(Target::MacosArm64)),
            ("notes_1.0.0_x64.app.tar.gz", ArtifactKind::App, Some(Target::MacosX64)),
            ("notes_1.0.0_amd64.deb.asc", ArtifactKind::Signature, Some(Target::LinuxX64)),
            ("notes_1.0.0_x64.msi.sig", ArtifactKind::UpdaterSignature, Some(Target::WindowsX64)),
            ("notes_1.0.0.SHA256SUMS", ArtifactKind::Checksums, None),
            ("notes_1.0.0.cdx.json", ArtifactKind::Sbom, None),
            ("notes_1.0.0.app.config.json", ArtifactKind::Config, None),
            ("notes_1.0.0.stable.json", ArtifactKind::UpdaterManifest, None),
        ] {
            assert_eq!(classify(name), (Some(kind), target), "{name}");
        }
        assert_eq!(classify("README"), (None, None));
    }

    #[test]
    fn no_two_installers_end_alike() {
        let all: Vec<_> = installers().map(|(end, ..)| end).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}
