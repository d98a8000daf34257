//! Filling the disk: whatever a guest does, its folder never holds more than its quota.

use plugin_host::{CallOptions, Code};
use serde_json::json;

use crate::support::{Desk, PAYLOAD, errno, guest, guest_with, notes, wait};

const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;

/// A host that grants 4 MiB and 100 files and folders.
fn desk() -> Desk {
    Desk::limited(|limits| (limits.storage_mb, limits.storage_files) = (4, 100))
}

/// Runs a guest that wants too much, and checks what the folder holds afterwards.
fn fills(what: &str, body: &str) -> plugin_host::CallResult {
    let desk = desk();
    let result = desk.fails(&guest(body), Code::StorageQuota);
    within(&desk, what);
    result
}

fn within(desk: &Desk, what: &str) {
    let usage = desk.host.storage("hostile").unwrap().usage().unwrap();
    assert!(usage.bytes <= 4 * MIB && usage.entries <= 100, "{what}: {usage:?}");
}

/// Writes 100,000 bytes over and over until it is refused, or 10 GB are written. Notes the error.
const POUR: &str = "(loop $l
    (br_if $l (i32.and (i32.eqz (local.tee $j (call $write (global.get $fd) (i32.const 300_000) (i32.const 100_000))))
        (i64.lt_u (local.tee $n (i64.add (local.get $n) (i64.const 100_000))) (i64.const 10_000_000_000))))) (call $note (local.get $j))";

#[test]
fn ten_gigabytes_are_not_written() {
    let desk = desk();
    let result = desk.fails(
        &guest(&format!("(call $note (call $open «f» (i32.const 1) (i32.const 0))) {POUR}")),
        Code::StorageQuota,
    );
    // The guest learns it as any program does, and its answer is there.
    assert_eq!(result.value, Some(json!({"ok": true, "value": [0, errno::DQUOT]})));
    within(&desk, "written");
    assert!(desk.host.storage("hostile").unwrap().usage().unwrap().bytes > 3 * MIB);
    // What was removed can be written again.
    let again = "(call $note (call $unlink «f»)) (call $note (call $open «g» (i32.const 1) (i32.const 0))) (call $note (call $write (global.get $fd) (i32.const 300_000) (i32.const 100_000)))";
    assert_eq!(desk.notes(&guest(again)), [0, 0, 0]);
}

