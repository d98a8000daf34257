//! The section `web`, resolved.

use crate::config::{DownloadsSection, PermissionsSection, UsageSetting, WebSection};
use crate::defaults;
use crate::model::{Downloads, Permissions, Web};

pub(super) fn resolve(section: WebSection, app_name: &str) -> Web {
    let DownloadsSection { folder } = section.downloads.unwrap_or_default();
    Web {
        user_agent: section.user_agent,
        proxy: section.proxy,
        incognito: section.incognito.unwrap_or(defaults::WEB_INCOGNITO),
        inject_css: section.inject_css.unwrap_or_default(),
        inject_js: section.inject_js.unwrap_or_default(),
        devtools: section.devtools.unwrap_or(defaults::WEB_DEVTOOLS),
        context_menu: section.context_menu.unwrap_or(defaults::WEB_CONTEXT_MENU),
        spell_check: section.spell_check.unwrap_or(defaults::WEB_SPELL_CHECK),
        downloads: Downloads { folder: folder.unwrap_or_default() },
        permissions: permissions(section.permissions.unwrap_or_default(), app_name),
    }
}

fn permissions(section: PermissionsSection, app_name: &str) -> Permissions {
    // macOS shows the text below a title that names the app, and ends an app that asks without one.
    let usage = |setting: Option<UsageSetting>, what: &str| match setting {
        Some(UsageSetting::Text(text)) => Some(text.into()),
        Some(UsageSetting::Switch(true)) => Some(format!("{app_name} {what}.")),
        Some(UsageSetting::Switch(false)) => None,
        None => defaults::WEB_PERMISSION.then(|| format!("{app_name} {what}.")),
    };
    Permissions {
        camera: usage(section.camera, "takes pictures and films"),
        microphone: usage(section.microphone, "records sound"),
        geolocation: usage(section.geolocation, "uses your location"),
        notifications: section.notifications.unwrap_or(defaults::WEB_PERMISSION),
        clipboard_read: section.clipboard_read.unwrap_or(defaults::WEB_PERMISSION),
    }
}
