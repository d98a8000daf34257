//! The jobs of a workflow as its files have them: what GitHub calls them and their steps, and which of them did not run.

use serde_json::{Map, Value};

use super::{copy::OWN_REFS, event::Record};
use crate::expression;

/// Workflows that call workflows that call workflows (count): GitHub allows as many.
const MAX_DEPTH: usize = 10;

/// A job that may run.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KnownJob {
    /// Key in its workflow's file.
    id: String,
    /// What act puts before its name.
    prefix: String,
    /// What GitHub puts before its name: those of the jobs that call its workflow.
    callers: String,
    /// With expressions.
    name: String,
    label: String,
    steps: Vec<KnownStep>,
}

#[derive(Debug, Clone, PartialEq)]
struct KnownStep {
    /// Its id, or its position.
    id: String,
    /// With expressions.
    name: String,
}

impl KnownJob {
    /// All jobs of a workflow, those of the workflows that it calls among them. `read` gives the text of a file of the
    /// repository; a workflow that is not there has no jobs that are known.
    pub(super) fn all(path: &str, read: &dyn Fn(&str) -> Option<String>) -> Vec<Self> {
        let mut found = Vec::new();
        gather(path, read, "", &mut found, 0);
        found
    }

    /// Whether a line of act's stream is about it.
    pub(super) fn is_of(&self, record: &Record) -> bool {
        self.id == record.job_id && record.job().starts_with(&self.prefix)
    }

    /// As GitHub shows it. A job of a matrix that never ran is shown with its expressions.
    pub(super) fn title(&self, matrix: &Map<String, Value>) -> String {
        let name = if matrix.is_empty() { self.name.clone() } else { rendered(&self.name, matrix) };
        format!("{}{name}", self.callers)
    }

    pub(super) fn label(&self, matrix: &Map<String, Value>) -> String {
        rendered(&self.label, matrix)
    }

    /// The names of its steps, in their order.
    pub(super) fn steps(&self, matrix: &Map<String, Value>) -> Vec<String> {
        self.steps.iter().map(|step| rendered(&step.name, matrix)).collect()
    }

    /// The name of the step that act speaks of.
    pub(super) fn step(&self, record: &Record) -> Option<String> {
        let step = self.steps.iter().find(|step| record.step_id.first() == Some(&step.id))?;
        Some(rendered(&step.name, &record.matrix))
    }
}

fn gather(
    path: &str,
    read: &dyn Fn(&str) -> Option<String>,
    callers: &str,
    found: &mut Vec<KnownJob>,
    depth: usize,
) {
    let document = read(path).and_then(|text| serde_saphyr::from_str::<Value>(&text).ok());
    let Some(document) = document.filter(|_| depth < MAX_DEPTH) else { return };
    let file_name = path.rsplit('/').next().unwrap_or(path);
    let workflow = text(&document, "name").unwrap_or(file_name);
    // act names a called workflow after the job that calls it.
    let caller = callers.rsplit(" / ").nth(1).map(|caller| format!("{caller}/"));
    let prefix = format!("{}{workflow}/", caller.unwrap_or_default());
    for (id, job) in document.get("jobs").and_then(Value::as_object).into_iter().flatten() {
        let name = text(job, "name").unwrap_or(id).to_owned();
        if let Some(called) = text(job, "uses") {
            // Of another repository there is no file here.
            if let Some(path) = own_path(called) {
                gather(path, read, &format!("{callers}{name} / "), found, depth + 1);
            }
            continue;
        }
        let steps = job.get("steps").and_then(Value::as_array).into_iter().flatten();
        let label = text(job, "runs-on").unwrap_or_default().to_owned();
        let (prefix, callers) = (prefix.clone(), callers.to_owned());
        let steps = steps.enumerate().map(step).collect();
        found.push(KnownJob { id: id.clone(), prefix, callers, name, label, steps });
    }
}

fn step((position, step): (usize, &Value)) -> KnownStep {
    let id = text(step, "id").map_or_else(|| position.to_string(), str::to_owned);
    let what = || {
        let run = text(step, "run").map(|script| script.lines().next().unwrap_or_default());
        text(step, "uses").or(run).unwrap_or_default()
    };
    let name = text(step, "name").map_or_else(|| format!("Run {}", what()), str::to_owned);
    KnownStep { id, name }
}

fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field)?.as_str()
}

/// The path of a workflow of the same repository; what is said to be ours is taken from there too.
fn own_path(called: &str) -> Option<&str> {
    let own = called.strip_prefix("$/").or_else(|| called.strip_prefix("./"));
    own.or_else(|| {
        let (path, commit) = called.split_once('@')?;
        let mut names = OWN_REFS.iter().filter_map(|name| name.split_once('@'));
        names.find_map(|(name, known)| {
            path.strip_prefix(name)?.strip_prefix('/').filter(|_| known == commit)
        })
    })
}

