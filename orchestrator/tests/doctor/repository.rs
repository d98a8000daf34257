//! The repository, its Actions and its workflow.

use anyhow::{Result, ensure};
use fake_github::{Access, Action, Level, Repository, WorkflowState};
use orchestrator::doctor::Verdict::{Problem, Unknown, Warning};
use reqwest::StatusCode;
use serde_json::json;

use super::case::{Case, TEMPLATE, TOKEN, WORKFLOW};

const ABOUT: &str = "/repos/*/*";
const PERMISSIONS: &str = "/repos/*/*/actions/permissions";
const SELECTED: &str = "/repos/*/*/actions/permissions/selected-actions";

#[tokio::test]
async fn no_such_repository() -> Result<()> {
    let mut case = Case::healthy()?;
    case.asked = "me/nowhere";
    case.expect(&[("repository", Problem, "no repository me/nowhere")]).await?;
    Ok(())
}

#[tokio::test]
async fn a_repository_that_is_closed_or_has_moved() -> Result<()> {
    let mut case = Case::healthy()?;
    case.answers(ABOUT, |about| about["archived"] = true.into());
    case.expect(&[("repository", Problem, "me/apps is archived")]).await?;
    let mut case = Case::healthy()?;
    case.answers(ABOUT, |about| about["disabled"] = true.into());
    case.expect(&[("repository", Problem, "GitHub has disabled me/apps")]).await?;
    let mut case = Case::healthy()?;
    case.answers(ABOUT, |about| about["full_name"] = "me/others".into());
    case.expect(&[("repository", Warning, "me/apps has another name now: me/others")]).await?;
    let mut case = Case::healthy()?;
    let moved = json!({ "message": "Moved Permanently" });
    case.fault(
        ABOUT,
        Action::Answer { status: StatusCode::MOVED_PERMANENTLY, headers: Vec::new(), body: moved },
    );
    case.expect(&[("repository", Problem, "me/apps has another name now")]).await?;
    Ok(())
}

#[tokio::test]
async fn a_fork_that_is_behind() -> Result<()> {
    let mut case = Case::healthy()?;
    case.repository.behind_by = 12;
    let checkup =
        case.expect(&[("fork", Warning, "lacks 12 commits of deskwright/deskwright")]).await?;
    ensure!(checkup.text().contains("*Sync fork*"), "{}", checkup.text());
    Ok(())
}

#[tokio::test]
async fn a_repository_of_something_else() -> Result<()> {
    let mut case = Case::healthy()?;
    case.repository = Repository::new("me/apps")?.with_secrets(&["GPG_PRIVATE_KEY"]);
    case.config["signing"] = json!({});
    case.path = None;
    case.environment = None;
    let complaints = [
        ("template", Problem, "this is no repository of Deskwright's"),
        ("workflow", Problem, "the default branch has no workflow `build.yml`"),
    ];
    case.expect(&complaints).await?;
    let mut case = Case::healthy()?;
    let other = "on: { workflow_dispatch: { inputs: { config: {}, request-id: {}, release: {}, environment: {} } } }\njobs: { a: { uses: ./x.yml } }\n";
    case.repository = case.repository.with_file(WORKFLOW, other)?;
    case.expect(&[("template", Problem, "does not build apps")]).await?;
    Ok(())
}

#[tokio::test]
async fn the_template_itself() -> Result<()> {
    let mut case = Case::healthy()?;
    case.repository.owner = "deskwright".to_owned();
    case.repository.name = "deskwright".to_owned();
    case.repository.parent = None;
    case.asked = TEMPLATE;
    case.expect(&[("template", Warning, "this is the template itself")]).await?;
    Ok(())
}

