//! The temporary keychain of macOS: made for one session with a password that nobody learns, and deleted at its end.
//! Passwords go to `security -i` on its stdin, one command for each start: its exit code is that of the last command.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    command::CommandLine,
    scratch::Scratch,
    secrets::{Secret, Secrets},
};
use crate::error::{self, Exit};

/// How long the keychain stays open (seconds): longer than any build with its notarisation.
const OPEN_SECONDS: &str = "21600";
/// Longest line (bytes) that `security -i` reads as one.
const MAX_LINE: usize = 4000;
/// Who may use the key without a dialog, which nobody would answer.
const PARTITIONS: &str = "apple-tool:,apple:,codesign:";
/// The kind of certificate that apps outside the App Store are signed with.
const DEVELOPER_ID: &str = "Developer ID Application:";

/// A keychain with one identity in it.
#[derive(Debug)]
pub(crate) struct Keychain {
    pub(crate) path: PathBuf,
    /// The digest by which codesign finds the certificate.
    pub(crate) identity: String,
}

impl Keychain {
    /// Makes the keychain and imports the certificate of the secrets.
    pub(crate) fn open(
        scratch: &mut Scratch,
        secrets: &Secrets,
        wants_developer_id: bool,
    ) -> anyhow::Result<Keychain> {
        let dir = scratch.path().to_owned();
        let path = dir.join("deskwright.keychain-db");
        let certificate = scratch.write("certificate.p12", &secrets.bytes("APPLE_CERTIFICATE")?)?;
        let password = random_password()?;
        let certificate_password = secrets.get("APPLE_CERTIFICATE_PASSWORD")?;

        let listed = security(["list-keychains", "-d", "user"]).run(&dir, secrets)?;
        let before = search_list(&listed);
        scratch.undo_with(set_search_list(&before));
        create(&path, &password)?.run(&dir, secrets)?;
        scratch.undo_with(security(["delete-keychain"]).arg(&path));
        for line in prepare(&path, &password)? {
            line.run(&dir, secrets)?;
        }
        import(&path, &certificate, certificate_password)?.run(&dir, secrets).map_err(|cause| {
            error::explained(
                cause,
                Exit::MissingPrerequisite,
                "failed to import the certificate in `APPLE_CERTIFICATE`",
                "check that it is the whole .p12 file in base64, and `APPLE_CERTIFICATE_PASSWORD`; docs/signing.md names the usual causes",
            )
        })?;
        allow_tools(&path, &password)?.run(&dir, secrets)?;
        set_search_list(&[vec![path.clone()], before].concat()).run(&dir, secrets)?;
        let found =
            security(["find-identity", "-v", "-p", "codesigning"]).arg(&path).run(&dir, secrets)?;
        let identity = identity(&found, wants_developer_id)?;
        Ok(Keychain { path, identity })
    }
}

/// Everything before the import.
fn prepare(path: &Path, password: &Secret) -> anyhow::Result<Vec<CommandLine>> {
    Ok(vec![
        security(["set-keychain-settings", "-l", "-u", "-t", OPEN_SECONDS]).arg(path),
        hidden(&["unlock-keychain", "-p", password.reveal(), text(path)?])?,
    ])
}

fn create(path: &Path, password: &Secret) -> anyhow::Result<CommandLine> {
    hidden(&["create-keychain", "-p", password.reveal(), text(path)?])
}

fn import(path: &Path, certificate: &Path, password: &Secret) -> anyhow::Result<CommandLine> {
    let (path, certificate) = (text(path)?, text(certificate)?);
    let tool = "/usr/bin/codesign";
    hidden(&[
        "import",
        certificate,
        "-k",
        path,
        "-f",
        "pkcs12",
        "-P",
        password.reveal(),
        "-T",
        tool,
    ])
}

fn allow_tools(path: &Path, password: &Secret) -> anyhow::Result<CommandLine> {
    let (path, password) = (text(path)?, password.reveal());
    hidden(&["set-key-partition-list", "-S", PARTITIONS, "-s", "-k", password, path])
}

fn set_search_list(paths: &[PathBuf]) -> CommandLine {
    security(["list-keychains", "-d", "user", "-s"]).args(paths)
}

fn security<const N: usize>(args: [&str; N]) -> CommandLine {
    CommandLine::new("security").args(args)
}

/// A command of `security` that has a secret among its words.
fn hidden(words: &[&str]) -> anyhow::Result<CommandLine> {
    let line = words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
    if line.len() > MAX_LINE || words.iter().any(|word| word.contains(['\n', '\r', '\0'])) {
        return Err(error::missing(
            "a password for `security` is too long or has a line break",
            "export the certificate again, with a password of one line",
        ));
    }
    Ok(security(["-i"]).stdin(Secret::new(format!("{line}\n"))))
}

/// One word as `security -i` reads it: in quotes, where a backslash keeps what follows.
fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("the temporary folder's path is no Unicode")
}

