//! Published runtimes: compiled by the project's own workflow, taken only when hash and attestation are right.

use std::{env, io::Read as _, path::Path, path::PathBuf, time::Duration};

use anyhow::{Context as _, bail};
use config_schema::{Target, Variant, project::REPOSITORY};
use runtime_settings::Sha256;

use super::{Profile, RECORD_FILE, RuntimeRecord, cache_dir, key, published_key, published_tag};
use crate::{error, plugin_tool, printer::Printer, process, render::TemplateSet, workspace::root};

/// Names another place for published runtimes: a mirror.
const MIRROR_VARIABLE: &str = "DESKWRIGHT_RUNTIMES_URL";
/// The workflow whose attestation is asked for.
const SIGNER_WORKFLOW: &str = ".github/workflows/runtimes.yml";
/// The list of digests beside the runtimes.
const CHECKSUMS: &str = "SHA256SUMS";
/// Largest runtime that is taken (bytes); the largest variant and `plugin-tool` have some 20 MB.
const MAX_BYTES: u64 = 256 << 20;
/// Largest list of digests (bytes).
const MAX_LIST_BYTES: u64 = 1 << 20;
/// How long one download may take: some tens of megabytes over a slow line.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(300);

/// The published runtime of this template; none when there is none. It is kept in the cache.
pub(super) fn fetch(
    templates: &TemplateSet,
    variant: Variant,
    target: Target,
    printer: &Printer,
) -> anyhow::Result<Option<PathBuf>> {
    let full_key = published_key(templates, variant, target)?;
    let dir = cache_dir().join(format!("published-{full_key}"));
    let binary = key(templates, variant, target, Profile::Release).binary(&dir);
    if binary.is_file() {
        return Ok(Some(binary));
    }
    let place = place(templates)?;
    let Some(list) = download(&format!("{place}/{CHECKSUMS}"), MAX_LIST_BYTES)? else {
        return Ok(None);
    };
    let list = String::from_utf8_lossy(&list);
    let listed = |name: String| digest_of(&list, &name).map(|sha256| Asset { name, sha256 });
    let Some(asset) = listed(asset(variant, target)) else {
        return Ok(None);
    };
    // What compiles plugins runs on this machine, whatever the runtime is for.
    let host = super::host()?;
    let tool = match variant.runs_plugins() {
        false => None,
        true => match listed(tool_asset(host)) {
            Some(tool) => Some(tool),
            None => return Ok(None),
        },
    };
    printer.status("Fetching", format_args!("the runtime ({full_key})"));
    fs_err::create_dir_all(cache_dir())?;
    let temporary = tempfile::tempdir_in(cache_dir())?;
    let file = key(templates, variant, target, Profile::Release).binary(temporary.path());
    let size = asset.fetch(&place, &file)?;
    if let Some(tool) = &tool {
        tool.fetch(&place, &temporary.path().join(plugin_tool::file_name(host)))?;
    }
    let record = RuntimeRecord {
        key: full_key,
        template: templates.hash(),
        variant: variant.name().to_owned(),
        target: target.name().to_owned(),
        profile: Profile::Release,
        toolchain: "the publisher's".to_owned(),
        sha256: asset.sha256,
        size,
        compile_seconds: 0.0,
        plugin_tool: tool.map(|tool| tool.sha256),
    };
    fs_err::write(temporary.path().join(RECORD_FILE), serde_json::to_vec_pretty(&record)?)?;
    match fs_err::rename(temporary.path(), &dir) {
        Ok(()) => drop(temporary.keep()),
        // Another process was faster, with the same bytes.
        Err(_) if binary.is_file() => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Some(binary))
}

/// The name that a runtime is published by.
pub(super) fn asset(variant: Variant, target: Target) -> String {
    format!("runtime-{}-{}{}", variant.name(), target.name(), target.row().exe_suffix)
}

/// The name that the program which compiles plugins is published by, for the machines that it runs on.
pub(super) fn tool_asset(host: Target) -> String {
    format!("{}-{}{}", plugin_tool::NAME, host.name(), host.row().exe_suffix)
}

/// A published file, with the digest that it must have.
struct Asset {
    name: String,
    sha256: Sha256,
}

impl Asset {
    /// Puts the file there when digest and attestation are right. Gives its size in bytes.
    fn fetch(&self, place: &str, file: &Path) -> anyhow::Result<u64> {
        let bytes = download(&format!("{place}/{}", self.name), MAX_BYTES)?
            .with_context(|| format!("listed and not there: `{}`", self.name))?;
        if Sha256::of(&bytes) != self.sha256 {
            bail!("the digest of the published runtime is wrong: `{}`", self.name);
        }
        write_executable(file, &bytes)?;
        verify_attestation(file)?;
        Ok(bytes.len() as u64)
    }
}

fn place(templates: &TemplateSet) -> anyhow::Result<String> {
    let base = env::var(MIRROR_VARIABLE)
        .unwrap_or_else(|_| format!("https://github.com/{REPOSITORY}/releases/download"));
    Ok(format!("{}/{}", base.trim_end_matches('/'), published_tag(templates)?))
}

/// The body of an answer; none when there is nothing at this address.
fn download(url: &str, limit: u64) -> anyhow::Result<Option<Vec<u8>>> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(DOWNLOAD_LIMIT)).build().into();
    let answer = match agent.get(url).call() {
        Ok(answer) => answer,
        Err(ureq::Error::StatusCode(404)) => return Ok(None),
        Err(cause) => return Err(error::network(format!("failed to fetch `{url}`: {cause}"))),
    };
    let mut bytes = Vec::new();
    let mut body = answer.into_body().into_reader().take(limit + 1);
    body.read_to_end(&mut bytes)
        .map_err(|cause| error::network(format!("the download broke off: `{url}`: {cause}")))?;
    if bytes.len() as u64 > limit {
        bail!("larger than {} MB: `{url}`", limit >> 20);
    }
    Ok(Some(bytes))
}

/// The digest of a file in a list as `sha256sum` writes it.
fn digest_of(list: &str, name: &str) -> Option<Sha256> {
    let entry = list.lines().filter_map(|line| line.split_once("  "));
    entry.filter(|(_, file)| *file == name).find_map(|(digest, _)| Sha256::parse(digest))
}

/// GitHub's signed word that our workflow made these bytes. https://docs.github.com/actions/how-tos/secure-your-work/use-artifact-attestations
fn verify_attestation(file: &Path) -> anyhow::Result<()> {
    let gh = process::find("gh", "install the GitHub CLI, which checks attestations")?;
    let workflow = format!("{REPOSITORY}/{SIGNER_WORKFLOW}");
    let mut command = process::command(gh, root());
    command.args(["attestation", "verify"]).arg(file);
    command.args(["--repo", REPOSITORY, "--signer-workflow", &workflow]);
    process::run_quiet(&mut command).context("the attestation of the published runtime is wrong")
}

fn write_executable(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    fs_err::write(path, bytes)?;
    process::make_executable(path)
}

#[cfg(test)]
mod tests {
    use super::digest_of;

    #[test]
    fn digests_are_found_by_the_whole_name() {
        let digest = "ab".repeat(32);
        let list = format!("{digest}  runtime-slim-linux-x64\n");
        assert!(digest_of(&list, "runtime-slim-linux-x64").is_some());
        assert!(digest_of(&list, "runtime-slim-linux-x6").is_none());
        assert!(digest_of(&list.replace("ab", "zz"), "runtime-slim-linux-x64").is_none());
    }
}
