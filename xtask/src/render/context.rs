//! The one thing that templates may see: values that need no more thought.

use config_schema::{
    AppModel, BundleFormat, Category, FileAssociation, FileRole, System, WindowsBundle,
};
use serde::Serialize;

use super::{
    ENTITLEMENTS, FILE_TYPES, Inputs, file_types,
    text::{desktop_string, file_name, one_line, roff},
};

/// A package has one or it is incomplete, so an app without a description says at least what it is.
const NO_DESCRIPTION: &str = "Desktop app made with Deskwright";
const NO_LICENSE: &str = "Proprietary";

/// Values for templates. Texts that go into formats with rules of their own come escaped for them.
#[derive(Debug, Serialize)]
pub(crate) struct RenderContext {
    id: String,
    slug: String,
    version: String,
    package_version: String,
    /// The feature of the runtime's package that the app's variant takes.
    feature: Option<&'static str>,
    /// The name as part of file names: product name on Windows and macOS.
    product_name: String,
    /// The description's first line: control fields, version resources.
    summary: String,
    /// The rest of it: package managers show both, and do not want the same twice.
    description: String,
    publisher: Option<String>,
    /// `Name <mail>`, as package managers want it.
    maintainer: String,
    copyright: String,
    homepage: Option<String>,
    license: String,
    /// Files below Debian's `common-licenses` that the licence refers to.
    common_licenses: Vec<&'static str>,
    category: Option<Category>,
    icons: Vec<String>,
    has_svg_icon: bool,
    linux_formats: Vec<BundleFormat>,
    windows_formats: Vec<BundleFormat>,
    macos_formats: Vec<BundleFormat>,
    windows: WindowsBundle,
    macos: MacosContext,
    desktop: DesktopEntry,
    /// For each type of files, as Tauri's bundler wants it.
    file_associations: Vec<TauriAssociation>,
    /// Path in the tree of the description of these types for Linux.
    file_types: Option<&'static str>,
    /// Schemes of links that open the app.
    schemes: Vec<String>,
    manual: ManualPage,
}

/// A type of files in `bundle.fileAssociations`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TauriAssociation {
    ext: Vec<String>,
    name: String,
    description: String,
    role: &'static str,
    mime_type: String,
    /// What macOS knows the app's own types by.
    #[serde(skip_serializing_if = "Option::is_none")]
    exported_type: Option<ExportedType>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ExportedType {
    identifier: String,
    conforms_to: &'static [&'static str],
}

#[derive(Debug, Serialize)]
struct MacosContext {
    minimum_version: String,
    /// Path in the tree.
    entitlements: Option<&'static str>,
}

/// Values of the desktop entry, escaped for it.
#[derive(Debug, Serialize)]
struct DesktopEntry {
    name: String,
    comment: String,
    categories: &'static str,
    /// What the app opens: types of files and schemes of links, each with a semicolon behind it.
    mime_types: String,
}

/// Values of the manual page, escaped for it.
#[derive(Debug, Serialize)]
struct ManualPage {
    name: String,
    summary: String,
    upper_slug: String,
}

impl RenderContext {
    pub(super) fn new(model: &AppModel, inputs: &Inputs<'_>) -> RenderContext {
        let (app, icons) = (&model.app, &inputs.icons);
        let slug = app.slug.to_string();
        let text = app.description.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let summary = one_line(text.and_then(|text| text.lines().next()).unwrap_or(NO_DESCRIPTION));
        let publisher = app.publisher.as_deref().map(one_line);
        let formats = |system: System| model.bundle.formats.of(system).to_vec();
        RenderContext {
            id: app.id.to_string(),
            version: app.version.to_string(),
            package_version: package_version(model),
            feature: model.variant().feature(),
            product_name: file_name(&app.name),
            description: text.and_then(rest).unwrap_or_else(|| {
                format!("{}, a desktop app made with Deskwright.", one_line(&app.name))
            }),
            maintainer: maintainer(model),
            copyright: app.copyright.as_deref().map_or_else(
                || format!("Copyright {}", publisher.as_deref().unwrap_or(&slug)),
                one_line,
            ),
            publisher,
            homepage: app.homepage.as_ref().map(ToString::to_string),
            license: app.license.as_deref().map_or_else(|| NO_LICENSE.to_owned(), one_line),
            common_licenses: common_licenses(app.license.as_deref().unwrap_or_default()),
            category: app.category,
            icons: icons
                .keys()
                .filter(|name| !name.ends_with(".svg"))
                .map(|name| format!("icons/{name}"))
                .collect(),
            has_svg_icon: icons.contains_key("icon.svg"),
            linux_formats: formats(System::Linux),
            windows_formats: formats(System::Windows),
            macos_formats: formats(System::Macos),
            windows: model.bundle.windows.clone(),
            macos: MacosContext {
                minimum_version: model.bundle.macos.minimum_version.clone(),
                entitlements: inputs.entitlements.as_ref().map(|_| ENTITLEMENTS),
            },
            desktop: DesktopEntry {
                name: desktop_string(&app.name),
                comment: desktop_string(&summary),
                categories: app.category.map_or("Utility;", freedesktop_categories),
                mime_types: mime_types(model),
            },
            file_associations: model
                .file_associations
                .iter()
                .map(|association| tauri_association(association, app.id.as_str()))
                .collect(),
            file_types: (!model.file_associations.is_empty()).then_some(FILE_TYPES),
            schemes: schemes(model).to_vec(),
            manual: ManualPage {
                name: roff(&app.name),
                summary: roff(&summary),
                upper_slug: slug.to_uppercase().replace('-', "\\-"),
            },
            summary,
            slug,
        }
    }
}

