//! Compiled code on disk, by the hash of its module and of all that had a say in its compilation.

use std::{
    hash::{Hash as _, Hasher},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use runtime_settings::Sha256;
use wasmtime::Engine;

use crate::{code::TrustedCode, private};

/// What every entry begins with; what it is the code of follows, then the hash of the code.
const MARK: &[u8; 16] = b"deskwright code\n";
const HASH_LEN: usize = 32;
/// Largest entry that is read, in bytes: code has about four times the size of its module.
const MAX_ENTRY: u64 = 1024 * 1024 * 1024;

/// The cache: a folder of the app's own, which no page can reach. Nothing in it is needed, and nothing in it is believed.
#[derive(Debug)]
pub(crate) struct CodeCache {
    dir: PathBuf,
}

impl CodeCache {
    pub(crate) fn new(dir: PathBuf) -> CodeCache {
        CodeCache { dir }
    }

    /// The code of a module; none when it is not there, damaged, or not of this user. What is damaged is removed.
    pub(crate) fn find(&self, module: Sha256, engine: &Engine) -> Option<TrustedCode> {
        let key = key(module, engine);
        let path = self.entry(key);
        let code = read(&path, key).ok()?;
        if code.is_none() {
            let _ = fs_err::remove_file(&path);
        }
        code
    }

    pub(crate) fn has(&self, module: Sha256, engine: &Engine) -> bool {
        self.entry(key(module, engine)).is_file()
    }

    /// Keeps code: whole or not at all, so that whoever reads meanwhile has the old entry or the new one.
    pub(crate) fn keep(
        &self,
        module: Sha256,
        engine: &Engine,
        code: &TrustedCode,
    ) -> io::Result<()> {
        private::make_dir(&self.dir)?;
        let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(&self.dir)?;
        let key = key(module, engine);
        file.write_all(MARK)?;
        file.write_all(&key.0)?;
        file.write_all(&Sha256::of(code.bytes()).0)?;
        file.write_all(code.bytes())?;
        file.persist(self.entry(key))?;
        Ok(())
    }

    pub(crate) fn remove(&self, module: Sha256, engine: &Engine) {
        let _ = fs_err::remove_file(self.entry(key(module, engine)));
    }

    fn entry(&self, key: Sha256) -> PathBuf {
        self.dir.join(format!("{key}.cwasm"))
    }
}

/// The module and the engine's settings in one.
fn key(module: Sha256, engine: &Engine) -> Sha256 {
    let mut settings = Sha256Hasher::default();
    engine.precompile_compatibility_hash().hash(&mut settings);
    settings.0.extend(module.0);
    Sha256::of(&settings.0)
}

/// Reads an entry. `None`: it is there, and cannot be used.
fn read(path: &Path, key: Sha256) -> io::Result<Option<TrustedCode>> {
    let mut file = fs_err::File::open(path)?;
    let about = file.metadata()?;
    if !about.is_file() || about.len() > MAX_ENTRY || !is_ours(&about) {
        return Ok(None);
    }
    let (mut mark, mut of, mut hash) = ([0; MARK.len()], [0; HASH_LEN], [0; HASH_LEN]);
    let mut code = Vec::with_capacity(usize::try_from(about.len()).unwrap_or_default());
    let mut fill = |part: &mut [u8]| file.read_exact(part).is_ok();
    let whole = fill(&mut mark) && fill(&mut of) && fill(&mut hash);
    if !whole || mark != *MARK || of != key.0 {
        return Ok(None);
    }
    file.take(MAX_ENTRY).read_to_end(&mut code)?;
    let intact = Sha256::of(&code) == Sha256(hash);
    Ok(intact.then(|| TrustedCode::new(code)))
}

/// Nobody else can have written it.
#[cfg(unix)]
fn is_ours(about: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    const WRITABLE_BY_OTHERS: u32 = 0o022;
    about.uid() == rustix::process::geteuid().as_raw() && about.mode() & WRITABLE_BY_OTHERS == 0
}

/// The folder is in the user's profile, which Windows closes to others.
#[cfg(not(unix))]
fn is_ours(_: &std::fs::Metadata) -> bool {
    true
}

/// Collects what a value hashes, to hash it with a function that does not change from run to run.
#[derive(Default)]
struct Sha256Hasher(Vec<u8>);

impl Hasher for Sha256Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
    }

    fn finish(&self) -> u64 {
        self.0.len() as u64
    }
}