#[test]
fn sizes_are_not_had_by_other_means() {
    let open = "(drop (call $open «f» (i32.const 1) (i32.const 0)))";
    let far = 10 * GIB;
    for (what, step) in [
        (
            "a seek and one byte",
            format!(
                "(drop (call $seek (global.get $fd) (i64.const {far}))) (call $write (global.get $fd) (i32.const 0) (i32.const 1))"
            ),
        ),
        (
            "one byte at 10 GB",
            format!(
                "(call $pwrite (global.get $fd) (i32.const 0) (i32.const 1) (i64.const {far}))"
            ),
        ),
        (
            "one byte at the end of numbers",
            "(call $pwrite (global.get $fd) (i32.const 0) (i32.const 1) (i64.const -2))".to_owned(),
        ),
        ("a size", format!("(call $fd_filestat_set_size (global.get $fd) (i64.const {far}))")),
    ] {
        let result = fills(what, &format!("{open} (call $note {step})"));
        assert_eq!(result.value, Some(json!({"ok": true, "value": [errno::DQUOT]})), "{what}");
    }
    let allocate = format!(
        "{open} (call $note (call $fd_allocate (global.get $fd) (i64.const 0) (i64.const {far})))"
    );
    assert_eq!(desk().notes(&guest(&allocate)), [errno::NOTSUP]);
    let appends = "(drop (call $open «f» (i32.const 1) (i32.const 1)))";
    fills("append", &format!("{appends} {POUR}"));
    // At its end it writes, wherever it is told to.
    fills(
        "append by offset",
        &format!(
            "{appends} (loop $l (br_if $l (i32.eqz (call $pwrite (global.get $fd) (i32.const 300_000) (i32.const 100_000) (i64.const 0)))))"
        ),
    );
    fills("append that comes later", &format!("{open} (drop (call $fd_fdstat_set_flags (global.get $fd) (i32.const 1)))
        (loop $l (br_if $l (i32.eqz (call $pwrite (global.get $fd) (i32.const 300_000) (i32.const 100_000) (i64.const 0)))))"));
    fills("append that comes and goes", &format!("{open} (loop $l
        (drop (call $fd_fdstat_set_flags (global.get $fd) (i32.const 1))) (local.set $j (call $write (global.get $fd) (i32.const 300_000) (i32.const 100_000)))
        (drop (call $fd_fdstat_set_flags (global.get $fd) (i32.const 0))) (drop (call $seek (global.get $fd) (i64.const 0)))
        (br_if $l (i32.eqz (local.get $j))))"));
    let parts = "(i32.store (i32.const 512) (i32.const 0)) (i32.store (i32.const 516) (i32.const 0)) (i32.store (i32.const 520) (i32.const 300_000)) (i32.store (i32.const 524) (i32.const 100_000))";
    fills(
        "after an empty part",
        &format!(
            "{open} {parts} (loop $l (br_if $l (i32.eqz (call $fd_write (global.get $fd) (i32.const 512) (i32.const 2) (i32.const 16)))))"
        ),
    );
}

#[test]
fn descriptors_share_what_there_is() {
    let two = "(drop (call $open «f» (i32.const 1) (i32.const 1))) (local.set $i (global.get $fd)) (drop (call $open «f» (i32.const 0) (i32.const 1)))";
    fills("two on one file", &format!("{two} (loop $l (br_if $l (i32.and
        (i32.eqz (call $write (global.get $fd) (i32.const 300_000) (i32.const 100_000))) (i32.eqz (call $write (local.get $i) (i32.const 300_000) (i32.const 100_000))))))"));
    fills("many files", "(loop $l (call $name (local.get $i) (i32.const 300_000)) (drop (call $open (i32.const 300_000) (i32.const 8) (i32.const 1) (i32.const 0)))
        (local.set $j (call $write (global.get $fd) (i32.const 300_000) (i32.const 100_000))) (drop (call $fd_close (global.get $fd)))
        (local.set $i (i32.add (local.get $i) (i32.const 1))) (br_if $l (i32.eqz (local.get $j))))");
    fills(
        "another number",
        &format!(
            "(drop (call $open «f» (i32.const 1) (i32.const 0))) (drop (call $fd_renumber (global.get $fd) (i32.const 2))) (global.set $fd (i32.const 2)) {POUR}"
        ),
    );
    fills(
        "the number of the folder",
        &format!(
            "(drop (call $open «f» (i32.const 1) (i32.const 0))) (drop (call $fd_renumber (global.get $fd) (i32.const 3))) (global.set $fd (i32.const 3)) {POUR}"
        ),
    );
}

#[test]
fn files_without_a_name_count_as_long_as_they_are_open() {
    let desk = desk();
    // Each takes 3 of 4 MiB and loses its name, but stays open: there is no second.
    let hidden = "(loop $more (drop (call $open «f» (i32.const 1) (i32.const 0))) (drop (call $unlink «f»))
        (call $note (call $pwrite (global.get $fd) (i32.const 0) (i32.const 1) (i64.const 3_000_000)))
        (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 5))))";
    let result = desk.fails(&guest(hidden), Code::StorageQuota);
    let full = errno::DQUOT;
    assert_eq!(result.value, Some(json!({"ok": true, "value": [0, full, full, full, full]})));
    // Written first, unlinked then; and the same by renaming another file over it.
    for lose in ["(call $unlink «f»)", "(call $rename «empty» «f»)"] {
        let body = format!("(drop (call $open «empty» (i32.const 1) (i32.const 0))) (drop (call $fd_close (global.get $fd)))
            (drop (call $open «f» (i32.const 1) (i32.const 0))) (call $note (call $pwrite (global.get $fd) (i32.const 0) (i32.const 1) (i64.const 3_000_000))) (call $note {lose})
            (drop (call $open «g» (i32.const 1) (i32.const 0))) (call $note (call $pwrite (global.get $fd) (i32.const 0) (i32.const 1) (i64.const 3_000_000)))");
        let result = desk.fails(&guest(&body), Code::StorageQuota);
        assert_eq!(result.value, Some(json!({"ok": true, "value": [0, 0, full]})), "{lose}");
        desk.host.storage("hostile").unwrap().clear().unwrap();
    }
    // Over and over, each closed in time: an ordinary program does that.
    let closes = "(loop $more (drop (call $open «f» (i32.const 1) (i32.const 0))) (drop (call $unlink «f»))
        (local.set $j (i32.or (local.get $j) (call $pwrite (global.get $fd) (i32.const 0) (i32.const 1) (i64.const 3_000_000)))) (drop (call $fd_close (global.get $fd)))
        (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 30)))) (call $note (local.get $j))";
    assert_eq!(desk.notes(&guest(closes)), [0]);
    let cuts = "(loop $more (local.set $j (i32.or (local.get $j) (call $open «f» (i32.const 9) (i32.const 0))))
        (local.set $j (i32.or (local.get $j) (call $pwrite (global.get $fd) (i32.const 0) (i32.const 1) (i64.const 3_000_000)))) (drop (call $fd_filestat_set_size (global.get $fd) (i64.const 0))) (drop (call $fd_close (global.get $fd)))
        (br_if $more (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 30)))) (call $note (local.get $j))";
    assert_eq!(desk.notes(&guest(cuts)), [0]);
}

