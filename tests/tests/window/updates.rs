//! The module `updates`: releases as the pipeline makes them, found, fetched, verified and handed to the package manager; and every
//! way in which one is refused.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::{
    desktop::Desktop,
    servers::{Page, Site},
    webdriver::Session,
};

use crate::{
    support::{App, SOON, plain_site},
    updates_support::{OLD, Publisher, open, stamp_as_deb, target},
};

const LISTEN: &str = "window.heard = [];
    await Desktopr.events.onMany(['update:available', 'update:progress', 'update:installed'],
        (name, payload) => heard.push([name, payload]))";

async fn check(session: &Session) -> Result<Value> {
    session.resolved("return await Desktopr.updates.check()", vec![]).await
}

async fn refused(session: &Session, call: &str) -> Result<String> {
    let refused = session.rejected(&format!("await Desktopr.updates.{call}"), vec![]).await?;
    refused.code.with_context(|| format!("{call}: {}", refused.message))
}

#[tokio::test]
async fn a_release_is_found_fetched_verified_and_installed() -> Result<()> {
    let (site, publisher) = (plain_site()?, Publisher::new().await?);
    let app = stamp_as_deb(&publisher.config(OLD, &site.url("/"))).await?;
    let desktop = Desktop::start().await?;
    let session = open(&publisher, &app, &desktop).await?;
    session.resolved(LISTEN, vec![]).await?;
    assert_eq!(
        session.resolved("return await Desktopr.updates.channel()", vec![]).await?,
        "stable"
    );
    assert_eq!(refused(&session, "download()").await?, "updates/not-found");
    assert_eq!(refused(&session, "install()").await?, "updates/not-downloaded");

    // An older version and the same one are none, although they are signed well.
    for version in ["0.9.0", OLD] {
        publisher.publish(&publisher.release(version).await?);
        assert_eq!(check(&session).await?, json!(null), "{version}");
    }
    let release = publisher.release("1.1.0").await?;
    publisher.publish(&release);
    let found = json!({ "available": true, "version": "1.1.0", "notes": "What is new in 1.1.0", "date": null });
    assert_eq!(check(&session).await?, found);
    assert_eq!(refused(&session, "install()").await?, "updates/not-downloaded");

    let script = "const steps = []; await Desktopr.updates.download((step) => steps.push(step)); return steps";
    let steps = session.resolved(script, vec![]).await?;
    let steps = steps.as_array().context("no steps")?;
    let size = release.package.len();
    assert_eq!(steps.last(), Some(&json!({ "received": size, "total": size })));
    assert!(
        steps.windows(2).all(|two| two[0]["received"].as_u64() < two[1]["received"].as_u64()),
        "{steps:?}"
    );
    assert_eq!(publisher.asked().0, Vec::<String>::new(), "nothing is installed by itself");

    publisher.pkexec_ends_with(126)?;
    assert_eq!(refused(&session, "install()").await?, "updates/refused-by-user");
    publisher.pkexec_ends_with(100)?;
    let failed = session.rejected("await Desktopr.updates.install()", vec![]).await?;
    assert_eq!(failed.code.as_deref(), Some("updates/install-failed"));
    assert!(failed.message.contains("words of the package manager"), "{}", failed.message);
    assert_eq!(refused(&session, "install({ relaunch: 1 })").await?, "bridge/invalid-argument");
    publisher.pkexec_ends_with(0)?;
    session.resolved("await Desktopr.updates.install()", vec![]).await?;
    let (asked, package) = publisher.asked();
    let command = "/usr/bin/apt-get install --yes --no-install-recommends TMP/update.deb";
    assert_eq!(asked, [command; 3]);
    assert!(package == Some(release.package.clone()), "what is installed is what was signed");
    let left: Vec<_> = fs_err::read_dir(desktop.home().with_file_name("tmp"))?.flatten().collect();
    assert!(
        left.iter().all(|entry| !entry.file_name().to_string_lossy().starts_with("update-")),
        "{left:?}"
    );

    let heard = session.eval("return heard", vec![]).await?;
    let heard = heard.as_array().context("nothing heard")?;
    assert_eq!(heard.first(), Some(&json!(["update:available", found])));
    assert_eq!(heard.last(), Some(&json!(["update:installed", { "version": "1.1.0" }])));
    assert!(
        heard.contains(&json!(["update:progress", { "received": size, "total": size }])),
        "{heard:?}"
    );

    // Once more, and the app starts again.
    check(&session).await?;
    session.resolved("await Desktopr.updates.download()", vec![]).await?;
    site.forget_requests();
    // The answer may be lost with the app.
    let _ = session.eval_async("await Desktopr.updates.install({ relaunch: true })", vec![]).await;
    site.wait_for_request("the page of the new start", |request| request.path == "/", SOON).await?;
    Ok(())
}

