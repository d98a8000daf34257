//! Windows of a desktop as a user meets them: finding and awaiting them, keys and clicks, and what
//! they show.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::Desktop;
use super::display::Display;
use crate::picture::Picture;
use crate::process;

/// xdotool answers at once; when it hangs, the display does.
const INPUT_LIMIT: Duration = Duration::from_secs(10);

/// The window manager obeys within milliseconds.
const WINDOW_MANAGER_LIMIT: Duration = Duration::from_secs(10);

/// A window that the window manager manages. Position and size are those of the content on the
/// screen, in pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    pub id: u32,
    pub title: String,
    /// Both parts of WM_CLASS: GTK takes the first from the program's name.
    pub instance: String,
    pub class: String,
    pub pid: Option<u32>,
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
    pub active: bool,
    /// What _NET_WM_STATE lists, such as `fullscreen`, `hidden`, `above`.
    pub states: BTreeSet<String>,
}

impl Window {
    pub fn is_fullscreen(&self) -> bool {
        self.states.contains("fullscreen")
    }

    pub fn is_maximized(&self) -> bool {
        self.states.contains("maximized_vert") && self.states.contains("maximized_horz")
    }

    pub fn is_minimized(&self) -> bool {
        self.states.contains("hidden")
    }
}

impl Desktop {
    /// The windows of this desktop, oldest first.
    pub fn windows(&self) -> Result<Vec<Window>> {
        Display::connect(self.display())?.windows(false)
    }

    /// Waits until `find` finds what it looks for among the windows. It is asked anew on every
    /// change of a title, state, size or the list; the error says `what` was awaited.
    pub async fn wait_for_windows<T>(
        &self,
        what: &str,
        find: impl Fn(&[Window]) -> Option<T>,
        limit: Duration,
    ) -> Result<T> {
        let display = Display::connect(self.display())?;
        let found = async {
            loop {
                if let Some(found) = find(&display.windows(true)?) {
                    return Ok(found);
                }
                display.next_events().await?;
            }
        };
        match tokio::time::timeout(limit, found).await {
            Ok(found) => found,
            Err(_) => bail!("waited {limit:?} in vain for {what}; windows: {:#?}", self.windows()?),
        }
    }

    /// Waits for a window with exactly this title.
    pub async fn wait_for_window(&self, title: &str, limit: Duration) -> Result<Window> {
        let find =
            |windows: &[Window]| windows.iter().find(|window| window.title == title).cloned();
        self.wait_for_windows(&format!("a window titled `{title}`"), find, limit).await
    }

    /// Waits until this window, whatever its title is by then, fits.
    pub async fn wait_for_state(
        &self,
        what: &str,
        id: u32,
        fits: impl Fn(&Window) -> bool,
        limit: Duration,
    ) -> Result<Window> {
        let find = |windows: &[Window]| {
            windows.iter().find(|window| window.id == id && fits(window)).cloned()
        };
        self.wait_for_windows(&format!("window {id} to be {what}"), find, limit).await
    }

    /// Waits until no window has this id.
    pub async fn wait_for_no_window(&self, id: u32, limit: Duration) -> Result<()> {
        let find = |windows: &[Window]| windows.iter().all(|window| window.id != id).then_some(());
        self.wait_for_windows(&format!("the end of window {id}"), find, limit).await
    }

    /// Brings a window to the front and gives it the focus, so that keys go to it.
    pub async fn activate(&self, id: u32) -> Result<Window> {
        Display::connect(self.display())?.activate(id)?;
        self.wait_for_state("active", id, |window| window.active, WINDOW_MANAGER_LIMIT).await
    }

    /// Asks a window to close, as a click on its close button does; the app may refuse.
    pub fn close(&self, id: u32) -> Result<()> {
        Display::connect(self.display())?.close(id)
    }

