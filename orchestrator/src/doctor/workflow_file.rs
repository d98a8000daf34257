//! A workflow's file, as far as a build has to know it.

use std::collections::BTreeSet;

use serde_json::Value;

/// What is in the file.
#[derive(Debug, Default)]
pub(super) struct WorkflowFile {
    /// What a dispatch takes; none when it is not for dispatches.
    pub(super) inputs: Option<BTreeSet<String>>,
    /// What its jobs call, such as `owner/name/.github/workflows/x.yml@v1`.
    uses: Vec<String>,
}

impl WorkflowFile {
    /// Text that is no workflow has nothing in it.
    pub(super) fn read(text: &str) -> Self {
        let Ok(document) = serde_saphyr::from_str::<Value>(text) else { return Self::default() };
        let trigger = "workflow_dispatch";
        let inputs = match &document["on"] {
            Value::String(name) => (name == trigger).then(BTreeSet::new),
            Value::Array(names) => names.iter().any(|name| name == trigger).then(BTreeSet::new),
            Value::Object(events) => events.get(trigger).map(|event| {
                let inputs = event.get("inputs").and_then(Value::as_object);
                inputs.into_iter().flat_map(|inputs| inputs.keys().cloned()).collect()
            }),
            _ => None,
        };
        let jobs = document["jobs"].as_object().into_iter().flat_map(|jobs| jobs.values());
        let uses = jobs.filter_map(|job| Some(job["uses"].as_str()?.to_owned()));
        Self { inputs, uses: uses.collect() }
    }

    /// Whether a job calls a workflow whose address has this part.
    pub(super) fn calls(&self, part: &str) -> bool {
        let parts = |address: &str| address.split(['/', '@']).any(|found| found == part);
        self.uses.iter().any(|address| parts(address))
    }
}

#[cfg(test)]
mod tests {
    use super::WorkflowFile;

    #[test]
    fn our_own_workflow_is_understood() {
        let file = WorkflowFile::read(include_str!("../../../.github/workflows/build.yml"));
        let inputs = file.inputs.as_ref().unwrap();
        assert!(inputs.contains("request-id") && inputs.contains("config"), "{inputs:?}");
        assert!(
            file.calls("build-app.yml") && !file.calls("deskwright") && !file.calls("build-app")
        );
    }

    #[test]
    fn forms_of_triggers() {
        let inputs = |text: &str| WorkflowFile::read(text).inputs.map(|inputs| inputs.len());
        assert_eq!(inputs("on: workflow_dispatch"), Some(0));
        assert_eq!(inputs("on: [push, workflow_dispatch]"), Some(0));
        assert_eq!(inputs("on:\n  workflow_dispatch:\n"), Some(0));
        assert_eq!(
            inputs("on:\n  workflow_dispatch:\n    inputs:\n      a:\n        type: string\n"),
            Some(1)
        );
        assert_eq!(inputs("on: push"), None);
        assert_eq!(inputs("{"), None);
    }
}