#[tokio::test]
async fn what_was_not_signed_as_this_release_is_never_installed() -> Result<()> {
    let (site, publisher, stranger) =
        (plain_site()?, Publisher::new().await?, Publisher::new().await?);
    let app = stamp_as_deb(&publisher.config(OLD, &site.url("/"))).await?;
    let desktop = Desktop::start().await?;
    let session = open(&publisher, &app, &desktop).await?;
    publisher.pkexec_ends_with(0)?;
    let (release, old) = (publisher.release("1.1.0").await?, publisher.release("0.9.0").await?);
    publisher.publish(&release);
    check_manifests(&session, &publisher, &release.manifest, &site).await?;

    let platform = target().1;
    let with = |field: &str, value: &Value| {
        let mut manifest = release.manifest.clone();
        manifest["platforms"][platform][field] = value.clone();
        manifest
    };
    let serve = |bytes: &[u8]| {
        publisher.server.page(&release.path, Page::bytes("application/octet-stream", bytes));
    };
    let mut altered = release.package.clone();
    altered[1000] ^= 1;
    let theirs =
        stranger.release("1.1.0").await?.manifest["platforms"][platform]["signature"].clone();
    let old_platform = &old.manifest["platforms"][platform];
    // A real file of the app's owner, that is older than what is announced.
    let mut downgrade = with("signature", &old_platform["signature"]);
    downgrade["platforms"][platform]["url"] = old_platform["url"].clone();
    publisher.server.page(&old.path, Page::bytes("application/octet-stream", &old.package));
    for (what, manifest, bytes, code) in [
        ("altered", release.manifest.clone(), &altered[..], "updates/invalid-signature"),
        (
            "cut off",
            release.manifest.clone(),
            &release.package[..1_000_000],
            "updates/invalid-signature",
        ),
        (
            "another key",
            with("signature", &theirs),
            &release.package[..],
            "updates/invalid-signature",
        ),
        (
            "no signature",
            with("signature", &json!("bm9uZQ==")),
            &release.package[..],
            "updates/invalid-signature",
        ),
        ("an old one as new", downgrade, &release.package[..], "updates/wrong-version"),
    ] {
        publisher.announce(&manifest);
        serve(bytes);
        assert_eq!(check(&session).await?["version"], "1.1.0", "{what}");
        assert_eq!(refused(&session, "download()").await?, code, "{what}");
        assert_eq!(refused(&session, "install()").await?, "updates/not-downloaded", "{what}");
    }
    publisher.announce(&release.manifest);
    check(&session).await?;
    let endless = Page::bytes("application/octet-stream", &release.package);
    publisher.server.page(&release.path, endless.promises((1 << 30) + 1));
    assert_eq!(refused(&session, "download()").await?, "updates/too-large");
    publisher.server.page(&release.path, Page::text("").status(404));
    assert_eq!(refused(&session, "download()").await?, "updates/unreachable");
    publisher.server.redirect(&release.path, &site.url("/package"));
    assert_eq!(refused(&session, "download()").await?, "updates/insecure-url");
    assert!(site.requests().iter().all(|request| request.path != "/package"));
    assert_eq!(publisher.asked().0, Vec::<String>::new());
    Ok(())
}

