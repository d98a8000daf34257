//! Where news come from: the system, by way of `notify`, and the moment that is waited before they are looked at.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread,
    time::{Duration, Instant},
};

use notify::{
    Config, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _,
    event::{ModifyKind, RenameMode},
};

use super::{Shared, failed, view::News};
use crate::error::Result;

/// What happens within this time is told together: long enough for a file that is written in pieces, and too short to be felt.
const MOMENT: Duration = Duration::from_millis(50);

/// One watcher of the system, made when it is needed, and the folders that it watches.
#[derive(Default)]
pub(super) struct Source {
    watcher: Option<RecommendedWatcher>,
    /// How many watch each folder.
    folders: HashMap<PathBuf, usize>,
}

impl Source {
    /// One more watches a folder.
    pub(super) fn add(&mut self, shared: &Arc<Shared>, folder: &Path, is_tree: bool) -> Result<()> {
        if let Some(count) = self.folders.get_mut(folder) {
            *count += 1;
            return Ok(());
        }
        if self.watcher.is_none() {
            self.watcher = Some(start(shared, is_tree)?);
        }
        let mode = if is_tree { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        let watching = self.watcher.as_mut().map(|watcher| watcher.watch(folder, mode));
        if let Some(Err(error)) = watching {
            self.stop_if_idle();
            return Err(failed(describe(&error)));
        }
        self.folders.insert(folder.to_owned(), 1);
        Ok(())
    }

    /// One less.
    pub(super) fn remove(&mut self, folder: &Path) {
        let Some(count) = self.folders.get_mut(folder) else { return };
        *count -= 1;
        if *count > 0 {
            return;
        }
        self.folders.remove(folder);
        if let Some(watcher) = &mut self.watcher {
            // A folder that has gone is watched no more already.
            let _ = watcher.unwatch(folder);
        }
        self.stop_if_idle();
    }

    fn stop_if_idle(&mut self) {
        if self.folders.is_empty() {
            // With it goes the sender of news, and with that the thread that waits for them.
            self.watcher = None;
        }
    }
}

/// A watcher, with a thread that looks at what it names.
fn start(shared: &Arc<Shared>, is_tree: bool) -> Result<RecommendedWatcher> {
    let (sender, receiver) = mpsc::channel();
    let config = Config::default().with_follow_symlinks(false);
    let watcher = RecommendedWatcher::new(move |event| pass_on(&sender, event), config);
    let watcher = watcher.map_err(|error| failed(describe(&error)))?;
    let shared = Arc::clone(shared);
    let thread = thread::Builder::new().name("watch".to_owned());
    thread.spawn(move || look(&shared, is_tree, &receiver)).map_err(failed)?;
    Ok(watcher)
}

/// What may matter of what the system says.
enum Hint {
    Path(PathBuf),
    Renamed(PathBuf, PathBuf),
    /// Some was lost: everything is looked at.
    All,
}

fn pass_on(sender: &Sender<Hint>, event: notify::Result<Event>) {
    let send = |hint| {
        // Nobody looks any more: the watch ends.
        let _ = sender.send(hint);
    };
    let Ok(event) = event else { return send(Hint::All) };
    if event.need_rescan() {
        return send(Hint::All);
    }
    match event.kind {
        // Reading changes nothing, nor do rights and times.
        EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)) => {}
        EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => {
            if let [from, to] = event.paths.as_slice() {
                send(Hint::Renamed(from.clone(), to.clone()));
            }
        }
        _ => event.paths.into_iter().for_each(|path| send(Hint::Path(path))),
    }
}

/// Gathers what is named for a moment, and has it looked at; until nobody watches any more.
fn look(shared: &Shared, is_tree: bool, hints: &Receiver<Hint>) {
    while let Ok(hint) = hints.recv() {
        let mut news = News::default();
        gather(shared, &mut news, hint);
        let until = Instant::now() + MOMENT;
        loop {
            match hints.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(hint) => gather(shared, &mut news, hint),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        tell(shared, is_tree, &news);
    }
}

fn gather(shared: &Shared, news: &mut News, hint: Hint) {
    match hint {
        Hint::All => news.all = true,
        Hint::Path(path) => news.paths.extend(relative(shared, &path)),
        Hint::Renamed(from, to) => {
            match (relative(shared, &from), relative(shared, &to)) {
                (Some(from), Some(to)) => news.renamed.push((from, to)),
                // From or to the place for what is on its way.
                (from, to) => news.paths.extend(from.into_iter().chain(to)),
            }
        }
    }
}

/// A path from the scope, with `/`; none for what no page can name.
fn relative(shared: &Shared, path: &Path) -> Option<String> {
    let below = path.strip_prefix(&shared.root).ok()?;
    let mut text = String::new();
    for name in below.components() {
        let name = name.as_os_str().to_str()?;
        if !crate::path::is_sayable(name) {
            return None;
        }
        if !text.is_empty() {
            text.push('/');
        }
        text.push_str(name);
    }
    Some(text)
}

fn tell(shared: &Shared, is_tree: bool, news: &News) {
    let mut told = Vec::new();
    {
        let mut views = shared.views();
        views.by_id.retain(|_, (view, listener)| {
            if view.is_tree() != is_tree {
                return true;
            }
            let changes = view.look(&shared.scope, news);
            if !changes.is_empty() {
                told.push((Arc::clone(listener), changes, view.is_over()));
            }
            !view.is_over()
        });
    }
    // Without the lock: who is told may stop watching.
    for (listener, changes, is_over) in told {
        listener(changes);
        if is_over {
            listener(Vec::new());
        }
    }
}

/// What the system said, without a path.
fn describe(error: &notify::Error) -> String {
    match &error.kind {
        notify::ErrorKind::MaxFilesWatch => {
            "the system's limit of watched folders is reached".to_owned()
        }
        notify::ErrorKind::Io(error) => error.kind().to_string(),
        notify::ErrorKind::PathNotFound => "it has gone".to_owned(),
        _ => "the system refused".to_owned(),
    }
}
