//! A private desktop: an X display with a window manager, a session bus, home directories and a
//! recording browser. How windows are found and driven is in `windows`.

mod browser;
mod display;
mod windows;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::calls;
use crate::picture::Picture;
use crate::process::{self, ProcessGroup, Running, tail};
use display::Display;
pub use windows::Window;

/// Size of the screen in pixels, and its depth in bits: larger than the default window of an app by
/// as much as a title bar needs.
const SCREEN: &str = "1280x800x24";

/// How long each part of the desktop may take to start. Seen: 0.1 s; a loaded machine needs more.
const START_LIMIT: Duration = Duration::from_secs(30);

/// What the children see of our own environment; all else is set below or absent.
const INHERITED_VARIABLES: &[&str] = &["PATH", "RUST_BACKTRACE"];

/// A bus on which nothing is started on demand: no portal, no accessibility bus, no settings daemon
/// that would outlive the test.
const BUS_CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=@SOCKET@</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A desktop of its own: nothing of it is shared with another one, so that tests run side by side.
/// It ends on drop.
#[derive(Debug)]
pub struct Desktop {
    // Dropped first: the processes must end before their directories go.
    services: ProcessGroup,
    root: TempDir,
    display: String,
    bus: String,
    /// The test whose calls are noted.
    test: Option<String>,
    // Keeps the window by which the window manager was greeted: openbox may still read a greeting
    // late, and would take another window of the same number for it.
    _greeter: Option<Display>,
}

impl Desktop {
    /// Starts the display, its window manager and the bus, and waits until they are ready.
    pub async fn start() -> Result<Self> {
        let root = tempfile::Builder::new().prefix("desktop-").tempdir()?;
        for directory in [HOME, RUNTIME, LOGS, TEMPORARY] {
            fs_err::create_dir(root.path().join(directory))?;
        }
        make_private(&root.path().join(RUNTIME))?;
        browser::install(root.path())?;

        let mut services = ProcessGroup::new()?;
        let display = start_display(&mut services, root.path()).await?;
        let bus = start_bus(&mut services, root.path()).await?;
        let mut desktop =
            Self { services, root, display, bus, test: calls::current_test(), _greeter: None };
        desktop.start_window_manager().await?;
        Ok(desktop)
    }

    async fn start_window_manager(&mut self) -> Result<()> {
        let root = self.root.path();
        let log = log_file(root, "openbox")?;
        let mut command = self.command("openbox");
        command.arg("--sm-disable").stdout(log.try_clone()?).stderr(log);
        self.services.spawn(&mut command)?;
        let greeter = Display::connect(&self.display)?;
        let greeted = tokio::time::timeout(START_LIMIT, greeter.greet_window_manager()).await;
        self._greeter = Some(greeter);
        match greeted {
            Ok(greeted) => greeted,
            Err(_) => {
                bail!("no window manager after {START_LIMIT:?}\n{}", service_log(root, "openbox")?)
            }
        }
    }

    /// The whole environment of a process on this desktop.
    pub fn env(&self) -> Vec<(OsString, OsString)> {
        let home = self.home();
        let mut env: Vec<(OsString, OsString)> = INHERITED_VARIABLES
            .iter()
            .filter_map(|name| Some((name.into(), std::env::var_os(name)?)))
            .collect();
        env.extend([
            ("DISPLAY".into(), self.display.clone().into()),
            ("DBUS_SESSION_BUS_ADDRESS".into(), self.bus.clone().into()),
            ("HOME".into(), home.clone().into()),
            ("XDG_CONFIG_HOME".into(), home.join(".config").into()),
            ("XDG_DATA_HOME".into(), home.join(".local/share").into()),
            ("XDG_STATE_HOME".into(), home.join(".local/state").into()),
            ("XDG_CACHE_HOME".into(), home.join(".cache").into()),
            ("XDG_RUNTIME_DIR".into(), self.root.path().join(RUNTIME).into()),
            ("XDG_SESSION_TYPE".into(), "x11".into()),
            ("TMPDIR".into(), self.root.path().join(TEMPORARY).into()),
            ("GDK_BACKEND".into(), "x11".into()),
            // Without the settings daemon GTK would warn on every start.
            ("GSETTINGS_BACKEND".into(), "memory".into()),
            ("NO_AT_BRIDGE".into(), "1".into()),
            ("LANG".into(), "C.UTF-8".into()),
            ("TZ".into(), "UTC".into()),
        ]);
        browser::prepend_to_path(self.root.path(), &mut env);
        env.extend(calls::variables(self.test.as_deref()));
        env
    }

