//! Fields that take one word out of a few.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Colour scheme of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

/// How the title bar looks on macOS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum TitleBarStyle {
    #[default]
    Visible,
    Transparent,
    Overlay,
}

/// What closing the main window does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum OnClose {
    #[default]
    Quit,
    HideToTray,
}

/// Where downloads go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum DownloadFolder {
    #[default]
    Ask,
    Downloads,
}

/// Where a shortcut counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum ShortcutScope {
    Global,
    #[default]
    Window,
}

/// Where the bridge's module `fs` has files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum FsScope {
    Data,
    Cache,
    Trash,
    Diagnostics,
    Plugins,
}

impl FsScope {
    pub fn name(self) -> &'static str {
        match self {
            FsScope::Data => "data",
            FsScope::Cache => "cache",
            FsScope::Trash => "trash",
            FsScope::Diagnostics => "diagnostics",
            FsScope::Plugins => "plugins",
        }
    }
}

/// What happens to a link that leads out of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum External {
    #[default]
    Browser,
    Block,
}

/// What happens to a window that the page opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum Popups {
    #[default]
    Browser,
    Window,
    Block,
}

/// Where the compiled runtime comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum RuntimeSource {
    #[default]
    Auto,
    Source,
}

/// The kind of app, by the names that Tauri's bundler translates for each system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum Category {
    Business,
    DeveloperTool,
    Education,
    Entertainment,
    Finance,
    Game,
    ActionGame,
    AdventureGame,
    ArcadeGame,
    BoardGame,
    CardGame,
    CasinoGame,
    DiceGame,
    EducationalGame,
    FamilyGame,
    KidsGame,
    MusicGame,
    PuzzleGame,
    RacingGame,
    RolePlayingGame,
    SimulationGame,
    SportsGame,
    StrategyGame,
    TriviaGame,
    WordGame,
    GraphicsAndDesign,
    HealthcareAndFitness,
    Lifestyle,
    Medical,
    Music,
    News,
    Photography,
    Productivity,
    Reference,
    SocialNetworking,
    Sports,
    Travel,
    Utility,
    Video,
    Weather,
}
