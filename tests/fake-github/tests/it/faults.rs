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

#[tokio::test]
async fn downloads_are_spoilt() -> Result<()> {
    let at = Fixture::new().await?;
    let (_, draft) = at.post("/releases", json!({ "tag_name": "a-v1", "draft": true })).await?;
    let (_, asset) = at.upload(&draft, "a.deb", "0123456789").await?;
    let address = async || {
        let request = at.request(Method::GET, &format!("/releases/assets/{}", asset["id"]));
        let response = request.header("accept", "application/octet-stream").send().await?;
        anyhow::Ok(response.headers()["location"].to_str()?.to_owned())
    };
    let get = async |action: Option<Action>, range: &str| {
        if let Some(action) = action {
            at.fake.add_fault(Fault::on(Method::GET, "/blob/*", action));
        }
        let answer = at.client.get(address().await?).header("range", range).send().await?;
        anyhow::Ok((answer.status().as_u16(), answer.text().await?))
    };
    let whole = "bytes=0-";
    assert_eq!(get(Some(Action::Corrupt), whole).await?, (206, "0123456788".to_owned()));
    assert_eq!(get(Some(Action::IgnoreRange), "bytes=5-").await?, (200, "0123456789".to_owned()));
    assert_eq!(get(Some(Action::ExpiredAddress), whole).await?.0, 403);
    assert!(get(Some(Action::Truncate(3)), whole).await.is_err());
    assert!(get(Some(Action::ResetAfter), whole).await.is_err());
    let trickle = Action::Trickle(std::time::Duration::from_millis(1));
    assert_eq!(get(Some(trickle), whole).await?, (206, "0123456789".to_owned()));
    assert_eq!(get(None, "bytes=-2").await?, (206, "89".to_owned()));
    assert_eq!(get(None, "bytes=10-").await?.0, 416, "nothing is left");
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_part_belongs_to_one_file() -> Result<()> {
    let at = Fixture::new().await?;
    let (_, draft) = at.post("/releases", json!({ "tag_name": "a-v1", "draft": true })).await?;
    let (_, asset) = at.upload(&draft, "a.deb", "0123456789").await?;
    let request = at.request(Method::GET, &format!("/releases/assets/{}", asset["id"]));
    let response = request.header("accept", "application/octet-stream").send().await?;
    let address = response.headers()["location"].to_str()?.to_owned();
    let tag = at.client.get(&address).send().await?.headers()["etag"].clone();
    let part = async |name: &str, tag: &str| {
        let request = at.client.get(&address).header("range", "bytes=8-").header(name, tag);
        let answer = request.send().await?;
        anyhow::Ok((answer.status().as_u16(), answer.text().await?.len()))
    };
    assert_eq!(part("if-range", tag.to_str()?).await?, (206, 2));
    assert_eq!(part("if-range", "\"other\"").await?, (200, 10));
    assert_eq!(part("if-match", "\"other\"").await?.0, 412);
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_client_is_sent_elsewhere() -> Result<()> {
    let at = Fixture::new().await?;
    for status in [StatusCode::FOUND, StatusCode::TEMPORARY_REDIRECT] {
        let url = "http://127.0.0.1:9/nowhere".to_owned();
        at.fake.add_fault(Fault::any(Action::RedirectTo { status, url }));
        let answer = at.request(Method::GET, "/releases").send().await?;
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["location"], "http://127.0.0.1:9/nowhere");
    }
    at.fake.assert_no_violations()
}
