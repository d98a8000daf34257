//! `setup`: installs what building and testing need, where it may, and otherwise says the exact command.

use std::{env, path::Path};

use anyhow::Context as _;
use serde_json::json;

use crate::{error, printer::Printer, process, tauri_cli::TauriCli, test, workspace::root};

/// What the machine is prepared for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Build,
    /// Installers of compiled runtimes are made and tried: no compiler and no headers.
    Bundle,
    /// Plugins in C are compiled.
    Plugins,
    /// The workflows run on this machine, against a GitHub of our own.
    Workflows,
    /// Window tests need a display, a window manager, a driver and a browser besides.
    Test,
}

impl Purpose {
    /// Whether it takes what another one takes.
    fn needs(self, other: Self) -> bool {
        match self {
            Self::Build | Self::Bundle | Self::Plugins => other == self,
            Self::Workflows => matches!(other, Self::Build | Self::Bundle | Self::Workflows),
            Self::Test => true,
        }
    }
}

/// A library or program that a Linux system must have: a file that shows it is there, and its package by manager.
struct Need {
    purpose: Purpose,
    /// Looked up in the usual folders for programs, libraries' pkg-config files, and drivers.
    probe: &'static str,
    apt: &'static str,
    dnf: &'static str,
    pacman: &'static str,
}

const fn build(
    probe: &'static str,
    apt: &'static str,
    dnf: &'static str,
    pacman: &'static str,
) -> Need {
    Need { purpose: Purpose::Build, probe, apt, dnf, pacman }
}

const fn bundle(
    probe: &'static str,
    apt: &'static str,
    dnf: &'static str,
    pacman: &'static str,
) -> Need {
    Need { purpose: Purpose::Bundle, probe, apt, dnf, pacman }
}

const fn workflows(
    probe: &'static str,
    apt: &'static str,
    dnf: &'static str,
    pacman: &'static str,
) -> Need {
    Need { purpose: Purpose::Workflows, probe, apt, dnf, pacman }
}

const fn plugins(
    probe: &'static str,
    apt: &'static str,
    dnf: &'static str,
    pacman: &'static str,
) -> Need {
    Need { purpose: Purpose::Plugins, probe, apt, dnf, pacman }
}

const fn test(
    probe: &'static str,
    apt: &'static str,
    dnf: &'static str,
    pacman: &'static str,
) -> Need {
    Need { purpose: Purpose::Test, probe, apt, dnf, pacman }
}

