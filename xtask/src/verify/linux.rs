//! Debian packages as a user of apt installs them; rpm packages by dnf, or below a folder where the system is no rpm one.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use super::plan::{Plan, Step};

/// apt waits as long for another package manager, in seconds.
const APT_LOCK: &str = "DPkg::Lock::Timeout=240";
/// Where packages put files, and where a script of one might.
const PLACES: &[&str] = &["/usr", "/etc", "/opt", "/srv", "/var"];
/// What the system writes by itself below them: package databases, caches, logs, spools, the caches of menus and icons,
/// and other people's own software.
const IGNORED: &[&str] = &[
    "/usr/local",
    "/usr/src",
    "/usr/share/applications/mimeinfo.cache",
    "/usr/share/icons/hicolor/icon-theme.cache",
    "/var/cache",
    "/var/lib/apt",
    "/var/lib/dnf",
    "/var/lib/docker",
    "/var/lib/containers",
    "/var/lib/dpkg",
    "/var/lib/rpm",
    "/var/log",
    "/var/spool",
    "/var/tmp",
];
/// Folders that every system with rpm has, where apps put files.
const SYSTEM_FOLDERS: &[&str] = &[
    "usr/bin",
    "usr/lib",
    "usr/share/applications",
    "usr/share/doc",
    "usr/share/icons/hicolor/16x16/apps",
    "usr/share/icons/hicolor/24x24/apps",
    "usr/share/icons/hicolor/32x32/apps",
    "usr/share/icons/hicolor/48x48/apps",
    "usr/share/icons/hicolor/64x64/apps",
    "usr/share/icons/hicolor/128x128/apps",
    "usr/share/icons/hicolor/256x256/apps",
    "usr/share/icons/hicolor/256x256@2/apps",
    "usr/share/icons/hicolor/512x512/apps",
    "usr/share/icons/hicolor/scalable/apps",
    "usr/share/licenses",
    "usr/share/man/man1",
    "var/lib/rpm",
];
/// Where a script might make the app start by itself, below the user's home. The rest of it is busy with other things.
const AUTOSTART: &str = ".config/autostart";

/// A package that apt installs. `depends` is its own field.
pub(super) fn deb(deb: &Path, slug: &str, depends: &str, home: &Path) -> Plan {
    let apt = |action: &str| {
        Step::privileged(["apt-get", "--quiet", "--yes", "--no-install-recommends"])
            .arg("--option")
            .arg(APT_LOCK)
            .arg(action)
    };
    let needs = (!depends.is_empty()).then(|| apt("satisfy").arg(depends));
    Plan {
        prepare: needs.into_iter().collect(),
        install: vec![apt("install").arg(explicit(deb))],
        remove: vec![apt("purge").arg(slug)],
        owner: Some(Step::new(["dpkg-query", "--search"])),
        ..system(slug, home)
    }
}

/// A package that dnf installs.
pub(super) fn rpm_by_dnf(rpm: &Path, slug: &str, home: &Path) -> Plan {
    let dnf = |action: &str| {
        Step::privileged(["dnf", "--assumeyes", "--setopt=install_weak_deps=False", action])
    };
    Plan {
        install: vec![dnf("install").arg(explicit(rpm))],
        // dnf would also remove what only this app needed, which may have been there before.
        remove: vec![Step::privileged(["rpm", "--erase", slug])],
        owner: Some(Step::new([
            "rpm",
            "--query",
            "--queryformat",
            "[%{=NAME}: %{FILENAMES}\\n]",
            "--file",
        ])),
        ..system(slug, home)
    }
}

