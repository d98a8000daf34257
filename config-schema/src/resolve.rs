//! From a checked config to the model: the one place where defaults are applied.

mod bridge;
mod start;
mod web;

use runtime_settings::plugins::PluginLimits;
use url::Url;

use crate::config::{
    AppConfig, AppSection, BackgroundSetting, BundleSection, BundledPluginSection, ContentSection,
    LinuxBundleSection, MacosBundleSection, NavigationSection, PluginsSection, SigningSection,
    ThemedBackground, TraySection, UpdatesSection, WindowSection, WindowsBundleSection,
    WindowsSigningSection,
};
use crate::defaults;
use crate::delivery::{MacosSigning, Signing, UpdateSource, Updates, UpdatesCheck, WindowsSigning};
use crate::model::{
    App, AppModel, BackgroundColor, Build, Bundle, BundledPlugin, Content, Formats, LinuxBundle,
    MacosBundle, Navigation, Plugins, PluginsLimits, Tray, Window, WindowsBundle,
};
use crate::target::{BundleFormat, System, Target};
use crate::values::{
    AppVersion, Calls, Color, Hours, InstallerLanguage, Line, Queue, Side, Slug, TextForm, UrlRule,
    WindowsRoute, Zoom,
};

/// The model of a config that broke no rule; `None` only if a field without a default is missing.
pub(crate) fn resolve(config: AppConfig) -> Option<AppModel> {
    let app = app(config.app?)?;
    let content = content(config.content?)?;
    let bridge = bridge::resolve(config.bridge.unwrap_or_default(), &content);
    Some(AppModel {
        window: window(config.window.unwrap_or_default(), &app.name)?,
        navigation: navigation(config.navigation.unwrap_or_default()),
        web: web::resolve(config.web.unwrap_or_default(), &app.name),
        plugins: match config.plugins {
            Some(section) => Some(plugins(section)?),
            None => None,
        },
        deep_links: config.deep_links.map(start::deep_links),
        file_associations: config
            .file_associations
            .unwrap_or_default()
            .into_iter()
            .map(|section| start::file_association(section, &app.slug))
            .collect::<Option<_>>()?,
        autostart: start::autostart(config.autostart, bridge.modules.autostart),
        bridge,
        menu: config.menu,
        tray: config.tray.map(tray),
        single_instance: config.single_instance.unwrap_or(defaults::SINGLE_INSTANCE),
        bundle: bundle(config.bundle.unwrap_or_default()),
        build: Build { runtime: config.build.unwrap_or_default().runtime.unwrap_or_default() },
        signing: signing(config.signing.unwrap_or_default())?,
        updates: match config.updates {
            Some(section) => Some(updates(section)?),
            None => None,
        },
        app,
        content,
    })
}

/// Reads a default that is written as text; `tests::defaults_are_valid` keeps it `Some`.
fn parsed<T: TextForm>(text: &str) -> Option<T> {
    T::parse(text).ok()
}

fn app(section: AppSection) -> Option<App> {
    let (name, id) = (String::from(section.name?), section.id?);
    Some(App {
        slug: section.slug.or_else(|| Slug::derive(&name, &id))?,
        version: section.version.or_else(|| parsed::<AppVersion>(defaults::APP_VERSION))?,
        description: section.description.map(String::from),
        publisher: section.publisher.map(String::from),
        publisher_email: section.publisher_email.map(String::from),
        copyright: section.copyright.map(String::from),
        homepage: section.homepage.map(Url::from),
        license: section.license.map(String::from),
        category: section.category,
        icon: section.icon.map(String::from),
        name,
        id,
    })
}

fn content(section: ContentSection) -> Option<Content> {
    if let Some(url) = section.url {
        return Some(Content::Url { url: url.into() });
    }
    Some(Content::Dir {
        dir: section.dir?.into(),
        build: section.build.map(String::from),
        dev_url: section.dev_url.map(Url::from),
        spa_fallback: section.spa_fallback.unwrap_or(defaults::SPA_FALLBACK),
        csp: section.csp.map_or_else(|| defaults::CSP.to_owned(), String::from),
    })
}

