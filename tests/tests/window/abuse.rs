//! Every command of the contract, abused: wrong arguments, callers without rights, floods, pages and windows that go away
//! meanwhile. What is sent follows from the contract (`attacks`); what must be known of single commands is data (`care`).
//!
//! An answer is a result, or an error with a code of the contract. What does not have the type that the contract says is
//! refused, never answered with success.

mod attacks;
mod callers;
mod care;
mod floods;
mod types;

use anyhow::{Context as _, Result, ensure};
use bridge_contract::{Command, ErrorCode, Module, SCRIPT_FUNCTIONS, Signature, commands};
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    servers::{Page, Site},
    webdriver::Session,
};

use self::{attacks::Attack, types::Types};
use crate::{
    everything,
    support::{App, PLAIN_PAGE, SOON},
};

const SCRIPT: &str = include_str!("abuse/page.js");
/// Another window: asks the runtime for something again and again, and says so.
const OTHER: &str = "<!doctype html><title>Other</title><h1>Other</h1><script>
    const ticks = new BroadcastChannel('ticks');
    (async () => { for (;;) { await Desktopr.app.info(); ticks.postMessage(1); await new Promise((next) => setTimeout(next, 50)); } })();
    </script>";
/// Longest pause of the page's timer, in milliseconds. A megabyte of JSON stops a page for some tens; a machine that does other
/// things stops it too.
const LONGEST_PAUSE_MS: f64 = 5_000.0;

/// What Tauri itself says of JSON that it cannot read. The script makes `bridge/invalid-argument` of it.
const UNREADABLE: &[&str] = &["unexpected end of hex escape", "recursion limit exceeded"];

struct Victim {
    site: Site,
    _app: App,
    _desktop: Desktop,
    session: Session,
}

async fn open(id: &str) -> Result<Victim> {
    let site = Site::start()?;
    let page =
        format!("<!doctype html><title>Abused</title><h1>Abused</h1><script>{SCRIPT}</script>");
    site.page("/", Page::html(&page))
        .page("/other", Page::html(OTHER))
        .page("/plain", Page::html(PLAIN_PAGE));
    let app = everything::stamp(&everything::config(id, &site.url("/"))).await?;
    let desktop = Desktop::start().await?;
    let session = app.open(&desktop).await?;
    Ok(Victim { site, _app: app, _desktop: desktop, session })
}

impl Victim {
    /// Is everything alive? The page's timer has run, another window has had answers, and nothing has panicked.
    async fn is_well(&self) -> Result<()> {
        let longest = self.session.eval("return window.longest", vec![]).await?;
        ensure!(
            longest.as_f64().is_some_and(|longest| longest < LONGEST_PAUSE_MS),
            "the page stood still for {longest} ms"
        );
        let told = self.session.eval("return window.told", vec![]).await?;
        self.session
            .wait_for(&format!("window.told > {told}"), SOON)
            .await
            .context("the other window gets no answers")?;
        let output = self.session.app_output()?;
        ensure!(!output.contains("panicked"), "{output}");
        Ok(())
    }

    async fn open_other(&self) -> Result<()> {
        let script = "await Desktopr.window.new({ label: 'other', url: 'other' })";
        self.session.resolved(script, vec![]).await.map(drop)
    }
}

/// What is wrong with the answers.
fn judge(of: &str, attacks: &[Attack], came: &Value) -> Result<Vec<String>> {
    let came = came.as_array().context("a list of outcomes")?;
    ensure!(came.len() == attacks.len(), "{of}: {} outcomes", came.len());
    let mut wrong = Vec::new();
    for (attack, came) in attacks.iter().zip(came) {
        let came = came.as_str().unwrap_or_default();
        let is_right = match came {
            "ok" => !attack.must_be_refused,
            code => is_known(code) || UNREADABLE.iter().any(|text| code.contains(text)),
        };
        if !is_right {
            wrong.push(format!("{of}, {}: {came}", attack.what));
        }
    }
    Ok(wrong)
}

/// Is it a code that tells the page what it did wrong?
fn is_known(code: &str) -> bool {
    let failed =
        [ErrorCode::BridgeInternal, ErrorCode::BridgeNotAllowed, ErrorCode::BridgeUnavailable];
    ErrorCode::of(code).is_some_and(|code| !failed.contains(&code))
}

/// Every command but the one for a self-test, which no page has.
fn abused() -> impl Iterator<Item = &'static Command> {
    commands().filter(|command| command.module != Module::SelfTest)
}

fn arguments(attacks: &[Attack]) -> Value {
    attacks.iter().map(|attack| attack.arguments.clone()).collect()
}

#[tokio::test]
async fn every_command_refuses_what_does_not_fit() -> Result<()> {
    let (types, victim) = (Types::read()?, open("abuse-wire").await?);
    victim.open_other().await?;
    let mut wrong = Vec::new();
    for command in abused() {
        let attacks = attacks::on_wire(command, &types);
        let args = vec![json!(command.name), arguments(&attacks)];
        let came = victim.session.resolved("return await attackWire(...arguments)", args).await;
        let came = came.with_context(|| format!("of `{}`", command.name))?;
        wrong.extend(judge(command.name, &attacks, &came)?);
        victim.is_well().await.with_context(|| format!("after `{}`", command.name))?;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

#[tokio::test]
async fn every_function_refuses_what_does_not_fit() -> Result<()> {
    let (types, victim) = (Types::read()?, open("abuse-functions").await?);
    victim.open_other().await?;
    let of_commands = abused().map(|known| (known.name, known.is_plain(), known.signature));
    let of_script = SCRIPT_FUNCTIONS.iter().map(|function| ("", false, function.signature));
    let mut wrong = Vec::new();
    for (command, is_plain, signature) in of_commands.chain(of_script) {
        let signature = Signature::parse(signature);
        let is_called = signature.result.starts_with("Promise") && !signature.is_property;
        let is_of_handle =
            ["handle.", "directory."].iter().any(|part| signature.path.starts_with(part));
        if !is_called || is_of_handle {
            continue;
        }
        let attacks = attacks::in_page(command, is_plain, &signature, &types);
        let args = vec![json!(signature.path), arguments(&attacks)];
        let came =
            victim.session.resolved("return await attackFunction(...arguments)", args).await?;
        wrong.extend(judge(&signature.path, &attacks, &came)?);
        victim.is_well().await.with_context(|| format!("after `{}`", signature.path))?;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
