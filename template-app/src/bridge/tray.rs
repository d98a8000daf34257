//! Module `tray`: the app's icon in the system's tray.

use bridge_contract::{BridgeError, ErrorCode};
use runtime_settings::{
    WEB_DIR,
    menu::{FALLBACK_LANGUAGE, Label, MAX_LABEL_CHARS, MenuItem},
};
use serde::Deserialize;
use tauri::{AppHandle, Manager as _, image::Image};

use super::{Call, Command, Command::Blocking, Reply, Result, invalid, reply};
use crate::{
    languages, menu,
    state::AppState,
    tray::{self, Wish},
};

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] =
    &[("tray_set", Blocking(set)), ("tray_remove", Blocking(remove))];

/// What a page says about the icon.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Options {
    icon: Option<Icon>,
    title: Option<Label>,
    tooltip: Option<Label>,
    menu: Option<Vec<MenuItem>>,
}

/// A picture of the app's own.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Icon {
    /// In the packed content.
    Path(String),
    Bytes(Vec<u8>),
}

fn set(call: &Call) -> Reply {
    let app = call.window.app_handle();
    let options = call.arg::<Option<Options>>("options")?.unwrap_or_default();
    let text = |name, label: Option<Label>| label.map(|label| text(name, &label)).transpose();
    let items = options.menu.map(|items| menu::lines("menu", &items)).transpose()?;
    let wish = Wish {
        icon: options.icon.map(|icon| picture(app, icon)).transpose()?,
        title: text("title", options.title)?,
        tooltip: text("tooltip", options.tooltip)?,
        items,
    };
    reply(&tray::set(app, wish)?)
}

fn remove(call: &Call) -> Reply {
    reply(&tray::remove(call.window.app_handle())?)
}

/// A text that may be empty: a title can be taken away.
fn text(name: &str, label: &Label) -> Result<String> {
    let text = label.text(&languages::of_user(), FALLBACK_LANGUAGE);
    match text.chars().count() <= MAX_LABEL_CHARS {
        true => Ok(text.to_owned()),
        false => {
            Err(invalid("options", format!("`{name}` has more than {MAX_LABEL_CHARS} characters")))
        }
    }
}

fn picture(app: &AppHandle, icon: Icon) -> Result<Image<'static>> {
    let bytes = match icon {
        Icon::Bytes(bytes) => bytes,
        // The pack's list is of its files, so no path leads out of it.
        Icon::Path(path) => {
            let path = path.trim_start_matches('/');
            let read = app.state::<AppState>().pack.read(&format!("{WEB_DIR}/{path}"));
            read.map_err(|_| {
                let message = format!("no file of the app's content: `{path}`");
                BridgeError::new(ErrorCode::TrayBadIcon, message)
            })?
        }
    };
    tray::picture_of(&bytes)
}
