//! Who a token speaks for.

use std::sync::Arc;

use axum::{Extension, extract::State, http::StatusCode};
use serde_json::Value;

use super::repository::person;
use crate::{
    access::Access,
    answer::{Answer, document},
    world::World,
};

pub(super) async fn get(
    State(world): State<Arc<World>>,
    Extension(access): Extension<Access>,
) -> Answer {
    if !access.is_personal() {
        return Err(access.refusal());
    }
    let mut user = person(&world, &access.login);
    for name in ["bio", "blog", "company", "email", "hireable", "location", "name"] {
        user[name] = Value::Null;
    }
    for name in ["followers", "following", "public_gists", "public_repos"] {
        user[name] = 0.into();
    }
    let time = jiff::Timestamp::UNIX_EPOCH.to_string();
    user["created_at"] = time.clone().into();
    user["updated_at"] = time.into();
    user["user_view_type"] = "public".into();
    document(StatusCode::OK, user)
}
