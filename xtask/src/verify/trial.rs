//! One installer, from the file to the clean machine.

use std::{
    env,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use config_schema::BundleFormat;
use serde_json::Value;

use super::{
    app::{self, Identity, RunningApp},
    choice::Installer,
    display::Display,
    interrupt, linux, macos,
    plan::{Plan, Step},
    report::InstallerReport,
    snapshot::Snapshot,
    windows,
};
use crate::error;

/// How long processes of an app that has ended may take to end too.
const END_LIMIT: Duration = Duration::from_secs(10);
/// How often it is looked meanwhile: nothing tells when a process ends that is not our child.
const END_INTERVAL: Duration = Duration::from_millis(100);

/// The app that the tree is of.
pub(super) struct App {
    identity: Identity,
    slug: String,
    /// Its name as part of file names.
    product: String,
    /// Whether Apple has been asked.
    notarised: bool,
}

/// What every installer is tried with.
pub(super) struct Bench<'a> {
    pub(super) app: &'a App,
    pub(super) report: &'a Path,
    pub(super) timeout: Duration,
    pub(super) keep: bool,
}

impl App {
    /// As the tree's own Tauri config names it.
    pub(super) fn of(tree: &Path) -> anyhow::Result<App> {
        let read = |name: &str| -> anyhow::Result<Value> {
            Ok(serde_json::from_slice(&fs_err::read(tree.join(name))?)?)
        };
        let config = read("tauri.conf.json")?;
        let text = |name: &str| -> anyhow::Result<String> {
            let text = config.get(name).and_then(Value::as_str);
            Ok(text.with_context(|| format!("no `{name}` in `tauri.conf.json`"))?.to_owned())
        };
        let resolved = read("app.config.json").unwrap_or_default();
        let notarize = resolved.pointer("/signing/macos/notarize").and_then(Value::as_str);
        Ok(App {
            identity: Identity { id: text("identifier")?, version: text("version")? },
            slug: text("mainBinaryName")?,
            product: text("productName")?,
            notarised: notarize.is_some_and(|how| how != "off"),
        })
    }
}

