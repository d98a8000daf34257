//! The command line. The doc comments are the help text.

mod cloud;
mod dev;
mod pipeline;
mod plugin;
mod render;
mod runtime;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use config_schema::{BundleFormat, Target};

use crate::{
    bench,
    build_app::{self, BuildRequest},
    ci,
    codegen::{self, Mode},
    config_file::{self, ConfigFile},
    doctor, error,
    printer::{Format, Printer},
    runtime::Profile,
    setup, sign, stamp, test, tidy, verify,
    workspace::{DEFAULT_CONFIG, root},
};

/// Deskwright: turns a web app into desktop apps.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, max_term_width = 100)]
#[command(after_help = cloud::AFTER_HELP)]
pub(crate) struct Cli {
    /// What goes to stdout: text for people, or one JSON document
    #[arg(long, global = true, default_value = "human", value_enum)]
    pub(crate) format: Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Render(render::RenderArgs),
    Stamp(StampArgs),
    Build(BuildArgs),
    Dev(dev::DevArgs),
    #[command(subcommand)]
    Runtime(runtime::RuntimeCommand),
    #[command(subcommand)]
    Plugin(plugin::PluginCommand),
    Plan(pipeline::PlanArgs),
    Content(pipeline::ContentArgs),
    Bundle(pipeline::BundleArgs),
    Sign(SignArgs),
    Verify(verify::VerifyArgs),
    Package(pipeline::PackageArgs),
    Finalise(pipeline::FinaliseArgs),
    Doctor(DoctorArgs),
    Setup(SetupArgs),
    Codegen(CodegenArgs),
    /// Check the project's own rules
    Tidy,
    Test(TestArgs),
    Bench(BenchArgs),
    Ci(CiArgs),
    #[command(flatten)]
    Cloud(cloud::CloudCommand),
}

#[derive(Debug, Args)]
struct ConfigArgs {
    /// The app's config; `-` reads it from stdin
    #[arg(default_value = None)]
    config: Option<PathBuf>,
    /// The folder that paths in the config are relative to (default: the config's own)
    #[arg(long, value_name = "DIR")]
    base: Option<PathBuf>,
}

/// Turn a runtime into the binary of a rendered project
#[derive(Debug, Args)]
struct StampArgs {
    /// A rendered project
    tree: PathBuf,
    /// The runtime's executable
    #[arg(long, value_name = "FILE")]
    runtime: PathBuf,
}

/// Sign programs and installers with the secrets in the environment, as the config says
#[derive(Debug, Args)]
struct SignArgs {
    /// The files, signed in place
    #[arg(required_unless_present = "generate_updater_key")]
    files: Vec<PathBuf>,
    /// The app's config
    #[arg(long, value_name = "FILE", required_unless_present = "generate_updater_key")]
    config: Option<PathBuf>,
    /// What the files are for, by name (`windows-x64`) or triple
    #[arg(long, value_parser = parse_target, required_unless_present = "generate_updater_key")]
    target: Option<Target>,
    /// Instead: make a key for updates, write its private half into this new file and print the public one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["files", "config", "target"])]
    generate_updater_key: Option<PathBuf>,
}

/// Build the installers of an app for this machine
///
/// `cargo xtask deskwright build` builds them on GitHub, for every system.
#[derive(Debug, Args)]
struct BuildArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// The formats to make (default: what the config says)
    #[arg(long, value_delimiter = ',', value_parser = parse_format)]
    bundles: Option<Vec<BundleFormat>>,
    /// Another target than this machine, by name (`linux-arm64`) or triple
    #[arg(long, value_parser = parse_target)]
    target: Option<Target>,
    /// Use a runtime with debug assertions
    #[arg(long)]
    debug: bool,
    /// Install what is missing first
    #[arg(long)]
    setup: bool,
}

/// Check whether this machine can build, and say what cures what is missing
///
/// `cargo xtask deskwright doctor` checks whether GitHub can.
#[derive(Debug, Args)]
struct DoctorArgs {
    /// Install what is missing
    #[arg(long)]
    fix: bool,
    /// And whether it can build plugins
    #[arg(long)]
    plugins: bool,
}

/// Install what building needs
#[derive(Debug, Args)]
struct SetupArgs {
    /// And what the tests need
    #[arg(long)]
    tests: bool,
    /// Only what making installers of a compiled runtime and trying them needs
    #[arg(long, conflicts_with = "tests")]
    bundle: bool,
    /// And what runs the workflows on this machine
    #[arg(long, conflicts_with_all = ["tests", "bundle"])]
    workflows: bool,
}

/// Write the generated files: schema, TypeScript types, reference pages, the injected script
#[derive(Debug, Args)]
struct CodegenArgs {
    /// Compare only, and fail when one is stale
    #[arg(long)]
    check: bool,
}

/// Run the tests
#[derive(Debug, Args)]
struct TestArgs {
    /// The suites (default: all but `workflows`)
    #[arg(value_enum)]
    suites: Vec<test::Suite>,
    /// Install what the tests need first
    #[arg(long)]
    setup: bool,
    /// Break each command of the bridge in turn, or those of the modules and commands that are named after `bridge`, and see whether
    /// a window test notices
    #[arg(long, value_name = "bridge", num_args = 1.., conflicts_with = "suites")]
    mutate: Option<Vec<String>>,
}

