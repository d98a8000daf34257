//! The plugins that an app bundles: read from where its config names them, checked, and compiled for a target.
//!
//! Nothing is compiled in here: `plugin_tool` names the program that does.

use std::{io::Read as _, path::Path, sync::Arc};

use config_schema::{AppModel, Target, plan::PluginModule, plan::PluginPlan};
use runtime_settings::{
    Sha256,
    plugins::{BundledPlugin, ModuleName, PluginManifest},
};

use crate::{
    config_file::ConfigFile,
    error,
    plugin_tool::{PluginTool, ToolSource},
    printer::Printer,
    render::TemplateSet,
    workspace::target_dir,
};

/// What a core module of WebAssembly 1.0 begins with. https://webassembly.github.io/spec/core/binary/modules.html#binary-module
const CORE_MODULE: &[u8] = b"\0asm\x01\0\0\0";
/// What every kind of WebAssembly begins with.
const WEBASSEMBLY: &[u8] = b"\0asm";
/// Bytes of the unit that limits of modules count in.
const MEBIBYTE: u64 = 1 << 20;

/// A module and what stands beside it, checked against what the config says of it.
#[derive(Debug)]
pub(crate) struct PluginSource {
    /// As the runtime knows it, with the limits that config and manifest agree on.
    pub(crate) plugin: BundledPlugin,
    pub(crate) module: Vec<u8>,
    /// `NAME.plugin.json`, as it is written.
    pub(crate) manifest: Option<Vec<u8>>,
}

/// Why a plugin cannot be bundled.
#[derive(Debug)]
pub(crate) struct Refused {
    /// The field of the entry that it is about.
    pub(crate) field: &'static str,
    pub(crate) reason: String,
    pub(crate) fix: String,
}

/// A plugin with its code for one target.
#[derive(Debug)]
pub(crate) struct CompiledPlugin {
    pub(crate) plugin: BundledPlugin,
    pub(crate) code: Arc<[u8]>,
}

/// All plugins of an app, compiled.
#[derive(Debug, Default)]
pub(crate) struct CompiledPlugins {
    /// In the order of their names.
    pub(crate) modules: Vec<CompiledPlugin>,
    /// What they were compiled for; none where there is none.
    pub(crate) target: Option<Target>,
}

impl CompiledPlugins {
    fn of(mut modules: Vec<CompiledPlugin>, target: Target) -> CompiledPlugins {
        modules.sort_by(|a, b| a.plugin.name.cmp(&b.plugin.name));
        let target = (!modules.is_empty()).then_some(target);
        CompiledPlugins { modules, target }
    }
}

/// Reads an entry of `plugins.bundled` and compares it with the disk.
pub(crate) fn read(
    entry: &config_schema::BundledPlugin,
    base: &Path,
) -> Result<PluginSource, Refused> {
    let file = entry.file.as_str();
    let path = base.join(file);
    let name = path.file_name().and_then(|name| ModuleName::parse(name.to_str()?).ok());
    // The config has been checked; this is for the type.
    let name =
        name.ok_or_else(|| refused(format!("not the name of a module: `{file}`"), "rename it"))?;
    let module = read_module(&path, file, entry.limits.module_mb)?;
    let sha256 = Sha256::of(&module);
    if let Some(expected) = entry.sha256.map(config_schema::Digest::get).filter(|it| *it != sha256)
    {
        return Err(Refused {
            field: "sha256",
            reason: format!(
                "another module than the config says: `{file}` is {sha256}, and {expected} is expected"
            ),
            fix: "look why it has changed; if that is right, write its new digest".to_owned(),
        });
    }
    let manifest_path = path.with_file_name(name.manifest_file());
    let (manifest, bytes) = read_manifest(&manifest_path)?;
    if let Some(expected) = manifest.sha256.filter(|expected| *expected != sha256) {
        let reason = format!(
            "another module than its manifest says: `{file}` is {sha256}, and `{}` expects {expected}",
            name.manifest_file()
        );
        return Err(refused(
            reason,
            "build the plugin again, or take module and manifest from one release",
        ));
    }
    let plugin = BundledPlugin {
        sha256,
        bytes: module.len() as u64,
        version: manifest.version,
        description: manifest.description,
        limits: entry.limits.asked(&manifest.limits),
        name,
    };
    Ok(PluginSource { plugin, module, manifest: bytes })
}

fn refused(reason: impl Into<String>, fix: impl Into<String>) -> Refused {
    Refused { field: "file", reason: reason.into(), fix: fix.into() }
}

fn read_module(path: &Path, file: &str, limit_mb: u32) -> Result<Vec<u8>, Refused> {
    let opened = fs_err::File::open(path).ok().filter(|_| path.is_file());
    let Some(opened) = opened else {
        return Err(refused(format!("no such file: `{file}`"), how_to_make(path)));
    };
    let limit = u64::from(limit_mb) * MEBIBYTE;
    let mut module = Vec::new();
    opened.take(limit + 1).read_to_end(&mut module).map_err(|cause| {
        refused(format!("the module cannot be read: {cause}"), "check the file's permissions")
    })?;
    if module.len() as u64 > limit {
        let reason = format!("larger than its limit `moduleMb` of {limit_mb} MiB: `{file}`");
        return Err(refused(reason, "build it for size, or raise `moduleMb` in its `limits`"));
    }
    if module.starts_with(CORE_MODULE) {
        return Ok(module);
    }
    let reason = if module.starts_with(WEBASSEMBLY) {
        format!("a component, and no core module: `{file}`")
    } else {
        format!("not a WebAssembly module: `{file}`")
    };
    Err(refused(reason, "build it for `wasm32-wasip1`"))
}

