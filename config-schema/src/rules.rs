//! Rules between fields: what must be there, and what cannot go together.

mod bridge;
mod delivery;
mod menu;
mod plugins;
mod shortcuts;
mod start;
mod web;

use std::fmt::Display;

use crate::check::Findings;
use crate::config::{
    AppConfig, AppSection, BundleSection, ContentSection, FormatsSection, WindowSection,
    WindowsFormat,
};
use crate::defaults;
use crate::problem::code;
use crate::resolve::formats_of;
use crate::target::{BundleFormat, System, Target};
use crate::values::{AppVersion, SchemaVersion, Side, Slug};

/// Largest major and minor number of an MSI's version, and largest pre-release number (Windows Installer's `ProductVersion`).
const MSI_MAX_MAJOR_MINOR: u64 = 255;
const MSI_MAX_PRE_RELEASE: u64 = 65_535;

/// Checks the fields that were read against each other.
pub(crate) fn check(config: &AppConfig, findings: &mut Findings) {
    schema_version(config.schema_version, findings);
    app(config.app.as_ref(), findings);
    content(config.content.as_ref(), findings);
    window(config.window.as_ref().unwrap_or(&WindowSection::default()), findings);
    if let Some(navigation) = &config.navigation {
        let entries: Vec<_> = navigation.internal.iter().flatten().collect();
        no_repeats("navigation.internal", &entries, findings);
    }
    web::check(config, findings);
    bridge::check(config, findings);
    let bundle_section = config.bundle.clone().unwrap_or_default();
    bundle(&bundle_section, findings);
    let version = config.app.as_ref().and_then(|app| app.version.as_ref());
    msi_version(version, &bundle_section, findings);
    delivery::check(config, findings);
    plugins::check(config, findings);
    shortcuts::check(config, findings);
    start::check(config, findings);
    menu::check(config, findings);
}

/// A newer config is refused as a whole; what it says that we do not know is not a fault of its own.
fn schema_version(version: Option<SchemaVersion>, findings: &mut Findings) {
    let Some(version) = version.filter(|version| version.get() > defaults::SCHEMA_VERSION) else {
        return;
    };
    findings.discard(|fault| matches!(fault.code, code::UNKNOWN_FIELD | code::UNKNOWN_VALUE));
    let known = defaults::SCHEMA_VERSION;
    let reason =
        format!("made for a newer Deskwright: version {}, known is {known}", version.get());
    let fix = "update your copy of Deskwright: merge its latest release";
    findings.add("schemaVersion", code::NEWER_VERSION, reason, fix);
}

/// Reports a field that has no default and no value.
fn require<T>(value: Option<&T>, field: &str, example: &str, findings: &mut Findings) {
    if value.is_none() && findings.is_sound(field) {
        let name = field.rsplit('.').next().unwrap_or(field);
        let reason = format!("missing field: `{name}`");
        findings.add(field, code::MISSING_FIELD, reason, format!("add `{example}`"));
    }
}