fn window(section: WindowSection, app_name: &str) -> Option<Window> {
    Some(Window {
        title: section.title.map_or_else(|| app_name.to_owned(), String::from),
        width: section.width.map_or(defaults::WINDOW_WIDTH, Side::get),
        height: section.height.map_or(defaults::WINDOW_HEIGHT, Side::get),
        min_width: section.min_width.map(Side::get),
        min_height: section.min_height.map(Side::get),
        max_width: section.max_width.map(Side::get),
        max_height: section.max_height.map(Side::get),
        center: section.center.unwrap_or(defaults::WINDOW_CENTER),
        resizable: section.resizable.unwrap_or(defaults::WINDOW_RESIZABLE),
        maximized: section.maximized.unwrap_or(defaults::WINDOW_MAXIMIZED),
        fullscreen: section.fullscreen.unwrap_or(defaults::WINDOW_FULLSCREEN),
        always_on_top: section.always_on_top.unwrap_or(defaults::WINDOW_ALWAYS_ON_TOP),
        decorations: section.decorations.unwrap_or(defaults::WINDOW_DECORATIONS),
        transparent: section.transparent.unwrap_or(defaults::WINDOW_TRANSPARENT),
        title_bar_style: section.title_bar_style.unwrap_or_default(),
        background_color: background(section.background_color)?,
        theme: section.theme.unwrap_or_default(),
        zoom: section.zoom.map_or(defaults::WINDOW_ZOOM, Zoom::get),
        remember_geometry: section.remember_geometry.unwrap_or(defaults::WINDOW_REMEMBER_GEOMETRY),
        on_close: section.on_close.unwrap_or_default(),
    })
}

fn background(setting: Option<BackgroundSetting>) -> Option<BackgroundColor> {
    let ThemedBackground { light, dark } = match setting {
        Some(BackgroundSetting::Both(color)) => {
            return Some(BackgroundColor { light: color.clone(), dark: color });
        }
        Some(BackgroundSetting::ByTheme(themed)) => themed,
        None => ThemedBackground::default(),
    };
    Some(BackgroundColor {
        light: light.or_else(|| parsed::<Color>(defaults::BACKGROUND_LIGHT))?,
        dark: dark.or_else(|| parsed::<Color>(defaults::BACKGROUND_DARK))?,
    })
}

fn navigation(section: NavigationSection) -> Navigation {
    let internal = section.internal.unwrap_or_default();
    Navigation {
        internal: internal.into_iter().map(UrlRule::from).collect(),
        external: section.external.unwrap_or_default(),
        popups: section.popups.unwrap_or_default(),
        login_hosts: section.login_hosts.unwrap_or(defaults::LOGIN_HOSTS),
    }
}

/// The bundled plugins, as far as they can be read.
pub(crate) fn bundled_plugins(section: &PluginsSection) -> Vec<Option<BundledPlugin>> {
    let each = limits_of_each(section);
    let bundled = |entry: &BundledPluginSection| {
        Some(BundledPlugin {
            file: entry.file.clone()?,
            sha256: entry.sha256,
            limits: entry.limits.as_ref().map_or(each, |own| own.over(each)),
        })
    };
    section.bundled.iter().flatten().map(bundled).collect()
}

/// What every plugin is granted.
fn limits_of_each(section: &PluginsSection) -> PluginLimits {
    section.limits.clone().unwrap_or_default().of_each().over(defaults::plugin_limits())
}

fn plugins(section: PluginsSection) -> Option<Plugins> {
    let each = limits_of_each(&section);
    let limits = section.limits.clone().unwrap_or_default();
    Some(Plugins {
        bundled: bundled_plugins(&section).into_iter().collect::<Option<_>>()?,
        allow_install: section.allow_install.unwrap_or(defaults::PLUGINS_ALLOW_INSTALL),
        trusted: section.trusted.unwrap_or_default(),
        limits: PluginsLimits {
            each,
            concurrency: limits.concurrency.map_or(defaults::PLUGINS_CONCURRENCY, Calls::get),
            queue: limits.queue.map_or(defaults::PLUGINS_QUEUE, Queue::get),
        },
    })
}

fn bundle(section: BundleSection) -> Bundle {
    let targets = section.targets.unwrap_or_else(Target::all);
    let formats = section.formats.unwrap_or_default();
    Bundle {
        formats: Formats {
            linux: formats_of(System::Linux, formats.linux, &targets),
            windows: formats_of(System::Windows, formats.windows, &targets),
            macos: formats_of(System::Macos, formats.macos, &targets),
        },
        linux: linux(section.linux.unwrap_or_default()),
        windows: windows(section.windows.unwrap_or_default()),
        macos: macos(section.macos.unwrap_or_default()),
        targets,
    }
}

