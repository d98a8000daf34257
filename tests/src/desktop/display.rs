//! The connection to the X display: properties, events, messages to the window manager, and
//! pictures of the screen. Every wait makes its own connection, so that no two waits take each
//! other's events.

use std::collections::BTreeSet;
use std::os::fd::AsFd;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use async_io::Async;
use x11rb::connection::Connection;
use x11rb::protocol::damage::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConnectionExt as _,
    CreateWindowAux, EventMask, ImageFormat, ImageOrder, WindowClass,
};
use x11rb::rust_connection::RustConnection;

use super::windows::Window;
use crate::picture::Picture;

/// The longest property that is read, in units of four bytes: window titles and lists are far
/// below.
const MAX_PROPERTY_LEN: u32 = 64 * 1024;

/// X keeps a pixel of our 24-bit screen in four bytes: blue, green, red, unused.
const BYTES_PER_PIXEL: usize = 4;

/// How often a starting window manager is greeted: a greeting that comes too early is lost, and no
/// event tells when it would not.
const GREETING_INTERVAL: Duration = Duration::from_millis(20);

/// "The user asks for it", in messages to the window manager.
const SOURCE_USER: u32 = 2;

x11rb::atom_manager! {
    pub(super) Atoms: AtomsCookie {
        UTF8_STRING,
        WM_NAME,
        _NET_ACTIVE_WINDOW,
        _NET_CLIENT_LIST,
        _NET_CLOSE_WINDOW,
        _NET_REQUEST_FRAME_EXTENTS,
        _NET_WM_NAME,
        _NET_WM_PID,
        _NET_WM_STATE,
    }
}

/// A rectangle on the screen, in pixels from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: u32,
    pub(super) height: u32,
}

impl std::fmt::Debug for Display {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Display").finish_non_exhaustive()
    }
}

pub(super) struct Display {
    connection: RustConnection,
    root: u32,
    atoms: Atoms,
}

impl Display {
    pub(super) fn connect(name: &str) -> Result<Self> {
        let (connection, screen) = RustConnection::connect(Some(name))
            .with_context(|| format!("failed to connect to display: `{name}`"))?;
        let root = connection.setup().roots.get(screen).context("the display has no screen")?.root;
        let atoms = Atoms::new(&connection)?.reply()?;
        Ok(Self { connection, root, atoms })
    }

    /// Asks the window manager for a frame's size until it answers. Its property on the root window
    /// says too early that it is there: what reaches openbox between that and its main loop is not
    /// handled before the next event.
    pub(super) async fn greet_window_manager(&self) -> Result<()> {
        let id = self.connection.generate_id()?;
        let class = WindowClass::INPUT_OUTPUT;
        let unmapped = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        self.connection
            .create_window(0, id, self.root, 0, 0, 1, 1, 0, class, 0, &unmapped)?
            .check()?;
        loop {
            self.ask_window_manager(id, self.atoms._NET_REQUEST_FRAME_EXTENTS, [0; 5])?;
            if tokio::time::timeout(GREETING_INTERVAL, self.next_events()).await.is_ok() {
                return Ok(());
            }
        }
    }

    /// Waits until something has happened that this connection watches; all that is pending counts
    /// as one.
    pub(super) async fn next_events(&self) -> Result<()> {
        self.connection.flush()?;
        let socket = self.connection.stream().as_fd().try_clone_to_owned()?;
        let socket = Async::new_nonblocking(socket)?;
        loop {
            let mut any = false;
            while self.connection.poll_for_event()?.is_some() {
                any = true;
            }
            if any {
                return Ok(());
            }
            socket.readable().await?;
        }
    }

    /// The windows that the window manager manages, oldest first. With `watch`, their changes
    /// become events.
    pub(super) fn windows(&self, watch: bool) -> Result<Vec<Window>> {
        if watch {
            self.watch_properties(self.root)?;
        }
        let mut windows = Vec::new();
        for id in self.numbers(self.root, self.atoms._NET_CLIENT_LIST)? {
            if watch {
                self.watch_properties(id)?;
            }
            // A window may be gone by now: then it is not one of the windows any more.
            if let Ok(window) = self.window(id) {
                windows.push(window);
            }
        }
        Ok(windows)
    }

    fn window(&self, id: u32) -> Result<Window> {
        let area = self.area(id)?;
        let class = self.property(id, AtomEnum::WM_CLASS.into())?;
        let mut class = class.split(|byte| *byte == 0).map(String::from_utf8_lossy);
        let instance = class.next().unwrap_or_default().into_owned();
        let class = class.next().unwrap_or_default().into_owned();
        let active = self.numbers(self.root, self.atoms._NET_ACTIVE_WINDOW)?;
        Ok(Window {
            id,
            title: self.title(id)?,
            instance,
            class,
            pid: self.numbers(id, self.atoms._NET_WM_PID)?.first().copied(),
            x: area.x,
            y: area.y,
            width: area.width,
            height: area.height,
            active: active.contains(&id),
            states: self.states(id)?,
        })
    }

    fn title(&self, id: u32) -> Result<String> {
        let mut title = self.property(id, self.atoms._NET_WM_NAME)?;
        if title.is_empty() {
            title = self.property(id, self.atoms.WM_NAME)?;
        }
        Ok(String::from_utf8_lossy(&title).into_owned())
    }