fn schemes(model: &AppModel) -> &[String] {
    model.deep_links.as_ref().map(|links| links.schemes.as_slice()).unwrap_or_default()
}

fn mime_types(model: &AppModel) -> String {
    let files = model.file_associations.iter().map(|association| association.mime_type.clone());
    let links = schemes(model).iter().map(|scheme| format!("x-scheme-handler/{scheme}"));
    let types: std::collections::BTreeSet<_> = files.chain(links).collect();
    types.into_iter().map(|mime_type| mime_type + ";").collect()
}

fn tauri_association(association: &FileAssociation, id: &str) -> TauriAssociation {
    let exported_type = file_types::is_own(association).then(|| ExportedType {
        identifier: format!("{id}.{}", association.ext.first().map_or("", String::as_str)),
        conforms_to: &["public.data"],
    });
    TauriAssociation {
        ext: association.ext.clone(),
        name: one_line(&association.name),
        description: one_line(&association.description),
        role: match association.role {
            FileRole::Editor => "Editor",
            FileRole::Viewer => "Viewer",
        },
        mime_type: association.mime_type.clone(),
        exported_type,
    }
}

/// All lines but the first.
fn rest(text: &str) -> Option<String> {
    let rest = text.split_once('\n')?.1.trim();
    (!rest.is_empty()).then(|| rest.to_owned())
}

/// Begin of an SPDX identifier, and the file with its text on every Debian system.
const COMMON_LICENSES: &[(&str, &str)] = &[
    ("Apache-2.0", "Apache-2.0"),
    ("CC0-1.0", "CC0-1.0"),
    ("GPL-2.0", "GPL-2"),
    ("GPL-3.0", "GPL-3"),
    ("LGPL-2.1", "LGPL-2.1"),
    ("LGPL-3.0", "LGPL-3"),
    ("MPL-2.0", "MPL-2.0"),
];

/// Debian wants no copies of licences that are there anyway, but a word where they are.
fn common_licenses(expression: &str) -> Vec<&'static str> {
    let words = expression.split(|c: char| c.is_whitespace() || "()".contains(c));
    let file = |word: &str| {
        COMMON_LICENSES.iter().find(|(begin, _)| word.starts_with(begin)).map(|(_, file)| *file)
    };
    words.filter_map(file).collect()
}

/// The version as Linux packages have it: with a tilde a pre-release sorts before its release, and a hyphen would begin
/// another field.
pub(crate) fn package_version(model: &AppModel) -> String {
    model.app.version.to_string().replacen('-', "~", 1).replace('-', ".")
}

/// Who a package is from: `Name <mail>`, as package managers want it. They want an address of everybody: who names none gets
/// one that nobody reads, at the host that the app's id is the reverse of.
pub(crate) fn maintainer(model: &AppModel) -> String {
    let app = &model.app;
    let name = app.publisher.as_deref().map_or_else(|| app.slug.to_string(), one_line);
    // Angle brackets and commas separate addresses there.
    let name = name.replace(['<', '>', ','], " ");
    let host = || app.id.as_str().rsplit('.').collect::<Vec<_>>().join(".");
    let mail = app.publisher_email.clone().unwrap_or_else(|| format!("noreply@{}", host()));
    format!("{} <{mail}>", name.trim())
}

/// The registered categories for a desktop entry. https://specifications.freedesktop.org/menu-spec/latest/category-registry.html
fn freedesktop_categories(category: Category) -> &'static str {
    match category {
        Category::Business | Category::Finance => "Office;Finance;",
        Category::Productivity => "Office;",
        Category::DeveloperTool => "Development;",
        Category::Education | Category::Reference => "Education;",
        Category::Medical => "Science;MedicalSoftware;",
        Category::Music => "AudioVideo;Audio;Music;",
        Category::Video => "AudioVideo;Video;",
        Category::Photography | Category::GraphicsAndDesign => "Graphics;",
        Category::News | Category::Weather => "Network;News;",
        Category::SocialNetworking => "Network;InstantMessaging;",
        Category::Utility
        | Category::Entertainment
        | Category::HealthcareAndFitness
        | Category::Lifestyle
        | Category::Sports
        | Category::Travel => "Utility;",
        _ => "Game;",
    }
}
