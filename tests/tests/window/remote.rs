//! A page that does what a test says without WebDriver: under WebDriver WebKit puts downloads away itself, where no app sees them.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use anyhow::{Result, bail};
use serde_json::Value;
use tests::servers::{Page, Site};

use crate::support::SOON;

/// Asks for the next script, runs it as the body of an async function, and says what came of it.
const PAGE: &str = "<!doctype html><meta charset=utf-8><title>Remote</title><h1>Remote</h1><script>
    const Script = (async () => {}).constructor;
    const wait = () => new Promise((wake) => setTimeout(wake, 20));
    // A click on a link that becomes a download ends what is on its way, or leaves it without an answer: it is asked again.
    const ask = async (url, options) => {
        for (;; await wait()) {
            const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(1000) }).catch(() => ({}));
            if (answer.status === 200) return answer.text();
        }
    };
    (async () => {
        for (let number = 1; ; number += 1) {
            const script = new Script(await ask(`/next?${number}`));
            let answer;
            try { answer = { value: await script() ?? null }; }
            catch (error) { answer = { error: String(error.code ?? error) }; }
            await ask(`/answer?${number}`, { method: 'POST', body: JSON.stringify(answer) });
        }
    })();
    </script>";

/// A site whose start page is such a page.
pub(crate) struct Remote {
    pub(crate) site: Site,
    scripts: Arc<Mutex<BTreeMap<String, String>>>,
    count: AtomicU32,
}

impl Remote {
    pub(crate) fn start() -> Result<Remote> {
        let (site, scripts) = (Site::start()?, Arc::<Mutex<BTreeMap<String, String>>>::default());
        let asked = Arc::clone(&scripts);
        site.page("/", Page::html(PAGE)).page("/answer", Page::text("")).handler(
            "/next",
            move |request| {
                let scripts = asked.lock().unwrap_or_else(PoisonError::into_inner);
                match scripts.get(&request.query) {
                    Some(script) => Page::text(script),
                    None => Page::text("").status(204),
                }
            },
        );
        Ok(Remote { site, scripts, count: AtomicU32::new(1) })
    }

    /// What a script comes to; a rejection is an error with its code.
    pub(crate) async fn run(&self, script: &str) -> Result<Value> {
        let number = self.count.fetch_add(1, Ordering::Relaxed).to_string();
        self.scripts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(number.clone(), script.to_owned());
        let what = format!("the answer to `{script}`");
        let answered = self.site.wait_for_request(
            &what,
            |request| request.path == "/answer" && request.query == number,
            SOON,
        );
        let mut answer: Value = serde_json::from_slice(&answered.await?.body)?;
        match answer.get("error") {
            Some(error) => bail!("{}", error.as_str().unwrap_or_default()),
            None => Ok(answer["value"].take()),
        }
    }

    /// The code that a script is rejected with.
    pub(crate) async fn refused(&self, script: &str) -> Result<String> {
        match self.run(script).await {
            Ok(value) => bail!("`{script}` was not rejected, it gave: {value}"),
            Err(error) => Ok(error.to_string()),
        }
    }

    /// Waits until an expression is true, and gives its value.
    pub(crate) async fn wait_for(&self, expression: &str) -> Result<Value> {
        self.run(&format!(
            "for (;;) {{ const found = await ({expression}); if (found) return found; await new Promise((wake) => setTimeout(wake, 20)); }}"
        ))
        .await
    }
}
