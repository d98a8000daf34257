//! One app, several starts; several apps, one runtime; the end of an app.

use anyhow::Result;
use serde_json::json;
use tests::{desktop::Desktop, servers::Page};

use crate::support::{App, PLAIN_PAGE, SOON, packed_config, plain_site, url_config};

#[tokio::test]
async fn a_second_start_hands_over_its_arguments_and_ends() -> Result<()> {
    let (app, desktop) = (
        App::stamp(&packed_config("single"), &[("web/index.html", PLAIN_PAGE)]).await?,
        Desktop::start().await?,
    );
    let session = app.open(&desktop).await?;
    session
        .resolved("window.got = []; await Desktopr.events.on('app:second-instance', (payload) => got.push(payload))", vec![])
        .await?;
    let window = desktop.wait_for_window("Test single", SOON).await?;
    session.resolved("await Desktopr.window.minimize()", vec![]).await?;
    desktop.wait_for_state("minimised", window.id, |window| window.is_minimized(), SOON).await?;

    let second = desktop.spawn(app.binary(), &["a file.txt", "--flag", "é\"\\"])?;
    second.wait(SOON).await?.expect_code(0)?;
    let got = session.wait_for("got.length > 0 && got", SOON).await?;
    assert_eq!(got, json!([{ "args": ["a file.txt", "--flag", "é\"\\"] }]));
    desktop
        .wait_for_state("back", window.id, |window| !window.is_minimized() && window.active, SOON)
        .await?;
    assert_eq!(desktop.windows()?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn of_two_starts_at_once_one_hands_over_to_the_other() -> Result<()> {
    let page = [("web/index.html", PLAIN_PAGE)];
    let (app, desktop) =
        (App::stamp(&packed_config("twice"), &page).await?, Desktop::start().await?);
    let (one, two) = (desktop.spawn(app.binary(), &[])?, desktop.spawn(app.binary(), &[])?);
    desktop.wait_for_window("Test twice", SOON).await?;
    let ended = async |start: tests::process::Running| start.wait(SOON).await?.expect_code(0);
    tokio::select! {
        ended = ended(one) => drop(ended?),
        ended = ended(two) => drop(ended?),
    }
    Ok(())
}

#[tokio::test]
async fn an_app_can_have_several_instances_when_its_config_says_so() -> Result<()> {
    let mut config = packed_config("several");
    config["singleInstance"] = json!(false);
    let (app, desktop) =
        (App::stamp(&config, &[("web/index.html", PLAIN_PAGE)]).await?, Desktop::start().await?);
    let _first = desktop.spawn(app.binary(), &[])?;
    let _second = desktop.spawn(app.binary(), &[])?;
    let two = |windows: &[tests::desktop::Window]| (windows.len() == 2).then_some(());
    desktop.wait_for_windows("two windows", two, SOON).await
}

#[tokio::test]
async fn without_a_session_bus_an_app_starts_all_the_same() -> Result<()> {
    let (app, desktop) = (
        App::stamp(&packed_config("busless"), &[("web/index.html", PLAIN_PAGE)]).await?,
        Desktop::start().await?,
    );
    let mut command = desktop.command(app.binary());
    command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    let _running = tests::process::Running::start(&mut command)?;
    desktop.wait_for_window("Test busless", SOON).await.map(drop)
}

#[tokio::test]
async fn two_apps_from_one_runtime_keep_apart() -> Result<()> {
    let desktop = Desktop::start().await?;
    let page = [("web/index.html", PLAIN_PAGE)];
    let (one, two) = (
        App::stamp(&packed_config("one"), &page).await?,
        App::stamp(&packed_config("two"), &page).await?,
    );
    let (first, second) = (one.open(&desktop).await?, two.open(&desktop).await?);
    first.eval("localStorage.setItem('owner', 'one')", vec![]).await?;
    first
        .resolved("window.got = 0; await Desktopr.events.on('test:a', () => { got += 1 })", vec![])
        .await?;

    assert_eq!(second.eval("return localStorage.getItem('owner')", vec![]).await?, json!(null));
    assert_eq!(
        second.resolved("return (await Desktopr.app.info()).name", vec![]).await?,
        "Test two"
    );
    assert_eq!(
        first.resolved("return (await Desktopr.app.info()).name", vec![]).await?,
        "Test one"
    );
    second.resolved("await Desktopr.events.emitToAll('test:a')", vec![]).await?;
    first.resolved("await Desktopr.events.emit('test:a')", vec![]).await?;
    assert_eq!(first.wait_for("got", SOON).await?, 1);
    for id in ["com.example.one", "com.example.two"] {
        assert!(
            desktop.home().join(".local/share").join(id).is_dir(),
            "{id} has a data directory of its own"
        );
    }
    Ok(())
}

#[tokio::test]
async fn an_app_ends_with_the_code_that_its_page_gives() -> Result<()> {
    let page = "<!doctype html><script>Desktopr.app.exit(7)</script>";
    let site = plain_site()?;
    site.page("/", Page::html(page));
    let (app, desktop) =
        (App::stamp(&url_config("exit", &site.url("/")), &[]).await?, Desktop::start().await?);
    desktop.spawn(app.binary(), &[])?.wait(SOON).await?.expect_code(7).map(drop)
}

#[tokio::test]
async fn a_relaunched_app_runs_again() -> Result<()> {
    let site = plain_site()?;
    let page = "<!doctype html><script>
        const again = localStorage.getItem('again');
        localStorage.setItem('again', 'yes');
        fetch(again ? '/second' : '/first').then(() => again ? Desktopr.app.exit() : Desktopr.app.relaunch());
        </script>";
    site.page("/", Page::html(page));
    let (app, desktop) =
        (App::stamp(&url_config("relaunch", &site.url("/")), &[]).await?, Desktop::start().await?);
    let _first = desktop.spawn(app.binary(), &[])?;
    site.wait_for_request("first start", |request| request.path == "/first", SOON).await?;
    site.wait_for_request("second start", |request| request.path == "/second", SOON).await.map(drop)
}
