//! What the files of records look like afterwards.

use std::{sync::Arc, thread};

use serde_json::json;

use super::*;

fn records(folder: &Path, file: u64, area: u64) -> Records {
    Records {
        folder: folder.join("diagnostics"),
        limits: Limits { file, area },
        home: Some("/data/me".to_owned()),
        writing: Mutex::default(),
    }
}

fn lines(records: &Records, area: RecordsArea) -> Vec<Value> {
    let mut files = records.list(area).unwrap();
    files.sort_by(|a, b| a.rel_path.cmp(&b.rel_path));
    let text = files.iter().map(|file| records.read(&file.rel_path).unwrap());
    let text: String = text.collect();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn dates_are_right() {
    for (days, expected) in [
        (0, "1970-01-01"),
        (11_016, "2000-02-29"),
        (11_017, "2000-03-01"),
        (20_453, "2025-12-31"),
        (20_454, "2026-01-01"),
        (47_540, "2100-02-28"),
        (47_541, "2100-03-01"),
    ] {
        assert_eq!(date(days), expected);
    }
}

#[test]
fn many_writers_leave_whole_lines() {
    let folder = tempfile::tempdir().unwrap();
    let all = Arc::new(records(folder.path(), 10_000, 1_000_000));
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let all = Arc::clone(&all);
            thread::spawn(move || {
                for number in 0..50 {
                    let record = json!({ "writer": writer, "number": number, "at": "/data/me/x" });
                    all.append(RecordsArea::Crashes, "errors", &record).unwrap();
                }
            })
        })
        .collect();
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    let lines = lines(&all, RecordsArea::Crashes);
    assert_eq!(lines.len(), 400);
    assert!(lines.iter().all(|line| line["at"] == "~/x"));
    let sizes: Vec<_> =
        all.list(RecordsArea::Crashes).unwrap().iter().map(|file| file.bytes).collect();
    assert!(sizes.len() > 1 && sizes.iter().all(|size| *size <= 10_000), "{sizes:?}");
}

#[test]
fn the_oldest_files_make_room() {
    let folder = tempfile::tempdir().unwrap();
    let records = records(folder.path(), 100, 400);
    for number in 0..30 {
        let record = json!({ "number": number, "text": "x".repeat(40) });
        records.append(RecordsArea::Logs, "record", &record).unwrap();
    }
    let files = records.list(RecordsArea::Logs).unwrap();
    assert!(files.iter().map(|file| file.bytes).sum::<u64>() <= 400, "{files:?}");
    let kept: Vec<_> = lines(&records, RecordsArea::Logs)
        .iter()
        .map(|line| line["number"].as_u64().unwrap())
        .collect();
    assert!(kept.contains(&29) && !kept.contains(&0), "{kept:?}");
}

#[test]
fn a_record_has_a_limit() {
    let folder = tempfile::tempdir().unwrap();
    let records = records(folder.path(), 1_000_000, 1_000_000);
    let large = json!({ "text": "x".repeat(MAX_RECORD_BYTES) });
    let error = records.append(RecordsArea::Logs, "record", &large).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    assert_eq!(records.list(RecordsArea::Logs).unwrap(), []);
}

#[test]
fn what_is_old_is_deleted_and_what_is_no_record_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let records = records(folder.path(), 1000, 10_000);
    records.append(RecordsArea::Logs, "record", &json!({})).unwrap();
    records.write_alone(RecordsArea::Logs, "old", &json!({})).unwrap();
    let logs = folder.path().join("diagnostics/logs");
    fs_err::write(logs.join("other.txt"), "").unwrap();
    let day = Duration::from_secs(24 * 60 * 60);
    let old = fs_err::OpenOptions::new().append(true).open(logs.join("old.json")).unwrap();
    old.set_modified(SystemTime::now() - day * 31).unwrap();
    let run = records.delete_older(RecordsArea::Logs, day * 30).unwrap();
    assert_eq!((run.deleted, run.bytes), (1, 3));
    assert!(!logs.join("old.json").exists() && logs.join("other.txt").exists());
    assert_eq!(records.list(RecordsArea::Logs).unwrap().len(), 1);
    assert_eq!(records.delete_older(RecordsArea::Logs, Duration::ZERO).unwrap().deleted, 1);
}

#[test]
fn only_files_of_records_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let records = records(folder.path(), 1000, 10_000);
    records.append(RecordsArea::Logs, "record", &json!({})).unwrap();
    fs_err::write(folder.path().join("secret.json"), "{}").unwrap();
    for path in [
        "",
        "logs",
        "logs/",
        "logs/../../secret.json",
        "../secret.json",
        "other/x.json",
        "/etc/passwd",
    ] {
        assert_eq!(records.read(path).unwrap_err().kind(), io::ErrorKind::NotFound, "{path}");
    }
    #[cfg(unix)]
    {
        let link = folder.path().join("diagnostics/logs/link.json");
        fs_err::os::unix::fs::symlink(folder.path().join("secret.json"), link).unwrap();
        assert!(records.read("logs/link.json").is_err());
    }
}
