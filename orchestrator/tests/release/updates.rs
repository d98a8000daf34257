//! The updater manifest on its branch.

use anyhow::{Context as _, Result};
use fake_github::{Action, Fault, Object};
use serde_json::json;

use super::support::{Fixture, REPOSITORY};

const PATH: &str = "com.example.notes/stable.json";

#[tokio::test]
async fn the_branch_is_made_without_a_history() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    at.release(&build).await?.ok();
    let git = at.repository()?.git;
    let commit = git.resolve("updates").context("the branch is there")?;
    let Some(Object::Commit { parents, tree, .. }) = git.object(&commit) else {
        anyhow::bail!("no commit")
    };
    assert!(parents.is_empty());
    assert_eq!(git.files(tree).keys().collect::<Vec<_>>(), [PATH]);
    at.expect_released(&build)
}

#[tokio::test]
async fn later_versions_and_other_apps_are_added() -> Result<()> {
    let at = Fixture::new().await?;
    for (slug, version) in [("notes", "1.0.0"), ("maps", "1.0.0"), ("notes", "1.1.0")] {
        let build = at.build(slug, version)?;
        at.release(&build).await?.ok();
        at.expect_released(&build)?;
    }
    let git = at.repository()?.git;
    let maps =
        git.read("updates", "com.example.maps/stable.json").context("the other app's is there")?;
    assert!(std::str::from_utf8(maps)?.contains("1.0.0"));
    Ok(())
}

#[tokio::test]
async fn a_later_version_is_never_replaced() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    let later = json!({ "version": "1.2.0", "platforms": {} }).to_string();
    at.fake.change(REPOSITORY, |repository| {
        repository.git.write("updates", PATH, later.as_bytes(), "m")
    })??;
    at.release(&build).await?.expect(0, "left alone, it is of a later version");
    assert_eq!(at.repository()?.git.read("updates", PATH), Some(later.as_bytes()));
    Ok(())
}

#[tokio::test]
async fn somebody_else_writes_to_the_branch_at_the_same_time() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    at.fake.change(REPOSITORY, |repository| {
        repository.git.write("updates", "other.json", b"{}", "m")
    })??;
    let conflict = Action::Answer {
        status: 409.try_into()?,
        headers: Vec::new(),
        body: json!({ "message": "is at 1 but expected 2" }),
    };
    at.fake.add_fault(Fault::on("PUT".parse()?, "/repos/*/*/contents/**", conflict).times(3));
    at.release(&build).await?.ok();
    at.expect_released(&build)
}

#[tokio::test]
async fn a_file_that_is_no_manifest_is_not_overwritten() -> Result<()> {
    let at = Fixture::new().await?;
    let build = at.build("notes", "1.0.0")?;
    at.fake
        .change(REPOSITORY, |repository| repository.git.write("updates", PATH, b"hello", "m"))??;
    at.release(&build).await?.expect(1, "not an updater manifest: com.example.notes/stable.json");
    at.fake.change(REPOSITORY, |repository| {
        repository.git.write("updates", PATH, b"{\"version\":\"0.1.0\"}", "m")
    })??;
    at.release(&build).await?.ok();
    at.expect_released(&build)
}
