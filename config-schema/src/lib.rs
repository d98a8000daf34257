//! The contract of Deskwright: what `app.json` may say, what it means once defaults are applied, and which targets exist.
//! No I/O happens here; files that a config refers to are checked by the caller through [`Check::report`].

mod check;
mod config;
mod defaults;
mod fault;
mod model;
mod outline;
mod problem;
mod reader;
mod reference;
mod resolve;
mod rules;
mod schema;
mod source;
mod suggest;
pub mod target;
mod values;
mod variant;

pub use check::Check;
pub use config::{
    AppConfig, AppModuleOptions, AppSection, BackgroundSetting, BridgeSection, BuildSection,
    BundleSection, ContentSection, FormatsSection, LinuxFormat, MacosFormat, ModuleSetting,
    ModulesSection, NavigationSection, ThemedBackground, WindowSection, WindowsFormat,
};
pub use defaults::CSP as DEFAULT_CSP;
pub use model::{
    App, AppModel, AppModule, BackgroundColor, Bridge, Build, Bundle, Content, Formats, Modules,
    Navigation, Window,
};
pub use problem::{ConfigErrors, MAX_PROBLEMS, Problem};
pub use reference::reference_markdown;
pub use schema::{SCHEMA_FILE, json_schema};
pub use source::{MAX_CONFIG_BYTES, MAX_DEPTH};
pub use target::{Arch, BundleFormat, System, Target, TargetRow};
pub use values::{
    AppId, AppVersion, Category, Color, ContentUrl, Csp, Email, External, HttpUrl, IconPath, Line,
    OriginPattern, Popups, RelativePath, RuntimeSource, SchemaVersion, Side, Slug, Text, Theme,
    UrlPattern, UrlRule, Zoom,
};
pub use variant::Variant;