/// The paths that `security list-keychains` prints, each in quotes.
fn search_list(printed: &str) -> Vec<PathBuf> {
    let lines = printed.lines().map(|line| line.trim().trim_matches('"'));
    lines.filter(|line| !line.is_empty()).map(PathBuf::from).collect()
}

/// The identity in the listing of `security find-identity`, such as `  1) 0123ABCD "Developer ID Application: Name (TEAM)"`.
fn identity(printed: &str, wants_developer_id: bool) -> anyhow::Result<String> {
    let identities: Vec<(&str, &str)> = printed
        .lines()
        .filter_map(|line| line.trim().split_once(") ")?.1.split_once(" \""))
        .map(|(digest, name)| (digest, name.trim_end_matches('"')))
        .collect();
    let developer_id = identities.iter().find(|(_, name)| name.starts_with(DEVELOPER_ID));
    let other = identities.first().filter(|_| !wants_developer_id);
    if let Some((digest, _)) = developer_id.or(other) {
        return Ok((*digest).to_owned());
    }
    let names: Vec<_> = identities.iter().map(|(_, name)| *name).collect();
    Err(match names.as_slice() {
        [] => error::missing(
            "`APPLE_CERTIFICATE` holds no valid certificate with its private key",
            "export certificate and key together; a certificate that has expired does not count",
        ),
        names => error::missing(
            format!(
                "`APPLE_CERTIFICATE` holds no `Developer ID Application` certificate, but: {}",
                names.join(", ")
            ),
            "notarisation takes only that kind; Apple's developer account makes it",
        ),
    })
}

fn random_password() -> anyhow::Result<Secret> {
    let mut bytes = zeroize::Zeroizing::new([0; 24]);
    getrandom::fill(bytes.as_mut_slice()).context("the system gives no random bytes")?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::super::command::words;
    use super::{
        Secret, allow_tools, create, hidden, identity, import, prepare, search_list,
        set_search_list,
    };

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[test]
    fn passwords_stand_on_stdin_only() {
        let keychain = Path::new("/t/k.keychain-db");
        let own = secret("own");
        let lines = [
            create(keychain, &own).unwrap(),
            prepare(keychain, &own).unwrap().remove(1),
            import(keychain, Path::new("/t/c.p12"), &secret(r#"a "b" \c"#)).unwrap(),
            allow_tools(keychain, &own).unwrap(),
        ];
        for line in &lines {
            assert_eq!(words(line), "security -i");
        }
        let texts: Vec<_> =
            lines.iter().map(|line| line.stdin.as_ref().unwrap().reveal()).collect();
        assert_eq!(
            texts,
            [
                "\"create-keychain\" \"-p\" \"own\" \"/t/k.keychain-db\"\n",
                "\"unlock-keychain\" \"-p\" \"own\" \"/t/k.keychain-db\"\n",
                "\"import\" \"/t/c.p12\" \"-k\" \"/t/k.keychain-db\" \"-f\" \"pkcs12\" \"-P\" \"a \\\"b\\\" \\\\c\" \"-T\" \"/usr/bin/codesign\"\n",
                "\"set-key-partition-list\" \"-S\" \"apple-tool:,apple:,codesign:\" \"-s\" \"-k\" \"own\" \"/t/k.keychain-db\"\n",
            ]
        );
    }

    #[test]
    fn a_password_that_would_be_two_commands_is_refused() {
        hidden(&["import", "a\ndelete-keychain"]).unwrap_err();
        hidden(&["import", &"x".repeat(5000)]).unwrap_err();
    }

    #[test]
    fn the_search_list_is_read_and_written_as_it_was() {
        let printed =
            "    \"/Users/r/Library/Keychains/login.keychain-db\"\n    \"/L/My Chain.keychain\"\n";
        let list = search_list(printed);
        assert_eq!(
            list,
            ["/Users/r/Library/Keychains/login.keychain-db", "/L/My Chain.keychain"]
                .map(PathBuf::from)
        );
        assert_eq!(
            set_search_list(&list).args[4..],
            ["/Users/r/Library/Keychains/login.keychain-db", "/L/My Chain.keychain"]
        );
    }

    #[test]
    fn a_developer_id_is_preferred_and_demanded_where_apple_demands_it() {
        let printed = "  1) AAAA \"Apple Development: me (T1)\"\n  2) BBBB \"Developer ID Application: Me (T1)\"\n     2 valid identities found\n";
        assert_eq!(identity(printed, true).unwrap(), "BBBB");
        let development = printed.lines().next().unwrap();
        assert_eq!(identity(development, false).unwrap(), "AAAA");
        let error = identity(development, true).unwrap_err().to_string();
        assert!(error.contains("Apple Development: me (T1)"), "{error}");
        let error = identity("     0 valid identities found\n", false).unwrap_err().to_string();
        assert!(error.contains("no valid certificate"), "{error}");
    }
}
