//! Desktop, windows and pixels, with windows that the test itself draws.

use std::os::fd::AsFd;

use anyhow::{Context, Result, ensure};
use async_io::Async;
use tests::desktop::Desktop;
use tests::picture::{Picture, colors, has_color, keep, not_blank};
use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ConnectionExt as _, CreateGCAux, CreateWindowAux, EventMask, PropMode, Rectangle,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::{LIMIT, SHORT};

const RED: [u8; 3] = [200, 30, 40];

/// A window of one colour, drawn by the X server itself.
struct Plain {
    connection: RustConnection,
    id: u32,
}

impl Plain {
    fn open(desktop: &Desktop, title: &str, color: [u8; 3]) -> Result<Self> {
        let (connection, screen) = RustConnection::connect(Some(desktop.display()))?;
        let root = connection.setup().roots[screen].root;
        let id = connection.generate_id()?;
        let attributes = CreateWindowAux::new()
            .background_pixel(pixel(color))
            .event_mask(EventMask::KEY_PRESS | EventMask::BUTTON_PRESS | EventMask::EXPOSURE);
        let class = WindowClass::INPUT_OUTPUT;
        let depth = COPY_DEPTH_FROM_PARENT;
        connection.create_window(depth, id, root, 0, 0, 320, 200, 0, class, 0, &attributes)?;
        let window = Self { connection, id };
        window.set_title(title)?;
        let class = b"plain\0Plain\0";
        let wm_class = AtomEnum::WM_CLASS;
        window.connection.change_property8(
            PropMode::REPLACE,
            id,
            wm_class,
            AtomEnum::STRING,
            class,
        )?;
        window.connection.map_window(id)?.check()?;
        Ok(window)
    }

    fn set_title(&self, title: &str) -> Result<()> {
        let (name, kind) = (AtomEnum::WM_NAME, AtomEnum::STRING);
        let title = title.as_bytes();
        self.connection.change_property8(PropMode::REPLACE, self.id, name, kind, title)?.check()?;
        Ok(())
    }

    /// Waits for one key, then for a click at this place.
    async fn key_then_click(&self, x: i16, y: i16) -> Result<()> {
        let socket =
            Async::new_nonblocking(self.connection.stream().as_fd().try_clone_to_owned()?)?;
        let mut keys = 0;
        loop {
            match self.connection.poll_for_event()? {
                Some(Event::KeyPress(_)) => keys += 1,
                Some(Event::ButtonPress(click)) => {
                    ensure!((keys, click.event_x, click.event_y) == (1, x, y), "{keys}, {click:?}");
                    return Ok(());
                }
                Some(_) => {}
                None => socket.readable().await?,
            }
        }
    }

    /// Paints stripes in shades of grey over the left half.
    fn paint(&self) -> Result<()> {
        for shade in 0..32_u8 {
            let gc = self.connection.generate_id()?;
            let color = CreateGCAux::new().foreground(pixel([shade * 8; 3]));
            self.connection.create_gc(gc, self.id, &color)?;
            let stripe = Rectangle { x: i16::from(shade) * 5, y: 0, width: 5, height: 200 };
            self.connection.poly_fill_rectangle(self.id, gc, &[stripe])?.check()?;
        }
        Ok(())
    }
}

fn pixel([red, green, blue]: [u8; 3]) -> u32 {
    u32::from_be_bytes([0, red, green, blue])
}

#[tokio::test]
async fn two_desktops_run_side_by_side() -> Result<()> {
    let (one, two) = tokio::try_join!(Desktop::start(), Desktop::start())?;
    ensure!(one.display() != two.display() && one.bus() != two.bus() && one.home() != two.home());
    let _window = Plain::open(&one, "only on one", RED)?;
    one.wait_for_window("only on one", LIMIT).await?;
    ensure!(two.windows()?.is_empty(), "a window of one desktop is seen on the other");
    let socket = two.display().replace(':', "/tmp/.X11-unix/X");
    ensure!(fs_err::exists(&socket)?);
    drop(two);
    ensure!(!fs_err::exists(&socket)?, "the ended display has left its socket: {socket}");
    ensure!(one.windows()?.len() == 1, "the end of one desktop has touched the other");
    Ok(())
}

