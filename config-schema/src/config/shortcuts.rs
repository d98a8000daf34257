//! The section `shortcuts`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::values::{Accelerators, Line, ShortcutScope};

/// An entry of `shortcuts`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShortcutSection {
    /// Modifiers and one key, such as `CmdOrCtrl+Shift+K`; in a window also up to four of them that are pressed one after the other, such as `Ctrl+K Ctrl+C`.
    #[schemars(required)]
    pub accelerator: Option<Accelerators>,
    /// What the event `shortcut:event` calls it. The accelerator as it is written here if left out.
    pub id: Option<Line<100>>,
    /// Where it counts: in the window that has the focus (`window`), or on the whole desktop, whatever program has it (`global`; not under Wayland).
    #[schemars(extend("default" = "window"))]
    pub scope: Option<ShortcutScope>,
}
