//! Files that are dragged over a window and dropped on it: a real drag on X, from the window of another app.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::{
    desktop::{Desktop, Window},
    process::Running,
    servers::{Page, Site},
    webdriver::Session,
};

use crate::support::{App, SOON, url_config};

/// A page whose left half is dragged as a file, and whose right half as a folder.
const SOURCE: &str = "<!doctype html><title>Source</title><body style='margin:0;display:flex'>
    <div draggable=true id=file style='width:50vw;height:100vh;background:#246'></div>
    <div draggable=true id=folder style='width:50vw;height:100vh;background:#642'></div><script>
    addEventListener('dragstart', (event) => {
        event.dataTransfer.effectAllowed = 'copy';
        event.dataTransfer.setData('text/uri-list', @URIS@[event.target.id]);
    });</script>";
/// A page that takes drops as the web has them.
const TARGET: &str = "<!doctype html><title>Target</title><body style='margin:0;height:100vh'><script>
    const take = (event) => { event.preventDefault(); event.dataTransfer.dropEffect = 'copy' };
    addEventListener('dragenter', take);
    addEventListener('dragover', take);
    addEventListener('drop', (event) => { event.preventDefault(); window.dropped = [...event.dataTransfer.types] });
    </script>";

const FILE: (i32, i32) = (100, 150);
const FOLDER: (i32, i32) = (300, 150);
/// A place where no window is.
const NOWHERE: (i32, i32) = (1200, 100);

fn config(id: &str, url: &str) -> Value {
    let mut config = url_config(id, url);
    config["window"] = json!({ "width": 400, "height": 300 });
    config
}

/// Two apps side by side: one to drag from, and one to drop on.
struct Apps {
    desktop: Desktop,
    session: Session,
    from: Window,
    to: Window,
    site: Site,
    _source: (App, Running),
    _target: App,
}

impl Apps {
    async fn open(id: &str, files: bool) -> Result<Apps> {
        let (site, desktop) = (Site::start()?, Desktop::start().await?);
        let home = desktop.home();
        fs_err::write(home.join("notes ä.txt"), "dropped")?;
        fs_err::create_dir(home.join("photos"))?;
        fs_err::write(home.join("photos/a.txt"), "inside")?;
        let uris = json!({
            "file": format!("file://{}/notes%20%C3%A4.txt", home.display()),
            "folder": format!("file://{}/photos", home.display()),
        });
        site.page("/source", Page::html(&SOURCE.replace("@URIS@", &uris.to_string())))
            .page("/target", Page::html(TARGET));
        let (source_id, target_id) = (format!("{id}-source"), format!("{id}-target"));
        let source = App::stamp(&config(&source_id, &site.url("/source")), &[]).await?;
        let mut target = config(&target_id, &site.url("/target"));
        target["bridge"]["modules"]["files"] = json!(files);
        let target = App::stamp(&target, &[]).await?;
        let running = desktop.spawn(source.binary(), &[])?;
        let from = desktop.wait_for_window(&format!("Test {source_id}"), SOON).await?;
        let session = target.open(&desktop).await?;
        let to = desktop.wait_for_window(&format!("Test {target_id}"), SOON).await?;
        desktop.place(to.id, 700, 400).await?;
        desktop.place(from.id, 60, 60).await?;
        let windows = desktop.windows()?;
        let now = |id| windows.iter().find(|window| window.id == id).cloned();
        let (from, to) = (now(from.id).context("the source")?, now(to.id).context("the target")?);
        Ok(Apps { desktop, session, from, to, site, _source: (source, running), _target: target })
    }

    async fn listen(&self, options: Value) -> Result<()> {
        let script = "window.told = [];
            await Desktopr.events.onDragDrop((event, drop) => window.told.push({ event, ...drop }), arguments[0])";
        self.session.resolved(script, vec![options]).await.map(drop)
    }

    /// Drags to a place in the target, step by step.
    async fn drop_at(&self, what: (i32, i32), (x, y): (i32, i32)) -> Result<()> {
        let (from, to) = (&self.from, &self.to);
        self.desktop.drag(&[(from.x + what.0, from.y + what.1), (to.x + x, to.y + y)]).await
    }

    async fn told(&self, kind: &str) -> Result<Value> {
        let found = format!("window.told.find(({{ kind }}) => kind === '{kind}')");
        self.session.wait_for(&found, SOON).await
    }
}

