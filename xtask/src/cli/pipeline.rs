//! The steps of a cloud build on the command line, each of them as good at the desk.

use std::{
    env,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use config_schema::{BundleFormat, Target, plan::ReleaseMode};

use super::{parse_format, parse_target};
use crate::{
    app_source,
    bundle::{self, BundleJob},
    config_file::{self, ConfigFile},
    error, finalise, package,
    plan::{self, Presence, Wanted},
    printer::Printer,
    render::TemplateSet,
    runtime::Profile,
    workspace::{DEFAULT_CONFIG, root, template_app},
};

/// Print what a build will do: matrix, runtimes, expected artifacts, secrets
#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    /// The configs (default: app/app.json)
    configs: Vec<PathBuf>,
    /// Read the paths of configs from this environment variable, one on each line
    #[arg(long, value_name = "NAME")]
    configs_env: Option<String>,
    /// Read a config itself, as JSON, from this environment variable; a path beside it says where the config would be
    #[arg(long, value_name = "NAME")]
    config_json_env: Option<String>,
    /// The folder that paths in such a config are relative to, unless its path says it
    #[arg(long, value_name = "DIR", default_value = ".")]
    base: PathBuf,
    /// Only these targets
    #[arg(long, value_delimiter = ',', value_parser = parse_target)]
    targets: Option<Vec<Target>>,
    /// Whether a release is made, and how far it goes
    #[arg(long, default_value = "none", value_enum)]
    release: Release,
    /// Release what is there when a target fails
    #[arg(long)]
    allow_partial: bool,
    /// Read from this environment variable which secrets the repository has, as `NAME=true NAME=false`: an incomplete set is
    /// refused
    #[arg(long, value_name = "NAME")]
    secrets_env: Option<String>,
    /// Write the plan to this file too
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Release {
    None,
    Draft,
    Publish,
}

/// Collect what a build needs of each app: config, icon, built content
#[derive(Debug, Args)]
pub(super) struct ContentArgs {
    /// The plan that `plan --out` wrote
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
    /// The folder that is written, with one folder for each app
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Make the installers of a stamped project
#[derive(Debug, Args)]
pub(super) struct BundleArgs {
    /// A rendered and stamped project
    tree: PathBuf,
    /// What it is for
    #[arg(long, value_parser = parse_target)]
    target: Target,
    /// The formats to make (default: what the config says)
    #[arg(long, value_delimiter = ',', value_parser = parse_format)]
    bundles: Option<Vec<BundleFormat>>,
    /// Sign them as the config says, with the secrets in the environment
    #[arg(long)]
    sign: bool,
}

/// Put installers under their release names, with a manifest of sizes and hashes
#[derive(Debug, Args)]
pub(super) struct PackageArgs {
    /// A bundled project
    tree: PathBuf,
    /// What it was bundled for
    #[arg(long, value_parser = parse_target)]
    target: Target,
    /// The folder that is written
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Compare what was built with the plan, and write the files of each release
#[derive(Debug, Args)]
pub(super) struct FinaliseArgs {
    /// The plan that `plan --out` wrote
    #[arg(long, value_name = "FILE")]
    plan: PathBuf,
    /// Where the packaged installers are, at any depth
    #[arg(long, value_name = "DIR")]
    artifacts: PathBuf,
    /// What `content` collected: release notes and npm packages
    #[arg(long, value_name = "DIR")]
    content: Option<PathBuf>,
    /// The commit that was built
    #[arg(long, value_name = "SHA")]
    commit: Option<String>,
    /// Where the releases will be
    #[arg(long, value_name = "URL", default_value_t = repository_url())]
    repository_url: String,
    /// Release what is there, whatever the plan says
    #[arg(long)]
    allow_partial: bool,
    /// The folder that is written, with one folder for each app
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Also write everything but the installers here, with one folder for each app
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
}

impl PlanArgs {
    pub(super) fn run(self, printer: &Printer) -> anyhow::Result<()> {
        let configs = self.load()?;
        let presence = match &self.secrets_env {
            Some(name) => Some(Presence::parse(&variable(name))?),
            None => None,
        };
        let wanted = Wanted {
            targets: self.targets,
            release: match self.release {
                Release::None => None,
                Release::Draft => Some(ReleaseMode::Draft),
                Release::Publish => Some(ReleaseMode::Publish),
            },
            allow_partial: self.allow_partial,
            presence,
        };
        let plan = plan::plan(&configs, &wanted, &TemplateSet::read(&template_app())?)?;
        if let Some(out) = &self.out {
            fs_err::write(out, serde_json::to_vec_pretty(&plan)?)?;
        }
        printer.data(&plan::table(&plan), &plan)
    }

    fn load(&self) -> anyhow::Result<Vec<ConfigFile>> {
        let listed = self.configs_env.as_deref().map(variable).unwrap_or_default();
        let lines = listed.lines().map(str::trim).filter(|line| !line.is_empty());
        let mut paths = self.configs.clone();
        paths.extend(lines.map(PathBuf::from));
        let inline = self.config_json_env.as_deref().map(variable).unwrap_or_default();
        if !inline.trim().is_empty() {
            return Ok(vec![self.load_inline(&inline, &paths)?]);
        }
        if paths.is_empty() {
            paths.push(default_config());
        }
        paths.iter().map(|path| config_file::load(path, None)).collect()
    }

    /// A config that is no file. Its path, when there is one, is only where it would be: nobody looks there.
    fn load_inline(&self, text: &str, paths: &[PathBuf]) -> anyhow::Result<ConfigFile> {
        let base = match paths {
            [] => &self.base,
            [path] => config_file::folder_of(path)?,
            _ => {
                return Err(error::usage(
                    "several configs by their paths and one as JSON",
                    "leave `config-json` empty, or give one path in `config`: where that config would be",
                ));
            }
        };
        config_file::load_text("config-json", text, base)
    }
}

impl ContentArgs {
    pub(super) fn run(self, printer: &Printer) -> anyhow::Result<()> {
        let plan = app_source::read_plan(&self.plan)?;
        app_source::collect(&plan, &self.out, printer)?;
        let apps: Vec<_> = plan.apps.iter().map(|app| app.slug.as_str()).collect();
        printer.data(
            &self.out.display().to_string(),
            &serde_json::json!({ "ok": true, "out": self.out, "apps": apps }),
        )
    }
}

impl BundleArgs {
    pub(super) fn run(self, printer: &Printer) -> anyhow::Result<()> {
        // The bundler is started in the tree.
        let tree = std::path::absolute(&self.tree)?;
        let model = config_file::load_rendered(&tree)?;
        let system = self.target.row().system;
        let formats = self.bundles.unwrap_or_else(|| model.bundle.formats.of(system).to_vec());
        let job = BundleJob {
            tree: &tree,
            model: &model,
            target: self.target,
            formats: &formats,
            profile: Profile::Release,
            sign: self.sign,
        };
        let record = bundle::bundle(&job, printer)?;
        let files: Vec<_> =
            record.artifacts.iter().map(|file| file.path.display().to_string()).collect();
        printer.data(&files.join("\n"), &record)
    }
}

impl PackageArgs {
    pub(super) fn run(self, printer: &Printer) -> anyhow::Result<()> {
        let manifest = package::package(&self.tree, self.target, &self.out)?;
        printer.data(&self.out.display().to_string(), &manifest)
    }
}

impl FinaliseArgs {
    pub(super) fn run(self, printer: &Printer) -> anyhow::Result<()> {
        let mut plan = app_source::read_plan(&self.plan)?;
        plan.allow_partial |= self.allow_partial;
        let inputs = finalise::Inputs {
            artifacts: &self.artifacts,
            content: self.content.as_deref(),
            commit: self.commit,
            repository_url: self.repository_url,
        };
        let outcome = finalise::finalise(&plan, &inputs, &self.out, printer)?;
        if let Some(record) = &self.record {
            outcome.write_record(&self.out, record)?;
        }
        let lines: Vec<_> = outcome
            .releases
            .iter()
            .map(|release| format!("{}: {} files", release.tag, release.assets.len()))
            .collect();
        printer.data(&lines.join("\n"), &outcome)
    }
}

/// The user's own app: below the working directory, else in this checkout.
fn default_config() -> PathBuf {
    let here = Path::new(DEFAULT_CONFIG);
    if here.is_file() { here.to_owned() } else { root().join(DEFAULT_CONFIG) }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

/// The repository that a workflow runs in; this project's own at the desk.
/// https://docs.github.com/actions/reference/workflows-and-actions/variables
fn repository_url() -> String {
    let server = env::var("GITHUB_SERVER_URL").unwrap_or_else(|_| "https://github.com".to_owned());
    let repository = env::var("GITHUB_REPOSITORY")
        .unwrap_or_else(|_| config_schema::project::REPOSITORY.to_owned());
    format!("{server}/{repository}")
}
