//! How long an app takes from its start until its page has loaded: the page asks for a URL when it has.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};

use super::median;
use crate::{process, workspace::root};

/// Starts of each app (count), taking turns, so that a busy moment of the machine hits both.
const RUNS: usize = 15;
/// How often it is checked that the app still runs. The page's request itself is waited for without a pause.
const LIVENESS_CHECK: Duration = Duration::from_secs(1);
/// Longest wait for a page.
const DEADLINE: Duration = Duration::from_secs(60);

/// Where pages tell that they have loaded.
pub(super) struct Listener {
    listener: TcpListener,
    origin: String,
}

impl Listener {
    pub(super) fn bind() -> anyhow::Result<Listener> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let origin = format!("http://{}", listener.local_addr()?);
        Ok(Listener { listener, origin })
    }

    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    pub(super) fn url(&self) -> String {
        format!("{}/loaded", self.origin)
    }

    /// Waits for a page's request and answers it; gives up when the app ends or takes too long.
    fn wait(&self, app: &mut Running) -> anyhow::Result<()> {
        let (listener, (sender, receiver)) = (self.listener.try_clone()?, mpsc::channel());
        thread::spawn(move || {
            // Nobody waits any more when the app has failed.
            let _ = sender.send(answer(&listener));
        });
        let began = Instant::now();
        loop {
            match receiver.recv_timeout(LIVENESS_CHECK) {
                Ok(answered) => return answered,
                Err(_) if began.elapsed() > DEADLINE => {
                    bail!("no page within {} s", DEADLINE.as_secs())
                }
                Err(_) => {
                    ensure!(app.0.try_wait()?.is_none(), "the app ended before its page had loaded")
                }
            }
        }
    }
}

fn answer(listener: &TcpListener) -> anyhow::Result<()> {
    let (mut stream, _) = listener.accept()?;
    let mut request = [0; 1024];
    let _ = stream.read(&mut request)?;
    stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")?;
    Ok(())
}

/// Seconds from start to page loaded: ours and the baseline's.
pub(super) fn compare(
    ours: &Path,
    empty: &Path,
    listener: &Listener,
) -> anyhow::Result<(f64, f64)> {
    let display = Display::start()?;
    let (mut our_times, mut empty_times) = (Vec::new(), Vec::new());
    for run in 0..=RUNS {
        let (our_time, empty_time) =
            (once(ours, &display, listener)?, once(empty, &display, listener)?);
        // The first round warms the disk's cache.
        if run > 0 {
            our_times.push(our_time);
            empty_times.push(empty_time);
        }
    }
    Ok((median(our_times), median(empty_times)))
}

fn once(binary: &Path, display: &Display, listener: &Listener) -> anyhow::Result<f64> {
    let home = tempfile::tempdir()?;
    let mut command = process::command("dbus-run-session", root());
    command.arg("--").arg(binary).env("DISPLAY", &display.name).env("HOME", home.path());
    command.env_remove("WAYLAND_DISPLAY").stdout(Stdio::null()).stderr(Stdio::null());
    let began = Instant::now();
    let mut app = Running::spawn(&mut command)?;
    listener.wait(&mut app)?;
    let seconds = began.elapsed().as_secs_f64();
    app.stop();
    Ok(seconds)
}

/// A child in a process group of its own, which ends as a whole: the app has children too.
struct Running(Child);

impl Running {
    fn spawn(command: &mut Command) -> anyhow::Result<Running> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        Ok(Running(command.spawn().context("failed to start an app")?))
    }

    fn stop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = process::run_quiet(process::command("kill", root()).args(["-KILL", "--", &group]));
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A display that nobody sees.
struct Display {
    _server: Running,
    name: String,
}

impl Display {
    fn start() -> anyhow::Result<Display> {
        let server = process::find("Xvfb", "run `cargo xtask setup --tests`")?;
        let mut command = process::command(server, root());
        command.args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]);
        let mut server = Running::spawn(command.stdout(Stdio::piped()).stderr(Stdio::null()))?;
        let output = server.0.stdout.take().context("the display's number comes on its stdout")?;
        let mut number = String::new();
        BufReader::new(output).read_line(&mut number)?;
        Ok(Display { name: format!(":{}", number.trim()), _server: server })
    }
}
