//! `verify`: installs what was built, starts the installed app, looks at it, uninstalls, and checks that nothing is left.
//! What is done for each kind of installer is in `linux`, `windows` and `macos`, as data.

mod app;
mod choice;
mod display;
mod linux;
mod macos;
mod picture;
mod plan;
mod report;
mod snapshot;
mod trial;
mod windows;

use std::{
    path::{self, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use config_schema::BundleFormat;

use crate::{error::Reported, printer::Printer, workspace::target_dir};
use choice::{Record, choose};
use report::Report;
use trial::{App, Bench};

/// Where the report goes when nobody says, below a tree.
const REPORT_DIR: &str = "target/verify";

/// Install what was built, start it, look at it, uninstall it, and check that nothing is left
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// A rendered project whose installers were made
    tree: PathBuf,
    /// Only these (default: all that this machine can install)
    #[arg(long, value_delimiter = ',', value_parser = crate::cli::parse_format)]
    bundles: Option<Vec<BundleFormat>>,
    /// Where `verify.json` and the pictures go (default: TREE/target/verify)
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
    let record = Record::read(&tree)?;
    let (chosen, skipped) = choose(record.installers(), record.target, args.bundles.as_deref())?;
    let app = App::of(&tree)?;
    let report_dir = args.report.clone().unwrap_or_else(|| tree.join(REPORT_DIR));
    fs_err::create_dir_all(&report_dir)?;
    let bench = Bench { app: &app, report: &report_dir, timeout: args.timeout, keep: args.keep };
    let _turn = take_turn()?;
    let mut reports = Vec::new();
    for installer in chosen {
        printer.status("Verifying", installer.path.file_name().unwrap_or_default().display());
        reports.push(bench.verify(&installer)?);
    }
    let report = Report::new(record.target.name(), reports, skipped);
    report.write_to(&report_dir)?;
    printer.data(&report.table(), &report)?;
    match report.exit() {
        None => Ok(()),
        Some(exit) => Err(Reported { message: report.complaints(), exit }.into()),
    }
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
