//! Reads a config file and checks what only a disk can tell: that icon, content, injected files and plugins are there.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use config_schema::{AppModel, Check, Content};

use crate::{
    error, icons, injected, plugins, process,
    render::{RESOLVED_CONFIG, apple},
};

/// The icon that is taken when the config names none.
const DEFAULT_ICON: &str = "icon.svg";
/// The page that content must have.
const INDEX: &str = "index.html";
/// Largest config that is read (bytes), a little above what the check accepts, so that the check can say so.
const MAX_READ: u64 = config_schema::MAX_CONFIG_BYTES as u64 + 1;

/// A config with the folder that its paths are relative to.
#[derive(Debug)]
pub(crate) struct ConfigFile {
    pub(crate) model: AppModel,
    pub(crate) base: PathBuf,
    /// Path of the icon's picture; none: the built-in one.
    pub(crate) icon: Option<PathBuf>,
}

/// Reads `path`, or stdin for `-`, and reports every problem at once.
pub(crate) fn load(path: &Path, base: Option<&Path>) -> anyhow::Result<ConfigFile> {
    let (name, bytes, base) = read(path, base)?;
    check_on_disk(Check::read(&name, &bytes), base)
}

/// Adds what only a disk can tell.
fn check_on_disk(mut check: Check, base: PathBuf) -> anyhow::Result<ConfigFile> {
    let icon = check_icon(&mut check, &base);
    check_content(&mut check, &base);
    check_entitlements(&mut check, &base);
    check_injected(&mut check, &base);
    check_tray_icon(&mut check, &base);
    check_plugins(&mut check, &base);
    let model = check.finish()?;
    Ok(ConfigFile { model, base, icon })
}

/// Checks a config that came as text, such as the input of a workflow. `name` stands in messages.
pub(crate) fn load_text(name: &str, text: &str, base: &Path) -> anyhow::Result<ConfigFile> {
    check_on_disk(Check::read(name, text.as_bytes()), base.to_owned())
}

/// The model of a rendered project, from the resolved config in it.
pub(crate) fn load_rendered(tree: &Path) -> anyhow::Result<AppModel> {
    let path = tree.join(RESOLVED_CONFIG);
    let bytes = fs_err::read(&path).map_err(|cause| {
        error::usage(cause.to_string(), "name a rendered project: `cargo xtask render` makes one")
    })?;
    Ok(Check::read(&path.display().to_string(), &bytes).finish()?)
}

fn read(path: &Path, base: Option<&Path>) -> anyhow::Result<(String, Vec<u8>, PathBuf)> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        let base = base.ok_or_else(|| {
            error::usage("a config on stdin needs to know where its files are", "add `--base DIR`")
        })?;
        std::io::stdin()
            .take(MAX_READ)
            .read_to_end(&mut bytes)
            .context("failed to read the config from stdin")?;
        return Ok(("<stdin>".to_owned(), bytes, base.to_owned()));
    }
    let folder = folder_of(path)?;
    let file = fs_err::File::open(path).map_err(|cause| {
        error::usage(
            cause.to_string(),
            "start from one of the examples: `cp examples/minimal/app.json app.json`",
        )
    })?;
    file.take(MAX_READ).read_to_end(&mut bytes).context("failed to read the config")?;
    Ok((path.display().to_string(), bytes, base.unwrap_or(folder).to_owned()))
}

/// The folder of a config's file, which what the config names is relative to.
pub(crate) fn folder_of(path: &Path) -> anyhow::Result<&Path> {
    if path.is_dir() {
        let hint = format!("name the file: `{}`", path.join("app.json").display());
        return Err(error::usage(
            format!("a config is a file, this is a folder: `{}`", path.display()),
            hint,
        ));
    }
    // A bare name has an empty parent, which no program can be started in.
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    Ok(parent.unwrap_or(Path::new(".")))
}

/// The icon's file, if it is one that an app can have.
fn check_icon(check: &mut Check, base: &Path) -> Option<PathBuf> {
    let written = check
        .config()
        .app
        .as_ref()
        .and_then(|app| app.icon.as_ref())
        .map(|icon| icon.as_str().to_owned());
    let path = base.join(written.as_deref().unwrap_or(DEFAULT_ICON));
    if written.is_none() && !path.exists() {
        return None;
    }
    match icons::inspect(&path) {
        Ok(()) => Some(path),
        Err(refused) => {
            check.report("app.icon", refused.reason, refused.fix);
            None
        }
    }
}

