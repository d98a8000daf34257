//! Files through the bridge, beside a bare Tauri app and Tauri's own plugin for files.

use super::{Figure, figures_of};
use crate::{
    printer::Printer,
    process,
    workspace::{root, target_dir},
};

/// Measures in real windows.
pub(super) fn measure(printer: &Printer) -> anyhow::Result<Vec<Figure>> {
    printer.status("Compiling", "the bare app that is the baseline");
    let target = target_dir().join("bridge-bench");
    let mut command = process::cargo(&root().join("tests/bridge-bench"));
    command.args(["build", "--release", "--locked"]).env("CARGO_TARGET_DIR", &target);
    process::run_quiet(&mut command)?;
    printer.status("Measuring", "files through the bridge");
    let bare = target.join(format!("release/bridge-bench{}", std::env::consts::EXE_SUFFIX));
    figures_of("tests", "bridge", &[("DESKWRIGHT_BARE_APP", bare.as_os_str())])
}