/// Manifests of which `check` says what is wrong.
async fn check_manifests(
    session: &Session,
    publisher: &Publisher,
    good: &Value,
    site: &Site,
) -> Result<()> {
    let platform = target().1;
    let mut missing = good.clone();
    missing["platforms"].as_object_mut().context("no platforms")?.remove(platform);
    let mut plain = good.clone();
    plain["platforms"][platform]["url"] = json!("http://example.com/app.deb");
    for (manifest, code) in [
        (missing, "updates/no-platform"),
        (plain, "updates/insecure-url"),
        (json!({ "version": "later", "platforms": {} }), "updates/invalid-manifest"),
        (json!([]), "updates/invalid-manifest"),
    ] {
        publisher.announce(&manifest);
        assert_eq!(refused(session, "check()").await?, code, "{manifest}");
    }
    publisher.server.page("/stable.json", Page::html("<h1>Not here</h1>"));
    assert_eq!(refused(session, "check()").await?, "updates/invalid-manifest");
    publisher.server.page("/stable.json", Page::text("").status(404));
    assert_eq!(refused(session, "check()").await?, "updates/unreachable");
    publisher.server.redirect("/stable.json", &site.url("/stable.json"));
    assert_eq!(refused(session, "check()").await?, "updates/insecure-url");
    assert_eq!(refused(session, "download()").await?, "updates/not-found");
    Ok(())
}

#[tokio::test]
async fn the_app_looks_by_itself_when_the_config_says_so() -> Result<()> {
    let (site, publisher) = (plain_site()?, Publisher::new().await?);
    publisher.publish(&publisher.release("1.1.0").await?);
    let mut config = publisher.config(OLD, &site.url("/"));
    config["updates"]["check"] = json!({ "onStart": true });
    let app = stamp_as_deb(&config).await?;
    let desktop = Desktop::start().await?;
    let session = open(&publisher, &app, &desktop).await?;
    // Whether the page listens before the answer is there or afterwards.
    session.resolved(LISTEN, vec![]).await?;
    session.wait_for("heard.length > 0", SOON).await?;
    session.goto(&site.url("/?later")).await?;
    session.resolved(LISTEN, vec![]).await?;
    let heard = session.wait_for("heard.length > 0 && heard", SOON).await?;
    assert_eq!(
        (&heard[0][0], &heard[0][1]["version"]),
        (&json!("update:available"), &json!("1.1.0"))
    );
    Ok(())
}

#[tokio::test]
async fn an_app_that_cannot_be_updated_says_why() -> Result<()> {
    let (site, publisher) = (plain_site()?, Publisher::new().await?);
    publisher.publish(&publisher.release("1.1.0").await?);
    let desktop = Desktop::start().await?;

    // Nobody installed it.
    let config = publisher.config(OLD, &site.url("/"));
    let loose = App::stamp(&config, &[]).await?;
    let session = open(&publisher, &loose, &desktop).await?;
    assert_eq!(refused(&session, "check()").await?, "updates/unsupported");
    drop(session);

    // Nobody vouches for the server.
    let installed = stamp_as_deb(&config).await?;
    let session = installed.open(&desktop).await?;
    assert_eq!(refused(&session, "check()").await?, "updates/unreachable");
    drop(session);

    // Built at the desk, where no repository is known.
    let mut config = config;
    let key = config["updates"]["publicKey"].clone();
    config["updates"] = json!({ "github": true, "publicKey": key });
    let nowhere = stamp_as_deb(&config).await?;
    let session = open(&publisher, &nowhere, &desktop).await?;
    assert_eq!(refused(&session, "check()").await?, "updates/no-source");
    Ok(())
}