#[test]
fn there_are_not_many_files_nor_folders() {
    for make in [
        "(call $open_in (i32.const 3) (i32.const 300_000) (i32.const 8) (i32.const 1) (i32.const 0) (i64.const 0x46))",
        "(call $mkdir (i32.const 300_000) (i32.const 8))",
    ] {
        let many = format!("(loop $l (call $name (local.get $i) (i32.const 300_000)) (local.set $j {make}) (drop (call $fd_close (global.get $fd)))
            (br_if $l (i32.and (i32.eqz (local.get $j)) (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1_000_000))))) (call $note (local.get $j)) (call $note (local.get $i))");
        let desk = desk();
        let result = desk.fails(&guest(&many), Code::StorageQuota);
        assert_eq!(result.value, Some(json!({"ok": true, "value": [errno::DQUOT, 101]})), "{make}");
        within(&desk, make);
        // What is there already can be opened all the same, and made again.
        let there = "(call $note (call $open «00000007» (i32.const 1) (i32.const 0))) (call $note (call $mkdir «00000007»)) (call $note (call $unlink «00000007»)) (call $note (call $rmdir «00000007»)) (call $note (call $mkdir «new»))";
        let file = make.contains("open_in");
        let expected = if file {
            [0, errno::EXIST, 0, errno::NOENT, 0]
        } else {
            [errno::ISDIR, errno::EXIST, errno::ISDIR, 0, 0]
        };
        let result = desk.run(&guest(there));
        let mut noted = notes_of(&result);
        if !file {
            // Linux says that it is a folder, other systems that it is not allowed.
            noted[2] = errno::ISDIR;
        }
        assert_eq!(noted, expected, "{make}: {result:#?}");
    }
}

/// Also of a run that met the quota.
fn notes_of(result: &plugin_host::CallResult) -> Vec<i64> {
    serde_json::from_value(result.value.as_ref().unwrap()["value"].clone()).unwrap()
}

#[test]
fn refusals_have_an_end() {
    // Each may look through the whole storage.
    let stubborn = "(drop (call $open «f» (i32.const 1) (i32.const 0))) (loop $l (drop (call $pwrite (global.get $fd) (i32.const 0) (i32.const 1) (i64.const 9_000_000))) (br $l))";
    let result = fills("stubborn", stubborn);
    assert!(result.duration_ms < 1_900, "it was ended before its deadline: {result:#?}");
}

/// Folders in folders, made one in the other by descriptors: a path to the last of them is longer than any system takes.
#[test]
fn folders_that_are_nested_deeply_can_be_removed() {
    let desk =
        Desk::limited(|limits| (limits.timeout_ms, limits.max_timeout_ms) = (60_000, 60_000));
    let nest = |levels: u32| {
        guest(&"(local.set $i (i32.const 3)) (loop $l
        (if (call $path_create_directory (local.get $i) «d») (then (unreachable)))
        (if (call $open_in (local.get $i) «d» (i32.const 2) (i32.const 0) (i64.const 0x4002)) (then (unreachable)))
        (if (i32.ne (local.get $i) (i32.const 3)) (then (drop (call $fd_close (local.get $i)))))
        (local.set $i (global.get $fd))
        (br_if $l (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (i32.const LEVELS)))) (call $note (local.get $j))".replace("LEVELS", &levels.to_string()))
    };
    assert_eq!(desk.notes(&nest(5_000)), [5_000]);
    let storage = desk.host.storage("hostile").unwrap();
    // That deep, nothing is counted: the storage is full until it is cleared.
    let writes = "(call $note (call $open «f» (i32.const 1) (i32.const 0)))";
    assert_eq!(desk.notes(&guest(writes)), [0], "this host has counted as it went");
    storage.clear().unwrap();
    assert_eq!(storage.usage().unwrap().entries, 0);
    assert_eq!(desk.notes(&guest(writes)), [0]);
    assert_eq!(desk.notes(&nest(3_000)), [3_000]);
    assert!(wait(desk.host.remove("hostile")).unwrap());
    assert!(!desk.storage_of("hostile").exists());
}

