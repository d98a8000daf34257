//! One build fails: the others are kept, and there is no release unless the owner said that a part will do.

use anyhow::Result;
use serde_json::{Value, json};

use crate::{
    cloud::cloud,
    releases::{check_assets, released},
};

const CHECKOUT: &str = "partial";

fn config(name: &str) -> Value {
    json!({
        "app": { "name": name, "id": format!("com.example.{}", name.to_lowercase()), "version": "1.0.0" },
        "content": { "dir": name.to_lowercase() }, "bundle": { "formats": { "linux": ["deb"] } },
    })
}

#[tokio::test]
async fn a_failed_build_keeps_the_others_and_stops_the_release_unless_a_part_will_do() -> Result<()>
{
    let cloud = cloud().await?;
    let (good, mut gone) = (config("Good"), config("Gone"));
    // Nobody listens there: the installed app says so at once.
    gone["content"] = json!({ "url": "https://localhost:9" });
    let build = fs_err::read_to_string(cloud.source().join(".github/workflows/build.yml"))?;
    let files = [
        (".github/workflows/build.yml", build),
        ("good.json", good.to_string()),
        (
            "good/index.html",
            "<!doctype html><html lang=\"en\"><title>Good</title><h1>Good</h1></html>".to_owned(),
        ),
        ("gone.json", gone.to_string()),
    ];
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    cloud.checkout(CHECKOUT, &files).await?;
    let inputs = |partial: bool| json!({ "config": "good.json gone.json", "targets": "linux-x64", "release": "publish", "allow-partial": partial.to_string() });

    let whole = cloud
        .run("one-fails", CHECKOUT, "build.yml", inputs(false), &[])
        .await?
        .expect_failure()?;
    let mut kept =
        whole.steps.iter().filter(|step| step.job.contains("good for") && step.result == "success");
    assert!(
        kept.next_back().is_some_and(|step| step.name.contains("upload-artifact")),
        "{}",
        whole.failures()
    );
    assert!(whole.log.contains("missing: `gone` for linux-x64"), "{}", whole.tail());
    assert!(released(cloud, &good).is_err(), "released without its other half");

    let part = cloud.run("a-part-will-do", CHECKOUT, "build.yml", inputs(true), &[]).await?;
    check_assets(&released(cloud, &good)?)?;
    assert!(released(cloud, &gone).is_err(), "released without being built");
    let judged = part.steps.iter().find(|step| step.job.contains("All green"));
    assert!(judged.is_some_and(|step| step.result == "success"), "{}", part.tail());
    cloud.fake.assert_no_violations()?;
    Ok(())
}
