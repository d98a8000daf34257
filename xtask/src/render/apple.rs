//! Property lists of an app for macOS: what `web.permissions` grants is said twice there, as an entitlement, without which a
//! signed app is refused, and as a text for the user, without which macOS ends an app that asks.

use anyhow::Context as _;
use config_schema::{AppModel, Permissions};
use plist::{Dictionary, Value};

/// A permission of the config, its entitlement, and the keys of its text.
/// https://developer.apple.com/documentation/bundleresources/entitlements/com.apple.security.device.camera
struct Grant {
    text: fn(&Permissions) -> Option<&String>,
    entitlement: &'static str,
    usage: &'static [&'static str],
}

const GRANTS: &[Grant] = &[
    Grant {
        text: |permissions| permissions.camera.as_ref(),
        entitlement: "com.apple.security.device.camera",
        usage: &["NSCameraUsageDescription"],
    },
    Grant {
        text: |permissions| permissions.microphone.as_ref(),
        entitlement: "com.apple.security.device.audio-input",
        usage: &["NSMicrophoneUsageDescription"],
    },
    Grant {
        text: |permissions| permissions.geolocation.as_ref(),
        entitlement: "com.apple.security.personal-information.location",
        // The first is what macOS has asked for since 10.14, the second what it asked for before.
        usage: &["NSLocationWhenInUseUsageDescription", "NSLocationUsageDescription"],
    },
];

fn granted(model: &AppModel) -> impl Iterator<Item = (&'static Grant, &str)> {
    let permissions = &model.web.permissions;
    GRANTS.iter().filter_map(|grant| Some((grant, (grant.text)(permissions)?.as_str())))
}

/// Whether the app is signed with entitlements besides those of a file of the user's.
pub(crate) fn has_entitlements(model: &AppModel) -> bool {
    granted(model).next().is_some()
}

/// The property list that the app is signed with: the user's own, with what the permissions need. What the user's own says of
/// one of them stands. Where nothing joins it, it is left as it is.
pub(crate) fn entitlements(
    model: &AppModel,
    own: Option<Vec<u8>>,
) -> anyhow::Result<Option<Vec<u8>>> {
    if !has_entitlements(model) {
        return Ok(own);
    }
    let mut all = own.map_or_else(|| Ok(Dictionary::new()), |own| dictionary(&own))?;
    for (grant, _) in granted(model) {
        if !all.contains_key(grant.entitlement) {
            all.insert(grant.entitlement.to_owned(), Value::Boolean(true));
        }
    }
    bytes(all).map(Some)
}

/// What joins the app's `Info.plist`, which Tauri makes; nothing where nothing does.
pub(super) fn info(model: &AppModel) -> anyhow::Result<Option<Vec<u8>>> {
    let mut texts = Dictionary::new();
    for (grant, text) in granted(model) {
        for key in grant.usage {
            texts.insert((*key).to_owned(), Value::String(text.to_owned()));
        }
    }
    if texts.is_empty() { Ok(None) } else { bytes(texts).map(Some) }
}

/// The entries of a property list of the user's.
pub(crate) fn dictionary(own: &[u8]) -> anyhow::Result<Dictionary> {
    let value = Value::from_reader(std::io::Cursor::new(own)).context("not a property list")?;
    value.into_dictionary().context("a property list without a dictionary")
}

fn bytes(entries: Dictionary) -> anyhow::Result<Vec<u8>> {
    let mut text = Vec::new();
    Value::Dictionary(entries).to_writer_xml(&mut text)?;
    text.push(b'\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(permissions: &str) -> AppModel {
        let text = format!(
            r#"{{"app": {{"name": "A & B", "id": "com.example.ab"}}, "content": {{"dir": "web"}},
                "web": {{"permissions": {permissions}}}}}"#
        );
        config_schema::Check::read("app.json", text.as_bytes()).finish().unwrap()
    }

    fn entries(bytes: &[u8]) -> Vec<(String, String)> {
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => format!("{:?}", other.as_boolean()),
        };
        dictionary(bytes).unwrap().into_iter().map(|(key, value)| (key, text(value))).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn permissions_become_entitlements_and_texts() {
        let model = model(
            r#"{"camera": "Scans <codes> & \"more\"", "microphone": true, "geolocation": true}"#,
        );
        assert_eq!(
            entries(&entitlements(&model, None).unwrap().unwrap()),
            pairs(&[
                ("com.apple.security.device.camera", "Some(true)"),
                ("com.apple.security.device.audio-input", "Some(true)"),
                ("com.apple.security.personal-information.location", "Some(true)"),
            ])
        );
        assert_eq!(
            entries(&info(&model).unwrap().unwrap()),
            pairs(&[
                ("NSCameraUsageDescription", "Scans <codes> & \"more\""),
                ("NSMicrophoneUsageDescription", "A & B records sound."),
                ("NSLocationWhenInUseUsageDescription", "A & B uses your location."),
                ("NSLocationUsageDescription", "A & B uses your location."),
            ])
        );
    }

    #[test]
    fn the_users_own_entitlements_stay() {
        let own = br#"<?xml version="1.0"?><plist version="1.0"><dict>
            <key>com.apple.security.network.client</key><true/>
            <key>com.apple.security.device.camera</key><false/></dict></plist>"#;
        let joined = entitlements(&model(r#"{"camera": true}"#), Some(own.to_vec())).unwrap();
        assert_eq!(
            entries(&joined.unwrap()),
            pairs(&[
                ("com.apple.security.network.client", "Some(true)"),
                ("com.apple.security.device.camera", "Some(false)"),
            ])
        );
    }

    #[test]
    fn without_permissions_nothing_is_added() {
        let model = model(r#"{"notifications": true, "camera": false}"#);
        assert_eq!(entitlements(&model, None).unwrap(), None);
        assert_eq!(entitlements(&model, Some(b"<plist/>".to_vec())).unwrap().unwrap(), b"<plist/>");
        assert_eq!(info(&model).unwrap(), None);
    }

    #[test]
    fn what_is_no_property_list_is_refused() {
        for own in [b"entitled".as_slice(), b"<plist><array/></plist>"] {
            assert!(entitlements(&model(r#"{"camera": true}"#), Some(own.to_vec())).is_err());
        }
    }
}
