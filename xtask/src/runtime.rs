//! Runtimes: the template compiled once per hash, variant, target and profile, and kept; or taken as it was published.

mod compile;
mod published;

use std::{
    env,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use anyhow::Context as _;
use config_schema::{Arch, RuntimeSource, System, Target, Variant};
use runtime_settings::Sha256;
use serde::{Deserialize, Serialize};

use crate::{
    error, plugin_tool,
    printer::Printer,
    process,
    render::TemplateSet,
    setup::{self, Purpose},
    workspace::{root, target_dir, template_app},
};

/// Digits of a hash that a file name shows: enough to tell thousands apart.
const SHORT_HASH: usize = 16;
/// Names the toolchain of a checkout.
const TOOLCHAIN_FILE: &str = "rust-toolchain.toml";
/// The record beside a runtime.
pub(crate) const RECORD_FILE: &str = "runtime.json";

/// The library by which programs of some toolchains reach WebView2.
pub(crate) const WEBVIEW_LOADER: &str = "WebView2Loader.dll";

/// How a runtime is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Profile {
    Release,
    Debug,
}

impl Profile {
    /// Name of Cargo's folder for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Profile::Release => "release",
            Profile::Debug => "debug",
        }
    }
}

/// What tells one runtime from another. No app is in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RuntimeKey {
    pub(crate) template: Sha256,
    pub(crate) variant: Variant,
    pub(crate) target: Target,
    pub(crate) profile: Profile,
}

/// What stands beside a cached runtime, for `runtime list`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RuntimeRecord {
    pub(crate) key: String,
    pub(crate) template: Sha256,
    pub(crate) variant: String,
    pub(crate) target: String,
    pub(crate) profile: Profile,
    /// What `rustc -vV` says about the compiler.
    pub(crate) toolchain: String,
    pub(crate) sha256: Sha256,
    /// In bytes.
    pub(crate) size: u64,
    pub(crate) compile_seconds: f64,
    /// Of the program beside it that compiles plugins; only beside a runtime that runs them, where one was got.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) plugin_tool: Option<Sha256>,
}

impl RuntimeKey {
    /// The key as text: template, toolchain and the user's own compiler flags in one hash, then what people ask about.
    pub(crate) fn text(&self) -> anyhow::Result<String> {
        let hash = short_hash(self.template)?;
        let (variant, target, profile) =
            (self.variant.name(), self.target.name(), self.profile.name());
        Ok(format!("{hash}-{variant}-{target}-{profile}"))
    }

    fn binary(&self, dir: &Path) -> PathBuf {
        dir.join(format!("runtime{}", self.target.row().exe_suffix))
    }
}

/// The runtime for a key: from the cache unless the config wants it from source, else compiled.
pub(crate) fn obtain(
    templates: &TemplateSet,
    key: &RuntimeKey,
    source: RuntimeSource,
    printer: &Printer,
) -> anyhow::Result<PathBuf> {
    let dir = cache_dir().join(key.text()?);
    let binary = key.binary(&dir);
    let is_usable = || source == RuntimeSource::Auto && binary.is_file();
    once(is_usable, || compile::compile_into(templates, key, &dir, printer))?;
    Ok(binary)
}

/// The program `plugin-tool` for this machine, made of the files of the template whose paths begin with `sources`: from the
/// cache, else compiled.
pub(crate) fn obtain_tool(
    templates: &TemplateSet,
    sources: &[&str],
    profile: Profile,
    printer: &Printer,
) -> anyhow::Result<PathBuf> {
    let host = host()?;
    let hash = short_hash(templates.hash_of(sources))?;
    let (name, target, profile_name) = (plugin_tool::NAME, host.name(), profile.name());
    let dir = cache_dir().join(format!("{name}-{hash}-{target}-{profile_name}"));
    let program = dir.join(plugin_tool::file_name(host));
    once(
        || program.is_file(),
        || compile::compile_tool_into(templates, host, profile, &dir, printer),
    )?;
    Ok(program)
}

