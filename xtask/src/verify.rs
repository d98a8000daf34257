//! `verify`: installs what was built, starts the installed app, looks at it, uninstalls, and checks that nothing is left.
//! What is done for each kind of installer is in `linux`, `windows` and `macos`, as data.

mod app;
mod choice;
mod display;
mod interrupt;
mod linux;
mod macos;
mod picture;
mod plan;
mod report;
mod snapshot;
mod trial;
mod windows;

use std::{
    path::{self, Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use config_schema::BundleFormat;

use crate::{bundle::BundleRecord, error::Reported, printer::Printer, workspace::target_dir};
use choice::{Installer, choose};
use report::{Outcome, Report};
use trial::{App, Bench};

/// Where the report goes in any case, below a tree.
const REPORT_DIR: &str = "target/verify";

/// Install what was bundled, start it, look at it, remove it, and find what is left
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// A rendered project whose installers were made
    tree: PathBuf,
    /// Only these (default: all that this machine can install)
    #[arg(long, value_delimiter = ',', value_parser = crate::cli::parse_format)]
    bundles: Option<Vec<BundleFormat>>,
    /// Where `verify.json` and the pictures go (default: TREE/target/verify, where `package` looks)
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
    /// Seconds that the app waits for its page
    #[arg(long, default_value = "60", value_name = "SECONDS", value_parser = seconds)]
    timeout: Duration,
    /// Leave the app installed
    #[arg(long)]
    keep: bool,
}

/// Verifies what the tree's bundling made.
pub(crate) fn run(args: &VerifyArgs, printer: &Printer) -> anyhow::Result<()> {
    let tree = path::absolute(&args.tree)?;
    let record = BundleRecord::read(&tree)?;
    let (chosen, skipped) =
        choose(Installer::all(&record), record.target, args.bundles.as_deref())?;
    let app = App::of(&tree)?;
    let own_dir = tree.join(REPORT_DIR);
    let report_dir = args.report.clone().unwrap_or_else(|| own_dir.clone());
    fs_err::create_dir_all(&own_dir)?;
    fs_err::create_dir_all(&report_dir)?;
    let bench = Bench { app: &app, report: &report_dir, timeout: args.timeout, keep: args.keep };
    let _turn = take_turn()?;
    interrupt::watch()?;
    let mut reports = Vec::new();
    for installer in chosen {
        printer.status("Verifying", installer.path.file_name().unwrap_or_default().display());
        reports.push(bench.verify(&installer)?);
    }
    let report = Report::new(record.target, reports, skipped);
    report.write_to(&report_dir)?;
    // Packaging asks there.
    report.write_to(&own_dir)?;
    printer.data(&report.table(), &report)?;
    match report.exit() {
        None => Ok(()),
        Some(exit) => Err(Reported { message: report.complaints(), exit }.into()),
    }
}

/// Whether the installers of the record, as they are, were tried and found good.
pub(crate) fn was_verified(tree: &Path, record: &BundleRecord) -> anyhow::Result<bool> {
    let Some(outcome) = Outcome::read(&tree.join(REPORT_DIR))? else { return Ok(false) };
    Ok(Installer::all(record).iter().all(|installer| outcome.has_passed(installer.sha256)))
}

/// Two verifications on one machine would see each other's traces.
fn take_turn() -> anyhow::Result<fs_err::File> {
    fs_err::create_dir_all(target_dir())?;
    let file = fs_err::File::create(target_dir().join(".verify.lock"))?;
    file.lock().context("failed to wait for another verification")?;
    Ok(file)
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().map_err(|_| "not a number".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}
