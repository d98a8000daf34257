//! The contract from outside: valid and invalid configs with what becomes of them, and the schema beside the validator.
//! `UPDATE_GOLDEN=1` rewrites the expectations.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy exempts only the test functions, and a helper of a test may fail like it"
)]

use std::path::{Path, PathBuf};

use config_schema::{Check, ConfigErrors, MAX_CONFIG_BYTES, MAX_DEPTH, MAX_PROBLEMS, SCHEMA_FILE};
use serde_json::Value;

/// Codes of problems that a JSON Schema can express, so that an editor shows them too.
const SEEN_BY_SCHEMA: &[&str] = &[
    "config/unknown-field",
    "config/missing-field",
    "config/wrong-type",
    "config/unknown-value",
    "config/newer-version",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The JSON files of a folder of cases, in order.
fn cases(folder: &str) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(root().join("tests").join(folder)).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

fn examples() -> Vec<PathBuf> {
    let examples = ["minimal", "url", "spa", "showcase", "plugins"];
    examples.map(|name| root().join("../examples").join(name).join("app.json")).to_vec()
}

fn expect_golden(path: &Path, actual: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        fs_err::write(path, actual).unwrap();
        return;
    }
    let expected = fs_err::read_to_string(path).unwrap_or_default();
    assert!(
        expected == actual,
        "{} differs\n--- expected\n{expected}\n--- actual\n{actual}\n--- UPDATE_GOLDEN=1 rewrites it",
        path.display()
    );
}