impl Bench<'_> {
    /// From the file to the clean machine. An error means that nothing was tried.
    pub(super) fn verify(&self, installer: &Installer) -> anyhow::Result<InstallerReport> {
        let name = installer.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut report = InstallerReport::new(installer.kind, name, installer.sha256);
        let folder = tempfile::Builder::new().prefix("deskwright-install-").tempdir()?;
        let intact = report.check("file", || installer.expect_unchanged());
        if intact.is_none() {
            return Ok(report);
        }
        let plan = self.plan(installer, folder.path())?;
        if let Some(program) = plan.programs.iter().find(|program| program.exists()) {
            return Err(error::usage(
                format!("the app is installed already: `{}`", program.display()),
                "remove it first: a verification ends with a removal",
            ));
        }
        let before = report.check("before", || {
            interrupt::check()?;
            plan.prepare.iter().try_for_each(Step::run)?;
            Snapshot::take(&plan)
        });
        if let Some(before) = before {
            self.try_out(&plan, &before, installer.kind, &mut report);
        }
        if self.keep {
            // Some are installed below it.
            let _ = folder.keep();
        } else {
            plan.dispose.iter().try_for_each(Step::run)?;
        }
        Ok(report)
    }

    fn try_out(
        &self,
        plan: &Plan,
        before: &Snapshot,
        kind: BundleFormat,
        report: &mut InstallerReport,
    ) {
        let mut installation = Installation { plan, remove: !self.keep };
        let program = report.check("install", || install(plan));
        if program.is_some() && !plan.inspect.is_empty() {
            report.check("inspect", || plan.inspect.iter().try_for_each(Step::run));
        }
        if let Some(program) = program {
            self.try_app(&program, kind, report);
        }
        if self.keep {
            return;
        }
        let removed = report.check("remove", || installation.remove());
        if removed.is_some() {
            report.check("clean", || before.expect_same(plan));
        }
    }

    fn try_app(&self, program: &Path, kind: BundleFormat, report: &mut InstallerReport) {
        let Some(display) = report.check("display", Display::start) else { return };
        let mut running = None;
        let said = report.check("self-test", || {
            let mut app = RunningApp::start(program, &display, self.timeout)?;
            let said = app.listen();
            running = Some(app);
            said
        });
        let mut picture = None;
        if let Some(said) = &said {
            report.check("page", || said.expect_ok());
            report.check("identity", || said.expect_identity(&self.app.identity));
            let name = format!("{}.png", kind.name());
            report.check("look", || said.look(&display, &self.report.join(&name)));
            picture = Some(name).filter(|name| self.report.join(name).is_file());
        }
        if let (Some(said), Some(app)) = (&said, &mut running) {
            report.check("end", || {
                said.expect_status(app.end()?)?;
                expect_no_process(&display)
            });
        }
        report.saw(said.map(|said| said.raw), picture);
    }

    fn plan(&self, installer: &Installer, folder: &Path) -> anyhow::Result<Plan> {
        let App { slug, product, notarised, .. } = self.app;
        let file = installer.path.as_path();
        let home = env::home_dir().unwrap_or_default();
        let variable = |name: &str| env::var_os(name).map(PathBuf::from);
        let folders = windows::Folders { variable: &variable };
        let bundle = macos::Bundle { file, product, slug, notarised: *notarised };
        Ok(match installer.kind {
            BundleFormat::Deb => {
                let field = Step::new(["dpkg-deb", "--field"]).arg(file).arg("Depends");
                linux::deb(file, slug, &field.list()?.join(" "), &home)
            }
            BundleFormat::Rpm if which::which("dnf").is_ok() => {
                linux::rpm_by_dnf(file, slug, &home)
            }
            BundleFormat::Rpm => {
                let debian = which::which("dpkg").is_ok();
                linux::rpm_in_folder(file, slug, folder, debian)
            }
            BundleFormat::Nsis => windows::nsis(file, product, slug, &folders),
            BundleFormat::Msi => windows::msi(file, product, slug, &folders),
            BundleFormat::Dmg => macos::dmg(&bundle, folder),
            BundleFormat::App => macos::app(&bundle, folder),
        })
    }
}

/// Installs, and gives the program that is there now.
fn install(plan: &Plan) -> anyhow::Result<PathBuf> {
    interrupt::check()?;
    plan.install.iter().try_for_each(Step::run)?;
    if let Some(entry) = plan.entries.iter().find(|entry| !entry.is_file()) {
        bail!("the installer brought no `{}`", entry.display());
    }
    let program = plan.programs.iter().find(|program| program.is_file());
    let likeliest = plan.programs.first().map(|program| program.display().to_string());
    Ok(program
        .with_context(|| format!("the installer brought no `{}`", likeliest.unwrap_or_default()))?
        .clone())
}

/// Fails while a process of the app's desktop is left.
fn expect_no_process(display: &Display) -> anyhow::Result<()> {
    let Some(home) = display.home() else { return Ok(()) };
    let deadline = Instant::now() + END_LIMIT;
    loop {
        let left = app::processes_of(home);
        if left.is_empty() {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "the app has left running: {}", left.join(", "));
        thread::sleep(END_INTERVAL);
    }
}

/// What is removed again, whatever happens in between.
struct Installation<'a> {
    plan: &'a Plan,
    remove: bool,
}

impl Installation<'_> {
    fn remove(&mut self) -> anyhow::Result<()> {
        self.remove = false;
        self.plan.remove.iter().try_for_each(Step::run)
    }
}

impl Drop for Installation<'_> {
    fn drop(&mut self) {
        if self.remove {
            // The failure that led here is what is reported.
            let _ = self.remove();
        }
    }
}
