//! The first prefix, made once: every Windows of the tests begins as a copy of it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::process;

/// Where prefixes are made; without it, in the target directory that the tests run from.
const CACHE_VARIABLE: &str = "WINDOWS_TOOL_DIR";
/// Changes when the prefix is made in another way, so that an old one is not used.
const NAME: &str = "wine-template-1";
/// The prefix, in the folder of a Windows; beside it is the home of who runs it.
pub(super) const PREFIX: &str = "prefix";
const HOME: &str = "home";
const C_COMPILER: &str = "x86_64-w64-mingw32-gcc";
const PROGRAMS: &[&str] = &["wine", "wineboot", "winecfg", "wineserver", C_COMPILER];

/// A first start makes the prefix. Seen: 7 s; a loaded machine needs more.
const FIRST_START: Duration = Duration::from_secs(180);

/// The one function that programs of Rust want of a library which Wine 8 lacks. It is for tests, and
/// never shipped: every Windows has the real one.
const RANDOM: &str = r"
#include <windows.h>
#include <ntsecapi.h>
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T count) {
  while (count) {
    ULONG part = count > 0x10000000 ? 0x10000000 : (ULONG)count;
    if (!RtlGenRandom(bytes, part)) return FALSE;
    bytes += part;
    count -= part;
  }
  return TRUE;
}
";
const RANDOM_LIBRARY: &str = "bcryptprimitives.dll";

/// A command of Wine's in the Windows of this folder, with nothing of our own environment.
pub(super) fn command(program: &str, root: &Path) -> Command {
    let mut command = process::command(program);
    command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    command.env("WINEPREFIX", root.join(PREFIX)).env("HOME", root.join(HOME));
    command.env("WINEDEBUG", "-all").env("LANG", "C.UTF-8").current_dir(root);
    // No entries in our own menus, and no offers to download what Wine has not.
    command.env("WINEDLLOVERRIDES", "winemenubuilder.exe=d;mscoree,mshtml=d");
    command
}

/// The finished prefix.
pub(super) async fn obtain() -> Result<PathBuf> {
    check_programs()?;
    let cache = cache_dir()?;
    fs_err::create_dir_all(&cache)?;
    let finished = cache.join(NAME);
    let lock = fs_err::File::create(cache.join(format!("{NAME}.lock")))?;
    // Tests run at the same time, in threads of one process and in other processes.
    let lock = tokio::task::spawn_blocking(move || lock.file().lock().map(|()| lock)).await??;
    if !finished.is_dir() {
        let root = tempfile::Builder::new().prefix("wine-").tempdir_in(&cache)?;
        make(root.path()).await.context("failed to make a prefix of Wine")?;
        fs_err::rename(root.path().join(PREFIX), &finished)?;
    }
    drop(lock);
    Ok(finished)
}

async fn make(root: &Path) -> Result<()> {
    fs_err::create_dir(root.join(HOME))?;
    for (program, args) in [
        ("wineboot", ["--init"].as_slice()),
        ("winecfg", &["-v", "win10"]),
        ("wineserver", &["-w"]),
    ] {
        let output = process::run(command(program, root).args(args), FIRST_START).await?;
        output.expect_code(0)?;
    }
    own_folders(&root.join(PREFIX).join("drive_c/users"))?;
    let source = root.join("random.c");
    fs_err::write(&source, RANDOM)?;
    let library = root.join(PREFIX).join("drive_c/windows/system32").join(RANDOM_LIBRARY);
    let mut compile = process::command(C_COMPILER);
    compile.args(["-shared", "-o"]).arg(library).arg(source).arg("-ladvapi32");
    process::run(&mut compile, FIRST_START).await?.expect_code(0)?;
    Ok(())
}

/// Gives the user folders of this disk, such as the desktop, where Wine has links into our home.
fn own_folders(users: &Path) -> Result<()> {
    for user in fs_err::read_dir(users)? {
        for entry in fs_err::read_dir(user?.path())? {
            let path = entry?.path();
            if path.is_symlink() {
                fs_err::remove_file(&path)?;
                fs_err::create_dir(&path)?;
            }
        }
    }
    Ok(())
}

fn check_programs() -> Result<()> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |name: &&&str| std::env::split_paths(&path).any(|dir| dir.join(name).is_file());
    let missing: Vec<_> = PROGRAMS.iter().filter(|name| !is_there(name)).copied().collect();
    if !missing.is_empty() {
        bail!("missing prerequisite: {}; run `cargo xtask setup --tests`", missing.join(", "));
    }
    Ok(())
}

/// The test executable is `<target>/<profile>/deps/<name>`.
fn cache_dir() -> Result<PathBuf> {
    if let Some(dir) = std::env::var_os(CACHE_VARIABLE) {
        return Ok(dir.into());
    }
    let executable = std::env::current_exe().context("the test executable has no path")?;
    let target = executable.ancestors().nth(3);
    Ok(target.context("the test executable is in no target directory")?.join("wine"))
}