fn committed_schema() -> Value {
    let text = fs_err::read_to_string(root().join(SCHEMA_FILE)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn validator() -> jsonschema::Validator {
    jsonschema::draft202012::new(&committed_schema()).unwrap()
}

fn read(bytes: &[u8]) -> Result<config_schema::AppModel, ConfigErrors> {
    Check::read("app.json", bytes).finish()
}

#[test]
fn committed_schema_is_current() {
    let committed = fs_err::read_to_string(root().join(SCHEMA_FILE)).unwrap();
    let current = serde_json::to_string_pretty(&config_schema::json_schema()).unwrap() + "\n";
    assert!(committed == current, "{SCHEMA_FILE} is stale: run `cargo xtask codegen`");
    assert!(jsonschema::meta::is_valid(&committed_schema()));
}

#[test]
fn valid_configs_resolve() {
    let validator = validator();
    for path in cases("valid") {
        let bytes = fs_err::read(&path).unwrap();
        let model = read(&bytes).unwrap_or_else(|errors| panic!("{}:\n{errors}", path.display()));
        let text = serde_json::to_string_pretty(&model).unwrap() + "\n";
        expect_golden(&path.with_extension("model.snap"), &text);

        let config: Value = serde_json::from_slice(&bytes).unwrap();
        assert!(validator.is_valid(&config), "the schema refuses {}", path.display());
        assert_eq!(read(text.as_bytes()), Ok(model), "the model of {} changes", path.display());
        let resolved: Value = serde_json::from_str(&text).unwrap();
        assert!(
            validator.is_valid(&resolved),
            "the schema refuses the model of {}",
            path.display()
        );
    }
}

#[test]
fn examples_are_valid() {
    let validator = validator();
    for path in examples() {
        let bytes = fs_err::read(&path).unwrap();
        if let Err(errors) = read(&bytes) {
            panic!("{}:\n{errors}", path.display());
        }
        let config: Value = serde_json::from_slice(&bytes).unwrap();
        let faults: Vec<_> =
            validator.iter_errors(&config).map(|fault| fault.to_string()).collect();
        assert!(faults.is_empty(), "{}: {faults:?}", path.display());
        let schema = path.with_file_name(config["$schema"].as_str().unwrap());
        assert_eq!(
            schema.canonicalize().unwrap(),
            root().join(SCHEMA_FILE).canonicalize().unwrap()
        );
    }
}

/// Each expectation ends with what the schema alone says, so that its blind spots are on record.
#[test]
fn invalid_configs_are_explained() {
    let validator = validator();
    for path in cases("invalid") {
        let bytes = fs_err::read(&path).unwrap();
        let errors = read(&bytes).expect_err(&path.display().to_string());
        let verdict = match serde_json::from_slice::<Value>(&bytes) {
            Err(_) => "cannot read it",
            Ok(config) if validator.is_valid(&config) => "accepts",
            Ok(_) => "refuses",
        };
        expect_golden(&path.with_extension("err"), &format!("{errors}\nschema: {verdict}\n"));

        let visible = errors.problems.iter().find(|problem| SEEN_BY_SCHEMA.contains(&problem.code));
        // Whether a slug follows from the name is beyond a schema.
        let visible = visible.filter(|problem| problem.field != "app.slug");
        assert!(
            visible.is_none() || verdict != "accepts",
            "{}: the schema misses {visible:?}",
            path.display()
        );
        for problem in &errors.problems {
            let wording = [&problem.reason, &problem.fix];
            assert!(wording.iter().all(|text| !text.is_empty() && !text.ends_with('.')));
            assert!(!problem.reason.starts_with(char::is_uppercase), "{problem}");
            assert!(problem.span.end <= bytes.len() && problem.span.start <= problem.span.end);
        }
    }
}

#[test]
fn every_expectation_has_its_case() {
    for (folder, ending) in [("valid", ".model.snap"), ("invalid", ".err")] {
        for entry in fs_err::read_dir(root().join("tests").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let case =
                name.strip_suffix(ending).map(|stem| path.with_file_name(format!("{stem}.json")));
            assert!(name.ends_with(".json") || case.is_some_and(|case| case.exists()), "{name}");
        }
    }
}

fn problems_of(bytes: &[u8]) -> String {
    read(bytes).expect_err("problems").to_string()
}

#[test]
fn encodings_and_limits() {
    let nested = |depth| format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    let (large, deep) = (vec![b' '; MAX_CONFIG_BYTES + 1], nested(MAX_DEPTH + 1));
    let cases: [(&[u8], &str); 7] = [
        (b"", "app.json:1:1: the file is empty"),
        (b"\xef\xbb\xbf", "app.json:1:1: the file is empty"),
        (b"{\"app\": {\n\"name\": \"Caf\xe9\"}}", "app.json:2:13: not UTF-8: byte `0xe9`"),
        (b"\xff\xfe{\0}\0", "app.json:1:1: not UTF-8: byte `0xff`"),
        (&large, "app.json:1:1: too large: more than 1048576 bytes"),
        (deep.as_bytes(), "app.json:1:161: nested too deeply: more than 32 levels"),
        (&b"[".repeat(MAX_CONFIG_BYTES), "app.json:1:33: nested too deeply: more than 32 levels"),
    ];
    for (bytes, expected) in cases {
        assert_eq!(problems_of(bytes).lines().next(), Some(expected));
    }
    assert!(problems_of(nested(MAX_DEPTH).as_bytes()).contains("unknown field: `a`"));
}

#[test]
fn byte_order_mark_and_line_ends_do_not_shift_places() {
    let text =
        "\u{feff}{\"app\": {\"name\": \"ÄÖ\", \"id\": \"com\"}, \"content\": {\"dir\": \"web\"}}";
    let errors = read(text.as_bytes()).expect_err("a bad id");
    let problem = &errors.problems[0];
    assert_eq!((problem.line, problem.column), (1, 30));
    assert_eq!(&text[problem.span.clone()], "\"com\"");
    assert!(read(text.replace("\"com\"", "\"com.example\"").as_bytes()).is_ok());

    let errors = read(b"{\r\n  \"app\": 1,\r\n\"content\": 2\r\n}\r\n").expect_err("two problems");
    let places: Vec<_> = errors.problems.iter().map(|found| (found.line, found.column)).collect();
    assert_eq!(places, [(2, 10), (3, 12)]);
}

#[test]
fn only_so_many_problems_are_shown() {
    let fields: Vec<_> = (0..MAX_PROBLEMS + 7).map(|index| format!("\"{index}\": 0")).collect();
    let errors = read(format!("{{{}}}", fields.join(",\n")).as_bytes()).expect_err("problems");
    assert_eq!(errors.problems.len(), MAX_PROBLEMS);
    // The two sections that must be there are missed as well.
    assert_eq!(errors.omitted, 9);
    assert!(errors.to_string().ends_with("\nand at least 9 more"));
}

/// Files that are large within the limits are judged without going through them over and over.
#[test]
fn large_files_are_judged() {
    let entries = vec![r#""x""#; 200_000].join(",");
    let list = format!(r#"{{"navigation": {{"internal": [{entries}]}}}}"#);
    assert!(problems_of(list.as_bytes()).contains(": too many entries: 200000\n"));

    let members: Vec<_> = (0..100_000).map(|index| format!("\"{}\": 0", index % 5_000)).collect();
    let object = format!("{{{}}}", members.join(","));
    assert!(object.len() <= MAX_CONFIG_BYTES);
    assert_eq!(read(object.as_bytes()).expect_err("problems").problems.len(), MAX_PROBLEMS);

    // What was given up on is not called missing.
    let unknown: Vec<_> = (0..2_000).map(|index| format!("\"{index}\": 0")).collect();
    let errors = problems_of(format!("{{{}}}", unknown.join(",")).as_bytes());
    assert!(!errors.contains("missing"), "{errors}");
}

#[test]
fn findings_of_the_caller_join_the_rest() {
    let text = "{\n  \"app\": {\"name\": \"Notes\", \"id\": \"notes\"},\n  \"content\": {\"dir\": \"web\"}\n}\n";
    let mut check = Check::read("app.json", text.as_bytes());
    assert_eq!(check.config().content.as_ref().unwrap().dir.as_ref().unwrap().as_str(), "web");
    assert!(check.config().app.as_ref().unwrap().id.is_none());
    check.report("content.dir", "no such folder: `web`", "create it");
    check.report("app.icon", "no such file: `icon.svg`", "create it");
    let errors = check.finish().expect_err("three problems");
    assert_eq!(
        errors.to_string().lines().filter(|line| !line.starts_with("  hint")).collect::<Vec<_>>(),
        [
            "app.json:2:10: app.icon: no such file: `icon.svg`",
            "app.json:2:34: app.id: not a reverse-DNS identifier: `notes`",
            "app.json:3:22: content.dir: no such folder: `web`",
        ]
    );
    let codes: Vec<_> = errors.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["config/bad-reference", "config/invalid-value", "config/bad-reference"]);
}

#[test]
fn errors_serialise_with_their_place() {
    let errors = read(b"{\"app\": 5, \"content\": {\"dir\": \"web\"}}").expect_err("a problem");
    let json = serde_json::to_value(&errors).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "problems": [{
                "file": "app.json",
                "line": 1,
                "column": 9,
                "span": { "start": 8, "end": 9 },
                "field": "app",
                "code": "config/wrong-type",
                "reason": "wrong type: expected an object, found a number",
                "fix": "write an object",
            }],
            "omitted": 0,
        })
    );
}

