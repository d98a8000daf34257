//! macOS: an agent of the user's session. The crate auto-launch writes one too, and a broken one where a path has an `&`.
//! https://developer.apple.com/library/archive/documentation/MacOSX/Conceptual/BPSystemStartup/Chapters/CreatingLaunchdJobs.html

use std::{env, io, path::PathBuf};

use runtime_settings::settings::App;

use super::ARGUMENT;

pub(super) fn enable(app: &App) -> io::Result<()> {
    let program = env::current_exe()?;
    let text = program.to_str().filter(|path| !path.contains(char::is_control));
    // What runs from a disk image, or from where the system moved it for a look, is elsewhere next time.
    let stays = !program.starts_with("/Volumes") && !program.starts_with("/private/var");
    let program = text.filter(|_| stays).ok_or_else(|| {
        io::Error::new(io::ErrorKind::Unsupported, "the app must be in the folder Applications")
    })?;
    let path = path(app)?;
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder)?;
    }
    fs_err::write(&path, agent(&app.id, program))
}

pub(super) fn disable(app: &App) -> io::Result<()> {
    match fs_err::remove_file(path(app)?) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

pub(super) fn is_enabled(app: &App) -> io::Result<bool> {
    fs_err::exists(path(app)?)
}

fn path(app: &App) -> io::Result<PathBuf> {
    let home = env::home_dir().ok_or_else(|| io::Error::other("the user has no home folder"))?;
    Ok(home.join("Library/LaunchAgents").join(format!("{}.plist", app.id)))
}

fn agent(id: &str, program: &str) -> String {
    let program = program.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n<dict>\n\
         <key>Label</key><string>{id}</string>\n\
         <key>AssociatedBundleIdentifiers</key><array><string>{id}</string></array>\n\
         <key>ProgramArguments</key><array><string>{program}</string><string>{ARGUMENT}</string></array>\n\
         <key>RunAtLoad</key><true/>\n\
         </dict>\n</plist>\n"
    )
}