/// A package on a system of another kind: rpm checks its digests and knows its files below `folder`. Its scripts do not run
/// and its dependencies are not looked for, since the folder is no whole system. Debian's rpm asks for `alien` unless told that
/// this is meant; others do not know the word.
pub(super) fn rpm_in_folder(rpm: &Path, slug: &str, folder: &Path, debian: bool) -> Plan {
    let rpm_in = |words: &[&str]| {
        let step = Step::privileged(["rpm", "--dbpath", "/var/lib/rpm", "--root"]).arg(folder);
        words.iter().fold(step, |step, word| step.arg(word))
    };
    let within = |words: &[&str]| {
        let step = rpm_in(words);
        if debian { step.arg("--force-debian") } else { step }
    };
    let folders = SYSTEM_FOLDERS
        .iter()
        .fold(Step::privileged(["mkdir", "--parents"]), |step, path| step.arg(folder.join(path)));
    let install = within(&["--install", "--nodeps", "--noscripts"]);
    Plan {
        prepare: vec![folders, rpm_in(&["--initdb"])],
        install: vec![install.arg(explicit(rpm))],
        inspect: vec![within(&["--verify", "--nodeps", "--noscripts", slug])],
        programs: vec![folder.join("usr/bin").join(slug)],
        entries: vec![folder.join(desktop_entry(slug))],
        remove: vec![within(&["--erase", "--nodeps", "--noscripts", slug])],
        places: vec![folder.to_owned()],
        ignored: vec![folder.join("var/lib/rpm")],
        dispose: vec![Step::privileged(["rm", "--recursive", "--force"]).arg(folder)],
        ..Plan::default()
    }
}

/// What an installation into the system has in common, whoever does it.
fn system(slug: &str, home: &Path) -> Plan {
    let places = PLACES.iter().map(PathBuf::from);
    Plan {
        programs: vec![Path::new("/usr/bin").join(slug)],
        entries: vec![Path::new("/").join(desktop_entry(slug))],
        places: places.chain([home.join(AUTOSTART)]).collect(),
        ignored: IGNORED.iter().map(PathBuf::from).collect(),
        ..Plan::default()
    }
}

fn desktop_entry(slug: &str) -> PathBuf {
    Path::new("usr/share/applications").join(format!("{slug}.desktop"))
}

/// apt and dnf take a word without a slash for the name of a package.
fn explicit(package: &Path) -> OsString {
    if package.is_absolute() { package.into() } else { Path::new(".").join(package).into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apt_installs_dependencies_first_and_purges() {
        let plan = deb(Path::new("a.deb"), "notes", "libc6 (>= 2.34)", Path::new("/home/a"));
        let apt = "apt-get --quiet --yes --no-install-recommends --option DPkg::Lock::Timeout=240";
        assert_eq!(plan.prepare[0].line(), format!("{apt} satisfy libc6 (>= 2.34)"));
        assert_eq!(plan.install[0].line(), format!("{apt} install ./a.deb"));
        assert_eq!(plan.remove[0].line(), format!("{apt} purge notes"));
        assert_eq!(plan.programs, [Path::new("/usr/bin/notes")]);
        assert!(plan.places.contains(&PathBuf::from("/home/a/.config/autostart")));
        assert!(deb(Path::new("/a.deb"), "notes", "", Path::new("/")).prepare.is_empty());
    }

    #[test]
    fn rpm_goes_by_dnf_or_into_a_folder() {
        let plan = rpm_by_dnf(Path::new("a.rpm"), "notes", Path::new("/home/a"));
        let dnf = "dnf --assumeyes --setopt=install_weak_deps=False install ./a.rpm";
        assert_eq!(plan.install[0].line(), dnf);
        assert_eq!(plan.remove[0].line(), "rpm --erase notes");
        let plan = rpm_in_folder(Path::new("/a.rpm"), "notes", Path::new("/tmp/r"), true);
        let rpm = "rpm --dbpath /var/lib/rpm --root /tmp/r";
        assert!(plan.prepare[0].line().starts_with("mkdir --parents /tmp/r/usr/bin "));
        assert_eq!(plan.prepare[1].line(), format!("{rpm} --initdb"));
        assert_eq!(
            plan.install[0].line(),
            format!("{rpm} --install --nodeps --noscripts --force-debian /a.rpm")
        );
        let plan = rpm_in_folder(Path::new("/a.rpm"), "notes", Path::new("/tmp/r"), false);
        assert_eq!(plan.remove[0].line(), format!("{rpm} --erase --nodeps --noscripts notes"));
        assert_eq!(plan.programs, [Path::new("/tmp/r/usr/bin/notes")]);
    }
}
