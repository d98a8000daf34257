//! What the machine says of this process, and disks that are small.

use std::{path::Path, process::Output};

/// Threads of this process.
#[cfg(target_os = "linux")]
pub(crate) fn threads() -> usize {
    fs_err::read_dir("/proc/self/task").unwrap().count()
}

/// Threads of this process whose name begins so.
#[cfg(target_os = "linux")]
pub(crate) fn threads_named(name: &str) -> usize {
    let tasks = fs_err::read_dir("/proc/self/task").unwrap();
    let names =
        tasks.filter_map(|task| fs_err::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|found| found.starts_with(name)).count()
}

/// Open files of this process.
#[cfg(target_os = "linux")]
pub(crate) fn open_files() -> usize {
    fs_err::read_dir("/proc/self/fd").unwrap().count()
}

/// Memory of this process, in KiB.
#[cfg(target_os = "linux")]
pub(crate) fn resident_kb() -> u64 {
    let status = fs_err::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Runs a script where `$DISK` is a file system of memory with so much room, in a namespace of its own.
#[cfg(target_os = "linux")]
pub(crate) fn shell_with_small_disk(room: &str, disk: &Path, script: &str) -> Output {
    fs_err::create_dir_all(disk).unwrap();
    let script =
        format!("set -u\nmount -t tmpfs -o size={room} none \"$DISK\" || exit 90\n{script}");
    #[expect(clippy::disallowed_methods, reason = "tests start programs here")]
    let mut command = std::process::Command::new("unshare");
    // Where this is not the superuser, it is one of its own namespace.
    command.args(["--mount", "--map-root-user", "--user", "sh", "-c", &script]);
    command.env("DISK", disk).env("TOOL", env!("CARGO_BIN_EXE_plugin-tool"));
    command.output().unwrap()
}