#[test]
fn calls_of_one_module_share_its_quota() {
    let desk = desk();
    desk.install("hostile", &guest_with("", &format!("(drop (call $read (i32.const 0) (i32.const 400_000) (i32.const 1)))
        (drop (call $open (i32.const 400_000) (i32.const 1) (i32.const 1) (i32.const 1))) {POUR} (call $answer)")));
    for round in 0..10 {
        let calls: Vec<_> = ["a", "b", "c", "d"]
            .map(|file| desk.host.call("hostile", file.into(), CallOptions::default()))
            .into();
        let threads: Vec<_> =
            calls.into_iter().map(|call| std::thread::spawn(|| wait(call))).collect();
        for thread in threads {
            let result = thread.join().unwrap();
            assert_eq!(result.code, Some(Code::StorageQuota), "{result:#?}");
        }
        within(&desk, &format!("round {round}"));
        desk.host.storage("hostile").unwrap().clear().unwrap();
    }
    desk.still_answers();
}

/// One call keeps files open that another one takes the names of: they still take room.
#[test]
fn files_that_another_call_removed_count() {
    let desk = desk();
    // With `k`: writes 3 MB to a file, opens it anew as what is there, says so by a file, and holds it for a while.
    let body = "(drop (call $read (i32.const 0) (i32.const 400_000) (i32.const 1)))
        (if (i32.eq (i32.load8_u (i32.const 400_000)) (i32.const 107)) (then
            (drop (call $open «f» (i32.const 0) (i32.const 0)))
            (drop (call $open «holds» (i32.const 1) (i32.const 0)))
            (drop (call $sleep (i64.const 1_500_000_000))))
        (else
            (drop (call $open «f» (i32.const 1) (i32.const 0)))
            (call $note (call $pwrite (global.get $fd) (i32.const 0) (i32.const 1) (i64.const 3_000_000)))
            (drop (call $fd_close (global.get $fd)))))";
    desk.install("hostile", &guest(body));
    assert_eq!(notes(&desk.call("hostile", "w")), [0]);
    let holder = desk.host.call("hostile", "k".into(), CallOptions::default());
    let holder = std::thread::spawn(|| wait(holder));
    let holds = desk.storage_of("hostile").join("holds");
    wait(crate::support::until("the file is held", || holds.exists()));
    // Another version of the module, so that the second call is of the same storage.
    let steals = guest(
        "(call $note (call $unlink «f»)) (drop (call $open «g» (i32.const 1) (i32.const 0))) (call $note (call $pwrite (global.get $fd) (i32.const 0) (i32.const 1) (i64.const 3_000_000)))",
    );
    desk.install("hostile", &steals);
    let result = desk.call("hostile", PAYLOAD);
    assert_eq!(result.code, Some(Code::StorageQuota), "{result:#?}");
    assert!(holder.join().unwrap().ok);
    // The room is there again.
    assert_eq!(notes(&desk.call("hostile", PAYLOAD))[1], 0);
    desk.still_answers();
}

#[test]
fn few_descriptors_are_open_at_once() {
    let opens = "(drop (call $open «f» (i32.const 1) (i32.const 0))) (loop $l
        (local.set $j (call $open «f» (i32.const 0) (i32.const 0)))
        (br_if $l (i32.and (i32.eqz (local.get $j)) (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 100_000))))) (call $note (local.get $j)) (call $note (local.get $i))";
    #[cfg(target_os = "linux")]
    let before = crate::support::open_files();
    assert_eq!(Desk::new().notes(&guest(opens)), [errno::MFILE, 128]);
    #[cfg(target_os = "linux")]
    assert!(crate::support::open_files() < before + 64, "they are closed with the run");
    // Numbers that are given to each other are no way around it, and give nothing back twice.
    let games = "(drop (call $open «f» (i32.const 1) (i32.const 0))) (local.set $i (global.get $fd)) (loop $l
        (local.set $j (call $open «f» (i32.const 0) (i32.const 0)))
        (if (i32.eqz (local.get $j)) (then
            (call $note (call $fd_renumber (global.get $fd) (local.get $i))) (call $note (call $fd_renumber (local.get $i) (local.get $i)))
            (call $note (call $fd_close (global.get $fd)))))
        (br_if $l (i32.lt_u (local.tee $n2 (i32.add (local.get $n2) (i32.const 1))) (i32.const 3))))".replace("$n2", "$k");
    let games = guest_with(
        "",
        &format!("(local $k i32) {games} (call $answer)").replace("(local $k i32) ", ""),
    )
    .replace("(local $j i32)", "(local $j i32) (local $k i32)");
    let b = errno::BADF;
    assert_eq!(Desk::new().notes(&games), [0, 0, b, 0, 0, b, 0, 0, b]);
}