/// Modules of this checkout are built, not committed.
fn how_to_make(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    match parts.as_slice() {
        [.., plugins, name, dist, _] if plugins == "plugins" && dist == "dist" => {
            format!("build it: `cargo xtask plugin build {name}`")
        }
        _ => "put the built module there, or correct the path".to_owned(),
    }
}

/// What the author says of the module, and the same as it is written; nothing is as good as an empty manifest.
fn read_manifest(path: &Path) -> Result<(PluginManifest, Option<Vec<u8>>), Refused> {
    let Ok(file) = fs_err::File::open(path) else {
        return Ok((PluginManifest::default(), None));
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let fix = format!("correct `{name}`, or remove it");
    let mut bytes = Vec::new();
    file.take(PluginManifest::MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|cause| refused(format!("the manifest cannot be read: {cause}"), &fix))?;
    let manifest = PluginManifest::parse(&bytes)
        .map_err(|cause| refused(format!("a bad manifest beside it: `{name}`: {cause}"), fix))?;
    Ok((manifest, Some(bytes)))
}

/// Every bundled plugin of an app.
fn read_all(model: &AppModel, base: &Path) -> anyhow::Result<Vec<PluginSource>> {
    let entries = model.plugins.iter().flat_map(|plugins| &plugins.bundled);
    let read =
        |entry| read(entry, base).map_err(|refused| error::hinted(refused.reason, refused.fix));
    entries.map(read).collect()
}

/// What a plan says of an app's plugins. A module that is not there is one that a command of the user makes: otherwise the
/// config would not have been loaded.
pub(crate) fn plan(config: &ConfigFile) -> Vec<PluginPlan> {
    let entries = config.model.plugins.iter().flat_map(|plugins| &plugins.bundled);
    let plan = |entry: &config_schema::BundledPlugin| match read(entry, &config.base) {
        Ok(PluginSource { plugin, .. }) => PluginPlan {
            name: plugin.name.to_string(),
            version: plugin.version,
            module: Some(PluginModule { bytes: plugin.bytes, sha256: plugin.sha256.to_string() }),
        },
        Err(_) => {
            let name = entry.file.as_str().rsplit('/').next().unwrap_or_default().to_owned();
            PluginPlan { name, version: None, module: None }
        }
    };
    entries.map(plan).collect()
}

/// The plugins of an app without their code: what can be checked without compiling. Those that a command of the user makes
/// may be missing.
pub(crate) fn uncompiled(config: &ConfigFile, target: Target) -> CompiledPlugins {
    let entries = config.model.plugins.iter().flat_map(|plugins| &plugins.bundled);
    let sources = entries.filter_map(|entry| read(entry, &config.base).ok());
    let modules = sources.map(|source| CompiledPlugin { plugin: source.plugin, code: [].into() });
    CompiledPlugins::of(modules.collect(), target)
}

/// The plugins of an app, compiled for a target. The program that compiles is looked for only where there is something to do.
pub(crate) fn compile(
    config: &ConfigFile,
    templates: &TemplateSet,
    target: Target,
    tool: &ToolSource<'_>,
    printer: &Printer,
) -> anyhow::Result<CompiledPlugins> {
    let sources = read_all(&config.model, &config.base)?;
    if sources.is_empty() {
        return Ok(CompiledPlugins::default());
    }
    let tool = tool.find(templates, printer)?;
    let mut modules = Vec::new();
    for PluginSource { plugin, module, .. } in sources {
        let code = compile_one(&plugin, &module, &tool, target, printer)?;
        modules.push(CompiledPlugin { plugin, code });
    }
    Ok(CompiledPlugins::of(modules, target))
}

/// The code of one module, from the cache where it was compiled before.
fn compile_one(
    plugin: &BundledPlugin,
    module: &[u8],
    tool: &PluginTool,
    target: Target,
    printer: &Printer,
) -> anyhow::Result<Arc<[u8]>> {
    let made_of = format!("{}\n{}\n{}", plugin.sha256, tool.sha256, target.row().triple);
    let cache = target_dir().join("plugins");
    let cached = cache.join(format!("{}.cwasm", Sha256::of(made_of.as_bytes())));
    if !cached.is_file() {
        printer.status("Compiling", format_args!("{} for {}", plugin.name, target.name()));
        fs_err::create_dir_all(&cache)?;
        let dir = tempfile::tempdir_in(&cache)?;
        let input = dir.path().join(plugin.name.as_str());
        let output = dir.path().join("compiled");
        fs_err::write(&input, module)?;
        tool.compile(&input, &output, plugin.sha256, target)?;
        fs_err::rename(&output, &cached)?;
    }
    Ok(fs_err::read(cached)?.into())
}
