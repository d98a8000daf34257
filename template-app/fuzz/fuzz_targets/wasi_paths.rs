//! Paths: a guest does what it is told with the paths that it is told. Nothing outside of its folder changes, and its folder keeps
//! to its quota.

#![no_main]

use std::{
    path::Path,
    sync::{LazyLock, Mutex},
};

use libfuzzer_sys::fuzz_target;
use template_app_fuzz::{Desk, compile_text};

/// Lines on stdin: a digit for what to do, a path, and for some a tab and another path.
const DOES: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_remove_directory" (func $rmdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_rename" (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_link" (func $link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_set_times" (func $times (param i32 i32 i32 i32 i64 i64 i32) (result i32)))
  (memory (export "memory") 4)
  (func $until (param $at i32) (param $end i32) (param $byte i32) (result i32)
    (block $found (loop $next
      (br_if $found (i32.ge_u (local.get $at) (local.get $end)))
      (br_if $found (i32.eq (i32.load8_u (local.get $at)) (local.get $byte)))
      (local.set $at (i32.add (local.get $at) (i32.const 1))) (br $next)))
    (local.get $at))
  (func $do (param $what i32) (param $path i32) (param $length i32) (param $other i32) (param $other_length i32)
    (if (i32.eq (local.get $what) (i32.const 48)) (then (drop (call $mkdir (i32.const 3) (local.get $path) (local.get $length)))))
    (if (i32.eq (local.get $what) (i32.const 49)) (then (drop (call $rmdir (i32.const 3) (local.get $path) (local.get $length)))))
    (if (i32.eq (local.get $what) (i32.const 50)) (then (drop (call $unlink (i32.const 3) (local.get $path) (local.get $length)))))
    (if (i32.eq (local.get $what) (i32.const 51)) (then (drop (call $rename (i32.const 3) (local.get $path) (local.get $length) (i32.const 3) (local.get $other) (local.get $other_length)))))
    (if (i32.eq (local.get $what) (i32.const 52)) (then (drop (call $symlink (local.get $path) (local.get $length) (i32.const 3) (local.get $other) (local.get $other_length)))))
    (if (i32.eq (local.get $what) (i32.const 53)) (then (drop (call $link (i32.const 3) (i32.const 1) (local.get $path) (local.get $length) (i32.const 3) (local.get $other) (local.get $other_length)))))
    (if (i32.eq (local.get $what) (i32.const 54)) (then (drop (call $times (i32.const 3) (i32.const 1) (local.get $path) (local.get $length) (i64.const 1) (i64.const 1) (i32.const 5)))))
    ;; Opens for writing, makes and cuts it, following links, and writes as much as the path is long.
    (if (i32.eq (local.get $what) (i32.const 55)) (then
      (if (i32.eqz (call $open (i32.const 3) (i32.const 1) (local.get $path) (local.get $length) (i32.const 9) (i64.const 0x42) (i64.const 0x42) (i32.const 0) (i32.const 32)))
        (then (i32.store (i32.const 16) (local.get $path)) (i32.store (i32.const 20) (local.get $length)) (drop (call $write (i32.load (i32.const 32)) (i32.const 16) (i32.const 1) (i32.const 24))))))))
  (func (export "_start") (local $length i32) (local $at i32) (local $end i32) (local $line i32) (local $tab i32)
    (loop $more
      (i32.store (i32.const 0) (i32.add (i32.const 1024) (local.get $length))) (i32.store (i32.const 4) (i32.const 65536))
      (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (then (unreachable)))
      (local.set $length (i32.add (local.get $length) (i32.load (i32.const 8))))
      (br_if $more (i32.load (i32.const 8))))
    (local.set $at (i32.const 1024)) (local.set $end (i32.add (i32.const 1024) (local.get $length)))
    (loop $next
      (local.set $line (call $until (local.get $at) (local.get $end) (i32.const 10)))
      (local.set $tab (call $until (local.get $at) (local.get $line) (i32.const 9)))
      (if (i32.gt_u (local.get $tab) (local.get $at)) (then
        (call $do (i32.load8_u (local.get $at)) (i32.add (local.get $at) (i32.const 1)) (i32.sub (i32.sub (local.get $tab) (local.get $at)) (i32.const 1))
          (i32.add (local.get $tab) (i32.const 1)) (select (i32.sub (i32.sub (local.get $line) (local.get $tab)) (i32.const 1)) (i32.const 0) (i32.lt_u (local.get $tab) (local.get $line))))))
      (local.set $at (i32.add (local.get $line) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    ))"#;

static DESK: LazyLock<Mutex<Desk>> = LazyLock::new(|| {
    let mut desk = Desk::new();
    desk.load(compile_text(DOES));
    fs_err::write(desk.folder.path().join("outside"), "outside").expect("a file");
    Mutex::new(desk)
});

fuzz_target!(|lines: &[u8]| {
    let desk = DESK.lock().expect("nobody panics with it");
    desk.call(lines);
    let root = desk.folder.path();
    assert_eq!(names(root), ["data", "outside"]);
    assert_eq!(fs_err::read(root.join("outside")).expect("it is there"), b"outside");
    let storages = root.join("data/.desktopr/.main/_external_modules_storage");
    assert_eq!(names(&storages), ["plugin-1.wasm"]);
    assert_eq!(names(&root.join("data/.desktopr/.main")), ["_external_modules_storage"]);
    let storage = desk.host.storage("plugin-1").expect("it is a folder");
    let usage = storage.usage().expect("it can be counted");
    assert!(usage.bytes <= 1024 * 1024 && usage.entries <= 100, "{usage:?}");
    storage.clear().expect("it can be cleared");
});

fn names(folder: &Path) -> Vec<String> {
    let entries = fs_err::read_dir(folder).expect("it is a folder");
    let mut names: Vec<_> = entries
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
