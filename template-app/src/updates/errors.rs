//! What goes wrong with updates, in the contract's codes.

use bridge_contract::{BridgeError, ErrorCode};
use tauri_plugin_updater::Error;
use url::Url;

/// What Tauri's updater refuses with.
pub(super) fn of(error: &Error) -> BridgeError {
    let code = match error {
        Error::Reqwest(error) => return of_request(error),
        Error::ReleaseNotFound | Error::Network(_) => ErrorCode::UpdatesUnreachable,
        Error::Serialization(_) | Error::Semver(_) | Error::UrlParse(_) => {
            ErrorCode::UpdatesInvalidManifest
        }
        Error::TargetNotFound(_) | Error::TargetsNotFound(_) => ErrorCode::UpdatesNoPlatform,
        Error::Minisign(_) | Error::Base64(_) | Error::SignatureUtf8(_) => {
            ErrorCode::UpdatesInvalidSignature
        }
        Error::SignedVersionMismatch { .. } | Error::MissingSignedVersion => {
            ErrorCode::UpdatesWrongVersion
        }
        _ => ErrorCode::UpdatesInstallFailed,
    };
    let text = match error {
        Error::MissingSignedVersion => "it was signed as no version".to_owned(),
        Error::SignedVersionMismatch { signed, announced } => {
            format!("it was signed as {signed}, and the manifest says {announced}")
        }
        other => other.to_string(),
    };
    BridgeError::new(code, format!("the update was refused: {text}"))
}

fn of_request(error: &reqwest::Error) -> BridgeError {
    if let Some(url) = error.url().filter(|url| url.scheme() != "https") {
        return insecure(url);
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    let (code, what) = if error.is_decode() && !error.is_timeout() {
        (ErrorCode::UpdatesInvalidManifest, "the manifest cannot be read")
    } else {
        (ErrorCode::UpdatesUnreachable, "the server could not be reached")
    };
    BridgeError::new(code, format!("{what}: {cause}"))
}

pub(super) fn insecure(url: &Url) -> BridgeError {
    BridgeError::new(ErrorCode::UpdatesInsecureUrl, format!("not https: `{url}`"))
}

pub(super) fn too_large(most: u64) -> BridgeError {
    BridgeError::new(
        ErrorCode::UpdatesTooLarge,
        format!("the installer has more than {most} bytes"),
    )
}

pub(super) fn busy() -> BridgeError {
    BridgeError::new(ErrorCode::UpdatesBusy, "a download or an installation is under way")
}