/// A text with its expressions evaluated as far as a matrix says what they are.
fn rendered(text: &str, matrix: &Map<String, Value>) -> String {
    let lookup = |name: &str| {
        let field = name.strip_prefix("matrix.").and_then(|name| matrix.get(name));
        field.cloned().unwrap_or(Value::Null)
    };
    expression::render(text, &lookup).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{KnownJob, Record, own_path};

    const BUILD: &str = include_str!("../../../../.github/workflows/build.yml");
    const BUILD_APP: &str = include_str!("../../../../.github/workflows/build-app.yml");

    fn known() -> Vec<KnownJob> {
        let read = |path: &str| match path {
            ".github/workflows/build.yml" => Some(BUILD.to_owned()),
            ".github/workflows/build-app.yml" => Some(BUILD_APP.to_owned()),
            _ => None,
        };
        KnownJob::all(".github/workflows/build.yml", &read)
    }

    fn find<'a>(known: &'a [KnownJob], record: &Record) -> Option<&'a KnownJob> {
        known.iter().find(|job| job.is_of(record))
    }

    fn record(job: &str, id: &str, matrix: &Value, step: &[&str]) -> Record {
        let document =
            json!({ "job": job, "jobID": id, "matrix": matrix, "level": "info", "stepID": step });
        Record::read(&document.to_string()).unwrap()
    }

    #[test]
    fn jobs_have_the_names_that_github_shows() {
        let (known, none) = (known(), json!({}));
        let plan = record("Build/Build app/Plan   ", "plan", &none, &[]);
        let found = find(&known, &plan).unwrap();
        assert_eq!(found.title(&plan.matrix), "Build / Plan");
        assert_eq!(found.label(&plan.matrix), "ubuntu-22.04");
        // The second job of a matrix.
        let matrix = json!({ "app": "notes", "target": "linux-x64", "runner": "ubuntu-22.04" });
        let leg = record("Build/Build app/notes for linux-x64-2", "build", &matrix, &[]);
        let found = find(&known, &leg).unwrap();
        assert_eq!(found.title(&leg.matrix), "Build / notes for linux-x64");
        assert_eq!(found.label(&leg.matrix), "ubuntu-22.04");
        // Nobody knows the job that only calls.
        assert!(find(&known, &record("Build/Build", "build", &none, &[])).is_none());
        let release = known.iter().find(|job| job.id == "release").unwrap();
        assert_eq!(release.title(&Map::new()), "Build / Release");
        let unrun = known.iter().find(|job| job.id == "build").unwrap();
        assert_eq!(unrun.title(&Map::new()), "Build / ${{ matrix.app }} for ${{ matrix.target }}");
    }

    #[test]
    fn steps_have_the_names_that_github_shows() {
        let (known, none) = (known(), json!({}));
        let setup = record("Build/Build app/Plan", "plan", &none, &["setup", "find"]);
        let plan = find(&known, &setup).unwrap();
        assert_eq!(plan.step(&setup).unwrap(), "Run $/actions/setup");
        let check = record("Build/Build app/Plan", "plan", &none, &["3"]);
        assert_eq!(plan.step(&check).unwrap(), "Check that the release is possible");
        assert!(plan.step(&record("", "plan", &none, &["--setup-job"])).is_none());
        let steps = plan.steps(&Map::new());
        assert!(steps[0].starts_with("Run actions/checkout@"), "{steps:?}");
    }

    #[test]
    fn a_workflow_of_ours_is_of_the_same_repository() {
        let path = ".github/workflows/build-app.yml";
        assert_eq!(own_path("$/.github/workflows/build-app.yml"), Some(path));
        assert_eq!(
            own_path("deskwright/deskwright/.github/workflows/build-app.yml@v1"),
            Some(path)
        );
        assert_eq!(own_path("deskwright/deskwright/.github/workflows/build-app.yml@0000"), None);
        assert_eq!(own_path("someone/else/.github/workflows/build-app.yml@v1"), None);
    }

    #[test]
    fn a_workflow_that_calls_itself_has_an_end() {
        let text = "name: A\njobs:\n  again: { uses: ./a.yml }\n  one: { runs-on: x, steps: [{ run: echo }] }\n";
        let known = KnownJob::all("a.yml", &|_| Some(text.to_owned()));
        assert_eq!(known.len(), super::MAX_DEPTH);
        assert!(KnownJob::all("b.yml", &|_| None).is_empty());
    }
}
