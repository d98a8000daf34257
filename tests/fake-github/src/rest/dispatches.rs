//! Dispatches: what a workflow is asked to do, checked as GitHub checks it, and the run that comes of it.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse as _,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{guard::Version, reruns, url, workflows};
use crate::{
    access::Access,
    answer::{Answer, Refusal, document},
    clock::later,
    repository::Repository,
    script::Dispatch,
    simulation::WorkflowRun,
    workflow::{File, Workflow, WorkflowState},
    world::World,
};

/// The most inputs that a dispatch may have (count).
const MAX_INPUTS: usize = 25;
/// The longest JSON of all inputs (characters).
const MAX_PAYLOAD: usize = 65_535;

#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    #[serde(rename = "ref")]
    name: String,
    #[serde(default)]
    inputs: Map<String, Value>,
    return_run_details: Option<bool>,
}

/// A dispatch that may be, with everything that its run is made of.
struct Accepted {
    workflow: Workflow,
    file: File,
    ref_name: String,
    head_sha: String,
    inputs: BTreeMap<String, String>,
}

pub(super) async fn create(
    State(world): State<Arc<World>>,
    Path((owner, repo, workflow)): Path<(String, String, String)>,
    Extension(access): Extension<Access>,
    Extension(version): Extension<Version>,
    Json(wish): Json<Wish>,
) -> Answer {
    if world.old_server && wish.return_run_details.is_some() {
        return Err(Refusal::unprocessable(
            "Invalid request.\n\n\"return_run_details\" is not a permitted key.",
        ));
    }
    let (accepted, dispatch) = {
        let mut state = world.state();
        let repository = state.named(&owner, &repo)?;
        let accepted = accept(repository, &workflow, &wish)?;
        let dispatch = Dispatch {
            repository: repository.full_name(),
            workflow: accepted.workflow.path.clone(),
            ref_name: accepted.ref_name.clone(),
            inputs: accepted.inputs.clone(),
            run_id: state.id(),
            attempt: 1,
        };
        (accepted, dispatch)
    };
    let id = dispatch.run_id;
    start(&world, accepted, &dispatch, &access.login)?;
    if !version.is_later() && wish.return_run_details != Some(true) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let document_of_it = json!({
        "workflow_run_id": id,
        "run_url": url(&world, &owner, &repo, &format!("actions/runs/{id}")),
        "html_url": format!("https://github.com/{owner}/{repo}/actions/runs/{id}"),
    });
    document(StatusCode::OK, document_of_it)
}

/// All that GitHub looks at before it makes a run, in its words.
fn accept(repository: &Repository, workflow: &str, wish: &Wish) -> Result<Accepted, Refusal> {
    let count = wish.inputs.len();
    if count > MAX_INPUTS {
        return Err(Refusal::unprocessable(format!(
            "Invalid request.\n\nNo more than {MAX_INPUTS} properties are allowed; {count} were supplied."
        )));
    }
    if Value::Object(wish.inputs.clone()).to_string().chars().count() > MAX_PAYLOAD {
        return Err(Refusal::unprocessable("inputs are too large."));
    }
    let workflow = workflows::find(repository, workflow)?;
    if !repository.actions_enabled {
        // The words of an account that may not use Actions; those for a repository are not documented.
        return Err(Refusal::unprocessable("Actions has been disabled for this repository."));
    }
    if workflow.state != WorkflowState::Active {
        return Err(Refusal::unprocessable(
            "Cannot trigger a 'workflow_dispatch' on a disabled workflow",
        ));
    }
    let name = &wish.name;
    let short = name.strip_prefix("refs/heads/").or_else(|| name.strip_prefix("refs/tags/"));
    let ref_name = short.unwrap_or(name).to_owned();
    let known = ["refs/heads/", "refs/tags/"]
        .iter()
        .find_map(|kind| repository.git.refs.get(&format!("{kind}{ref_name}")));
    let Some(head_sha) = known.cloned() else {
        return Err(Refusal::unprocessable(format!("No ref found for: {name}")));
    };
    // A file that is not there has no trigger either.
    let bytes = repository.git.read(&head_sha, &workflow.path).unwrap_or_default();
    let file = File::parse(bytes).unwrap_or_default();
    let inputs = file.inputs(&wish.inputs).map_err(Refusal::unprocessable)?;
    Ok(Accepted { workflow, file, ref_name, head_sha, inputs })
}

/// Makes the run by its script.
fn start(
    world: &World,
    accepted: Accepted,
    dispatch: &Dispatch,
    actor: &str,
) -> Result<(), Refusal> {
    let Accepted { workflow, file, ref_name, head_sha, inputs } = accepted;
    let planned = reruns::plan(world, dispatch)?;
    let mut state = world.state();
    let now = world.clock.now();
    let number = state.simulation.number(&dispatch.repository, workflow.id);
    let about = BTreeMap::from([
        ("actor", actor.to_owned()),
        ("event_name", "workflow_dispatch".to_owned()),
        ("ref_name", ref_name.clone()),
        ("repository", dispatch.repository.clone()),
        ("run_id", dispatch.run_id.to_string()),
        ("run_number", number.to_string()),
        ("sha", head_sha.clone()),
        ("workflow", workflow.name.clone()),
    ]);
    let title = file.title(&inputs, &about).unwrap_or_else(|| workflow.name.clone());
    let visible_at = later(now, planned.script.visible_after);
    let attempt = planned.attempt(&mut state, 1, now);
    state.simulation.add(WorkflowRun {
        id: dispatch.run_id,
        number,
        repository: dispatch.repository.clone(),
        workflow: workflow.id,
        workflow_name: workflow.name,
        path: workflow.path,
        title,
        ref_name,
        head_sha,
        inputs,
        actor: actor.to_owned(),
        created_at: now,
        visible_at,
        attempts: vec![attempt],
    });
    state.forward(now);
    Ok(())
}