#[tokio::test]
async fn a_new_fork_has_actions_off() -> Result<()> {
    let mut case = Case::healthy()?;
    case.repository.actions_enabled = false;
    let checkup = case.expect(&[("actions", Problem, "Actions are switched off")]).await?;
    ensure!(checkup.text().contains("press the button"), "{}", checkup.text());
    // Who may not see the setting sees the workflow.
    let mut case = Case::healthy()?;
    case.access = Access::full(TOKEN).administration(Level::None);
    case.repository.workflow_states.insert("build.yml".to_owned(), WorkflowState::DisabledFork);
    let complaints = [
        ("actions", Problem, "Actions are switched off"),
        ("policy", Unknown, "may not look"),
        ("workflow", Problem, "disabled, as in every new fork"),
        ("retention", Unknown, "may not look"),
    ];
    case.expect(&complaints).await?;
    Ok(())
}

#[tokio::test]
async fn actions_that_are_not_allowed() -> Result<()> {
    let mut case = Case::healthy()?;
    case.answers(PERMISSIONS, |policy| policy["allowed_actions"] = "local_only".into());
    case.expect(&[("policy", Problem, "the actions of GitHub")]).await?;
    let selected = |github: bool, patterns: &[&str]| -> Result<Case> {
        let mut case = Case::healthy()?;
        case.answers(PERMISSIONS, |policy| policy["allowed_actions"] = "selected".into());
        let body = json!({ "github_owned_allowed": github, "verified_allowed": false, "patterns_allowed": patterns });
        case.fault(SELECTED, Action::Answer { status: StatusCode::OK, headers: Vec::new(), body });
        Ok(case)
    };
    selected(true, &[])?.expect(&[]).await?;
    selected(false, &["actions/*"])?.expect(&[]).await?;
    selected(false, &["other/*"])?.expect(&[("policy", Problem, "`actions/*`")]).await?;
    let calling = "on: { workflow_dispatch: { inputs: { config: {}, request-id: {}, release: {}, environment: {} } } }\n\
                   jobs: { a: { uses: deskwright/deskwright/.github/workflows/build-app.yml@v1 } }\n";
    let mut case = selected(true, &["other/*"])?;
    case.repository = case.repository.with_file(WORKFLOW, calling)?;
    case.expect(&[("policy", Problem, "`deskwright/*`")]).await?;
    Ok(())
}

#[tokio::test]
async fn a_workflow_that_may_not_run() -> Result<()> {
    for (state, words) in [
        (WorkflowState::DisabledManually, "somebody has disabled `build.yml`"),
        (WorkflowState::DisabledInactivity, "quiet for 60 days"),
    ] {
        let mut case = Case::healthy()?;
        case.repository.workflow_states.insert("build.yml".to_owned(), state);
        case.expect(&[("workflow", Problem, words)]).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_workflow_on_another_branch_only() -> Result<()> {
    let mut case = Case::healthy()?;
    let text = case.repository.git.read("main", WORKFLOW).unwrap_or_default().to_owned();
    case.repository = Repository::new("me/apps")?.with_secrets(&["x"]);
    case.repository.git.write("next", WORKFLOW, &text, "Add")?;
    case.repository.git.write("next", "app/app.json", b"{}", "Add")?;
    case.reference = "next";
    case.config["signing"] = json!({});
    case.environment = None;
    case.expect(&[("workflow", Problem, "the default branch has no workflow")]).await?;
    Ok(())
}

#[tokio::test]
async fn an_old_workflow_lacks_inputs() -> Result<()> {
    let mut case = Case::healthy()?;
    let old = "on: { workflow_dispatch: { inputs: { config: {} } } }\njobs: { a: { uses: ./.github/workflows/build-app.yml } }\n";
    case.repository = case.repository.with_file(WORKFLOW, old)?;
    case.expect(&[("inputs", Problem, "does not know: request-id, release, environment")]).await?;
    let mut case = Case::healthy()?;
    let push = "on: push\njobs: { a: { uses: ./.github/workflows/build-app.yml } }\n";
    case.repository = case.repository.with_file(WORKFLOW, push)?;
    case.expect(&[("inputs", Problem, "lacks `workflow_dispatch`")]).await?;
    Ok(())
}

#[tokio::test]
async fn a_config_that_nobody_has_pushed() -> Result<()> {
    let mut case = Case::healthy()?;
    case.path = Some("app/other.json");
    case.expect(&[("config", Problem, "GitHub has no `app/other.json` at main")]).await?;
    Ok(())
}
