//! `doctor`: can this machine build? Each check finds one thing and knows the command that cures it.

use std::{env, fmt};

use config_schema::System;
use serde::Serialize;
use serde_json::json;

use crate::{
    error, plugin,
    printer::Printer,
    process, runtime, setup,
    tauri_cli::TauriCli,
    workspace::{root, target_dir},
};

/// Free space that a build needs in the target directory (bytes): a cold compile of the runtime takes about 3 GB.
const NEEDED_SPACE: u64 = 5_000_000_000;

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    Ok,
    /// Building works, something else does not.
    Warning,
    Missing,
}

/// One line of the report.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    pub(crate) name: &'static str,
    pub(crate) verdict: Verdict,
    pub(crate) detail: String,
    /// The command that cures it.
    pub(crate) cure: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.verdict {
            Verdict::Ok => "ok",
            Verdict::Warning => "warning",
            Verdict::Missing => "missing",
        };
        write!(f, "{word:>8}  {}: {}", self.name, self.detail)?;
        match &self.cure {
            Some(cure) => write!(f, "\n{:>8}  {cure}", "cure:"),
            None => Ok(()),
        }
    }
}

/// Every check, in the order in which a build would stumble.
pub(crate) fn examine() -> Vec<Finding> {
    vec![rust(), node(), tauri_cli(), system_libraries(), disk_space(), runtimes()]
}

/// Prints the report; fails when something is missing. `fix` installs first. `with_plugins` looks also for what builds
/// plugins, without which apps can be built all the same.
pub(crate) fn run(fix: bool, with_plugins: bool, printer: &Printer) -> anyhow::Result<()> {
    if fix {
        setup::install(setup::Purpose::Build, printer)?;
    }
    let mut findings = examine();
    if with_plugins {
        findings.extend([rust_for_plugins(), c_for_plugins()]);
    }
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    let ok = findings.iter().all(|finding| finding.verdict != Verdict::Missing);
    printer.data(&lines.join("\n"), &json!({ "ok": ok, "findings": findings }))?;
    if ok {
        Ok(())
    } else {
        Err(error::missing("this machine cannot build yet", "run `cargo xtask setup`"))
    }
}

fn rust() -> Finding {
    let name = "Rust";
    let version = process::read(
        process::command(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()), root()).arg("-V"),
    );
    match (version, runtime::host()) {
        (Ok(version), Ok(host)) => ok(name, format!("{version}, for {}", host.name())),
        (_, Err(error)) | (Err(error), _) => Finding {
            name,
            verdict: Verdict::Missing,
            detail: format!("{error:#}"),
            cure: Some("install Rust: https://www.rust-lang.org/tools/install".to_owned()),
        },
    }
}

fn node() -> Finding {
    let name = "Node.js";
    match which::which("node")
        .ok()
        .and_then(|node| process::read(process::command(node, root()).arg("-v")).ok())
    {
        Some(version) => ok(name, version),
        None => Finding {
            name,
            verdict: Verdict::Warning,
            detail: "not installed; without it the Tauri CLI is compiled, which takes some minutes"
                .to_owned(),
            cure: setup::install_command(&["nodejs", "npm"]),
        },
    }
}

fn tauri_cli() -> Finding {
    let name = "Tauri CLI";
    match TauriCli::find() {
        Ok(cli) => ok(name, cli.describe()),
        Err(error) => Finding {
            name,
            verdict: Verdict::Missing,
            detail: error.to_string(),
            cure: Some("cargo xtask setup".to_owned()),
        },
    }
}

fn system_libraries() -> Finding {
    let name = "System libraries";
    if !matches!(runtime::host().map(|host| host.row().system), Ok(System::Linux)) {
        return ok(name, "none needed on this system");
    }
    let missing = setup::missing_packages(setup::Purpose::Build);
    if missing.is_empty() {
        return ok(name, "WebKitGTK 4.1 and GTK 3 with headers");
    }
    let cure = setup::install_command(&missing);
    Finding { name, verdict: Verdict::Missing, detail: missing.join(", "), cure }
}

fn disk_space() -> Finding {
    let name = "Disk space";
    let dir = target_dir();
    let place = dir.ancestors().find(|dir| dir.exists()).unwrap_or(root());
    match fs4::available_space(place) {
        Ok(space) if space < NEEDED_SPACE => Finding {
            name,
            verdict: Verdict::Warning,
            detail: format!(
                "{} GB free at `{}`, a first build takes 5",
                space / 1_000_000_000,
                place.display()
            ),
            cure: Some("cargo clean".to_owned()),
        },
        Ok(space) => ok(name, format!("{} GB free", space / 1_000_000_000)),
        Err(error) => {
            Finding { name, verdict: Verdict::Warning, detail: error.to_string(), cure: None }
        }
    }
}

fn runtimes() -> Finding {
    let name = "Runtimes";
    match runtime::list() {
        Ok(records) if records.is_empty() => {
            ok(name, "none yet; the first build compiles one for some minutes")
        }
        Ok(records) => ok(name, format!("{} in the cache", records.len())),
        Err(error) => Finding {
            name,
            verdict: Verdict::Warning,
            detail: format!("{error:#}"),
            cure: Some(format!("remove the folder `{}`", target_dir().join("runtimes").display())),
        },
    }
}

fn rust_for_plugins() -> Finding {
    let name = "Plugins in Rust";
    let target = plugin::TARGET;
    if plugin::rust_has_target() {
        return ok(name, format!("the toolchain builds for {target}"));
    }
    Finding {
        name,
        verdict: Verdict::Warning,
        detail: format!("the toolchain cannot build for {target}"),
        cure: Some(format!("rustup target add {target}")),
    }
}

fn c_for_plugins() -> Finding {
    let name = "Plugins in C";
    let missing = setup::missing_packages(setup::Purpose::Plugins);
    if missing.is_empty() {
        return ok(name, "clang, lld and wasi-libc");
    }
    let cure = setup::install_command(&missing);
    Finding { name, verdict: Verdict::Warning, detail: missing.join(", "), cure }
}

fn ok(name: &'static str, detail: impl Into<String>) -> Finding {
    Finding { name, verdict: Verdict::Ok, detail: detail.into(), cure: None }
}