#[test]
fn reference_lists_every_field_of_the_showcase() {
    let reference = config_schema::reference_markdown();
    let showcase = fs_err::read_to_string(root().join("../examples/showcase/app.json")).unwrap();
    let config: Value = serde_json::from_str(&showcase).unwrap();
    for (name, section) in config.as_object().unwrap() {
        assert!(reference.contains(&format!("`{name}`")), "{name}");
        for field in section.as_object().into_iter().flat_map(|fields| fields.keys()) {
            assert!(reference.contains(&format!("\n| `{field}` |")), "{name}.{field}");
        }
    }
}

/// Truncated and mutated configs: whatever comes in, something sensible comes out, and the schema never knows better.
#[test]
fn damaged_configs_never_panic() {
    let validator = validator();
    let showcase = fs_err::read(root().join("../examples/showcase/app.json")).unwrap();
    let pieces: [&[u8]; 12] = [
        b"\"",
        b"\\",
        b"{",
        b"}",
        b"[",
        b",",
        b"null",
        b"-1",
        b"1e400",
        b"\xff",
        b"\"\\u0000\"",
        "é".as_bytes(),
    ];
    let mut state: u64 = 42;
    // Knuth's linear congruential generator: the same damage on every machine.
    let mut next = |bound: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    for round in 0..4_000 {
        let mut bytes = showcase.clone();
        for _ in 0..=next(3) {
            let (start, length, piece) = (next(bytes.len()), next(6), pieces[next(pieces.len())]);
            let end = (start + length).min(bytes.len());
            bytes.splice(start..end, piece.iter().copied());
        }
        if round % 4 == 0 {
            bytes.truncate(next(bytes.len()));
        }
        match read(&bytes) {
            Ok(_) => {
                let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
                let config: Value = serde_json::from_slice(text).unwrap();
                assert!(validator.is_valid(&config), "{}", String::from_utf8_lossy(&bytes));
            }
            Err(errors) => assert!(!errors.problems.is_empty() && !errors.to_string().is_empty()),
        }
    }
}
