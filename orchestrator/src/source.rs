//! What would be built, and whether that is what is here: a config, the files that it names, and the same files at a
//! reference of the repository on GitHub.
//!
//! Files are compared by git's own names for their content, so that nothing is fetched but one listing.

mod checkout;
mod remote;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use config_schema::{AppModel, Check, Content};

pub use checkout::Checkout;
pub(crate) use remote::Origin;

use crate::{Event, Github, error, state::App};

/// Largest config that can be sent along, in bytes: GitHub takes 65,535 characters for all inputs together.
pub const MAX_INLINE_BYTES: usize = 60_000;
/// Files that an error names, of each kind (count).
const SHOWN_FILES: usize = 10;
/// The icon that is taken when the config names none, if it is there.
const DEFAULT_ICON: &str = "icon.svg";
/// What a plugin's manifest has in place of its module's `wasm`.
const MANIFEST_EXTENSION: &str = "plugin.json";

/// A config on this machine.
#[derive(Debug)]
pub struct LocalConfig {
    /// As it is written.
    pub text: String,
    pub model: AppModel,
    /// Its folder.
    base: PathBuf,
    /// Its file.
    file: PathBuf,
    icon: Option<String>,
    entitlements: Option<String>,
}

impl LocalConfig {
    /// Reads and checks it. Every problem is told at once.
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let file = std::path::absolute(file)?;
        if file.is_dir() {
            let hint = format!("name the file: `{}`", file.join("app.json").display());
            let message = format!("a config is a file, this is a folder: {}", file.display());
            return Err(error::usage(message, hint));
        }
        let bytes = fs_err::read(&file).map_err(|cause| {
            error::usage(cause.to_string(), "name the config of an app, such as `app/app.json`")
        })?;
        let check = Check::read(&file.display().to_string(), &bytes);
        let config = check.config();
        let icon = config.app.as_ref().and_then(|app| app.icon.as_ref());
        let icon = icon.map(|icon| icon.as_str().to_owned());
        let macos = config.bundle.as_ref().and_then(|bundle| bundle.macos.as_ref());
        let entitlements = macos.and_then(|macos| macos.entitlements.as_ref());
        let entitlements = entitlements.map(|path| path.as_str().to_owned());
        let model = check.finish()?;
        let base = file.parent().unwrap_or(Path::new("/")).to_owned();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Self { text, model, base, file, icon, entitlements })
    }

    pub fn app(&self) -> App {
        let app = &self.model.app;
        App { id: app.id.to_string(), slug: app.slug.to_string(), version: app.version.to_string() }
    }

    /// Its folder.
    pub fn base(&self) -> &Path {
        &self.base
    }

    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// The files that it names, absolute.
    fn named_files(&self) -> Vec<PathBuf> {
        let mut named = Vec::new();
        if let Some(icon) = &self.icon {
            named.push(self.base.join(icon));
        } else if self.base.join(DEFAULT_ICON).is_file() {
            named.push(self.base.join(DEFAULT_ICON));
        }
        named.extend(self.entitlements.iter().map(|path| self.base.join(path)));
        // Beside a command that makes the content, whatever is committed counts anyway; the rest is what it makes.
        if !self.is_built() {
            let web = &self.model.web;
            let css = web.inject_css.iter().map(|path| path.as_str());
            let js = web.inject_js.iter().map(|path| path.as_str());
            named.extend(css.chain(js).map(|path| self.base.join(path)));
        }
        named
    }

    /// The modules of plugins and the manifests beside them, as far as they are here, absolute.
    fn plugin_files(&self) -> Vec<PathBuf> {
        let entries = self.model.plugins.iter().flat_map(|plugins| &plugins.bundled);
        let files = entries.flat_map(|entry| {
            let module = self.base.join(entry.file.as_str());
            let manifest = module.with_extension(MANIFEST_EXTENSION);
            [Some(module), Some(manifest).filter(|file| file.is_file())]
        });
        files.flatten().collect()
    }

    /// The folders whose files on GitHub are all used: there must be none that is not here.
    fn whole_folders(&self) -> Vec<PathBuf> {
        match &self.model.content {
            Content::Dir { dir, build: None, .. } => vec![self.base.join(dir)],
            _ => Vec::new(),
        }
    }

    /// Whether a command of the user makes the content: from whatever the folder of the config holds.
    fn is_built(&self) -> bool {
        matches!(&self.model.content, Content::Dir { build: Some(_), .. })
    }
}

/// Every file below a folder; one that is not there has none, and stands out in the comparison.
fn files_below(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            let hint = "build the web app, or correct `content.dir`";
            return Err(error::usage(format!("no such folder: {}", folder.display()), hint));
        }
        for entry in fs_err::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    Ok(files)
}

