//! Thousands of calls at once, and callers that are gone before the answer.

use anyhow::Result;
use serde_json::{Value, json};

use super::{abused, attacks, care, open, types::Types};
use crate::support::SOON;

/// Calls at once: more than any queue on the way holds.
const CALLS: usize = 10_000;

#[tokio::test]
async fn ten_thousand_calls_at_once_are_all_answered() -> Result<()> {
    let victim = open("abuse-flood").await?;
    victim.open_other().await?;
    // One after another: the page itself must have room to breathe between.
    let same = "const calls = Array.from({ length: arguments[0] }, (_, index) => Desktopr.events.emit('abuse:flood', index));
                return (await Promise.allSettled(calls)).filter(({ status }) => status === 'fulfilled').length";
    assert_eq!(victim.session.resolved(same, vec![json!(CALLS)]).await?, json!(CALLS));
    victim.is_well().await?;

    let mix = "const { app, window, events, fs } = Desktopr;
        await fs.data.writeText('flood', 'x');
        // What asks the window's thread for a dozen things takes long in a thousand of calls.
        const slow = [() => app.info(), () => window.getInfo(), () => window.list()];
        const quick = [() => events.emit('abuse:mix', {}), () => fs.data.exists('flood'), () => fs.data.stat('flood'),
            () => window.getInfo('nobody').then(() => { throw new Error('answered') }, ({ code }) => { if (code !== 'window/unknown-label') throw code; })];
        const kind = (index) => index % 50 === 0 ? slow[(index / 50) % slow.length] : quick[index % quick.length];
        const calls = Array.from({ length: arguments[0] }, (_, index) => kind(index)());
        return (await Promise.allSettled(calls)).filter(({ status }) => status === 'fulfilled').length";
    assert_eq!(victim.session.resolved(mix, vec![json!(CALLS)]).await?, json!(CALLS));
    victim.is_well().await
}

/// Every command with arguments that fit, but for those that must not be called so.
fn good_calls(types: &Types) -> Value {
    let calls = abused().filter(|command| !care::is_careful(command.name));
    calls.map(|command| json!([command.name, attacks::good(command, types)])).collect()
}

#[tokio::test]
async fn callers_may_go_before_the_answer() -> Result<()> {
    let (types, victim) = (Types::read()?, open("abuse-gone").await?);
    let calls = good_calls(&types);
    victim.open_other().await?;
    let fire = "window.fired = attackMany(arguments[0]); await new Promise((sent) => setTimeout(sent, arguments[1]))";
    for pause in [0, 5, 50] {
        victim.session.resolved(fire, vec![calls.clone(), json!(pause)]).await?;
        victim.session.goto(&victim.site.url("/")).await?;
        victim.is_well().await?;
    }

    // The same by windows that close.
    for pause in [0, 5, 50] {
        let main = victim.session.handle().await?;
        let new = "await Desktopr.window.new({ label: 'short', url: '/' })";
        let short = victim.session.opened_by(victim.session.resolved(new, vec![]), SOON).await?;
        victim.session.switch_to(&short).await?;
        victim.session.resolved(fire, vec![calls.clone(), json!(pause)]).await?;
        victim.session.switch_to(&main).await?;
        victim.session.resolved("await Desktopr.window.close('short')", vec![]).await?;
        victim.session.wait_for_handle_count(2, SOON).await?;
        victim.is_well().await?;
    }
    Ok(())
}
