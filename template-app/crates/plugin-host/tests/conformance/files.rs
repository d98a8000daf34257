//! Files and folders, as a plugin's own, lasting storage.

use crate::support::{Desk, errno, guest};

#[test]
fn files_last_from_call_to_call_and_the_page_sees_them() {
    let desk = Desk::new();
    let writes = "(call $note (call $mkdir «config»)) (call $note (call $open «config/settings.json» (i32.const 1) (i32.const 0))) (call $note (call $write (global.get $fd) «{\"a\":1}»)) (call $note (i32.load (i32.const 16)))";
    assert_eq!(desk.notes(&guest(writes)), [0, 0, 0, 7]);
    assert_eq!(
        desk.host.storage("hostile.wasm").unwrap().read_text("config/settings.json").unwrap(),
        "{\"a\":1}"
    );
    // What the page writes, the plugin reads.
    desk.host.storage("hostile").unwrap().write("config/page", b"page").unwrap();
    let reads = "(call $note (call $open «config/page» (i32.const 0) (i32.const 0))) (call $note (call $read (global.get $fd) (i32.const 512) (i32.const 100))) (call $note (i32.load (i32.const 16))) (call $note (i32.load (i32.const 512)))";
    assert_eq!(desk.notes(&guest(reads)), [0, 0, 4, i32::from_le_bytes(*b"page").into()]);
    // Each has its own.
    desk.install("other", &guest("(call $note (call $stat «config/page»))"));
    assert_eq!(crate::support::notes(&desk.call("other", "{}")), [errno::NOENT]);
}

#[test]
fn files_are_read_and_written_anywhere() {
    let body = "(call $note (call $open «f» (i32.const 1) (i32.const 0)))
        (call $note (call $write (global.get $fd) «hello world»)) (call $note (call $seek (global.get $fd) (i64.const 6))) (call $note (call $write (global.get $fd) «W»))
        (call $note (call $fd_tell (global.get $fd) (i32.const 24))) (call $note64 (i64.load (i32.const 24)))
        (call $note (call $pwrite (global.get $fd) «H» (i64.const 0)))
        (call $note (call $fd_seek (global.get $fd) (i64.const -3) (i32.const 2) (i32.const 24))) (call $note64 (i64.load (i32.const 24)))
        (call $note (call $read (global.get $fd) (i32.const 512) (i32.const 100))) (call $note (i32.load (i32.const 16)))
        (call $note (call $fd_sync (global.get $fd))) (call $note64 (call $size (global.get $fd)))";
    let desk = Desk::new();
    assert_eq!(desk.notes(&guest(body)), [0, 0, 0, 0, 0, 7, 0, 0, 8, 0, 3, 0, 11]);
    let text = |desk: &Desk| desk.host.storage("hostile").unwrap().read_text("f").unwrap();
    assert_eq!(text(&desk), "Hello World");
    let appends = "(call $note (call $open «f» (i32.const 0) (i32.const 1))) (call $note (call $write (global.get $fd) «!»)) (call $note (call $seek (global.get $fd) (i64.const 0))) (call $note (call $write (global.get $fd) «?»))";
    assert_eq!(desk.notes(&guest(appends)), [0; 4]);
    assert_eq!(text(&desk), "Hello World!?");
    let cuts = "(call $note (call $open «f» (i32.const 0) (i32.const 0))) (call $note (call $fd_filestat_set_size (global.get $fd) (i64.const 5))) (call $note (call $fd_filestat_set_size (global.get $fd) (i64.const 7)))";
    assert_eq!(desk.notes(&guest(cuts)), [0; 3]);
    assert_eq!(text(&desk), "Hello\0\0");
    let anew = "(call $note (call $open «f» (i32.const 5) (i32.const 0))) (call $note (call $open «f» (i32.const 9) (i32.const 0))) (call $note64 (call $size (global.get $fd))) (call $note (call $open «none» (i32.const 0) (i32.const 0)))";
    assert_eq!(desk.notes(&guest(anew)), [errno::EXIST, 0, 0, errno::NOENT]);
}

#[test]
fn names_are_given_and_taken() {
    let desk = Desk::new();
    let body = "(call $note (call $mkdir «d»)) (call $note (call $mkdir «d»)) (call $note (call $open «d/f» (i32.const 1) (i32.const 0))) (call $note (call $rmdir «d»))
        (call $note (call $rename «d/f» «g»)) (call $note (call $stat «d/f»)) (call $note (call $stat «g»)) (call $note (call $rmdir «d»)) (call $note (call $unlink «g»)) (call $note (call $unlink «g»))";
    let noted = desk.notes(&guest(body));
    assert_eq!(
        noted,
        [0, errno::EXIST, 0, errno::NOTEMPTY, 0, errno::NOENT, 0, 0, 0, errno::NOENT]
    );
    // A file that is open goes on under its new name, and when it has none.
    let open = "(drop (call $open «a» (i32.const 1) (i32.const 0))) (drop (call $rename «a» «b»)) (call $note (call $write (global.get $fd) «1»)) (drop (call $unlink «b»)) (call $note (call $write (global.get $fd) «2»)) (call $note64 (call $size (global.get $fd)))";
    assert_eq!(desk.notes(&guest(open)), [0, 0, 2]);
    // A folder that was opened is a place to open from.
    let from = "(drop (call $mkdir «d»)) (call $note (call $open_dir «d»)) (local.set $i (global.get $fd)) (call $note (call $open_in (local.get $i) «deep» (i32.const 1) (i32.const 0) (i64.const 0x46))) (call $note (call $stat «d/deep»))";
    assert_eq!(desk.notes(&guest(from)), [0, 0, 0]);
}

