//! The style sheets and scripts of `web.injectCss` and `web.injectJs`: read from where the config names them, and checked.

use std::{io::Read as _, path::Path, sync::Arc};

use config_schema::Web;

use crate::error;

/// The folder inside the pack, and in the folder of an app.
pub(crate) const INJECT_DIR: &str = "inject";
/// Largest file (bytes): it is text that every page of the app waits for.
const MAX_BYTES: u64 = 1 << 20;

/// Path inside the pack and bytes of each file, in the order of the config.
#[derive(Debug, Default)]
pub(crate) struct InjectedFiles {
    pub(crate) css: Vec<(String, Arc<[u8]>)>,
    pub(crate) js: Vec<(String, Arc<[u8]>)>,
}

/// Why a file cannot be injected.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) reason: String,
    pub(crate) fix: String,
}

/// Reads one file. `name` is its path as the config has it.
pub(crate) fn read(name: &str, base: &Path) -> Result<Vec<u8>, Refused> {
    let refused = |reason: String, fix: &str| Refused { reason, fix: fix.to_owned() };
    let path = base.join(name);
    let opened = fs_err::File::open(&path).ok().filter(|_| path.is_file());
    let Some(opened) = opened else {
        return Err(refused(format!("no such file: `{name}`"), "create it, or correct the path"));
    };
    let mut bytes = Vec::new();
    opened.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|cause| {
        refused(format!("the file cannot be read: {cause}"), "check the file's permissions")
    })?;
    if bytes.len() as u64 > MAX_BYTES {
        let reason = format!("larger than {} MiB: `{name}`", MAX_BYTES >> 20);
        return Err(refused(reason, "inject less, or serve it with the content"));
    }
    if std::str::from_utf8(&bytes).is_err() {
        return Err(refused(format!("not UTF-8: `{name}`"), "save the file as UTF-8"));
    }
    Ok(bytes)
}

/// The files of a config.
pub(crate) fn read_all(web: &Web, base: &Path) -> anyhow::Result<InjectedFiles> {
    let read = |(index, name): (usize, &str)| {
        let bytes = read(name, base).map_err(|Refused { reason, fix }| error::hinted(reason, fix));
        Ok((format!("{INJECT_DIR}/{index}-{}", file_name(name)), bytes?.into()))
    };
    let css = web.inject_css.iter().map(|path| path.as_str()).enumerate().map(read);
    let js = web.inject_js.iter().map(|path| path.as_str()).enumerate().map(read);
    Ok(InjectedFiles {
        css: css.collect::<anyhow::Result<_>>()?,
        js: js.collect::<anyhow::Result<_>>()?,
    })
}

/// What the file is called.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
