//! `content`: everything of an app that comes from its repository, in one folder that needs nothing else: config, icon, web
//! content, injected files, plugins, entitlements, notes, the list of npm packages. The only step that runs a command of the user's.

mod notes;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use config_schema::{AppModel, Content, plan::AppPlan, plan::BuildPlan};
use serde_json::Value;

use crate::{
    config_file::{self, ConfigFile},
    error,
    injected::{self, INJECT_DIR},
    plugins::{self, PluginSource},
    printer::Printer,
    render, write_whole,
};

/// The config inside the folder of an app.
pub(crate) const CONFIG_FILE: &str = "app.json";
/// The web content there.
const WEB_DIR: &str = "web";
/// The plugins there.
const PLUGINS_DIR: &str = "plugins";
const ENTITLEMENTS_FILE: &str = "app.entitlements";
/// The list of npm packages that the content was made with.
pub(crate) const NPM_LOCK_FILE: &str = "package-lock.json";
/// What is new in this version, in Markdown.
pub(crate) const NOTES_FILE: &str = "notes.md";

/// Writes one folder for each app of the plan.
pub(crate) fn collect(plan: &BuildPlan, out: &Path, printer: &Printer) -> anyhow::Result<()> {
    write_whole::folder(out, |dir| {
        for app in &plan.apps {
            printer.status("Collecting", &app.slug);
            let folder = dir.join(&app.slug);
            fs_err::create_dir_all(&folder)?;
            collect_app(app, &folder).with_context(|| format!("the app `{}`", app.slug))?;
        }
        Ok(())
    })
}

fn collect_app(app: &AppPlan, folder: &Path) -> anyhow::Result<()> {
    let base = PathBuf::from(&app.base);
    let config = config_file::load_text(&app.slug, &app.config.to_string(), &base)?;
    config_file::build_content(&config)?;
    copy_content(&config, folder)?;
    let mut document = app.config.clone();
    place_icon(&config, &mut document, folder)?;
    place_tray_icon(&config, &mut document, folder)?;
    place_entitlements(&config.model, &base, &mut document, folder)?;
    place_injected(&config, &mut document, folder)?;
    place_plugins(&config, &mut document, folder)?;
    place_content(&config.model, &mut document);
    fs_err::write(folder.join(CONFIG_FILE), serde_json::to_vec_pretty(&document)?)?;
    let lock = base.join(NPM_LOCK_FILE);
    if lock.is_file() {
        fs_err::copy(lock, folder.join(NPM_LOCK_FILE))?;
    }
    fs_err::write(folder.join(NOTES_FILE), notes::of(app, &base))?;
    Ok(())
}

fn copy_content(config: &ConfigFile, folder: &Path) -> anyhow::Result<()> {
    for (path, bytes) in render::read_content(&config.model.content, &config.base)? {
        let path = folder.join(WEB_DIR).join(path);
        fs_err::create_dir_all(path.parent().unwrap_or(folder))?;
        fs_err::write(path, bytes)?;
    }
    Ok(())
}

/// The content is made: the folder is another one, and there is no command left.
fn place_content(model: &AppModel, document: &mut Value) {
    if let (Content::Dir { .. }, Some(content)) =
        (&model.content, document["content"].as_object_mut())
    {
        content.insert("dir".to_owned(), WEB_DIR.into());
        content.remove("build");
    }
}

fn place_icon(config: &ConfigFile, document: &mut Value, folder: &Path) -> anyhow::Result<()> {
    let Some(icon) = &config.icon else { return Ok(()) };
    let suffix = icon.extension().and_then(|suffix| suffix.to_str()).unwrap_or("svg");
    let name = format!("icon.{}", suffix.to_ascii_lowercase());
    fs_err::copy(icon, folder.join(&name))?;
    document["app"]["icon"] = name.into();
    Ok(())
}

/// Beside the app's icon, which has the name that this one may have too.
fn place_tray_icon(config: &ConfigFile, document: &mut Value, folder: &Path) -> anyhow::Result<()> {
    let icon = config.model.tray.as_ref().and_then(|tray| tray.icon.as_deref());
    let Some(icon) = icon.map(Path::new) else { return Ok(()) };
    let suffix = icon.extension().and_then(|suffix| suffix.to_str()).unwrap_or("svg");
    let name = format!("tray.{}", suffix.to_ascii_lowercase());
    fs_err::copy(config.base.join(icon), folder.join(&name))?;
    document["tray"]["icon"] = name.into();
    Ok(())
}

fn place_entitlements(
    model: &AppModel,
    base: &Path,
    document: &mut Value,
    folder: &Path,
) -> anyhow::Result<()> {
    let Some(name) = &model.bundle.macos.entitlements else { return Ok(()) };
    fs_err::copy(base.join(name), folder.join(ENTITLEMENTS_FILE))?;
    document["bundle"]["macos"]["entitlements"] = ENTITLEMENTS_FILE.into();
    Ok(())
}

/// Each file in a folder of its own, since two may have one name, and keep it.
fn place_injected(config: &ConfigFile, document: &mut Value, folder: &Path) -> anyhow::Result<()> {
    let web = &config.model.web;
    let css = web.inject_css.iter().map(|path| path.as_str()).enumerate();
    let js = web.inject_js.iter().map(|path| path.as_str()).enumerate();
    let files = css.map(|file| ("injectCss", file)).chain(js.map(|file| ("injectJs", file)));
    for (list, (index, name)) in files {
        let bytes = injected::read(name, &config.base)
            .map_err(|refused| error::hinted(refused.reason, refused.fix))?;
        let dir = format!("{INJECT_DIR}/{index}");
        let placed = format!("{dir}/{}", injected::file_name(name));
        fs_err::create_dir_all(folder.join(dir))?;
        fs_err::write(folder.join(&placed), bytes)?;
        document["web"][list][index] = placed.into();
    }
    Ok(())
}

/// Modules and manifests under their own names. From here on each module is the one that it is now.
fn place_plugins(config: &ConfigFile, document: &mut Value, folder: &Path) -> anyhow::Result<()> {
    let entries = config.model.plugins.iter().flat_map(|plugins| &plugins.bundled);
    for (index, entry) in entries.enumerate() {
        let PluginSource { plugin, module, manifest } = plugins::read(entry, &config.base)
            .map_err(|refused| error::hinted(refused.reason, refused.fix))?;
        let dir = folder.join(PLUGINS_DIR);
        fs_err::create_dir_all(&dir)?;
        fs_err::write(dir.join(plugin.name.as_str()), module)?;
        if let Some(manifest) = manifest {
            fs_err::write(dir.join(plugin.name.manifest_file()), manifest)?;
        }
        let placed = &mut document["plugins"]["bundled"][index];
        placed["file"] = format!("{PLUGINS_DIR}/{}", plugin.name).into();
        placed["sha256"] = plugin.sha256.to_string().into();
    }
    Ok(())
}

/// Reads a plan that an earlier step wrote.
pub(crate) fn read_plan(path: &Path) -> anyhow::Result<BuildPlan> {
    let hint = "name the plan that `cargo xtask plan --out` wrote";
    let bytes = fs_err::read(path).map_err(|cause| error::usage(cause.to_string(), hint))?;
    serde_json::from_slice(&bytes)
        .map_err(|cause| error::usage(format!("not a plan: `{}`: {cause}", path.display()), hint))
}
