//! Bytes from GitHub: artifacts, logs, assets. The API tells where they are; there they are fetched without the token.

use reqwest::{
    Response, StatusCode,
    header::{ACCEPT, LOCATION, RANGE},
};
use url::Url;

use super::{ApiError, Github, Method, failure};

/// How often a place is fetched from that the API has named, when no answer comes (count). Each time the API is asked
/// anew, since such places are good for a minute only.
const ATTEMPTS: u32 = 5;

/// Something that has bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remote {
    /// An artifact's archive, by the artifact's id.
    Artifact(u64),
    /// A job's log, by the job's id.
    JobLog(u64),
    /// A release's asset, by its id.
    Asset(u64),
}

impl Github {
    /// Opens the bytes from this offset on. The answer is 206 when the server kept to the offset, and 200 when it sends
    /// everything; an offset at or behind the end is 416 and ends as a refusal.
    pub(crate) async fn open(&self, what: Remote, from: u64) -> Result<Response, ApiError> {
        let mut attempt = 1;
        loop {
            match self.open_once(what, from).await {
                Err(Refused { error, by_place }) => {
                    // On a machine that is busy, the place may be past before anybody gets to it.
                    let may_pass = error.may_pass() || (by_place && is_past(&error));
                    if !may_pass || attempt == ATTEMPTS {
                        return Err(error);
                    }
                    attempt += 1;
                }
                Ok(answer) => return Ok(answer),
            }
        }
    }

    async fn open_once(&self, what: Remote, from: u64) -> Result<Response, Refused> {
        let url = self.place_of(what);
        let operation = format!("GET {}", url.path());
        let range = (from > 0).then(|| format!("bytes={from}-"));
        let make = async || {
            let mut request = self.server.request(Method::GET, url.clone());
            if matches!(what, Remote::Asset(_)) {
                request = self.server.request_bytes(url.clone());
            }
            Ok(match &range {
                Some(range) => request.header(RANGE, range),
                None => request,
            })
        };
        let answer = self.server.stream(Some(&self.repo), &operation, make).await?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let place = self.place(&answer, &operation)?;
        let request = self.server.foreign(place).header(ACCEPT, "*/*");
        let request = match &range {
            Some(range) => request.header(RANGE, range),
            None => request,
        };
        let answer = request.send().await.map_err(|source| ApiError::Unclear {
            operation: operation.clone(),
            source: source.without_url(),
        })?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        let (error, asked) = failure::refusal(&operation, answer).await;
        let Some(asked) = asked.filter(|asked| *asked <= self.server.patience) else {
            return Err(Refused { error, by_place: true });
        };
        // It is not the API that asks, so that the API's limits know nothing of it.
        self.server.pause(asked, "GitHub asks for fewer requests").await;
        Err(ApiError::TooEarly { operation }.into())
    }

    fn place_of(&self, what: Remote) -> Url {
        match what {
            Remote::Artifact(id) => self.address(&["actions", "artifacts", &id.to_string(), "zip"]),
            Remote::JobLog(id) => self.address(&["actions", "jobs", &id.to_string(), "logs"]),
            Remote::Asset(id) => self.address(&["releases", "assets", &id.to_string()]),
        }
    }

    /// Where an answer leads. Only a fake on this machine may do without TLS.
    fn place(&self, answer: &Response, operation: &str) -> Result<Url, ApiError> {
        let text = answer.headers().get(LOCATION).and_then(|place| place.to_str().ok());
        let text = text.unwrap_or_default();
        let place = Url::parse(text).ok().filter(|place| {
            let secure = place.scheme() == "https";
            let local = matches!(place.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
            secure || (place.scheme() == "http" && local && self.host().is_loopback())
        });
        place.ok_or_else(|| {
            // What follows the host may be a signature.
            let named = Url::parse(text).ok();
            let named = named.map(|url| format!("{}://{}", url.scheme(), url.authority()));
            ApiError::Astray {
                operation: operation.to_owned(),
                place: named.unwrap_or_else(|| "no address".to_owned()),
            }
        })
    }
}

/// Why nothing came.
struct Refused {
    error: ApiError,
    /// It was not the API that refused, but the place that it had sent us to.
    by_place: bool,
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Refused {
        Refused { error, by_place: false }
    }
}

/// A place that was named a while ago is no longer good; whoever meets this asks again.
pub(crate) fn is_past(error: &ApiError) -> bool {
    matches!(error.status(), Some(StatusCode::FORBIDDEN | StatusCode::GONE | StatusCode::NOT_FOUND))
}