/// Makes something in the cache unless it is there; who comes second waits and finds it.
fn once(
    is_there: impl Fn() -> bool,
    make: impl FnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    if is_there() {
        return Ok(());
    }
    fs_err::create_dir_all(cache_dir())?;
    let lock = fs_err::File::create(cache_dir().join(".lock"))?;
    lock.lock().context("failed to lock the runtime cache")?;
    if is_there() { Ok(()) } else { make() }
}

/// What names something that is compiled here: what it is made of, the toolchain, and the user's own compiler flags.
fn short_hash(made_of: Sha256) -> anyhow::Result<String> {
    let flags = env::var("RUSTFLAGS").unwrap_or_default();
    let hash = Sha256::of(format!("{made_of}\n{}\n{flags}", toolchain()?).as_bytes()).to_string();
    Ok(hash[..SHORT_HASH].to_owned())
}

/// Every cached runtime, in the order of their keys.
pub(crate) fn list() -> anyhow::Result<Vec<RuntimeRecord>> {
    let mut records = Vec::new();
    if cache_dir().is_dir() {
        for entry in fs_err::read_dir(cache_dir())? {
            if let Ok(bytes) = fs_err::read(entry?.path().join(RECORD_FILE)) {
                records.push(serde_json::from_slice::<RuntimeRecord>(&bytes)?);
            }
        }
    }
    records.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(records)
}

/// The target of this machine.
pub(crate) fn host() -> anyhow::Result<Target> {
    let system = match env::consts::OS {
        "linux" => Some(System::Linux),
        "windows" => Some(System::Windows),
        "macos" => Some(System::Macos),
        _ => None,
    };
    let arch = match env::consts::ARCH {
        "x86_64" => Some(Arch::X64),
        "aarch64" => Some(Arch::Arm64),
        _ => None,
    };
    let is_host = |target: &Target| {
        let row = target.row();
        Some(row.system) == system && Some(row.arch) == arch
    };
    Target::all().into_iter().find(is_host).with_context(|| {
        format!("apps cannot be built on this system: {} {}", env::consts::OS, env::consts::ARCH)
    })
}

/// What names a runtime for everybody: the template, the toolchain that the project pins, variant and target. Machines
/// without a compiler know it too.
pub(crate) fn published_key(
    templates: &TemplateSet,
    variant: Variant,
    target: Target,
) -> anyhow::Result<String> {
    Ok(format!("{}-{}-{}", published_hash(templates)?, variant.name(), target.name()))
}

fn published_hash(templates: &TemplateSet) -> anyhow::Result<String> {
    let toolchain = fs_err::read_to_string(root().join(TOOLCHAIN_FILE))?;
    let hash = Sha256::of(format!("{}\n{toolchain}", templates.hash()).as_bytes()).to_string();
    Ok(hash[..SHORT_HASH].to_owned())
}

/// A release runtime in a folder of its own, with its record: the published one where there is one that can be trusted,
/// else the one of this machine's cache, else compiled.
pub(crate) fn get(
    templates: &TemplateSet,
    variant: Variant,
    target: Target,
    out: &Path,
    with_setup: bool,
    printer: &Printer,
) -> anyhow::Result<PathBuf> {
    let key = key(templates, variant, target, Profile::Release);
    let published = published::fetch(templates, variant, target, printer).unwrap_or_else(|error| {
        printer.status("Skipping", format_args!("the published runtime: {error:#}"));
        None
    });
    let binary = match published {
        Some(binary) => binary,
        None => {
            if with_setup && !key.binary(&cache_dir().join(key.text()?)).is_file() {
                setup::install_packages(Purpose::Build, printer)?;
            }
            obtain(templates, &key, RuntimeSource::Auto, printer)?
        }
    };
    fs_err::create_dir_all(out)?;
    let copy = key.binary(out);
    fs_err::copy(&binary, &copy)?;
    let record = with_plugin_tool(record_of(&binary)?, &binary, templates, out, printer)?;
    fs_err::write(out.join(RECORD_FILE), serde_json::to_vec_pretty(&record)?)?;
    // What a runtime needs beside it: the loader of WebView2 where it is not linked in.
    let loader = binary.with_file_name(WEBVIEW_LOADER);
    if loader.is_file() {
        fs_err::copy(loader, out.join(WEBVIEW_LOADER))?;
    }
    Ok(copy)
}

