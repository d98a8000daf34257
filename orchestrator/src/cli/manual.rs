//! The command line about itself: completions, manual pages, the reference page.

mod facts;
mod markdown;

use std::{io::Write as _, path::PathBuf};

use clap::{Args, ValueEnum};
use clap_mangen::roff::{Roff, bold, roman};

use super::definition;
pub(super) use facts::below_help;
use facts::{EXIT_CODES, VARIABLES};

/// Print completions for a shell
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// Print the manual
#[derive(Debug, Args)]
pub(super) struct ManualArgs {
    /// In which form
    #[arg(long, default_value = "man", value_enum)]
    form: Form,
    /// Write one manual page for each command into this folder instead
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A page for `man`
    Man,
    /// One page of Markdown with all commands
    Markdown,
}

impl CompletionsArgs {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let mut bytes = Vec::new();
        clap_complete::generate(self.shell, &mut definition(), "deskwright", &mut bytes);
        Ok(std::io::stdout().lock().write_all(&bytes)?)
    }
}

impl ManualArgs {
    pub(super) fn run(self) -> anyhow::Result<()> {
        if let Some(dir) = &self.dir {
            fs_err::create_dir_all(dir)?;
            clap_mangen::generate_to(for_man(), dir)?;
            let main = dir.join("deskwright.1");
            return Ok(fs_err::write(main, man()?)?);
        }
        let text = match self.form {
            Form::Man => man()?,
            Form::Markdown => {
                let mut definition = definition().disable_help_subcommand(true);
                definition.build();
                markdown::page(&definition).into_bytes()
            }
        };
        Ok(std::io::stdout().lock().write_all(&text)?)
    }
}

/// The definition without what stands below the help: in a page for `man` that has sections of its own.
fn for_man() -> clap::Command {
    definition().disable_help_subcommand(true).after_long_help(None::<&str>)
}

/// The page of the program itself.
fn man() -> anyhow::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(for_man()).render(&mut page)?;
    let mut more = Roff::new();
    for (title, rows) in [("EXIT STATUS", EXIT_CODES), ("ENVIRONMENT", VARIABLES)] {
        more.control("SH", [title]);
        for (name, meaning) in rows {
            more.control("TP", []).text([bold(*name)]).text([roman(*meaning)]);
        }
    }
    more.to_writer(&mut page)?;
    Ok(page)
}
