//! Where a window was and where it goes: pure arithmetic over screens, in physical pixels.

use serde::{Deserialize, Serialize};
use tauri::{Monitor, PhysicalPosition, PhysicalSize, WebviewWindow};

/// What of a window's upper edge stays on a screen, so that it can be moved: width and height in logical pixels.
const GRIP: (f64, f64) = (120.0, 32.0);
/// A window of which less than one in so many parts would be on a screen goes to the middle instead: its own screen is gone.
const IN_SIGHT: i64 = 4;
/// Scale factors that a screen can have.
const SCALES: std::ops::RangeInclusive<f64> = 0.5..=8.0;
/// Smallest side that is restored, in logical pixels: less is no window that somebody left so.
const MIN_SIDE: f64 = 32.0;
/// Farthest place that is believed, in physical pixels: X11 counts in 16 bits.
const MAX_PLACE: i32 = 1 << 16;

/// What is kept of a window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Geometry {
    /// As it is when neither maximised nor fullscreen; none, when it never was so.
    pub(super) bounds: Option<Bounds>,
    pub(super) maximized: bool,
    pub(super) fullscreen: bool,
}

/// Place of the frame and size of the content.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Bounds {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: u32,
    pub(super) height: u32,
    /// What the frame adds to the content.
    pub(super) frame_width: u32,
    pub(super) frame_height: u32,
    /// Of the screen that it was on.
    pub(super) scale: f64,
}

/// A screen without what panels and docks take of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Screen {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) scale: f64,
}

impl Screen {
    pub(super) fn of(monitor: &Monitor) -> Screen {
        let area = monitor.work_area();
        Screen {
            x: area.position.x,
            y: area.position.y,
            width: area.size.width,
            height: area.size.height,
            scale: monitor.scale_factor(),
        }
    }

    /// Pixels that an area shares with the screen.
    fn overlap(&self, x: i32, y: i32, width: u32, height: u32) -> i64 {
        let shared = |a: i32, a_size: u32, b: i32, b_size: u32| {
            let end = (i64::from(a) + i64::from(a_size)).min(i64::from(b) + i64::from(b_size));
            (end - i64::from(a.max(b))).max(0)
        };
        shared(self.x, self.width, x, width) * shared(self.y, self.height, y, height)
    }
}

/// Where a window goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Place {
    pub(super) fn apply(self, window: &WebviewWindow) -> tauri::Result<()> {
        let bar = super::bar_height(window.label());
        let above = f64::from(bar) * window.scale_factor()?;
        let height = self.height.saturating_add(above.round() as u32);
        window.set_size(PhysicalSize::new(self.width, height))?;
        window.set_position(PhysicalPosition::new(self.x, self.y))
    }
}

impl Bounds {
    /// Numbers that no window has come from a damaged file.
    fn is_believable(&self) -> bool {
        let near = |value: i32| (-MAX_PLACE..=MAX_PLACE).contains(&value);
        let sized = |value: u32| (1..=MAX_PLACE.unsigned_abs()).contains(&value);
        near(self.x)
            && near(self.y)
            && sized(self.width)
            && sized(self.height)
            && self.frame_width <= self.width.max(1000)
            && self.frame_height <= self.height.max(1000)
            && SCALES.contains(&self.scale)
    }

    /// Where a window with these bounds goes on the screens that there are now, the primary one first: as large as it was, but no
    /// larger than the screen, and with its upper edge there to move it by. None: it goes where a new one would.
    pub(super) fn place(&self, screens: &[Screen]) -> Option<Place> {
        if !self.is_believable() {
            return None;
        }
        let (outer_width, outer_height) =
            (self.width + self.frame_width, self.height + self.frame_height);
        let overlap = |screen: &Screen| screen.overlap(self.x, self.y, outer_width, outer_height);
        // The last of the largest would win otherwise, and a window on no screen goes to the primary one.
        let screen = screens.iter().rev().max_by_key(|screen| overlap(screen))?;
        if !SCALES.contains(&screen.scale) {
            return None;
        }
        // A frame has its size in the scale of its screen too.
        let scaled = |value: u32| (f64::from(value) * screen.scale / self.scale).round() as u32;
        let side = |value: u32, frame: u32, room: u32| {
            let least = (MIN_SIDE * screen.scale) as u32;
            scaled(value).max(least).min(room.saturating_sub(scaled(frame)).max(1))
        };
        let width = side(self.width, self.frame_width, screen.width);
        let height = side(self.height, self.frame_height, screen.height);
        let (frame_width, frame_height) = (scaled(self.frame_width), scaled(self.frame_height));
        let grip = (signed(GRIP.0 * screen.scale), signed(GRIP.1 * screen.scale));
        let (right, bottom) =
            (screen.x + signed(screen.width.into()), screen.y + signed(screen.height.into()));
        let outer_width = signed((width + frame_width).into());
        let in_sight = overlap(screen);
        if in_sight * IN_SIGHT < i64::from(self.width) * i64::from(self.height) {
            let middle = |start: i32, room: u32, side: u32| {
                start + signed((room.saturating_sub(side) / 2).into())
            };
            let x = middle(screen.x, screen.width, width + frame_width);
            let y = middle(screen.y, screen.height, height + frame_height);
            return Some(Place { x, y, width, height });
        }
        let grip_width = grip.0.min(outer_width);
        let x = self.x.min(right - grip_width).max(screen.x + grip_width - outer_width);
        let y = self.y.min(bottom - grip.1).max(screen.y);
        Some(Place { x, y, width, height })
    }
}

/// Pixels of a screen fit.
fn signed(pixels: f64) -> i32 {
    pixels as i32
}

#[cfg(test)]
mod tests;