/// What Tauri names as prerequisites (https://v2.tauri.app/start/prerequisites/), and what the tests use.
#[rustfmt::skip]
const NEEDS: &[Need] = &[
    build("cc", "build-essential", "gcc", "base-devel"),
    build("pkg-config", "pkg-config", "pkgconf-pkg-config", "pkgconf"),
    build("webkit2gtk-4.1.pc", "libwebkit2gtk-4.1-dev", "webkit2gtk4.1-devel", "webkit2gtk-4.1"),
    build("dbus-1.pc", "libdbus-1-dev", "dbus-devel", "dbus"),
    test("WebKitWebDriver", "webkit2gtk-driver", "webkit2gtk-driver", "webkit2gtk-4.1"),
    bundle("Xvfb", "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"),
    bundle("import", "imagemagick", "ImageMagick", "imagemagick"),
    test("openbox", "openbox", "openbox", "openbox"),
    test("dbus-daemon", "dbus", "dbus-daemon", "dbus"),
    test("xdotool", "xdotool", "xdotool", "xdotool"),
    test("xrandr", "x11-xserver-utils", "xrandr", "xorg-xrandr"),
    test("libayatana-appindicator3.so.1", "libayatana-appindicator3-1", "libayatana-appindicator-gtk3", "libayatana-appindicator"),
    bundle("rpm", "rpm", "rpm", "rpm-tools"),
    bundle("rpmsign", "rpm", "rpm-sign", "rpm-tools"),
    bundle("gpg", "gnupg", "gnupg2", "gnupg"),
    test("rpmbuild", "rpm", "rpm-build", "rpm-tools"),
    test("qemu-x86_64", "qemu-user", "qemu-user", "qemu-user"),
    test("openssl", "openssl", "openssl", "openssl"),
    test("osslsigncode", "osslsigncode", "osslsigncode", "osslsigncode"),
    test("x86_64-w64-mingw32-gcc", "gcc-mingw-w64-x86-64", "mingw64-gcc", "mingw-w64-gcc"),
    test("wixl", "wixl", "msitools", "msitools"),
    test("msiinfo", "msitools", "msitools", "msitools"),
    test("makensis", "nsis", "mingw32-nsis", "nsis"),
    test("wine", "wine", "wine", "wine"),
    test("expect", "expect", "expect", "expect"),
    test("rpmlint", "rpmlint", "rpmlint", "rpmlint"),
    test("lintian", "lintian", "lintian", "lintian"),
    test("xdg-mime", "xdg-utils", "xdg-utils", "xdg-utils"),
    test("unzip", "unzip", "unzip", "unzip"),
    test("update-mime-database", "shared-mime-info", "shared-mime-info", "shared-mime-info"),
    test("desktop-file-validate", "desktop-file-utils", "desktop-file-utils", "desktop-file-utils"),
    test("chromium", "chromium", "chromium", "chromium"),
    test("groff", "groff-base", "groff-base", "groff"),
    test("libfaketime.so.1", "libfaketime", "libfaketime", "libfaketime"),
    test("libvulkan_lvp.so", "mesa-vulkan-drivers", "mesa-vulkan-drivers", "vulkan-swrast"),
    plugins("clang", "clang", "clang", "clang"),
    plugins("wasm-ld", "lld", "lld", "lld"),
    plugins("crt1-command.o", "wasi-libc", "wasi-libc-static", "wasi-libc"),
    plugins(WASM_BUILTINS, "libclang-rt-dev-wasm32", "wasi-libc-static", "wasi-compiler-rt"),
    workflows("pip3", "python3-pip", "python3-pip", "python-pip"),
    workflows("jq", "jq", "jq", "jq"),
    workflows("zstd", "zstd", "zstd", "zstd"),
];
/// What clang links into every module. Only clang knows where: its version is in the path.
const WASM_BUILTINS: &str = "libclang_rt.builtins-wasm32.a";
/// Where programs, pkg-config files and drivers are that are not on the path.
const PROBE_DIRS: &[&str] = &[
    "/usr/bin",
    "/usr/sbin",
    "/usr/lib/pkgconfig",
    "/usr/lib64/pkgconfig",
    "/usr/share/pkgconfig",
    "/usr/lib/x86_64-linux-gnu/pkgconfig",
    "/usr/lib/aarch64-linux-gnu/pkgconfig",
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1",
    "/usr/lib/x86_64-linux-gnu/faketime",
    "/usr/lib/aarch64-linux-gnu/faketime",
    "/usr/lib64/faketime",
    "/usr/lib/faketime",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "/usr/libexec",
    "/usr/lib/wasm32-wasi",
    "/usr/share/wasi-sysroot/lib/wasm32-wasi",
];

/// A package manager of a Linux system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manager {
    Apt,
    Dnf,
    Pacman,
}

impl Manager {
    fn find() -> Option<Manager> {
        let known = [("apt-get", Manager::Apt), ("dnf", Manager::Dnf), ("pacman", Manager::Pacman)];
        known
            .into_iter()
            .find(|(program, _)| which::which(program).is_ok())
            .map(|(_, manager)| manager)
    }

    fn package(self, need: &Need) -> &'static str {
        match self {
            Manager::Apt => need.apt,
            Manager::Dnf => need.dnf,
            Manager::Pacman => need.pacman,
        }
    }

    fn install_words(self) -> &'static [&'static str] {
        match self {
            Manager::Apt => &["apt-get", "install", "--yes", "--no-install-recommends"],
            Manager::Dnf => &["dnf", "install", "--assumeyes"],
            Manager::Pacman => &["pacman", "-S", "--needed", "--noconfirm"],
        }
    }
}

