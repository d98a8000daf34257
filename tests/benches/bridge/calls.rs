//! Small calls, events and a picture on the clipboard, beside a plugin's command, Tauri's own events and its plugin for the
//! clipboard; and what the isolation pattern adds.

use anyhow::Result;
use serde_json::json;

use crate::{
    apps::Apps,
    figures::Figure,
    turns::{Work, turns, turns_of},
};

/// Calls of one turn (count): the page's clock ticks in milliseconds.
const CALLS: usize = 100;
/// Turns of calls (count).
const CALL_TURNS: usize = 60;
/// Events of one turn (count).
const EVENTS: usize = 10_000;
/// Pixels of the picture on each side: 10 MB of colours.
const SIDE: usize = 1581;
/// What a plugin's command takes, and a tenth.
const CALL_GOAL: f64 = 1.1;
const EVENT_GOAL: f64 = 1.2;
const PICTURE_GOAL: f64 = 1.2;
/// The isolation pattern is a choice: a figure to choose by.
const ISOLATION_GOAL: f64 = 10.0;

const PREPARE: &str = r#"
    const side = arguments[0];
    window.repeat = async (count, call) => { for (let index = 0; index < count; index += 1) await call(index); };
    // Resolves when as many events have come, each in its turn.
    window.received = (count, listen) => {
        let next = 0;
        let done;
        const all = new Promise((resolve, reject) => {
            done = (number) => {
                if (number !== next) reject(new Error(`event ${number} came instead of ${next}`));
                next += 1;
                if (next === count) resolve();
            };
        });
        return Promise.resolve(listen(done)).then((stop) => ({ all, stop }));
    };
    window.piece = crypto.getRandomValues(new Uint8Array(65536));
    window.mebibyte = new Uint8Array(1024 * 1024).map((_, index) => piece[index % 65536]);
    window.picture = new Uint8Array(side * side * 4).map((_, index) => index % 4 === 3 ? 255 : piece[index % 65536]);"#;

/// Milliseconds, as medians of turns.
pub(crate) async fn measure(apps: &Apps) -> Result<Vec<Figure>> {
    for session in [&apps.ours, &apps.isolated, &apps.bare] {
        session.eval(PREPARE, vec![json!(SIDE)]).await?;
    }
    let ours = |script: &str| Work { session: &apps.ours, script: script.to_owned() };
    let isolated = |script: &str| Work { session: &apps.isolated, script: script.to_owned() };
    let bare = |script: &str| Work {
        session: &apps.bare,
        script: format!("const {{ invoke, transformCallback }} = __TAURI_INTERNALS__; {script}"),
    };
    let call = format!("await repeat({CALLS}, () => Desktopr.downloads.list())");
    let nothing = format!("await repeat({CALLS}, () => invoke('plugin:bench|nothing', {{}}))");
    let kinds = [ours(&call), isolated(&call), bare(&nothing)];
    let [call, isolated_call, plugin_call] = turns_of(CALL_TURNS, kinds).await?;
    let [event, tauri_event] = turns([
        ours(&format!(
            "const {{ all, stop }} = await received({EVENTS}, (done) => Desktopr.events.on('tick', done));
             await repeat({EVENTS}, (index) => Desktopr.events.emit('tick', index)); await all; stop()"
        )),
        bare(&format!(
            "const listen = (done) => invoke('plugin:event|listen', {{
                 event: 'tick', target: {{ kind: 'Any' }}, handler: transformCallback(({{ payload }}) => done(payload)),
             }});
             const {{ all, stop }} = await received({EVENTS}, listen);
             await repeat({EVENTS}, (index) => invoke('plugin:event|emit', {{ event: 'tick', payload: index }}));
             await all; await invoke('plugin:event|unlisten', {{ event: 'tick', eventId: stop }})"
        )),
    ])
    .await?;
    let [picture, plugin_picture] = turns([
        ours(&format!(
            "await Desktopr.clipboard.writeImage({{ width: {SIDE}, height: {SIDE}, rgba: picture }});
             const read = await Desktopr.clipboard.readImage();
             if (read.rgba.length !== picture.length) throw new Error('another picture')"
        )),
        bare(&format!(
            "const image = await invoke('plugin:image|new', {{ rgba: Array.from(picture), width: {SIDE}, height: {SIDE} }});
             await invoke('plugin:clipboard-manager|write_image', {{ image }});
             const rid = await invoke('plugin:clipboard-manager|read_image');
             const read = new Uint8Array(await invoke('plugin:image|rgba', {{ rid }}));
             if (read.length !== picture.length) throw new Error('another picture')"
        )),
    ])
    .await?;
    let bytes = "await Desktopr.fs.data.writeBytes('bytes', mebibyte); await Desktopr.fs.data.readBytes('bytes')";
    let [bytes, isolated_bytes] = turns([ours(bytes), isolated(bytes)]).await?;
    let figure = |name, value, baseline, goal| Figure {
        name,
        value,
        unit: "ms",
        baseline: Some(baseline),
        goal,
    };
    Ok(vec![
        figure("100 calls, beside a plugin's command", call, plugin_call, CALL_GOAL),
        figure("10,000 events in order, beside Tauri's", event, tauri_event, EVENT_GOAL),
        figure("10 MB picture to the clipboard and back", picture, plugin_picture, PICTURE_GOAL),
        figure("100 calls with isolation, beside without", isolated_call, call, ISOLATION_GOAL),
        figure("1 MiB to a file and back with isolation", isolated_bytes, bytes, ISOLATION_GOAL),
    ])
}