    /// A command with exactly this desktop's environment.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = process::command(program);
        command.env_clear().envs(self.env()).current_dir(self.home());
        command
    }

    /// Starts a program on this desktop, in a process group of its own.
    pub fn spawn(&self, program: impl AsRef<OsStr>, args: &[&str]) -> Result<Running> {
        Running::start(self.command(program).args(args))
    }

    /// The home directory of this desktop's user; `~/.config`, `~/.local/share`, `~/.local/state`
    /// and `~/.cache` are under it.
    pub fn home(&self) -> PathBuf {
        self.root.path().join(HOME)
    }

    /// The name of the X display, such as `:3`.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// The address of the session bus.
    pub fn bus(&self) -> &str {
        &self.bus
    }

    /// The addresses that processes of this desktop have opened in "the browser", oldest first.
    pub fn opened_urls(&self) -> Result<Vec<String>> {
        browser::opened_urls(self.root.path())
    }

    /// Waits until an address that fits has been opened in "the browser", and returns it.
    pub async fn wait_for_opened_url(
        &self,
        what: &str,
        fits: impl Fn(&str) -> bool,
        limit: Duration,
    ) -> Result<String> {
        browser::wait_for_opened_url(self.root.path(), what, fits, limit).await
    }

    /// A picture of the whole screen.
    pub fn screenshot(&self) -> Result<Picture> {
        Display::connect(&self.display)?.picture(None)
    }
}

const HOME: &str = "home";
const RUNTIME: &str = "run";
const LOGS: &str = "logs";
const TEMPORARY: &str = "tmp";

async fn start_display(services: &mut ProcessGroup, root: &Path) -> Result<String> {
    let mut command = process::command("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]);
    command.stdout(Stdio::piped()).stderr(log_file(root, "Xvfb")?);
    let number = first_line(services.spawn(&mut command)?, root, "Xvfb").await?;
    Ok(format!(":{number}"))
}

async fn start_bus(services: &mut ProcessGroup, root: &Path) -> Result<String> {
    let config = root.join("bus.conf");
    let socket = root.join(RUNTIME).join("bus");
    fs_err::write(&config, BUS_CONFIG.replace("@SOCKET@", &socket.to_string_lossy()))?;
    let mut command = process::command("dbus-daemon");
    command.arg("--config-file").arg(config).args(["--print-address=1", "--nofork", "--nosyslog"]);
    command.stdout(Stdio::piped()).stderr(log_file(root, "dbus-daemon")?);
    first_line(services.spawn(&mut command)?, root, "dbus-daemon").await
}

/// The line by which a service says that it is ready, and where.
async fn first_line(service: &mut Child, root: &Path, name: &str) -> Result<String> {
    let stdout: ChildStdout = service.stdout.take().context("stdout is not piped")?;
    let mut lines = BufReader::new(tokio::process::ChildStdout::from_std(stdout)?).lines();
    match tokio::time::timeout(START_LIMIT, lines.next_line()).await {
        Ok(Ok(Some(line))) => Ok(line.trim().to_owned()),
        Ok(Ok(None)) => bail!("`{name}` ended before it was ready\n{}", service_log(root, name)?),
        Ok(Err(error)) => Err(error).with_context(|| format!("failed to read from `{name}`")),
        Err(_) => {
            bail!("`{name}` was not ready within {START_LIMIT:?}\n{}", service_log(root, name)?)
        }
    }
}

fn log_file(root: &Path, service: &str) -> Result<std::fs::File> {
    let path = root.join(LOGS).join(format!("{service}.log"));
    Ok(fs_err::File::create(path)?.into_parts().0)
}

fn service_log(root: &Path, service: &str) -> Result<String> {
    let path = root.join(LOGS).join(format!("{service}.log"));
    Ok(format!("--- log of {service}\n{}", tail(&fs_err::read_to_string(path)?)))
}

/// The runtime directory must be its owner's alone, or GLib refuses it.
fn make_private(directory: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs_err::set_permissions(directory, std::fs::Permissions::from_mode(0o700))?)
}