fn linux(section: LinuxBundleSection) -> LinuxBundle {
    let lines = |lines: Option<Vec<Line<200>>>| {
        lines.unwrap_or_default().into_iter().map(String::from).collect()
    };
    LinuxBundle {
        section: section.section.map_or_else(|| defaults::DEB_SECTION.to_owned(), String::from),
        deb_depends: lines(section.deb_depends),
        rpm_depends: lines(section.rpm_depends),
    }
}

fn windows(section: WindowsBundleSection) -> WindowsBundle {
    WindowsBundle {
        install_mode: section.install_mode.unwrap_or_default(),
        languages: section.languages.unwrap_or_else(|| vec![InstallerLanguage::default()]),
        webview: section.webview.unwrap_or_default(),
    }
}

fn tray(section: TraySection) -> Tray {
    Tray {
        icon: section.icon.map(String::from),
        tooltip: section.tooltip,
        menu: section.menu.unwrap_or_default(),
        start_hidden: section.start_hidden.unwrap_or(defaults::TRAY_START_HIDDEN),
        show_label: section.show_label,
        quit_label: section.quit_label,
    }
}

fn macos(section: MacosBundleSection) -> MacosBundle {
    MacosBundle {
        minimum_version: section
            .minimum_version
            .map_or_else(|| defaults::MACOS_MINIMUM_VERSION.to_owned(), String::from),
        entitlements: section.entitlements.map(String::from),
    }
}

fn signing(section: SigningSection) -> Option<Signing> {
    Some(Signing {
        windows: match section.windows {
            Some(section) => Some(windows_signing(section)?),
            None => None,
        },
        macos: section
            .macos
            .map(|section| MacosSigning { notarize: section.notarize.unwrap_or_default() }),
        linux: section.linux,
    })
}

fn windows_signing(section: WindowsSigningSection) -> Option<WindowsSigning> {
    let timestamp_url = match section.timestamp_url {
        Some(url) => Url::from(url),
        None => Url::parse(defaults::TIMESTAMP_URL).ok()?,
    };
    Some(match section.route? {
        WindowsRoute::Pfx => WindowsSigning::Pfx { timestamp_url },
        WindowsRoute::Azure => WindowsSigning::Azure {
            timestamp_url,
            endpoint: section.endpoint?.into(),
            account: section.account?.into(),
            profile: section.profile?.into(),
        },
        WindowsRoute::Command => WindowsSigning::Command {
            command: section.command?.into_iter().map(String::from).collect(),
        },
    })
}

fn updates(section: UpdatesSection) -> Option<Updates> {
    let channel = section.channel.map(String::from);
    let check = section.check.unwrap_or_default();
    Some(Updates {
        source: match section.endpoint {
            Some(url) => UpdateSource::Endpoint(url.into()),
            None => UpdateSource::Github,
        },
        public_key: section.public_key?.into(),
        channel: channel.unwrap_or_else(|| defaults::UPDATE_CHANNEL.to_owned()),
        check: UpdatesCheck {
            on_start: check.on_start.unwrap_or(defaults::UPDATE_CHECK_ON_START),
            every_hours: check.every_hours.map(Hours::get),
        },
    })
}

/// The formats as written, else all of the system; none where nothing is built for it.
pub(crate) fn formats_of<F: Into<BundleFormat>>(
    system: System,
    written: Option<Vec<F>>,
    targets: &[Target],
) -> Vec<BundleFormat> {
    if targets.iter().all(|target| target.row().system != system) {
        return Vec::new();
    }
    match written {
        Some(formats) => formats.into_iter().map(Into::into).collect(),
        None => system.formats().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::parsed;
    use crate::defaults;
    use crate::values::{
        AppVersion, Channel, Color, Csp, DebSection, HttpUrl, IconPath, MacosVersion,
    };

    #[test]
    fn defaults_are_valid() {
        assert!(parsed::<AppVersion>(defaults::APP_VERSION).is_some());
        assert!(parsed::<Color>(defaults::BACKGROUND_LIGHT).is_some());
        assert!(parsed::<Color>(defaults::BACKGROUND_DARK).is_some());
        assert!(parsed::<Csp>(defaults::CSP).is_some());
        assert!(parsed::<IconPath>(defaults::ICON).is_some());
        assert!(parsed::<DebSection>(defaults::DEB_SECTION).is_some());
        assert!(parsed::<MacosVersion>(defaults::MACOS_MINIMUM_VERSION).is_some());
        assert!(parsed::<HttpUrl>(defaults::TIMESTAMP_URL).is_some());
        assert!(parsed::<Channel>(defaults::UPDATE_CHANNEL).is_some());
    }
}