/// Installs the packages and the Tauri CLI; runs of the workflows bring that themselves.
pub(crate) fn install(purpose: Purpose, printer: &Printer) -> anyhow::Result<()> {
    install_packages(purpose, printer)?;
    match purpose {
        Purpose::Build | Purpose::Bundle => {}
        Purpose::Plugins => return Ok(()),
        Purpose::Workflows => return test::install_runner(printer),
        Purpose::Test => test::install_linters(printer)?,
    }
    TauriCli::install(printer).map(drop)
}

/// `setup` as a command: installs, then says what is there.
pub(crate) fn run(purpose: Purpose, printer: &Printer) -> anyhow::Result<()> {
    install(purpose, printer)?;
    printer.data("everything is installed", &json!({ "ok": true }))
}

/// Packages that this Linux system lacks, by the names of its own package manager.
pub(crate) fn missing_packages(purpose: Purpose) -> Vec<&'static str> {
    let manager = Manager::find().unwrap_or(Manager::Apt);
    let wanted = NEEDS.iter().filter(|need| purpose.needs(need.purpose));
    let missing = wanted.filter(|need| !is_there(need.probe));
    let mut packages: Vec<_> = missing.map(|need| manager.package(need)).collect();
    // Neighbours in the list may be of one package.
    packages.dedup();
    packages
}

/// The command that installs packages on this machine; none when its package manager is unknown.
pub(crate) fn install_command(packages: &[&str]) -> Option<String> {
    let manager = Manager::find()?;
    let words =
        manager.install_words().iter().chain(packages).copied().collect::<Vec<_>>().join(" ");
    Some(if is_root() { words } else { format!("sudo {words}") })
}

fn is_there(probe: &str) -> bool {
    if probe == WASM_BUILTINS {
        let words = ["--target=wasm32-wasi", "-print-libgcc-file-name"];
        let path = process::read_quiet(process::command("clang", root()).args(words));
        return path.is_ok_and(|path| Path::new(&path).is_file());
    }
    which::which(probe).is_ok() || PROBE_DIRS.iter().any(|dir| Path::new(dir).join(probe).exists())
}

/// Installs the packages that a Linux system lacks; on other systems nothing.
pub(crate) fn install_packages(purpose: Purpose, printer: &Printer) -> anyhow::Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let missing = missing_packages(purpose);
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = install_command(&missing)
        .unwrap_or_else(|| format!("install these packages: {}", missing.join(", ")));
    let (Some(manager), Some(prefix)) = (Manager::find(), privilege()) else {
        return Err(error::missing(format!("not installed: {}", missing.join(", ")), by_hand));
    };
    printer.status("Installing", missing.join(", "));
    if manager == Manager::Apt {
        privileged(&prefix, &["apt-get", "update", "--quiet"], &[])?;
    }
    privileged(&prefix, manager.install_words(), &missing)
        .with_context(|| format!("failed to install; by hand: {by_hand}"))
}

/// What goes before a command that needs root: nothing for root, `sudo` where it asks no question, else none of both.
pub(crate) fn privilege() -> Option<Vec<&'static str>> {
    if is_root() {
        return Some(Vec::new());
    }
    let sudo = which::which("sudo").ok()?;
    process::read(process::command(sudo, root()).args(["-n", "true"]))
        .is_ok()
        .then(|| vec!["sudo", "-n"])
}

fn is_root() -> bool {
    let id = process::read(process::command("id", root()).arg("-u"));
    id.is_ok_and(|id| id == "0")
}

fn privileged(prefix: &[&str], words: &[&str], packages: &[&str]) -> anyhow::Result<()> {
    let all: Vec<&str> = prefix.iter().chain(words).chain(packages).copied().collect();
    let (program, args) = all.split_first().context("an install command has words")?;
    let mut command = process::command(program, root());
    command.args(args);
    if env::var_os("DEBIAN_FRONTEND").is_none() {
        command.env("DEBIAN_FRONTEND", "noninteractive");
    }
    process::run_quiet(&mut command)
}
