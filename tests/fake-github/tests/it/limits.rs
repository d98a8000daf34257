//! Limits: what is counted, what is refused, and how.

use std::time::Duration;

use anyhow::Result;
use fake_github::{Action, FakeGithub, Fault, Limits, Options, Repository};
use reqwest::{Method, Response, StatusCode};
use serde_json::json;

use crate::{Fixture, REPOSITORY};

const MINUTE: Duration = Duration::from_secs(60);

/// A fixture whose clock stands still.
async fn limited(limits: Limits) -> Result<Fixture> {
    let options = Options { speed: 0.0, limits: Some(limits), ..Options::default() };
    Fixture::of(FakeGithub::start_with(options).await?, Repository::new(REPOSITORY)?)
}

async fn ask(at: &Fixture) -> Result<Response> {
    Ok(at.request(Method::GET, "").send().await?)
}

fn number(response: &Response, name: &str) -> Option<i64> {
    response.headers().get(name)?.to_str().ok()?.parse().ok()
}

#[tokio::test]
async fn an_hour_has_so_many_requests() -> Result<()> {
    let at = limited(Limits { primary: 3, ..Limits::github() }).await?;
    for left in [2, 1, 0] {
        let answer = ask(&at).await?;
        assert_eq!(answer.status(), 200);
        assert_eq!(number(&answer, "x-ratelimit-remaining"), Some(left));
    }
    let refused = ask(&at).await?;
    assert_eq!(refused.status(), 403);
    assert_eq!(number(&refused, "x-ratelimit-remaining"), Some(0));
    let reset = number(&refused, "x-ratelimit-reset");
    assert_eq!(reset, Some(at.fake.now().as_second() + 3600));
    let told = refused.json::<serde_json::Value>().await?["message"].to_string();
    assert!(told.starts_with("\"API rate limit exceeded for user ID"), "{told}");
    assert_eq!(at.api("/rate_limit").await?["resources"]["core"]["remaining"], 0);
    assert_eq!(at.fake.limit_crossings(), ["GET /repos/o/r: more than 3 requests in an hour"]);
    assert_eq!(at.fake.counted_requests(), 3);
    at.fake.advance(MINUTE * 60);
    let answer = ask(&at).await?;
    assert_eq!((answer.status().as_u16(), number(&answer, "x-ratelimit-used")), (200, Some(1)));
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn a_minute_has_so_many_points() -> Result<()> {
    let at = limited(Limits { points_per_minute: 7, ..Limits::github() }).await?;
    let draft = || at.post("/releases", json!({ "tag_name": "v1", "draft": true }));
    assert_eq!(draft().await?.0, 201);
    assert_eq!(ask(&at).await?.status(), 200);
    assert_eq!(ask(&at).await?.status(), 200);
    let refused = ask(&at).await?;
    assert_eq!((refused.status().as_u16(), number(&refused, "retry-after")), (403, Some(60)));
    assert_eq!(number(&refused, "x-ratelimit-remaining"), Some(4997), "it is another limit");
    at.fake.advance(MINUTE / 2);
    assert_eq!(ask(&at).await?.status(), 403, "too early");
    assert_eq!(at.fake.limit_crossings().len(), 2);
    at.fake.advance(MINUTE / 2);
    assert_eq!(ask(&at).await?.status(), 200);
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn writes_are_limited_for_the_minute_and_the_hour() -> Result<()> {
    let limits = Limits { writes_per_minute: 2, writes_per_hour: 3, ..Limits::github() };
    let status = StatusCode::TOO_MANY_REQUESTS;
    let at = limited(Limits { status, tells_retry_after: false, ..limits }).await?;
    let draft = async || {
        let wish = json!({ "tag_name": "v1", "draft": true });
        let response = at.request(Method::POST, "/releases").json(&wish).send().await?;
        anyhow::Ok((response.status().as_u16(), number(&response, "retry-after")))
    };
    for (passed, expected) in [(0, 201), (0, 201), (0, 429), (1, 201), (1, 429), (60, 201)] {
        at.fake.advance(MINUTE * passed);
        assert_eq!(draft().await?, (expected, None));
    }
    let path = "POST /repos/o/r/releases";
    let expected = [
        format!("{path}: more than 2 writes in a minute"),
        format!("{path}: more than 3 writes in an hour"),
    ];
    assert_eq!(at.fake.limit_crossings(), expected);
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn so_many_requests_go_at_one_time() -> Result<()> {
    let at = limited(Limits { concurrent: 1, ..Limits::github() }).await?;
    at.fake.add_fault(Fault::any(Action::HoldBefore));
    let mut first = std::pin::pin!(ask(&at));
    tokio::select! {
        answer = &mut first => panic!("answered: {answer:?}"),
        held = at.fake.wait_for_hold() => held?,
    }
    assert_eq!(ask(&at).await?.status(), 403);
    assert_eq!(at.fake.limit_crossings(), ["GET /repos/o/r: more than 1 requests at one time"]);
    at.fake.advance(MINUTE);
    at.fake.let_go();
    assert_eq!(first.await?.status(), 200);
    assert_eq!(ask(&at).await?.status(), 200, "nothing is left of it");
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn refusals_are_scripted_too() -> Result<()> {
    let at = Fixture::still().await?;
    let status = StatusCode::TOO_MANY_REQUESTS;
    at.fake.add_fault(Fault::any(Action::PrimaryLimit { status, resets_in: MINUTE }));
    let refused = ask(&at).await?;
    assert_eq!((refused.status(), number(&refused, "x-ratelimit-remaining")), (status, Some(0)));
    let reset = number(&refused, "x-ratelimit-reset");
    assert_eq!(reset, Some(at.fake.now().as_second() + 60));
    for retry_after in [Some(7), None] {
        at.fake.add_fault(Fault::any(Action::SecondaryLimit { status, retry_after }));
        let refused = ask(&at).await?;
        assert_eq!((refused.status(), number(&refused, "retry-after")), (status, retry_after));
    }
    let answer = ask(&at).await?;
    assert_eq!(number(&answer, "x-ratelimit-remaining"), Some(4999));
    assert!(at.fake.limit_crossings().is_empty());
    at.fake.assert_no_violations()
}

#[tokio::test]
async fn the_clock_may_run_fast_and_be_wrong() -> Result<()> {
    let options = Options { speed: 1e6, clock_skew: -86_400, ..Options::default() };
    let at = Fixture::of(FakeGithub::start_with(options).await?, Repository::new(REPOSITORY)?)?;
    let date = |response: &Response| {
        let text = response.headers()["date"].to_str()?.replace("GMT", "+0000");
        anyhow::Ok(jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text)?)
    };
    let (start, first) = (at.fake.now(), date(&ask(&at).await?)?);
    assert!(first >= start - Duration::from_secs(1), "{first} {start}");
    // A request takes more than a thousandth of a millisecond, which is a second here.
    assert!(date(&ask(&at).await?)? > first);
    at.fake.assert_no_violations()
}
