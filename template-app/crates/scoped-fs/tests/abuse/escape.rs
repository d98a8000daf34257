//! Ways out: by paths, by names, by links, and by what changes between a look and a use.

#[cfg(unix)]
use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use scoped_fs::Code;
#[cfg(unix)]
use scoped_fs::Scope;

use crate::{Desk, MIB, code, names};

/// Texts that lead out on one system or another.
const OUTSIDE: &[&str] = &[
    "..",
    "../secret",
    "a/../../secret",
    "a\\..\\..\\secret",
    "./../secret",
    "/etc/hostname",
    "\\Windows\\win.ini",
    "//server/share/x",
    "\\\\server\\share\\x",
    "\\\\?\\C:\\x",
    "\\\\.\\PhysicalDrive0",
    "\\??\\C:\\x",
    "C:\\x",
    "c:x",
    "C:",
    "a\0b",
    "nul",
    "a/NUL.txt",
    "com1",
    "LPT9.log",
    "COM¹",
    "CONIN$",
    "conout$.x",
    "aux .txt",
];

/// Texts that name something else than they say on one system or another.
const ODD: &[&str] = &[
    "file.txt:s",
    "file.txt::$DATA",
    "ab:c",
    "a.",
    "a ",
    "a/b./c",
    "... ",
    "a\nb",
    "a\u{7f}b",
    ".deskwright-work.tmp/lock",
    ".deskwright-1.tmp",
];

#[test]
fn no_path_leads_out_whatever_is_done_with_it() {
    let desk = Desk::new(MIB);
    let scope = &desk.scope;
    fs_err::write(desk.folder.path().join("secret"), "secret").unwrap();
    scope.write("mine", b"1").unwrap();
    let long = "n".repeat(300);
    let odd = ODD.iter().copied().chain([long.as_str()]).map(|path| (path, Code::InvalidName));
    for (path, expected) in OUTSIDE.iter().map(|path| (*path, Code::OutsideScope)).chain(odd) {
        for (what, found) in [
            ("list", code(scope.list(path))),
            ("stat", code(scope.stat(path))),
            ("exists", code(scope.exists(path))),
            ("reader", code(scope.reader(path, 0, None))),
            ("write", code(scope.write(path, b"x"))),
            ("writer", code(scope.writer(path, true))),
            ("new_directory", code(scope.new_directory(path))),
            ("remove", code(scope.remove(path, true))),
            ("move to", code(scope.rename("mine", path, true))),
            ("move from", code(scope.rename(path, "x", true))),
            ("copy to", code(scope.copy("mine", path, true, true))),
            ("copy from", code(scope.copy(path, "x", true, true))),
        ] {
            assert_eq!(found, expected, "{what} {path:?}");
        }
    }
    assert_eq!(names(scope, ""), ["mine"]);
    assert_eq!(fs_err::read_dir(desk.folder.path()).unwrap().count(), 2);
}

#[test]
fn names_that_differ_in_case_are_one_or_two_as_the_disk_has_it() {
    let desk = Desk::new(MIB);
    let scope = &desk.scope;
    for overwrite in [false, true] {
        scope.write("a", b"file").unwrap();
        scope.rename("a", "A", overwrite).unwrap();
        // Wine leaves such a name as it is; Windows does not.
        let spelled = if cfg!(windows) {
            names(scope, "").join("").to_uppercase()
        } else {
            names(scope, "").join("")
        };
        assert_eq!(spelled, "A");
        scope.rename("A", "a", overwrite).unwrap();
        assert_eq!(
            (names(scope, ""), scope.read("a").unwrap()),
            (vec!["a".to_owned()], b"file".to_vec())
        );
        scope.write("folder/inner", b"1").unwrap();
        scope.rename("folder", "FOLDER", overwrite).unwrap();
        assert_eq!(names(scope, "").len(), 2);
        assert!(cfg!(windows) || scope.exists("folder").is_ok_and(|old| !old));
        assert_eq!(scope.read("FOLDER/inner").unwrap(), b"1");
        scope.clear().unwrap();
    }
    // Where they are two, none replaces the other by mistake.
    scope.write("b", b"small").unwrap();
    scope.write("B", b"large").unwrap();
    if names(scope, "").len() == 2 {
        assert_eq!(code(scope.rename("b", "B", false)), Code::AlreadyExists);
        scope.rename("b", "B", true).unwrap();
        assert_eq!(
            (names(scope, ""), scope.read("B").unwrap()),
            (vec!["B".to_owned()], b"small".to_vec())
        );
    }
}