/// Measure speed and size, as ratios to a baseline of the same run
#[derive(Debug, Args)]
struct BenchArgs {
    /// The suites (default: all)
    #[arg(value_enum)]
    suites: Vec<bench::Suite>,
}

/// Run every check, as continuous integration does
#[derive(Debug, Args)]
struct CiArgs {
    /// And what takes long: a run of the workflows, a build from source, the benchmarks
    #[arg(long)]
    full: bool,
    /// Install what the checks need first
    #[arg(long)]
    setup: bool,
}

impl Cli {
    pub(crate) fn run(self, printer: &Printer) -> anyhow::Result<ExitCode> {
        match self.command {
            Command::Render(args) => args.run(printer),
            Command::Stamp(args) => args.run(printer),
            Command::Sign(args) => args.run(printer),
            Command::Build(args) => args.run(printer),
            Command::Dev(args) => args.run(printer),
            Command::Runtime(command) => command.run(printer),
            Command::Plugin(command) => return command.run(printer),
            Command::Plan(args) => args.run(printer),
            Command::Content(args) => args.run(printer),
            Command::Bundle(args) => args.run(printer),
            Command::Package(args) => args.run(printer),
            Command::Finalise(args) => args.run(printer),
            Command::Doctor(args) => doctor::run(args.fix, args.plugins, printer),
            Command::Setup(args) => setup::run(args.purpose(), printer),
            Command::Codegen(args) => {
                codegen::run(if args.check { Mode::Check } else { Mode::Write }, printer)
            }
            Command::Tidy => tidy::run(printer),
            Command::Test(TestArgs { mutate: Some(words), .. }) => test::mutate(&words, printer),
            Command::Test(args) => test::run(&args.suites, args.setup, printer),
            Command::Bench(args) => bench::run(&args.suites, printer),
            Command::Verify(args) => verify::run(&args, printer),
            Command::Ci(args) => ci::run(args.full, args.setup, printer),
            Command::Cloud(command) => return command.run(self.format, printer),
        }?;
        Ok(ExitCode::SUCCESS)
    }
}

impl SetupArgs {
    fn purpose(&self) -> setup::Purpose {
        match (self.tests, self.bundle, self.workflows) {
            (true, ..) => setup::Purpose::Test,
            (_, true, _) => setup::Purpose::Bundle,
            (.., true) => setup::Purpose::Workflows,
            _ => setup::Purpose::Build,
        }
    }
}

impl ConfigArgs {
    fn load(&self) -> anyhow::Result<ConfigFile> {
        let default = root().join(DEFAULT_CONFIG);
        config_file::load(self.config.as_deref().unwrap_or(&default), self.base.as_deref())
    }
}

impl StampArgs {
    fn run(self, printer: &Printer) -> anyhow::Result<()> {
        let stamped = stamp::stamp(&self.tree, &self.runtime, Profile::Release.name())?;
        printer.data(&stamped.binary.display().to_string(), &stamped)
    }
}

impl SignArgs {
    fn run(self, printer: &Printer) -> anyhow::Result<()> {
        if let Some(file) = &self.generate_updater_key {
            return sign::generate_updater_key(file, printer);
        }
        let (Some(config), Some(target)) = (&self.config, self.target) else {
            return Err(error::usage("nothing says what to sign", "add `--config` and `--target`"));
        };
        sign::sign_files(&self.files, &config_file::load(config, None)?, target, printer)
    }
}

impl BuildArgs {
    fn run(self, printer: &Printer) -> anyhow::Result<()> {
        if self.setup {
            setup::install(setup::Purpose::Build, printer)?;
        }
        let request = BuildRequest {
            config: self.config.load()?,
            target: self.target,
            formats: self.bundles,
            profile: profile(self.debug),
        };
        build_app::build(&request, printer)
    }
}

fn profile(debug: bool) -> Profile {
    if debug { Profile::Debug } else { Profile::Release }
}

fn parse_target(text: &str) -> Result<Target, String> {
    Target::from_name(text).or_else(|| Target::from_triple(text)).ok_or_else(|| {
        let names: Vec<_> = Target::all().into_iter().map(Target::name).collect();
        format!("not a target; choose from: {}", names.join(", "))
    })
}

pub(crate) fn parse_format(text: &str) -> Result<BundleFormat, String> {
    let all: Vec<_> = Target::all().into_iter().flat_map(|target| target.row().formats).collect();
    all.into_iter()
        .copied()
        .find(|format| format.name() == text)
        .ok_or_else(|| "not a bundle format".to_owned())
}

fn parse_variant(text: &str) -> Result<config_schema::Variant, String> {
    config_schema::Variant::from_name(text).ok_or_else(|| {
        let names: Vec<_> =
            config_schema::Variant::ALL.iter().map(|variant| variant.name()).collect();
        format!("not a variant; choose from: {}", names.join(", "))
    })
}