/// How the files here differ from those on GitHub; paths are from the repository's root.
#[derive(Debug, Default, PartialEq, Eq)]
struct Difference {
    changed: Vec<String>,
    only_here: Vec<String>,
    only_there: Vec<String>,
}

impl Difference {
    fn of(
        here: &BTreeMap<String, String>,
        there: &BTreeMap<String, String>,
        whole_folders: &[String],
    ) -> Self {
        let mut difference = Self::default();
        for (path, hash) in here {
            match there.get(path) {
                None => difference.only_here.push(path.clone()),
                Some(other) if other != hash => difference.changed.push(path.clone()),
                Some(_) => {}
            }
        }
        let used = |path: &str| {
            let below = |folder: &String| {
                path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
            };
            whole_folders.iter().any(below)
        };
        let missing = there.keys().filter(|path| used(path) && !here.contains_key(*path));
        difference.only_there = missing.cloned().collect();
        difference
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn text(&self, origin: &Origin) -> String {
        let mut text = format!("what is here is not what would be built at {origin}:");
        let kinds = [
            (&self.changed, "is different"),
            (&self.only_here, "is only here"),
            (&self.only_there, "is only there"),
        ];
        for (files, word) in kinds {
            for file in files.iter().take(SHOWN_FILES) {
                text += &format!("\n  {word}: {file}");
            }
            if files.len() > SHOWN_FILES {
                text += &format!("\n  … and {} more", files.len() - SHOWN_FILES);
            }
        }
        text
    }
}

/// Refuses a config that, with its files, is not the same here and on GitHub. With `inline` the config itself is sent
/// along and need not be there. Gives the config's path from the root of the repository.
pub(crate) async fn compare(
    github: &Github,
    config: &LocalConfig,
    checkout: &Checkout,
    origin: &Origin,
    inline: bool,
) -> anyhow::Result<String> {
    let mut files = config.named_files();
    for folder in config.whole_folders() {
        let all = files_below(&folder)?;
        let tracked = checkout.tracked_below(&folder).await?;
        // What git ignores is no content, unless it ignores all of it: then the web app was never committed.
        files.extend(if tracked.is_empty() { all } else { tracked });
    }
    if config.is_built() {
        files.extend(checkout.tracked_below(config.base()).await?);
        // A plugin that is not committed is one that the command makes.
        for file in config.plugin_files() {
            let folder = file.parent().filter(|folder| folder.is_dir());
            let tracked = checkout.tracked_below(folder.unwrap_or(config.base())).await?;
            files.extend(tracked.into_iter().filter(|other| *other == file));
        }
    } else {
        files.extend(config.plugin_files());
    }
    let path = checkout.path_of(&config.file)?;
    if inline {
        files.retain(|file| *file != config.file);
    } else {
        files.push(config.file.clone());
    }
    files.sort();
    files.dedup();
    let here = checkout.hashes(&files).await?;
    let folders: Vec<_> = config
        .whole_folders()
        .iter()
        .map(|folder| checkout.path_of(folder))
        .collect::<Result<_, _>>()?;
    let difference = Difference::of(&here, &origin.files, &folders);
    if !difference.is_empty() {
        let hint = format!(
            "commit and `git push` it{}, or name the branch that has it with `--ref`",
            if inline { "" } else { ", send the config itself with `--inline`" }
        );
        return Err(error::usage(difference.text(origin), hint));
    }
    github.event(&Event::SourceChecked {
        files: here.len(),
        reference: origin.reference.clone(),
        commit: origin.commit.clone(),
    });
    Ok(path)
}

/// The config as it is sent along.
pub(crate) fn inline(config: &LocalConfig) -> anyhow::Result<String> {
    if config.text.len() > MAX_INLINE_BYTES {
        return Err(error::usage(
            format!(
                "the config is too large to be sent along: {} bytes, {MAX_INLINE_BYTES} is the limit",
                config.text.len()
            ),
            "commit and push it, and leave `--inline` out",
        ));
    }
    Ok(config.text.clone())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Difference;

    fn files(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(path, hash)| ((*path).to_owned(), (*hash).to_owned())).collect()
    }

    #[test]
    fn differences_are_of_three_kinds() {
        let here = files(&[("app/app.json", "1"), ("app/web/a", "2"), ("app/web/new", "3")]);
        let there = files(&[
            ("app/app.json", "9"),
            ("app/web/a", "2"),
            ("app/web/old", "4"),
            ("app/website", "5"),
        ]);
        let difference = Difference::of(&here, &there, &["app/web".to_owned()]);
        assert_eq!(difference.changed, ["app/app.json"]);
        assert_eq!(difference.only_here, ["app/web/new"]);
        assert_eq!(difference.only_there, ["app/web/old"]);
        assert!(Difference::of(&here, &here, &["app/web".to_owned()]).is_empty());
    }
}
