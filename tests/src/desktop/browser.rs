//! The desktop's browser, replaced by a recorder: `xdg-open` and the default handler of web and
//! mail addresses append the address to a file instead of opening it.

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};

use crate::watch;

/// One write per call, so that two calls at once keep their lines apart.
const RECORDER: &str = "#!/bin/sh\nprintf '%s\\n' \"$1\" >> '@FILE@'\n";

const DESKTOP_ENTRY: &str = "[Desktop Entry]\nType=Application\nName=Recorder\nExec=@EXEC@ %u\nNoDisplay=true\n\
    MimeType=x-scheme-handler/http;x-scheme-handler/https;x-scheme-handler/mailto;\n";

const DEFAULT_HANDLERS: &str = "[Default Applications]\nx-scheme-handler/http=recorder.desktop\n\
    x-scheme-handler/https=recorder.desktop\nx-scheme-handler/mailto=recorder.desktop\n";

pub(super) fn install(root: &Path) -> Result<()> {
    let recorder = programs(root).join("xdg-open");
    fs_err::create_dir(programs(root))?;
    fs_err::create_dir(recorded(root))?;
    fs_err::write(record(root), "")?;
    fs_err::write(&recorder, RECORDER.replace("@FILE@", &record(root).to_string_lossy()))?;
    fs_err::set_permissions(&recorder, std::fs::Permissions::from_mode(0o755))?;

    let home = root.join(super::HOME);
    let applications = home.join(".local/share/applications");
    fs_err::create_dir_all(&applications)?;
    let entry = DESKTOP_ENTRY.replace("@EXEC@", &recorder.to_string_lossy());
    fs_err::write(applications.join("recorder.desktop"), entry)?;
    fs_err::create_dir_all(home.join(".config"))?;
    fs_err::write(home.join(".config/mimeapps.list"), DEFAULT_HANDLERS)?;
    Ok(())
}

pub(super) fn prepend_to_path(root: &Path, env: &mut [(OsString, OsString)]) {
    for (name, value) in env {
        if name == "PATH" {
            let mut path = programs(root).into_os_string();
            path.push(":");
            path.push(&*value);
            *value = path;
        }
    }
}

pub(super) fn opened_urls(root: &Path) -> Result<Vec<String>> {
    Ok(fs_err::read_to_string(record(root))?.lines().map(str::to_owned).collect())
}

pub(super) async fn wait_for_opened_url(
    root: &Path,
    what: &str,
    fits: impl Fn(&str) -> bool,
    limit: Duration,
) -> Result<String> {
    let directory = recorded(root);
    let found =
        watch::until(&directory, || Ok(opened_urls(root)?.into_iter().find(|url| fits(url))));
    match tokio::time::timeout(limit, found).await {
        Ok(found) => found,
        Err(_) => bail!(
            "waited {limit:?} in vain for {what} to be opened; opened: {:?}",
            opened_urls(root)?
        ),
    }
}

fn programs(root: &Path) -> PathBuf {
    root.join("bin")
}

fn recorded(root: &Path) -> PathBuf {
    root.join("opened")
}

fn record(root: &Path) -> PathBuf {
    recorded(root).join("urls")
}
