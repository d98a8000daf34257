//! What is told of what happens, by the system's own news.

use std::{sync::mpsc::Receiver, time::Duration};

use super::*;
use crate::Usage;

/// Longest wait for news on a machine that has other things to do.
const SOON: Duration = Duration::from_secs(20);
/// The name of what ends a scene: when it is told, all before it has been.
const END: &str = "end-of-scene";

struct Fixture {
    folder: tempfile::TempDir,
    scope: Scope,
}

fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let quota = Usage { bytes: 1 << 24, entries: 100_000 };
    let scope = Scope::open(&folder.path().join("scope"), quota).unwrap();
    Fixture { folder, scope }
}

fn watch(scope: &Scope, path: &str, recursive: bool) -> (Watch, Receiver<Vec<Change>>) {
    let (sender, receiver) = std::sync::mpsc::channel();
    let watch = scope.watch(path, recursive, move |changes| sender.send(changes).unwrap_or(()));
    (watch.unwrap(), receiver)
}

/// What was told since the last scene, as short texts: `+ path`, `* path`, `- path`, `old > new`.
fn scene(scope: &Scope, path: &str, news: &Receiver<Vec<Change>>) -> Vec<String> {
    scope.write(&format!("{path}{END}"), b"").unwrap();
    let mut told = told_until(news, &format!("+ {path}{END}"));
    scope.remove(&format!("{path}{END}"), false).unwrap();
    told_until(news, &format!("- {path}{END}"));
    told.pop();
    told
}

fn told_until(news: &Receiver<Vec<Change>>, last: &str) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    while told.last().is_none_or(|text| text != last) {
        let changes = news.recv_timeout(SOON).unwrap_or_else(|_| panic!("no {last}: {told:?}"));
        told.extend(changes.iter().map(text));
        // It may come with others, which are in the order of their names.
        if let Some(index) = told.iter().position(|text| text == last) {
            let end = told.remove(index);
            told.push(end);
        }
    }
    told
}

fn text(change: &Change) -> String {
    let path = &change.path;
    match (change.kind, &change.from) {
        (ChangeKind::Created, _) => format!("+ {path}"),
        (ChangeKind::Changed, _) => format!("* {path}"),
        (ChangeKind::Removed, _) => format!("- {path}"),
        (ChangeKind::Renamed, Some(from)) => format!("{from} > {path}"),
        (ChangeKind::Renamed, None) => format!("? > {path}"),
    }
}

#[test]
fn what_the_scope_itself_does_is_told_once() {
    let Fixture { folder: _folder, scope } = fixture();
    scope.write("old", b"1").unwrap();
    let (_watch, news) = watch(&scope, "", false);
    scope.write("old", b"2").unwrap();
    scope.write("new", &vec![0; 1 << 20]).unwrap();
    assert_eq!(scene(&scope, "", &news), ["+ new", "* old"]);
    scope.write("sub/deep", b"").unwrap();
    scope.remove("old", false).unwrap();
    assert_eq!(scene(&scope, "", &news), ["- old", "+ sub"]);
    // Below the folder nothing is told, nor is what is only read.
    scope.write("sub/deeper", b"").unwrap();
    scope.read("new").unwrap();
    assert_eq!(scene(&scope, "", &news), Vec::<String>::new());
    let mut writer = scope.writer("given-up", false).unwrap();
    writer.write(b"half").unwrap();
    drop(writer);
    assert_eq!(scene(&scope, "", &news), Vec::<String>::new());
}

#[test]
fn what_is_renamed_keeps_its_past() {
    let Fixture { folder: _folder, scope } = fixture();
    scope.write("folder/inner", b"1").unwrap();
    scope.write("file", b"1").unwrap();
    let (_watch, news) = watch(&scope, "", true);
    scope.rename("file", "folder/file", false).unwrap();
    scope.rename("folder", "moved", false).unwrap();
    let told = scene(&scope, "", &news);
    if cfg!(target_os = "linux") {
        assert!(told.contains(&"folder > moved".to_owned()), "{told:?}");
    } else {
        assert!(told.iter().any(|text| text.ends_with(" moved")), "{told:?}");
    }
    scope.write("moved/inner", b"2").unwrap();
    scope.remove("moved", true).unwrap();
    assert_eq!(scene(&scope, "", &news), ["- moved"]);
}

