//! NSIS and MSI installers, silent, with what Windows knows of an installed app.

use std::path::{Path, PathBuf};

use super::plan::{Plan, Step};

/// Where Windows lists installed programs, what files and links open with, and what starts with the session; for the user
/// and for all.
const KEYS: &[&str] = &[
    r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall",
    r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall",
    r"HKLM\Software\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall",
    r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run",
    r"HKLM\Software\Microsoft\Windows\CurrentVersion\Run",
    r"HKCU\Software\Classes",
    r"HKLM\Software\Classes",
    r"HKCU\Software\RegisteredApplications",
    r"HKLM\Software\RegisteredApplications",
];
/// Folders of the system that an installer writes to, below the folder that a variable names.
const PLACES: &[(&str, &str)] = &[
    ("ProgramData", r"Microsoft\Windows\Start Menu"),
    ("AppData", r"Microsoft\Windows\Start Menu"),
    ("Public", "Desktop"),
    ("UserProfile", "Desktop"),
];

/// The machine's own folders, as its environment names them.
pub(super) struct Folders<'a> {
    pub(super) variable: &'a dyn Fn(&str) -> Option<PathBuf>,
}

impl Folders<'_> {
    /// Where the app can be, and for whom it is then, as our installers call that.
    fn apps(&self, product: &str) -> Vec<(PathBuf, &'static str)> {
        let user = (self.variable)("LocalAppData").into_iter();
        let programs = user.clone().map(|folder| folder.join("Programs"));
        let all = (self.variable)("ProgramFiles").into_iter();
        let user = user.chain(programs).map(|folder| (folder.join(product), "/CurrentUser"));
        user.chain(all.map(|folder| (folder.join(product), "/AllUsers"))).collect()
    }

    fn system(&self, product: &str, slug: &str) -> Plan {
        let apps: Vec<_> = self.apps(product).into_iter().map(|(folder, _)| folder).collect();
        let menus =
            PLACES.iter().filter_map(|(name, folder)| Some((self.variable)(name)?.join(folder)));
        let keys = KEYS.iter().map(|key| Step::new(["reg", "query", key]));
        let image = format!("IMAGENAME eq {slug}.exe");
        let running = Step::new(["tasklist", "/NH", "/FO", "CSV", "/FI"]).arg(image);
        Plan {
            programs: apps.iter().map(|app| app.join(format!("{slug}.exe"))).collect(),
            places: apps.iter().cloned().chain(menus).collect(),
            listings: keys.chain([running]).collect(),
            ..Plan::default()
        }
    }
}

/// An NSIS installer. Its uninstaller lies beside the program, wherever that is.
pub(super) fn nsis(setup: &Path, product: &str, slug: &str, folders: &Folders<'_>) -> Plan {
    let remover = |(folder, whose): (PathBuf, &'static str)| {
        let remover = folder.join("uninstall.exe");
        Step::new([remover.as_os_str()]).arg("/S").arg(whose).only_with(remover)
    };
    Plan {
        install: vec![Step::new([setup.as_os_str()]).arg("/S")],
        remove: folders.apps(product).into_iter().map(remover).collect(),
        ..folders.system(product, slug)
    }
}

/// An MSI package, by Windows' own installer.
pub(super) fn msi(msi: &Path, product: &str, slug: &str, folders: &Folders<'_>) -> Plan {
    let msiexec =
        |action: &str| Step::new(["msiexec", action]).arg(msi).arg("/qn").arg("/norestart");
    Plan {
        install: vec![msiexec("/i")],
        remove: vec![msiexec("/x")],
        ..folders.system(product, slug)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str) -> Option<PathBuf> {
        let folder = match name {
            "LocalAppData" => "L",
            "ProgramFiles" => "P",
            "AppData" => "A",
            _ => return None,
        };
        Some(PathBuf::from(folder))
    }

    #[test]
    fn nsis_is_silent_and_removed_by_its_own_uninstaller() {
        let folders = Folders { variable: &variable };
        let plan = nsis(Path::new("setup.exe"), "My Notes", "notes", &folders);
        assert_eq!(plan.install[0].line(), "setup.exe /S");
        let user = Path::new("L").join("My Notes");
        assert_eq!(plan.programs[0], user.join("notes.exe"));
        assert_eq!(plan.programs[2], Path::new("P").join("My Notes").join("notes.exe"));
        assert_eq!(plan.remove[0].only_with, Some(user.join("uninstall.exe")));
        assert!(plan.remove[0].line().ends_with("uninstall.exe /S /CurrentUser"));
        assert!(plan.remove[2].line().ends_with("uninstall.exe /S /AllUsers"));
        assert_eq!(plan.places[3], Path::new("A").join(r"Microsoft\Windows\Start Menu"));
        let running = plan.listings.last().unwrap().line();
        assert_eq!(running, "tasklist /NH /FO CSV /FI IMAGENAME eq notes.exe");
        assert!(
            plan.listings.iter().any(|step| step.line().ends_with(r"CurrentVersion\Uninstall"))
        );
    }

    #[test]
    fn msi_goes_by_windows_own_installer() {
        let folders = Folders { variable: &variable };
        let plan = msi(Path::new("a.msi"), "My Notes", "notes", &folders);
        assert_eq!(plan.install[0].line(), "msiexec /i a.msi /qn /norestart");
        assert_eq!(plan.remove[0].line(), "msiexec /x a.msi /qn /norestart");
    }
}
