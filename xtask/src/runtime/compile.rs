//! The compile: a fresh copy of the template, its flags, and the folder of the cache that it ends in.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use config_schema::{System, Target};
use runtime_settings::Sha256;

use super::{
    Profile, RECORD_FILE, RuntimeKey, RuntimeRecord, TOOLCHAIN_FILE, cache_dir, toolchain,
};
use crate::{
    error, plugin_tool,
    printer::Printer,
    process,
    render::TemplateSet,
    workspace::{root, target_dir},
};

/// Separator of Cargo's encoded compiler flags.
const FLAG_SEPARATOR: &str = "\u{1f}";
/// The template's profile for `plugin-tool`.
const TOOL_PROFILE: &str = "tool";

/// Compiles the runtime of a key into its folder of the cache.
pub(super) fn compile_into(
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
    let source = fresh_source(templates)?;
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
        plugin_tool: None,
    };
    let temporary = tempfile::tempdir_in(cache_dir())?;
    fs_err::write(key.binary(temporary.path()), &bytes)?;
    fs_err::write(temporary.path().join(RECORD_FILE), serde_json::to_vec_pretty(&record)?)?;
    settle(temporary, dir)?;
    printer.status("Finished", format_args!("the runtime in {} s", record.compile_seconds));
    Ok(())
}

/// Compiles `plugin-tool` for this machine into its folder of the cache.
pub(super) fn compile_tool_into(
    templates: &TemplateSet,
    host: Target,
    profile: Profile,
    dir: &Path,
    printer: &Printer,
) -> anyhow::Result<()> {
    printer.status("Compiling", "`plugin-tool`, once for all plugins; takes some minutes");
    let began = Instant::now();
    let source = fresh_source(templates)?;
    let target_dir = target_dir().join("template");
    let mut command = process::cargo(&source);
    command.args(["build", "--locked", "--package", "plugin-host", "--features", "tool"]);
    command.args(["--bin", plugin_tool::NAME, "--target-dir"]).arg(&target_dir);
    let folder = match profile {
        Profile::Release => {
            let triple = host.row().triple;
            command.args(["--profile", TOOL_PROFILE, "--target", triple]);
            command.env("CARGO_ENCODED_RUSTFLAGS", release_flags(&source, host));
            target_dir.join(triple).join(TOOL_PROFILE)
        }
        Profile::Debug => target_dir.join(profile.name()),
    };
    process::run(&mut command).map_err(does_not_compile(plugin_tool::NAME))?;
    let temporary = tempfile::tempdir_in(cache_dir())?;
    let name = plugin_tool::file_name(host);
    fs_err::copy(folder.join(&name), temporary.path().join(name))?;
    settle(temporary, dir)?;
    printer.status("Finished", format_args!("`plugin-tool` in {} s", round(began.elapsed())));
    Ok(())
}

/// A copy of the template as it is now, where cargo has never seen it.
fn fresh_source(templates: &TemplateSet) -> anyhow::Result<PathBuf> {
    let source = target_dir().join("template-source");
    if source.exists() {
        fs_err::remove_dir_all(&source)?;
    }
    templates.write_source(&source)?;
    // The copy is outside the checkout, and compiled with its toolchain all the same.
    fs_err::copy(root().join(TOOLCHAIN_FILE), source.join(TOOLCHAIN_FILE))?;
    Ok(source)
}

/// Puts what is finished into its place in the cache.
fn settle(finished: tempfile::TempDir, dir: &Path) -> anyhow::Result<()> {
    if dir.exists() {
        fs_err::remove_dir_all(dir)?;
    }
    fs_err::rename(finished.path(), dir)?;
    let _ = finished.keep();
    Ok(())
}

fn does_not_compile(what: &str) -> impl Fn(anyhow::Error) -> anyhow::Error {
    move |cause| {
        error::hinted(
            format!("{what} does not compile: {cause}"),
            "run `cargo xtask doctor` to see what is missing",
        )
    }
}

fn round(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10.0).round() / 10.0
}

/// Compiles the template in `source`, with its neutral config. Gives the executable's path. The source is a fresh copy, since
/// cargo tells by times whether files changed: checkouts that share a target directory would get each other's binary.
fn compile(key: &RuntimeKey, source: &Path) -> anyhow::Result<PathBuf> {
    let target_dir = target_dir().join("template");
    let triple = key.target.row().triple;
    let mut command = process::cargo(source);
    command.args(["build", "--locked", "--package", "runtime", "--target-dir"]).arg(&target_dir);
    if let Some(feature) = key.variant.feature() {
        command.args(["--features", feature]);
    }
    // Tauri leaves out commands that no capability of the project in this folder names.
    command.env("REMOVE_UNUSED_COMMANDS", source);
    let is_debug_here =
        key.profile == Profile::Debug && super::host().is_ok_and(|host| host == key.target);
    let folder = if is_debug_here {
        // What the tests of the template have compiled serves here too.
        target_dir
    } else {
        // With the triple named, our flags stay away from build scripts, even when it is this machine's.
        command.args(["--target", triple]);
        target_dir.join(triple)
    };
    if key.profile == Profile::Release {
        command.arg("--release").env("CARGO_ENCODED_RUSTFLAGS", release_flags(source, key.target));
    }
    process::run(&mut command).map_err(does_not_compile("the runtime"))?;
    let name = format!("runtime{}", key.target.row().exe_suffix);
    Ok(folder.join(key.profile.name()).join(name))
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
