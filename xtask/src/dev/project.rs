//! The app that is worked on: from its config to the pack in a folder of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use config_schema::{AppModel, Content, RuntimeSource, Target, UrlRule};
use runtime_settings::{MANIFEST_FILE, PACK_DIR};
use url::Url;

use super::changes;
use crate::{
    config_file::{self, ConfigFile},
    error,
    plugin_tool::ToolSource,
    plugins,
    printer::Printer,
    process,
    render::{self, Inputs, TemplateSet},
    runtime::{self, Profile, WEBVIEW_LOADER},
    workspace::{rendered_dir, template_app},
};

/// The icon that is taken when the config names none.
const DEFAULT_ICON: &str = "icon.svg";
/// The page that content must have.
const INDEX: &str = "index.html";

/// Every file of a pack, by path inside it.
pub(super) type Pack = BTreeMap<String, Arc<[u8]>>;

pub(super) struct Project {
    config: PathBuf,
    templates: TemplateSet,
    target: Target,
    /// Where pack and program go: it stays when the config's id changes.
    dir: PathBuf,
}

/// An app as it is now.
pub(super) struct Rendered {
    pub(super) model: AppModel,
    pub(super) pack: Pack,
    pub(super) sources: Sources,
    /// What is shown instead of the content.
    pub(super) dev_url: Option<Url>,
}

/// What an app is made of.
#[derive(Debug, Clone, Default)]
pub(super) struct Sources {
    /// The folder of the content, where it is ours to look at.
    pub(super) content: Option<PathBuf>,
    /// Config, icon, injected files, plugins.
    pub(super) files: BTreeSet<PathBuf>,
}

/// How two packs differ.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Difference {
    None,
    /// In so many files of the content alone.
    Content(usize),
    /// In more: what it is.
    App(&'static str),
}

impl Project {
    pub(super) fn new(config: PathBuf) -> anyhow::Result<Project> {
        let loaded = config_file::load(&config, None)?;
        // The system tells changes by the real path.
        let config = fs_err::canonicalize(&config)?;
        let dir = rendered_dir().with_file_name("dev").join(loaded.model.app.id.as_str());
        let templates = TemplateSet::read(&template_app())?;
        Ok(Project { config, templates, target: runtime::host()?, dir })
    }

    /// Where the pack is.
    pub(super) fn pack_dir(&self) -> PathBuf {
        self.dir.join(PACK_DIR)
    }

    /// Where the config is.
    pub(super) fn base(&self) -> &Path {
        self.config.parent().unwrap_or(Path::new("."))
    }

    /// Runs the config's own command, unless a server shows the content.
    pub(super) fn build(&self, printer: &Printer) -> anyhow::Result<()> {
        let config = config_file::load(&self.config, None)?;
        if let Content::Dir { build: Some(command), dev_url: None, .. } = &config.model.content {
            printer.status("Building", command);
            config_file::build_content(&config)?;
        }
        Ok(())
    }

    /// Makes the pack in memory.
    pub(super) fn render(&self, printer: &Printer) -> anyhow::Result<Rendered> {
        let mut config = config_file::load(&self.config, None)?;
        let sources = sources(&config, &self.config);
        let dev_url = for_development(&mut config.model);
        let tool = ToolSource::Template(Profile::Debug);
        let plugins = plugins::compile(&config, &self.templates, self.target, &tool, printer)?;
        let mut inputs = Inputs::read(&self.templates, &config, plugins)?;
        inputs.content.retain(|(path, _)| !changes::is_temporary(Path::new(path)));
        let pack = render::pack(&config.model, &inputs);
        Ok(Rendered { model: config.model, pack, sources, dev_url })
    }

    /// The folder of the content, when it has no start page at the moment.
    pub(super) fn incomplete(&self, rendered: &Rendered) -> Option<PathBuf> {
        rendered.sources.content.clone().filter(|dir| !dir.join(INDEX).is_file())
    }

    /// Two runs of one app would write into one folder.
    pub(super) fn lock(&self, model: &AppModel) -> anyhow::Result<fs_err::File> {
        let file = self.dir.with_file_name(format!(".{}.lock", model.app.id.as_str()));
        fs_err::create_dir_all(file.parent().unwrap_or(&self.dir))?;
        let file = fs_err::File::create(file)?;
        file.try_lock().map_err(|_| {
            let message = format!("`dev` runs already for this app: {}", model.app.id);
            error::usage(message, "end the other one first")
        })?;
        Ok(file)
    }

    /// Writes what differs from what was written before, the manifest last; everything when nothing is known of that.
    pub(super) fn write(&self, pack: &Pack, before: Option<&Pack>) -> anyhow::Result<()> {
        let dir = self.pack_dir();
        if before.is_none() && dir.exists() {
            fs_err::remove_dir_all(&dir)?;
        }
        let before = before.cloned().unwrap_or_default();
        for path in before.keys().filter(|path| !pack.contains_key(*path)) {
            fs_err::remove_file(dir.join(path))?;
        }
        let is_new = |(path, bytes): &(&String, &Arc<[u8]>)| before.get(*path) != Some(*bytes);
        let (manifest, files): (Vec<_>, Vec<_>) =
            pack.iter().filter(is_new).partition(|(path, _)| *path == MANIFEST_FILE);
        for (path, bytes) in files.into_iter().chain(manifest) {
            let file = dir.join(path);
            // A folder may have been where a file is now.
            if file.is_dir() {
                fs_err::remove_dir_all(&file)?;
            }
            fs_err::create_dir_all(file.parent().unwrap_or(&dir))?;
            fs_err::write(file, bytes)?;
        }
        Ok(())
    }

