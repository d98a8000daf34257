//! The system's dialogs as a user meets them: found by their titles, answered by keys.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result};
use tests::desktop::{Desktop, Window};

use crate::support::SOON;

/// How long GTK may look at a folder of a few files before it is asked again.
const LOOK: Duration = Duration::from_millis(500);

/// Waits for a dialog, and gives it the focus.
pub(crate) async fn dialog(desktop: &Desktop, title: &str) -> Result<Window> {
    let dialog = desktop.wait_for_window(title, SOON).await?;
    desktop.activate(dialog.id).await
}

/// Waits for a dialog, and answers it by keys.
pub(crate) async fn answer(desktop: &Desktop, title: &str, keys: &[&str]) -> Result<()> {
    let dialog = dialog(desktop, title).await?;
    desktop.press(keys).await?;
    desktop.wait_for_no_window(dialog.id, SOON).await
}

/// Chooses a path in GTK's dialog, by typing it.
pub(crate) async fn choose(desktop: &Desktop, title: &str, path: &Path) -> Result<()> {
    let chooser = dialog(desktop, title).await?;
    // The field for a path, which is not there before, or has a name in it.
    desktop.press(&["ctrl+l", "ctrl+a"]).await?;
    desktop.type_text(path.to_str().context("a path of the test is text")?).await?;
    press_until(desktop, "Return", |windows| windows.iter().all(|window| window.id != chooser.id))
        .await
}

/// Presses a key in GTK's dialog until something comes of it: GTK forgets an answer that comes while it still looks at the folder,
/// and says nowhere when it has.
pub(crate) async fn press_until(
    desktop: &Desktop,
    key: &str,
    fits: impl Fn(&[Window]) -> bool,
) -> Result<()> {
    let pressed = async {
        loop {
            desktop.press(&[key]).await?;
            let find = |windows: &[Window]| fits(windows).then_some(());
            if desktop.wait_for_windows("an answer", find, LOOK).await.is_ok() {
                return anyhow::Ok(());
            }
        }
    };
    tokio::time::timeout(SOON, pressed).await.context("the dialog took no answer")?
}
