//! Authenticode: the command lines of signtool and osslsigncode, the certificate store of Windows, and a look whether a file
//! carries a signature.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::bail;
use config_schema::App;

use super::{command::CommandLine, secrets::Secret};
use crate::{error, process};

/// What the scripts for the certificate store read, so that nothing is pasted into a script.
const PFX_FILE: &str = "DESKWRIGHT_PFX_FILE";
const PFX_PASSWORD: &str = "DESKWRIGHT_PFX_PASSWORD";
const STORE_ENTRY: &str = "DESKWRIGHT_STORE_ENTRY";
/// Imports the file for this user and prints the thumbprint of the certificate that has the key.
const IMPORT: &str = "$ErrorActionPreference = 'Stop'\n\
    $password = (New-Object System.Net.NetworkCredential('', $env:DESKWRIGHT_PFX_PASSWORD)).SecurePassword\n\
    $all = Import-PfxCertificate -FilePath $env:DESKWRIGHT_PFX_FILE -CertStoreLocation Cert:\\CurrentUser\\My -Password $password\n\
    $own = @($all | Where-Object { $_.HasPrivateKey })\n\
    if ($own.Count -ne 1) { throw \"the file holds $($own.Count) certificates with a private key, not one\" }\n\
    Write-Output $own[0].Thumbprint";
/// Prints one `<store>\<thumbprint>` in each line; an import may also bring the issuers.
const LIST: &str = "$ErrorActionPreference = 'Stop'\n\
    foreach ($store in 'My', 'CA') {\n\
    Get-ChildItem \"Cert:\\CurrentUser\\$store\" | ForEach-Object { Write-Output \"$store\\$($_.Thumbprint)\" } }";
/// Removes a certificate, and the key that only it used.
const REMOVE: &str = "$ErrorActionPreference = 'Stop'\n\
    $path = \"Cert:\\CurrentUser\\$env:DESKWRIGHT_STORE_ENTRY\"\n\
    if ((Get-Item $path).HasPrivateKey) { Remove-Item $path -DeleteKey } else { Remove-Item $path }";
/// Where Microsoft's SDKs put their tools, one folder per version.
const SDK_TOOLS: &str = "Windows Kits/10/bin";

/// What Windows shows of a signed file.
pub(crate) struct Description {
    name: String,
    homepage: Option<String>,
}

impl Description {
    pub(crate) fn of(app: &App) -> Description {
        // A line break would end what the dialogs show.
        let name = app.name.split_whitespace().collect::<Vec<_>>().join(" ");
        Description { name, homepage: app.homepage.as_ref().map(ToString::to_string) }
    }

    pub(crate) fn signtool_args(&self) -> Vec<&str> {
        let mut args = vec!["/d", self.name.as_str()];
        args.extend(self.homepage.as_deref().into_iter().flat_map(|url| ["/du", url]));
        args
    }
}

/// Signs with a certificate in the user's store.
pub(crate) fn signtool(
    program: &Path,
    thumbprint: &str,
    timestamp_url: &str,
    description: &Description,
    file: &Path,
) -> CommandLine {
    CommandLine::new(program)
        .args(["sign", "/sha1", thumbprint, "/fd", "sha256", "/tr", timestamp_url, "/td", "sha256"])
        .args(description.signtool_args())
        .arg(file)
}

/// Signs with a PFX file, whose password goes over stdin. Of the two files, the second is written.
pub(crate) fn osslsigncode(
    pfx: &Path,
    password: &Secret,
    timestamp_url: &str,
    description: &Description,
    (file, signed): (&Path, &Path),
) -> CommandLine {
    let homepage = description.homepage.as_deref().into_iter().flat_map(|url| ["-i", url]);
    CommandLine::new("osslsigncode")
        .args(["sign", "-pkcs12"])
        .arg(pfx)
        .args(["-readpass", "-", "-h", "sha256", "-ts", timestamp_url, "-n", &description.name])
        .args(homepage)
        .arg("-in")
        .arg(file)
        .arg("-out")
        .arg(signed)
        .stdin(password.clone())
}

pub(crate) fn import(pfx: &Path, password: &Secret) -> CommandLine {
    powershell(IMPORT).env(PFX_FILE, pfx).secret_env(PFX_PASSWORD, password)
}

pub(crate) fn list_store() -> CommandLine {
    powershell(LIST)
}

/// Takes back what an import brought, as `list_store` names it.
pub(crate) fn remove(entry: &str) -> CommandLine {
    powershell(REMOVE).env(STORE_ENTRY, entry)
}

/// The entries that `list_store` has printed.
pub(crate) fn listed(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Windows' own PowerShell, which has the certificate store. Started below a newer one it would inherit that one's modules and
/// fail to load its own.
fn powershell(script: &str) -> CommandLine {
    CommandLine::new("powershell.exe")
        .args(["-NoProfile", "-NonInteractive", "-Command", script])
        .without("PSModulePath")
}

pub(crate) fn find_osslsigncode() -> anyhow::Result<PathBuf> {
    process::find("osslsigncode", "install the package `osslsigncode`")
}

/// signtool on the path, else the newest one of the Windows SDKs. It is the one for x64, as the library of Azure is; Windows
/// on ARM runs it too.
pub(crate) fn find_signtool() -> anyhow::Result<PathBuf> {
    if let Ok(path) = which::which("signtool") {
        return Ok(path);
    }
    let folder =
        env::var_os("ProgramFiles(x86)").map(|folder| PathBuf::from(folder).join(SDK_TOOLS));
    let versions: Vec<_> = folder
        .iter()
        .filter_map(|folder| fs_err::read_dir(folder).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("x64/signtool.exe").is_file())
        .collect();
    let newest = versions.into_iter().max_by_key(|path| sdk_version(path));
    newest.map(|path| path.join("x64/signtool.exe")).ok_or_else(|| {
        error::missing(
            "not installed: `signtool`",
            "install the Windows SDK: its signing tools are enough",
        )
    })
}

/// The numbers of a folder such as `10.0.26100.0`.
fn sdk_version(path: &Path) -> Vec<u32> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}

