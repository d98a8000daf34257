//! The examples of the reference, each run in a real window: none may be refused.
//!
//! They are read out of the generated pages, so that what is run is what people read. Names that an example does not explain stand
//! for anything (`examples.js`); what must be known of single examples is data below.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use runtime_settings::Sha256;
use serde_json::json;
use tests::{
    desktop::Desktop,
    servers::{Page, Site},
    webdriver::Session,
    xtask,
};

use crate::{
    everything,
    plugin_support::IDLE,
    support::{App, SOON},
};

/// Before each example: what the examples find.
const BEFORE: &str = "
    const { data, cache } = Desktopr.fs;
    await data.clear(); await cache.clear(); await Desktopr.fs.trash.clear();
    for (const [path, text] of Object.entries({
        'settings.json': '{}', 'notes/today.md': 'today', 'notes/2025/old.md': 'old', 'photos/1.jpg': 'photo',
        'video.webm': 'v'.repeat(2000), 'draft.md': 'draft', 'gone.md': 'gone' })) await data.writeText(path, text);
    await data.remove('gone.md');
    await Desktopr.window.fullscreen(false);
    const module = await (await fetch('/plugins/csv.wasm')).arrayBuffer();
    for (const name of ['math', 'csv', 'my-plugin']) await Desktopr.plugins.addFromBytes(name, module, { replace: true });
";

/// How an example comes to its end, when it does not by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    /// A dialog of this title opens, and is dismissed.
    Dialog(&'static str),
    /// It waits for something that does not happen here.
    Waits,
    /// The app ends, or its window goes.
    AppEnds,
}

/// Examples that end in another way.
const ENDS: &[(&str, End)] = &[
    ("app.exit", End::AppEnds),
    ("app.relaunch", End::AppEnds),
    ("window.close", End::AppEnds),
    ("window.print", End::Dialog("Print")),
    ("events.once", End::Waits),
    ("files.open", End::Dialog("Choose files")),
    ("files.openWithBytes", End::Dialog("Choose a file")),
    ("files.save", End::Dialog("Save")),
    ("files.saveHandle", End::Dialog("Save")),
    ("handle.read", End::Dialog("Choose a file")),
    ("plugins.add", End::Dialog("Add a plugin")),
];

/// What stands before an example: names that must be of a certain type to be taken.
const GIVEN: &[(&str, &str)] = &[
    ("window.setAlwaysOnTop", "const pinned = { checked: true };"),
    ("window.focus", "await Desktopr.window.new({ label: 'player' });"),
    ("window.show", "await Desktopr.window.new({ label: 'player' });"),
    ("window.hide", "await Desktopr.window.new({ label: 'player' });"),
    ("files.save", "const csv = 'a;b';"),
    ("fs.data.writeBytes", "const file = new Blob(['photo']);"),
    ("fs.data.writeText", "const settings = {};"),
];

/// Headings and examples of every page.
fn examples() -> Result<BTreeMap<String, String>> {
    let mut examples = BTreeMap::new();
    for entry in fs_err::read_dir(xtask::repo_root()?.join("docs/reference/bridge"))? {
        let text = fs_err::read_to_string(entry?.path())?;
        for section in text.split("\n### ").skip(1) {
            let heading = section.lines().next().context("a heading")?;
            if let Some((_, rest)) = section.split_once("\n```ts\n") {
                let code = rest.split("\n```").next().context("an example")?;
                examples.insert(heading.to_owned(), code.to_owned());
            }
        }
    }
    Ok(examples)
}

struct Reader {
    _site: Site,
    app: App,
    desktop: Desktop,
}

