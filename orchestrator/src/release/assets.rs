//! The assets of a draft: what is missing is uploaded, what is wrong is replaced, and GitHub's hashes are compared.

use std::{path::PathBuf, sync::Arc};

use config_schema::manifest::Artifact;
use futures_util::StreamExt as _;
use reqwest::Body;
use tokio_util::io::ReaderStream;

use super::local::Prepared;
use crate::{
    Event, Github, Progress, error,
    github::{ApiError, Asset, Release},
};

/// How often the list of assets is put right (count): an upload breaks off now and then, but not always.
const ROUNDS: u32 = 3;
/// What is read of a file and sent at once, in bytes.
const CHUNK_LEN: usize = 256 * 1024;

/// Makes the draft have the manifest's assets and no others.
pub(super) async fn bring(
    github: &Github,
    draft: &Release,
    prepared: &Prepared,
) -> anyhow::Result<()> {
    for round in 1..=ROUNDS {
        let mut complete = true;
        let present = keep_right(github, draft, prepared).await?;
        for asset in &prepared.manifest.assets {
            if present.contains(&asset.name) {
                continue;
            }
            match upload(github, draft, prepared, asset).await {
                Ok(uploaded) if wrong(&uploaded, Some(asset)).is_none() => {
                    github.event(&Event::AssetUploaded {
                        name: asset.name.clone(),
                        size: asset.size,
                    });
                }
                // The next round removes and repeats it.
                Ok(_) => complete = false,
                Err(error) if round < ROUNDS && may_pass(&error) => {
                    let error = format!("{error:#}");
                    github.event(&Event::AssetFailed { name: asset.name.clone(), error });
                    complete = false;
                }
                Err(error) => {
                    return Err(error.context(format!("failed to upload: {}", asset.name)));
                }
            }
        }
        if complete {
            break;
        }
    }
    Ok(())
}

/// Removes what does not belong there, and gives the names of what is right.
async fn keep_right(
    github: &Github,
    draft: &Release,
    prepared: &Prepared,
) -> anyhow::Result<Vec<String>> {
    let mut kept = Vec::new();
    for asset in github.assets(draft.id).await? {
        let Some(reason) = wrong(&asset, expected(prepared, &asset.name)) else {
            github.event(&Event::AssetKept { name: asset.name.clone() });
            kept.push(asset.name);
            continue;
        };
        github.delete_asset(asset.id).await?;
        github.event(&Event::AssetRemoved { name: asset.name, reason });
    }
    Ok(kept)
}

/// Fails when the release's assets are not exactly the manifest's.
pub(super) async fn verify(
    github: &Github,
    release: &Release,
    prepared: &Prepared,
) -> anyhow::Result<()> {
    let present = github.assets(release.id).await?;
    let wrong = present.iter().filter_map(|asset| wrong(asset, expected(prepared, &asset.name)));
    let missing = prepared
        .manifest
        .assets
        .iter()
        .filter(|asset| present.iter().all(|other| other.name != asset.name));
    let mut faults: Vec<_> = wrong.collect();
    faults.extend(missing.map(|asset| format!("missing: {}", asset.name)));
    if !faults.is_empty() {
        return Err(error::hinted(
            format!("the release's assets are not those of the build: {}", faults.join("; ")),
            "run the same command again; a public release that was changed afterwards stays as it is: raise the version",
        ));
    }
    let app = prepared.manifest.app.slug.clone();
    github.event(&Event::AssetsVerified { app, assets: present.len() });
    Ok(())
}

fn expected<'a>(prepared: &'a Prepared, name: &str) -> Option<&'a Artifact> {
    prepared.manifest.assets.iter().find(|asset| asset.name == name)
}

/// Why an asset is not the expected one.
fn wrong(asset: &Asset, expected: Option<&Artifact>) -> Option<String> {
    let name = &asset.name;
    let Some(expected) = expected.filter(|expected| expected.name == *name) else {
        return Some(format!("not of this build: {name}"));
    };
    if asset.state != "uploaded" {
        return Some(format!("its upload broke off: {name}"));
    }
    if asset.size != expected.size {
        return Some(format!("another size: {name} ({} bytes, not {})", asset.size, expected.size));
    }
    let wanted = format!("sha256:{}", expected.sha256);
    let digest = asset.digest.as_deref().unwrap_or("none");
    (digest != wanted).then(|| format!("another hash: {name} ({digest})"))
}

/// Whether an upload may fare better in the next round: nobody knows what became of it, the server failed, or the name
/// is taken by an upload that broke off.
fn may_pass(error: &anyhow::Error) -> bool {
    let api = error.downcast_ref::<ApiError>();
    api.is_some_and(|api| api.may_pass() || api.says("already_exists"))
}

async fn upload(
    github: &Github,
    draft: &Release,
    prepared: &Prepared,
    asset: &Artifact,
) -> anyhow::Result<Asset> {
    let path = prepared.path(asset);
    let make = async || body(path.clone(), asset, github.progress()).await;
    github.upload_asset(draft, &asset.name, asset.size, make).await
}

/// A file as a stream, which tells how far it has come.
async fn body(
    path: PathBuf,
    asset: &Artifact,
    progress: Arc<dyn Progress>,
) -> anyhow::Result<Body> {
    let file = fs_err::tokio::File::open(path).await?;
    let (name, size) = (asset.name.clone(), asset.size);
    let mut sent = 0;
    let stream = ReaderStream::with_capacity(file, CHUNK_LEN).inspect(move |chunk| {
        if let Ok(chunk) = chunk {
            sent += chunk.len() as u64;
            progress.event(&Event::AssetProgress { name: name.clone(), sent, size });
        }
    });
    Ok(Body::wrap_stream(stream))
}
