//! Where what a page removes waits for its return: as much as fits, and the oldest goes first.
//!
//! A thing keeps its name while that is free. Beside it, in a file of the same name in another folder, stands where it was and
//! how large it is. That file is written first, and removed last: one without its thing means nothing, and a thing without its
//! file goes back to the upper folder.

use std::{
    collections::VecDeque,
    io,
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use cap_std::fs::Dir;

use crate::{
    Scope, Usage,
    error::{Code, Error, Result},
    home,
    measure::{self, unless_gone},
    path::{MAX_NAME, ScopedPath},
    patience::patiently,
    scope::MAX_COUNTED,
};

/// Things that the trash holds at most (count), however small: listing them takes no more than a blink.
const MAX_THINGS: usize = 10_000;
/// Numbers that are tried for a name that is taken, until one is taken from the clock: a name that is removed again and again costs
/// no look at all of its namesakes.
const NUMBERS: u32 = 20;

/// The trash of a scope.
pub struct Trash {
    things: Scope,
    records: Dir,
    /// Bytes that it holds at most.
    capacity: u64,
    /// What is in it, the oldest first; none before the first use.
    known: Mutex<Option<VecDeque<Thing>>>,
}

/// Something that was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Thing {
    name: String,
    bytes: u64,
}

impl Trash {
    /// Opens the trash in a folder, which is made if need be.
    pub fn open(path: &Path, capacity: u64) -> Result<Trash> {
        let quota = Usage { bytes: u64::MAX, entries: u64::MAX };
        let things = Scope::open(&path.join("files"), quota)?;
        let records =
            home::open_dir(&path.join("origins")).map_err(|error| Error::io("", &error))?;
        Ok(Trash { things, records, capacity, known: Mutex::default() })
    }

    /// What is in it, to look at: nothing is to be changed by it.
    pub fn things(&self) -> &Scope {
        &self.things
    }

    /// Takes what is at a path in a scope. Something that is larger than the whole trash is removed instead.
    pub fn take(&self, scope: &Scope, path: &str, recursive: bool) -> Result<()> {
        let size = match scope.size_of(path, recursive)? {
            Some(size) if size.bytes <= self.capacity => size,
            _ => return scope.remove(path, recursive),
        };
        let origin = ScopedPath::parse(path)?;
        let fail = |error: io::Error| Error::io(path, &error);
        let mut known = self.known().map_err(fail)?;
        let known = known.get_or_insert_default();
        let name = self.free_name(origin.name()).map_err(fail)?;
        self.records.write(&name, format!("{}\n{}", size.bytes, origin.text())).map_err(fail)?;
        if let Err(error) = scope.give(&origin, &self.things, &name, size) {
            let _ = self.records.remove_file(&name);
            return Err(error);
        }
        known.push_back(Thing { name, bytes: size.bytes });
        self.make_room(known).map_err(fail)
    }

    /// Puts something back to where it was, or beside what is there now, and gives its path.
    pub fn recover(&self, scope: &Scope, path: &str) -> Result<String> {
        let thing = ScopedPath::parse(path)?;
        if thing.depth() != 1 {
            let message = format!("only what was removed as a whole comes back: `{path}`");
            return Err(Error::new(Code::InvalidName, message));
        }
        let fail = |error: io::Error| Error::io(path, &error);
        let mut known = self.known().map_err(fail)?;
        self.things.stat(path)?;
        let origin = self.origin(thing.name());
        let place = scope.free_path(&origin)?;
        let size = self.things.size_of(path, true)?.unwrap_or_default();
        scope.take_in(&self.things, &thing, &place, size)?;
        let _ = self.records.remove_file(thing.name());
        if let Some(known) = known.as_mut() {
            known.retain(|known| known.name != thing.name());
        }
        Ok(place.text())
    }

    /// Removes everything.
    pub fn clear(&self) -> Result<()> {
        let fail = |error: io::Error| Error::io("", &error);
        let mut known = self.known().map_err(fail)?;
        *known = None;
        self.things.clear()?;
        measure::empty(&self.records).map_err(fail)
    }

    /// Where something was: what its record says, and the upper folder when that says nothing.
    fn origin(&self, name: &str) -> ScopedPath {
        let text = self.records.read_to_string(name).unwrap_or_default();
        let origin = text.split_once('\n').and_then(|(_, path)| ScopedPath::parse(path).ok());
        let origin = origin.filter(|path| !path.is_root());
        origin.unwrap_or_else(|| ScopedPath::default().join(name))
    }

    /// Removes the oldest until the rest fits.
    fn make_room(&self, known: &mut VecDeque<Thing>) -> io::Result<()> {
        let mut held = known.iter().fold(0, |sum: u64, thing| sum.saturating_add(thing.bytes));
        while held > self.capacity || known.len() > MAX_THINGS {
            let Some(oldest) = known.pop_front() else { break };
            self.things.discard(&ScopedPath::default().join(&oldest.name))?;
            unless_gone(self.records.remove_file(&oldest.name))?;
            held = held.saturating_sub(oldest.bytes);
        }
        Ok(())
    }

