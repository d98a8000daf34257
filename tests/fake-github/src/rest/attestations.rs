//! Attestations: who says where a file comes from.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
};
use serde_json::{Value, json};

use super::guard::Version;
use crate::{
    actions::{Download, Life},
    answer::{Answer, Refusal, document},
    world::World,
};

/// The later version of the API has the bundle at an address only.
pub(super) async fn get(
    State(world): State<Arc<World>>,
    Path((owner, repo, digest)): Path<(String, String, String)>,
    Extension(version): Extension<Version>,
) -> Answer {
    let mut state = world.state();
    let repository = state.named(&owner, &repo)?;
    let repository_id = repository.id;
    let bundles = repository.attestations.get(&digest).cloned().ok_or_else(Refusal::not_found)?;
    let mut items = Vec::new();
    for bundle in bundles {
        // GitHub compresses what is at the address by Snappy; the fake does not.
        let file = world.store.keep(bundle.to_string().as_bytes());
        let file = file.map_err(|error| Refusal::broken(&error))?;
        let download = Download::new(file, "application/json", "bundle.json");
        let mut item = json!({
            "repository_id": repository_id,
            "bundle_url": download.publish(&world, &mut state, Life::ASSET),
            "initiator": "user",
        });
        if !version.is_later() {
            item["bundle"] = bundle;
        }
        items.push(item);
    }
    document(StatusCode::OK, json!({ "attestations": Value::Array(items) }))
}
