//! Things that go to the trash and come back, and what does not fit.

use super::*;

struct Fixture {
    folder: tempfile::TempDir,
    data: Scope,
    trash: Trash,
}

const ROOMY: Usage = Usage { bytes: 1 << 20, entries: 100 };

fn fixture(capacity: u64) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let data = Scope::open(&folder.path().join("data"), ROOMY).unwrap();
    let trash = Trash::open(&folder.path().join("trash"), capacity).unwrap();
    Fixture { folder, data, trash }
}

fn names(scope: &Scope, path: &str) -> Vec<String> {
    scope.list(path).unwrap().into_iter().map(|entry| entry.name).collect()
}

#[test]
fn what_is_removed_comes_back_to_its_place_or_beside_it() {
    let Fixture { folder: _folder, data, trash } = fixture(1000);
    data.write("a/b/photo.jpg", b"first").unwrap();
    trash.take(&data, "a/b/photo.jpg", false).unwrap();
    data.write("a/b/photo.jpg", b"second").unwrap();
    trash.take(&data, "a", true).unwrap();
    assert_eq!(names(trash.things(), ""), ["a", "photo.jpg"]);
    assert_eq!(trash.things().read("photo.jpg").unwrap(), b"first");
    assert_eq!(data.usage().unwrap(), Usage::default());

    // Its folder is made again.
    assert_eq!(trash.recover(&data, "photo.jpg").unwrap(), "a/b/photo.jpg");
    // Now there is an `a`.
    assert_eq!(trash.recover(&data, "a").unwrap(), "a (2)");
    assert_eq!(data.read("a/b/photo.jpg").unwrap(), b"first");
    assert_eq!(data.read("a (2)/b/photo.jpg").unwrap(), b"second");
    assert_eq!(names(trash.things(), ""), Vec::<String>::new());
    assert_eq!(trash.records.entries().unwrap().count(), 0);
    assert_eq!(trash.recover(&data, "a").unwrap_err().code, Code::NotFound);
}

#[test]
fn the_oldest_goes_first_and_what_is_too_large_at_once() {
    let Fixture { folder, data, trash } = fixture(10);
    for name in ["one", "two", "three"] {
        data.write(name, &[0; 4]).unwrap();
        trash.take(&data, name, false).unwrap();
    }
    assert_eq!(names(trash.things(), ""), ["three", "two"]);
    data.write("large", &[0; 11]).unwrap();
    trash.take(&data, "large", false).unwrap();
    assert!(!data.exists("large").unwrap());
    assert_eq!(names(trash.things(), ""), ["three", "two"]);
    // Another start knows as much.
    let trash = Trash::open(&folder.path().join("trash"), 10).unwrap();
    data.write("four", &[0; 4]).unwrap();
    trash.take(&data, "four", false).unwrap();
    assert_eq!(names(trash.things(), ""), ["four", "three"]);
    assert_eq!(trash.recover(&data, "three").unwrap(), "three");
    trash.clear().unwrap();
    assert_eq!((names(trash.things(), ""), data.usage().unwrap().bytes), (vec![], 4));
    assert_eq!(trash.records.entries().unwrap().count(), 0);
}

#[test]
fn a_name_is_given_again_and_again() {
    let Fixture { folder: _folder, data, trash } = fixture(10_000);
    for number in 0..30 {
        data.write("x/same.tar.gz", &[number]).unwrap();
        trash.take(&data, "x/same.tar.gz", false).unwrap();
    }
    let names = names(trash.things(), "");
    assert_eq!(names.len(), 30);
    assert!(names.contains(&"same.tar (2).gz".to_owned()), "{names:?}");
    for name in &names {
        trash.recover(&data, name).unwrap();
    }
    assert_eq!(data.list("x").unwrap().len(), 30);
}

#[test]
fn refusals_change_nothing() {
    let Fixture { folder: _folder, data, trash } = fixture(1000);
    let code = |result: Result<()>| result.unwrap_err().code;
    data.write("full/x", b"1").unwrap();
    assert_eq!(code(trash.take(&data, "full", false)), Code::NotEmpty);
    assert_eq!(code(trash.take(&data, "gone", true)), Code::NotFound);
    assert_eq!(code(trash.take(&data, "", true)), Code::InvalidName);
    assert_eq!(code(trash.take(&data, "../x", true)), Code::OutsideScope);
    trash.take(&data, "full", true).unwrap();
    for (path, expected) in
        [("full/x", Code::InvalidName), ("", Code::InvalidName), ("../full", Code::OutsideScope)]
    {
        assert_eq!(trash.recover(&data, path).unwrap_err().code, expected, "{path}");
    }
    // There is no room: it stays where it is.
    data.write("fills", &vec![0; 1 << 20]).unwrap();
    assert_eq!(trash.recover(&data, "full").unwrap_err().code, Code::QuotaExceeded);
    assert!(trash.things().exists("full/x").unwrap() && !data.exists("full").unwrap());
}

#[test]
fn a_record_that_is_damaged_costs_the_place_and_nothing_else() {
    let Fixture { folder, data, trash } = fixture(1000);
    for (name, record) in [("a", "no number"), ("b", "1\n../../etc/passwd"), ("c", "1\n")] {
        data.write(&format!("deep/{name}"), b"1").unwrap();
        trash.take(&data, &format!("deep/{name}"), false).unwrap();
        trash.records.write(name, record).unwrap();
    }
    trash.records.write("nothing", "1\nx").unwrap();
    let trash = Trash::open(&folder.path().join("trash"), 1000).unwrap();
    for name in ["a", "b", "c"] {
        assert_eq!(trash.recover(&data, name).unwrap(), name);
    }
    assert_eq!(trash.records.entries().unwrap().count(), 0);
}

#[test]
fn names_stay_short_enough() {
    let long = "ä".repeat(127);
    assert_eq!(numbered("a.txt", 2), "a (2).txt");
    assert_eq!(numbered(".hidden", 2), ".hidden (2)");
    assert!(numbered(&long, 2).len() <= MAX_NAME && numbered(&long, 2).ends_with("ä (2)"));
    assert!(numbered(&format!("a.{}", "e".repeat(253)), 17).len() <= MAX_NAME);
}
