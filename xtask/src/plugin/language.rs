//! The languages that plugins are written in here: how a folder shows its own, and the command that builds it.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;
use serde_json::Value;

use super::{DIST, Source};
use crate::{
    codegen, error,
    printer::Printer,
    process,
    setup::{self, Purpose},
    workspace::{root, target_dir},
};

/// The target that plugins are built for.
pub(crate) const TARGET: &str = "wasm32-wasip1";
/// Names a program that builds Rust where the toolchain lacks the target.
const CARGO_VARIABLE: &str = "DESKWRIGHT_WASM_CARGO";

/// How a plugin is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Rust,
    /// Built by a script of its own.
    Script,
    /// One file, built by clang with wasi-libc.
    C,
    AssemblyScript,
}

impl Language {
    /// The language of the plugin in a folder; none where there is no plugin.
    pub(super) fn of(dir: &Path) -> Option<Language> {
        let has = |name: &str| dir.join(name).is_file();
        match () {
            () if has("Cargo.toml") => Some(Language::Rust),
            () if has("build.sh") => Some(Language::Script),
            () if has("main.c") => Some(Language::C),
            () if has("package.json") && has("asconfig.json") => Some(Language::AssemblyScript),
            () => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Language::Rust => "rust",
            Language::Script => "script",
            Language::C => "c",
            Language::AssemblyScript => "assemblyscript",
        }
    }

    /// Builds the module. Gives its place, where that is not yet the one in `dist`.
    pub(super) fn build(
        self,
        source: &Source,
        printer: &Printer,
    ) -> anyhow::Result<Option<PathBuf>> {
        match self {
            Language::Rust => rust(&source.dir).map(Some),
            Language::Script => {
                let shell = process::find("sh", "build it where there is a shell")?;
                process::run(process::command(shell, &source.dir).arg("build.sh"))?;
                Ok(None)
            }
            Language::C => c(source).map(|()| None),
            Language::AssemblyScript => {
                codegen::install_package(&source.dir, printer)?;
                let npm = process::find("npm", "install Node.js 20 or later")?;
                let words = ["run", "--silent", "build"];
                process::run(process::command(npm, &source.dir).args(words))?;
                Ok(None)
            }
        }
    }
}

/// Whether the Rust toolchain of this checkout has the target.
pub(crate) fn rust_has_target() -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = process::command(rustc, root());
    let libraries =
        process::read_quiet(command.args(["--print", "target-libdir", "--target", TARGET]));
    libraries.is_ok_and(|dir| Path::new(&dir).is_dir())
}

/// Builds a Cargo package; gives the module that Cargo makes, which is called after the package.
pub(super) fn rust(dir: &Path) -> anyhow::Result<PathBuf> {
    // One for all plugins: what they have in common is compiled once.
    let target_dir = target_dir().join("plugins");
    let other = env::var_os(CARGO_VARIABLE).filter(|program| !program.is_empty());
    let mut command = match other {
        _ if rust_has_target() => {
            let mut cargo = process::cargo(dir);
            cargo.args(["build", "--target", TARGET]);
            cargo
        }
        Some(program) => {
            let mut command = process::command(program, root());
            command.arg(dir);
            command
        }
        None => {
            return Err(error::missing(
                format!("the Rust toolchain cannot build for {TARGET}"),
                format!("rustup target add {TARGET}"),
            ));
        }
    };
    command.args(["--release", "--target-dir"]).arg(&target_dir);
    process::run(&mut command).context("the plugin does not compile")?;
    let package = package_name(dir)?;
    Ok(target_dir.join(TARGET).join("release").join(format!("{package}.wasm")))
}

/// The name of the package in a folder.
fn package_name(dir: &Path) -> anyhow::Result<String> {
    let mut command = process::cargo(dir);
    let words = ["metadata", "--no-deps", "--format-version", "1", "--offline"];
    let text = process::read(command.args(words))?;
    let metadata: Value = serde_json::from_str(&text)?;
    // One package has no others beside it; of a workspace's the one in this folder is meant.
    let manifest = fs_err::canonicalize(dir.join("Cargo.toml"))?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_here = |package: &&Value| {
        let path = package["manifest_path"].as_str().unwrap_or_default();
        fs_err::canonicalize(path).is_ok_and(|path| path == manifest)
    };
    let name = packages.iter().find(is_here).and_then(|package| package["name"].as_str());
    name.map(str::to_owned).with_context(|| format!("no package in `{}`", manifest.display()))
}

/// Compiles `main.c`, small, without debug information.
fn c(source: &Source) -> anyhow::Result<()> {
    let module = source.module();
    fs_err::create_dir_all(source.dir.join(DIST))?;
    let mut command = match env::var_os("WASI_SDK_PATH") {
        Some(sdk) => {
            let clang = Path::new(&sdk).join("bin/clang");
            let mut command = process::command(clang, &source.dir);
            command.arg("--target=wasm32-wasip1");
            command
        }
        None => c_compiler(&source.dir)?,
    };
    command.args(["-std=c11", "-Os", "-flto", "-Wall", "-Wl,--strip-all", "-o"]);
    process::run(command.arg(module).arg("main.c")).context("the plugin does not compile")
}

/// The system's clang, which takes wasi-libc from where the system has it.
fn c_compiler(dir: &Path) -> anyhow::Result<Command> {
    let missing = setup::missing_packages(Purpose::Plugins);
    if !missing.is_empty() {
        let hint = setup::install_command(&missing).unwrap_or_else(|| {
            "install the WASI SDK, and name its folder in WASI_SDK_PATH".to_owned()
        });
        return Err(error::missing(format!("not installed: {}", missing.join(", ")), hint));
    }
    let mut command = process::command("clang", dir);
    command.arg("--target=wasm32-wasi");
    Ok(command)
}
