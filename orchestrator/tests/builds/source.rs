//! What you see is what is built: the files here are those of the reference.

use anyhow::Result;
use fake_github::Script;
use serde_json::json;

use super::desk::{Desk, REPOSITORY, config};

async fn desk() -> Result<Desk> {
    let desk = Desk::new().await?;
    desk.scripted(|_, _| Ok(Script::never_starts()));
    Ok(desk)
}

#[tokio::test]
async fn what_is_not_pushed_is_not_built() -> Result<()> {
    let desk = desk().await?;
    desk.write("app/app.json", &config("notes", "1.0.1").to_string())?;
    desk.write("app/web/new.js", "1")?;
    let said = desk.run(&["dispatch", "app/app.json"]).await?;
    let said = said.expect(2, "what is here is not what would be built at main of me/apps");
    assert!(said.stderr.contains("is different: app/app.json"), "{}", said.stderr);
    assert!(said.stderr.contains("is only here: app/web/new.js"), "{}", said.stderr);
    assert!(said.stderr.contains("git push"), "{}", said.stderr);
    assert_eq!(desk.dispatches(), 0);
    desk.push("main").await?;
    desk.run(&["dispatch", "app/app.json"]).await?.ok();
    Ok(())
}

#[tokio::test]
async fn files_that_are_gone_here_or_there() -> Result<()> {
    let desk = desk().await?;
    desk.write("app/web/more.js", "1")?;
    desk.push("main").await?;
    fs_err::remove_file(desk.checkout().join("app/web/more.js"))?;
    desk.run(&["dispatch", "app/app.json"]).await?.expect(2, "is only there: app/web/more.js");
    // Outside of what the config names, nobody cares.
    desk.write("app/web/more.js", "1")?;
    desk.write("README.md", "another")?;
    desk.run(&["dispatch", "app/app.json"]).await?.ok();
    Ok(())
}

#[tokio::test]
async fn another_branch_has_it() -> Result<()> {
    let desk = desk().await?;
    desk.write("app/web/index.html", "changed")?;
    desk.push("feature/new").await?;
    desk.run(&["dispatch", "app/app.json"]).await?.expect(2, "is different: app/web/index.html");
    desk.run(&["dispatch", "app/app.json", "--ref", "feature/new"]).await?.ok();
    desk.run(&["dispatch", "app/app.json", "--ref", "none"])
        .await?
        .expect(2, "no such branch or tag in me/apps: none");
    Ok(())
}

#[tokio::test]
async fn a_config_that_is_sent_along_need_not_be_pushed() -> Result<()> {
    let desk = desk().await?;
    let (inputs, seen) = std::sync::mpsc::channel();
    desk.scripted(move |_, dispatch| {
        inputs.send(dispatch.inputs.clone())?;
        Ok(Script::never_starts())
    });
    let config_here = config("notes", "2.0.0").to_string();
    desk.write("app/app.json", &config_here)?;
    desk.run(&["dispatch", "app/app.json", "--inline"]).await?.ok();
    let inputs = seen.try_recv()?;
    assert_eq!(inputs["config-json"], config_here);
    // Where it would be: what it names is relative to there.
    assert_eq!(inputs["config"], "app/app.json");
    let large = format!("{}{}", config("notes", "2.0.1"), " ".repeat(60_000));
    desk.write("app/app.json", &large)?;
    desk.run(&["dispatch", "app/app.json", "--inline"])
        .await?
        .expect(2, "the config is too large to be sent along");
    // What it names comes from the branch all the same.
    desk.write("app/app.json", &config("notes", "2.0.2").to_string())?;
    desk.write("app/web/index.html", "changed")?;
    desk.run(&["dispatch", "app/app.json", "--inline"])
        .await?
        .expect(2, "is different: app/web/index.html");
    Ok(())
}

