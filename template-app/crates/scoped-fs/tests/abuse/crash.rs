//! Processes that are killed while they write: every file is an old one or a new one, and nothing stays of what was on its way.

use std::{
    fmt,
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::Stdio,
};

use scoped_fs::Scope;

use crate::{MIB, left_behind, names, open};

/// Where the test writes without an end, until it is killed.
const FOLDER: &str = "SCOPED_FS_TEST_FOLDER";
/// The write in whose middle it waits to be killed; without it the kill meets whatever is going on.
const STOP: &str = "SCOPED_FS_TEST_STOP";
/// Files that are written again and again.
const FILES: usize = 10;
/// Bytes of each: too many for one write of the system to be whole by chance.
const SIZE: usize = 200_000;
/// Writes until the process is killed, and how often one is.
const WRITES: usize = 105;
const KILLS: usize = 10;

fn name_of(version: usize) -> String {
    format!("folder/{}", version % FILES)
}

/// One version of a file, by one of the ways.
fn write(scope: &Scope, version: usize) {
    let name = name_of(version);
    let content = version.to_le_bytes().repeat(SIZE / 8);
    if version.is_multiple_of(2) {
        scope.write(&name, &content).unwrap();
    } else {
        let mut writer = scope.writer(&name, false).unwrap();
        content.chunks(SIZE / 3).for_each(|piece| writer.write(piece).unwrap());
        writer.finish().unwrap();
    }
}

/// The version of a file, which is whole.
fn version(scope: &Scope, name: &str) -> usize {
    let content = scope.read(&format!("folder/{name}")).unwrap();
    assert_eq!(content.len(), SIZE / 8 * 8, "{name} is whole");
    let version: [u8; 8] = content[..8].try_into().unwrap();
    assert!(content.chunks(8).all(|chunk| chunk == version), "{name} is of one version");
    usize::from_le_bytes(version)
}

/// A line for whoever started this process: past the test harness, which would keep it.
fn tell(line: fmt::Arguments<'_>) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n{line}").unwrap();
}

/// Half of a file, and no more: the process waits to be killed.
fn write_half(scope: &Scope, version: usize) -> ! {
    let mut writer = scope.writer(&name_of(version), false).unwrap();
    writer.write(&version.to_le_bytes().repeat(SIZE / 16)).unwrap();
    tell(format_args!("wrote half of {version}"));
    loop {
        std::thread::park();
    }
}

/// With the variable it goes on until it is killed, and tells of each write.
#[test]
fn each_write_is_whole() {
    let folder = std::env::var_os(FOLDER).map(PathBuf::from);
    let stop = std::env::var(STOP).ok().and_then(|number| number.parse::<usize>().ok());
    let own = tempfile::tempdir().unwrap();
    let root = folder.clone().unwrap_or_else(|| own.path().to_owned()).join("scope");
    let scope = open(&root, 100 * MIB);
    for number in 1.. {
        if stop == Some(number) {
            write_half(&scope, number);
        }
        write(&scope, number);
        if folder.is_some() {
            tell(format_args!("wrote {number}"));
        } else if number == 3 * FILES {
            break;
        }
    }
    for name in names(&scope, "folder") {
        assert!(version(&scope, &name) > 2 * FILES);
    }
    assert_eq!(left_behind(&root), Vec::<String>::new());
}

#[test]
fn a_process_that_is_killed_tears_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("scope");
    for kill in 0..KILLS {
        #[expect(clippy::disallowed_methods, reason = "tests start programs here")]
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "crash::each_write_is_whole", "--nocapture"]);
        command.env(FOLDER, folder.path()).stdout(Stdio::piped());
        let last = WRITES + kill;
        // Every second time it is surely in the middle of a file, else wherever it has come to.
        let half = kill.is_multiple_of(2);
        if half {
            command.env(STOP, (last + 1).to_string());
        }
        let until =
            if half { format!("wrote half of {}", last + 1) } else { format!("wrote {last}") };
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|line| line == until), "{until}");
        child.kill().unwrap();
        child.wait().unwrap();
        let left = left_behind(&root).len();
        assert!(left == 1 || !half && left == 0, "{left} files on their way");

        let scope = open(&root, 100 * MIB);
        assert_eq!(left_behind(&root), Vec::<String>::new(), "the next start clears up");
        let found = names(&scope, "folder");
        assert_eq!(found.len(), FILES);
        let versions: Vec<_> = found.iter().map(|name| version(&scope, name)).collect();
        // What was told is there, or something newer.
        assert!(versions.iter().all(|version| last < version + FILES), "{versions:?} after {last}");
        assert_eq!(scope.usage().unwrap().bytes, (FILES * SIZE) as u64);
    }
}

#[test]
fn what_another_process_has_on_its_way_is_not_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("scope");
    let scope = open(&root, MIB);
    let mut writer = scope.writer("file", false).unwrap();
    writer.write(b"half").unwrap();
    let other = open(&root, MIB);
    assert_eq!((left_behind(&root).len(), names(&other, "")), (1, vec![]));
    writer.write(b" and half").unwrap();
    writer.finish().unwrap();
    assert_eq!(other.read("file").unwrap(), b"half and half");
    // Nor does emptying the scope take it away.
    let mut writer = scope.writer("file", true).unwrap();
    other.clear().unwrap();
    writer.write(b"!").unwrap();
    writer.finish().unwrap();
    assert_eq!(scope.read("file").unwrap(), b"half and half!");
}
