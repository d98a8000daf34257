//! Many files, and files with names that nobody can say.

#[cfg(unix)]
use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

use scoped_fs::Usage;

#[cfg(unix)]
use crate::code;
use crate::{Desk, MIB, names};

#[test]
fn a_hundred_thousand_files_are_listed_counted_and_removed() {
    const MANY: u64 = 100_000;

    let desk = Desk::new(MIB);
    fs_err::create_dir(desk.root().join("many")).unwrap();
    for number in 0..MANY {
        fs_err::write(desk.root().join(format!("many/{number}")), "1").unwrap();
    }
    let found = desk.scope.list("many").unwrap();
    assert_eq!(found.len() as u64, MANY);
    assert!(found.is_sorted_by(|a, b| a.name < b.name));
    assert_eq!(found[0].path, "many/0");
    assert_eq!(desk.scope.usage().unwrap(), Usage { bytes: MANY, entries: MANY + 1 });
    // Counted once, and then kept: a thousand writes take no thousand looks at all of it.
    let before = std::time::Instant::now();
    desk.scope.usage().unwrap();
    let look = before.elapsed();
    let before = std::time::Instant::now();
    for number in 0..100 {
        desk.scope.write("one", &vec![1; number]).unwrap();
        desk.scope.remove("one", false).unwrap();
    }
    assert!(before.elapsed() < look * 50, "{:?} and {look:?}", before.elapsed());
    desk.scope.remove("many", true).unwrap();
    assert_eq!(names(&desk.scope, ""), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn names_that_nobody_can_say_break_nothing() {
    let desk = Desk::new(MIB);
    let (scope, root) = (&desk.scope, desk.root());
    fs_err::create_dir(root.join("odd")).unwrap();
    let odd: [&[u8]; 5] = [b"\xff\xfe", b"a:b", b"a.", b"nul", b"a\\b"];
    // Not every file system takes bytes that are no UTF-8.
    let made = odd
        .iter()
        .filter(|name| fs_err::write(root.join("odd").join(OsStr::from_bytes(name)), "1").is_ok());
    let made = made.count() as u64;
    assert!(made >= 4);
    assert_eq!(names(scope, "odd"), Vec::<String>::new());
    assert_eq!(scope.usage().unwrap(), Usage { bytes: made, entries: made + 1 });
    // It looks empty, and is not: nothing goes unasked.
    assert_eq!(code(scope.remove("odd", false)), scoped_fs::Code::NotEmpty);
    scope.copy("odd", "copy", true, false).unwrap();
    scope.rename("copy", "moved", false).unwrap();
    assert_eq!(fs_err::read_dir(root.join("moved")).unwrap().count() as u64, made);
    scope.remove("odd", true).unwrap();
    scope.clear().unwrap();
    assert_eq!(scope.usage().unwrap(), Usage::default());
}
