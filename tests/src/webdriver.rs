//! Driving an app's pages by WebDriver: opening a session, pages, windows, frames and pictures.
//! Scripts are in `script`, the driver's process in `driver`.
//!
//! What WebKitWebDriver 2.50 does with Tauri 2.12, as far as tests depend on it:
//! - a driver has one session at a time, so every session here has a driver of its own; any number
//!   run side by side;
//! - an app that ends before its session is open makes the driver wait for ever; we watch the app
//!   and quote its output instead;
//! - when the app ends later, the pending command fails with an empty "unknown error"; our error
//!   says that the app has ended, and how;
//! - a driver that is killed leaves its app running: both are in one process group, which ends with
//!   the session;
//! - windows of the app are handles from the start, pop-ups (`window.open`) too if the app makes
//!   them with a related view, and they keep their `window.opener`; without a user's click
//!   `window.open` gives null: use `click`;
//! - closing the last handle ends the session but not the app; to see an app end, use
//!   `Desktop::close`;
//! - frames of other origins can be entered and scripted; scripts run under any
//!   Content-Security-Policy;
//! - a page that cannot be loaded is no error: `goto` ends at `about:blank` (no connection) or on
//!   an empty page of the asked address (bad certificate). Insecure certificates of loopback sites
//!   are accepted if the launch says so.

mod driver;
mod script;

use std::ffi::OsString;
use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use fantoccini::error::{CmdError, ErrorStatus};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::desktop::Desktop;
use crate::picture::{self, Picture};
use driver::Driver;
pub use script::{Rejection, Settled};

/// How long an app may take to open its first page. Seen: 0.2 to 0.9 s; a loaded machine needs
/// more.
const SESSION_LIMIT: Duration = Duration::from_secs(60);

/// How long one command may take; the longest is the load of a page from a loopback site.
const COMMAND_LIMIT: Duration = Duration::from_secs(60);

/// How long a script may take to settle, below the limit of a command so that WebKit's own error
/// comes first.
const SCRIPT_LIMIT: Duration = Duration::from_secs(50);

/// How long after the driver an app's end is written down, at most.
const END_GRACE: Duration = Duration::from_secs(1);

/// How often the list of windows is read while one is awaited: WebDriver has no event for it.
const WINDOW_POLL_INTERVAL: Duration = Duration::from_millis(20);

/// The second frame begins after the first one has been painted. A hidden page has no frames.
const NEXT_PAINT: &str = "if (document.visibilityState === 'visible') \
    await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)))";

/// An app to be started under WebDriver.
#[derive(Debug, Clone)]
pub struct Launch {
    binary: PathBuf,
    args: Vec<String>,
    env: Vec<(OsString, OsString)>,
    insecure_certs: bool,
}

impl Launch {
    pub fn new(binary: impl Into<PathBuf>) -> Self {
        Self { binary: binary.into(), args: Vec::new(), env: Vec::new(), insecure_certs: false }
    }

    pub fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Sets a variable beside those of the desktop.
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Lets the app's pages use sites whose certificate nobody vouches for.
    pub fn accept_insecure_certs(mut self) -> Self {
        self.insecure_certs = true;
        self
    }

    fn capabilities(&self, driver: &Driver) -> serde_json::Map<String, Value> {
        let (binary, args) = driver.launcher(&self.binary, &self.args);
        let args: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
        let timeouts =
            json!({"script": SCRIPT_LIMIT.as_millis(), "pageLoad": COMMAND_LIMIT.as_millis()});
        [
            ("webkitgtk:browserOptions".to_owned(), json!({"binary": binary, "args": args})),
            ("acceptInsecureCerts".to_owned(), self.insecure_certs.into()),
            ("timeouts".to_owned(), timeouts),
        ]
        .into_iter()
        .collect()
    }
}

/// One of the app's windows, or a pop-up.
pub type Handle = fantoccini::wd::WindowHandle;

/// An app that runs under WebDriver. It ends on drop.
#[derive(Debug)]
pub struct Session {
    client: Client,
    driver: Driver,
}

impl Session {
    /// Starts the app on the desktop and waits until its first page can be driven.
    pub async fn open(desktop: &Desktop, launch: &Launch) -> Result<Self> {
        let driver = Driver::start(desktop, &launch.env).await?;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(launch.capabilities(&driver));
        let opened = tokio::select! {
            client = builder.connect(driver.address()) => client.map_err(anyhow::Error::from),
            code = driver.app_end() => Err(anyhow!("the app has ended at its start, with exit code {}", code?)),
            () = tokio::time::sleep(SESSION_LIMIT) => Err(anyhow!("no session within {SESSION_LIMIT:?}")),
        };
        match opened {
            Ok(client) => Ok(Self { client, driver }),
            Err(error) => {
                let output = driver.output()?;
                let binary = launch.binary.display();
                Err(error.context(format!("failed to open a session of `{binary}`\n{output}")))
            }
        }
    }

    /// The process id of the app.
    pub fn app_pid(&self) -> Result<u32> {
        self.driver.app_pid()
    }

    /// What the app has written so far, to stdout and stderr.
    pub fn app_output(&self) -> Result<String> {
        self.driver.output()
    }

    /// Waits until the app has ended by itself, and returns its exit code; 128 and the signal's
    /// number if a signal ended it.
    pub async fn wait_for_app_end(&self, limit: Duration) -> Result<i32> {
        match tokio::time::timeout(limit, self.driver.app_end()).await {
            Ok(code) => code,
            Err(_) => bail!("the app did not end within {limit:?}\n{}", self.app_output()?),
        }
    }

    /// Loads an address and returns the one that the page ended up at.
    pub async fn goto(&self, url: &str) -> Result<String> {
        self.issue(&format!("load {url}"), self.client.goto(url)).await?;
        self.url().await
    }