    /// Presses keys in the active window: `ctrl+l`, `Return`, `F11` in X's names.
    pub async fn press(&self, keys: &[&str]) -> Result<()> {
        self.xdotool(&["key", "--clearmodifiers"], keys).await
    }

    /// Types a text into the active window.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        self.xdotool(&["type", "--clearmodifiers", "--"], &[text]).await
    }

    /// Clicks with the left button, at a position from the top left corner of the window's content,
    /// in pixels.
    pub async fn click(&self, window: &Window, x: i32, y: i32) -> Result<()> {
        self.click_with("1", window, x, y).await
    }

    /// The same with the right button.
    pub async fn right_click(&self, window: &Window, x: i32, y: i32) -> Result<()> {
        self.click_with("3", window, x, y).await
    }

    async fn click_with(&self, button: &str, window: &Window, x: i32, y: i32) -> Result<()> {
        let (x, y) = ((window.x + x).to_string(), (window.y + y).to_string());
        self.xdotool(&["mousemove", "--sync"], &[&x, &y, "click", button]).await
    }

    /// Drags with the left button from the first of these places on the screen to the last, in steps, as a hand does: a drag
    /// begins after the first few pixels, and what it is over hears of each step.
    pub async fn drag(&self, way: &[(i32, i32)]) -> Result<()> {
        const STEPS: i32 = 12;
        let part = |from: i32, to: i32, step: i32| (from + (to - from) * step / STEPS).to_string();
        let mut keys = Vec::new();
        let mut add = |words: &[&str]| keys.extend(words.iter().map(|word| (*word).to_owned()));
        for (index, pair) in way.windows(2).enumerate() {
            let [from, to] = pair else { continue };
            if index == 0 {
                add(&["mousemove", &from.0.to_string(), &from.1.to_string(), "mousedown", "1"]);
            }
            for step in 1..=STEPS {
                let (x, y) = (part(from.0, to.0, step), part(from.1, to.1, step));
                // Programs that are shown one place see no way.
                add(&["mousemove", &x, &y, "sleep", "0.05"]);
            }
        }
        add(&["mouseup", "1"]);
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        self.xdotool(&[], &keys).await
    }

    /// Puts a window's content at a place on the screen.
    pub async fn place(&self, id: u32, x: i32, y: i32) -> Result<()> {
        let (id, x, y) = (id.to_string(), x.to_string(), y.to_string());
        self.xdotool(&["windowmove", "--sync"], &[&id, &x, &y]).await
    }

    async fn xdotool(&self, command: &[&str], args: &[&str]) -> Result<()> {
        let mut xdotool = self.command("xdotool");
        process::run(xdotool.args(command).args(args), INPUT_LIMIT).await?.expect_code(0)?;
        Ok(())
    }

    /// A picture of what the screen shows in this window's place, without its frame and clipped to
    /// the screen. Another window may cover it: activate it first.
    pub fn picture(&self, id: u32) -> Result<Picture> {
        Display::connect(self.display())?.picture(Some(id))
    }

    /// Waits until the window's picture passes the check, looking anew whenever the screen has
    /// changed; returns that picture. The error is the check's last one.
    pub async fn wait_for_picture(
        &self,
        what: &str,
        id: u32,
        check: impl Fn(&Picture) -> Result<()>,
        limit: Duration,
    ) -> Result<Picture> {
        let display = Display::connect(self.display())?;
        let watch = display.watch_pixels()?;
        let passed = async {
            loop {
                watch.rearm()?;
                let picture = display.picture(Some(id))?;
                if check(&picture).is_ok() {
                    return Ok(picture);
                }
                display.next_events().await?;
            }
        };
        match tokio::time::timeout(limit, passed).await {
            Ok(passed) => passed,
            Err(_) => {
                let picture = self.picture(id)?;
                check(&picture).with_context(|| {
                    format!("waited {limit:?} in vain for {what} in window {id}")
                })?;
                Ok(picture)
            }
        }
    }
}