#[tokio::test]
async fn a_web_app_that_was_never_committed() -> Result<()> {
    let desk = desk().await?;
    desk.write(".gitignore", "dist\n")?;
    let mut built = config("notes", "1.0.0");
    built["content"]["dir"] = "dist".into();
    desk.write("app/app.json", &built.to_string())?;
    desk.write("app/dist/index.html", "built")?;
    desk.push("main").await?;
    desk.run(&["dispatch", "app/app.json"]).await?.expect(2, "is only here: app/dist/index.html");
    // With a command that makes it, the build makes it.
    built["content"]["build"] = "make".into();
    desk.write("app/app.json", &built.to_string())?;
    desk.push("main").await?;
    desk.run(&["dispatch", "app/app.json"]).await?.ok();
    desk.write("app/source.js", "1")?;
    desk.run(&["dispatch", "app/app.json"]).await?.expect(2, "is only here: app/source.js");
    Ok(())
}

#[tokio::test]
async fn plugins_are_what_they_are_there_unless_a_command_makes_them() -> Result<()> {
    let desk = desk().await?;
    let with_plugin = |file: &str| {
        let mut config = config("notes", "1.0.0");
        config["bridge"] = json!({ "modules": { "plugins": true } });
        config["plugins"] = json!({ "bundled": [{ "file": file }] });
        config
    };
    desk.write(".gitignore", "made\n")?;
    desk.write("app/app.json", &with_plugin("../plugins/math.wasm").to_string())?;
    desk.write("plugins/math.wasm", "1")?;
    desk.write("plugins/math.plugin.json", "{}")?;
    desk.push("main").await?;
    desk.run(&["dispatch", "app/app.json"]).await?.ok();
    desk.write("plugins/math.wasm", "2")?;
    desk.write("plugins/math.plugin.json", "{ }")?;
    let said = desk.run(&["dispatch", "app/app.json"]).await?;
    let said = said.expect(2, "is different: plugins/math.wasm");
    assert!(said.stderr.contains("is different: plugins/math.plugin.json"), "{}", said.stderr);

    let mut made = with_plugin("../made/math.wasm");
    desk.write("made/math.wasm", "1")?;
    desk.write("app/app.json", &made.to_string())?;
    desk.push("main").await?;
    desk.run(&["dispatch", "app/app.json"]).await?.expect(2, "is only here: made/math.wasm");
    made["content"]["build"] = "make".into();
    desk.write("app/app.json", &made.to_string())?;
    desk.push("main").await?;
    desk.run(&["dispatch", "app/app.json"]).await?.ok();
    Ok(())
}

#[tokio::test]
async fn configs_that_are_none() -> Result<()> {
    let desk = desk().await?;
    desk.run(&["dispatch", "missing.json"]).await?.expect(2, "missing.json");
    desk.run(&["dispatch", "app"]).await?.expect(2, "a config is a file, this is a folder");
    desk.write("app/app.json", "{ \"app\": {} }")?;
    desk.run(&["dispatch", "app/app.json"]).await?.expect(2, "app.name");
    assert_eq!(desk.fake.requests().len(), 0, "nothing was asked for that");
    let outside = tempfile::tempdir()?;
    fs_err::write(outside.path().join("app.json"), config("notes", "1.0.0").to_string())?;
    fs_err::create_dir(outside.path().join("web"))?;
    fs_err::write(outside.path().join("web/index.html"), "x")?;
    let path = outside.path().join("app.json").display().to_string();
    desk.run(&["dispatch", &path]).await?.expect(2, "not in a git checkout");
    Ok(())
}

#[tokio::test]
async fn a_branch_that_moves_between_the_look_and_the_start() -> Result<()> {
    let desk = Desk::new().await?;
    desk.fake.add_fault(fake_github::Fault::on(
        "POST".parse()?,
        super::desk::DISPATCHES,
        fake_github::Action::HoldBefore,
    ));
    let child = desk.start(&["dispatch", "app/app.json", "--wait"])?;
    desk.fake.wait_for_hold().await?;
    desk.fake.change(REPOSITORY, |repository| {
        repository.git.write("main", "app/web/index.html", b"pushed meanwhile", "Push")
    })??;
    desk.fake.let_go();
    let said = super::said::wait(child).await?;
    said.expect(2, "what would be built is not what was checked");
    Ok(())
}