    /// The address of the current page.
    pub async fn url(&self) -> Result<String> {
        // fantoccini normalises addresses; the page's own view of it is the one to test.
        let url = self.eval("return location.href", vec![]).await?;
        Ok(url.as_str().context("the page has no address")?.to_owned())
    }

    /// The title of the current page, not of its window.
    pub async fn title(&self) -> Result<String> {
        self.issue("read the title", self.client.title()).await
    }

    /// Clicks an element as a user does: it counts as the gesture that pop-ups need.
    pub async fn click(&self, css: &str) -> Result<()> {
        let what = format!("click `{css}`");
        let element = self.issue(&what, self.client.find(Locator::Css(css))).await?;
        self.issue(&what, element.click()).await
    }

    /// Types into an element.
    pub async fn send_keys(&self, css: &str, text: &str) -> Result<()> {
        let what = format!("send keys to `{css}`");
        let element = self.issue(&what, self.client.find(Locator::Css(css))).await?;
        self.issue(&what, element.send_keys(text)).await
    }

    /// The windows that can be driven.
    pub async fn handles(&self) -> Result<Vec<Handle>> {
        self.issue("list the windows", self.client.windows()).await
    }

    /// The window that is driven now.
    pub async fn handle(&self) -> Result<Handle> {
        self.issue("tell the current window", self.client.window()).await
    }

    pub async fn switch_to(&self, window: &Handle) -> Result<()> {
        self.issue("switch to window", self.client.switch_to_window(window.clone())).await
    }

    /// Does something that opens a window, and waits for that window. It is not switched to.
    pub async fn opened_by<T>(
        &self,
        action: impl Future<Output = Result<T>>,
        limit: Duration,
    ) -> Result<Handle> {
        let before = self.handles().await?;
        action.await?;
        let opened = self.wait_for_handles(limit, |handles| {
            handles.iter().find(|handle| !before.contains(handle)).cloned()
        });
        opened.await.context("no window was opened")
    }

    /// Waits until there are as many windows.
    pub async fn wait_for_handle_count(
        &self,
        count: usize,
        limit: Duration,
    ) -> Result<Vec<Handle>> {
        let fits = |handles: &[Handle]| (handles.len() == count).then(|| handles.to_vec());
        self.wait_for_handles(limit, fits)
            .await
            .with_context(|| format!("expected windows: {count}"))
    }

    async fn wait_for_handles<T>(
        &self,
        limit: Duration,
        find: impl Fn(&[Handle]) -> Option<T>,
    ) -> Result<T> {
        let deadline = tokio::time::Instant::now() + limit;
        loop {
            let handles = self.handles().await?;
            if let Some(found) = find(&handles) {
                return Ok(found);
            }
            if tokio::time::Instant::now() >= deadline {
                bail!("after {limit:?} the windows are: {handles:?}");
            }
            tokio::time::sleep(WINDOW_POLL_INTERVAL).await;
        }
    }

    /// Closes the current window, which must not be the last one; switch to another one then.
    pub async fn close_window(&self) -> Result<()> {
        self.issue("close window", self.client.close_window()).await
    }

    /// Makes scripts run in a frame of the current page; its origin does not matter.
    pub async fn enter_frame(&self, css: &str) -> Result<()> {
        let what = format!("enter frame `{css}`");
        let element = self.issue(&what, self.client.find(Locator::Css(css))).await?;
        self.issue(&what, element.enter_frame()).await
    }

    /// Makes scripts run in the frame around the current one again.
    pub async fn leave_frame(&self) -> Result<()> {
        self.issue("leave frame", self.client.enter_parent_frame()).await
    }

    /// The page as WebKit paints it, whatever covers its window; `Desktop::picture` has what the
    /// user sees. A visible page is given the time to paint what it has: a page that has just
    /// loaded may still be empty.
    pub async fn screenshot(&self) -> Result<Picture> {
        self.resolved(NEXT_PAINT, vec![]).await?;
        picture::decode(&self.issue("take a screenshot", self.client.screenshot()).await?)
    }

    /// Awaits a command with a deadline, and explains its failure by the app's end if that is the
    /// cause.
    async fn issue<T>(
        &self,
        what: &str,
        command: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<T> {
        let answer = self.try_issue(what, command).await?;
        answer.map_err(|error| explained(error).context(format!("failed to {what}")))
    }

    /// The same, for commands whose refusal by the driver is an answer.
    async fn try_issue<T>(
        &self,
        what: &str,
        command: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<Result<T, CmdError>> {
        let Ok(answer) = tokio::time::timeout(COMMAND_LIMIT, command).await else {
            bail!("no answer within {COMMAND_LIMIT:?} to: {what}\n{}", self.app_output()?);
        };
        // The driver notices the app's end a moment before it is written down.
        if answer.as_ref().is_err_and(may_mean_end)
            && let Ok(code) = tokio::time::timeout(END_GRACE, self.driver.app_end()).await
        {
            bail!(
                "the app has ended, with exit code {}, before: {what}\n{}",
                code?,
                self.app_output()?
            );
        }
        Ok(answer)
    }
}

/// The error with its kind, which fantoccini leaves out, and WebKit's message, which is often
/// empty.
fn explained(error: CmdError) -> anyhow::Error {
    match error {
        CmdError::Standard(error) => anyhow!("{}: {}", error.error, error.message),
        error => error.into(),
    }
}

/// Whether this can be the driver's word for "the app is gone": it has no proper one.
fn may_mean_end(error: &CmdError) -> bool {
    match error {
        CmdError::Standard(error) => {
            matches!(error.error, ErrorStatus::UnknownError | ErrorStatus::InvalidSessionId)
        }
        _ => true,
    }
}
