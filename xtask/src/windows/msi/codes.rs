//! The names that Windows Installer knows things by. All are made from what they name, so that equal inputs give equal
//! packages, and versions of an app find each other.

use runtime_settings::Sha256;
use uuid::Uuid;

use super::super::{Bundling, payload::Payload};

/// Identifiers of an app's package.
#[derive(Debug)]
pub(super) struct Codes {
    /// Of the app, in every version, for every processor.
    pub(super) upgrade: Uuid,
    /// Of this content: a system that has it installed repairs instead of installing again.
    pub(super) product: Uuid,
    /// Of this very file.
    pub(super) package: Uuid,
}

impl Codes {
    /// The codes of an app with this content.
    pub(super) fn of(bundling: &Bundling<'_>, payload: &Payload) -> anyhow::Result<Codes> {
        let mut content = serde_json::to_string(&bundling.identity)?;
        content.push_str(&format!("{} {}", bundling.identity.version, bundling.target.name()));
        content.push_str(&format!(" {:?}", bundling.model.bundle.windows.install_mode));
        for file in &payload.files {
            let digest = Sha256::of_reader(fs_err::File::open(&file.source)?)?;
            content.push_str(&format!("\n{digest} {}", file.path));
        }
        let upgrade = upgrade(&bundling.identity.id);
        let product = Uuid::new_v5(&upgrade, content.as_bytes());
        Ok(Codes { upgrade, product, package: Uuid::new_v5(&product, b"package") })
    }

    /// Of the file at this path below the app's folder, the same in every version.
    pub(super) fn component(&self, path: &str) -> Uuid {
        Uuid::new_v5(&self.upgrade, path.as_bytes())
    }
}

/// App ids are names of domains, read backwards.
fn upgrade(id: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_DNS, id.as_bytes())
}

/// As the database has it.
pub(super) fn braced(code: Uuid) -> String {
    code.braced().encode_upper(&mut Uuid::encode_buffer()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_keeps_its_code() {
        // Another value would make every installed app a stranger to its next version.
        assert_eq!(braced(upgrade("com.example.app")), "{280E37E9-46F9-5E07-8121-4DD6C340D0F6}");
    }
}