#[cfg(unix)]
#[test]
fn a_hard_link_is_an_ordinary_file() {
    let desk = Desk::new(MIB);
    let outside = desk.folder.path().join("outside");
    fs_err::write(&outside, "outside").unwrap();
    fs_err::hard_link(&outside, desk.root().join("link")).unwrap();
    assert_eq!(desk.scope.read("link").unwrap(), b"outside");
    // What is written is a new file in its place: the other name keeps what it has.
    desk.scope.write("link", b"mine").unwrap();
    let mut writer = desk.scope.writer("link", true).unwrap();
    writer.write(b" and more").unwrap();
    writer.finish().unwrap();
    assert_eq!(desk.scope.read("link").unwrap(), b"mine and more");
    assert_eq!(fs_err::read(&outside).unwrap(), b"outside");
}

#[cfg(unix)]
#[test]
fn a_folder_that_becomes_a_link_meanwhile_leads_nowhere() {
    /// Rounds of the one that reads and writes; the other changes the folder as long.
    const ROUNDS: usize = 3_000;

    let desk = Desk::new(MIB);
    let (root, outside) = (desk.root(), desk.folder.path().join("outside"));
    fs_err::create_dir(&outside).unwrap();
    fs_err::write(outside.join("file"), "secret").unwrap();
    desk.scope.write("d/file", b"mine").unwrap();
    let is_over = AtomicBool::new(false);
    thread::scope(|threads| {
        threads.spawn(|| {
            let (folder, aside) = (root.join("d"), root.join("aside"));
            while !is_over.load(Ordering::Relaxed) {
                // Whatever the other makes in its place meanwhile: the next round tries again.
                let _ = fs_err::rename(&folder, &aside);
                let _ = fs_err::os::unix::fs::symlink(&outside, &folder);
                thread::yield_now();
                if aside.exists() {
                    let _ = fs_err::remove_file(&folder);
                    let _ = fs_err::remove_dir_all(&folder);
                    let _ = fs_err::rename(&aside, &folder);
                }
            }
        });
        let (mut read, mut refused, mut round) = (0, 0, 0);
        // Long enough that each has been met.
        while round < ROUNDS || (read == 0 || refused == 0) && round < 100 * ROUNDS {
            match desk.scope.read("d/file") {
                Ok(bytes) => {
                    assert_eq!(bytes, b"mine");
                    read += 1;
                }
                Err(error) => refused += usize::from(error.code == Code::OutsideScope),
            }
            act(&desk.scope, round);
            round += 1;
        }
        is_over.store(true, Ordering::Relaxed);
        assert!(read > 0 && refused > 0, "{read} were read and {refused} refused");
    });
    let outside: Vec<_> =
        fs_err::read_dir(&outside).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(outside, ["file"]);
    assert_eq!(fs_err::read(desk.folder.path().join("outside/file")).unwrap(), b"secret");
}

/// Something that would show outside, if it got there.
#[cfg(unix)]
fn act(scope: &Scope, round: usize) {
    match round % 4 {
        0 => drop(scope.write("d/new", b"mine")),
        1 => {
            let found = scope.list("d").unwrap_or_default();
            assert!(found.iter().all(|entry| entry.size <= 4), "{found:?}");
        }
        2 => drop(scope.copy("d/file", "d/copy", false, true)),
        _ => drop(scope.remove("d/new", false)),
    }
}
