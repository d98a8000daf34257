//! The scope on a real folder: what comes out, what stays when something fails, and what cannot be reached.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use cap_std::ambient_authority;

use super::*;
use crate::Full;

/// Counts what is reserved, up to a quota.
#[derive(Default)]
struct Counter {
    quota: Usage,
    used: Mutex<Usage>,
    changes: AtomicUsize,
}

impl Budget for Counter {
    fn reserve(&self, bytes: u64, entries: u64) -> std::result::Result<(), Full> {
        let mut used = self.used.lock().unwrap();
        if used.bytes + bytes > self.quota.bytes || used.entries + entries > self.quota.entries {
            return Err(Full);
        }
        used.bytes += bytes;
        used.entries += entries;
        Ok(())
    }

    fn changed(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
    }

    fn quota(&self) -> Usage {
        self.quota
    }
}

struct Fixture {
    folder: tempfile::TempDir,
    scope: Scope,
    budget: Arc<Counter>,
}

fn fixture(bytes: u64, entries: u64) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let dir = Dir::open_ambient_dir(folder.path(), ambient_authority()).unwrap();
    let budget = Arc::new(Counter { quota: Usage { bytes, entries }, ..Counter::default() });
    let scope = Scope::new(dir, folder.path(), Arc::<Counter>::clone(&budget));
    Fixture { folder, scope, budget }
}

fn roomy() -> Fixture {
    fixture(1 << 30, 10_000)
}

fn code<T>(result: Result<T>) -> Code {
    result.err().expect("an error").code
}

fn names(scope: &Scope, path: &str) -> Vec<String> {
    scope.list(path).unwrap().into_iter().map(|entry| entry.name).collect()
}

#[test]
fn what_is_written_is_read_again() {
    let Fixture { folder: _folder, scope, .. } = roomy();
    scope.write("config/deep/settings.json", "{\"ä\": 1}".as_bytes()).unwrap();
    assert_eq!(scope.read_text("config\\deep/../deep/settings.json").unwrap(), "{\"ä\": 1}");
    scope.write("config/deep/settings.json", b"").unwrap();
    assert_eq!(scope.read("config/deep/settings.json").unwrap(), b"");
    scope.write("bytes", &[0xff, 0]).unwrap();
    assert_eq!(code(scope.read_text("bytes")), Code::NotUtf8);
    assert_eq!(names(&scope, ""), ["bytes", "config"]);
    let entry = scope.stat("bytes").unwrap();
    assert_eq!((entry.path.as_str(), entry.is_file, entry.size), ("bytes", true, 2));
    assert!(entry.modified_ms.is_some_and(|time| time > 1_700_000_000_000), "{entry:?}");
    assert_eq!(scope.list("config").unwrap()[0].path, "config/deep");
    assert!(scope.stat("").unwrap().is_directory);
    assert_eq!(scope.usage().unwrap(), Usage { bytes: 2, entries: 4 });
    scope.clear().unwrap();
    assert_eq!(scope.usage().unwrap(), Usage::default());
}

#[test]
fn each_refusal_has_its_code() {
    let Fixture { folder: _folder, scope, .. } = roomy();
    scope.write("file", b"x").unwrap();
    scope.write("folder/inner", b"x").unwrap();
    assert_eq!(code(scope.read("gone")), Code::NotFound);
    assert_eq!(code(scope.stat("gone/x")), Code::NotFound);
    assert_eq!(code(scope.read("folder")), Code::IsADirectory);
    assert_eq!(code(scope.list("file")), Code::NotADirectory);
    assert_eq!(code(scope.write("file/x", b"")), Code::NotADirectory);
    assert_eq!(code(scope.write("folder", b"")), Code::IsADirectory);
    assert_eq!(code(scope.write("", b"")), Code::IsADirectory);
    assert_eq!(code(scope.new_directory("file")), Code::AlreadyExists);
    assert_eq!(code(scope.remove("folder", false)), Code::NotEmpty);
    assert_eq!(code(scope.remove("", true)), Code::InvalidName);
    assert_eq!(code(scope.rename("file", "folder", false)), Code::AlreadyExists);
    assert_eq!(code(scope.rename("folder", "folder/x", true)), Code::InvalidName);
    assert_eq!(code(scope.rename("folder/inner", "folder", true)), Code::InvalidName);
    assert_eq!(code(scope.rename("gone", "x", true)), Code::NotFound);
    assert_eq!(code(scope.copy("folder", "x", false, false)), Code::IsADirectory);
    assert_eq!(code(scope.read("../x")), Code::OutsideScope);
    assert!(scope.exists("folder/inner").unwrap() && scope.exists("").unwrap());
    assert!(!scope.exists("gone").unwrap() && !scope.exists("file/x").unwrap());
    scope.new_directory("folder").unwrap();
    scope.new_directory("a/b/c").unwrap();
    assert!(scope.stat("a/b/c").unwrap().is_directory);
}

#[test]
fn a_write_that_fails_leaves_what_was_there() {
    let Fixture { folder, scope, .. } = fixture(10, 4);
    scope.write("kept", b"old").unwrap();
    assert_eq!(code(scope.write("kept", &[0; 20])), Code::QuotaExceeded);
    assert_eq!(scope.read("kept").unwrap(), b"old");
    // Nothing half-written is left beside it either.
    assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(code(scope.write("big", &vec![0; MAX_FILE as usize + 1])), Code::TooLarge);
}