    /// The program that runs the pack: a copy under the app's own name, since nothing in the cache of runtimes is to be started.
    pub(super) fn program(&self, model: &AppModel, printer: &Printer) -> anyhow::Result<PathBuf> {
        let key = runtime::key(&self.templates, model.variant(), self.target, Profile::Debug);
        let runtime = runtime::obtain(&self.templates, &key, RuntimeSource::Auto, printer)?;
        let name = format!("{}{}", model.app.slug, self.target.row().exe_suffix);
        let program = self.dir.join(name);
        // A new file: one that runs cannot be written.
        if program.exists() {
            fs_err::remove_file(&program)?;
        }
        fs_err::copy(&runtime, &program)?;
        process::make_executable(&program)?;
        let loader = runtime.with_file_name(WEBVIEW_LOADER);
        if loader.is_file() {
            fs_err::copy(loader, self.dir.join(WEBVIEW_LOADER))?;
        }
        Ok(program)
    }
}

/// What is different while one works on an app: the tools of the webview are there, an app that is installed does not get in
/// the way, and a server shows the content if there is one. Gives its address.
fn for_development(model: &mut AppModel) -> Option<Url> {
    model.web.devtools = true;
    model.single_instance = false;
    let Content::Dir { dev_url: Some(url), .. } = &model.content else { return None };
    let url = url.clone();
    model.bridge.origins.push(UrlRule::origin_of(&url));
    model.content = Content::Url { url: url.clone() };
    Some(url)
}

fn sources(config: &ConfigFile, file: &Path) -> Sources {
    let base = file.parent().unwrap_or(Path::new("."));
    let model = &config.model;
    let content = match &model.content {
        Content::Dir { dir, dev_url: None, .. } => Some(base.join(dir)),
        Content::Dir { .. } | Content::Url { .. } => None,
    };
    let web = &model.web;
    let injected = web.inject_css.iter().map(|path| path.as_str());
    let injected = injected.chain(web.inject_js.iter().map(|path| path.as_str()));
    let plugins = model.plugins.iter().flat_map(|plugins| &plugins.bundled);
    let plugins = plugins.flat_map(|entry| {
        let module = base.join(entry.file.as_str());
        [module.with_extension("plugin.json"), module]
    });
    let icon = base.join(model.app.icon.as_deref().unwrap_or(DEFAULT_ICON));
    let files = injected.map(|path| base.join(path)).chain(plugins).map(changes::without_dots);
    let tray_icon = model.tray.as_ref().and_then(|tray| tray.icon.as_ref());
    let icons = [icon].into_iter().chain(tray_icon.map(|path| base.join(path)));
    Sources { content, files: files.chain([file.to_owned()]).chain(icons).collect() }
}

impl Difference {
    pub(super) fn between(old: &Pack, new: &Pack) -> Difference {
        let paths: BTreeSet<_> = old.keys().chain(new.keys()).collect();
        let changed: Vec<_> = paths
            .into_iter()
            .filter(|path| *path != MANIFEST_FILE && old.get(*path) != new.get(*path))
            .collect();
        let other = changed.iter().find(|path| !path.starts_with("web/"));
        match other.map(|path| path.split('/').next().unwrap_or_default()) {
            Some("icon.png" | "tray.png") => Difference::App("the icon has changed"),
            Some("inject") => Difference::App("an injected file has changed"),
            Some("plugins") => Difference::App("a plugin has changed"),
            Some(_) => Difference::App("the config has changed"),
            None if changed.is_empty() => Difference::None,
            None => Difference::Content(changed.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(files: &[(&str, &str)]) -> Pack {
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().into())).collect()
    }

    #[test]
    fn what_changes_decides_what_happens() {
        let old =
            pack(&[("runtime.json", "{}"), ("web/a", "1"), ("web/b", "1"), ("icon.png", "i")]);
        let between = |files: &[(&str, &str)]| {
            let mut new = old.clone();
            new.extend(pack(files));
            Difference::between(&old, &new)
        };
        assert_eq!(between(&[("manifest.json", "{}")]), Difference::None);
        assert_eq!(between(&[("web/a", "2"), ("web/c", "")]), Difference::Content(2));
        assert_eq!(
            between(&[("web/a", "2"), ("icon.png", "j")]),
            Difference::App("the icon has changed")
        );
        assert_eq!(between(&[("runtime.json", "{ }")]), Difference::App("the config has changed"));
        assert_eq!(
            between(&[("inject/0-a.css", "")]),
            Difference::App("an injected file has changed")
        );
    }

    #[test]
    fn only_what_differs_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let project = Project {
            config: PathBuf::new(),
            templates: TemplateSet::read(&template_app()).unwrap(),
            target: runtime::host().unwrap(),
            dir: folder.path().to_owned(),
        };
        let first = pack(&[("web/a", "1"), ("web/b/c", "1"), ("manifest.json", "1")]);
        project.write(&first, None).unwrap();
        // What was not written by us stands for what is not written again.
        fs_err::write(project.pack_dir().join("web/a"), "untouched").unwrap();
        let second = pack(&[("web/a", "1"), ("web/b", "2"), ("manifest.json", "2")]);
        project.write(&second, Some(&first)).unwrap();
        let read = |path: &str| fs_err::read_to_string(project.pack_dir().join(path)).unwrap();
        assert_eq!([read("web/a"), read("web/b"), read("manifest.json")], ["untouched", "2", "2"]);
        project.write(&second, None).unwrap();
        assert_eq!(read("web/a"), "1");
    }
}