    /// What is in it, looked up once.
    fn known(&self) -> io::Result<MutexGuard<'_, Option<VecDeque<Thing>>>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_none() {
            *known = Some(self.look()?);
        }
        Ok(known)
    }

    /// What the records say, by their age. Those without a thing go.
    fn look(&self) -> io::Result<VecDeque<Thing>> {
        let mut found = Vec::new();
        for entry in self.records.entries()? {
            let Some(entry) = unless_gone(entry)? else { continue };
            let Ok(name) = entry.file_name().into_string() else { continue };
            if unless_gone(self.things.dir.symlink_metadata(&name))?.is_none() {
                unless_gone(self.records.remove_file(&name))?;
                continue;
            }
            let text = self.records.read_to_string(&name).unwrap_or_default();
            let bytes = text.lines().next().and_then(|bytes| bytes.parse().ok()).unwrap_or(0);
            let age = entry.metadata()?.modified().ok().map(cap_std::time::SystemTime::into_std);
            found.push((age, Thing { name, bytes }));
        }
        found.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
        Ok(found.into_iter().map(|(_, thing)| thing).collect())
    }

    fn free_name(&self, name: &str) -> io::Result<String> {
        free_name(name, |name| {
            let thing = unless_gone(self.things.dir.symlink_metadata(name))?;
            Ok(thing.is_none())
        })
    }
}

impl Scope {
    /// What is at a path, counted; none when it is too much to count. A folder with something in it only with `recursive`.
    fn size_of(&self, path: &str, recursive: bool) -> Result<Option<Usage>> {
        let path = crate::scope::not_root(path)?;
        let fail = |error: io::Error| Error::io(&path.text(), &error);
        let about = self.dir.symlink_metadata(path.os()).map_err(fail)?;
        if !about.is_dir() {
            let bytes = if about.is_file() { about.len() } else { 0 };
            return Ok(Some(Usage { bytes, entries: 1 }));
        }
        if !recursive {
            self.require_empty(&path)?;
        }
        let folder = self.dir.open_dir(path.os()).map_err(fail)?;
        let below = measure::measure(&folder, MAX_COUNTED).ok();
        Ok(below.map(|below| below.plus(Usage { bytes: 0, entries: 1 })))
    }

    /// Moves something out, to a name in another scope's upper folder.
    fn give(&self, path: &ScopedPath, to: &Scope, name: &str, size: Usage) -> Result<()> {
        let _changing = self.changes.lock();
        let moved = patiently(|| self.dir.rename(path.os(), &to.dir, name));
        moved.map_err(|error| Error::io(&path.text(), &error))?;
        if size.entries == 1 {
            self.budget.settled(Usage::default(), size);
        } else {
            // Somebody may have put more into the folder since it was counted.
            self.budget.changed();
        }
        Ok(())
    }

    /// Takes something out of another scope, to a path where nothing is.
    fn take_in(
        &self,
        from: &Scope,
        thing: &ScopedPath,
        place: &ScopedPath,
        size: Usage,
    ) -> Result<()> {
        self.make_folders(&place.parent())?;
        self.within(size.bytes, size.entries, || {
            let _changing = self.changes.lock();
            let moved = patiently(|| from.dir.rename(thing.os(), &self.dir, place.os()));
            moved.map_err(|error| Error::io(&place.text(), &error))
        })
    }

    /// The path itself while nothing is there, else one beside it with a number.
    fn free_path(&self, path: &ScopedPath) -> Result<ScopedPath> {
        let folder = path.parent();
        let fail = |error: io::Error| Error::io(&path.text(), &error);
        let name = free_name(path.name(), |name| {
            let there = unless_gone(self.dir.symlink_metadata(folder.join(name).os()))?;
            Ok(there.is_none())
        });
        Ok(folder.join(&name.map_err(fail)?))
    }
}

/// The name, or `name (2).ext` and so on: the first that is free.
fn free_name(name: &str, is_free: impl Fn(&str) -> io::Result<bool>) -> io::Result<String> {
    if is_free(name)? {
        return Ok(name.to_owned());
    }
    for number in 2..NUMBERS {
        let name = numbered(name, u128::from(number));
        if is_free(&name)? {
            return Ok(name);
        }
    }
    loop {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let name = numbered(name, now.map_or(0, |now| now.as_nanos()));
        if is_free(&name)? {
            return Ok(name);
        }
    }
}

/// The number goes before the extension, and the name stays short enough.
fn numbered(name: &str, number: u128) -> String {
    // A name that begins with a dot has no extension by that.
    let dot = name.rfind('.').filter(|dot| *dot > 0);
    let (stem, extension) = name.split_at(dot.unwrap_or(name.len()));
    let (mut stem, mut end) = (stem, format!(" ({number}){extension}"));
    if end.len() >= MAX_NAME {
        (stem, end) = (name, format!(" ({number})"));
    }
    let room = MAX_NAME - end.len();
    let cut = (0..=room.min(stem.len())).rev().find(|cut| stem.is_char_boundary(*cut));
    stem = &stem[..cut.unwrap_or_default()];
    format!("{stem}{end}")
}

#[cfg(test)]
mod tests;