#[tokio::test]
async fn windows_are_listed_and_awaited() -> Result<()> {
    let desktop = Desktop::start().await?;
    let error = desktop.wait_for_window("absent", SHORT).await.err().context("no error")?;
    ensure!(
        error
            .to_string()
            .starts_with("waited 300ms in vain for a window titled `absent`; windows: []"),
        "{error}"
    );

    let plain = Plain::open(&desktop, "first title", RED)?;
    let window = desktop.wait_for_window("first title", LIMIT).await?;
    ensure!((window.id, window.width, window.height) == (plain.id, 320, 200), "{window:?}");
    ensure!((window.instance.as_str(), window.class.as_str()) == ("plain", "Plain"), "{window:?}");

    let renamed = desktop.wait_for_window("second title", LIMIT);
    let (renamed, set) = tokio::join!(renamed, async { plain.set_title("second title") });
    set?;
    ensure!(renamed?.id == plain.id);

    plain.connection.destroy_window(plain.id)?.check()?;
    desktop.wait_for_no_window(plain.id, LIMIT).await
}

#[tokio::test]
async fn keys_and_clicks_reach_the_active_window() -> Result<()> {
    let desktop = Desktop::start().await?;
    let back = Plain::open(&desktop, "back", RED)?;
    desktop.wait_for_window("back", LIMIT).await?;
    let _front = Plain::open(&desktop, "front", RED)?;
    desktop.wait_for_window("front", LIMIT).await?;

    let window = desktop.activate(back.id).await?;
    desktop.press(&["a"]).await?;
    desktop.click(&window, 10, 20).await?;
    tokio::time::timeout(LIMIT, back.key_then_click(10, 20)).await.context("no key, or no click")?
}

#[tokio::test]
async fn pixel_checks_tell_a_painted_window_from_a_blank_one() -> Result<()> {
    let desktop = Desktop::start().await?;
    let plain = Plain::open(&desktop, "pixels", RED)?;
    desktop.wait_for_window("pixels", LIMIT).await?;
    desktop.activate(plain.id).await?;
    let all_red = |picture: &Picture| has_color(picture, RED, 0, 1.0);
    let blank = desktop.wait_for_picture("red", plain.id, all_red, LIMIT).await?;
    ensure!(blank.dimensions() == (320, 200));
    let error = not_blank(&blank).err().context("a blank window passes")?.to_string();
    ensure!(error == "the picture is blank: 1 colours, 100.000 % of it is #c81e28", "{error}");
    let error = desktop
        .wait_for_picture("stripes", plain.id, not_blank, SHORT)
        .await
        .err()
        .context("passes")?;
    ensure!(format!("{error:#}").contains("in vain for stripes in window"), "{error:#}");

    let painted = desktop.wait_for_picture("stripes", plain.id, not_blank, LIMIT);
    let (painted, painting) = tokio::join!(painted, async { plain.paint() });
    painting?;
    let painted = painted?;
    has_color(&painted, RED, 0, 0.45)?;
    let error =
        has_color(&painted, [0, 0, 255], 8, 0.1).err().context("blue is there")?.to_string();
    ensure!(
        error.starts_with("0.000 % of the picture is #0000ff (± 8), expected 10.000 %"),
        "{error}"
    );
    let kept = keep(&desktop.screenshot()?, "harness-pixels")?;
    ensure!(colors(&tests::picture::decode(&fs_err::read(kept)?)?)?.distinct > 30);
    Ok(())
}

#[tokio::test]
async fn the_browser_is_a_recorder() -> Result<()> {
    let desktop = Desktop::start().await?;
    let fits = |url: &str| url.ends_with("/b?x=1&y=2");
    let waiting = desktop.wait_for_opened_url("address", fits, LIMIT);
    let opening = async {
        desktop.spawn("xdg-open", &["https://example.com/a"])?.wait(LIMIT).await?.expect_code(0)?;
        desktop
            .spawn("xdg-open", &["https://example.com/b?x=1&y=2"])?
            .wait(LIMIT)
            .await?
            .expect_code(0)
    };
    let (found, opened) = tokio::join!(waiting, opening);
    opened?;
    ensure!(found? == "https://example.com/b?x=1&y=2");
    ensure!(desktop.opened_urls()? == ["https://example.com/a", "https://example.com/b?x=1&y=2"]);
    // The other way to the browser: the default handler of the address.
    // `gio` leaves the opening to a child and ends before it, and its group ends with the wait: so that comes last.
    let opening = desktop.spawn("gio", &["open", "mailto:a@example.com"])?;
    desktop.wait_for_opened_url("mail", |url| url == "mailto:a@example.com", LIMIT).await?;
    opening.wait(LIMIT).await?.expect_code(0)?;
    let error =
        desktop.wait_for_opened_url("mail", |_| false, SHORT).await.err().context("no error")?;
    ensure!(
        error
            .to_string()
            .starts_with("waited 300ms in vain for mail to be opened; opened: [\"https"),
        "{error}"
    );
    Ok(())
}
