//! Azure Artifact Signing: Microsoft's signtool with Microsoft's library, which takes the key's place.

use std::{
    env,
    path::{Path, PathBuf},
};

use serde_json::json;

use super::{
    authenticode::{self, Description},
    command::CommandLine,
    secrets::Secrets,
};
use crate::error;

/// Names the library where it is in no usual place, as a package of NuGet leaves it.
const LIBRARY_VARIABLE: &str = "DESKWRIGHT_AZURE_SIGNING_DLIB";
/// Where Microsoft's installer puts the library, below the local application data.
const LIBRARY: &str = "Microsoft/MicrosoftArtifactSigningClientTools/Azure.CodeSigning.Dlib.dll";
/// What the library signs in with.
const CREDENTIALS: [&str; 3] = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"];
/// Every other way in which the library would look for somebody to sign in as; some wait for minutes on a build machine.
const EXCLUDED: [&str; 9] = [
    "WorkloadIdentityCredential",
    "ManagedIdentityCredential",
    "SharedTokenCacheCredential",
    "VisualStudioCredential",
    "VisualStudioCodeCredential",
    "AzureCliCredential",
    "AzurePowerShellCredential",
    "AzureDeveloperCliCredential",
    "InteractiveBrowserCredential",
];

/// The two parts of Microsoft's client.
pub(crate) struct Tools {
    pub(crate) signtool: PathBuf,
    pub(crate) library: PathBuf,
}

impl Tools {
    pub(crate) fn find() -> anyhow::Result<Tools> {
        let named = env::var_os(LIBRARY_VARIABLE).map(PathBuf::from);
        let installed =
            || Some(PathBuf::from(env::var_os("LOCALAPPDATA")?).join(Path::new(LIBRARY)));
        let library = named.or_else(installed).filter(|path| path.is_file()).ok_or_else(|| {
            let hint = format!(
                "on Windows: `winget install -e --id Microsoft.Azure.ArtifactSigningClientTools`, or set `{LIBRARY_VARIABLE}` to \
                 the file `Azure.CodeSigning.Dlib.dll`; other systems cannot sign with Azure"
            );
            error::missing("not installed: the client of Azure Artifact Signing", hint)
        })?;
        Ok(Tools { signtool: authenticode::find_signtool()?, library })
    }
}

/// What the library reads: where to sign with which certificate. There is no secret in it.
pub(crate) fn metadata(endpoint: &str, account: &str, profile: &str) -> String {
    let document = json!({
        "Endpoint": endpoint,
        "CodeSigningAccountName": account,
        "CertificateProfileName": profile,
        "ExcludeCredentials": EXCLUDED,
    });
    format!("{document:#}")
}

pub(crate) fn sign(
    tools: &Tools,
    metadata: &Path,
    timestamp_url: &str,
    description: &Description,
    secrets: &Secrets,
    file: &Path,
) -> anyhow::Result<CommandLine> {
    let mut line = CommandLine::new(&tools.signtool)
        .args(["sign", "/v", "/fd", "sha256", "/tr", timestamp_url, "/td", "sha256", "/dlib"])
        .arg(&tools.library)
        .arg("/dmdf")
        .arg(metadata)
        .args(description.signtool_args())
        .arg(file);
    for name in CREDENTIALS {
        line = line.secret_env(name, secrets.get(name)?);
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use config_schema::{Check, System};
    use serde_json::{Value, json};

    use super::super::{authenticode::Description, command::words, secrets::Secrets};
    use super::{Tools, metadata, sign};

    #[test]
    fn the_command_line_names_no_secret() {
        let config = json!({
            "app": { "name": "My App", "id": "com.example.my" }, "content": { "url": "https://example.com" },
            "signing": { "windows": {
                "route": "azure", "endpoint": "https://eus.codesigning.azure.net", "account": "acc", "profile": "pro",
            } },
        });
        let model = Check::read("app.json", config.to_string().as_bytes()).finish().unwrap();
        let secrets =
            Secrets::collect(&model, System::Windows, |name| Some(format!("MARKER-{name}")))
                .unwrap();
        let tools = Tools {
            signtool: PathBuf::from("signtool.exe"),
            library: PathBuf::from("C:/l/Azure.CodeSigning.Dlib.dll"),
        };
        let line = sign(
            &tools,
            Path::new("C:/t/metadata.json"),
            "http://timestamp.acs.microsoft.com/",
            &Description::of(&model.app),
            &secrets,
            Path::new("C:/o/my.exe"),
        )
        .unwrap();
        assert_eq!(
            words(&line),
            "signtool.exe sign /v /fd sha256 /tr http://timestamp.acs.microsoft.com/ /td sha256 \
             /dlib C:/l/Azure.CodeSigning.Dlib.dll /dmdf C:/t/metadata.json /d My App C:/o/my.exe"
        );
        let names: Vec<_> = line.secret_env.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"]);
        assert!(!format!("{line:?}").contains("MARKER"), "{line:?}");
    }

    #[test]
    fn the_metadata_say_where_and_leave_one_way_to_sign_in() {
        let text = metadata("https://eus.codesigning.azure.net/", "acc", "pro");
        let document: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["Endpoint"], "https://eus.codesigning.azure.net/");
        assert_eq!(document["CodeSigningAccountName"], "acc");
        assert_eq!(document["CertificateProfileName"], "pro");
        let excluded = document["ExcludeCredentials"].to_string();
        assert!(!excluded.contains("\"EnvironmentCredential\""), "{excluded}");
    }
}
