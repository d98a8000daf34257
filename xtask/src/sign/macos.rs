//! macOS: the app bundle is signed, notarised and stapled; then the disk image is made of it and goes the same way. Without a
//! certificate the app is signed ad hoc, since Apple's processors start nothing unsigned.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use config_schema::{MacosSigning, Notarize, SignedBy};

use super::{
    command::CommandLine, keychain::Keychain, notary::Notary, scratch::Scratch, secrets::Secrets,
};

/// The identity of a signature that names nobody.
const AD_HOC: &str = "-";

/// A route that is ready to sign.
pub(crate) struct Macos {
    /// None: ad hoc.
    keychain: Option<Keychain>,
    notary: Option<Notary>,
    /// A property list.
    entitlements: Option<PathBuf>,
}

impl Macos {
    pub(crate) fn open(
        signing: Option<MacosSigning>,
        entitlements: Option<PathBuf>,
        scratch: &mut Scratch,
        secrets: &Secrets,
    ) -> anyhow::Result<Macos> {
        let Some(MacosSigning { notarize }) = signing else {
            return Ok(Macos { keychain: None, notary: None, entitlements });
        };
        let keychain = Keychain::open(scratch, secrets, notarize != Notarize::Off)?;
        let notary = Notary::open(notarize, &keychain.path, scratch, secrets)?;
        Ok(Macos { keychain: Some(keychain), notary, entitlements })
    }

    pub(crate) fn signed_by(&self) -> SignedBy {
        if self.keychain.is_some() { SignedBy::Certificate } else { SignedBy::AdHoc }
    }

    /// Signs an app bundle or a disk image in place, has it notarised, and staples the ticket to it.
    pub(crate) fn sign(
        &self,
        file: &Path,
        scratch: &Scratch,
        secrets: &Secrets,
    ) -> anyhow::Result<()> {
        let is_app = file.is_dir();
        if self.keychain.is_none() && !is_app {
            // Nobody looks at an ad-hoc signature of an image.
            return Ok(());
        }
        let failed = || format!("failed to sign: `{}`", file.display());
        self.codesign(file, is_app).run(scratch.path(), secrets).with_context(failed)?;
        verify(file, is_app).run(scratch.path(), secrets).with_context(failed)?;
        match &self.notary {
            Some(notary) => notary.notarize(file, scratch, secrets),
            None => Ok(()),
        }
    }

    fn codesign(&self, file: &Path, is_app: bool) -> CommandLine {
        let line = CommandLine::new("codesign").arg("--force");
        let line = match &self.keychain {
            Some(keychain) => line
                .args(["--sign", &keychain.identity, "--keychain"])
                .arg(&keychain.path)
                .arg("--timestamp"),
            None => line.args(["--sign", AD_HOC, "--timestamp=none"]),
        };
        if !is_app {
            return line.arg(file);
        }
        // Without a certificate the hardened runtime would only forbid things, and prove nothing.
        let line = if self.keychain.is_some() { line.args(["--options", "runtime"]) } else { line };
        match &self.entitlements {
            Some(path) => line.arg("--entitlements").arg(path).arg(file),
            None => line.arg(file),
        }
    }
}

fn verify(file: &Path, is_app: bool) -> CommandLine {
    let line = CommandLine::new("codesign").args(["--verify", "--strict"]);
    if is_app { line.arg("--deep").arg(file) } else { line.arg(file) }
}

/// Makes a disk image of a finished app, with the folder to drop it on.
pub(crate) fn make_dmg(
    app: &Path,
    dmg: &Path,
    volume: &str,
    scratch: &Scratch,
) -> anyhow::Result<()> {
    let stage = tempfile::Builder::new().prefix("image-").tempdir_in(scratch.path())?;
    for line in dmg_lines(app, dmg, volume, stage.path())? {
        line.run(scratch.path(), &Secrets::default())
            .with_context(|| format!("failed to make the disk image: `{}`", dmg.display()))?;
    }
    Ok(())
}

fn dmg_lines(
    app: &Path,
    dmg: &Path,
    volume: &str,
    stage: &Path,
) -> anyhow::Result<Vec<CommandLine>> {
    let name = app.file_name().context("an app bundle has a name")?;
    Ok(vec![
        // What else copies a bundle loses what a signature covers.
        CommandLine::new("ditto").arg(app).arg(stage.join(name)),
        CommandLine::new("ln").args(["-s", "/Applications"]).arg(stage.join("Applications")),
        CommandLine::new("hdiutil")
            .args(["create", "-volname", volume, "-srcfolder"])
            .arg(stage)
            .args(["-fs", "HFS+", "-format", "UDZO", "-imagekey", "zlib-level=9", "-ov"])
            .arg(dmg),
    ])
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::super::{command::words, keychain::Keychain};
    use super::{Macos, dmg_lines, verify};

    #[test]
    fn the_command_lines_of_a_certificate() {
        let macos = Macos {
            keychain: Some(Keychain {
                path: PathBuf::from("/t/k.keychain-db"),
                identity: "ABCD".to_owned(),
            }),
            notary: None,
            entitlements: Some(PathBuf::from("/c/app.entitlements")),
        };
        let (app, dmg) = (Path::new("/o/My App.app"), Path::new("/o/My App.dmg"));
        assert_eq!(
            [
                words(&macos.codesign(app, true)),
                words(&macos.codesign(dmg, false)),
                words(&verify(app, true)),
                words(&verify(dmg, false)),
            ],
            [
                "codesign --force --sign ABCD --keychain /t/k.keychain-db --timestamp --options runtime --entitlements /c/app.entitlements /o/My App.app",
                "codesign --force --sign ABCD --keychain /t/k.keychain-db --timestamp /o/My App.dmg",
                "codesign --verify --strict --deep /o/My App.app",
                "codesign --verify --strict /o/My App.dmg",
            ]
        );
    }

    #[test]
    fn the_command_lines_without_a_certificate() {
        let macos = Macos { keychain: None, notary: None, entitlements: None };
        assert_eq!(
            words(&macos.codesign(Path::new("/o/App.app"), true)),
            "codesign --force --sign - --timestamp=none /o/App.app"
        );
    }

    #[test]
    fn the_command_lines_of_an_image() {
        let app = Path::new("/o/My App.app");
        let lines =
            dmg_lines(app, Path::new("/o/my-app_1.dmg"), "My App", Path::new("/t/image")).unwrap();
        assert_eq!(
            lines.iter().map(words).collect::<Vec<_>>(),
            [
                "ditto /o/My App.app /t/image/My App.app",
                "ln -s /Applications /t/image/Applications",
                "hdiutil create -volname My App -srcfolder /t/image -fs HFS+ -format UDZO -imagekey zlib-level=9 -ov /o/my-app_1.dmg",
            ]
        );
    }
}
