//! The program of this app, as it is started again.

use std::{io, path::PathBuf};

use tauri::Env;

/// Its path. Not where the system says that the running one is: a package that was updated meanwhile has taken that away.
pub(crate) fn path() -> io::Result<PathBuf> {
    tauri::process::current_binary(&environment())
}

/// What Tauri starts the app again by. Children of an AppImage, such as a terminal's, inherit what says so of it.
pub(crate) fn environment() -> Env {
    #[cfg_attr(not(target_os = "linux"), allow(unused_mut, reason = "there are no AppImages"))]
    let mut env = Env::default();
    #[cfg(target_os = "linux")]
    {
        let program = tauri::utils::platform::current_exe().ok();
        let image = env.appdir.as_ref().zip(program);
        if !image.is_some_and(|(dir, path)| path.starts_with(dir)) {
            (env.appimage, env.appdir) = (None, None);
        }
    }
    env
}