    fn states(&self, id: u32) -> Result<BTreeSet<String>> {
        let mut states = BTreeSet::new();
        for atom in self.numbers(id, self.atoms._NET_WM_STATE)? {
            let name = self.connection.get_atom_name(atom)?.reply()?.name;
            let name = String::from_utf8_lossy(&name).to_lowercase();
            states.insert(name.trim_start_matches("_net_wm_state_").to_owned());
        }
        Ok(states)
    }

    /// Where the window's content is on the screen, without the frame that the window manager
    /// draws.
    fn area(&self, id: u32) -> Result<Area> {
        let size = self.connection.get_geometry(id)?.reply()?;
        let origin = self.connection.translate_coordinates(id, self.root, 0, 0)?.reply()?;
        Ok(Area {
            x: origin.dst_x.into(),
            y: origin.dst_y.into(),
            width: size.width.into(),
            height: size.height.into(),
        })
    }

    fn watch_properties(&self, id: u32) -> Result<()> {
        let mask = EventMask::PROPERTY_CHANGE | EventMask::STRUCTURE_NOTIFY;
        let attributes = ChangeWindowAttributesAux::new().event_mask(mask);
        // Not checked: the window may be gone, and then the list of windows has changed too.
        self.connection.change_window_attributes(id, &attributes)?.ignore_error();
        Ok(())
    }

    /// Makes each change of the screen's pixels an event.
    pub(super) fn watch_pixels(&self) -> Result<PixelWatch<'_>> {
        self.connection.damage_query_version(1, 1)?.reply()?;
        let id = self.connection.generate_id()?;
        self.connection.damage_create(id, self.root, damage::ReportLevel::NON_EMPTY)?.check()?;
        Ok(PixelWatch { display: self, id })
    }

    /// What the screen shows in the window's place, or on the whole of it.
    pub(super) fn picture(&self, window: Option<u32>) -> Result<Picture> {
        let screen = self.area(self.root)?;
        let area = match window {
            None => screen,
            Some(id) => {
                let area = self.area(id).with_context(|| format!("no such window: {id}"))?;
                intersection(area, screen).context("the window is not on the screen")?
            }
        };
        let reply = self
            .connection
            .get_image(
                ImageFormat::Z_PIXMAP,
                self.root,
                area.x.try_into()?,
                area.y.try_into()?,
                area.width.try_into()?,
                area.height.try_into()?,
                u32::MAX,
            )?
            .reply()
            .context("failed to read the screen")?;
        if self.connection.setup().image_byte_order != ImageOrder::LSB_FIRST {
            bail!("the display's byte order is not supported");
        }
        let pixels = reply.data.chunks_exact(BYTES_PER_PIXEL).flat_map(|p| [p[2], p[1], p[0]]);
        Picture::from_raw(area.width, area.height, pixels.collect())
            .context("the display sent a picture of another size")
    }

    /// Asks the window manager to bring the window to the front and to focus it.
    pub(super) fn activate(&self, id: u32) -> Result<()> {
        self.ask_window_manager(id, self.atoms._NET_ACTIVE_WINDOW, [SOURCE_USER, 0, 0, 0, 0])
    }

    /// Asks for the window's end, as its close button does.
    pub(super) fn close(&self, id: u32) -> Result<()> {
        self.ask_window_manager(id, self.atoms._NET_CLOSE_WINDOW, [0, SOURCE_USER, 0, 0, 0])
    }

    fn ask_window_manager(&self, id: u32, message: Atom, data: [u32; 5]) -> Result<()> {
        let event = ClientMessageEvent::new(32, id, message, data);
        let mask = EventMask::SUBSTRUCTURE_NOTIFY | EventMask::SUBSTRUCTURE_REDIRECT;
        self.connection.send_event(false, self.root, mask, event)?.check()?;
        Ok(())
    }

    fn property(&self, id: u32, name: Atom) -> Result<Vec<u8>> {
        let any = u32::from(AtomEnum::ANY);
        Ok(self.connection.get_property(false, id, name, any, 0, MAX_PROPERTY_LEN)?.reply()?.value)
    }

    fn numbers(&self, id: u32, name: Atom) -> Result<Vec<u32>> {
        let value = self.property(id, name)?;
        Ok(value.chunks_exact(4).map(|n| u32::from_ne_bytes([n[0], n[1], n[2], n[3]])).collect())
    }
}

/// Reports changes of the screen's pixels for as long as it lives.
pub(super) struct PixelWatch<'a> {
    display: &'a Display,
    id: u32,
}

impl PixelWatch<'_> {
    /// Counts what has been painted so far as seen. To be called before a look at the screen.
    pub(super) fn rearm(&self) -> Result<()> {
        self.display.connection.damage_subtract(self.id, x11rb::NONE, x11rb::NONE)?.check()?;
        Ok(())
    }
}

fn intersection(a: Area, b: Area) -> Option<Area> {
    let (left, top) = (a.x.max(b.x), a.y.max(b.y));
    let right = (a.x.checked_add_unsigned(a.width)?).min(b.x.checked_add_unsigned(b.width)?);
    let bottom = (a.y.checked_add_unsigned(a.height)?).min(b.y.checked_add_unsigned(b.height)?);
    let width = u32::try_from(right - left).ok().filter(|width| *width > 0)?;
    let height = u32::try_from(bottom - top).ok().filter(|height| *height > 0)?;
    Some(Area { x: left, y: top, width, height })
}
