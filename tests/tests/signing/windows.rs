//! Windows: Authenticode by a PFX file and a timestamp service of our own, and the user's own command.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Router, routing};
use base64::Engine as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::process;
use tests::wine::Wine;

use crate::support::{Desk, LIMIT, error_of, tool, walk};

const PASSWORD: &str = "MARKER-pfx \"quoted\" $HOME %PATH%";

/// Throw-away certificates, made by openssl: one that signs code, one that signs times.
struct Certificates {
    dir: TempDir,
}

impl Certificates {
    async fn new() -> Result<Certificates> {
        let certificates = Certificates { dir: tempfile::tempdir()? };
        certificates.make("code", "codeSigning").await?;
        certificates.make("time", "critical,timeStamping").await?;
        let mut pack = process::command("openssl");
        pack.args(["pkcs12", "-export", "-inkey"]).arg(certificates.file("code.key"));
        pack.arg("-in").arg(certificates.file("code.pem"));
        pack.arg("-out").arg(certificates.file("code.pfx"));
        tool(pack.args(["-passout", "env:PFX_PASSWORD"]).env("PFX_PASSWORD", PASSWORD)).await?;
        Ok(certificates)
    }

    async fn make(&self, name: &str, usage: &str) -> Result<()> {
        let mut make = process::command("openssl");
        make.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"]);
        make.args(["-subj", &format!("/CN=Throw-away {name}"), "-addext"]);
        make.arg(format!("extendedKeyUsage={usage}"));
        make.arg("-keyout").arg(self.file(&format!("{name}.key")));
        tool(make.arg("-out").arg(self.file(&format!("{name}.pem")))).await.map(drop)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn pfx(&self) -> Result<String> {
        let bytes = fs_err::read(self.file("code.pfx"))?;
        Ok(base64::engine::general_purpose::STANDARD.encode(bytes))
    }
}

/// A timestamp service as RFC 3161 describes it; openssl makes the answers.
#[derive(Clone)]
struct TimestampService {
    certificates: Arc<Certificates>,
    /// How many requests are answered with an error first.
    failing: usize,
    asked: Arc<AtomicUsize>,
}

impl TimestampService {
    /// Gives the address and the count of requests. It ends with the test's runtime.
    async fn start(
        certificates: &Arc<Certificates>,
        failing: usize,
    ) -> Result<(String, Arc<AtomicUsize>)> {
        let config = "[tsa]\nserial = SERIAL\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\n\
            digests = sha256\naccuracy = secs:1\ness_cert_id_alg = sha256\n";
        let serial = certificates.file("serial").display().to_string();
        fs_err::write(certificates.file("tsa.cnf"), config.replace("SERIAL", &serial))?;
        fs_err::write(&serial, "01\n")?;
        let asked = Arc::new(AtomicUsize::new(0));
        let service = TimestampService {
            certificates: Arc::clone(certificates),
            failing,
            asked: Arc::clone(&asked),
        };
        let router = Router::new().route("/", routing::post(answer)).with_state(service);
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = format!("http://{}/", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok((address, asked))
    }

    async fn reply(&self, query: &[u8]) -> Result<Vec<u8>> {
        let (asked, answer) = (self.certificates.file("query"), self.certificates.file("answer"));
        fs_err::write(&asked, query)?;
        let mut reply = process::command("openssl");
        reply.args(["ts", "-reply", "-section", "tsa", "-config"]);
        reply.arg(self.certificates.file("tsa.cnf")).arg("-queryfile").arg(asked);
        reply.arg("-signer").arg(self.certificates.file("time.pem"));
        reply.arg("-inkey").arg(self.certificates.file("time.key"));
        tool(reply.arg("-out").arg(&answer)).await?;
        Ok(fs_err::read(answer)?)
    }
}

async fn answer(State(service): State<TimestampService>, query: Bytes) -> Response {
    if service.asked.fetch_add(1, Ordering::SeqCst) < service.failing {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    match service.reply(&query).await {
        Ok(reply) => {
            ([(header::CONTENT_TYPE, "application/timestamp-reply")], reply).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")).into_response(),
    }
}

/// Names the folder with a compiled `runtime.exe`.
const RUNTIME_VARIABLE: &str = "DESKWRIGHT_WINDOWS_RUNTIME";

/// A real executable: the runtime that the variable names, else as small as a linker makes one that can be stamped.
async fn executable(path: &Path) -> Result<()> {
    if let Some(folder) = std::env::var_os(RUNTIME_VARIABLE) {
        fs_err::copy(Path::new(&folder).join("runtime.exe"), path)?;
        return Ok(());
    }
    let source = path.with_extension("c");
    fs_err::write(
        &source,
        "volatile const char stamp[48] = \"\\x7f\" \"DESKWRIGHT-PACK\";\nint main(void) { return stamp[0] == 0; }\n",
    )?;
    tool(process::command("x86_64-w64-mingw32-gcc").arg("-s").arg(&source).arg("-o").arg(path))
        .await?;
    Ok(fs_err::remove_file(source)?)
}

/// A real installer database with one file in it.
async fn installer(path: &Path) -> Result<()> {
    let source = path.with_extension("wxs");
    let payload = path.with_extension("txt");
    fs_err::write(&payload, "payload")?;
    fs_err::write(
        &source,
        r#"<?xml version="1.0"?><Wix xmlns="http://schemas.microsoft.com/wix/2006/wi"><Product Id="*" Name="Signed" Language="1033"
        Version="1.0.0" Manufacturer="Test" UpgradeCode="7b0a4b1c-6d0e-4b41-8d4e-0f3f1c9f4e11"><Package InstallerVersion="200"
        Compressed="yes"/><Media Id="1" Cabinet="a.cab" EmbedCab="yes"/><Directory Id="TARGETDIR" Name="SourceDir">
        <Component Id="C" Guid="c3c1d3a4-53b2-4b7b-9e8f-1d6f0e2b7a55"><File Id="F" Source="installer.txt"/></Component></Directory>
        <Feature Id="A"><ComponentRef Id="C"/></Feature></Product></Wix>"#,
    )?;
    let folder = path.parent().context("a file has a folder")?;
    let mut wixl = process::command("wixl");
    tool(wixl.current_dir(folder).arg("-o").arg(path).arg(&source)).await?;
    fs_err::remove_file(source)?;
    Ok(fs_err::remove_file(payload)?)
}

/// What osslsigncode says of a file, given the roots of code and times.
async fn verify(certificates: &Certificates, file: &Path) -> Result<String> {
    let mut verify = process::command("osslsigncode");
    verify.args(["verify", "-CAfile"]).arg(certificates.file("code.pem"));
    tool(verify.arg("-TSA-CAfile").arg(certificates.file("time.pem")).arg("-in").arg(file)).await
}

async fn pfx_desk(certificates: &Certificates, timestamp_url: &str) -> Result<Desk> {
    let signing = json!({ "windows": { "route": "pfx", "timestampUrl": timestamp_url } });
    let mut desk = Desk::new(&json!({ "signing": signing }))?;
    desk.secret("WINDOWS_CERTIFICATE", &certificates.pfx()?);
    desk.secret("WINDOWS_CERTIFICATE_PASSWORD", PASSWORD);
    executable(&desk.file("app.exe")).await?;
    Ok(desk)
}

#[tokio::test]
async fn a_pfx_signs_programs_and_installers_with_a_timestamp() -> Result<()> {
    let certificates = Arc::new(Certificates::new().await?);
    let (url, asked) = TimestampService::start(&certificates, 0).await?;
    let desk = pfx_desk(&certificates, &url).await?;
    fs_err::copy(desk.file("app.exe"), desk.file("app_1.2.3_x64-setup.exe"))?;
    installer(&desk.file("installer.msi")).await?;
    let files = ["app.exe", "app_1.2.3_x64-setup.exe", "installer.msi"];

    let document: Value = desk.sign(&files, "windows-x64").await?.expect_code(0)?.json()?;

    assert_eq!(document["signing"], "pfx");
    for file in files {
        let said = verify(&certificates, &desk.file(file)).await?;
        for wanted in [
            "Signature verification: ok",
            "Timestamp Server Signature verification: ok",
            "Message digest algorithm: SHA256",
            "Subject: /CN=Throw-away code",
            "Text description: Signed App",
        ] {
            assert!(said.contains(wanted), "{file}: {wanted}\n{said}");
        }
    }
    assert_eq!(asked.load(Ordering::SeqCst), files.len());
    assert!(desk.witness()?.contains("osslsigncode"), "the tool was watched");
    // Signing what is signed leaves one signature.
    desk.sign(&["app.exe"], "windows-x64").await?.expect_code(0)?;
    let said = verify(&certificates, &desk.file("app.exe")).await?;
    assert!(said.contains("Number of verified signatures: 1"), "{said}");
    Ok(())
}

#[tokio::test]
async fn a_timestamp_service_that_fails_once_is_asked_again() -> Result<()> {
    let certificates = Arc::new(Certificates::new().await?);
    let (url, asked) = TimestampService::start(&certificates, 1).await?;
    let desk = pfx_desk(&certificates, &url).await?;
    desk.sign(&["app.exe"], "windows-x64").await?.expect_code(0)?;
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    Ok(())
}

#[tokio::test]
async fn a_wrong_password_leaves_the_file_as_it_was() -> Result<()> {
    let certificates = Arc::new(Certificates::new().await?);
    let mut desk = pfx_desk(&certificates, "http://127.0.0.1:9/").await?;
    desk.secret("WINDOWS_CERTIFICATE_PASSWORD", "MARKER-wrong-password");
    let before = fs_err::read(desk.file("app.exe"))?;
    let output = desk.sign(&["app.exe"], "windows-x64").await?.expect_code(1)?;
    assert!(error_of(&output)?.contains("failed to sign"), "{output}");
    assert!(output.stderr.contains("Wrong password"), "{output}");
    assert_eq!(fs_err::read(desk.file("app.exe"))?, before);
    assert!(!desk.file("app.exe.signed").exists());
    Ok(())
}

#[tokio::test]
async fn exactly_the_missing_names_are_told() -> Result<()> {
    let certificates = Certificates::new().await?;
    let mut desk = pfx_desk(&certificates, "http://127.0.0.1:9/").await?;
    desk.secret("WINDOWS_CERTIFICATE_PASSWORD", " ");
    let output = desk.sign(&["app.exe"], "windows-x64").await?.expect_code(3)?;
    let error = error_of(&output)?;
    assert!(error.ends_with("missing: `WINDOWS_CERTIFICATE_PASSWORD`"), "{error}");

    let signing = json!({ "windows": { "route": "pfx" } });
    let desk = Desk::new(&json!({ "signing": signing }))?;
    executable(&desk.file("app.exe")).await?;
    let error = error_of(&desk.sign(&["app.exe"], "windows-x64").await?.expect_code(3)?)?;
    assert!(
        error.ends_with("missing: `WINDOWS_CERTIFICATE`, `WINDOWS_CERTIFICATE_PASSWORD`"),
        "{error}"
    );
    Ok(())
}

#[tokio::test]
async fn a_certificate_that_is_no_base64_is_not_quoted() -> Result<()> {
    let certificates = Certificates::new().await?;
    let mut desk = pfx_desk(&certificates, "http://127.0.0.1:9/").await?;
    desk.secret("WINDOWS_CERTIFICATE", "MARKER: certificate!");
    let error = error_of(&desk.sign(&["app.exe"], "windows-x64").await?.expect_code(3)?)?;
    assert_eq!(error, "the secret is not base64: `WINDOWS_CERTIFICATE`");
    Ok(())
}

#[tokio::test]
async fn nothing_wanted_signs_nothing() -> Result<()> {
    let mut desk = Desk::new(&json!({}))?;
    desk.secret("WINDOWS_CERTIFICATE_PASSWORD", PASSWORD);
    executable(&desk.file("app.exe")).await?;
    let before = fs_err::read(desk.file("app.exe"))?;
    let document: Value = desk.sign(&["app.exe"], "windows-x64").await?.expect_code(0)?.json()?;
    assert_eq!(document["signing"], "none");
    assert_eq!(fs_err::read(desk.file("app.exe"))?, before);
    Ok(())
}

#[tokio::test]
async fn the_users_own_command_gets_its_secret_and_no_other() -> Result<()> {
    let certificates = Certificates::new().await?;
    let key = certificates.file("code.key").display().to_string();
    let certificate = certificates.file("code.pem").display().to_string();
    let command = ["sign-it", &key, &certificate, "%1"];
    let signing = json!({ "windows": { "route": "command", "command": command } });
    let mut desk = Desk::new(&json!({ "signing": signing }))?;
    desk.secret("WINDOWS_SIGNING_SECRET", "MARKER-of-the-command");
    desk.secret("GPG_PASSPHRASE", "MARKER-of-another-route");
    executable(&desk.file("my app.exe")).await?;
    desk.tool(
        "sign-it",
        "#!/bin/sh\n\
         test \"${WINDOWS_SIGNING_SECRET#MARKER-}\" = of-the-command || exit 4\n\
         test -z \"$GPG_PASSPHRASE\" || exit 5\n\
         unset WINDOWS_SIGNING_SECRET\n\
         osslsigncode sign -key \"$1\" -certs \"$2\" -in \"$3\" -out \"$3.out\" && mv \"$3.out\" \"$3\"\n",
    )?;
    let document: Value =
        desk.sign(&["my app.exe"], "windows-x64").await?.expect_code(0)?.json()?;
    assert_eq!(document["signing"], "command");
    assert!(
        verify(&certificates, &desk.file("my app.exe"))
            .await?
            .contains("Signature verification: ok")
    );
    Ok(())
}

#[tokio::test]
async fn a_command_that_signs_nothing_is_found_out() -> Result<()> {
    let signing = json!({ "windows": { "route": "command", "command": ["true", "%1"] } });
    let desk = Desk::new(&json!({ "signing": signing }))?;
    executable(&desk.file("app.exe")).await?;
    let output = desk.sign(&["app.exe"], "windows-x64").await?.expect_code(1)?;
    assert!(output.stderr.contains("the file carries no signature"), "{output}");
    Ok(())
}

#[tokio::test]
async fn azure_is_for_windows_machines() -> Result<()> {
    let signing = json!({ "windows": {
        "route": "azure", "endpoint": "https://eus.codesigning.azure.net", "account": "account", "profile": "profile",
    } });
    let mut desk = Desk::new(&json!({ "signing": signing }))?;
    desk.secret("AZURE_TENANT_ID", "MARKER-tenant");
    desk.secret("AZURE_CLIENT_ID", "MARKER-client");
    desk.secret("AZURE_CLIENT_SECRET", "MARKER-secret");
    executable(&desk.file("app.exe")).await?;
    let output = desk.sign(&["app.exe"], "windows-x64").await?.expect_code(3)?;
    assert!(error_of(&output)?.contains("client of Azure Artifact Signing"), "{output}");
    assert!(output.stderr.contains("winget install"), "{output}");
    Ok(())
}

#[tokio::test]
async fn program_uninstaller_and_installers_are_signed_while_they_are_made() -> Result<()> {
    let certificates = Arc::new(Certificates::new().await?);
    let (url, asked) = TimestampService::start(&certificates, 0).await?;
    let mut desk = pfx_desk(&certificates, &url).await?;
    // The stub that Wine can start without its 32-bit half.
    desk.name("DESKWRIGHT_NSIS_TARGET", "amd64-unicode");
    desk.run(&["render", "app.json", "--out", "tree"]).await?.expect_code(0)?;
    desk.run(&["stamp", "tree", "--runtime", "app.exe"]).await?.expect_code(0)?;
    desk.run(&["bundle", "tree", "--target", "windows-x64", "--sign"]).await?.expect_code(0)?;
    let package =
        ["package", "tree", "--target", "windows-x64", "--out", "out", "--format", "json"];
    let manifest: Value = desk.run(&package).await?.expect_code(0)?.json()?;

    assert_eq!(manifest["signing"], "pfx");
    let setup = desk.file("out/signed-app_1.2.3_x64-setup.exe");
    let program = desk.file("tree/target/release/signed-app.exe");
    for file in [&setup, &desk.file("out/signed-app_1.2.3_x64.msi"), &program] {
        let said = verify(&certificates, file).await?;
        assert!(said.contains("Timestamp Server Signature verification: ok"), "{said}");
    }
    let mut wine = Wine::start().await?;
    wine.run(&setup, &["/S"], LIMIT).await?.expect_code(0)?;
    let installed = find(&wine.path("C:\\users"), "uninstall.exe")?;
    verify(&certificates, &installed).await?;
    assert_eq!(
        fs_err::read(installed.with_file_name("signed-app.exe"))?,
        fs_err::read(program)?,
        "what is installed is what was signed"
    );
    assert_eq!(asked.load(Ordering::SeqCst), 4, "program, uninstaller and two installers");
    Ok(())
}

/// The file of this name somewhere below a folder.
fn find(folder: &Path, name: &str) -> Result<PathBuf> {
    let found = walk(folder)?.into_iter().find(|path| path.ends_with(name));
    found.with_context(|| format!("no `{name}` below: `{}`", folder.display()))
}
