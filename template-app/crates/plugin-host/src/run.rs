//! One run of a module, from its instance to what it printed.

use std::time::Duration;

use runtime_settings::plugins::{ModuleName, PluginLimits};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use wasmtime::{InstancePre, Store, Trap, WasmBacktrace};
use wasmtime_wasi::{
    I32Exit,
    p2::pipe::{MemoryInputPipe, MemoryOutputPipe},
};

use crate::{
    Code, PluginError,
    engine::Machine,
    jobs,
    limiter::Limiter,
    storage::OpenStorage,
    wasi::{Guarded, Guest, Meter, Pipes},
};

/// What every module is started by.
pub(crate) const START: &str = "_start";
/// Bytes in a KiB.
const KIB: usize = 1024;

/// A module that is ready to run.
pub(crate) struct Ready {
    pub(crate) name: ModuleName,
    pub(crate) instance: InstancePre<Guest>,
    pub(crate) limits: PluginLimits,
}

/// What became of a run.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) value: Option<Value>,
    pub(crate) error: Option<PluginError>,
    pub(crate) exit_code: Option<i32>,
    pub(crate) backtrace: Option<String>,
}

/// Runs a module on a payload, until it ends, its time is over, or somebody cancels it.
pub(crate) async fn run(
    machine: &Machine,
    module: &Ready,
    payload: Vec<u8>,
    timeout: Duration,
    storage: OpenStorage,
    cancelled: &CancellationToken,
) -> Ended {
    let (out, err) =
        (module.limits.stdout_kb as usize * KIB, module.limits.stderr_kb as usize * KIB);
    let pipes = Pipes {
        stdin: MemoryInputPipe::new(payload),
        // One byte more than allowed tells a full pipe from one that was overrun.
        stdout: MemoryOutputPipe::new(out + 1),
        stderr: MemoryOutputPipe::new(err + 1),
    };
    let meter = Meter::new(storage.ledger);
    let system = match Guarded::new(module.name.as_str(), &pipes, &storage.path, meter) {
        Ok(system) => system,
        Err(error) => {
            let message = format!("the storage cannot be opened: {error}");
            let error = Some(PluginError::new(Code::StorageFailed, message));
            return Ended { error, ..Ended::default() };
        }
    };
    let guest = Guest { system, limiter: Limiter::new(module.limits.memory_mb) };
    let mut store = Store::new(&machine.engine, guest);
    store.limiter(Guest::limiter);
    store.set_epoch_deadline(1);
    store.epoch_deadline_async_yield_and_update(1);

    let outcome = {
        let _time_passes = machine.tick();
        let run = tokio::time::timeout(timeout, start(&module.instance, &mut store));
        tokio::select! {
            biased;
            outcome = run => outcome.map_err(|_| timed_out(timeout)),
            () = cancelled.cancelled() => Err(jobs::cancelled()),
        }
    };
    let printed = [(&pipes.stdout, out), (&pipes.stderr, err)].map(|(pipe, most)| {
        let bytes = pipe.contents();
        let overrun = bytes.len() > most;
        (bytes.slice(..bytes.len().min(most)), overrun)
    });
    let mut ended = Ended {
        stdout: String::from_utf8_lossy(&printed[0].0).into_owned(),
        stderr: String::from_utf8_lossy(&printed[1].0).into_owned(),
        ..Ended::default()
    };
    let overrun = printed.iter().any(|(_, overrun)| *overrun);
    conclude(&mut ended, outcome, overrun, store.data(), &printed[0].0);
    ended
}

async fn start(instance: &InstancePre<Guest>, store: &mut Store<Guest>) -> wasmtime::Result<()> {
    // A module's start function runs here already.
    let instance = instance.instantiate_async(&mut *store).await?;
    let start = instance.get_typed_func::<(), ()>(&mut *store, START)?;
    start.call_async(store, ()).await
}

/// Decides what the run was, and parses its answer.
fn conclude(
    ended: &mut Ended,
    outcome: Result<wasmtime::Result<()>, PluginError>,
    overrun: bool,
    guest: &Guest,
    stdout: &[u8],
) {
    let answer = parse(stdout);
    let failure = match outcome {
        Err(error) => Some(error),
        Ok(Ok(())) => None,
        Ok(Err(error)) => failure_of(ended, &error, guest.limiter.refused),
    };
    let was_cancelled = failure.as_ref().is_some_and(|error| error.code == Code::Cancelled);
    ended.error = if was_cancelled {
        failure
    } else if overrun {
        Some(PluginError::new(Code::OutputLimit, "the module printed more than it may"))
    } else if guest.system.meter.was_full() {
        Some(PluginError::new(Code::StorageQuota, "the plugin's storage is full"))
    } else {
        failure
    };
    match answer {
        Ok(value) if !overrun => ended.value = Some(value),
        Err(reason) if ended.error.is_none() => {
            ended.error = Some(PluginError::new(Code::InvalidOutput, reason));
        }
        _ => {}
    }
}

/// Why a run ended before its end; none when it exited with 0.
fn failure_of(
    ended: &mut Ended,
    error: &wasmtime::Error,
    growth_was_refused: bool,
) -> Option<PluginError> {
    if let Some(I32Exit(code)) = error.downcast_ref::<I32Exit>() {
        if *code == 0 {
            return None;
        }
        ended.exit_code = Some(*code);
    }
    ended.backtrace = error.downcast_ref::<WasmBacktrace>().map(|trace| trace.to_string());
    let trap = error.downcast_ref::<Trap>();
    Some(if trap == Some(&Trap::StackOverflow) {
        PluginError::new(Code::StackOverflow, "the module nests its calls too deeply")
    } else if growth_was_refused {
        let message = "the module wants more memory than it may have, or larger tables";
        PluginError::new(Code::MemoryLimit, message)
    } else if let Some(code) = ended.exit_code {
        PluginError::new(Code::Exit, format!("the module ended with exit code {code}"))
    } else if let Some(trap) = trap {
        PluginError::new(Code::Trap, trap.to_string())
    } else {
        PluginError::new(Code::Trap, format!("{error:#}"))
    })
}

fn timed_out(timeout: Duration) -> PluginError {
    PluginError::new(
        Code::Timeout,
        format!("the call was not done within {} ms", timeout.as_millis()),
    )
}

/// What may stand around a value (RFC 8259, section 2).
const JSON_WHITESPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// The answer: one JSON object on one line.
fn parse(stdout: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(stdout).map_err(|_| "the answer is not UTF-8".to_owned())?;
    let text = text.trim_matches(JSON_WHITESPACE);
    if text.is_empty() {
        return Err("the module printed no answer on stdout".to_owned());
    }
    let value: Value = serde_json::from_str(text)
        .map_err(|error| format!("the answer is not one JSON object: {error}"))?;
    if value.is_object() { Ok(value) } else { Err("the answer is JSON, but no object".to_owned()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse;

    #[test]
    fn an_answer_is_one_object_with_nothing_around_it() {
        for text in ["{}", " {}\n", "\r\n\t{} \r\n"] {
            assert_eq!(parse(text.as_bytes()), Ok(json!({})), "{text:?}");
        }
        for text in ["", " \n", "[]", "{} {}", "{}\u{b}", "{}\u{a0}", "\u{feff}{}"] {
            assert!(parse(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(parse(b"{\"a\":\"\xff\"}").is_err());
    }
}
