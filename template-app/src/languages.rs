//! Which languages the user reads, for the few words that the runtime has itself and for labels that an app has in several.

/// As the system writes them (`de_DE.UTF-8`, `de-DE`), the favourite first.
#[cfg(target_os = "linux")]
pub(crate) fn of_user() -> Vec<String> {
    gtk::glib::language_names().iter().map(ToString::to_string).collect()
}

/// As the system writes them (`de_DE.UTF-8`, `de-DE`), the favourite first.
#[cfg(not(target_os = "linux"))]
pub(crate) fn of_user() -> Vec<String> {
    sys_locale::get_locales().collect()
}
