//! `plugin-tool inspect`: what a module is, and whether an app would load it.

use plugin_host::{ModuleOutline, PluginLimits, outline};
use runtime_settings::Sha256;
use serde_json::json;

use crate::{
    args::{Format, Inspect},
    desk::{self, Done, Folders, ModuleFile},
    report,
};

pub(crate) fn inspect(args: &Inspect) -> Done {
    let module = ModuleFile::read(&args.module)?;
    let (bytes, sha256) = (module.bytes.len(), Sha256::of(&module.bytes));
    let outline = outline(&module.bytes);
    let folders = Folders::new(None, None)?;
    let asked = module.manifest.clone().unwrap_or_default().limits;
    let limits = PluginLimits::default().asked(&asked);
    let host = desk::host(&folders, PluginLimits::default())?;
    let name = module.name.clone();
    let checked = desk::wait(host.check(name.as_str(), module.bytes, module.manifest.clone()))?;
    let refusal = checked.err();

    if args.format == Format::Json {
        let report = json!({
            "name": name, "bytes": bytes, "sha256": sha256, "outline": outline.as_ref().ok(), "manifest": module.manifest, "limits": limits,
            "loads": refusal.is_none(), "code": refusal.as_ref().map(|error| error.code), "error": refusal.as_ref().map(ToString::to_string),
        });
        report::line(&serde_json::to_string_pretty(&report)?)?;
        return Ok(refusal.is_none());
    }
    report::line(&format!("name     {name}"))?;
    report::line(&format!("size     {bytes} bytes"))?;
    report::line(&format!("sha256   {sha256}"))?;
    if let Some(version) = module.manifest.and_then(|manifest| manifest.version) {
        report::line(&format!("version  {version}"))?;
    }
    if let Ok(outline) = &outline {
        print(outline)?;
    }
    match refusal {
        None => report::line("loads    yes")?,
        Some(error) => {
            report::line(&format!("loads    no: {error} ({})", error.code.as_str()))?;
            return Ok(false);
        }
    }
    Ok(true)
}

fn print(outline: &ModuleOutline) -> std::io::Result<()> {
    if let Some(memory) = &outline.memory {
        let most = memory
            .maximum_kb
            .map_or("no limit of its own".to_owned(), |kb| format!("at most {kb} KiB"));
        report::line(&format!("memory   {} KiB at the start, {most}", memory.minimum_kb))?;
    }
    report::line(&format!("exports  {}", outline.exports.join(", ")))?;
    for (index, import) in outline.imports.iter().enumerate() {
        let title = if index == 0 { "imports  " } else { "         " };
        report::line(&format!("{title}{import}"))?;
    }
    Ok(())
}
