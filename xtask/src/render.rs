//! From model to rendered project: decide every file (`plan`), make every file (`render`), and only then touch the disk
//! (`RenderedTree::write_to`). The first two are pure.

pub(crate) mod apple;
mod content;
mod context;
mod file_types;
mod pack;
mod settings;
mod templates;
mod text;
mod tree;

use std::{collections::BTreeMap, sync::Arc};

use config_schema::AppModel;
use runtime_settings::PACK_DIR;

pub(crate) use content::{ContentFiles, read as read_content};
pub(crate) use context::{RenderContext, maintainer, package_version};
pub(crate) use file_types::is_own as is_own_type;
pub(crate) use templates::TemplateSet;
pub(crate) use text::{NOT_IN_FILE_NAMES, nsis, one_line};
pub(crate) use tree::RenderedTree;

use crate::{
    config_file::ConfigFile,
    error, icons,
    icons::IconSet,
    injected::{self, InjectedFiles},
    plugins::CompiledPlugins,
};

/// The repository that a workflow runs in.
/// https://docs.github.com/actions/reference/workflows-and-actions/variables
const REPOSITORY_VARIABLE: &str = "GITHUB_REPOSITORY";

/// Everything that rendering needs besides the model, read beforehand.
pub(crate) struct Inputs<'a> {
    pub(crate) templates: &'a TemplateSet,
    pub(crate) icons: IconSet,
    /// The PNG of the icon in the tray, where the config names a picture for it.
    pub(crate) tray_icon: Option<Vec<u8>>,
    pub(crate) content: ContentFiles,
    pub(crate) injected: InjectedFiles,
    pub(crate) plugins: CompiledPlugins,
    /// The property list that the app for macOS is signed with.
    pub(crate) entitlements: Option<Vec<u8>>,
    /// The property list that joins the one which Tauri makes for macOS.
    pub(crate) info: Option<Vec<u8>>,
    /// `OWNER/NAME` of the repository that builds; at the desk there is none.
    pub(crate) repository: Option<String>,
}

/// The entitlements that the config names.
pub(crate) fn own_entitlements(config: &ConfigFile) -> anyhow::Result<Option<Vec<u8>>> {
    let path = config.model.bundle.macos.entitlements.as_ref();
    Ok(path.map(|path| fs_err::read(config.base.join(path))).transpose()?)
}

impl<'a> Inputs<'a> {
    /// Reads icon, content and injected files of a config. Its plugins come compiled.
    pub(crate) fn read(
        templates: &'a TemplateSet,
        config: &ConfigFile,
        plugins: CompiledPlugins,
    ) -> anyhow::Result<Inputs<'a>> {
        Ok(Inputs {
            templates,
            icons: icons::load(config.icon.as_deref())?,
            tray_icon: tray_icon(config)?,
            content: content::read(&config.model.content, &config.base)?,
            injected: injected::read_all(&config.model.web, &config.base)?,
            plugins,
            entitlements: apple::entitlements(&config.model, own_entitlements(config)?)?,
            info: apple::info(&config.model)?,
            repository: std::env::var(REPOSITORY_VARIABLE).ok(),
        })
    }
}

fn tray_icon(config: &ConfigFile) -> anyhow::Result<Option<Vec<u8>>> {
    let path = config.model.tray.as_ref().and_then(|tray| tray.icon.as_ref());
    let draw = |path: &String| icons::draw_small(&config.base.join(path));
    let drawn = path.map(draw).transpose();
    drawn.map_err(|refused| error::hinted(refused.reason, refused.fix))
}

