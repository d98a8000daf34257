//! Programs from PyPI that check the workflows (zizmor, shellcheck, act): wheels pinned by hash, in a folder of our own.

use crate::{
    printer::Printer,
    process,
    workspace::{root, target_dir},
};

const REQUIREMENTS: &str = include_str!("../assets/python-tools/requirements.txt");
/// What pip is told: nothing is built, and nothing is taken that is not on the list.
const PIP_WORDS: &[&str] = &[
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--require-hashes",
    "--only-binary",
    ":all:",
    "--no-deps",
];

/// Installs the programs, unless what is there is what the list says. Tests find them in `tools/python/bin` of Cargo's target
/// directory.
pub(crate) fn install(printer: &Printer) -> anyhow::Result<()> {
    let tools = target_dir().join("tools");
    let dir = tools.join("python");
    let mark = dir.join("requirements.txt");
    if fs_err::read_to_string(&mark).is_ok_and(|installed| installed == REQUIREMENTS) {
        return Ok(());
    }
    printer.status("Installing", "zizmor, shellcheck and act");
    fs_err::create_dir_all(&tools)?;
    let temporary = tempfile::tempdir_in(&tools)?;
    let list = temporary.path().join("requirements.txt");
    fs_err::write(&list, REQUIREMENTS)?;
    let pip = process::find("pip3", "install pip for Python 3")?;
    let mut command = process::command(pip, root());
    command.args(PIP_WORDS).arg("--requirement").arg(&list);
    process::run_quiet(command.arg("--target").arg(temporary.path()))?;
    if dir.exists() {
        fs_err::remove_dir_all(&dir)?;
    }
    fs_err::rename(temporary.path(), &dir)?;
    let _ = temporary.keep();
    Ok(())
}
