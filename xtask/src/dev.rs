//! `dev`: runs an app from its config, and again when what it is made of changes. It is a debug runtime, which takes any pack,
//! reads it again when it is told, and prints the calls of the bridge.

mod app;
mod changes;
mod keys;
mod project;

use std::{
    net::TcpStream,
    path::PathBuf,
    process::ExitStatus,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use anyhow::bail;
use url::Url;

use crate::{error, printer::Printer};
use app::RunningApp;
use changes::Changes;
use keys::{Key, Keys};
use project::{Difference, Project, Rendered};

/// How long nothing must change before what has changed is used: editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(100);
/// How long is waited for that at most.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is looked whether the app still runs.
const LIVENESS_CHECK: Duration = Duration::from_millis(250);
/// How often a server for development is asked whether it is there, and how long each time.
const SERVER_CHECK: Duration = Duration::from_millis(250);

/// What the loop waits for.
enum Message {
    Disk(notify::Result<notify::Event>),
    Key(Key),
    Interrupt,
}

/// A run of `dev`.
struct Session<'a> {
    project: Project,
    rendered: Rendered,
    changes: Changes,
    app: RunningApp,
    printer: &'a Printer,
    /// Why what is on the disk cannot be used at the moment, as it was told.
    broken: Option<String>,
}

/// Runs until the app ends, or somebody asks for it.
pub(crate) fn run(config: PathBuf, printer: &Printer) -> anyhow::Result<()> {
    let (sender, receiver) = mpsc::channel();
    let interrupt = sender.clone();
    ctrlc::set_handler(move || {
        // Nobody listens any more when the run has ended.
        let _ = interrupt.send(Message::Interrupt);
    })?;
    let project = Project::new(config)?;
    project.build(printer)?;
    let rendered = project.render(printer)?;
    let disk = sender.clone();
    let mut changes = Changes::new(move |event| {
        let _ = disk.send(Message::Disk(event));
    })?;
    changes.watch(&rendered.sources);
    let _lock = project.lock(&rendered.model)?;
    project.write(&rendered.pack, None)?;
    if let Some(url) = &rendered.dev_url
        && !wait_for_server(url, &receiver, printer)
    {
        return Ok(());
    }
    let app = RunningApp::start(&project, &rendered, printer)?;
    // Only now: whoever waits for a compile may type what is not meant for us.
    let keys = Keys::listen(move |key| {
        let _ = sender.send(Message::Key(key));
    });
    let hint = keys.as_ref().map_or("", Keys::hint);
    printer.status("Running", format_args!("{}{hint}", rendered.model.app.name));
    let session = Session { project, rendered, changes, app, printer, broken: None };
    session.go_on(&receiver)
}

/// Waits until somebody listens at this address; false when the wait is ended by a key.
fn wait_for_server(url: &Url, receiver: &Receiver<Message>, printer: &Printer) -> bool {
    let answers = || {
        let addresses = url.socket_addrs(|| None).unwrap_or_default();
        addresses.iter().any(|address| TcpStream::connect_timeout(address, SERVER_CHECK).is_ok())
    };
    if answers() {
        return true;
    }
    printer.status("Waiting", format_args!("for a server at {url}, as `content.devUrl` says"));
    loop {
        match receiver.recv_timeout(SERVER_CHECK) {
            Ok(Message::Interrupt | Message::Key(Key::Quit)) => return false,
            _ if answers() => return true,
            _ => {}
        }
    }
}

impl Session<'_> {
    fn go_on(mut self, receiver: &Receiver<Message>) -> anyhow::Result<()> {
        // When the first of the changes was seen that wait, and when they have waited long enough.
        let mut waiting: Option<(Instant, Instant)> = None;
        loop {
            let due = waiting.map(|(_, due)| due.saturating_duration_since(Instant::now()));
            match receiver.recv_timeout(due.unwrap_or(LIVENESS_CHECK).min(LIVENESS_CHECK)) {
                Ok(Message::Interrupt | Message::Key(Key::Quit)) => {
                    self.app.stop();
                    return Ok(());
                }
                Ok(Message::Key(Key::Reload)) => self.rebuild(),
                Ok(Message::Key(Key::Restart)) => self.restart("as you wish"),
                Ok(Message::Disk(event)) => {
                    if self.changes.concern(&event, self.broken.is_some()) {
                        let now = Instant::now();
                        let first = waiting.map_or(now, |(first, _)| first);
                        waiting = Some((first, (now + QUIET).min(first + PATIENCE)));
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => bail!("nobody watches any more"),
            }
            if waiting.is_some_and(|(_, due)| due <= Instant::now()) {
                waiting = None;
                // Often nothing: a file that was written with what it had.
                let _ = self.refresh();
            }
            if let Some(status) = self.app.ended()? {
                return judge(status);
            }
        }
    }

    /// Runs the command that makes the content, and shows what it has made.
    fn rebuild(&mut self) {
        if let Err(error) = self.project.build(self.printer) {
            return self.printer.trouble(&error);
        }
        if !self.refresh() {
            self.app.reload();
            self.printer.status("Reloaded", "as you wish");
        }
    }

    /// Uses what is on the disk now. Gives whether that was anything new, or nothing that can be used.
    fn refresh(&mut self) -> bool {
        // First, so that a change from now on is seen.
        self.changes.watch(&self.rendered.sources);
        if let Some(dir) = self.project.incomplete(&self.rendered) {
            // A tool that empties its folder first is not done.
            self.printer.status("Waiting", format_args!("for `{}`", dir.display()));
            return true;
        }
        let began = Instant::now();
        let rendered = match self.project.render(self.printer) {
            Ok(rendered) => rendered,
            Err(error) => {
                self.tell_broken(&error);
                return true;
            }
        };
        if self.broken.take().is_some() {
            self.printer.status("Mended", "the app can be rendered again");
        }
        self.changes.watch(&rendered.sources);
        let difference = Difference::between(&self.rendered.pack, &rendered.pack);
        let earlier = std::mem::replace(&mut self.rendered, rendered);
        match difference {
            Difference::None => return false,
            Difference::App(what) => self.restart(what),
            Difference::Content(files) => {
                if let Err(error) = self.project.write(&self.rendered.pack, Some(&earlier.pack)) {
                    self.printer.trouble(&error);
                    return true;
                }
                self.app.reload();
                let (milliseconds, plural) =
                    (began.elapsed().as_millis(), if files == 1 { "" } else { "s" });
                let what = format_args!("{files} file{plural} changed ({milliseconds} ms)");
                self.printer.status("Reloaded", what);
            }
        }
        true
    }

    /// What is wrong is told once, however often it is looked at.
    fn tell_broken(&mut self, error: &anyhow::Error) {
        let text = format!("{error:#}");
        if self.broken.replace(text.clone()) != Some(text) {
            self.printer.trouble(error);
            self.printer.status("Keeping", "the app as it is, until that is mended");
        }
    }

    /// Ends the app and starts it from what was rendered last.
    fn restart(&mut self, why: &str) {
        self.printer.status("Restarting", why);
        self.app.stop();
        let started = self
            .project
            .write(&self.rendered.pack, None)
            .and_then(|()| RunningApp::start(&self.project, &self.rendered, self.printer));
        match started {
            Ok(app) => self.app = app,
            Err(error) => self.printer.trouble(&error),
        }
    }
}

/// The app's end is ours.
fn judge(status: ExitStatus) -> anyhow::Result<()> {
    if status.success() {
        return Ok(());
    }
    Err(error::hinted(format!("the app has ended ({status})"), "see what it has written above"))
}