/// Content must be a folder, unless a command makes it first.
fn check_content(check: &mut Check, base: &Path) {
    let Some(content) = &check.config().content else { return };
    let (Some(dir), None) = (&content.dir, &content.build) else { return };
    let name = dir.as_str().to_owned();
    let path = base.join(&name);
    if !path.is_dir() {
        let fix = "create the folder, or name the one that holds the built web app";
        check.report("content.dir", format!("no such folder: `{name}`"), fix);
    } else if !path.join(INDEX).is_file() {
        let fix = "name the folder that holds the app's start page, or set `content.build` to the command that makes it";
        check.report("content.dir", format!("no `{INDEX}` in the folder: `{name}`"), fix);
    }
}

fn check_entitlements(check: &mut Check, base: &Path) {
    let written = check.config().bundle.as_ref().and_then(|bundle| bundle.macos.as_ref());
    let Some(name) = written.and_then(|macos| macos.entitlements.as_ref()) else { return };
    let name = name.as_str().to_owned();
    if !base.join(&name).is_file() {
        let fix = "create the property list, or remove the field";
        check.report("bundle.macos.entitlements", format!("no such file: `{name}`"), fix);
        return;
    }
    // Only what is joined with others is read.
    let permissions = check.config().web.as_ref().and_then(|web| web.permissions.as_ref());
    let is_joined = permissions.is_some_and(|permissions| permissions.has_usage());
    let own = fs_err::read(base.join(&name)).map_err(anyhow::Error::from);
    if let (true, Err(cause)) = (is_joined, own.and_then(|own| apple::dictionary(&own))) {
        let reason = format!("a bad property list: `{name}`: {cause:#}");
        let fix = "correct it: permissions of the section `web` join it";
        check.report("bundle.macos.entitlements", reason, fix);
    }
}

/// What is injected must be there, unless a command makes it.
fn check_injected(check: &mut Check, base: &Path) {
    let is_built = is_built(check);
    let web = check.config().web.clone().unwrap_or_default();
    let css = web.inject_css.iter().flatten().map(|path| path.as_str()).enumerate();
    let js = web.inject_js.iter().flatten().map(|path| path.as_str()).enumerate();
    let files = css.map(|file| ("injectCss", file)).chain(js.map(|file| ("injectJs", file)));
    for (list, (index, name)) in files {
        if is_built && !base.join(name).exists() {
            continue;
        }
        if let Err(injected::Refused { reason, fix }) = injected::read(name, base) {
            check.report(&format!("web.{list}[{index}]"), reason, fix);
        }
    }
}

fn check_tray_icon(check: &mut Check, base: &Path) {
    let icon = check.config().tray.as_ref().and_then(|tray| tray.icon.as_ref());
    let Some(path) = icon.map(|icon| base.join(icon.as_str())) else { return };
    if is_built(check) && !path.exists() {
        return;
    }
    if let Err(refused) = icons::draw_small(&path) {
        check.report("tray.icon", refused.reason, refused.fix);
    }
}

/// Whether a command makes the content; it may make other files too.
fn is_built(check: &Check) -> bool {
    check.config().content.as_ref().is_some_and(|content| content.build.is_some())
}

/// A plugin must be what its config says of it; one that is not there may be what a command makes.
fn check_plugins(check: &mut Check, base: &Path) {
    let is_built = is_built(check);
    for (index, entry) in check.bundled_plugins().into_iter().enumerate() {
        let Some(entry) = entry else { continue };
        if is_built && !base.join(entry.file.as_str()).exists() {
            continue;
        }
        if let Err(refused) = plugins::read(&entry, base) {
            let field = format!("plugins.bundled[{index}].{}", refused.field);
            check.report(&field, refused.reason, refused.fix);
        }
    }
}

/// Runs the config's own build command, if it has one, where the config is. It is the user's command on the user's
/// machine, so it goes through the system's shell as it would in a terminal.
pub(crate) fn build_content(config: &ConfigFile) -> anyhow::Result<()> {
    let Content::Dir { dir, build: Some(command), .. } = &config.model.content else {
        return Ok(());
    };
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    process::run(process::command(shell, &config.base).args([flag, command.as_str()]))
        .context("`content.build` failed")?;
    if !config.base.join(dir).join(INDEX).is_file() {
        return Err(error::hinted(
            format!("`content.build` ran, but there is no `{INDEX}` in `{dir}`"),
            "set `content.dir` to the folder that the command writes",
        ));
    }
    Ok(())
}
