//! Keys on a terminal, without Enter behind them where the terminal can do that.

use std::{
    io::{IsTerminal as _, Read as _},
    thread,
};

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Reload,
    Restart,
    Quit,
}

/// Gives the terminal back as it was.
pub(super) struct Keys {
    #[cfg(unix)]
    before: Option<rustix::termios::Termios>,
}

impl Keys {
    /// Listens to the terminal on stdin; none where there is none.
    pub(super) fn listen(on_key: impl Fn(Key) + Send + 'static) -> Option<Keys> {
        if !std::io::stdin().is_terminal() {
            return None;
        }
        let keys = Keys {
            #[cfg(unix)]
            before: without_lines(),
        };
        thread::spawn(move || {
            let pressed = std::io::stdin().lock().bytes();
            pressed.map_while(Result::ok).filter_map(Key::of).for_each(on_key);
        });
        Some(keys)
    }

    #[cfg(unix)]
    pub(super) fn hint(&self) -> &'static str {
        ": r builds and reloads, R restarts, q ends"
    }

    #[cfg(not(unix))]
    pub(super) fn hint(&self) -> &'static str {
        ": r builds and reloads, R restarts, q ends, each with Enter"
    }
}

impl Key {
    fn of(pressed: u8) -> Option<Key> {
        match pressed {
            b'r' => Some(Key::Reload),
            b'R' => Some(Key::Restart),
            b'q' => Some(Key::Quit),
            _ => None,
        }
    }
}

/// Turns off what waits for the end of a line and shows what is typed; Ctrl-C stays what it is.
#[cfg(unix)]
fn without_lines() -> Option<rustix::termios::Termios> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let before = tcgetattr(std::io::stdin()).ok()?;
    let mut modes = before.clone();
    modes.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
    tcsetattr(std::io::stdin(), OptionalActions::Now, &modes).ok()?;
    Some(before)
}

#[cfg(unix)]
impl Drop for Keys {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            use rustix::termios::{OptionalActions, tcsetattr};
            // A terminal that has gone needs nothing.
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, before);
        }
    }
}
