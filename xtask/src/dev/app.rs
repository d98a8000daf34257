//! The running app: a debug runtime with the pack, and what it says.

use std::{
    io::{BufRead as _, BufReader, Read, Write as _},
    process::{ChildStdin, ExitStatus, Stdio},
    thread,
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::project::{Project, Rendered};
use crate::{
    printer::{Printer, Tint},
    process::{self, End, Group},
};

/// How long the app may take to end when it is asked.
const ENDS_WITHIN: Duration = Duration::from_secs(3);
/// By what WebKit begins a line of a page's console, behind the place.
const CONSOLE: &str = "CONSOLE ";

pub(super) struct RunningApp {
    group: Group,
    /// Orders; it ends when this does.
    orders: Option<ChildStdin>,
}

/// A line about a call of the bridge, as the runtime prints it.
#[derive(Debug, Serialize, Deserialize)]
struct Call {
    log: String,
    window: String,
    command: String,
    args: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<CallError>,
    ms: f64,
}

#[derive(Debug, Serialize, Deserialize)]
struct CallError {
    code: String,
    message: String,
}

impl RunningApp {
    pub(super) fn start(
        project: &Project,
        rendered: &Rendered,
        printer: &Printer,
    ) -> anyhow::Result<RunningApp> {
        let program = project.program(&rendered.model, printer)?;
        let mut command = process::command(program, project.base());
        command.arg("--app-dir").arg(project.pack_dir()).args(["--dev", "--log-bridge"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut group = Group::start(&mut command)?;
        let child = group.child();
        let orders = child.stdin.take();
        read_lines(child.stdout.take(), *printer, pass_on);
        read_lines(child.stderr.take(), *printer, |line, printer| {
            if !pass_on_console(line, printer) {
                printer.aside(line);
            }
        });
        Ok(RunningApp { group, orders })
    }

    /// Shows the pack that is there now.
    pub(super) fn reload(&mut self) {
        if let Some(orders) = &mut self.orders {
            // An app that has ended is found out soon.
            let _ = writeln!(orders, "reload").and_then(|()| orders.flush());
        }
    }

    /// How the app has ended, if it has by itself.
    pub(super) fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        if self.orders.is_some() { self.group.ended() } else { Ok(None) }
    }

    /// Ends it, as a user would.
    pub(super) fn stop(&mut self) {
        self.orders = None;
        // What does not listen is ended by force.
        if self.group.wait_within(ENDS_WITHIN).is_err() {
            self.group.end(End::Now);
        }
    }
}

/// Hands each line to `pass_on`, until the output ends.
fn read_lines(
    output: Option<impl Read + Send + 'static>,
    printer: Printer,
    pass_on: impl Fn(&str, &Printer) + Send + 'static,
) {
    let Some(output) = output else { return };
    thread::spawn(move || {
        let (mut output, mut line) = (BufReader::new(output), Vec::new());
        // Pages may write anything, so not all of it need be UTF-8.
        while output.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            pass_on(String::from_utf8_lossy(&line).trim_end(), &printer);
            line.clear();
        }
    });
}

fn pass_on(line: &str, printer: &Printer) {
    if let Ok(call) = serde_json::from_str::<Call>(line) {
        let is_error = call.error.is_some();
        let (verb, tint) = if is_error { ("Failed", Tint::Bad) } else { ("Call", Tint::Good) };
        printer.entry(verb, tint, &call.text(), &call);
    } else if !pass_on_console(line, printer) {
        printer.entry("App", Tint::Quiet, line, &json!({ "log": "app", "text": line }));
    }
}

/// What a page writes to its console: WebKit begins with the place, if it knows it.
fn pass_on_console(line: &str, printer: &Printer) -> bool {
    let Some((place, said)) = line.split_once(CONSOLE) else { return false };
    let place = place.trim_end_matches([' ', ':']);
    let tint = if said.contains("ERROR") { Tint::Bad } else { Tint::Quiet };
    let text = if place.is_empty() { said.to_owned() } else { format!("{said} ({place})") };
    printer.entry("Console", tint, &text, &json!({ "log": "console", "text": text }));
    true
}

impl Call {
    fn text(&self) -> String {
        let Call { window, command, args, ms, .. } = self;
        let answer = match &self.error {
            Some(CallError { code, message }) => format!("{code}: {message}"),
            None => self.result.clone().unwrap_or_default(),
        };
        let args = if args == "{}" { "" } else { args };
        format!("{window} {command}({args}) -> {answer} ({ms} ms)")
    }
}
