//! Signing: a session takes the secrets of a build, prepares the route that the config names, signs, and leaves the machine as
//! it was. `bundle` signs while it packs; `cargo xtask sign` signs files that are there.

mod authenticode;
mod azure;
mod command;
mod gpg;
mod keychain;
mod macos;
mod notary;
mod scratch;
mod secrets;
mod updater;
mod windows;

use std::{
    env,
    path::{Path, PathBuf},
};

use config_schema::{AppModel, BundleFormat, SignedBy, System, Target, plan::ArtifactKind};
use serde_json::json;

use crate::{
    artifacts::{SIGNATURE_SUFFIX, UPDATER_SIGNATURE_SUFFIX, is_updatable},
    config_file::ConfigFile,
    error,
    printer::Printer,
    render::{self, apple},
};
use gpg::Gpg;
use macos::Macos;
use scratch::Scratch;
use secrets::{Secret, Secrets};
use updater::UpdaterKey;
use windows::Windows;

/// Everything that signing one app for one target takes. What was prepared on the machine (keychain, certificate, keys) is
/// removed by `close`, and on drop where something failed before.
pub(crate) struct SigningSession {
    route: Route,
    updater: Option<UpdaterKey>,
    secrets: Secrets,
    scratch: Scratch,
}

enum Route {
    None,
    Windows(Windows),
    Macos(Macos),
    Gpg(Gpg),
}

impl SigningSession {
    /// Takes the secrets from the environment and prepares what the config names. The property list is for macOS.
    pub(crate) fn open(
        model: &AppModel,
        entitlements: Option<PathBuf>,
        target: Target,
    ) -> anyhow::Result<SigningSession> {
        let system = target.row().system;
        let secrets = Secrets::from_environment(model, system)?;
        // A session that cannot sign updates must not have signed installers.
        let updater = match &model.updates {
            Some(updates) => {
                let version = model.app.version.to_string();
                Some(UpdaterKey::open(&secrets, &updates.public_key, version)?)
            }
            None => None,
        };
        let mut scratch = Scratch::new()?;
        let route = match system {
            System::Linux => match model.signing.linux {
                Some(config_schema::LinuxSigning::Gpg) => {
                    Route::Gpg(Gpg::open(&mut scratch, &secrets)?)
                }
                None => Route::None,
            },
            System::Windows => match &model.signing.windows {
                Some(signing) => {
                    Route::Windows(Windows::open(signing, &model.app, &mut scratch, &secrets)?)
                }
                None => Route::None,
            },
            System::Macos => {
                let entitlements = absolute_option(entitlements)?;
                let signing = model.signing.macos;
                Route::Macos(Macos::open(signing, entitlements, &mut scratch, &secrets)?)
            }
        };
        Ok(SigningSession { route, updater, secrets, scratch })
    }

    /// A session that reads no secret: nothing is signed, apps for macOS ad hoc.
    pub(crate) fn without_secrets(
        entitlements: Option<PathBuf>,
        target: Target,
    ) -> anyhow::Result<SigningSession> {
        let (secrets, mut scratch) = (Secrets::default(), Scratch::new()?);
        let route = match target.row().system {
            System::Macos => {
                let entitlements = absolute_option(entitlements)?;
                Route::Macos(Macos::open(None, entitlements, &mut scratch, &secrets)?)
            }
            System::Linux | System::Windows => Route::None,
        };
        Ok(SigningSession { route, updater: None, secrets, scratch })
    }

    /// For the manifest of what was built.
    pub(crate) fn signed_by(&self) -> SignedBy {
        match &self.route {
            Route::None => SignedBy::None,
            Route::Windows(windows) => windows.signed_by(),
            Route::Macos(macos) => macos.signed_by(),
            Route::Gpg(_) => SignedBy::Gpg,
        }
    }

    /// Signs the app's own program before it is packed, where the system looks at programs: on Windows. On macOS the whole
    /// bundle is signed, by `sign_app`.
    pub(crate) fn sign_binary(&self, binary: &Path) -> anyhow::Result<()> {
        match &self.route {
            Route::Windows(windows) => windows.sign(&absolute(binary)?, &self.secrets),
            Route::None | Route::Macos(_) | Route::Gpg(_) => Ok(()),
        }
    }

    /// Signs an app bundle of macOS, and has it notarised and stapled. Image and archive are made of it afterwards.
    pub(crate) fn sign_app(&self, app: &Path) -> anyhow::Result<()> {
        match &self.route {
            Route::Macos(macos) => macos.sign(&absolute(app)?, &self.scratch, &self.secrets),
            Route::None | Route::Windows(_) | Route::Gpg(_) => Ok(()),
        }
    }

    /// Makes the disk image of a finished app bundle; `sign_installer` signs it.
    pub(crate) fn make_dmg(&self, app: &Path, dmg: &Path, volume: &str) -> anyhow::Result<()> {
        macos::make_dmg(&absolute(app)?, &absolute(dmg)?, volume, &self.scratch)
    }

