//! `plugin-tool run`: one call, from the terminal.

use std::time::Duration;

use plugin_host::CallOptions;
use serde_json::{Value, json};

use crate::{
    args::{Format, Run},
    desk::{self, Done, Folders, ModuleFile},
    report,
};

pub(crate) fn run(args: &Run) -> Done {
    let module = ModuleFile::read(&args.module)?;
    let arguments: Value = serde_json::from_str(&args.arguments)
        .map_err(|error| format!("the arguments are no JSON: {error}"))?;
    let payload = json!({"fn": args.function, "args": arguments}).to_string().into_bytes();
    let timeout = args.timeout.map(|ms| Duration::from_millis(ms.into()));
    let folders = Folders::new(args.storage.as_ref(), args.cache.as_ref())?;
    let host = desk::host(&folders, desk::limits(&args.limits)?)?;
    let called = desk::wait(async {
        let name = module.name.clone();
        let candidate = host.check(name.as_str(), module.bytes, module.manifest).await?;
        host.install(candidate, true).await?;
        let options = CallOptions { timeout, id: None };
        Ok::<_, plugin_host::PluginError>(host.call(name.as_str(), payload, options).await)
    })??;
    if args.format == Format::Json {
        report::line(&serde_json::to_string(&called)?)?;
        return Ok(called.ok);
    }
    report::diagnostics(&called.stderr);
    if !called.stdout.is_empty() {
        report::line(called.stdout.trim_end())?;
    }
    if let (Some(code), Some(error)) = (called.code, &called.error) {
        let backtrace = called.backtrace.map(|trace| format!("\n{trace}")).unwrap_or_default();
        return Err(format!("{error} ({}){backtrace}", code.as_str()).into());
    }
    Ok(called.value.is_some_and(|value| value["ok"] != json!(false)))
}
