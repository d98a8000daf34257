//! A guide, read for what can be done with it: files that it shows, commands, and what the commands print.
//!
//! A block of code that opens with `console` has commands after `$ ` and below each what it prints; `...` stands for anything, in a
//! line or for any number of lines. A block that opens with a language and `file=PATH` is what the reader puts into that file.

use anyhow::{Context as _, Result, bail};

/// Something that the reader does.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    Write { path: String, text: String },
    Run { line: String, printed: Vec<String> },
}

/// Everything that a page tells to do, in order. Commands that would not be run are an error.
pub(super) fn steps(page: &str) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match info.split_once(" file=") {
            Some((_, path)) => {
                steps.push(Step::Write { path: path.to_owned(), text: block.join("\n") + "\n" });
            }
            None if info == "console" => steps.extend(commands(&block)?),
            None if ["sh", "bash", "shell", ""].contains(&info) => {
                bail!("a block that nobody runs: `{}`", block.join("\n"))
            }
            None => {}
        }
    }
    Ok(steps)
}

fn commands(block: &[&str]) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    for line in block {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step::Run { line: command.to_owned(), printed: Vec::new() });
            continue;
        }
        let Some(Step::Run { line: command, printed }) = steps.last_mut() else {
            bail!("output without a command: `{line}`");
        };
        // A command goes on where its line ends with a backslash.
        if printed.is_empty() && command.ends_with('\\') {
            *command = format!("{command}\n{line}");
        } else {
            printed.push((*line).to_owned());
        }
    }
    Ok(steps)
}

/// Whether these lines are what the page promises; else what is missing.
pub(super) fn check(promised: &[String], lines: &[&str]) -> Result<()> {
    if all_match(promised, lines) {
        return Ok(());
    }
    let unseen =
        promised.iter().find(|line| *line != "..." && !lines.iter().any(|got| matches(line, got)));
    let why = unseen.map_or("in another order, or with more lines".to_owned(), |line| {
        format!("`{line}` is missing")
    });
    bail!(
        "not what the guide says: {why}\n--- guide\n{}\n--- printed\n{}",
        promised.join("\n"),
        lines.join("\n")
    )
}

fn all_match(promised: &[String], lines: &[&str]) -> bool {
    let Some((first, rest)) = promised.split_first() else { return lines.is_empty() };
    if first == "..." {
        return (0..=lines.len()).any(|skipped| all_match(rest, &lines[skipped..]));
    }
    let Some((line, others)) = lines.split_first() else { return false };
    matches(first, line) && all_match(rest, others)
}

/// A line with `...` for any text.
fn matches(promised: &str, line: &str) -> bool {
    let Some((before, after)) = promised.split_once("...") else {
        return promised == line.trim_end();
    };
    let Some(rest) = line.strip_prefix(before) else { return false };
    (0..=rest.len())
        .filter(|end| rest.is_char_boundary(*end))
        .any(|end| matches(after, &rest[end..]))
}

/// The rows of the table below a heading, each with its cells.
pub(super) fn table<'a>(page: &'a str, heading: &str) -> Result<Vec<Vec<&'a str>>> {
    let (_, below) = page.split_once(heading).with_context(|| format!("no heading `{heading}`"))?;
    let lines = below.lines().skip_while(|line| !line.starts_with('|')).skip(2);
    let cells = |line: &'a str| line.trim_matches('|').split(" | ").map(str::trim).collect();
    Ok(lines.take_while(|line| line.starts_with('|')).map(cells).collect())
}

#[test]
fn a_page_is_files_commands_and_what_they_print() {
    let page = "```rust file=a.rs\nfn a() {}\n```\ntext\n```console\n$ one \\\n  more\nsaid\n$ two\n```\n```js\nx\n```\n";
    let run = |line: &str, printed: &[&str]| Step::Run {
        line: line.to_owned(),
        printed: printed.iter().map(|line| (*line).to_owned()).collect(),
    };
    let file = Step::Write { path: "a.rs".to_owned(), text: "fn a() {}\n".to_owned() };
    let expected = [file, run("one \\\n  more", &["said"]), run("two", &[])];
    assert_eq!(steps(page).unwrap(), expected);
    assert!(steps("```sh\nrm x\n```\n").is_err());
}

#[test]
fn dots_stand_for_anything_and_nothing_else_does() {
    let promised = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    assert!(check(&promised(&["...", "b ... d", "..."]), &["a", "b c d", "e"]).is_ok());
    assert!(check(&promised(&["b"]), &["b "]).is_ok());
    assert!(check(&promised(&["b"]), &["b", "c"]).is_err());
    assert!(check(&promised(&["...", "b"]), &["a"]).is_err());
    assert!(check(&promised(&["b ... d"]), &["b c e"]).is_err());
}
