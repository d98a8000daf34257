//! Where the installed app shows its window: a display and a home of its own on Linux, the machine's elsewhere.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use anyhow::Context as _;
use tempfile::TempDir;

use super::plan::Step;
use crate::{
    error,
    process::{self, End, Group},
    workspace::root,
};

/// Larger than the window of most apps; its depth in bits.
const SCREEN: &str = "1920x1200x24";
/// How long the display may take to start. It takes 0.1 s on an idle machine.
const START_LIMIT: Duration = Duration::from_secs(30);
/// How long it may take to remove its lock and its socket.
const END_LIMIT: Duration = Duration::from_secs(3);
/// How the app is told where it is: nothing of the user's session, no accelerated drawing, no service of the desktop that
/// would be started on demand and stay.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("DBUS_SESSION_BUS_ADDRESS", "disabled:"),
    ("GDK_BACKEND", "x11"),
    ("GSETTINGS_BACKEND", "memory"),
    ("LANG", "C.UTF-8"),
    ("LIBGL_ALWAYS_SOFTWARE", "1"),
    ("NO_AT_BRIDGE", "1"),
    ("XDG_SESSION_TYPE", "x11"),
];
/// The folders of the home, by the variables that name them.
const HOME_FOLDERS: &[(&str, &str)] = &[
    ("HOME", ""),
    ("XDG_CACHE_HOME", "cache"),
    ("XDG_CONFIG_HOME", "config"),
    ("XDG_DATA_HOME", "data"),
    ("XDG_RUNTIME_DIR", "run"),
    ("XDG_STATE_HOME", "state"),
    ("TMPDIR", "tmp"),
];
/// Takes the whole screen; the file is named by the environment, so that no path stands in the script.
const WINDOWS_SCREENSHOT: &str = "\
Add-Type -AssemblyName System.Windows.Forms, System.Drawing
$area = [System.Windows.Forms.SystemInformation]::VirtualScreen
$picture = New-Object System.Drawing.Bitmap $area.Width, $area.Height
[System.Drawing.Graphics]::FromImage($picture).CopyFromScreen($area.Location, [System.Drawing.Point]::Empty, $area.Size)
$picture.Save($env:DESKWRIGHT_SCREENSHOT, [System.Drawing.Imaging.ImageFormat]::Png)";
const SCREENSHOT_VARIABLE: &str = "DESKWRIGHT_SCREENSHOT";
/// How long a picture of the screen may take to be written.
const SCREENSHOT_LIMIT: Duration = Duration::from_secs(30);

/// The machine's own desktop, or a private one. It ends on drop.
#[derive(Debug)]
pub(super) struct Display {
    private: Option<Private>,
}

#[derive(Debug)]
struct Private {
    // Dropped first: the server must end before its files go.
    server: Group,
    name: String,
    home: TempDir,
}

impl Display {
    pub(super) fn start() -> anyhow::Result<Display> {
        let private = if cfg!(target_os = "linux") { Some(Private::start()?) } else { None };
        Ok(Display { private })
    }

    /// Makes a command one of this desktop.
    pub(super) fn adopt(&self, command: &mut Command) {
        let Some(private) = &self.private else { return };
        command.env_remove("WAYLAND_DISPLAY").env("DISPLAY", &private.name);
        command.envs(ENVIRONMENT.iter().copied());
        for (name, folder) in HOME_FOLDERS {
            command.env(name, private.home.path().join(folder));
        }
    }

    /// The folder by whose name processes of this desktop are known; only the private one has it.
    pub(super) fn home(&self) -> Option<&Path> {
        Some(self.private.as_ref()?.home.path())
    }

    /// Takes a picture of the whole screen with the system's own tool.
    pub(super) fn screenshot(&self, file: &Path) -> anyhow::Result<()> {
        let step = screenshot_step(std::env::consts::OS, file);
        let (program, args) = step.words.split_first().context("a step has words")?;
        let mut command = process::command(program, root());
        self.adopt(command.args(args).env(SCREENSHOT_VARIABLE, file));
        process::run_within(&mut command, SCREENSHOT_LIMIT)?.expect_success()
    }
}

/// The command that takes the picture; `system` is a word of Rust.
fn screenshot_step(system: &str, file: &Path) -> Step {
    match system {
        "windows" => Step::new(["powershell", "-NoProfile", "-NonInteractive", "-Command"])
            .arg(WINDOWS_SCREENSHOT),
        "macos" => Step::new(["screencapture", "-x", "-t", "png"]).arg(file),
        _ => Step::new(["import", "-window", "root"]).arg(file),
    }
}

impl Private {
    fn start() -> anyhow::Result<Private> {
        process::find("Xvfb", "install it (Debian: `xvfb`)")?;
        process::find("import", "install ImageMagick (Debian: `imagemagick`)")?;
        let home = tempfile::Builder::new().prefix("deskwright-verify-").tempdir()?;
        for (_, folder) in HOME_FOLDERS {
            fs_err::create_dir_all(home.path().join(folder))?;
        }
        make_private(&home.path().join("run"))?;
        let mut command = process::command("Xvfb", home.path());
        // The server picks a free number and says which.
        command.args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]);
        let mut server = Group::start(command.stdout(Stdio::piped()).stderr(Stdio::null()))?;
        let stdout = server.child().stdout.take().context("stdout is a pipe")?;
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            // Nobody listens any more when this came too late.
            let _ = sender.send(BufReader::new(stdout).read_line(&mut line).map(|_| line));
        });
        let number = receiver.recv_timeout(START_LIMIT).map_err(|_| {
            error::timeout(format!("no display within {START_LIMIT:?}"), "start `Xvfb` by hand")
        })??;
        anyhow::ensure!(!number.trim().is_empty(), "`Xvfb` has ended at its start");
        Ok(Private { server, name: format!(":{}", number.trim()), home })
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        self.server.end(End::Soon);
        // Too late is killed, and the group's own end says no more.
        let _ = self.server.wait_within(END_LIMIT);
    }
}

/// Toolkits refuse a runtime folder that others may read.
fn make_private(folder: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs_err::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_system_has_a_tool_for_pictures() {
        let file = Path::new("/a b.png");
        assert_eq!(screenshot_step("linux", file).line(), "import -window root /a b.png");
        assert_eq!(screenshot_step("macos", file).line(), "screencapture -x -t png /a b.png");
        let windows = screenshot_step("windows", file);
        assert!(windows.line().contains("CopyFromScreen") && !windows.line().contains("a b.png"));
        assert!(windows.line().contains(&format!("$env:{SCREENSHOT_VARIABLE}")));
    }
}