impl Reader {
    async fn start(id: &str) -> Result<Reader> {
        let page = format!(
            "<!doctype html><title>Examples</title><h1>Examples</h1><script>{}</script>",
            include_str!("examples.js")
        );
        let site = Site::start()?;
        site.page("/", Page::html(&page)).page("/settings.html", Page::html(&page));
        site.page("/large.bin", Page::text("large"));
        site.page("/plugins/csv.wasm", Page::bytes("application/wasm", IDLE));
        let mut config = everything::config(id, &site.url("/"));
        config["plugins"]["trusted"] = json!([Sha256::of(IDLE).to_string()]);
        let app = everything::stamp(&config).await?;
        Ok(Reader { _site: site, app, desktop: Desktop::start().await? })
    }

    async fn check(&self, session: &Session, heading: &str, code: &str) -> Result<()> {
        let given = GIVEN.iter().filter(|(of, _)| *of == heading).map(|(_, text)| *text);
        let code = given.chain([code]).collect::<Vec<_>>().join("\n");
        session.resolved(BEFORE, vec![]).await.context("before it")?;
        let begin = "window.came = undefined;
            runExample(arguments[0]).then(() => { came = 'done' }, (reason) => { came = reason?.code ?? String(reason) })";
        let end = ENDS.iter().find(|(of, _)| *of == heading).map(|(_, end)| *end);
        let begun = session.eval(begin, vec![json!(code)]).await;
        if end == Some(End::AppEnds) {
            // It may have gone before it said that it has begun.
            return session.wait_for_app_end(SOON).await.map(drop);
        }
        begun?;
        let came = match end {
            Some(End::Waits) => {
                // Whatever would be refused is by the time that a later call has its answer.
                session.resolved("await Desktopr.app.info()", vec![]).await?;
                let came = session.eval("return window.came ?? 'done'", vec![]).await?;
                ensure!(came == "done", "it was refused: {came}");
                return Ok(());
            }
            Some(End::Dialog(title)) => {
                self.dismiss(session, title).await?;
                session.wait_for("window.came", SOON).await?
            }
            Some(End::AppEnds) | None => session.wait_for("window.came", SOON).await?,
        };
        ensure!(came == "done", "it was refused: {came}");
        Ok(())
    }

    async fn dismiss(&self, session: &Session, title: &str) -> Result<()> {
        let own = session.app_pid()?;
        let is_it = |window: &&tests::desktop::Window| {
            window.pid == Some(own) && window.title != "Examples" && window.title.contains(title)
        };
        let find = |windows: &[tests::desktop::Window]| windows.iter().find(is_it).cloned();
        let dialog = self.desktop.wait_for_windows("a dialog", find, SOON).await?;
        self.desktop.activate(dialog.id).await?;
        self.desktop.press(&["Escape"]).await?;
        self.desktop.wait_for_no_window(dialog.id, SOON).await
    }
}

fn ends_app(heading: &str) -> bool {
    ENDS.contains(&(heading, End::AppEnds))
}

#[tokio::test]
async fn every_example_of_the_reference_runs() -> Result<()> {
    let (examples, reader) = (examples()?, Reader::start("examples").await?);
    assert!(examples.len() > 60, "{examples:?}");
    for known in ENDS.iter().map(|(of, _)| of).chain(GIVEN.iter().map(|(of, _)| of)) {
        assert!(examples.contains_key(*known), "no example: {known}");
    }
    let session = reader.app.open(&reader.desktop).await?;
    let mut wrong = Vec::new();
    for (heading, code) in examples.iter().filter(|(heading, _)| !ends_app(heading)) {
        if let Err(error) = reader.check(&session, heading, code).await {
            wrong.push(format!("{heading}: {error:#}\n{code}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    Ok(())
}

#[tokio::test]
async fn every_example_that_ends_the_app_does() -> Result<()> {
    let (examples, reader) = (examples()?, Reader::start("examples-ends").await?);
    for (heading, code) in examples.iter().filter(|(heading, _)| ends_app(heading)) {
        let session = reader.app.open(&reader.desktop).await?;
        reader.check(&session, heading, code).await.with_context(|| heading.clone())?;
    }
    Ok(())
}