#[test]
fn new_folders_are_told_with_all_that_is_in_them() {
    let Fixture { folder, scope } = fixture();
    let (_watch, news) = watch(&scope, "", true);
    scope.write("a/b/c/file", b"1").unwrap();
    assert_eq!(scene(&scope, "", &news), ["+ a", "+ a/b", "+ a/b/c", "+ a/b/c/file"]);
    scope.write("a/b/c/file", b"2").unwrap();
    assert_eq!(scene(&scope, "", &news), ["* a/b/c/file"]);
    // What comes from outside is told as well.
    let outside = folder.path().join("outside");
    fs_err::create_dir_all(outside.join("x")).unwrap();
    fs_err::write(outside.join("x/y"), "1").unwrap();
    fs_err::rename(&outside, folder.path().join("scope/in")).unwrap();
    assert_eq!(scene(&scope, "", &news), ["+ in", "+ in/x", "+ in/x/y"]);
}

#[test]
fn a_file_and_a_folder_that_go_end_their_watches() {
    let Fixture { folder: _folder, scope } = fixture();
    scope.write("folder/file", b"1").unwrap();
    let (_file, file) = watch(&scope, "folder/file", true);
    let (_folder_watch, folder) = watch(&scope, "folder", false);
    let (_tree, tree) = watch(&scope, "folder", true);
    scope.write("folder/file", b"2").unwrap();
    scope.write("folder/other", b"2").unwrap();
    assert_eq!(told_until(&file, "* folder/file"), ["* folder/file"]);
    assert_eq!(scene(&scope, "folder/", &folder), ["* folder/file", "+ folder/other"]);
    scope.remove("folder", true).unwrap();
    for news in [&file, &folder, &tree] {
        let path = if std::ptr::eq(news, &file) { "- folder/file" } else { "- folder" };
        told_until(news, path);
        assert_eq!(news.recv_timeout(SOON).unwrap(), []);
    }
    scope.write("folder/file", b"3").unwrap();
    let (_again, again) = watch(&scope, "", true);
    scene(&scope, "", &again);
    for news in [&file, &folder, &tree] {
        assert!(news.try_recv().is_err());
    }
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_what_cannot_be_named_is_not_told() {
    use std::os::unix::ffi::OsStrExt as _;

    let Fixture { folder, scope } = fixture();
    let (root, outside) = (folder.path().join("scope"), tempfile::tempdir().unwrap());
    fs_err::os::unix::fs::symlink(outside.path(), root.join("link")).unwrap();
    scope.new_directory("real").unwrap();
    fs_err::os::unix::fs::symlink("real", root.join("inner")).unwrap();
    let code = |path| scope.watch(path, true, |_| {}).err().unwrap().code;
    assert_eq!((code("link"), code("inner")), (Code::OutsideScope, Code::OutsideScope));
    assert_eq!((code("gone"), code("../x")), (Code::NotFound, Code::OutsideScope));
    let (_watch, news) = watch(&scope, "", true);
    fs_err::write(outside.path().join("secret"), "1").unwrap();
    fs_err::os::unix::fs::symlink(outside.path(), root.join("later")).unwrap();
    fs_err::write(outside.path().join("another"), "1").unwrap();
    fs_err::write(root.join(std::ffi::OsStr::from_bytes(b"\xff\xfe")), "1").unwrap();
    fs_err::write(root.join("a:b"), "1").unwrap();
    assert_eq!(scene(&scope, "", &news), ["+ later"]);
}

#[test]
fn one_thread_serves_all_and_ends_with_the_last() {
    let Fixture { folder: _folder, scope } = fixture();
    for number in 0..20 {
        scope.new_directory(&format!("f{number}")).unwrap();
    }
    let watches: Vec<_> = (0..20)
        .flat_map(|number| [watch(&scope, &format!("f{number}"), false), watch(&scope, "", true)])
        .collect();
    scope.write("f7/x", b"").unwrap();
    for (index, (_, news)) in watches.iter().enumerate() {
        if index % 2 == 1 || index == 14 {
            assert_eq!(told_until(news, "+ f7/x"), ["+ f7/x"]);
        }
    }
    let watched = Arc::downgrade(&watches[0].0.watched);
    drop(watches);
    assert_eq!(watched.strong_count(), 0);
}