#[tokio::test]
async fn dropped_files_come_with_handles() -> Result<()> {
    let apps = Apps::open("drop", true).await?;
    let (session, home) = (&apps.session, apps.desktop.home());
    apps.listen(json!({ "includeHover": true })).await?;
    apps.drop_at(FILE, (120, 80)).await?;
    let drop = apps.told("drop").await?;
    let path = home.join("notes ä.txt");
    assert_eq!(drop["paths"], json!([path.to_string_lossy()]));
    assert_eq!((&drop["names"], &drop["rejected"]), (&json!(["notes ä.txt"]), &json!([])));
    assert_eq!(drop["position"], json!({ "x": 120, "y": 80 }));
    let enter = apps.told("enter").await?;
    assert_eq!((&enter["names"], &enter["paths"]), (&json!(["notes ä.txt"]), &json!([])));
    assert_eq!(apps.told("hover").await?["names"], json!([]));
    let used = "const [file] = window.told.find(({ kind }) => kind === 'drop').files;
        const before = await file.readText();
        await file.write('changed');
        return [file.kind, file.size, before, window.told.map(({ event }) => event).at(-1), window.dropped ?? null]";
    let expected = json!(["file", 7, "dropped", "dragdrop:drop", null]);
    assert_eq!(session.resolved(used, vec![]).await?, expected);
    assert_eq!(fs_err::read_to_string(path)?, "changed");

    session.eval("window.told = []", vec![]).await?;
    apps.drop_at(FOLDER, (60, 60)).await?;
    apps.told("drop").await?;
    let used = "const [folder] = window.told.find(({ kind }) => kind === 'drop').files;
        return [folder.kind, (await folder.entries()).map(({ name }) => name), await (await folder.file('a.txt')).readText()]";
    assert_eq!(session.resolved(used, vec![]).await?, json!(["directory", ["a.txt"], "inside"]));

    session.eval("window.told = []", vec![]).await?;
    let (from, to) = (&apps.from, &apps.to);
    let way = [(from.x + FILE.0, from.y + FILE.1), (to.x + 90, to.y + 90), NOWHERE];
    apps.desktop.drag(&way).await?;
    apps.told("cancel").await?;
    let kinds = "return window.told.map(({ kind }) => kind).filter((kind) => kind !== 'hover')";
    assert_eq!(session.resolved(kinds, vec![]).await?, json!(["enter", "cancel"]));
    Ok(())
}

#[tokio::test]
async fn a_page_that_does_not_ask_is_told_nothing() -> Result<()> {
    let apps = Apps::open("unasked", true).await?;
    let session = &apps.session;
    apps.listen(json!({})).await?;
    session.goto(&apps.site.url("/target")).await?;
    // The page before had asked. This one listens by another name only.
    let script = "window.told = [];
        await Desktopr.events.onMany(['dragdrop:enter', 'dragdrop:drop'], (event) => window.told.push(event))";
    session.resolved(script, vec![]).await?;
    apps.drop_at(FILE, (120, 80)).await?;
    // By now a drop would have been told: what comes after it has.
    apps.listen(json!({})).await?;
    apps.drop_at(FILE, (100, 100)).await?;
    apps.told("drop").await?;
    // Each is told once, to both listeners, and no hover unasked.
    let told = json!(["dragdrop:enter", "enter", "dragdrop:drop", "drop"]);
    let kinds = "return window.told.map((told) => told.kind ?? told)";
    assert_eq!(session.resolved(kinds, vec![]).await?, told);
    assert_eq!(session.url().await?, apps.site.url("/target"), "nothing was opened");
    Ok(())
}

#[tokio::test]
async fn without_the_module_drops_are_the_pages_own() -> Result<()> {
    let apps = Apps::open("own", false).await?;
    let refused =
        apps.session.rejected("await Desktopr.events.onDragDrop(() => {})", vec![]).await?;
    assert_eq!(refused.code.as_deref(), Some("bridge/module-disabled"));
    let known = apps.session.resolved("return Desktopr.supports('events.onDragDrop')", vec![]);
    assert_eq!(known.await?, json!(false));
    // WebKit tells a page of what stays over one of its elements for a while.
    let (from, to) = (&apps.from, &apps.to);
    let way = [(from.x + FILE.0, from.y + FILE.1), (to.x + 60, to.y + 60), (to.x + 120, to.y + 80)];
    apps.desktop.drag(&way).await?;
    let types = apps.session.wait_for("window.dropped", SOON).await?;
    assert!(types.as_array().is_some_and(|types| !types.is_empty()), "{types}");
    assert_eq!(apps.session.url().await?, apps.site.url("/target"), "nothing was opened");
    Ok(())
}
