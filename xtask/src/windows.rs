//! Windows: resources of the executable, and installers that any system can make.

mod identity;
mod msi;
mod nsis;
mod payload;
mod registrations;
pub(crate) mod resources;
mod texts;
mod version;

use std::path::Path;

use anyhow::bail;
use config_schema::{AppModel, BundleFormat, Target};

pub(crate) use identity::Identity;
pub(crate) use payload::LOADER;

use crate::render::TemplateSet;

/// The icon in a rendered tree.
pub(crate) const ICON: &str = "icons/icon.ico";

/// Signs a file in place.
pub(crate) type Signer<'a> = &'a dyn Fn(&Path) -> anyhow::Result<()>;

/// What Windows installers are made of.
pub(crate) struct Bundling<'a> {
    pub(crate) templates: &'a TemplateSet,
    /// The rendered tree.
    pub(crate) tree: &'a Path,
    /// The stamped executable, with its pack beside it. To be signed, it is signed before.
    pub(crate) binary: &'a Path,
    pub(crate) model: &'a AppModel,
    pub(crate) identity: Identity,
    pub(crate) target: Target,
    /// Signs what is inside an installer; the installer itself is the caller's to sign.
    pub(crate) sign: Option<Signer<'a>>,
}

/// Makes an installer at `out`.
pub(crate) fn bundle(
    bundling: &Bundling<'_>,
    format: BundleFormat,
    out: &Path,
) -> anyhow::Result<()> {
    fs_err::create_dir_all(out.parent().unwrap_or(bundling.tree))?;
    match format {
        BundleFormat::Nsis => nsis::make(bundling, out),
        BundleFormat::Msi => msi::make(bundling, out),
        other => bail!("not a Windows installer: `{}`", other.name()),
    }
}
