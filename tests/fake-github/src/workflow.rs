//! Workflow files: what their triggers take, and the names of their runs.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{expression, git::Git};

const FOLDER: &str = ".github/workflows/";

/// A workflow of a repository: a file on its default branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workflow {
    pub id: u64,
    /// Such as `.github/workflows/build.yml`.
    pub path: String,
    /// What its file says, or its path.
    pub name: String,
    pub state: WorkflowState,
}

/// Whether a workflow may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WorkflowState {
    #[default]
    Active,
    DisabledManually,
    DisabledInactivity,
    DisabledFork,
}

impl WorkflowState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::DisabledManually => "disabled_manually",
            Self::DisabledInactivity => "disabled_inactivity",
            Self::DisabledFork => "disabled_fork",
        }
    }
}

impl Workflow {
    pub(crate) fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// The workflows of a branch, in the order of their paths.
pub(crate) fn on_branch(git: &Git, branch: &str) -> Vec<(String, File)> {
    let tree = git.resolve(branch).and_then(|commit| git.tree_of(&commit).map(str::to_owned));
    let Some(folder) = tree.and_then(|tree| git.entry(&tree, FOLDER)) else { return Vec::new() };
    let paths = git.files(&folder.sha).into_keys();
    let paths = paths.filter(|name| name.ends_with(".yml") || name.ends_with(".yaml"));
    paths
        .filter_map(|name| {
            let path = format!("{FOLDER}{name}");
            let file = File::parse(git.read(branch, &path)?).unwrap_or_default();
            Some((path, file))
        })
        .collect()
}

/// A workflow's file, as far as a dispatch has to know it.
#[derive(Debug, Default)]
pub(crate) struct File {
    pub(crate) name: Option<String>,
    run_name: Option<String>,
    /// What a dispatch takes; absent when the workflow is not for dispatches.
    inputs: Option<BTreeMap<String, Input>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Input {
    #[serde(default)]
    required: bool,
    #[serde(default)]
    default: Value,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    options: Vec<Value>,
}

impl File {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(bytes).context("a workflow is text")?;
        let document: Value = serde_saphyr::from_str(text).context("a workflow is YAML")?;
        let field = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
        let inputs = match document.get("on") {
            Some(Value::String(name)) if name == "workflow_dispatch" => Some(BTreeMap::new()),
            Some(Value::Array(names)) if names.iter().any(|name| name == "workflow_dispatch") => {
                Some(BTreeMap::new())
            }
            Some(Value::Object(events)) => match events.get("workflow_dispatch") {
                None => None,
                Some(event) => Some(match event.get("inputs") {
                    None | Some(Value::Null) => BTreeMap::new(),
                    Some(inputs) => serde_json::from_value(inputs.clone())
                        .context("the inputs of a workflow are a map")?,
                }),
            },
            _ => None,
        };
        Ok(Self { name: field("name"), run_name: field("run-name"), inputs })
    }

    /// The inputs of a run for those that a dispatch gives, or GitHub's words of refusal.
    pub(crate) fn inputs(
        &self,
        given: &Map<String, Value>,
    ) -> Result<BTreeMap<String, String>, String> {
        let Some(known) = &self.inputs else {
            return Err("Workflow does not have 'workflow_dispatch' trigger".to_owned());
        };
        let unknown: Vec<_> = given.keys().filter(|name| !known.contains_key(*name)).collect();
        if !unknown.is_empty() {
            return Err(format!("Unexpected inputs provided: {unknown:?}"));
        }
        let mut inputs = BTreeMap::new();
        for (name, input) in known {
            let value = given.get(name).map(shown);
            let missing = value.as_ref().is_none_or(String::is_empty);
            if missing && input.required && input.default.is_null() {
                return Err(format!("Required input '{name}' not provided"));
            }
            let value = value.unwrap_or_else(|| input.value_without_one());
            if !input.allows(&value) {
                return Err(format!(
                    "Provided value '{value}' for input '{name}' not in the list of allowed values"
                ));
            }
            inputs.insert(name.clone(), value);
        }
        Ok(inputs)
    }

    /// What a run of it is called.
    pub(crate) fn title(
        &self,
        inputs: &BTreeMap<String, String>,
        about: &BTreeMap<&str, String>,
    ) -> Option<String> {
        let lookup = |name: &str| {
            let input = name.strip_prefix("inputs.");
            let event_input = name.strip_prefix("github.event.inputs.");
            match (input, event_input, name.strip_prefix("github.")) {
                (Some(name), ..) => {
                    inputs.get(name).map_or(Value::Null, |text| self.typed(name, text))
                }
                (_, Some(name), _) => {
                    inputs.get(name).map_or(Value::Null, |text| text.as_str().into())
                }
                (.., Some(name)) => {
                    about.get(name).map_or(Value::Null, |text| text.as_str().into())
                }
                _ => Value::Null,
            }
        };
        let run_name = self.run_name.as_ref()?;
        // GitHub shows a name that cannot be evaluated as it stands.
        let title = expression::render(run_name, &lookup).unwrap_or_else(|_| run_name.clone());
        Some(title.trim().to_owned()).filter(|title| !title.is_empty())
    }

    /// The value in the context `inputs`, where booleans are booleans.
    fn typed(&self, name: &str, text: &str) -> Value {
        let input = self.inputs.as_ref().and_then(|inputs| inputs.get(name));
        if input.is_some_and(|input| input.kind == "boolean") {
            return (text == "true").into();
        }
        text.into()
    }
}

impl Input {
    fn value_without_one(&self) -> String {
        match (&self.default, self.kind.as_str()) {
            (Value::Null, "boolean") => "false".to_owned(),
            (Value::Null, "choice") => self.options.first().map(shown).unwrap_or_default(),
            (default, _) => shown(default),
        }
    }

    fn allows(&self, value: &str) -> bool {
        match self.kind.as_str() {
            "boolean" => ["true", "false"].contains(&value),
            "choice" => self.options.iter().any(|option| shown(option) == value),
            _ => true,
        }
    }
}

/// A value as the text that a run gets.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
