//! Archives that somebody made to do harm, or that are damaged: refused in words that name the fault, with nothing left
//! behind and nothing touched outside.

use anyhow::Result;
use config_schema::Target;
use fake_github::ScriptedArtifact;
use serde_json::json;

use crate::{
    raw::{self, Raw},
    sample::{Files, Sample, sha256},
    support::{Fixture, files, seen, words},
};

const GIB: u64 = 1 << 30;
const FOLDER: &str = "notes-linux-x64";

/// What the archive has besides or instead of what it should have.
type Change = Box<dyn Fn(&mut Vec<Raw>)>;

/// What is said, and what was changed to make it so.
type Row<T> = (&'static str, fn(&mut T));

fn with(name: &str) -> Change {
    let name = name.to_owned();
    Box::new(move |entries| entries.push(Raw::new(&name, b"x")))
}

/// An entry of this mode, made on this system.
fn of_mode(name: &'static str, mode: u32, system: u16) -> Change {
    Box::new(move |entries| {
        entries.push(Raw { mode, system, ..Raw::new(name, b"/etc/passwd") });
    })
}

/// The package changed.
fn package(change: impl Fn(&mut Raw) + 'static) -> Change {
    Box::new(move |entries| change(&mut entries[1]))
}

fn names() -> Vec<(&'static str, Change)> {
    vec![
        ("a path that leads elsewhere", with("../evil")),
        ("a path that leads elsewhere", with("notes-linux-x64/../../evil")),
        ("an absolute path", with("/evil")),
        ("not for file names", with("C:\\evil")),
        ("not for file names", with("c:evil")),
        ("not for file names", with("..\\evil")),
        ("not for file names", with("\\\\host\\share\\evil")),
        ("not for file names", with("notes_1.0.0.deb:hidden")),
        ("the name of a device", with("notes-linux-x64/NUL.txt")),
        ("the name of a device", with("con")),
        ("the name of a device", with("COM1.deb")),
        ("a dot or a space", with("notes-linux-x64/manifest.json.")),
        ("a dot or a space", with("notes-linux-x64/manifest.json ")),
        ("a control character", with("a\u{1b}[2Jb")),
        ("a control character", with("evil\0.deb")),
        ("beyond ASCII", with("\u{202e}bed.exe")),
        ("an empty name", with("")),
        ("a part of the path is empty", with("a//b")),
        ("too deep", with("a/b/c/d/e/f/g/h/i")),
        ("too long", with(&"a".repeat(200))),
        (
            "a name that is no text",
            Box::new(|entries| {
                entries.push(Raw { name: b"\xff\xfe".to_vec(), ..Raw::new("", b"x") });
            }),
        ),
        ("two entries have one name", with("notes-linux-x64/manifest.json")),
        ("differ by capitals only", with("notes-linux-x64/MANIFEST.json")),
        ("differ by capitals only", with("Notes-linux-x64/other")),
        ("a file and a folder have one name", with("notes-linux-x64/manifest.json/x")),
        ("a file and a folder have one name", with("notes-linux-x64")),
        ("not in its manifest: stranger", with("notes-linux-x64/stranger")),
        ("files of several folders", with("other/file")),
        ("files of several folders", with("file")),
    ]
}

fn kinds() -> Vec<(&'static str, Change)> {
    vec![
        ("neither a file nor a folder", of_mode("notes-linux-x64/link", 0o120_777, 3)),
        ("neither a file nor a folder", of_mode("notes-linux-x64/link", 0o120_777, 0)),
        ("neither a file nor a folder", of_mode("notes-linux-x64/device", 0o020_666, 3)),
        ("neither a file nor a folder", of_mode("notes-linux-x64/disk", 0o060_666, 3)),
        ("neither a file nor a folder", of_mode("notes-linux-x64/pipe", 0o010_666, 3)),
        ("neither a file nor a folder", of_mode("notes-linux-x64/socket", 0o140_666, 3)),
        ("neither a file nor a folder", of_mode("notes-linux-x64/folder", 0o040_755, 3)),
        ("neither a file nor a folder", of_mode("notes-linux-x64/file/", 0o100_644, 3)),
        ("a folder with content", of_mode("notes-linux-x64/file/", 0o040_755, 3)),
        ("encrypted", package(|entry| entry.flags |= 1)),
        ("compressed in an unusual way", package(|entry| entry.method = 12)),
    ]
}

fn lies() -> Vec<(&'static str, Change)> {
    vec![
        ("damaged", package(|entry| entry.crc ^= 1)),
        ("damaged", package(|entry| entry.method = 8)),
        ("larger than its declared", package(|entry| entry.size -= 1)),
        (
            "header inconsistency",
            package(|entry| {
                entry.local_name = Some(entry.name.repeat(1)[..].iter().rev().copied().collect())
            }),
        ),
        (
            "other bytes than its manifest says",
            package(|entry| {
                entry.data[0] ^= 1;
                entry.crc = crc32fast::hash(&entry.data);
            }),
        ),
        (
            "no `notes_1.0.0_linux-x64.bin` in it",
            Box::new(|entries| {
                entries.remove(1);
            }),
        ),
        (
            "no `manifest.json` in it",
            Box::new(|entries| {
                entries.remove(0);
            }),
        ),
        ("an empty archive", Box::new(Vec::clear)),
        (
            "far more than it is",
            Box::new(|entries| {
                entries.push(Raw::zeros("notes-linux-x64/zeros", 10 * GIB));
            }),
        ),
        (
            "more than 8589934592 bytes",
            Box::new(|entries| {
                entries
                    .push(Raw { size: 9 * GIB, ..Raw::zeros("notes-linux-x64/zeros", 64 * GIB) });
            }),
        ),
        (
            "larger than its declared",
            Box::new(|entries| {
                entries.push(Raw { size: 1000, ..Raw::zeros("notes-linux-x64/zeros", GIB) });
            }),
        ),
        (
            "too many entries",
            Box::new(|entries| {
                entries.extend((0..10_001).map(|number| Raw::new(&format!("a/{number}"), b"")));
            }),
        ),
        (
            "too long a list of entries",
            Box::new(|entries| {
                entries.extend((0..60_000).map(|number| Raw::new(&format!("{number:0150}"), b"")));
            }),
        ),
    ]
}

async fn refuse(rows: Vec<(&'static str, Change)>) -> Result<()> {
    let at = Fixture::new().await?;
    let sample = Sample::new("notes", "1.0.0", &[Target::LinuxX64]);
    let name = &sample.names()[0];
    for (index, (expected, change)) in rows.into_iter().enumerate() {
        let good = sample.bundles[0].as_ref().unwrap();
        let mut entries: Vec<_> = good.iter().map(|(name, bytes)| Raw::new(name, bytes)).collect();
        change(&mut entries);
        let zip = ScriptedArtifact::new(name, raw::archive(&entries));
        let run = at.run(Sample::script(vec![sample.plan_artifact(), zip])).await?;
        let build = at.record(run)?;
        let said = words(&at.collect(&build).await.unwrap_err());
        assert!(said.contains(&format!("refused: {name}: ")), "row {index}: {said}");
        assert!(said.contains(expected), "row {index}, {expected}: {said}");
        expect_nothing_left(&at, build.id.as_str(), index);
    }
    Ok(())
}

/// Only the plan is here, and what was here before.
fn expect_nothing_left(at: &Fixture, build: &str, row: usize) {
    assert_eq!(seen(&at.out()), [""; 0], "row {row}");
    let work = format!("builds/.deskwright/{build}/");
    for name in files(at.dir.path()).into_keys() {
        let known = ["state/", "builds/.deskwright/"].iter().any(|start| name.starts_with(start));
        assert!(known, "row {row}: {name}");
        if let Some(rest) = name.strip_prefix(&work) {
            assert!(rest.starts_with("plan.") || rest == "run.json", "row {row}: {rest}");
        }
    }
    assert!(!std::path::Path::new("/evil").exists());
}

#[tokio::test]
async fn names_that_lead_elsewhere_are_refused() -> Result<()> {
    refuse(names()).await
}

#[tokio::test]
async fn what_is_no_file_is_refused() -> Result<()> {
    refuse(kinds()).await
}

#[tokio::test]
async fn what_is_not_what_it_says_is_refused() -> Result<()> {
    refuse(lies()).await
}

#[tokio::test]
async fn an_archive_as_it_should_be_passes_the_same_way() -> Result<()> {
    let at = Fixture::new().await?;
    let sample = Sample::new("notes", "1.0.0", &[Target::LinuxX64]);
    let good = sample.bundles[0].as_ref().unwrap();
    let mut entries: Vec<_> = good.iter().map(|(name, bytes)| Raw::new(name, bytes)).collect();
    entries[1].mode = 0o100_755;
    entries.insert(0, Raw { mode: 0o040_755, ..Raw::new(&format!("{FOLDER}/"), b"") });
    let zip = ScriptedArtifact::new(&sample.names()[0], raw::archive(&entries));
    let run = at.run(Sample::script(vec![sample.plan_artifact(), zip])).await?;
    let landed = at.collect(&at.record(run)?).await?;
    #[cfg(unix)]
    for file in landed.files {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs_err::metadata(&file.path)?.permissions().mode() & 0o777;
        let expected = if file.kind.is_some() { 0o555 } else { 0o444 };
        assert_eq!(mode, expected, "{}", file.path.display());
    }
    Ok(())
}

#[tokio::test]
async fn a_manifest_of_something_else_is_refused() -> Result<()> {
    let changes: [Row<serde_json::Value>; 7] = [
        ("another app: com.example.other", |manifest| {
            manifest["app"]["id"] = json!("com.example.other")
        }),
        ("another app", |manifest| manifest["app"]["version"] = json!("2.0.0")),
        ("another target: windows-x64", |manifest| manifest["target"] = json!("windows-x64")),
        ("another runtime", |manifest| manifest["runtime"]["key"] = json!("other")),
        ("a manifest of format 2", |manifest| manifest["format"] = json!(2)),
        ("not in the plan `other`", |manifest| manifest["artifacts"][0]["name"] = json!("other")),
        ("not understood", |manifest| manifest["artifacts"] = json!("none")),
    ];
    let at = Fixture::new().await?;
    for (expected, change) in changes {
        let mut sample = Sample::new("notes", "1.0.0", &[Target::LinuxX64]);
        let files = sample.bundles[0].as_mut().unwrap();
        let mut manifest = serde_json::from_slice(&files[0].1)?;
        change(&mut manifest);
        files[0].1 = serde_json::to_vec(&manifest)?;
        let build = at.build(&sample).await?;
        let said = words(&at.collect(&build).await.unwrap_err());
        assert!(said.contains(expected), "{expected}: {said}");
        expect_nothing_left(&at, build.id.as_str(), 0);
    }
    Ok(())
}

#[tokio::test]
async fn a_record_of_something_else_is_refused() -> Result<()> {
    let changes: [Row<Files>; 6] = [
        ("not in its manifest: stranger", |files| {
            files.push(("notes/stranger".to_owned(), vec![1]))
        }),
        ("in no app's folder: stranger", |files| files.push(("stranger".to_owned(), vec![1]))),
        ("not in the plan: `other`", |files| files.push(("other/x".to_owned(), vec![1]))),
        ("no `release.json` in it", |files| {
            files.remove(0);
        }),
        ("other bytes than its manifest says", |files| files[1].1 = b"[]".to_vec()),
        ("tells of another file", |files| {
            let text = String::from_utf8(files[0].1.clone()).unwrap();
            let real = sha256(b"the package of notes 1.0.0 for linux-x64\n");
            assert!(text.contains(&real));
            files[0].1 = text.replace(&real, &sha256(b"another")).into_bytes();
        }),
    ];
    let at = Fixture::new().await?;
    for (expected, change) in changes {
        let mut sample = Sample::new("notes", "1.0.0", &[Target::LinuxX64]).with_record();
        change(sample.record.as_mut().unwrap());
        let build = at.build(&sample).await?;
        let said = words(&at.collect(&build).await.unwrap_err());
        assert!(said.contains(expected), "{expected}: {said}");
        assert_eq!(seen(&at.out()), [""; 0]);
    }
    Ok(())
}

#[tokio::test]
async fn a_plan_that_is_none_is_refused() -> Result<()> {
    let at = Fixture::new().await?;
    let changes: [Row<serde_json::Value>; 5] = [
        ("a plan of format 9", |plan| plan["format"] = json!(9)),
        ("not a name of an app: \"../../x\"", |plan| plan["apps"][0]["id"] = json!("../../x")),
        ("not a name of an app: \".deskwright\"", |plan| {
            plan["apps"][0]["id"] = json!(".deskwright")
        }),
        ("not a name of an app: \"1/2\"", |plan| plan["apps"][0]["version"] = json!("1/2")),
        ("not understood", |plan| plan["surprise"] = json!(1)),
    ];
    for (expected, change) in changes {
        let sample = Sample::new("notes", "1.0.0", &[Target::LinuxX64]);
        let mut plan = serde_json::to_value(&sample.plan)?;
        change(&mut plan);
        let zip = raw::archive(&[Raw::new("plan.json", &serde_json::to_vec(&plan)?)]);
        let mut artifacts = sample.artifacts();
        artifacts[0] = ScriptedArtifact::new("plan", zip);
        let build = at.record(at.run(Sample::script(artifacts)).await?)?;
        let said = words(&at.collect(&build).await.unwrap_err());
        assert!(said.contains(expected), "{expected}: {said}");
        assert!(!at.out().join(".deskwright").exists(), "{expected}: nothing is left");
    }
    let run = at.run(fake_github::Script::default()).await?;
    let said = words(&at.collect(&at.record(run)?).await.unwrap_err());
    assert!(said.contains("the run has no plan"), "{said}");
    Ok(())
}
