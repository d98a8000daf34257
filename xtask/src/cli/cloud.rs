//! Commands about builds on GitHub. They are commands of `deskwright`, which talks to GitHub and which this program only
//! starts: whoever works at the desk need not wait for its dependencies.

use std::{env, ffi::OsString, process::ExitCode};

use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches, Subcommand, error::ErrorKind};

use crate::{
    deskwright,
    printer::{Format, Printer},
    process,
};

/// What the help says below the commands.
pub(super) const AFTER_HELP: &str = "The commands from `dispatch` on are about builds on GitHub. They start `deskwright`, and print its help with --help.\n\
    `build` and `doctor` are about this machine: `cargo xtask deskwright build` builds on GitHub.";
/// Every command of `deskwright` by its own name. There is no other list: the words are compared with its help by a test.
const PASSED_ON: &[(&str, &str)] = &[
    ("dispatch", "Start a build on GitHub, and tell its run at once"),
    ("fleet", "Build many apps, in one or many repositories"),
    ("watch", "Follow a build to the end of its run"),
    ("logs", "Print the logs of a build, without secrets"),
    ("cancel", "End a build"),
    ("retry", "Run the failed jobs of a build again, and bring the installers home"),
    ("collect", "Bring home what a build or a release has made, verified"),
    ("resume", "Go on with every build that was interrupted"),
    ("runs", "List the builds that this machine has begun, the newest first"),
    ("builds", "List the builds whose files are here"),
    ("prune", "Remove the files of old builds"),
];
/// Any command of `deskwright`, for those whose names mean something else here.
const ANY: (&str, &str) =
    ("deskwright", "Any command of `deskwright`; its `build` and `doctor` are about GitHub");
/// What stands for everything behind a command.
const ARGS: &str = "args";

/// A command line of `deskwright`.
#[derive(Debug)]
pub(super) struct CloudCommand {
    args: Vec<OsString>,
}

impl CloudCommand {
    /// Becomes `deskwright`: it has the same folder, terminal and exit code, and gets Ctrl-C itself.
    pub(super) fn run(self, format: Format, printer: &Printer) -> anyhow::Result<ExitCode> {
        let mut command = process::command(deskwright::compile(printer)?, &env::current_dir()?);
        if format == Format::Json {
            command.args(["--format", "json"]);
        }
        process::become_it(command.args(self.args))
    }
}

impl FromArgMatches for CloudCommand {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let Some((name, matches)) = matches.subcommand() else {
            return Err(clap::Error::new(ErrorKind::MissingSubcommand));
        };
        let name = (name != ANY.0).then(|| OsString::from(name));
        let rest = matches.get_many::<OsString>(ARGS).into_iter().flatten().cloned();
        Ok(Self { args: name.into_iter().chain(rest).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Subcommand for CloudCommand {
    fn augment_subcommands(command: Command) -> Command {
        let names = PASSED_ON.iter().chain([&ANY]);
        command.subcommands(names.map(|(name, about)| definition(name, about)))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        PASSED_ON.iter().chain([&ANY]).any(|(known, _)| *known == name)
    }
}

/// A command that takes whatever stands behind it, options and `--help` too.
fn definition(name: &'static str, about: &'static str) -> Command {
    let args = Arg::new(ARGS)
        .help("As `deskwright` takes them")
        .value_name("ARGS")
        .action(ArgAction::Append)
        .num_args(0..)
        .value_parser(clap::value_parser!(OsString))
        .trailing_var_arg(true)
        .allow_hyphen_values(true);
    Command::new(name).about(about).disable_help_flag(true).arg(args)
}
