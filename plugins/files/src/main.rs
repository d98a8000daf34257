//! What makes a program a plugin: it reads one JSON object from stdin and prints one line with one JSON object to stdout. What
//! it has to say to its developers goes to stderr.
//!
//! Leave this file as it is. Functions belong into `functions`, their names into `dispatcher`.

mod arguments;
mod dispatcher;
mod functions;

use std::{
    io::{self, Read, Write},
    panic, process,
    sync::atomic::{AtomicBool, Ordering},
};

use serde_json::Value;

/// Largest request, in bytes: 1 MiB and a line break. Apps send no more, unless their config raises `stdinKb`.
const MAX_REQUEST: u64 = 1024 * 1024 + 1;

/// Whether the one line has been printed.
static ANSWERED: AtomicBool = AtomicBool::new(false);

fn main() {
    // A panic ends the module and cannot be caught here, but it can be answered before.
    panic::set_hook(Box::new(|panic| {
        let _ = writeln!(io::stderr(), "{panic}");
        answer(Err(panic.to_string().replace('\n', " ")));
        process::exit(0);
    }));
    answer(handle(io::stdin().lock()));
}

/// Reads the request and calls its function.
fn handle(input: impl Read) -> Result<Value, String> {
    let mut bytes = Vec::new();
    let mut input = input.take(MAX_REQUEST + 1);
    input.read_to_end(&mut bytes).map_err(|error| format!("cannot read the request: {error}"))?;
    if bytes.len() as u64 > MAX_REQUEST {
        return Err("the request is larger than 1 MiB".into());
    }
    let request: Value = serde_json::from_slice(&bytes)
        .map_err(|error| format!("the request is not JSON: {error}"))?;
    let Some(op) = request.get("fn").and_then(Value::as_str) else {
        return Err("the request names no function in `fn`".into());
    };
    match request.get("args") {
        None | Some(Value::Null) => dispatcher::dispatch(op, &Value::Array(Vec::new())),
        Some(args @ (Value::Array(_) | Value::Object(_))) => dispatcher::dispatch(op, args),
        Some(_) => Err("`args` is neither an array nor an object".into()),
    }
}

/// Prints the one line.
fn answer(result: Result<Value, String>) {
    if ANSWERED.swap(true, Ordering::Relaxed) {
        return;
    }
    let line = match result {
        Ok(value) => format!("{{\"ok\":true,\"value\":{value}}}\n"),
        Err(error) => format!("{{\"ok\":false,\"error\":{}}}\n", Value::from(error)),
    };
    let mut output = io::stdout().lock();
    if output.write_all(line.as_bytes()).and_then(|()| output.flush()).is_err() {
        process::exit(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_reaches_the_dispatcher() {
        for request in [r#"{"fn": "?", "args": {"a": 1}, "more": 1}"#, r#"{"fn": "?"}"#] {
            assert_eq!(handle(request.as_bytes()).unwrap_err(), "unknown function: ?");
        }
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let refused = |input: &[u8]| handle(input).unwrap_err();
        assert!(refused(b"").contains("not JSON"));
        assert!(refused(b"[]").contains("`fn`"));
        assert!(refused(br#"{"fn": 1}"#).contains("`fn`"));
        assert!(refused(br#"{"fn": "?", "args": 1}"#).contains("`args`"));
        assert!(refused(&vec![b' '; 2 << 20]).contains("larger than"));
    }
}
