//! What leaves the app: opened by the system's program for it, and only so many at a time.

use std::{
    borrow::Cow,
    collections::VecDeque,
    io,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use url::Url;

/// Programs that pages may start within `WINDOW` (count): more than a user clicks, fewer than make a desktop unusable.
const MAX_OPENED: usize = 5;
const WINDOW: Duration = Duration::from_secs(10);
/// Fields by which some mail programs attach a file of the user's: no page may choose one.
const ATTACHING_FIELDS: &[&str] = &["attach", "attachment"];

/// Why nothing was opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("more than {MAX_OPENED} within {} s", WINDOW.as_secs())]
    TooMany,
    #[error(transparent)]
    Failed(#[from] io::Error),
}

/// Opens a URL outside of the app. Who calls has looked at its scheme.
pub(crate) fn open(url: &Url) -> Result<(), OpenError> {
    static OPENED: Mutex<VecDeque<Instant>> = Mutex::new(VecDeque::new());
    let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
    if !may_open(&mut opened, Instant::now()) {
        return Err(OpenError::TooMany);
    }
    drop(opened);
    Ok(open::that_detached(without_attachments(url).as_str())?)
}

/// Is there room for one more now? If so, it is counted.
fn may_open(opened: &mut VecDeque<Instant>, now: Instant) -> bool {
    opened.retain(|then| now.duration_since(*then) < WINDOW);
    let room = opened.len() < MAX_OPENED;
    if room {
        opened.push_back(now);
    }
    room
}

fn without_attachments(url: &Url) -> Cow<'_, Url> {
    let attaches = |field: &str| {
        let name = field.split('=').next().unwrap_or_default();
        let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy().to_lowercase();
        ATTACHING_FIELDS.contains(&name.as_str())
    };
    match url.query() {
        Some(query) if url.scheme() == "mailto" && query.split('&').any(attaches) => {
            let rest: Vec<_> = query.split('&').filter(|field| !attaches(field)).collect();
            let mut url = url.clone();
            url.set_query((!rest.is_empty()).then(|| rest.join("&")).as_deref());
            Cow::Owned(url)
        }
        _ => Cow::Borrowed(url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_may_open_and_then_time_must_pass() {
        let (mut opened, now) = (VecDeque::new(), Instant::now());
        assert!((0..MAX_OPENED).all(|_| may_open(&mut opened, now)));
        assert!(!may_open(&mut opened, now + WINDOW / 2));
        assert!(may_open(&mut opened, now + WINDOW));
    }

    #[test]
    fn a_page_attaches_no_file_to_a_mail() {
        for (url, expected) in [
            ("mailto:a@example.com?subject=x&body=y", "mailto:a@example.com?subject=x&body=y"),
            ("mailto:a@example.com?attach=/etc/passwd", "mailto:a@example.com"),
            ("mailto:?subject=x&Attach%6Dent=/etc/passwd&cc=b", "mailto:?subject=x&cc=b"),
            ("https://example.com/?attach=1", "https://example.com/?attach=1"),
        ] {
            assert_eq!(without_attachments(&Url::parse(url).unwrap()).as_str(), expected);
        }
    }
}
