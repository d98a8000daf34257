//! The template: files of `template-app` that are copied, and the few that are rendered.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use anyhow::Context as _;
use minijinja::{
    AutoEscape, Environment, Output, State, UndefinedBehavior, Value, default_auto_escape_callback,
    escape_formatter,
};
use runtime_settings::Sha256;
use serde::Serialize;
use walkdir::{DirEntry, WalkDir};

use super::text;

/// Folders of `template-app` that are no part of the project that is compiled.
const LEFT_OUT: &[&str] = &["target", "gen", "templates", "bridge", "fuzz"];
/// Folders of its crates that are none: a test that changes makes no other runtime.
const LEFT_OUT_OF_CRATES: &[&str] = &["tests", "examples"];
/// The one file of the bridge's npm package that is.
const BRIDGE_SCRIPT: &str = "bridge/dist/bridge.js";

/// Name of the escaping of NSIS scripts.
const NSIS: &str = "nsis";

/// The template on disk, read once.
#[derive(Debug)]
pub(crate) struct TemplateSet {
    verbatim: BTreeMap<String, Arc<[u8]>>,
    environment: Environment<'static>,
}

impl TemplateSet {
    /// Reads `template-app`.
    pub(crate) fn read(template_app: &Path) -> anyhow::Result<TemplateSet> {
        let mut verbatim = BTreeMap::new();
        let walk = WalkDir::new(template_app)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| !is_left_out(entry));
        for entry in walk {
            let entry = entry.context("failed to read the template")?;
            if entry.file_type().is_file() {
                let path = slashed(entry.path().strip_prefix(template_app)?)?;
                verbatim.insert(path, fs_err::read(entry.path())?.into());
            }
        }
        let script = template_app.join(BRIDGE_SCRIPT);
        verbatim.insert(BRIDGE_SCRIPT.to_owned(), fs_err::read(script)?.into());
        Ok(TemplateSet { verbatim, environment: environment(&template_app.join("templates"))? })
    }

    /// Files that are copied, by path.
    pub(super) fn verbatim(&self) -> &BTreeMap<String, Arc<[u8]>> {
        &self.verbatim
    }

    /// Writes what is compiled into a folder of its own.
    pub(crate) fn write_source(&self, dir: &Path) -> anyhow::Result<()> {
        for (path, bytes) in &self.verbatim {
            let path = dir.join(path);
            fs_err::create_dir_all(path.parent().unwrap_or(dir))?;
            fs_err::write(path, bytes)?;
        }
        Ok(())
    }

    /// Digest of all that the compile depends on: a fork that changes any of it gets a runtime of its own.
    pub(crate) fn hash(&self) -> Sha256 {
        self.hash_of(&[""])
    }

    /// Digest of the files whose paths begin with one of these.
    pub(crate) fn hash_of(&self, prefixes: &[&str]) -> Sha256 {
        let files = self.verbatim.iter();
        let files = files.filter(|(path, _)| prefixes.iter().any(|begin| path.starts_with(begin)));
        let listing = files.map(|(path, bytes)| format!("{path}\0{}\n", Sha256::of(bytes)));
        Sha256::of(listing.collect::<String>().as_bytes())
    }

    /// Renders a template with the values that it may see.
    pub(crate) fn render(&self, name: &str, context: &impl Serialize) -> anyhow::Result<String> {
        let template = self.environment.get_template(name)?;
        template
            .render(context)
            .map_err(|error| anyhow::anyhow!("the template `{name}` failed: {error:#}"))
    }
}

fn environment(dir: &Path) -> anyhow::Result<Environment<'static>> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_keep_trailing_newline(true);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_auto_escape_callback(auto_escape);
    environment.set_formatter(format_value);
    for entry in fs_err::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let source = fs_err::read_to_string(entry.path())?;
        environment.add_template_owned(name, source).context("a template does not parse")?;
    }
    Ok(environment)
}

/// How values are written into a template of this name.
fn auto_escape(name: &str) -> AutoEscape {
    match name.strip_suffix(".j2") {
        Some(name) if name.ends_with(".nsi") => AutoEscape::Custom(NSIS),
        _ => default_auto_escape_callback(name),
    }
}

fn format_value(
    out: &mut Output<'_>,
    state: &State<'_, '_>,
    value: &Value,
) -> Result<(), minijinja::Error> {
    match value.as_str().filter(|_| !value.is_safe()) {
        Some(value) if state.auto_escape() == AutoEscape::Custom(NSIS) => {
            Ok(out.write_str(&text::nsis(value))?)
        }
        _ if state.auto_escape() == AutoEscape::Custom(NSIS) => Ok(write!(out, "{value}")?),
        _ => escape_formatter(out, state, value),
    }
}

fn is_left_out(entry: &DirEntry) -> bool {
    let names = match entry.depth() {
        1 => LEFT_OUT,
        // `crates/NAME/tests`
        3 => LEFT_OUT_OF_CRATES,
        _ => return false,
    };
    names.iter().any(|name| entry.file_name() == *name)
}

fn slashed(path: &Path) -> anyhow::Result<String> {
    let parts: Option<Vec<_>> = path.iter().map(|part| part.to_str()).collect();
    Ok(parts.context("a file name of the template is not UTF-8")?.join("/"))
}
