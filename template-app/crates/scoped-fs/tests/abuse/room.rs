//! No room: by the quota or on the disk, at once or in the middle; and what is counted.

use std::{path::PathBuf, thread};

use scoped_fs::{Code, Scope, Usage};

use crate::{Desk, MIB, code, left_behind, names, open};

/// Where the test works instead of in a folder of its own: a disk of two MiB.
const DISK: &str = "SCOPED_FS_TEST_DISK";

/// With the variable, the disk is what is full, else the quota.
#[test]
fn what_does_not_fit_leaves_what_was_there() {
    let disk = std::env::var_os(DISK).map(PathBuf::from);
    let own = tempfile::tempdir().unwrap();
    let root = disk.clone().unwrap_or_else(|| own.path().to_owned()).join("scope");
    let (quota, expected) =
        if disk.is_some() { (1024 * MIB, Code::Io) } else { (2 * MIB, Code::QuotaExceeded) };
    let scope = open(&root, quota);
    scope.write("kept", &[1; 300_000]).unwrap();
    scope.write("folder/other", &[2; 300_000]).unwrap();
    let large = vec![3; 4 * MIB as usize];
    assert_eq!(code(scope.write("kept", &large)), expected);
    assert_eq!(code(scope.write("new/deep", &large)), expected);
    for append in [false, true] {
        let mut writer = scope.writer("kept", append).unwrap();
        let refused = (0..40).find_map(|_| writer.write(&[4; 100_000]).err());
        assert_eq!(refused.expect("it does not fit").code, expected);
    }
    let mut copied = 0;
    let refused = (0..20).find_map(|number| {
        copied = number;
        scope.copy("folder", &format!("copy-{number}"), true, false).err()
    });
    assert_eq!(refused.expect("it does not fit").code, expected);
    assert!(!scope.exists(&format!("copy-{copied}")).unwrap());
    assert_eq!(scope.read("kept").unwrap(), [1; 300_000]);
    assert_eq!(scope.read("folder/other").unwrap(), [2; 300_000]);
    assert_eq!(left_behind(&root), Vec::<String>::new());
    // With room again, all goes on.
    scope.remove("copy-0", true).unwrap();
    scope.write("kept", &[5; 400_000]).unwrap();
    assert_eq!(scope.read("kept").unwrap(), [5; 400_000]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_survived() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "mount -t tmpfs -o size=2m none \"${DISK}\" && exec \"$0\" --exact room::what_does_not_fit_leaves_what_was_there"
    );
    #[expect(clippy::disallowed_methods, reason = "tests start programs here")]
    let mut command = std::process::Command::new("unshare");
    // Where this is not the superuser, it is one of its own namespace.
    command.args(["--mount", "--map-root-user", "--user", "sh", "-c", &script]);
    let output =
        command.arg(std::env::current_exe().unwrap()).env(DISK, folder.path()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && told.contains("1 passed"),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn what_is_reserved_comes_back_and_what_is_replaced_counts_once() {
    let desk = Desk::new(1000);
    let scope = &desk.scope;
    scope.write("half", &[0; 600]).unwrap();
    // The one that is written takes no room beside the one that it replaces.
    scope.write("half", &[1; 700]).unwrap();
    let mut writer = scope.writer("half", false).unwrap();
    writer.write(&[2; 900]).unwrap();
    assert_eq!(code(scope.write("other", &[0; 200])), Code::QuotaExceeded);
    drop(writer);
    scope.write("other", &[0; 300]).unwrap();
    assert_eq!(code(scope.write("more", &[0; 1])), Code::QuotaExceeded);
    // What it replaces shrinks meanwhile: then it takes more.
    scope.remove("other", false).unwrap();
    let mut writer = scope.writer("half", false).unwrap();
    writer.write(&[3; 800]).unwrap();
    scope.remove("half", false).unwrap();
    scope.write("taken", &[0; 150]).unwrap();
    writer.finish().unwrap();
    assert_eq!(scope.usage().unwrap().bytes, 950);
    let mut writer = scope.writer("half", false).unwrap();
    writer.write(&[4; 800]).unwrap();
    scope.remove("half", false).unwrap();
    scope.write("taken", &[0; 250]).unwrap();
    assert_eq!(code(writer.finish()), Code::QuotaExceeded);
    assert_eq!((names(scope, ""), left_behind(&desk.root())), (vec!["taken".to_owned()], vec![]));
}

#[test]
fn whoever_writes_at_once_the_count_is_right() {
    const QUOTA: u64 = 100_000;

    let desk = Desk::new(QUOTA);
    thread::scope(|threads| {
        for thread in 0..8_usize {
            let scope = &desk.scope;
            threads.spawn(move || {
                for round in 0..150_usize {
                    // Two threads share each name.
                    let name = format!("{}/{}", thread / 2, round % 5);
                    let size = (thread * 31 + round * 97) % 3000;
                    let done = match round % 6 {
                        0 => scope.remove(&name, false),
                        1 => scope.rename(&name, &format!("{}/moved", thread / 2), true),
                        _ => scope.write(&name, &vec![0; size]),
                    };
                    if let Err(error) = done {
                        assert!(
                            matches!(error.code, Code::NotFound | Code::QuotaExceeded),
                            "{error:?}"
                        );
                    }
                }
            });
        }
    });
    let counted = |scope: &Scope| scope.usage().unwrap().bytes;
    // By the account that was kept, and by a fresh one.
    let fresh = open(&desk.root(), QUOTA);
    let left = QUOTA - counted(&fresh);
    assert_eq!(
        code(desk.scope.write("too-much", &vec![0; left as usize + 1])),
        Code::QuotaExceeded
    );
    desk.scope.write("fits", &vec![0; left as usize]).unwrap();
    assert_eq!(counted(&fresh), QUOTA);
    assert_eq!(left_behind(&desk.root()), Vec::<String>::new());
    assert_eq!(desk.scope.quota(), Usage { bytes: QUOTA, entries: 1_000_000 });
}