#[test]
fn times_and_kinds_are_told() {
    // Kind (4 is a file, 3 a folder), links, size, and the time of the last change.
    let body = "(drop (call $open «f» (i32.const 1) (i32.const 0))) (drop (call $write (global.get $fd) «12345»))
        (call $note (call $fd_filestat_set_times (global.get $fd) (i64.const 0) (i64.const 1_000_000_000_000) (i32.const 4)))
        (call $note (call $fd_filestat_get (global.get $fd) (i32.const 512))) (call $note (i32.load8_u (i32.const 528))) (call $note64 (i64.load (i32.const 536))) (call $note64 (i64.load (i32.const 544))) (call $note64 (i64.load (i32.const 560)))
        (drop (call $mkdir «d»)) (call $note (call $stat «d»)) (call $note (i32.load8_u (i32.const 80)))
        (call $note (call $stat «f»)) (call $note64 (i64.load (i32.const 96)))";
    assert_eq!(Desk::new().notes(&guest(body)), [0, 0, 4, 1, 5, 1_000_000_000_000, 0, 3, 0, 5]);
}

#[test]
fn folders_are_listed_from_any_place_on() {
    let desk = Desk::new();
    desk.install("hostile", &guest(""));
    desk.call("hostile", "{}");
    let folder = desk.storage_of("hostile");
    (0..50).for_each(|n| fs_err::write(folder.join(format!("file-{n:03}")), "").unwrap());
    // Entries are counted through a buffer that holds three of them: 24 bytes and a name each.
    let counts = "(local.set $n (i64.const 0))
        (loop $next
          (if (call $fd_readdir (i32.const 3) (i32.const 1024) (i32.const 100) (local.get $n) (i32.const 512)) (then (unreachable)))
          (local.set $i (i32.const 1024))
          (block $full (loop $entry
            (br_if $full (i32.gt_u (i32.add (local.get $i) (i32.const 24)) (i32.add (i32.const 1024) (i32.load (i32.const 512)))))
            (br_if $full (i32.gt_u (i32.add (i32.add (local.get $i) (i32.const 24)) (i32.load (i32.add (local.get $i) (i32.const 16)))) (i32.add (i32.const 1024) (i32.load (i32.const 512)))))
            (local.set $n (i64.load (local.get $i))) (local.set $j (i32.add (local.get $j) (i32.const 1)))
            (local.set $i (i32.add (i32.add (local.get $i) (i32.const 24)) (i32.load (i32.add (local.get $i) (i32.const 16)))))
            (br $entry)))
          (br_if $next (i32.eq (i32.load (i32.const 512)) (i32.const 100))))
        (call $note (local.get $j))";
    // With `.` and `..`.
    assert_eq!(desk.notes(&guest(counts)), [52]);
    let wrong = "(call $note (call $fd_readdir (i32.const 9) (i32.const 1024) (i32.const 100) (i64.const 0) (i32.const 512))) (drop (call $open «file-001» (i32.const 0) (i32.const 0))) (call $note (call $fd_readdir (global.get $fd) (i32.const 1024) (i32.const 100) (i64.const 0) (i32.const 512)))";
    assert_eq!(desk.notes(&guest(wrong)), [errno::BADF, errno::BADF]);
}

#[test]
fn descriptors_take_each_others_place() {
    let desk = Desk::new();
    // A file in the place of stdout is written as the file; stdout in the place of a file is stdout.
    let file = "(drop (call $open «f» (i32.const 1) (i32.const 0))) (call $note (call $fd_renumber (global.get $fd) (i32.const 2))) (call $note (call $write (i32.const 2) «text»)) (call $note (call $write (global.get $fd) «gone»))";
    assert_eq!(desk.notes(&guest(file)), [0, 0, errno::BADF]);
    assert_eq!(desk.host.storage("hostile").unwrap().read_text("f").unwrap(), "text");
    let stream = "(drop (call $open «f» (i32.const 1) (i32.const 0))) (call $note (call $fd_renumber (i32.const 2) (global.get $fd))) (call $note (call $write (global.get $fd) «said»)) (call $note (call $write (i32.const 2) «gone»))";
    let result = desk.run(&guest(stream));
    assert_eq!(
        (crate::support::notes(&result), result.stderr.as_str()),
        (vec![0, 0, errno::BADF], "said")
    );
}
