//! Inputs are the same wherever they stand: the button's form, the callable workflow, and the documentation.

use anyhow::Result;
use serde_json::{Value, json};
use tests::xtask::repo_root;

use crate::documents::{actions, entries, keys, workflow};

#[test]
fn the_button_and_the_callable_workflow_take_the_same() -> Result<()> {
    let (build, app) = (workflow("build.yml")?, workflow("build-app.yml")?);
    let form = &build.yaml["on"]["workflow_dispatch"]["inputs"];
    let call = &app.yaml["on"]["workflow_call"]["inputs"];
    assert_eq!(keys(form), keys(call));
    for (name, input) in entries(form) {
        let options: Vec<_> =
            input["options"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        // A called workflow knows no choice: the words stand in its description.
        let (kind, more) = match input["type"].as_str() {
            Some("choice") => ("string", format!("; one of {}", options.join(", "))),
            kind => (kind.unwrap_or_default(), String::new()),
        };
        let description = format!("{}{more}", input["description"].as_str().unwrap_or_default());
        let expected =
            json!({ "description": description, "type": kind, "default": input["default"] });
        assert_eq!(call[name], expected, "{name}");
        let passed = format!("${{{{ inputs.{name} }}}}");
        assert_eq!(build.yaml["jobs"]["build"]["with"][name], passed, "{name}");
    }
    Ok(())
}

#[test]
fn the_guide_has_a_row_for_every_input_with_its_default() -> Result<()> {
    let guide = fs_err::read_to_string(repo_root()?.join("docs/build-in-the-cloud.md"))?;
    let app = workflow("build-app.yml")?;
    let rows: Vec<_> = guide.lines().filter(|line| line.starts_with("| `")).collect();
    let inputs = &app.yaml["on"]["workflow_call"]["inputs"];
    for (name, input) in entries(inputs) {
        let default = match &input["default"] {
            Value::String(text) if text.is_empty() => "empty".to_owned(),
            Value::String(text) => format!("`{text}`"),
            other => format!("`{other}`"),
        };
        let start = format!("| `{name}` | {default} |");
        assert!(rows.iter().any(|row| row.starts_with(&start)), "no row: {start}");
    }
    Ok(())
}

#[test]
fn the_page_of_the_actions_has_every_input_and_output() -> Result<()> {
    let page = fs_err::read_to_string(repo_root()?.join("actions/README.md"))?;
    for action in actions()? {
        let name = action.path.split('/').nth(1).unwrap_or_default();
        let start = page.find(&format!("\n## {name}\n"));
        let section = start.map(|at| &page[at + 1..]).unwrap_or_default();
        let section = section[2.min(section.len())..].split("\n## ").next().unwrap_or_default();
        for kind in ["inputs", "outputs"] {
            for (key, value) in entries(&action.yaml[kind]) {
                let description = value["description"].as_str().unwrap_or_default();
                let default = match (&value["required"], value["default"].as_str()) {
                    (Value::Bool(true), _) => "required".to_owned(),
                    (_, Some("")) => "empty".to_owned(),
                    (_, Some(text)) => format!("`{text}`"),
                    (_, None) => "output".to_owned(),
                };
                let row = format!("| `{key}` | {default} | {description} |");
                assert!(section.contains(&row), "not in actions/README.md under `{name}`: {row}");
            }
        }
        assert!(!section.is_empty(), "no section in actions/README.md: {name}");
    }
    Ok(())
}