#[test]
fn only_growth_counts_and_what_is_removed_is_told() {
    let Fixture { folder: _folder, scope, budget } = fixture(10, 3);
    scope.write("a/file", &[0; 8]).unwrap();
    scope.write("a/file", &[1; 10]).unwrap();
    assert_eq!(*budget.used.lock().unwrap(), Usage { bytes: 10, entries: 2 });
    assert_eq!(budget.changes.load(Ordering::Relaxed), 0);
    scope.write("a/file", b"1").unwrap();
    assert_eq!(budget.changes.load(Ordering::Relaxed), 1);
    assert_eq!(code(scope.new_directory("b/c")), Code::QuotaExceeded);
    assert!(!scope.exists("b").unwrap());
    scope.remove("a", true).unwrap();
    assert_eq!(budget.changes.load(Ordering::Relaxed), 2);
}

#[test]
fn files_on_their_way_are_hidden_and_out_of_reach() {
    let Fixture { folder, scope, .. } = roomy();
    scope.new_directory("folder").unwrap();
    let left = format!("folder/{}", fresh_name());
    fs_err::write(folder.path().join(&left), "half").unwrap();
    assert_eq!(names(&scope, "folder"), Vec::<String>::new());
    assert_eq!(code(scope.read(&left)), Code::InvalidName);
    // A folder that looks empty can be removed as one.
    scope.remove("folder", false).unwrap();
    assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn moves_replace_as_a_whole() {
    let Fixture { folder, scope, .. } = roomy();
    scope.write("a/one", b"1").unwrap();
    scope.write("b/two", b"2").unwrap();
    scope.rename("a", "new/place/a", false).unwrap();
    assert_eq!(scope.read("new/place/a/one").unwrap(), b"1");
    assert_eq!(code(scope.rename("new/place/a", "b", false)), Code::AlreadyExists);
    scope.rename("new/place/a", "b", true).unwrap();
    assert_eq!(names(&scope, "b"), ["one"]);
    scope.write("file", b"f").unwrap();
    scope.rename("file", "b/one", true).unwrap();
    assert_eq!(scope.read("b/one").unwrap(), b"f");
    scope.rename("b/one", "b/one", false).unwrap();
    // A file takes a folder's place too, and nothing is left over.
    scope.rename("b/one", "new", true).unwrap();
    assert_eq!(scope.read("new").unwrap(), b"f");
    assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn copies_are_whole_or_not_there() {
    let Fixture { folder, scope, budget } = fixture(10, 10);
    scope.write("a/one", b"1").unwrap();
    scope.write("a/b/two", b"22").unwrap();
    scope.copy("a", "c/a", true, false).unwrap();
    assert_eq!(scope.read("c/a/b/two").unwrap(), b"22");
    assert_eq!(*budget.used.lock().unwrap(), Usage { bytes: 6, entries: 9 });
    // Not enough entries are left.
    assert_eq!(code(scope.copy("a", "d", true, false)), Code::QuotaExceeded);
    scope.copy("a/one", "c/a/b/two", false, true).unwrap();
    assert_eq!(scope.read("c/a/b/two").unwrap(), b"1");
    assert_eq!(code(scope.copy("a/one", "c", false, false)), Code::QuotaExceeded);
    assert_eq!(fs_err::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn no_tree_gets_deeper_than_can_be_counted() {
    let Fixture { folder: _folder, scope, .. } = roomy();
    let deep = "d/".repeat(MAX_DEEP);
    scope.new_directory(&deep).unwrap();
    assert_eq!(code(scope.rename("d", "x/d", false)), Code::TooLarge);
    assert_eq!(code(scope.copy("d", "x/d", true, false)), Code::TooLarge);
    assert!(!scope.exists("x").unwrap());
    scope.rename("d", "e", false).unwrap();
    scope.copy("e", "f", true, false).unwrap();
    assert_eq!(scope.usage().unwrap().entries, 2 * MAX_DEEP as u64);
    scope.remove("e", true).unwrap();
}

const MAX_DEEP: usize = crate::MAX_DEPTH;

#[cfg(unix)]
#[test]
fn links_lead_nowhere_outside() {
    use fs_err::os::unix::fs::symlink;

    let Fixture { folder, scope, .. } = roomy();
    let outside = tempfile::tempdir().unwrap();
    fs_err::write(outside.path().join("secret"), "secret").unwrap();
    scope.write("inside/file", b"x").unwrap();
    symlink(outside.path(), folder.path().join("absolute")).unwrap();
    symlink("../../../../../../etc", folder.path().join("relative")).unwrap();
    symlink("inside/file", folder.path().join("good")).unwrap();
    symlink(outside.path().join("secret"), folder.path().join("file")).unwrap();
    for path in ["absolute/secret", "relative/hostname", "file"] {
        assert_eq!(code(scope.read(path)), Code::OutsideScope, "{path}");
        assert_eq!(code(scope.stat(path)), Code::OutsideScope, "{path}");
        assert_eq!(code(scope.write(path, b"mine")), Code::OutsideScope, "{path}");
        assert_eq!(code(scope.copy(path, "copy", true, false)), Code::OutsideScope, "{path}");
        assert!(scope.exists(path).is_err(), "{path}");
    }
    assert_eq!(code(scope.list("absolute")), Code::OutsideScope);
    assert_eq!(code(scope.new_directory("absolute/new")), Code::OutsideScope);
    assert_eq!(code(scope.rename("inside", "absolute/inside", false)), Code::OutsideScope);
    assert_eq!(code(scope.remove("absolute/secret", true)), Code::OutsideScope);
    assert_eq!(scope.read("good").unwrap(), b"x");

    // The link itself may go, and be replaced; what it led to stays.
    scope.remove("absolute", true).unwrap();
    scope.rename("inside", "file", true).unwrap();
    assert_eq!(fs_err::read_dir(outside.path()).unwrap().count(), 1);
    assert_eq!(fs_err::read(outside.path().join("secret")).unwrap(), b"secret");
}
