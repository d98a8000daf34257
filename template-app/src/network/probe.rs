//! Questions to the network: is somebody there, how soon, and how fast.

use std::time::{Duration, Instant};

use bridge_contract::{NetworkBandwidth, NetworkReason, NetworkRedirect, NetworkStatus};
use reqwest::{Method, header};
use runtime_settings::RuntimeSettings;
use tauri::{AppHandle, Manager as _};
use tokio::{task::JoinSet, time};
use url::Url;

use super::{
    AppNetwork, Request, Result, Rights,
    client::{self, Fault},
    lan_refused, refusal,
};
use crate::state::AppState;

/// What an estimate reads when the page does not say, in bytes: a second on a slow line.
pub(crate) const ESTIMATE_BYTES: u64 = 1024 * 1024;
/// The most that an estimate reads, in bytes.
pub(crate) const MAX_ESTIMATE_BYTES: u64 = 10 * 1024 * 1024;

impl AppNetwork {
    /// Whether anything answers at a URL: any answer counts, as it takes a network to get one.
    pub(crate) async fn probe(
        &self,
        settings: &RuntimeSettings,
        rights: &Rights,
        url: &Url,
        timeout: Duration,
    ) -> Result<NetworkStatus> {
        let client = self.client(settings, rights, url)?;
        let begun = Instant::now();
        let asked = client.head(url.clone()).timeout(timeout).send().await;
        let reason = match asked {
            Ok(_) => NetworkReason::Ok,
            Err(error) => match client::fault(&error) {
                Fault::Lan => return Err(lan_refused(url)),
                Fault::Other(reason) => reason,
            },
        };
        let online = reason == NetworkReason::Ok;
        Ok(NetworkStatus { online, reason, latency_ms: online.then(|| milliseconds(begun)) })
    }

    /// Fetches what is at a URL, as far as `most`, and counts.
    pub(crate) async fn estimate(
        &self,
        settings: &RuntimeSettings,
        rights: &Rights,
        url: Url,
        most: u64,
        timeout: Duration,
    ) -> Result<NetworkBandwidth> {
        let deadline = time::Instant::now() + timeout;
        let request = Request::get(url, timeout);
        let answer = self.send(settings, rights, request, |_| Ok(())).await?;
        let (mut response, url) = (answer.response, answer.url);
        let begun = Instant::now();
        let mut bytes = 0;
        while bytes < most {
            match time::timeout_at(deadline, response.chunk()).await {
                Ok(Ok(Some(chunk))) => bytes += chunk.len() as u64,
                // What has come in the time is what counts.
                Ok(Ok(None)) | Err(_) => break,
                Ok(Err(error)) if error.is_timeout() => break,
                Ok(Err(error)) => return Err(super::request_error(&error, &url)),
            }
        }
        if bytes == 0 {
            return Err(refusal(NetworkReason::Timeout, &url, "nothing came"));
        }
        let ms = (begun.elapsed().as_secs_f64() * 1000.0).max(0.001);
        // Bits in a millisecond are thousands of bits in a second.
        Ok(NetworkBandwidth { kbps: bytes as f64 * 8.0 / ms, bytes, ms })
    }
}

/// Whether the network is there: one target that answers is enough, and the first is the one whose failure is told.
pub(crate) async fn status(
    app: &AppHandle,
    rights: &Rights,
    targets: Vec<Url>,
    timeout: Duration,
) -> Result<NetworkStatus> {
    let mut asked = JoinSet::new();
    for (index, target) in targets.into_iter().enumerate() {
        let (app, rights) = (app.clone(), rights.clone());
        asked.spawn(async move {
            let state = app.state::<AppState>();
            (index, state.network.probe(&state.settings, &rights, &target, timeout).await)
        });
    }
    let mut first: Option<(usize, Result<NetworkStatus>)> = None;
    while let Some(answer) = asked.join_next().await {
        let (index, answer) = answer.map_err(crate::bridge::internal)?;
        if answer.as_ref().is_ok_and(|status| status.online) {
            return answer;
        }
        if first.as_ref().is_none_or(|(known, _)| index < *known) {
            first = Some((index, answer));
        }
    }
    first.map_or_else(|| Err(crate::bridge::internal("no target")), |(_, answer)| answer)
}

impl Request {
    /// A plain look at a URL.
    fn get(url: Url, timeout: Duration) -> Request {
        let mut headers = header::HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-cache"));
        Request {
            url,
            method: Method::GET,
            headers,
            body: Vec::new(),
            redirect: NetworkRedirect::Follow,
            timeout,
        }
    }
}

fn milliseconds(since: Instant) -> u32 {
    u32::try_from(since.elapsed().as_millis()).unwrap_or(u32::MAX)
}
