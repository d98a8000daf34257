//! Module `files`: what the user picks, and what a page does with it.

use bridge_contract::FsOpened;
use serde_json::Value;

use super::{
    Call, Command,
    Command::{Blocking, Later, Now},
    Reply, Result, Task,
    fs::item,
    reply,
};
use crate::{
    arrivals,
    files::{
        self, dropped,
        pick::{self, Options},
    },
    resources, streams,
};

/// The commands of this module.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("files_open", Later(open)),
    ("files_save", Later(save)),
    ("files_read", Blocking(read)),
    ("files_write", Blocking(write)),
    ("files_entries", Blocking(entries)),
    ("files_get", Blocking(get)),
    ("files_close", Blocking(close)),
    ("files_accept_drops", Now(accept_drops)),
    ("events_on_open_files", Now(arrivals::on_open_files)),
];

fn open(call: Call) -> Task {
    Box::pin(async move { reply(&pick::open(&call, options(&call)?).await?) })
}

fn save(call: Call) -> Task {
    Box::pin(async move {
        let name: Option<String> = call.arg("name")?;
        reply(&pick::save(&call, &name.unwrap_or_default(), options(&call)?).await?)
    })
}

fn options(call: &Call) -> Result<Options> {
    Ok(call.arg::<Option<Options>>("options")?.unwrap_or_default())
}

fn read(call: &Call) -> Reply {
    let picked = files::find(&call.window, call.arg("id")?)?;
    let (source, size) = files::open_read(&picked)?;
    reply(&FsOpened { stream: streams::open_read(call, source)?, size })
}

fn write(call: &Call) -> Reply {
    let picked = files::find(&call.window, call.arg("id")?)?;
    let append = call.arg::<Option<bool>>("append")?.unwrap_or_default();
    reply(&streams::open_write(call, files::open_write(&picked, append)?)?)
}

fn entries(call: &Call) -> Reply {
    let picked = files::find(&call.window, call.arg("id")?)?;
    let (_, scope) = files::folder(&picked)?;
    let path = call.arg::<Option<String>>("path")?.unwrap_or_default();
    let entries = scope.list(&path).map_err(files::inside)?;
    reply(&entries.into_iter().map(item).collect::<Vec<_>>())
}

fn get(call: &Call) -> Reply {
    let picked = files::find(&call.window, call.arg("id")?)?;
    let (folder, scope) = files::folder(&picked)?;
    let found = files::file_in(folder, scope, &call.arg::<String>("path")?)?;
    let mut told = found.told(0);
    told.id = resources::add_for(call, found.picked)?;
    reply(&told)
}

fn close(call: &Call) -> Reply {
    files::close(&call.window, call.arg("id")?);
    reply(&Value::Null)
}

fn accept_drops(call: &Call) -> Reply {
    dropped::accept(call, call.arg::<Option<bool>>("hover")?.unwrap_or_default());
    reply(&Value::Null)
}
