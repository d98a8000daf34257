//! Guests written as WebAssembly text, on a small library: no toolchain is needed, and each test says to the letter what it does.

use std::{collections::HashMap, fmt::Write as _};

/// Error numbers of WASI preview 1, as guests see them.
pub(crate) mod errno {
    pub(crate) const OK: i64 = 0;
    pub(crate) const BADF: i64 = 8;
    pub(crate) const DQUOT: i64 = 19;
    pub(crate) const EXIST: i64 = 20;
    pub(crate) const INVAL: i64 = 28;
    pub(crate) const ISDIR: i64 = 31;
    pub(crate) const LOOP: i64 = 32;
    pub(crate) const MFILE: i64 = 33;
    pub(crate) const NAMETOOLONG: i64 = 37;
    pub(crate) const NOENT: i64 = 44;
    pub(crate) const NOSPC: i64 = 51;
    pub(crate) const NOTDIR: i64 = 54;
    pub(crate) const NOTEMPTY: i64 = 55;
    pub(crate) const NOTSOCK: i64 = 57;
    pub(crate) const NOTSUP: i64 = 58;
    pub(crate) const PERM: i64 = 63;
    pub(crate) const PIPE: i64 = 64;
    pub(crate) const SPIPE: i64 = 70;
    pub(crate) const NOTCAPABLE: i64 = 76;
}

/// Where texts begin in the guest's memory.
const TEXTS: usize = 2 * 65_536;

