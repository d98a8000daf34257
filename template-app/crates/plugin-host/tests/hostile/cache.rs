//! Compiled code that somebody has changed, and folders that are not as they were left.

use std::path::{Path, PathBuf};

use plugin_host::{Code, PluginManifest};

use crate::support::{Desk, Now as _, PAYLOAD, Settings, guest, notes, wait, wasm};

/// A host with a cache of its own, since it is damaged here.
fn desk() -> (Desk, tempfile::TempDir) {
    let cache = tempfile::tempdir().unwrap();
    (Desk::with(Settings { cache: Some(cache.path().join("code")), ..Settings::default() }), cache)
}

/// The only entry, or the one that is newer than `but`.
fn entry(desk: &Desk, but: Option<&Path>) -> PathBuf {
    let mut entries =
        fs_err::read_dir(&desk.places.cache).unwrap().map(|entry| entry.unwrap().path());
    entries.find(|path| Some(path.as_path()) != but).unwrap()
}

#[test]
fn damaged_code_is_never_run() {
    let (mut desk, _cache) = desk();
    desk.install("one", &guest("(call $note (i32.const 1))"));
    let one = entry(&desk, None);
    desk.install("two", &guest("(call $note (i32.const 2))"));
    let two = entry(&desk, Some(&one));
    let (good, other) = (fs_err::read(&one).unwrap(), fs_err::read(&two).unwrap());
    let flipped = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 0x40;
        bytes
    };
    let head = good.len().min(80);
    let damages = [
        ("nothing in it", Vec::new()),
        ("half of the head", good[..40].to_vec()),
        ("the head alone", good[..head].to_vec()),
        ("half of it", good[..good.len() / 2].to_vec()),
        ("all but one byte", good[..good.len() - 1].to_vec()),
        ("one byte more", [&good[..], b"x"].concat()),
        ("another mark", flipped(3)),
        ("another key", flipped(20)),
        ("another hash", flipped(60)),
        ("another bit in the code", flipped(good.len() - 100)),
        ("code of another module", other),
        ("the module itself", wasm(&guest("(call $note (i32.const 1))"))),
    ];
    for (what, bytes) in damages {
        fs_err::write(&one, &bytes).unwrap();
        // A new start of the app: nothing is in memory any more.
        desk.restart(&Settings::default());
        assert_eq!(notes(&desk.call("one", PAYLOAD)), [1], "{what}");
        assert_eq!(fs_err::read(&one).unwrap().len(), good.len(), "{what}: it was made anew");
    }
    desk.still_answers();
}

#[test]
#[cfg(unix)]
fn an_entry_that_is_no_file_of_ours_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let (mut desk, cache) = desk();
    desk.install("one", &guest("(call $note (i32.const 1))"));
    let one = entry(&desk, None);
    let good = fs_err::read(&one).unwrap();
    let mode = |path: &Path| fs_err::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&desk.places.cache), mode(&one)), (0o700, 0o600));
    let again = |desk: &mut Desk, what: &str| {
        desk.restart(&Settings::default());
        assert_eq!(notes(&desk.call("one", PAYLOAD)), [1], "{what}");
    };
    // Others may write to it, so they may have done so.
    fs_err::set_permissions(&one, std::fs::Permissions::from_mode(0o666)).unwrap();
    again(&mut desk, "writable by all");
    assert_eq!(mode(&one), 0o600);
    fs_err::remove_file(&one).unwrap();
    let elsewhere = cache.path().join("elsewhere");
    fs_err::write(&elsewhere, &good[..good.len() - 1]).unwrap();
    fs_err::os::unix::fs::symlink(&elsewhere, &one).unwrap();
    again(&mut desk, "a link");
    assert_eq!(
        fs_err::read(&elsewhere).unwrap().len(),
        good.len() - 1,
        "what it led to is as it was"
    );
    fs_err::remove_file(&one).unwrap();
    fs_err::create_dir(&one).unwrap();
    again(&mut desk, "a folder");
    fs_err::remove_dir(&one).unwrap();
    // A cache that cannot be made costs a compile each time, and nothing else.
    fs_err::remove_dir_all(&desk.places.cache).unwrap();
    fs_err::write(&desk.places.cache, "a file").unwrap();
    again(&mut desk, "no folder");
    again(&mut desk, "no folder, and again");
}