/// Who renders an app with plugins where nothing is compiled takes what compiles them from beside the runtime: it is put
/// there, the published one with a published runtime, and its digest into the record.
fn with_plugin_tool(
    mut record: RuntimeRecord,
    binary: &Path,
    templates: &TemplateSet,
    out: &Path,
    printer: &Printer,
) -> anyhow::Result<RuntimeRecord> {
    if Variant::from_name(&record.variant).is_some_and(Variant::runs_plugins) {
        let tool = match record.plugin_tool {
            Some(_) => plugin_tool::beside(binary)?,
            None => plugin_tool::obtain(templates, Profile::Release, printer)?,
        };
        fs_err::copy(&tool.program, out.join(plugin_tool::file_name(host()?)))?;
        record.plugin_tool = Some(tool.sha256);
    }
    Ok(record)
}

/// The record beside a runtime.
pub(crate) fn record_of(runtime: &Path) -> anyhow::Result<RuntimeRecord> {
    let path = runtime.with_file_name(RECORD_FILE);
    let bytes = fs_err::read(&path).map_err(|cause| {
        error::usage(cause.to_string(), "name a runtime that `cargo xtask runtime get` has left")
    })?;
    serde_json::from_slice(&bytes)
        .with_context(|| format!("not the record of a runtime: `{}`", path.display()))
}

/// Compiles a runtime from the template as it is, and puts it into a folder under the name that it is published by; with the
/// variant that first needs it the program that compiles plugins.
pub(crate) fn pack(
    templates: &TemplateSet,
    variant: Variant,
    target: Target,
    out: &Path,
    printer: &Printer,
) -> anyhow::Result<Vec<PathBuf>> {
    let key = key(templates, variant, target, Profile::Release);
    let mut files = vec![(
        obtain(templates, &key, RuntimeSource::Source, printer)?,
        out.join(published::asset(variant, target)),
    )];
    if variant == Variant::Plugins {
        let tool = plugin_tool::obtain(templates, Profile::Release, printer)?;
        files.push((tool.program, out.join(published::tool_asset(host()?))));
    }
    fs_err::create_dir_all(out)?;
    for (made, file) in &files {
        fs_err::copy(made, file)?;
    }
    Ok(files.into_iter().map(|(_, file)| file).collect())
}

/// Name of the release that has the published runtimes of this template.
pub(crate) fn published_tag(templates: &TemplateSet) -> anyhow::Result<String> {
    Ok(format!("runtimes-{}", published_hash(templates)?))
}

/// The published runtime, checked; an error when there is none or it is not what it says.
pub(crate) fn fetch(
    templates: &TemplateSet,
    variant: Variant,
    target: Target,
    printer: &Printer,
) -> anyhow::Result<PathBuf> {
    published::fetch(templates, variant, target, printer)?.ok_or_else(|| {
        error::hinted(
            "no runtime is published for this state of the template",
            "compile it: `cargo xtask runtime build`",
        )
    })
}

/// The key of the runtime that the template on disk gives.
pub(crate) fn key(
    templates: &TemplateSet,
    variant: Variant,
    target: Target,
    profile: Profile,
) -> RuntimeKey {
    RuntimeKey { template: templates.hash(), variant, target, profile }
}

fn cache_dir() -> PathBuf {
    target_dir().join("runtimes")
}

/// What `rustc -vV` says of the compiler.
fn toolchain() -> anyhow::Result<&'static str> {
    static TOOLCHAIN: LazyLock<Result<String, String>> = LazyLock::new(|| {
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        process::read(process::command(rustc, &template_app()).arg("-vV"))
            .map_err(|error| format!("{error:#}"))
    });
    TOOLCHAIN.as_deref().map_err(|error| {
        error::missing(error.clone(), "install Rust: https://www.rust-lang.org/tools/install")
    })
}