/// How one file of the tree comes about.
#[derive(Debug)]
enum Operation {
    /// Copied as it is.
    Verbatim(Arc<[u8]>),
    /// Rendered from the template of this name.
    Template(&'static str),
    /// Rendered from the template of this name, then escaped so that Handlebars gives it back as it is.
    HandlebarsTemplate(&'static str),
    /// Rendered from the template of this name, then compressed.
    GzipTemplate(&'static str),
}

/// What will be made, by path. Nothing is rendered yet.
#[derive(Debug)]
pub(crate) struct RenderPlan {
    operations: BTreeMap<String, Operation>,
    context: RenderContext,
}

/// Templates and where each goes in the tree.
const TEMPLATES: &[(&str, &str)] = &[
    ("tauri.conf.json.j2", "tauri.conf.json"),
    ("tauri.linux.conf.json.j2", "tauri.linux.conf.json"),
    ("tauri.windows.conf.json.j2", "tauri.windows.conf.json"),
    ("tauri.macos.conf.json.j2", "tauri.macos.conf.json"),
    ("copyright.j2", "packaging/copyright"),
    ("changelog.j2", "packaging/changelog"),
];
/// The desktop entry, which the bundler takes as a Handlebars template.
const DESKTOP_ENTRY: (&str, &str) = ("app.desktop.j2", "packaging/app.desktop.hbs");
/// The manual page, which packages carry compressed.
const MANUAL_PAGE: (&str, &str) = ("app.1.j2", "packaging/app.1.gz");

/// Where the entitlements of an app for macOS are in the tree, if it has some.
pub(crate) const ENTITLEMENTS: &str = "packaging/app.entitlements";
/// Where the description of the app's types of files for Linux is in the tree, if it opens some.
pub(crate) const FILE_TYPES: &str = "packaging/file-types.xml";
/// Where Tauri looks for what joins its own.
const INFO: &str = "Info.plist";
/// The config that the tree was rendered from, with nothing left to decide: what later steps know of the app.
pub(crate) const RESOLVED_CONFIG: &str = "app.config.json";
/// Names the target that the plugins in the tree were compiled for, if it has some: the rest of a tree is for all of them.
pub(crate) const PLUGINS_TARGET: &str = "packaging/plugins.target";

fn resolved(model: &AppModel) -> Arc<[u8]> {
    // Serialising our own plain types into memory has nothing that could fail.
    let mut text = serde_json::to_vec_pretty(model).unwrap_or_default();
    text.push(b'\n');
    text.into()
}

/// The app pack alone, by path inside it.
pub(crate) fn pack(model: &AppModel, inputs: &Inputs<'_>) -> BTreeMap<String, Arc<[u8]>> {
    pack::files(model, inputs)
}

/// Decides every file of the tree.
pub(crate) fn plan(model: &AppModel, inputs: &Inputs<'_>) -> RenderPlan {
    let mut operations: BTreeMap<String, Operation> = BTreeMap::new();
    for (path, bytes) in inputs.templates.verbatim() {
        operations.insert(path.clone(), Operation::Verbatim(Arc::clone(bytes)));
    }
    for (name, bytes) in &inputs.icons {
        operations.insert(format!("icons/{name}"), Operation::Verbatim(bytes.as_slice().into()));
    }
    for (path, bytes) in pack::files(model, inputs) {
        operations.insert(format!("{PACK_DIR}/{path}"), Operation::Verbatim(bytes));
    }
    for (template, path) in TEMPLATES {
        operations.insert((*path).to_owned(), Operation::Template(template));
    }
    operations.insert(DESKTOP_ENTRY.1.to_owned(), Operation::HandlebarsTemplate(DESKTOP_ENTRY.0));
    operations.insert(MANUAL_PAGE.1.to_owned(), Operation::GzipTemplate(MANUAL_PAGE.0));
    for (path, bytes) in [(ENTITLEMENTS, &inputs.entitlements), (INFO, &inputs.info)] {
        if let Some(bytes) = bytes {
            operations.insert(path.to_owned(), Operation::Verbatim(bytes.as_slice().into()));
        }
    }
    if let Some(xml) = file_types::description(model) {
        operations.insert(FILE_TYPES.to_owned(), Operation::Verbatim(xml.into_bytes().into()));
    }
    if let Some(target) = inputs.plugins.target {
        let line = format!("{}\n", target.name()).into_bytes();
        operations.insert(PLUGINS_TARGET.to_owned(), Operation::Verbatim(line.into()));
    }
    operations.insert(RESOLVED_CONFIG.to_owned(), Operation::Verbatim(resolved(model)));
    RenderPlan { operations, context: RenderContext::new(model, inputs) }
}

/// Makes every file of the plan.
pub(crate) fn render(plan: RenderPlan, templates: &TemplateSet) -> anyhow::Result<RenderedTree> {
    let RenderPlan { operations, context } = plan;
    let mut files = BTreeMap::new();
    for (path, operation) in operations {
        let bytes = match operation {
            Operation::Verbatim(bytes) => bytes,
            Operation::Template(name) => templates.render(name, &context)?.into_bytes().into(),
            Operation::HandlebarsTemplate(name) => {
                text::handlebars_literal(&templates.render(name, &context)?).into_bytes().into()
            }
            Operation::GzipTemplate(name) => {
                text::gzip(templates.render(name, &context)?.as_bytes())?.into()
            }
        };
        files.insert(path, bytes);
    }
    Ok(RenderedTree::new(files))
}