/// Fails for an executable without a signature. Other files, such as an MSI, are left to the tools.
pub(crate) fn require_signature(file: &Path) -> anyhow::Result<()> {
    let bytes = fs_err::read(file)?;
    if bytes.starts_with(b"MZ") && signature_size(&bytes).unwrap_or(0) == 0 {
        bail!("the file carries no signature");
    }
    Ok(())
}

/// Size in bytes of the certificate table of a Windows executable; `None`: the headers are not whole.
fn signature_size(bytes: &[u8]) -> Option<u32> {
    const HEADER_OFFSET: usize = 0x3c;
    const COFF_HEADER: usize = 24;
    const PE32: u16 = 0x10b;
    // Of the data directories, eight bytes each, the fifth; they begin where the optional header of either kind ends.
    const CERTIFICATES: usize = 4 * 8;
    let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let optional = word(HEADER_OFFSET)? as usize + COFF_HEADER;
    let magic = u16::from_le_bytes(bytes.get(optional..optional + 2)?.try_into().ok()?);
    let directories = optional + if magic == PE32 { 96 } else { 112 };
    word(directories + CERTIFICATES + 4)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{command::words, secrets::Secret};
    use super::{
        Description, import, list_store, listed, osslsigncode, remove, require_signature,
        sdk_version, signtool,
    };

    fn description(homepage: Option<&str>) -> Description {
        Description { name: "My App".to_owned(), homepage: homepage.map(str::to_owned) }
    }

    #[test]
    fn the_command_lines_that_sign() {
        let tool = Path::new("C:/sdk/signtool.exe");
        let url = "http://time.example/";
        let line = signtool(
            tool,
            "AB12",
            url,
            &description(Some("https://a.example/")),
            Path::new("a.exe"),
        );
        assert_eq!(
            words(&line),
            "C:/sdk/signtool.exe sign /sha1 AB12 /fd sha256 /tr http://time.example/ /td sha256 /d My App /du https://a.example/ a.exe"
        );
        let password = Secret::new("top".to_owned());
        let files = (Path::new("a.exe"), Path::new("a.exe.signed"));
        let line = osslsigncode(Path::new("/t/c.pfx"), &password, url, &description(None), files);
        assert_eq!(
            words(&line),
            "osslsigncode sign -pkcs12 /t/c.pfx -readpass - -h sha256 -ts http://time.example/ -n My App -in a.exe -out a.exe.signed"
        );
        assert_eq!(line.stdin, Some(password));
    }

    #[test]
    fn the_certificate_store_is_asked_by_constant_scripts() {
        let password = Secret::new("it's \"MARKER\"; exit".to_owned());
        let lines =
            [import(Path::new("C:/t/c'; rm.pfx"), &password), list_store(), remove("My\\AB12")];
        for line in &lines {
            assert_eq!(line.program, "powershell.exe");
            assert_eq!(line.args[..3], ["-NoProfile", "-NonInteractive", "-Command"]);
            let script = line.args[3].to_string_lossy();
            assert!(!script.contains("MARKER") && !script.contains("rm.pfx"), "{script}");
            // The modules of a newer PowerShell would be inherited.
            assert_eq!(line.without, ["PSModulePath"]);
        }
        assert_eq!(lines[0].env, [("DESKWRIGHT_PFX_FILE", "C:/t/c'; rm.pfx".into())]);
        assert_eq!(lines[0].secret_env, [("DESKWRIGHT_PFX_PASSWORD", password)]);
        assert_eq!(lines[2].env, [("DESKWRIGHT_STORE_ENTRY", "My\\AB12".into())]);
        for (line, variable) in
            [(0, super::PFX_FILE), (0, super::PFX_PASSWORD), (2, super::STORE_ENTRY)]
        {
            let script = lines[line].args[3].to_string_lossy();
            assert!(script.contains(&format!("$env:{variable}")), "{script}");
        }
    }

    #[test]
    fn the_stores_listing_is_read_with_the_line_ends_of_windows() {
        assert_eq!(listed("My\\AB\r\nCA\\CD\r\n\r\n"), ["My\\AB", "CA\\CD"]);
    }

    #[test]
    fn versions_of_the_sdk_count_as_numbers() {
        let version = |name: &str| sdk_version(Path::new(name));
        assert!(version("10.0.26100.0") > version("10.0.9999.0"));
        assert!(version("10.0.26100.0") > version("x64"));
    }

    #[test]
    fn half_an_executable_is_not_signed() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for bytes in [b"MZ".as_slice(), &[b"MZ".as_slice(), &[0xff; 62]].concat()] {
            fs_err::write(file.path(), bytes).unwrap();
            require_signature(file.path()).unwrap_err();
        }
        fs_err::write(file.path(), b"no executable").unwrap();
        require_signature(file.path()).unwrap();
    }
}