/// Several hosts make, read and damage the same entries at the same time.
#[test]
fn hosts_share_a_cache() {
    let (first, _cache) = desk();
    let module = guest("(call $note (i32.const 7))");
    first.install("one", &module);
    let one = entry(&first, None);
    let cache = first.places.cache.clone();
    let threads: Vec<_> = (0..4)
        .map(|number| {
            let (cache, module, one) = (cache.clone(), module.clone(), one.clone());
            std::thread::spawn(move || {
                let settings = || Settings { cache: Some(cache.clone()), ..Settings::default() };
                let mut desk = Desk::with(settings());
                desk.install("one", &module);
                for round in 0..6 {
                    if round % 3 == number % 3 {
                        let _ = fs_err::remove_file(&one);
                    }
                    desk.restart(&settings());
                    assert_eq!(notes(&desk.call("one", PAYLOAD)), [7]);
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let left: Vec<_> =
        fs_err::read_dir(&cache).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 1, "nothing is left behind: {left:?}");
}

#[test]
fn a_module_that_changed_since_it_was_added_is_not_run() {
    let desk = Desk::new();
    let (good, bad) = (guest("(call $note (i32.const 1))"), guest("(call $note (i32.const 2))"));
    let path = desk.places.modules.join("one.wasm");
    for warm in [false, true] {
        desk.install("one", &good);
        if warm {
            assert_eq!(notes(&desk.call("one", PAYLOAD)), [1]);
        }
        let other = wasm(&bad);
        assert_eq!(
            other.len(),
            fs_err::read(&path).unwrap().len(),
            "the same length, so that only the hash tells"
        );
        fs_err::write(&path, &other).unwrap();
        let result = desk.call("one", PAYLOAD);
        assert_eq!(result.code, Some(Code::HashMismatch), "{warm}: {result:#?}");
        fs_err::write(&path, [&other[..], b"x"].concat()).unwrap();
        assert_eq!(desk.call("one", PAYLOAD).code, Some(Code::HashMismatch));
        fs_err::remove_file(&path).unwrap();
        assert_eq!(desk.call("one", PAYLOAD).code, Some(Code::HashMismatch));
        // To add it again heals it.
        assert!(desk.install("one", &good).saved);
        assert_eq!(notes(&desk.call("one", PAYLOAD)), [1]);
    }
    desk.still_answers();
}

#[test]
fn records_make_modules() {
    let desk = Desk::new();
    desk.install("one", &guest(""));
    let record = desk.places.modules.join("one.installed.json");
    let good = fs_err::read(&record).unwrap();
    for damage in [&b""[..], b"{", b"[]", b"{\"sha256\": 1}", b"\xff\xff", &good[..good.len() - 2]]
    {
        fs_err::write(&record, damage).unwrap();
        let result = desk.call("one", PAYLOAD);
        assert_eq!(result.code, Some(Code::HashMismatch), "{result:#?}");
        assert!(result.error.unwrap().contains("add it anew"));
    }
    fs_err::write(&record, &good).unwrap();
    assert!(desk.call("one", PAYLOAD).ok);
    // What was only put there is not there.
    fs_err::write(desk.places.modules.join("other.wasm"), wasm(&guest(""))).unwrap();
    fs_err::write(desk.places.modules.join("notes.txt"), "").unwrap();
    fs_err::write(desk.places.modules.join("..installed.json"), "").unwrap();
    desk.still_answers();
    assert_eq!(desk.host.list().unwrap(), ["neighbour.wasm", "one.wasm"]);
    assert_eq!(desk.call("other", PAYLOAD).code, Some(Code::NotFound));
    assert_eq!(desk.host.status().modules, 2);
}

#[test]
fn modules_are_added_replaced_and_removed_by_rule() {
    let desk = Desk::new();
    assert_eq!(desk.host.list().unwrap(), Vec::<String>::new());
    assert!(!wait(desk.host.remove("one")).unwrap());
    let (old, new) =
        (wasm(&guest("(call $note (i32.const 1))")), wasm(&guest("(call $note (i32.const 2))")));
    let added = desk.add("one", old.clone(), None, false).unwrap();
    assert_eq!(
        (added.saved, added.name.as_str(), added.path.as_str(), added.bytes),
        (true, "one.wasm", "_external_modules/one.wasm", old.len() as u64)
    );
    assert!(
        !desk.add("one.wasm", old.clone(), None, false).unwrap().saved,
        "the very same is there"
    );
    let error = desk.add("one", new.clone(), None, false).unwrap_err();
    assert_eq!(error.code, Code::AlreadyInstalled, "{error:?}");
    assert_eq!(notes(&desk.call("one", PAYLOAD)), [1]);
    let candidate = wait(desk.host.check("one", new.clone(), None)).unwrap();
    assert!(candidate.replaces && !candidate.trusted);
    assert!(wait(desk.host.install(candidate, true)).unwrap().saved);
    assert_eq!(notes(&desk.call("one", PAYLOAD)), [2]);
    // What is only checked is not there.
    let checked = wait(desk.host.check("two", new.clone(), None)).unwrap();
    assert!(!checked.replaces);
    assert_eq!(desk.host.list().unwrap(), ["one.wasm"]);
    // With the module its files go.
    fs_err::write(desk.storage_of("one").join("kept"), "x").unwrap();
    assert!(wait(desk.host.remove("one")).unwrap());
    assert!(!desk.storage_of("one").exists() && desk.host.list().unwrap().is_empty());
    assert_eq!(desk.call("one", PAYLOAD).code, Some(Code::NotFound));
    assert_eq!(desk.host.info_now("one").unwrap_err().code, Code::NotFound);
    assert_eq!(desk.host.storage("one").err().unwrap().code, Code::NotFound);
    for name in ["", "..", "../x", "a/b", "CON", "C:x.wasm", "x".repeat(65).as_str()] {
        let error = desk.add(name, new.clone(), None, false).unwrap_err();
        assert_eq!(error.code, Code::InvalidName, "{name}: {error:?}");
        assert_eq!(desk.call(name, PAYLOAD).code, Some(Code::InvalidName), "{name}");
    }
    desk.still_answers();
}

#[test]
fn a_manifest_promises_one_module() {
    let desk = Desk::new();
    let module = wasm(&guest(""));
    let hash = runtime_settings::Sha256::of(&module);
    let promises = |hash: &str| {
        PluginManifest::parse(format!("{{\"sha256\": \"{hash}\"}}").as_bytes()).unwrap()
    };
    let error =
        desk.add("one", module.clone(), Some(promises(&"0".repeat(64))), false).unwrap_err();
    assert_eq!(error.code, Code::HashMismatch, "{error:?}");
    assert!(desk.host.list().unwrap().is_empty());
    desk.add("one", module, Some(promises(&hash.to_string())), false).unwrap();
    assert!(desk.call("one", PAYLOAD).ok);
}

#[test]
fn an_app_may_allow_nothing_to_be_added() {
    let mut settings = Settings::default();
    settings.plugins.allow_install = false;
    let desk = Desk::with(settings);
    let error = desk.refuse("one", wasm(&guest("")));
    assert_eq!(error.code, Code::InstallForbidden, "{error:?}");
    assert!(!desk.host.status().compiler);
}

#[test]
fn a_hash_that_the_config_lists_is_trusted() {
    let module = wasm(&guest(""));
    let mut settings = Settings::default();
    settings.plugins.trusted = vec![runtime_settings::Sha256::of(&module)];
    let desk = Desk::with(settings);
    assert!(wait(desk.host.check("one", module, None)).unwrap().trusted);
    assert!(
        !wait(desk.host.check("one", wasm(&guest("(call $note (i32.const 3))")), None))
            .unwrap()
            .trusted
    );
}

/// A disk without room: the guest is told, the host goes on, and when there is room again, so does everything.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_survived() {
    let folder = tempfile::tempdir().unwrap();
    let module = folder.path().join("fills.wasm");
    let pour = "(call $note (call $open «f» (i32.const 9) (i32.const 0))) (loop $l
        (br_if $l (i32.eqz (local.tee $j (call $write (global.get $fd) (i32.const 300_000) (i32.const 100_000)))))) (call $note (local.get $j)) (call $note (call $unlink «f»))";
    fs_err::write(&module, wasm(&guest(pour))).unwrap();
    let script = format!(
        "\"$TOOL\" run {0} go --storage \"$DISK/storage\" --cache \"$DISK/cache\" --format json; \"$TOOL\" run {0} go --storage \"$DISK/storage\" --cache \"$DISK/none\" --format json",
        module.display()
    );
    for room in ["1500k", "40k"] {
        let output =
            crate::support::shell_with_small_disk(room, &folder.path().join(room), &script);
        let (told, said) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let results: Vec<serde_json::Value> =
            told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(results.len(), 2, "{room}: {told}{said}");
        for result in results {
            let full = crate::support::errno::NOSPC;
            assert_eq!(
                result["value"]["value"],
                serde_json::json!([0, full, 0]),
                "{room}: {result:#}{said}"
            );
            assert_eq!(result["ok"], true, "{room}: {result:#}");
        }
    }
}
