//! Scripted faults.

use anyhow::Result;
use fake_github::{Action, Fault};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::{Fixture, REPOSITORY};

#[tokio::test]
async fn a_connection_is_cut_before_or_after_the_effect() -> Result<()> {
    let at = Fixture::new().await?;
    let wish = || at.post("/releases", json!({ "tag_name": "a-v1", "draft": true }));
    at.fake.add_fault(Fault::on(Method::POST, "/repos/*/*/releases", Action::ResetBefore));
    assert!(wish().await.is_err());
    assert_eq!(at.fake.repository(REPOSITORY)?.releases.len(), 0);
    at.fake.add_fault(Fault::on(Method::POST, "/repos/*/*/releases", Action::ResetAfter));
    assert!(wish().await.is_err());
    assert_eq!(at.fake.repository(REPOSITORY)?.releases.len(), 1);
    assert_eq!(wish().await?.0, 201, "a fault is used up");
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_a_starter() -> Result<()> {
    let at = Fixture::new().await?;
    let (_, draft) = at.post("/releases", json!({ "tag_name": "a-v1", "draft": true })).await?;
    at.fake.add_fault(Fault::on(Method::POST, "/api/uploads/**", Action::BreakUpload(3)));
    assert!(at.upload(&draft, "a.deb", "0123456789").await.is_err());
    let (_, assets) = at.get(&format!("/releases/{}/assets", draft["id"])).await?;
    assert_eq!((&assets[0]["state"], &assets[0]["digest"]), (&json!("starter"), &json!(null)));
    assert_eq!(at.upload(&draft, "a.deb", "0123456789").await?.0, 422, "its name is taken");
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn answers_are_scripted_shortened_changed() -> Result<()> {
    let at = Fixture::new().await?;
    at.fake.add_draft(REPOSITORY, "a-v1")?;
    let slow_down = Action::Answer {
        status: StatusCode::TOO_MANY_REQUESTS,
        headers: vec![("retry-after", "1".to_owned())],
        body: json!({ "message": "slow down" }),
    };
    at.fake.add_fault(Fault::any(slow_down).after(1));
    assert_eq!(at.get("/releases").await?.0, 200);
    let refused = at.request(Method::GET, "/releases").send().await?;
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str()?), (429, "1"));
    at.fake.add_fault(Fault::any(Action::Truncate(10)));
    assert!(at.get("/releases").await.is_err());
    let lie = |answer: &mut serde_json::Value| answer[0]["tag_name"] = "other".into();
    at.fake.add_fault(Fault::any(Action::Change(std::sync::Arc::new(lie))));
    assert_eq!(at.get("/releases").await?.1[0]["tag_name"], "other");
    let log: Vec<_> = at.fake.requests().iter().map(ToString::to_string).collect();
    assert_eq!(log[1], "GET /repos/o/r/releases -> 429 (answer)");
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_held_request_waits() -> Result<()> {
    let at = Fixture::new().await?;
    for (hold, effect) in [(Action::HoldBefore, 0), (Action::HoldAfter, 2)] {
        at.fake.add_fault(Fault::any(hold));
        let wish = at.post("/releases", json!({ "tag_name": "a-v1", "draft": true }));
        let mut wish = std::pin::pin!(wish);
        tokio::select! {
            answer = &mut wish => panic!("answered: {answer:?}"),
            held = at.fake.wait_for_hold() => held?,
        }
        assert_eq!(at.fake.repository(REPOSITORY)?.releases.len(), effect);
        at.fake.let_go();
        assert_eq!(wish.await?.0, 201);
    }
    at.fake.assert_no_violations()
}
