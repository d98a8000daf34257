//! Linux: a desktop entry in the user's folder for such entries.
//! https://specifications.freedesktop.org/autostart-spec/latest/

use std::{
    env, io,
    path::{Path, PathBuf},
};

use runtime_settings::settings::App;

use super::ARGUMENT;
use crate::program;

pub(super) fn enable(app: &App) -> io::Result<()> {
    let path = path(app)?;
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder)?;
    }
    let new = path.with_extension("desktop.new");
    fs_err::write(&new, entry(app, &program::path()?)?)?;
    fs_err::rename(&new, &path)
}

pub(super) fn disable(app: &App) -> io::Result<()> {
    match fs_err::remove_file(path(app)?) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Programs for settings do not remove an entry, they switch it off.
pub(super) fn is_enabled(app: &App) -> io::Result<bool> {
    match fs_err::read_to_string(path(app)?) {
        Ok(text) => Ok(is_on(&text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn is_on(entry: &str) -> bool {
    let is_off = |line: &str| {
        let (key, value) = line.split_once('=').unwrap_or_default();
        matches!(
            (key.trim(), value.trim()),
            ("Hidden", "true") | ("X-GNOME-Autostart-enabled", "false")
        )
    };
    !entry.lines().any(is_off)
}

fn path(app: &App) -> io::Result<PathBuf> {
    // A relative path in the variable counts as none.
    let config =
        env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let config = config.or_else(|| Some(env::home_dir()?.join(".config")));
    let config = config.ok_or_else(|| io::Error::other("the user has no home folder"))?;
    Ok(config.join("autostart").join(format!("{}.desktop", app.id)))
}

fn entry(app: &App, program: &Path) -> io::Result<String> {
    let program = program.to_str().filter(|path| !path.contains(char::is_control));
    let program = program.ok_or_else(|| {
        io::Error::new(io::ErrorKind::Unsupported, "the path of the program is no plain text")
    })?;
    Ok(format!(
        "[Desktop Entry]\nType=Application\nName={}\nExec={} {ARGUMENT}\nIcon={}\nTerminal=false\n\
         X-GNOME-Autostart-enabled=true\n",
        text(&app.name),
        quoted(program),
        app.slug,
    ))
}

/// A value on one line.
fn text(value: &str) -> String {
    value.split(char::is_control).collect::<Vec<_>>().join(" ").replace('\\', "\\\\")
}

/// An argument of `Exec`: quoted for its own rules, in which a percent sign begins a field code, and then for those of all values.
/// https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html
fn quoted(argument: &str) -> String {
    let mut quoted = String::from('"');
    for c in argument.chars() {
        match c {
            '"' | '`' | '$' | '\\' => quoted.extend(['\\', c]),
            '%' => quoted.push_str("%%"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    text(&quoted)
}

#[cfg(test)]
mod tests {
    use gtk::glib;

    use super::*;

    fn app() -> App {
        App {
            name: "A\\B\nC".to_owned(),
            id: "com.example.a".to_owned(),
            slug: "a-b".to_owned(),
            version: "1.0.0".to_owned(),
        }
    }

    /// What the desktop's own reader makes of it.
    fn read(entry: &str) -> (String, Vec<String>) {
        let file = glib::KeyFile::new();
        file.load_from_data(entry, glib::KeyFileFlags::NONE).unwrap();
        let value = |key| file.string("Desktop Entry", key).unwrap().to_string();
        let exec = value("Exec").replace("%%", "%");
        let words = glib::shell_parse_argv(exec).unwrap();
        let words = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        (value("Name"), words)
    }

    #[test]
    fn every_path_comes_out_as_it_went_in() {
        for path in ["/usr/bin/a", "/opt/My App/a", "/o/100% `x` $HOME \"q\" \\n 'e' %U/a;b&c"] {
            let entry = entry(&app(), Path::new(path)).unwrap();
            let (name, words) = read(&entry);
            assert_eq!((name.as_str(), words), ("A\\B C", vec![path.to_owned(), ARGUMENT.into()]));
        }
        assert!(entry(&app(), Path::new("/a\nExec=evil")).is_err());
    }

    #[test]
    fn an_entry_that_was_switched_off_counts_as_off() {
        let entry = entry(&app(), Path::new("/usr/bin/a")).unwrap();
        assert!(is_on(&entry));
        assert!(!is_on(&format!("{entry}Hidden=true\n")));
        assert!(!is_on(&entry.replace("enabled=true", "enabled=false")));
    }
}
