//! Ways out of the folder: none leads anywhere.

use std::path::Path;

use crate::support::{Desk, errno, guest};

/// A path, and whether there are systems where it is a name inside.
const OUTSIDE: &[&str] = &[
    "..",
    "../",
    "../x",
    "../../../../../../../../etc/hostname",
    "a/../../x",
    "./../x",
    "a/./../../x",
    "..//x",
    "/",
    "/etc/hostname",
    "//etc/hostname",
    "/proc/self/root/etc/hostname",
    "/proc/self/cwd/x",
    "/dev/null",
    "a/../..",
    "../hostile.wasm/../neighbour.wasm/x",
    "../../modules/hostile.wasm",
];

/// Everything that takes a path, as a call that would read, make or remove something there.
fn tries(path: &str) -> String {
    format!(
        "(call $note (call $open «{path}» (i32.const 0) (i32.const 0))) (call $note (call $open_dir «{path}»)) (call $note (call $open «{path}» (i32.const 9) (i32.const 0)))
        (call $note (call $open_in (i32.const 3) «{path}» (i32.const 0) (i32.const 0) (i64.const 2)))
        (call $note (call $stat «{path}»)) (call $note (call $mkdir «{path}»)) (call $note (call $rmdir «{path}»)) (call $note (call $unlink «{path}»))
        (call $note (call $rename «mine» «{path}»)) (call $note (call $rename «{path}» «yours»))
        (call $note (call $path_readlink (i32.const 3) «{path}» (i32.const 300_000) (i32.const 1000) (i32.const 16)))"
    )
}