fn app(section: Option<&AppSection>, findings: &mut Findings) {
    let example = r#""app": {"name": "Notes", "id": "com.example.notes"}"#;
    require(section, "app", example, findings);
    let Some(app) = section else {
        return;
    };
    require(app.name.as_ref(), "app.name", r#""name": "Notes""#, findings);
    require(app.id.as_ref(), "app.id", r#""id": "com.example.notes""#, findings);
    if let (Some(name), Some(id), None) = (&app.name, &app.id, &app.slug)
        && findings.is_sound("app.slug")
        && Slug::derive(name.as_str(), id).is_none()
    {
        let reason = "missing field: `slug`, and neither name nor id gives one";
        findings.add("app.slug", code::MISSING_FIELD, reason, r#"add `"slug": "notes"`"#);
    }
}

fn content(section: Option<&ContentSection>, findings: &mut Findings) {
    let example = r#""content": {"url": "https://app.example.com"}` or `"content": {"dir": "web"}"#;
    require(section, "content", example, findings);
    let Some(content) = section else {
        return;
    };
    if content.url.is_some() && content.dir.is_some() {
        let reason = "contradiction: `url` and `dir` are both set";
        let fix = "keep `url` for a site on the web, or `dir` for a folder that is packed";
        findings.add("content.dir", code::CONTRADICTION, reason, fix);
        return;
    }
    let decided = findings.is_sound("content.url") && findings.is_sound("content.dir");
    if content.url.is_none() && content.dir.is_none() && decided {
        let reason = "missing field: `url` or `dir`";
        let fix = r#"add `"url": "https://app.example.com"`, or `"dir": "web"` for a folder that is packed"#;
        findings.add("content", code::MISSING_FIELD, reason, fix);
    }
    let only_with_dir = [
        ("build", content.build.is_some()),
        ("devUrl", content.dev_url.is_some()),
        ("spaFallback", content.spa_fallback.is_some()),
        ("csp", content.csp.is_some()),
    ];
    for (name, _) in only_with_dir.into_iter().filter(|(_, set)| *set && content.url.is_some()) {
        let reason = format!("contradiction: `{name}` is for packed content, and `url` is set");
        findings.add(&format!("content.{name}"), code::CONTRADICTION, reason, "remove it");
    }
}

fn window(window: &WindowSection, findings: &mut Findings) {
    let side = |name, written, default| SideField { name, written, default };
    let widths = [
        side("minWidth", window.min_width, None),
        side("width", window.width, Some(defaults::WINDOW_WIDTH)),
        side("maxWidth", window.max_width, None),
    ];
    let heights = [
        side("minHeight", window.min_height, None),
        side("height", window.height, Some(defaults::WINDOW_HEIGHT)),
        side("maxHeight", window.max_height, None),
    ];
    sides(widths, findings);
    sides(heights, findings);
    let fullscreen = window.fullscreen == Some(true);
    let maximized = window.maximized == Some(true);
    let contradictions = [
        (fullscreen && maximized, "maximized", "`maximized` and `fullscreen` are both on"),
        (
            maximized && window.resizable == Some(false),
            "maximized",
            "`maximized` is on and `resizable` is off",
        ),
        (
            fullscreen && window.always_on_top == Some(true),
            "alwaysOnTop",
            "`alwaysOnTop` and `fullscreen` are both on",
        ),
    ];
    for (_, name, what) in contradictions.into_iter().filter(|(holds, ..)| *holds) {
        let reason = format!("contradiction: {what}");
        findings.add(&format!("window.{name}"), code::CONTRADICTION, reason, "keep one of them");
    }
}

/// A side of the window: its field, what is written, and its default.
#[derive(Clone, Copy)]
struct SideField {
    name: &'static str,
    written: Option<Side>,
    default: Option<u32>,
}

impl SideField {
    fn value(&self) -> Option<u32> {
        self.written.map(Side::get).or(self.default)
    }

    fn note(&self) -> &'static str {
        if self.written.is_none() { " (its default)" } else { "" }
    }
}

/// Smallest, initial and largest side must not decrease.
fn sides([min, mut initial, max]: [SideField; 3], findings: &mut Findings) {
    if !is_ordered(min, max, findings) {
        // Limits that exclude each other exclude any default too; that is not worth a second message.
        initial.default = None;
    }
    is_ordered(min, initial, findings);
    is_ordered(initial, max, findings);
}

/// Whether the first side is not above the second, as far as both are known; reports it otherwise.
fn is_ordered(low: SideField, high: SideField, findings: &mut Findings) -> bool {
    let is_sound = |side: SideField| findings.is_sound(&format!("window.{}", side.name));
    let (Some(low_value), Some(high_value)) = (low.value(), high.value()) else {
        return true;
    };
    if low_value <= high_value || !is_sound(low) || !is_sound(high) {
        return true;
    }
    let reason = format!(
        "contradiction: `{}` {low_value}{} is larger than `{}` {high_value}{}",
        low.name,
        low.note(),
        high.name,
        high.note()
    );
    let fix = format!("lower `window.{}` or raise `window.{}`", low.name, high.name);
    let at = if high.written.is_some() { high.name } else { low.name };
    findings.add(&format!("window.{at}"), code::CONTRADICTION, reason, fix);
    false
}

fn no_repeats<T: PartialEq + Display>(field: &str, entries: &[T], findings: &mut Findings) {
    for (index, entry) in entries.iter().enumerate() {
        if let Some(first) = entries[..index].iter().position(|earlier| earlier == entry) {
            let reason = format!("repeated entry: `{entry}` is already `{field}[{first}]`");
            findings.add(&format!("{field}[{index}]"), code::INVALID_VALUE, reason, "remove it");
        }
    }
}

fn not_empty<T>(field: &str, entries: Option<&Vec<T>>, findings: &mut Findings) {
    if entries.is_some_and(Vec::is_empty) {
        let fix = "add an entry, or leave the field out to get all of them";
        findings.add(field, code::INVALID_VALUE, "empty list", fix);
    }
}

fn bundle(bundle: &BundleSection, findings: &mut Findings) {
    not_empty("bundle.targets", bundle.targets.as_ref(), findings);
    let names: Vec<_> = bundle.targets.iter().flatten().map(|target| target.name()).collect();
    no_repeats("bundle.targets", &names, findings);
    let FormatsSection { linux, windows, macos } = bundle.formats.clone().unwrap_or_default();
    formats(System::Linux, linux, bundle, findings);
    formats(System::Windows, windows, bundle, findings);
    formats(System::Macos, macos, bundle, findings);
    if let Some(windows) = &bundle.windows {
        not_empty("bundle.windows.languages", windows.languages.as_ref(), findings);
        let names: Vec<_> = windows.languages.iter().flatten().map(|name| name.name()).collect();
        no_repeats("bundle.windows.languages", &names, findings);
    }
    if let Some(linux) = &bundle.linux {
        let entries: Vec<_> = linux.deb_depends.iter().flatten().collect();
        no_repeats("bundle.linux.debDepends", &entries, findings);
        let entries: Vec<_> = linux.rpm_depends.iter().flatten().collect();
        no_repeats("bundle.linux.rpmDepends", &entries, findings);
    }
}

fn formats<F: Into<BundleFormat>>(
    system: System,
    written: Option<Vec<F>>,
    bundle: &BundleSection,
    findings: &mut Findings,
) {
    let field = format!("bundle.formats.{}", system.name());
    not_empty(&field, written.as_ref(), findings);
    let Some(written) = written else {
        return;
    };
    let names: Vec<_> = written.into_iter().map(|format| format.into().name()).collect();
    no_repeats(&field, &names, findings);
    let built = |targets: &Vec<Target>| targets.iter().any(|target| target.row().system == system);
    if bundle.targets.as_ref().is_some_and(|targets| !targets.is_empty() && !built(targets)) {
        let reason =
            format!("contradiction: no target of `bundle.targets` is for {}", system.name());
        let fix = format!("add a target such as `{}-x64`, or remove the formats", system.name());
        findings.add(&field, code::CONTRADICTION, reason, fix);
    }
}

/// Windows Installer's version field holds less than a semantic version.
fn msi_version(version: Option<&AppVersion>, bundle: &BundleSection, findings: &mut Findings) {
    let targets = bundle.targets.clone().unwrap_or_else(Target::all);
    let windows: Option<Vec<WindowsFormat>> =
        bundle.formats.as_ref().and_then(|formats| formats.windows.clone());
    let decided =
        findings.is_sound("bundle.targets") && findings.is_sound("bundle.formats.windows");
    let made = formats_of(System::Windows, windows, &targets);
    let Some(version) = version.filter(|_| decided && made.contains(&BundleFormat::Msi)) else {
        return;
    };
    let version = version.get();
    let pre_release = version.pre.as_str();
    let limit = if version.major.max(version.minor) > MSI_MAX_MAJOR_MINOR {
        format!("major and minor numbers go up to {MSI_MAX_MAJOR_MINOR} there")
    } else if !pre_release.is_empty()
        && !pre_release.parse().is_ok_and(|number: u64| number <= MSI_MAX_PRE_RELEASE)
    {
        format!("a pre-release is one number up to {MSI_MAX_PRE_RELEASE} there")
    } else {
        return;
    };
    let reason = format!("version that an MSI cannot carry: `{version}` ({limit})");
    let fix = r#"change it, or leave MSI out: `"bundle": {"formats": {"windows": ["nsis"]}}`"#;
    findings.add("app.version", code::CONTRADICTION, reason, fix);
}
