//! The section `bridge`, resolved: who has the bridge, and which modules, by kind of window.

use crate::config::{
    AppModuleOptions, BridgeSection, FsModuleOptions, ModuleSetting, ModulesSection,
    NetworkModuleOptions, WindowModuleOptions,
};
use crate::defaults;
use crate::model::{
    AppModule, Bridge, CacheOnly, Content, FsModule, Modules, NetworkModule, WindowModule,
};
use crate::values::{FsScope, QuotaMegabytes, StorageMegabytes, UrlRule};

pub(super) fn resolve(section: BridgeSection, content: &Content) -> Bridge {
    let own_origin = || match content {
        Content::Url { url } => vec![UrlRule::origin_of(url)],
        Content::Dir { .. } => Vec::new(),
    };
    let cache_only = section.cache_only.unwrap_or_default().modules.unwrap_or_default();
    Bridge {
        origins: section
            .origins
            .map_or_else(own_origin, |origins| origins.into_iter().map(UrlRule::from).collect()),
        modules: modules(&section.modules.unwrap_or_default(), defaults::FS_SCOPES),
        cache_only: CacheOnly {
            modules: modules(&cache_only.into(), defaults::FS_CACHE_ONLY_SCOPES),
        },
        isolation: section.isolation.unwrap_or(defaults::ISOLATION),
    }
}

/// `scopes` are those of a module `fs` that names none.
fn modules(section: &ModulesSection, scopes: &[FsScope]) -> Modules {
    let off = defaults::MODULE_OFF;
    Modules {
        app: ModuleSetting::options(section.app.as_ref(), defaults::MODULE_APP).map(app),
        auth: section.auth.unwrap_or(off),
        autostart: section.autostart.unwrap_or(off),
        badge: section.badge.unwrap_or(off),
        clipboard: section.clipboard.unwrap_or(off),
        diagnostics: section.diagnostics.unwrap_or(off),
        downloads: section.downloads.unwrap_or(off),
        events: section.events.unwrap_or(defaults::MODULE_EVENTS),
        files: section.files.unwrap_or(off),
        fs: ModuleSetting::options(section.fs.as_ref(), off).map(|options| fs(options, scopes)),
        global_variables: section.global_variables.unwrap_or(off),
        menu: section.menu.unwrap_or(off),
        network: ModuleSetting::options(section.network.as_ref(), off).map(network),
        notifications: section.notifications.unwrap_or(off),
        plugins: section.plugins.unwrap_or(off),
        shortcuts: section.shortcuts.unwrap_or(off),
        tray: section.tray.unwrap_or(off),
        updates: section.updates.unwrap_or(off),
        window: ModuleSetting::options(section.window.as_ref(), off).map(window),
    }
}

fn app(options: AppModuleOptions) -> AppModule {
    AppModule { paths: options.paths.unwrap_or(defaults::MODULE_APP_PATHS) }
}

fn fs(options: FsModuleOptions, scopes: &[FsScope]) -> FsModule {
    FsModule {
        scopes: options.scopes.unwrap_or_else(|| scopes.to_vec()),
        quota_mb: options.quota_mb.map_or(defaults::FS_QUOTA_MB, QuotaMegabytes::get),
        trash_mb: options.trash_mb.map_or(defaults::FS_TRASH_MB, StorageMegabytes::get),
    }
}

fn network(options: NetworkModuleOptions) -> NetworkModule {
    NetworkModule {
        hosts: options.hosts.into_iter().flatten().map(UrlRule::from).collect(),
        targets: options.targets.into_iter().flatten().map(|url| url.get().clone()).collect(),
        lan: options.lan.unwrap_or(defaults::MODULE_NETWORK_LAN),
    }
}

fn window(options: WindowModuleOptions) -> WindowModule {
    WindowModule { open: options.open.unwrap_or(defaults::MODULE_WINDOW_OPEN) }
}
