//! Rules of the section `bridge`: origins, and the modules of each kind of window.

use super::{no_repeats, plugins};
use crate::check::Findings;
use crate::config::{AppConfig, BridgeSection, FsModuleOptions, ModuleSetting, ModulesSection};
use crate::problem::code;
use crate::values::FsScope;

const MODULES: &str = "bridge.modules";
const CACHE_ONLY: &str = "bridge.cacheOnly.modules";

pub(super) fn check(config: &AppConfig, findings: &mut Findings) {
    let BridgeSection { origins, modules, cache_only, isolation: isolated } =
        config.bridge.clone().unwrap_or_default();
    let entries: Vec<_> = origins.iter().flatten().collect();
    no_repeats("bridge.origins", &entries, findings);
    let modules = modules.unwrap_or_default();
    network(MODULES, &modules, findings);
    if let Some(options) = fs_options(&modules) {
        scopes(MODULES, &options, findings);
        plugins_scope(&options, config, findings);
    }
    let cache_only = cache_only.unwrap_or_default().modules.unwrap_or_default().into();
    cache_only_modules(&cache_only, findings);
    if isolated == Some(true) {
        isolation(config, entries.is_empty(), findings);
    }
}

/// The frame takes messages of the pack's own pages and of no others.
fn isolation(config: &AppConfig, is_alone: bool, findings: &mut Findings) {
    let is_on_the_web = config.content.as_ref().is_some_and(|content| content.url.is_some());
    let (reason, fix) = if is_on_the_web {
        ("contradiction: `isolation` is for packed content, and `content.url` is set", "remove it")
    } else if !is_alone {
        let fix = "keep one of them: pages of other origins could not call anything";
        ("contradiction: `isolation` and `origins` are both set", fix)
    } else {
        return;
    };
    findings.add("bridge.isolation", code::CONTRADICTION, reason, fix);
}

/// The options of a module `fs` that has some.
fn fs_options(modules: &ModulesSection) -> Option<FsModuleOptions> {
    match &modules.fs {
        Some(ModuleSetting::Options(options)) => Some(options.clone()),
        _ => None,
    }
}

fn network(modules: &str, section: &ModulesSection, findings: &mut Findings) {
    let Some(ModuleSetting::Options(options)) = &section.network else { return };
    let hosts: Vec<_> = options.hosts.iter().flatten().collect();
    no_repeats(&format!("{modules}.network.hosts"), &hosts, findings);
    let targets: Vec<_> = options.targets.iter().flatten().collect();
    no_repeats(&format!("{modules}.network.targets"), &targets, findings);
}

fn scopes(modules: &str, options: &FsModuleOptions, findings: &mut Findings) {
    let field = format!("{modules}.fs.scopes");
    let Some(scopes) = &options.scopes else { return };
    let names: Vec<_> = scopes.iter().map(|scope| scope.name()).collect();
    no_repeats(&field, &names, findings);
    if scopes.is_empty() && findings.is_sound(&field) {
        let reason = "the module `fs` is on, and reaches nothing";
        let fix = "leave the list out to get the usual ones, or turn the module off";
        findings.add(&field, code::INVALID_VALUE, reason, fix);
    }
}

fn plugins_scope(options: &FsModuleOptions, config: &AppConfig, findings: &mut Findings) {
    let index = scope_index(options, |scope| scope == FsScope::Plugins);
    if let Some(index) = index.filter(|_| config.plugins.is_none() && findings.is_sound("plugins"))
    {
        let field = format!("{MODULES}.fs.scopes[{index}]");
        let reason =
            "contradiction: the scope `plugins` is open, and there is no section `plugins`";
        findings.add(&field, code::CONTRADICTION, reason, format!("add `{}`", plugins::EXAMPLE));
    }
}

fn scope_index(options: &FsModuleOptions, is: impl Fn(FsScope) -> bool) -> Option<usize> {
    options.scopes.iter().flatten().position(|scope| is(*scope))
}

/// Modules whose effects outlive a window or are the whole app's.
fn never_in_cache_only(modules: &ModulesSection) -> [(&'static str, Option<bool>); 9] {
    [
        ("autostart", modules.autostart),
        ("badge", modules.badge),
        ("diagnostics", modules.diagnostics),
        ("globalVariables", modules.global_variables),
        ("menu", modules.menu),
        ("plugins", modules.plugins),
        ("shortcuts", modules.shortcuts),
        ("tray", modules.tray),
        ("updates", modules.updates),
    ]
}

/// Such a window leaves nothing behind, so it reaches nothing that stays.
fn cache_only_modules(modules: &ModulesSection, findings: &mut Findings) {
    for (name, _) in never_in_cache_only(modules).into_iter().filter(|(_, on)| *on == Some(true)) {
        let reason = format!("a module that `cacheOnly` windows cannot have: `{name}`");
        let fix = "remove it: what it does stays, and these windows leave nothing behind";
        findings.add(&format!("{CACHE_ONLY}.{name}"), code::CONTRADICTION, reason, fix);
    }
    network(CACHE_ONLY, modules, findings);
    let Some(options) = fs_options(modules) else { return };
    scopes(CACHE_ONLY, &options, findings);
    for (index, scope) in options.scopes.iter().flatten().enumerate() {
        if *scope != FsScope::Cache {
            let field = format!("{CACHE_ONLY}.fs.scopes[{index}]");
            let reason =
                format!("a scope that `cacheOnly` windows cannot have: `{}`", scope.name());
            let fix = r#"write `"fs": true`, which is the scope `cache` there"#;
            findings.add(&field, code::CONTRADICTION, reason, fix);
        }
    }
}
