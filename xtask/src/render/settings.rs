//! `runtime.json`: the model in the runtime's own words.

use std::sync::Arc;

use config_schema::{
    AppModel, AutostartMode, Content, DownloadFolder, External, FsScope, OnClose, Popups, Theme,
    TitleBarStyle, UpdateSource, Updates, UrlRule,
};
use runtime_settings::{RuntimeSettings, plugins::Plugins, settings};

use super::{Inputs, pack::TRAY_ICON};
use crate::{artifacts::updates_path, injected::InjectedFiles, plugins::CompiledPlugins};

/// Bytes of the unit that a config counts storage in.
const MEBIBYTE: u64 = 1 << 20;

/// What the runtime reads at start.
pub(super) fn of(model: &AppModel, inputs: &Inputs<'_>) -> RuntimeSettings {
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
        web: web(&model.web, &inputs.injected),
        bridge: settings::Bridge {
            origins: model.bridge.origins.iter().map(rule).collect(),
            modules: modules(&model.bridge.modules),
            cache_only: modules(&model.bridge.cache_only.modules),
            isolation: model.bridge.isolation,
        },
        deep_links: model
            .deep_links
            .as_ref()
            .map(|links| settings::DeepLinks { schemes: links.schemes.clone() }),
        file_extensions: model
            .file_associations
            .iter()
            .flat_map(|association| association.ext.iter().cloned())
            .collect(),
        autostart: model.autostart.map(|autostart| settings::Autostart {
            mode: match autostart.mode {
                AutostartMode::Shown => settings::AutostartMode::Shown,
                AutostartMode::Minimized => settings::AutostartMode::Minimized,
                AutostartMode::Hidden => settings::AutostartMode::Hidden,
            },
        }),
        shortcuts: Vec::new(),
        single_instance: model.single_instance,
        plugins: model.plugins.as_ref().map(|plugins| self::plugins(plugins, &inputs.plugins)),
        menu: model.menu.clone(),
        tray: model.tray.as_ref().map(|tray| self::tray(tray, inputs)),
        updates: model.updates.as_ref().map(|updates| {
            let endpoint = updates_endpoint(model, updates, inputs.repository.as_deref());
            settings::Updates {
                endpoint,
                public_key: updates.public_key.clone(),
                channel: updates.channel.clone(),
                check_on_start: updates.check.on_start,
                check_every_hours: updates.check.every_hours,
            }
        }),
    }
}

/// Where the updater manifest will be: on the branch `updates`, which a public repository serves at this address for ever.
fn updates_endpoint(
    model: &AppModel,
    updates: &Updates,
    repository: Option<&str>,
) -> Option<String> {
    match &updates.source {
        UpdateSource::Endpoint(url) => Some(url.to_string()),
        UpdateSource::Github => Some(format!(
            "https://raw.githubusercontent.com/{}/updates/{}",
            repository?,
            updates_path(model, updates)
        )),
    }
}

fn web(web: &config_schema::Web, injected: &InjectedFiles) -> settings::Web {
    let paths =
        |files: &[(String, Arc<[u8]>)]| files.iter().map(|(path, _)| path.clone()).collect();
    let permissions = &web.permissions;
    settings::Web {
        user_agent: web.user_agent.as_ref().map(ToString::to_string),
        proxy: web.proxy.as_ref().map(ToString::to_string),
        incognito: web.incognito,
        inject_css: paths(&injected.css),
        inject_js: paths(&injected.js),
        devtools: web.devtools,
        context_menu: web.context_menu,
        spell_check: web.spell_check,
        downloads: match web.downloads.folder {
            DownloadFolder::Ask => settings::DownloadFolder::Ask,
            DownloadFolder::Downloads => settings::DownloadFolder::Downloads,
        },
        permissions: settings::Permissions {
            camera: permissions.camera.is_some(),
            microphone: permissions.microphone.is_some(),
            geolocation: permissions.geolocation.is_some(),
            notifications: permissions.notifications,
            clipboard_read: permissions.clipboard_read,
        },
    }
}

fn modules(modules: &config_schema::Modules) -> settings::Modules {
    let bytes = |megabytes: u32| u64::from(megabytes) * MEBIBYTE;
    let fs = |fs: &config_schema::FsModule| settings::FsModule {
        scopes: fs.scopes.iter().copied().map(scope).collect(),
        quota: bytes(fs.quota_mb),
        trash: bytes(fs.trash_mb),
    };
    settings::Modules {
        app: modules.app.map(|app| settings::AppModule { paths: app.paths }),
        auth: modules.auth,
        autostart: modules.autostart,
        badge: modules.badge,
        clipboard: modules.clipboard,
        diagnostics: modules.diagnostics,
        downloads: modules.downloads,
        events: modules.events,
        files: modules.files,
        fs: modules.fs.as_ref().map(fs),
        global_variables: modules.global_variables,
        menu: modules.menu,
        network: modules.network.as_ref().map(|network| settings::NetworkModule {
            hosts: network.hosts.iter().map(rule).collect(),
            targets: network.targets.iter().map(ToString::to_string).collect(),
            lan: network.lan,
        }),
        notifications: modules.notifications,
        plugins: modules.plugins,
        shortcuts: modules.shortcuts,
        tray: modules.tray,
        updates: modules.updates,
        window: modules.window.map(|window| settings::WindowModule { open: window.open }),
    }
}

fn scope(scope: FsScope) -> settings::FsScope {
    match scope {
        FsScope::Data => settings::FsScope::Data,
        FsScope::Cache => settings::FsScope::Cache,
        FsScope::Trash => settings::FsScope::Trash,
        FsScope::Diagnostics => settings::FsScope::Diagnostics,
        FsScope::Plugins => settings::FsScope::Plugins,
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

fn tray(tray: &config_schema::Tray, inputs: &Inputs<'_>) -> settings::Tray {
    settings::Tray {
        icon: inputs.tray_icon.as_ref().map(|_| TRAY_ICON.to_owned()),
        tooltip: tray.tooltip.clone(),
        menu: tray.menu.clone(),
        start_hidden: tray.start_hidden,
        show_label: tray.show_label.clone(),
        quit_label: tray.quit_label.clone(),
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
        transparent: window.transparent,
        title_bar_style: match window.title_bar_style {
            TitleBarStyle::Visible => settings::TitleBarStyle::Visible,
            TitleBarStyle::Transparent => settings::TitleBarStyle::Transparent,
            TitleBarStyle::Overlay => settings::TitleBarStyle::Overlay,
        },
        remember_geometry: window.remember_geometry,
        on_close: match window.on_close {
            OnClose::Quit => settings::OnClose::Quit,
            OnClose::HideToTray => settings::OnClose::HideToTray,
        },
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
