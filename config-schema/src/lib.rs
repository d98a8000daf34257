//! The contract of Deskwright: what `app.json` may say, what it means once defaults are applied, and which targets exist.
//! No I/O happens here; files that a config refers to are checked by the caller through [`Check::report`].

mod check;
mod config;
mod defaults;
mod delivery;
mod fault;
pub mod manifest;
mod model;
mod outline;
pub mod plan;
mod problem;
pub mod project;
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
    AppConfig, AppModuleOptions, AppSection, AutostartSection, BackgroundSetting, BridgeSection,
    BuildSection, BundleSection, BundledPluginSection, CacheOnlyModulesSection, CacheOnlySection,
    ContentSection, DeepLinksSection, DownloadsSection, FileAssociationSection, FormatsSection,
    FsModuleOptions, LimitsSection, LinuxBundleSection, LinuxFormat, MacosBundleSection,
    MacosFormat, MacosSigningSection, ModuleSetting, ModulesSection, NavigationSection,
    NetworkModuleOptions, PermissionsSection, PluginsLimitsSection, PluginsSection, SigningSection,
    ThemedBackground, TraySection, UpdatesCheckSection, UpdatesSection, UsageSetting, WebSection,
    WindowModuleOptions, WindowSection, WindowsBundleSection, WindowsFormat, WindowsSigningSection,
};
pub use defaults::CSP as DEFAULT_CSP;
pub use delivery::{
    MacosSigning, Secret, SignedBy, Signing, UpdateSource, Updates, UpdatesCheck, WindowsSigning,
    all_secrets, secrets, secrets_of,
};
pub use model::{
    App, AppModel, AppModule, Autostart, BackgroundColor, Bridge, Build, Bundle, BundledPlugin,
    CacheOnly, Content, DeepLinks, Downloads, FileAssociation, Formats, FsModule, LinuxBundle,
    MacosBundle, Modules, Navigation, NetworkModule, Permissions, Plugins, PluginsLimits, Tray,
    Web, Window, WindowModule, WindowsBundle,
};
pub use problem::{ConfigErrors, MAX_PROBLEMS, Problem};
pub use reference::reference_markdown;
pub use schema::{SCHEMA_FILE, json_schema};
pub use source::{MAX_CONFIG_BYTES, MAX_DEPTH};
pub use target::{Arch, BundleFormat, System, Target, TargetRow};
pub use values::{
    AppId, AppVersion, AutostartMode, Calls, Category, Channel, Color, ContentUrl, Csp, DebSection,
    DevUrl, Digest, DownloadFolder, Email, Extension, External, FileRole, FsScope, Hours, HttpUrl,
    IconPath, InstallMode, InstallerLanguage, Kilobytes, Line, LinuxSigning, MacosVersion,
    MemoryMegabytes, Milliseconds, MimeType, ModuleMegabytes, Notarize, OnClose, OriginPattern,
    PluginFile, Popups, ProxyUrl, Queue, QuotaMegabytes, RelativePath, RuntimeSource,
    SchemaVersion, Scheme, ScriptPath, Side, Slug, StorageFiles, StorageMegabytes, StylePath, Text,
    Theme, TitleBarStyle, UpdateKey, UrlPattern, UrlRule, UserAgent, WebviewInstall, Whole,
    WindowsRoute, Zoom,
};
pub use variant::Variant;
