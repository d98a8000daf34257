//! The table against the logs: each log has its cause and none besides, and each cause has a log.

use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
};

use serde::Deserialize as _;

use super::{Causes, Evidence, Explained, State};
use crate::failure::gist::{Found, Gist, MAX_EXCERPT};

/// A log, and what stands at its head.
struct Fixture {
    name: String,
    head: BTreeMap<String, String>,
    body: String,
}

impl Fixture {
    fn all() -> Vec<Self> {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/failure/logs");
        let mut paths: Vec<PathBuf> =
            fs_err::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    fn read(path: &Path) -> Self {
        let text = fs_err::read_to_string(path).unwrap();
        let lines = text.lines().take_while(|line| line.starts_with("# "));
        let field = |line: &str| {
            let (name, value) = line.trim_start_matches("# ").split_once(": ").unwrap();
            (name.to_owned(), value.to_owned())
        };
        let head: BTreeMap<_, _> = lines.map(field).collect();
        let body = text.lines().skip(head.len()).collect::<Vec<_>>().join("\n");
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        Self { name, head, body }
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.head.get(name).map(String::as_str)
    }

    /// What the job would say: of a log the gist, of an annotation every line.
    fn found(&self) -> Found {
        if self.field("form") == Some("annotation") {
            let excerpt = self.body.lines().map(str::to_owned).collect();
            return Found { excerpt, evidence: self.body.clone(), ..Found::default() };
        }
        let mut gist = Gist::new(self.field("step"));
        self.body.lines().for_each(|line| gist.line(line));
        gist.finish()
    }

    fn explained(&self, causes: &Causes) -> (Explained, Vec<String>) {
        let mut found = self.found();
        let (step, states) = (self.field("step"), self.states());
        let explained = causes.of(Evidence { text: &found.evidence, step, states: &states });
        if let Some(at) = explained.at {
            found.show(at);
        }
        (explained, found.excerpt)
    }

    fn states(&self) -> Vec<State> {
        let state = |name: &str| State::deserialize(toml::Value::from(name)).unwrap();
        self.field("state").map(state).into_iter().collect()
    }
}

#[test]
fn each_log_has_its_cause_and_no_other() {
    let causes = Causes::read().unwrap();
    let mut wrong = Vec::new();
    for fixture in Fixture::all() {
        let (explained, excerpt) = fixture.explained(&causes);
        let found: Vec<_> = explained.causes.iter().map(|cause| cause.id.as_str()).collect();
        if found != [fixture.field("cause").unwrap()] {
            wrong.push(format!("{}: {found:?}\n{}", fixture.name, excerpt.join("\n")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn each_excerpt_is_short_and_has_the_words_of_its_cause() {
    let causes = Causes::read().unwrap();
    for fixture in Fixture::all() {
        let (_, excerpt) = fixture.explained(&causes);
        assert!(excerpt.len() <= MAX_EXCERPT, "{}", fixture.name);
        let id = fixture.field("cause").unwrap();
        let known = causes.0.iter().find(|known| known.row.id == id).unwrap();
        if let Some(pattern) = &known.pattern {
            let shown = excerpt.join("\n");
            assert!(pattern.is_match(&shown), "{} shows:\n{shown}", fixture.name);
        }
        let noise = ["##[", "2026-11-20T", "shell: /usr/bin/bash"];
        let noisy = excerpt.iter().find(|line| noise.iter().any(|mark| line.contains(mark)));
        assert_eq!(noisy, None, "{}", fixture.name);
    }
}

#[test]
fn each_cause_has_a_log_that_was_made_where_the_table_says() {
    let fixtures = Fixture::all();
    for known in &Causes::read().unwrap().0 {
        let row = &known.row;
        let made = match row.source.as_str() {
            "produced" => "produced by make-logs.sh ".to_owned(),
            source => format!("reconstructed from {source}"),
        };
        let has = |fixture: &Fixture| {
            fixture.field("cause") == Some(&row.id)
                && fixture.field("made").is_some_and(|how| how.starts_with(&made))
        };
        assert!(fixtures.iter().any(has), "no log of `{}` was {made}", row.id);
    }
}

/// The script that makes the logs knows each of them, and what it is a log of.
#[test]
fn what_was_produced_can_be_produced_again() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/failure");
    let script = fs_err::read_to_string(dir.join("make-logs.sh")).unwrap();
    for fixture in Fixture::all() {
        let made = fixture.field("made").unwrap_or_default();
        let Some(name) = made.strip_prefix("produced by make-logs.sh ") else { continue };
        let cause = fixture.field("cause").unwrap_or_default();
        assert_eq!(name, fixture.name);
        assert!(script.contains(&format!("\nrecord {name} {cause} ")), "{name}");
    }
}

/// What is quoted of our own programs must be what they say today.
#[test]
fn our_own_words_are_those_of_the_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for fixture in Fixture::all() {
        let made = fixture.field("made").unwrap_or_default();
        let Some(file) = made.strip_prefix("reconstructed from ") else { continue };
        if file.starts_with("https://") {
            continue;
        }
        let code = fs_err::read_to_string(root.join(file)).unwrap();
        let said = fixture.body.lines().find_map(|line| line.split_once("error: ")).unwrap().1;
        // Between what the code fills in.
        let outside = said.split('`').step_by(2);
        let words = outside.flat_map(|text| text.split([':', '(', ')', ',']).map(str::trim));
        let longest = words.max_by_key(|words| words.len()).unwrap();
        assert!(code.contains(longest), "{}: {file} does not say: {longest}", fixture.name);
    }
}

#[test]
fn the_table_is_whole() {
    let mut ids = HashSet::new();
    for known in &Causes::read().unwrap().0 {
        let row = &known.row;
        assert!(ids.insert(&row.id), "twice: {}", row.id);
        assert!(row.pattern.is_some() != row.state.is_some(), "one of both: {}", row.id);
        for text in [&row.cause, &row.cure] {
            let first = text.chars().next().unwrap_or(' ');
            assert!(!first.is_whitespace() && !text.ends_with('.'), "{}: {text}", row.id);
        }
    }
}
