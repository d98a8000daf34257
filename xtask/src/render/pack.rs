//! The app pack: settings, icon, web content and plugins, and the manifest that binds them to the binary.

use std::{collections::BTreeMap, sync::Arc};

use config_schema::{AppModel, Content, External, FsScope, Popups, Theme, UrlRule};
use runtime_settings::{
    MANIFEST_FILE, Manifest, RuntimeSettings, SETTINGS_FILE, WEB_DIR, plugins::Plugins, settings,
};

use super::Inputs;
use crate::plugins::CompiledPlugins;

/// The window's icon inside the pack, and the icon file that it is.
const ICON: (&str, &str) = ("icon.png", "128x128.png");

/// Every file of the pack, the manifest included, by path inside it.
pub(super) fn files(model: &AppModel, inputs: &Inputs<'_>) -> BTreeMap<String, Arc<[u8]>> {
    let mut files: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
    // Serialising our own plain types into memory has nothing that could fail.
    let settings =
        serde_json::to_vec_pretty(&runtime_settings(model, &inputs.plugins)).unwrap_or_default();
    files.insert(SETTINGS_FILE.to_owned(), settings.into());
    if let Some(icon) = inputs.icons.get(ICON.1) {
        files.insert(ICON.0.to_owned(), icon.as_slice().into());
    }
    for (path, bytes) in &inputs.content {
        files.insert(format!("{WEB_DIR}/{path}"), Arc::clone(bytes));
    }
    for module in &inputs.plugins.modules {
        files.insert(module.plugin.code_path(), Arc::clone(&module.code));
    }
    let manifest = Manifest::of_files(
        files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_ref())),
        content_type,
    );
    files.insert(MANIFEST_FILE.to_owned(), manifest.to_bytes().into());
    files
}

/// Value of the `Content-Type` header. Text is UTF-8, as the web has it.
fn content_type(path: &str) -> String {
    let mime = mime_guess::from_path(path).first_or_octet_stream();
    let is_text = mime.type_() == "text" || mime.subtype() == "javascript";
    if is_text { format!("{mime};charset=utf-8") } else { mime.to_string() }
}

/// What the runtime reads at start: the model in the runtime's own words.
fn runtime_settings(model: &AppModel, compiled: &CompiledPlugins) -> RuntimeSettings {
    RuntimeSettings {
        format: settings::FORMAT,
        app: settings::App {
            name: model.app.name.clone(),
            id: model.app.id.to_string(),
            slug: model.app.slug.to_string(),
            version: model.app.version.to_string(),
        },
        content: match &model.content {
            Content::Url { url } => settings::Content::Url { url: url.to_string() },
            Content::Dir { spa_fallback, csp, .. } => {
                settings::Content::Dir { spa_fallback: *spa_fallback, csp: csp.clone() }
            }
        },
        window: window(&model.window),
        navigation: settings::Navigation {
            internal: model.navigation.internal.iter().map(rule).collect(),
            external: match model.navigation.external {
                External::Browser => settings::External::Browser,
                External::Block => settings::External::Block,
            },
            popups: match model.navigation.popups {
                Popups::Browser => settings::Popups::Browser,
                Popups::Window => settings::Popups::Window,
                Popups::Block => settings::Popups::Block,
            },
            login_hosts: model.navigation.login_hosts,
        },
        web: settings::Web { context_menu: true, spell_check: true, ..settings::Web::default() },
        bridge: settings::Bridge {
            origins: model.bridge.origins.iter().map(rule).collect(),
            modules: modules(model),
            cache_only: settings::Modules::default(),
        },
        single_instance: model.single_instance,
        plugins: model.plugins.as_ref().map(|plugins| self::plugins(plugins, compiled)),
    }
}

fn modules(model: &AppModel) -> settings::Modules {
    let modules = &model.bridge.modules;
    settings::Modules {
        app: modules.app.map(|app| settings::AppModule { paths: app.paths }),
        downloads: false,
        events: modules.events,
        files: false,
        fs: modules.has_scope(FsScope::Plugins).then(|| settings::FsModule {
            scopes: vec![settings::FsScope::Plugins],
            quota: 0,
            trash: 0,
        }),
        plugins: modules.plugins,
        window: modules.window.then_some(settings::WindowModule { open: false }),
    }
}

fn plugins(plugins: &config_schema::Plugins, compiled: &CompiledPlugins) -> Plugins {
    Plugins {
        bundled: compiled.modules.iter().map(|module| module.plugin.clone()).collect(),
        allow_install: plugins.allow_install,
        trusted: plugins.trusted.iter().map(|digest| digest.get()).collect(),
        limits: plugins.limits.each,
        concurrency: plugins.limits.concurrency,
        queue: plugins.limits.queue,
    }
}

fn window(window: &config_schema::Window) -> settings::Window {
    settings::Window {
        title: window.title.clone(),
        width: window.width,
        height: window.height,
        min_width: window.min_width,
        min_height: window.min_height,
        max_width: window.max_width,
        max_height: window.max_height,
        center: window.center,
        resizable: window.resizable,
        maximized: window.maximized,
        fullscreen: window.fullscreen,
        always_on_top: window.always_on_top,
        decorations: window.decorations,
        background_color: settings::BackgroundColor {
            light: window.background_color.light.to_string(),
            dark: window.background_color.dark.to_string(),
        },
        theme: match window.theme {
            Theme::System => settings::Theme::System,
            Theme::Light => settings::Theme::Light,
            Theme::Dark => settings::Theme::Dark,
        },
        zoom: window.zoom,
        transparent: false,
        title_bar_style: settings::TitleBarStyle::Visible,
        remember_geometry: false,
        on_close: settings::OnClose::Quit,
    }
}

fn rule(rule: &UrlRule) -> runtime_settings::UrlRule {
    runtime_settings::UrlRule {
        scheme: rule.scheme.clone(),
        host: rule.host.clone(),
        subdomains: rule.subdomains,
        port: rule.port,
        path: rule.path.clone(),
    }
}
