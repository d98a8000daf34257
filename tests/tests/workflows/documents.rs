//! The workflows and actions of this repository, parsed.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value};
use tests::xtask::repo_root;

/// A YAML file with its text, since comments count here.
pub(crate) struct Document {
    /// Path from the root of the repository.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) yaml: Value,
}

/// A step with the document and job (none in an action) that it belongs to.
pub(crate) struct Step<'a> {
    pub(crate) document: &'a Document,
    pub(crate) job: Option<&'a str>,
    pub(crate) yaml: &'a Value,
}

/// Every workflow.
pub(crate) fn workflows() -> Result<Vec<Document>> {
    read(glob(".github/workflows")?.into_iter())
}

/// Every action.
pub(crate) fn actions() -> Result<Vec<Document>> {
    read(
        glob("actions")?
            .into_iter()
            .map(|folder| folder.join("action.yml"))
            .filter(|file| file.is_file()),
    )
}

/// One workflow by its file name.
pub(crate) fn workflow(name: &str) -> Result<Document> {
    let found = workflows()?.into_iter().find(|document| document.path.ends_with(name));
    found.with_context(|| format!("no workflow: `{name}`"))
}

fn glob(folder: &str) -> Result<Vec<PathBuf>> {
    let entries = fs_err::read_dir(repo_root()?.join(folder))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn read(paths: impl Iterator<Item = PathBuf>) -> Result<Vec<Document>> {
    let root = repo_root()?;
    let documents: Vec<_> = paths
        .map(|path| {
            let text = fs_err::read_to_string(&path)?;
            let yaml = serde_saphyr::from_str(&text).with_context(|| path.display().to_string())?;
            let path = path.strip_prefix(&root)?.to_string_lossy().into_owned();
            Ok(Document { path, text, yaml })
        })
        .collect::<Result<_>>()?;
    anyhow::ensure!(!documents.is_empty(), "no file was found");
    Ok(documents)
}

impl Document {
    /// The jobs of a workflow.
    pub(crate) fn jobs(&self) -> impl Iterator<Item = (&str, &Value)> {
        entries(&self.yaml["jobs"])
    }

    /// The steps of all jobs, or of the action.
    pub(crate) fn steps(&self) -> Vec<Step<'_>> {
        let step = |job, yaml| Step { document: self, job, yaml };
        let list =
            |yaml: &'_ Value| yaml["steps"].as_array().map(Vec::as_slice).unwrap_or_default().len();
        let mut steps = Vec::new();
        for (name, job) in self.jobs() {
            steps.extend((0..list(job)).map(|at| step(Some(name), &job["steps"][at])));
        }
        let runs = &self.yaml["runs"];
        steps.extend((0..list(runs)).map(|at| step(None, &runs["steps"][at])));
        steps
    }
}

impl Step<'_> {
    /// Where it is, for messages.
    pub(crate) fn place(&self) -> String {
        let title = ["name", "uses", "run"].iter().find_map(|key| self.yaml[*key].as_str());
        let job = self.job.unwrap_or("the action");
        format!(
            "{}: {job}: {}",
            self.document.path,
            title.unwrap_or_default().lines().next().unwrap_or_default()
        )
    }

    pub(crate) fn uses(&self) -> Option<&str> {
        self.yaml["uses"].as_str()
    }

    pub(crate) fn run(&self) -> Option<&str> {
        self.yaml["run"].as_str()
    }
}

/// The entries of a mapping; none where there is no mapping.
pub(crate) fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    value.as_object().unwrap_or(&NONE).iter().map(|(key, value)| (key.as_str(), value))
}

/// The keys of a mapping, in their order.
pub(crate) fn keys(value: &Value) -> Vec<&str> {
    entries(value).map(|(key, _)| key).collect()
}
