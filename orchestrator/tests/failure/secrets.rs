//! Secrets that somebody's build has printed are in no report, no document and no log that we print.

use anyhow::{Result, ensure};
use fake_github::{Conclusion, Script, ScriptedJob};

use super::support::{Ended, TOKEN};

/// A line of a log, and the part of it that nobody may see.
fn planted() -> Vec<(String, String)> {
    // Put together here, so that nobody's scanner takes this file for a leak.
    let of = |line: &str, secret: &str| (line.replace('§', secret), secret.to_owned());
    let alnum = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8";
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP";
    let base64 = "c2VjcmV0IG1hdGVyaWFsIHRoYXQgbm9ib2R5IHNlZXM=";
    vec![
        of("error: remote: §", &format!("ghp_{alnum}")),
        of("error: gho: §,", &format!("gho_{alnum}")),
        of("error: token=§", &format!("ghs_{alnum}")),
        of("error: §", &format!("ghu_{alnum}")),
        of("error: '§'", &format!("github_pat_11AAAAAAA0{alnum}_{alnum}")),
        of("error: §", TOKEN),
        of("error: jwt §", jwt),
        of("error: Authorization: Bearer §", "opaque-value-of-some-service-1234"),
        of("error: authorization: §", "plainvalue99"),
        of("error: -H \"Authorization: Basic §\"", "dXNlcjpwYXNzd29yZDEyMw=="),
        of("error: failed with Bearer §", "0123456789abcdefghij"),
        of("error: fetch https://bot:§@example.com/x.git", "hunter2-and-more"),
        of("error: clone https://§@example.com/x.git", "abcdefghijklmnop1234"),
        of("error: GET https://blob.example.com/a?sv=2025&sig=§&se=1", "aB%2Fc3Dd4e5f6g7h8"),
        of("error: GET https://s3.example.com/a?X-Amz-Signature=§", "deadbeefdeadbeef0123"),
        of("error: https://example.com/cb?code=§", "4_0AdQt8qh9xyz"),
        of("error: aws §", "AKIAIOSFODNN7EXAMPLE"),
        of("error: AWS_SECRET_ACCESS_KEY=§", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        of("error: client secret §", "abc8Q~abcdefghijklmnopqrstuvwxyz01234567"),
        of("error: AccountKey=§;EndpointSuffix=x", "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4=="),
        of("error: //registry.npmjs.org/:_authToken=§", &format!("npm_{alnum}")),
        of("error: pypi §", &format!("pypi-AgEIcHlwaS5vcmc{alnum}")),
        of("error: slack §", "xoxb-1234567890-abcdefghij"),
        of("error: notarytool --password §", "abcd-efgh-ijkl-mnop"),
        of("error: --token §", "some-opaque-token-77"),
        of("error: \"password\": \"§\"", "correct horse battery"),
        of("error: WINDOWS_CERTIFICATE_PASSWORD=§", "letmein"),
        of("error: APPLE_API_KEY: '§'", "something in quotes"),
        of("error: api_key => §", "k3yk3yk3yk3y"),
        of("error: private_key: §", base64),
        of("error: Set-Cookie: §", "session=abcdef0123; Path=/"),
        of(
            "error: key §",
            &format!("dW50cnVzdGVkIGNvbW1lbnQ6IHJzaWduIGVuY3J5cHRlZCBzZWNyZXQga2V5{alnum}"),
        ),
        of("error: pfx §", &"MIIKqQIBAzCCCm8GCSqG".repeat(12)),
        of(
            "error: inline -----BEGIN EC PRIVATE KEY-----§",
            &format!("\\n{base64}\\n-----END EC PRIVATE KEY-----"),
        ),
        of("error: \u{1b}[31mghp_§\u{1b}[0m", alnum),
    ]
}

/// A key in lines of its own.
const KEY: [&str; 5] = [
    "-----BEGIN PRIVATE KEY-----",
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2",
    "OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r",
    "1RTwjmYS",
    "-----END PRIVATE KEY-----",
];

#[tokio::test]
async fn no_secret_leaves() -> Result<()> {
    // The excerpt of a log is short: each has a job of its own.
    let planted = planted();
    for chunk in planted.chunks(15) {
        let mut script = Script::new();
        for (line, _) in chunk {
            let line = format!("{line}\n");
            script =
                script.job(ScriptedJob::new("job").step("Run", Conclusion::Failure).fails(&line));
        }
        let ended = Ended::new(script).await?;
        let report = ended.explain().await?;
        let outputs = [
            ("text", report.text()),
            ("document", serde_json::to_string(&report)?),
            ("log", ended.logs(true).await?),
        ];
        for (line, secret) in chunk {
            for (what, output) in &outputs {
                let plain = secret.replace('"', "\\\"");
                ensure!(
                    !output.contains(secret) && !output.contains(&plain),
                    "in the {what}: {line}\n{output}"
                );
            }
        }
        ensure!(outputs[2].1.contains("***"), "nothing was hidden");
    }
    Ok(())
}

#[tokio::test]
async fn a_key_in_many_lines_is_hidden_and_what_follows_is_not() -> Result<()> {
    let key = KEY.join("\n");
    let log = format!(
        "error: before\n{key}\nerror: after\n##[error]Process completed with exit code 1.\n"
    );
    let script = Script::new().job(ScriptedJob::new("job").fails(&log).annotation("failure", &key));
    let ended = Ended::new(script).await?;
    let report = ended.explain().await?;
    for output in [report.text(), serde_json::to_string(&report)?, ended.logs(true).await?] {
        for line in &KEY[1..4] {
            ensure!(!output.contains(line), "{output}");
        }
        ensure!(output.contains("error: before") && output.contains("error: after"), "{output}");
    }
    Ok(())
}

#[tokio::test]
async fn a_secret_in_an_annotation_or_a_name_is_hidden_too() -> Result<()> {
    let secret = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0");
    let job =
        ScriptedJob::new(&format!("build {secret}")).fails("").lost(fake_github::Loss::WithoutLog);
    let words = format!("\u{1b}]0;title\u{7}bad credentials:\r\n{secret}");
    let script = Script::new().job(job.annotation("failure", &words));
    let report = Ended::new(script).await?.explain().await?;
    let output = report.text() + &serde_json::to_string(&report)?;
    ensure!(
        !output.contains(&secret) && output.contains("| bad credentials:\n  | ***"),
        "{output}"
    );
    ensure!(
        !output.contains('\u{1b}') && !output.contains('\u{7}'),
        "nothing speaks to the terminal"
    );
    Ok(())
}
