//! Module `network`: whether and how fast the network is there, and requests to listed hosts.

use std::{io::Cursor, time::Duration};

use bridge_contract::{
    BridgeError, ErrorCode, NetworkAddresses, NetworkFetched, NetworkPing, NetworkRedirect,
};
use serde::de::IgnoredAny;
use tauri::{Manager as _, State};
use url::Url;

use super::{
    Call, Command,
    Command::{Later, Now},
    Reply, Result, Task, bytes_of, invalid, reply,
};
use crate::{
    network::{self, Monitors, Request, Rights},
    state::AppState,
    streams,
};

/// Time for a ping, and for an estimate, when the page does not say, in milliseconds.
const PING_TIMEOUT_MS: u64 = 2000;
const ESTIMATE_TIMEOUT_MS: u64 = 4000;
/// The same for `fetch`, and the most that it takes: large answers on slow lines.
const FETCH_TIMEOUT_MS: u64 = 60_000;
const MAX_FETCH_TIMEOUT_MS: u64 = 600_000;
/// How often a monitor may ask, in milliseconds: servers are not ours to load, and a day is longer than any page waits.
const MIN_INTERVAL_MS: u64 = 1000;
const MAX_INTERVAL_MS: u64 = 86_400_000;

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("network_status", Later(status)),
    ("network_ping", Later(ping)),
    ("network_resolve", Later(resolve)),
    ("network_estimate_bandwidth", Later(estimate_bandwidth)),
    ("network_set_monitor", Now(set_monitor)),
    ("network_stop_monitor", Now(stop_monitor)),
    ("network_fetch", Later(fetch)),
];

fn status(call: Call) -> Task {
    Box::pin(async move {
        let rights = rights(&call)?;
        let targets = rights.targets()?;
        let app = call.window.app_handle();
        reply(&network::status(app, &rights, targets, network::STATUS_TIMEOUT).await?)
    })
}

fn ping(call: Call) -> Task {
    Box::pin(async move {
        let (rights, state) = (rights(&call)?, state(&call));
        let url = one_target(&call, &rights)?;
        let timeout = timeout(&call, "timeout", PING_TIMEOUT_MS, network::MAX_TIMEOUT_MS)?;
        let answer = state.network.probe(&state.settings, &rights, &url, timeout).await?;
        let (ok, reason, latency_ms) = (answer.online, answer.reason, answer.latency_ms);
        reply(&NetworkPing { ok, reason, latency_ms })
    })
}

fn resolve(call: Call) -> Task {
    Box::pin(async move {
        let host: String = call.arg("host")?;
        let found = network::resolve(&rights(&call)?, &host).await?;
        let addresses = found.iter().map(ToString::to_string).collect();
        reply(&NetworkAddresses { addresses })
    })
}

fn estimate_bandwidth(call: Call) -> Task {
    Box::pin(async move {
        let (rights, state) = (rights(&call)?, state(&call));
        let url = one_target(&call, &rights)?;
        let most = call.arg::<Option<u64>>("sizeHintBytes")?.unwrap_or(network::ESTIMATE_BYTES);
        if !(1..=network::MAX_ESTIMATE_BYTES).contains(&most) {
            let reason = format!("not from 1 to {}: {most}", network::MAX_ESTIMATE_BYTES);
            return Err(invalid("sizeHintBytes", reason));
        }
        let timeout = timeout(&call, "timeout", ESTIMATE_TIMEOUT_MS, network::MAX_TIMEOUT_MS)?;
        reply(&state.network.estimate(&state.settings, &rights, url, most, timeout).await?)
    })
}