    /// Signs an installer, and gives the files that this made beside it: `.asc`, and `.sig` for the updater. The updater's
    /// comes last, since it is about the very bytes that are published.
    pub(crate) fn sign_installer(
        &self,
        installer: &Path,
        format: BundleFormat,
    ) -> anyhow::Result<Vec<(ArtifactKind, PathBuf)>> {
        let path = absolute(installer)?;
        let mut beside = Vec::new();
        match &self.route {
            Route::None => {}
            Route::Windows(windows) => windows.sign(&path, &self.secrets)?,
            // The archive holds an app that is signed.
            Route::Macos(_) if format == BundleFormat::App => {}
            Route::Macos(macos) => macos.sign(&path, &self.scratch, &self.secrets)?,
            Route::Gpg(gpg) => {
                if gpg.sign(&path, format, &self.secrets)? == gpg::Place::Beside {
                    beside.push((ArtifactKind::Signature, suffixed(installer, SIGNATURE_SUFFIX)));
                }
            }
        }
        if let Some(updater) = self.updater.as_ref().filter(|_| is_updatable(format)) {
            updater.sign(&path)?;
            let signature = suffixed(installer, UPDATER_SIGNATURE_SUFFIX);
            beside.push((ArtifactKind::UpdaterSignature, signature));
        }
        Ok(beside)
    }

    /// Removes what was prepared on the machine; it is an error if something stays.
    pub(crate) fn close(self) -> anyhow::Result<()> {
        self.scratch.close()
    }
}

/// Signs files that are there, by what their names say they are.
pub(crate) fn sign_files(
    files: &[PathBuf],
    config: &ConfigFile,
    target: Target,
    printer: &Printer,
) -> anyhow::Result<()> {
    let system = target.row().system;
    let kinds = files.iter().map(|file| kind(file, system)).collect::<anyhow::Result<Vec<_>>>()?;
    let folder = tempfile::tempdir()?;
    let entitlements = entitlements(config, folder.path())?;
    let session = SigningSession::open(&config.model, entitlements, target)?;
    let mut made = Vec::new();
    for (file, kind) in files.iter().zip(kinds) {
        printer.status("Signing", file.display());
        match kind {
            Kind::Binary => session.sign_binary(file)?,
            Kind::App => session.sign_app(file)?,
            Kind::Installer(format) => {
                made.extend(
                    session.sign_installer(file, format)?.into_iter().map(|(_, path)| path),
                );
            }
        }
    }
    let signed_by = session.signed_by();
    session.close()?;
    let all: Vec<_> = files.iter().cloned().chain(made).collect();
    let human: Vec<_> = all.iter().map(|file| file.display().to_string()).collect();
    printer.data(&human.join("\n"), &json!({ "ok": true, "signing": signed_by, "files": all }))
}

/// The property list of an app for macOS: the user's own, or one in `folder` where the permissions of the config join it.
fn entitlements(config: &ConfigFile, folder: &Path) -> anyhow::Result<Option<PathBuf>> {
    if !apple::has_entitlements(&config.model) {
        let own = config.model.bundle.macos.entitlements.as_ref();
        return Ok(own.map(|path| config.base.join(path)));
    }
    let all = apple::entitlements(&config.model, render::own_entitlements(config)?)?;
    let file = folder.join("app.entitlements");
    fs_err::write(&file, all.unwrap_or_default())?;
    Ok(Some(file))
}

/// Makes a key for updates: the private one into a file, the public one to stdout. The password, if any, comes from the
/// environment.
pub(crate) fn generate_updater_key(file: &Path, printer: &Printer) -> anyhow::Result<()> {
    let password = env::var(updater::PASSWORD).ok().map(Secret::new);
    let public_key = updater::generate(file, password.as_ref())?;
    printer.status("Wrote", format_args!("{}: keep it, and show it to nobody", file.display()));
    printer.data(&public_key, &json!({ "ok": true, "publicKey": public_key, "file": file }))
}

/// What a file is to the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Binary,
    App,
    Installer(BundleFormat),
}

fn kind(file: &Path, system: System) -> anyhow::Result<Kind> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let kinds: &[(&str, Kind)] = match system {
        System::Linux => &[
            (".deb", Kind::Installer(BundleFormat::Deb)),
            (".rpm", Kind::Installer(BundleFormat::Rpm)),
        ],
        System::Windows => &[
            ("-setup.exe", Kind::Installer(BundleFormat::Nsis)),
            (".msi", Kind::Installer(BundleFormat::Msi)),
            (".exe", Kind::Binary),
        ],
        System::Macos => &[
            (".dmg", Kind::Installer(BundleFormat::Dmg)),
            (".app.tar.gz", Kind::Installer(BundleFormat::App)),
            (".app", Kind::App),
        ],
    };
    let known = kinds.iter().find(|(ending, _)| name.ends_with(ending));
    let Some((_, kind)) = known else {
        let endings: Vec<_> = kinds.iter().map(|(ending, _)| *ending).collect();
        return Err(error::usage(
            format!("not a file that is signed for {}: `{}`", system.name(), file.display()),
            format!("files for {} end in: {}", system.name(), endings.join(", ")),
        ));
    };
    if !file.exists() {
        return Err(error::usage(
            format!("no such file: `{}`", file.display()),
            "`cargo xtask build` makes installers, and prints where they are",
        ));
    }
    Ok(*kind)
}

/// Tools are started in other folders than this process.
fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    Ok(std::path::absolute(path)?)
}

fn absolute_option(path: Option<PathBuf>) -> anyhow::Result<Option<PathBuf>> {
    path.map(|path| absolute(&path)).transpose()
}

/// The name of a file beside another one.
fn suffixed(file: &Path, suffix: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}