#[test]
fn paths_that_lead_out_lead_nowhere() {
    let desk = Desk::new();
    desk.still_answers();
    fs_err::write(desk.root.path().join("x"), "outside").unwrap();
    fs_err::write(desk.places.storage.join("x"), "outside").unwrap();
    let before = tree(desk.root.path(), &desk.storage_of("hostile"));
    for path in OUTSIDE {
        let make =
            "(drop (call $mkdir «a»)) (drop (call $open «mine» (i32.const 1) (i32.const 0)))";
        let noted = desk.notes(&guest(&format!("{make} {}", tries(path))));
        assert!(noted.iter().all(|error| *error != errno::OK), "{path}: {noted:?}");
        // From a folder inside, too, and from one that was opened there.
        let from = "(drop (call $open_dir «a»)) (local.set $i (global.get $fd))";
        let body = format!("{make} {from} (call $note (call $open_in (local.get $i) «../{path}» (i32.const 0) (i32.const 0) (i64.const 2)))
            (call $note (call $path_create_directory (local.get $i) «../{path}»)) (call $note (call $open_in (local.get $i) «{path}» (i32.const 1) (i32.const 0) (i64.const 0x42)))");
        // `..` of the folder inside is the storage itself, where a folder may be looked at but is never left by.
        let noted = desk.notes(&guest(&body));
        assert!(
            noted[1] != errno::OK && (noted[0] != errno::OK || !path.contains('x')),
            "{path}: {noted:?}"
        );
    }
    desk.install("hostile", &guest(""));
    assert_eq!(tree(desk.root.path(), &desk.storage_of("hostile")), before);
}

#[test]
fn paths_that_are_none_are_refused() {
    let desk = Desk::new();
    for path in ["", "\0", "a\0b", "a/b\0"] {
        let noted = desk.notes(&guest(&tries(path)));
        assert!(noted.iter().all(|error| *error != errno::OK), "{path:?}: {noted:?}");
    }
    // 70,000 bytes, as one name and as many.
    for unit in ["a", "a/", "../", "./"] {
        let path: String = unit.chars().cycle().take(70_000).collect();
        let noted = desk.notes(&guest(&tries(&path)));
        assert!(noted.iter().all(|error| *error == errno::NAMETOOLONG), "{unit:?}: {noted:?}");
    }
    let name = "n".repeat(300);
    assert_eq!(
        desk.notes(&guest(&format!(
            "(call $note (call $open «{name}» (i32.const 1) (i32.const 0)))"
        ))),
        [errno::NAMETOOLONG]
    );
    // A folder is not made by a file's name, nor a file by a folder's.
    let slash = "(call $note (call $open «f/» (i32.const 1) (i32.const 0))) (call $note (call $open «f» (i32.const 1) (i32.const 0))) (call $note (call $stat «f/»)) (call $note (call $mkdir «d/»)) (call $note (call $stat «d»))";
    let noted = desk.notes(&guest(slash));
    assert!(noted[0] != 0 && noted[1] == 0 && noted[2] != 0 && noted[3..] == [0, 0], "{noted:?}");
}

#[test]
fn there_are_no_links() {
    let desk = Desk::new();
    for target in ["/etc/hostname", "../../../../../../etc/hostname", "mine", "."] {
        let body = format!("(drop (call $open «mine» (i32.const 1) (i32.const 0))) (drop (call $mkdir «d»))
            (call $note (call $path_symlink «{target}» (i32.const 3) «link»)) (call $note (call $path_symlink «{target}» (i32.const 3) «d/link»))
            (call $note (call $path_link (i32.const 3) (i32.const 0) «{target}» (i32.const 3) «link»)) (call $note (call $path_link (i32.const 3) (i32.const 1) «{target}» (i32.const 3) «link»))
            (call $note (call $rename «d» «e»)) (call $note (call $stat «e/link»)) (call $note (call $stat «link»))");
        let perm = errno::PERM;
        assert_eq!(
            desk.notes(&guest(&body)),
            [perm, perm, perm, perm, 0, errno::NOENT, errno::NOENT],
            "{target}"
        );
        desk.host.storage("hostile").unwrap().clear().unwrap();
    }
}

/// Somebody outside has put links into the storage. The guest sees that they are there, and gets no further.
#[test]
#[cfg(unix)]
fn links_of_somebody_else_are_not_followed_out() {
    use fs_err::os::unix::fs::symlink;
    let desk = Desk::new();
    desk.install("hostile", &guest(""));
    desk.call("hostile", "{}");
    let storage = desk.storage_of("hostile");
    let secret = desk.root.path().join("secret");
    fs_err::create_dir(&secret).unwrap();
    fs_err::write(secret.join("f"), "secret").unwrap();
    fs_err::create_dir(storage.join("d")).unwrap();
    for (target, link) in [
        (secret.as_path(), "folder"),
        (&secret.join("f"), "file"),
        (Path::new("../../secret"), "relative"),
        (Path::new("/"), "root"),
        (Path::new(".."), "up"),
        (Path::new("../.."), "d/up"),
        (Path::new("loop"), "loop"),
        (Path::new("/proc/self/root"), "proc"),
        (&secret.join("new"), "dangling"),
    ] {
        symlink(target, storage.join(link)).unwrap();
    }
    let before = tree(desk.root.path(), &storage);
    for path in [
        "folder/f",
        "file",
        "relative/f",
        "root/etc/hostname",
        "up/x",
        "up/neighbour.wasm/x",
        "d/up/secret/f",
        "loop",
        "loop/x",
        "proc/etc/hostname",
        "dangling",
        "folder/../f",
        "up/../x",
    ] {
        // With and without following the last one.
        let body = format!("(call $note (call $open «{path}» (i32.const 0) (i32.const 0)))
            (call $note (call $path_open (i32.const 3) (i32.const 1) «{path}» (i32.const 0) (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 32)))
            (call $note (call $path_open (i32.const 3) (i32.const 1) «{path}» (i32.const 9) (i64.const 0x42) (i64.const 2) (i32.const 0) (i32.const 32)))
            (call $note (call $path_open (i32.const 3) (i32.const 1) «{path}» (i32.const 2) (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 32)))
            (call $note (call $mkdir «{path}/made»))");
        let noted = desk.notes(&guest(&body));
        assert!(noted.iter().all(|error| *error != errno::OK), "{path}: {noted:?}");
    }
    desk.install("hostile", &guest(""));
    assert_eq!(tree(desk.root.path(), &storage), before);
    // The guest may remove them: they are names in its folder.
    assert_eq!(
        desk.notes(&guest(
            "(call $note (call $unlink «folder»)) (call $note (call $unlink «root»))"
        )),
        [0, 0]
    );
    assert!(secret.join("f").exists());
}

/// The plugin's own folder was replaced, before a call and by something that is none.
#[test]
fn a_storage_that_is_no_folder_of_its_own_is_not_used() {
    let desk = Desk::new();
    let lists = guest("(call $note (call $open «made» (i32.const 1) (i32.const 0)))");
    desk.install("hostile", &lists);
    assert!(desk.call("hostile", "{}").ok);
    let storage = desk.storage_of("hostile");
    let elsewhere = desk.root.path().join("elsewhere");
    fs_err::create_dir(&elsewhere).unwrap();
    fs_err::remove_dir_all(&storage).unwrap();
    fs_err::write(&storage, "a file").unwrap();
    let refused = |desk: &Desk| {
        let result = desk.call("hostile", "{}");
        assert_eq!(result.code, Some(plugin_host::Code::StorageFailed), "{result:#?}");
        assert_eq!(
            desk.host.storage("hostile").err().unwrap().code,
            plugin_host::Code::StorageFailed
        );
        desk.still_answers();
    };
    refused(&desk);
    fs_err::remove_file(&storage).unwrap();
    #[cfg(unix)]
    {
        fs_err::os::unix::fs::symlink(&elsewhere, &storage).unwrap();
        refused(&desk);
        assert_eq!(fs_err::read_dir(&elsewhere).unwrap().count(), 0);
        fs_err::remove_file(&storage).unwrap();
    }
    assert!(desk.call("hostile", "{}").ok);
    assert!(storage.join("made").exists());
}

/// Everything below a folder with what it holds, but for one that is left out, and the caches.
fn tree(root: &Path, but: &Path) -> Vec<(String, Vec<u8>)> {
    let (mut found, mut open) = (Vec::new(), vec![root.to_owned()]);
    while let Some(dir) = open.pop() {
        for entry in fs_err::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let about = fs_err::symlink_metadata(&path).unwrap();
            if path == but
                || path.to_string_lossy().contains("modules")
                || path.to_string_lossy().contains("neighbour")
            {
                continue;
            }
            found.push((
                path.display().to_string(),
                if about.is_file() { fs_err::read(&path).unwrap() } else { Vec::new() },
            ));
            if about.is_dir() {
                open.push(path);
            }
        }
    }
    found.sort();
    found
}