fn set_monitor(call: &Call) -> Reply {
    let rights = rights(call)?;
    let interval: u64 = call.arg("intervalMs")?;
    if !(MIN_INTERVAL_MS..=MAX_INTERVAL_MS).contains(&interval) {
        let reason = format!("not from {MIN_INTERVAL_MS} to {MAX_INTERVAL_MS}: {interval}");
        return Err(invalid("intervalMs", reason));
    }
    let targets: Vec<(String, Url)> = match call.arg::<Option<Vec<String>>>("targets")? {
        None => rights.targets()?.into_iter().map(|url| (url.to_string(), url)).collect(),
        Some(named) => {
            let parsed = named.into_iter().map(|name| network::parse(&name).map(|url| (name, url)));
            parsed.collect::<Result<_>>()?
        }
    };
    if !(1..=network::MAX_TARGETS).contains(&targets.len()) {
        let reason = format!("not from 1 to {}: {}", network::MAX_TARGETS, targets.len());
        return Err(invalid("targets", reason));
    }
    let state = state(call);
    // What is refused is refused now, and not in silence later.
    for (_, url) in &targets {
        state.network.client(&state.settings, &rights, url)?;
    }
    let page = (call.window.label(), call.page);
    Monitors::set(
        call.window.app_handle(),
        page,
        &rights,
        targets,
        Duration::from_millis(interval),
    );
    reply(&())
}

fn stop_monitor(call: &Call) -> Reply {
    state(call).network.monitors.stop(call.window.label());
    reply(&())
}

fn fetch(call: Call) -> Task {
    Box::pin(async move {
        let (rights, state) = (rights(&call)?, state(&call));
        let url: String = call.arg("url")?;
        let method: Option<String> = call.arg("method")?;
        let headers: Option<Vec<(String, String)>> = call.arg("headers")?;
        let redirect = call.arg::<Option<NetworkRedirect>>("redirect")?.unwrap_or_default();
        let timeout = timeout(&call, "timeoutMs", FETCH_TIMEOUT_MS, MAX_FETCH_TIMEOUT_MS)?;
        let has_body =
            call.bytes().is_some() || call.arg::<Option<IgnoredAny>>("base64")?.is_some();
        let body = if has_body { bytes_of(&call)?.into_owned() } else { Vec::new() };
        let headers = headers.unwrap_or_default();
        let request = Request::new(&url, method.as_deref(), &headers, body, redirect, timeout)?;
        let fetched = state.network.fetch(&state.settings, &rights, request).await?;
        let size = u32::try_from(fetched.body.len()).map_err(super::internal)?;
        let id = streams::open_read(&call, Cursor::new(fetched.body))?;
        reply(&NetworkFetched {
            url: fetched.url.into(),
            redirected: fetched.redirected,
            status: fetched.status.as_u16(),
            status_text: fetched.status.canonical_reason().unwrap_or_default().to_owned(),
            headers: fetched.headers,
            id,
            size,
        })
    })
}

fn state(call: &Call) -> State<'_, AppState> {
    call.window.state::<AppState>()
}

/// The network as the caller's window may use it.
fn rights(call: &Call) -> Result<Rights> {
    let state = state(call);
    let options = call.modules(&state).and_then(|modules| modules.network.clone());
    // Tauri has agreed to the call, so the config has the module on.
    let options = options.ok_or_else(|| super::internal("the module `network` is off"))?;
    Ok(Rights::new(&state.settings, options))
}

/// The URL that the page names, else the first that is asked without one.
fn one_target(call: &Call, rights: &Rights) -> Result<Url> {
    match call.arg::<Option<String>>("url")? {
        Some(url) => network::parse(&url),
        None => {
            rights.targets()?.into_iter().next().ok_or_else(|| {
                BridgeError::new(ErrorCode::NetworkNoTarget, "there is nothing to ask")
            })
        }
    }
}

fn timeout(call: &Call, name: &str, default: u64, most: u64) -> Result<Duration> {
    let milliseconds = call.arg::<Option<u64>>(name)?.unwrap_or(default);
    match (1..=most).contains(&milliseconds) {
        true => Ok(Duration::from_millis(milliseconds)),
        false => Err(invalid(name, format!("not from 1 to {most}: {milliseconds}"))),
    }
}