/// Imports, and functions for what most guests do. Memory: below 4,096 scratch, then the answer, texts from page 2, and from page
/// 4 on whatever the guest likes.
const LIBRARY: &str = r#"
  (type $errno1 (func (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pwrite" (func $fd_pwrite (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pread" (func $fd_pread (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $fd_seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_tell" (func $fd_tell (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_renumber" (func $fd_renumber (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_sync" (func $fd_sync (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_allocate" (func $fd_allocate (param i32 i64 i64) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fd_fdstat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_set_flags" (func $fd_fdstat_set_flags (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fd_filestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $fd_filestat_set_size (param i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_times" (func $fd_filestat_set_times (param i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $fd_prestat_dir_name (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $fd_readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_create_directory (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_remove_directory" (func $path_remove_directory (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $path_unlink_file (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_rename" (func $path_rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $path_symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_link" (func $path_link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_readlink" (func $path_readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $path_filestat_get (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (import "wasi_snapshot_preview1" "sock_accept" (func $sock_accept (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_recv" (func $sock_recv (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_send" (func $sock_send (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_shutdown" (func $sock_shutdown (param i32 i32) (result i32)))
  (global $fd (mut i32) (i32.const -1))
  (global $end (mut i32) (i32.const 4113))
  ;; The answer so far: `{"ok":true,"value":[` takes twenty bytes, the first number's comma is overwritten.
  (data (i32.const 4096) "{\"ok\":true,\"value\":[")
  (func $put (param $byte i32)
    (i32.store8 (global.get $end) (local.get $byte))
    (global.set $end (i32.add (global.get $end) (i32.const 1))))
  (func $digits (param $n i64)
    (if (i64.ge_u (local.get $n) (i64.const 10))
      (then (call $digits (i64.div_u (local.get $n) (i64.const 10)))))
    (call $put (i32.add (i32.const 48) (i32.wrap_i64 (i64.rem_u (local.get $n) (i64.const 10))))))
  (func $note64 (param $n i64)
    (if (i32.eq (global.get $end) (i32.const 4113))
      (then (global.set $end (i32.const 4116)))
      (else (call $put (i32.const 44))))
    (if (i64.lt_s (local.get $n) (i64.const 0))
      (then (call $put (i32.const 45)) (local.set $n (i64.sub (i64.const 0) (local.get $n)))))
    (call $digits (local.get $n)))
  (func $note (param $n i32) (call $note64 (i64.extend_i32_s (local.get $n))))
  ;; Prints what was noted.
  (func $answer
    (if (i32.eq (global.get $end) (i32.const 4113)) (then (global.set $end (i32.const 4116))))
    (call $put (i32.const 93)) (call $put (i32.const 125)) (call $put (i32.const 10))
    (drop (call $write (i32.const 1) (i32.const 4096) (i32.sub (global.get $end) (i32.const 4096)))))
  ;; One write of some bytes: its error number. How many were written is at 16.
  (func $write (param $to i32) (param $at i32) (param $length i32) (result i32)
    (i32.store (i32.const 0) (local.get $at)) (i32.store (i32.const 4) (local.get $length))
    (call $fd_write (local.get $to) (i32.const 0) (i32.const 1) (i32.const 16)))
  (func $pwrite (param $to i32) (param $at i32) (param $length i32) (param $offset i64) (result i32)
    (i32.store (i32.const 0) (local.get $at)) (i32.store (i32.const 4) (local.get $length))
    (call $fd_pwrite (local.get $to) (i32.const 0) (i32.const 1) (local.get $offset) (i32.const 16)))
  (func $read (param $from i32) (param $at i32) (param $length i32) (result i32)
    (i32.store (i32.const 0) (local.get $at)) (i32.store (i32.const 4) (local.get $length))
    (call $fd_read (local.get $from) (i32.const 0) (i32.const 1) (i32.const 16)))
  (func $seek (param $of i32) (param $to i64) (result i32)
    (call $fd_seek (local.get $of) (local.get $to) (i32.const 0) (i32.const 24)))
  ;; Opens below a folder, following no link at the end. `oflags`: 1 create, 2 folder, 4 new, 8 cut; `flags`: 1 append. It becomes `$fd`.
  (func $open_in (param $dir i32) (param $path i32) (param $length i32) (param $oflags i32) (param $flags i32) (param $rights i64) (result i32)
    (local $error i32)
    (local.set $error (call $path_open (local.get $dir) (i32.const 0) (local.get $path) (local.get $length) (local.get $oflags)
      (local.get $rights) (i64.const 0x46) (local.get $flags) (i32.const 32)))
    (if (i32.eqz (local.get $error)) (then (global.set $fd (i32.load (i32.const 32)))))
    (local.get $error))
  ;; For reading and writing.
  (func $open (param $path i32) (param $length i32) (param $oflags i32) (param $flags i32) (result i32)
    (call $open_in (i32.const 3) (local.get $path) (local.get $length) (local.get $oflags) (local.get $flags) (i64.const 0x46)))
  (func $open_dir (param $path i32) (param $length i32) (result i32)
    (call $open_in (i32.const 3) (local.get $path) (local.get $length) (i32.const 2) (i32.const 0) (i64.const 0x4002)))
  (func $mkdir (param $path i32) (param $length i32) (result i32)
    (call $path_create_directory (i32.const 3) (local.get $path) (local.get $length)))
  (func $rmdir (param $path i32) (param $length i32) (result i32)
    (call $path_remove_directory (i32.const 3) (local.get $path) (local.get $length)))
  (func $unlink (param $path i32) (param $length i32) (result i32)
    (call $path_unlink_file (i32.const 3) (local.get $path) (local.get $length)))
  (func $rename (param $path i32) (param $length i32) (param $new i32) (param $new_length i32) (result i32)
    (call $path_rename (i32.const 3) (local.get $path) (local.get $length) (i32.const 3) (local.get $new) (local.get $new_length)))
  (func $stat (param $path i32) (param $length i32) (result i32)
    (call $path_filestat_get (i32.const 3) (i32.const 1) (local.get $path) (local.get $length) (i32.const 64)))
  ;; Size of an open file, or -1.
  (func $size (param $of i32) (result i64)
    (if (result i64) (call $fd_filestat_get (local.get $of) (i32.const 64)) (then (i64.const -1)) (else (i64.load (i32.const 96)))))
  ;; A number as eight digits at a place: for names that are counted up.
  (func $name (param $n i32) (param $at i32)
    (local $place i32)
    (local.set $place (i32.const 7))
    (loop $next
      (i32.store8 (i32.add (local.get $at) (local.get $place)) (i32.add (i32.const 48) (i32.rem_u (local.get $n) (i32.const 10))))
      (local.set $n (i32.div_u (local.get $n) (i32.const 10)))
      (br_if $next (i32.ge_s (local.tee $place (i32.sub (local.get $place) (i32.const 1))) (i32.const 0)))))
  ;; Sleeps, by the relative monotonic clock.
  (func $sleep (param $nanoseconds i64) (result i32)
    (i64.store (i32.const 128) (i64.const 0)) (i64.store (i32.const 136) (i64.const 0)) (i32.store (i32.const 144) (i32.const 1))
    (i64.store (i32.const 152) (local.get $nanoseconds)) (i64.store (i32.const 160) (i64.const 0)) (i32.store16 (i32.const 168) (i32.const 0))
    (call $poll_oneoff (i32.const 128) (i32.const 192) (i32.const 1) (i32.const 256)))
"#;

/// A guest whose `_start` does this, and prints what it noted. `«text»` stands for place and length of a text.
pub(crate) fn guest(body: &str) -> String {
    guest_with("", &format!("{body} (call $answer)"))
}

/// The same with functions, globals or tables of its own, and without an answer that it does not print itself.
pub(crate) fn guest_with(parts: &str, body: &str) -> String {
    let mut texts = Texts::default();
    let (parts, body) = (texts.replace(parts), texts.replace(body));
    let memory = if parts.contains("(memory ") { "" } else { "(memory (export \"memory\") 8)" };
    format!(
        "(module {LIBRARY} {memory} {} {parts} (func $start (export \"_start\") (local $i i32) (local $j i32) (local $n i64) {body}))",
        texts.data
    )
}

/// Text to module.
pub(crate) fn wasm(wat: &str) -> Vec<u8> {
    wat::parse_str(wat).unwrap_or_else(|error| panic!("{error}"))
}

/// Texts that a guest has in its memory.
#[derive(Default)]
struct Texts {
    data: String,
    length: usize,
    placed: HashMap<String, usize>,
}

impl Texts {
    fn replace(&mut self, body: &str) -> String {
        let mut out = String::new();
        let mut rest = body;
        while let Some((before, after)) = rest.split_once('«') {
            let (text, after) = after.split_once('»').expect("every « has its »");
            let at = self.place(text);
            write!(out, "{before}(i32.const {at}) (i32.const {})", text.len()).unwrap();
            rest = after;
        }
        out + rest
    }

    fn place(&mut self, text: &str) -> usize {
        if let Some(at) = self.placed.get(text) {
            return *at;
        }
        let at = TEXTS + self.length;
        let bytes: String = text.bytes().map(|byte| format!("\\{byte:02x}")).collect();
        write!(self.data, "(data (i32.const {at}) \"{bytes}\")").unwrap();
        self.length += text.len();
        assert!(TEXTS + self.length <= 4 * 65_536, "the texts do not fit");
        self.placed.insert(text.to_owned(), at);
        at
    }
}
