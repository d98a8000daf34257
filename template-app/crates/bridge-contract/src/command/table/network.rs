//! Commands of the module `network`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        module: Module::Network,
        name: "network_status",
        signature: "network.status(): Promise<NetworkStatus>",
        summary: "Asks the targets of the config, else the content's own origin, whether the network is there.",
        errors: &[ErrorCode::NetworkNoTarget, ErrorCode::NetworkLanRefused],
    },
    Command {
        module: Module::Network,
        name: "network_ping",
        signature: "network.ping(url?: string, timeout?: number): Promise<NetworkPing>",
        summary: "How long one address takes to answer, whatever the answer is. Causes no event.",
        errors: TARGET_ERRORS,
    },
    Command {
        module: Module::Network,
        name: "network_resolve",
        signature: "network.resolve(host: string): Promise<NetworkAddresses>",
        summary: "The addresses of a host.",
        errors: &[ErrorCode::NetworkDns, ErrorCode::NetworkLanRefused, ErrorCode::NetworkTimeout],
    },
    Command {
        module: Module::Network,
        name: "network_estimate_bandwidth",
        signature: "network.estimateBandwidth(url?: string, sizeHintBytes?: number, timeout?: number): Promise<NetworkBandwidth>",
        summary: "Fetches what is at an address, 10 MiB of it at most, and counts how fast it came.",
        errors: FETCH_ERRORS,
    },
    Command {
        module: Module::Network,
        name: "network_set_monitor",
        signature: "network.setMonitor(intervalMs: number, targets?: string[]): Promise<void>",
        summary: "Asks targets again and again, and sends `network:status` to this window when one begins or ceases to answer. Ends with the page.",
        errors: TARGET_ERRORS,
    },
    Command {
        module: Module::Network,
        name: "network_stop_monitor",
        signature: "network.stopMonitor(): Promise<void>",
        summary: "Stops what `setMonitor` began.",
        errors: &[],
    },
    Command {
        module: Module::Network,
        name: "network_fetch",
        signature: "network.fetch(url: string, init?: NetworkFetchInit): Promise<Response>",
        summary: "A request without the browser's rules about origins, to a host of `bridge.modules.network.hosts`, without cookies.",
        errors: FETCH_ERRORS,
    },
];

const TARGET_ERRORS: &[ErrorCode] =
    &[ErrorCode::NetworkNoTarget, ErrorCode::NetworkInvalidUrl, ErrorCode::NetworkLanRefused];

const FETCH_ERRORS: &[ErrorCode] = &[
    ErrorCode::NetworkNoTarget,
    ErrorCode::NetworkInvalidUrl,
    ErrorCode::NetworkHostNotAllowed,
    ErrorCode::NetworkForbiddenHeader,
    ErrorCode::NetworkLanRefused,
    ErrorCode::NetworkDns,
    ErrorCode::NetworkTimeout,
    ErrorCode::NetworkTls,
    ErrorCode::NetworkRefused,
    ErrorCode::NetworkRedirects,
    ErrorCode::NetworkTooLarge,
    ErrorCode::NetworkFailed,
];
