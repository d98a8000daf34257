//! Faults that tests script: which request they meet, and what happens to it.

use std::{fmt, sync::Arc, time::Duration};

use axum::http::{Method, StatusCode};
use serde_json::Value;

/// What happens to a request.
#[derive(Clone)]
pub enum Action {
    /// This answer, without any effect.
    Answer { status: StatusCode, headers: Vec<(&'static str, String)>, body: Value },
    /// As if the token's hour were used up, for so long of the fake's time.
    PrimaryLimit { status: StatusCode, resets_in: Duration },
    /// As if too much had been asked for at once; whether GitHub says how long to wait (seconds) is up to it.
    SecondaryLimit { status: StatusCode, retry_after: Option<i64> },
    /// The client is sent elsewhere, as after a move: to a foreign host, or to one that is dead.
    RedirectTo { status: StatusCode, url: String },
    /// A signed address that is past its time, in the words of the store of bytes.
    ExpiredAddress,
    /// The connection is cut before anything happens.
    ResetBefore,
    /// It takes effect, and the connection is cut instead of an answer.
    ResetAfter,
    /// Only so many bytes of the request's body arrive.
    BreakUpload(usize),
    /// So many bytes of the request's body arrive, and no more before `FakeGithub::let_go` cuts the connection.
    HoldUpload(usize),
    /// The answer comes late.
    Slow(Duration),
    /// The answer's body comes in small parts, with so long before each.
    Trickle(Duration),
    /// The last byte of the answer's first part is another one.
    Corrupt,
    /// A range is not looked at: the answer is the whole.
    IgnoreRange,
    /// The answer's body ends after so many bytes, and the connection with it.
    Truncate(usize),
    /// So many bytes of the answer's body come, and no more before `FakeGithub::let_go` cuts the connection.
    HoldDownload(usize),
    /// Waits for `FakeGithub::let_go`, and has no effect before. `FakeGithub::wait_for_hold` tells that it came.
    HoldBefore,
    /// Takes effect, and is not answered before `FakeGithub::let_go`.
    HoldAfter,
    /// The answer's document is changed: a server that errs.
    Change(Arc<dyn Fn(&mut Value) + Send + Sync>),
}

impl Action {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Answer { .. } => "answer",
            Self::PrimaryLimit { .. } => "primary limit",
            Self::SecondaryLimit { .. } => "secondary limit",
            Self::RedirectTo { .. } => "redirect",
            Self::ExpiredAddress => "expired address",
            Self::ResetBefore => "reset before",
            Self::ResetAfter => "reset after",
            Self::BreakUpload(_) => "break upload",
            Self::HoldUpload(_) => "hold upload",
            Self::Slow(_) => "slow",
            Self::Trickle(_) => "trickle",
            Self::Corrupt => "corrupt",
            Self::IgnoreRange => "ignore range",
            Self::Truncate(_) => "truncate",
            Self::HoldDownload(_) => "hold download",
            Self::HoldBefore => "hold before",
            Self::HoldAfter => "hold after",
            Self::Change(_) => "change",
        }
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An action, and the requests that it is for.
#[derive(Debug, Clone)]
pub struct Fault {
    method: Option<Method>,
    path: Option<String>,
    skip: usize,
    times: usize,
    action: Action,
}

impl Fault {
    /// Meets the first request of any kind.
    pub fn any(action: Action) -> Self {
        Self { method: None, path: None, skip: 0, times: 1, action }
    }

    /// Meets the first request of this method whose path fits: a `*` stands for one segment, a last `**` for all that
    /// follow. Signed addresses are `/blob/*`; paths are without `/api/v3`.
    pub fn on(method: Method, path: &str, action: Action) -> Self {
        Self { method: Some(method), path: Some(path.to_owned()), ..Self::any(action) }
    }

    /// The same after so many requests that fit.
    #[must_use]
    pub fn after(self, skip: usize) -> Self {
        Self { skip, ..self }
    }

    /// The same for so many requests in a row.
    #[must_use]
    pub fn times(self, times: usize) -> Self {
        Self { times, ..self }
    }

    fn fits(&self, method: &Method, path: &str) -> bool {
        self.method.as_ref().is_none_or(|wanted| wanted == method)
            && self.path.as_deref().is_none_or(|pattern| path_fits(pattern, path))
    }
}

fn path_fits(pattern: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    for wanted in pattern.split('/') {
        if wanted == "**" {
            return true;
        }
        let Some(segment) = segments.next() else { return false };
        if wanted != "*" && wanted != segment {
            return false;
        }
    }
    segments.next().is_none()
}

/// The action for a request, which is then used up. Every fault counts the requests that fit it; the first that is due
/// acts.
pub(crate) fn take(faults: &mut Vec<Fault>, method: &Method, path: &str) -> Option<Action> {
    let mut taken = None;
    for fault in faults.iter_mut().filter(|fault| fault.fits(method, path)) {
        if fault.skip > 0 {
            fault.skip -= 1;
        } else if taken.is_none() && fault.times > 0 {
            fault.times -= 1;
            taken = Some(fault.action.clone());
        }
    }
    faults.retain(|fault| fault.times > 0);
    taken
}

#[cfg(test)]
mod tests {
    use super::path_fits;

    #[test]
    fn patterns_stand_for_segments() {
        assert!(path_fits("/repos/*/*/releases", "/repos/o/r/releases"));
        assert!(path_fits("/repos/**", "/repos/o/r/releases"));
        assert!(!path_fits("/repos/*/*/releases", "/repos/o/r/releases/1"));
        assert!(!path_fits("/repos/*/*/releases/*", "/repos/o/r/releases"));
    }
}
