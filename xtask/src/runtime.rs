//! Runtimes: the template compiled once per hash, variant, target and profile, and kept.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    sync::LazyLock,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use config_schema::{RuntimeSource, System, Target, Variant};
use runtime_settings::Sha256;
use serde::{Deserialize, Serialize};

use crate::{
    error,
    printer::Printer,
    process,
    render::TemplateSet,
    workspace::{root, target_dir, template_app},
};

/// Digits of a hash that a file name shows: enough to tell thousands apart.
const SHORT_HASH: usize = 16;
/// Names the toolchain of a checkout.
const TOOLCHAIN_FILE: &str = "rust-toolchain.toml";
/// Separator of Cargo's encoded compiler flags.
const FLAG_SEPARATOR: &str = "\u{1f}";

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
}

impl RuntimeKey {
    /// The key as text: template, toolchain and the user's own compiler flags in one hash, then what people ask about.
    pub(crate) fn text(&self) -> anyhow::Result<String> {
        let flags = env::var("RUSTFLAGS").unwrap_or_default();
        let made_of = format!("{}\n{}\n{flags}", self.template, toolchain()?);
        let hash = Sha256::of(made_of.as_bytes()).to_string();
        let (variant, target, profile) =
            (self.variant.name(), self.target.name(), self.profile.name());
        Ok(format!("{}-{variant}-{target}-{profile}", &hash[..SHORT_HASH]))
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
    if is_usable() {
        return Ok(binary);
    }
    fs_err::create_dir_all(cache_dir())?;
    let lock = fs_err::File::create(cache_dir().join(".lock"))?;
    lock.lock().context("failed to lock the runtime cache")?;
    if is_usable() {
        return Ok(binary);
    }
    compile_into(templates, key, &dir, printer)?;
    Ok(binary)
}

/// Every cached runtime, in the order of their keys.
pub(crate) fn list() -> anyhow::Result<Vec<RuntimeRecord>> {
    let mut records = Vec::new();
    if cache_dir().is_dir() {
        for entry in fs_err::read_dir(cache_dir())? {
            if let Ok(bytes) = fs_err::read(entry?.path().join("runtime.json")) {
                records.push(serde_json::from_slice::<RuntimeRecord>(&bytes)?);
            }
        }
    }
    records.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(records)
}

/// The target of this machine.
pub(crate) fn host() -> anyhow::Result<Target> {
    let triple =
        toolchain()?.lines().find_map(|line| line.strip_prefix("host: ").map(str::to_owned));
    let triple = triple.context("`rustc -vV` does not name its host")?;
    Target::from_triple(&triple)
        .with_context(|| format!("apps cannot be built on this system: `{triple}`"))
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

fn compile_into(
    templates: &TemplateSet,
    key: &RuntimeKey,
    dir: &Path,
    printer: &Printer,
) -> anyhow::Result<()> {
    printer.status(
        "Compiling",
        format_args!("the runtime ({}), once for all apps; takes some minutes", key.text()?),
    );
    let began = Instant::now();
    let source = target_dir().join("template-source");
    if source.exists() {
        fs_err::remove_dir_all(&source)?;
    }
    templates.write_source(&source)?;
    // The copy is outside the checkout, and compiled with its toolchain all the same.
    fs_err::copy(root().join(TOOLCHAIN_FILE), source.join(TOOLCHAIN_FILE))?;
    let compiled = compile(key, &source)?;
    let bytes = fs_err::read(&compiled)?;
    let record = RuntimeRecord {
        key: key.text()?,
        template: key.template,
        variant: key.variant.name().to_owned(),
        target: key.target.name().to_owned(),
        profile: key.profile,
        toolchain: toolchain()?.to_owned(),
        sha256: Sha256::of(&bytes),
        size: bytes.len() as u64,
        compile_seconds: round(began.elapsed()),
    };
    let temporary = tempfile::tempdir_in(cache_dir())?;
    fs_err::write(key.binary(temporary.path()), &bytes)?;
    fs_err::write(temporary.path().join("runtime.json"), serde_json::to_vec_pretty(&record)?)?;
    if dir.exists() {
        fs_err::remove_dir_all(dir)?;
    }
    fs_err::rename(temporary.path(), dir)?;
    let _ = temporary.keep();
    printer.status("Finished", format_args!("the runtime in {} s", record.compile_seconds));
    Ok(())
}

fn round(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10.0).round() / 10.0
}

/// Compiles the template in `source`, with its neutral config. Gives the executable's path. The source is a fresh copy, since
/// cargo tells by times whether files changed: checkouts that share a target directory would get each other's binary.
fn compile(key: &RuntimeKey, source: &Path) -> anyhow::Result<PathBuf> {
    let target_dir = target_dir().join("template");
    let triple = key.target.row().triple;
    let mut command =
        process::command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), source);
    command.args(["build", "--locked", "--package", "runtime", "--target-dir"]).arg(&target_dir);
    // Tauri leaves out commands that no capability of the project in this folder names.
    command.env("REMOVE_UNUSED_COMMANDS", source);
    // With the triple named, our flags stay away from build scripts, even when it is this machine's.
    command.args(["--target", triple]);
    if key.profile == Profile::Release {
        command.arg("--release").env("CARGO_ENCODED_RUSTFLAGS", release_flags(source, key.target));
    }
    process::run(&mut command).map_err(|cause| {
        error::hinted(
            format!("the runtime does not compile: {cause}"),
            "run `cargo xtask doctor` to see what is missing",
        )
    })?;
    Ok(target_dir
        .join(triple)
        .join(key.profile.name())
        .join(format!("runtime{}", key.target.row().exe_suffix)))
}

/// Flags of a release. Paths of this machine do not belong into what is shipped, and would make the same source give
/// other bytes elsewhere. Unwind tables are for panics that unwind, and a release aborts: on Linux, where the system does
/// not ask for them, they go (0.2 MB).
fn release_flags(source: &Path, target: Target) -> OsString {
    let own = env::var("RUSTFLAGS").unwrap_or_default();
    let mut flags: Vec<OsString> = own.split_whitespace().map(OsString::from).collect();
    if target.row().system == System::Linux {
        flags.push("-Cforce-unwind-tables=no".into());
    }
    for (path, name) in [(cargo_home(), "/cargo"), (Some(source.to_owned()), "/deskwright")] {
        if let Some(path) = path {
            let mut flag = OsString::from("--remap-path-prefix=");
            flag.push(path);
            flag.push(format!("={name}"));
            flags.push(flag);
        }
    }
    flags.join(FLAG_SEPARATOR.as_ref())
}

fn cargo_home() -> Option<PathBuf> {
    let home = || env::home_dir().map(|home| home.join(".cargo"));
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(home)
}

/// What `rustc -vV` says: version and host of the compiler.
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
