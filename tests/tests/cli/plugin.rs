//! `plugin …`: from a new folder to a module that an app would load, with stand-ins for compilers and for `plugin-tool`.

use anyhow::Result;
use runtime_settings::Sha256;
use serde_json::{Value, json};

use crate::{
    plugins::{MODULE, Plugin},
    support::xtask,
};

/// Leaves a module as a build does, called like the package.
const CARGO: &str = r#"#!/bin/sh
echo "$@" >"$0.asked"
mkdir -p "$4/wasm32-wasip1/release"
printf '\0asm\1\0\0\0' >"$4/wasm32-wasip1/release/text-tools.wasm"
"#;
const SCRIPT: &str = "mkdir -p dist\nprintf '\\0asm\\1\\0\\0\\0' >dist/$(basename \"$PWD\").wasm\n";

/// A machine whose Rust toolchain has no WebAssembly.
fn without_target(plugin: &Plugin) -> Result<String> {
    plugin.program("rustc", "#!/bin/sh\necho /gone\n")?;
    Ok(plugin.path("rustc"))
}

fn template(plugin: &Plugin) -> Result<()> {
    for (path, text) in [
        (
            "base/Cargo.toml",
            "[package]\nname = \"base\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n",
        ),
        ("base/base.plugin.json", "{\"version\": \"0.1.0\"}\n"),
        ("base/src/main.rs", "fn main() {}\n"),
        ("base/src/functions/mod.rs", "// base\n"),
        ("base/target/release/base", "built\n"),
        ("base/dist/base.wasm", "built\n"),
    ] {
        plugin.project.write(path, text.as_bytes())?;
    }
    Ok(())
}

#[tokio::test]
async fn a_new_plugin_is_a_copy_under_its_own_name() -> Result<()> {
    let plugin = Plugin::new(|_| {})?;
    template(&plugin)?;
    let new = ["plugin", "new", "text-tools", "--dir", "made", "--from", "base"];
    let made = plugin.xtask(&new).await?.expect_code(0)?;
    assert_eq!(made.stdout.trim(), plugin.path("made/text-tools"));
    assert!(plugin.read("made/text-tools/Cargo.toml")?.contains("name = \"text-tools\""));
    assert_eq!(
        plugin.read("made/text-tools/text-tools.plugin.json")?,
        "{\"version\": \"0.1.0\"}\n"
    );
    assert_eq!(plugin.read("made/text-tools/src/functions/mod.rs")?, "// base\n");
    for left_out in ["target", "dist", "base.plugin.json"] {
        assert!(
            !plugin.project.path().join("made/text-tools").join(left_out).exists(),
            "{left_out}"
        );
    }

    plugin.project.write("made/text-tools/src/main.rs", b"precious")?;
    let again = plugin.xtask(&new).await?.expect_code(2)?;
    assert!(again.stderr.contains("there is something already: `"), "{again}");
    assert_eq!(plugin.read("made/text-tools/src/main.rs")?, "precious");
    assert_eq!(fs_err::read_dir(plugin.project.path().join("made"))?.count(), 1);
    for name in ["Text", "../x", "1st", "con", "a.b", ""] {
        let refused = plugin
            .xtask(&["plugin", "new", name, "--dir", "made", "--from", "base"])
            .await?
            .expect_code(2)?;
        assert!(refused.stderr.contains("not a name for a plugin"), "{name}: {refused}");
    }
    Ok(())
}

#[tokio::test]
async fn rust_is_built_by_what_can_build_it() -> Result<()> {
    let plugin = Plugin::new(|_| {})?;
    template(&plugin)?;
    plugin
        .xtask(&["plugin", "new", "text-tools", "--dir", ".", "--from", "base"])
        .await?
        .expect_code(0)?;
    let rustc = without_target(&plugin)?;
    let build = ["plugin", "build", "text-tools", "--format", "json"];
    let variables = [("RUSTC", &rustc[..]), ("DESKWRIGHT_WASM_CARGO", "")];
    let missing = plugin.project.xtask_with(&variables, &build).await?.expect_code(3)?;
    assert!(missing.stderr.contains("hint: rustup target add wasm32-wasip1"), "{missing}");

    plugin.program("wasm-cargo", CARGO)?;
    // What an earlier build by plain Cargo has left.
    fs_err::create_dir(plugin.project.path().join("text-tools/dist"))?;
    std::os::unix::fs::symlink(
        "../elsewhere",
        plugin.project.path().join("text-tools/dist/text-tools.wasm"),
    )?;
    let (cargo, tool) = (plugin.path("wasm-cargo"), plugin.path("tool"));
    let variables = [
        ("RUSTC", &rustc[..]),
        ("DESKWRIGHT_WASM_CARGO", &cargo),
        ("DESKWRIGHT_PLUGIN_TOOL", &tool),
    ];
    let built: Value =
        plugin.project.xtask_with(&variables, &build).await?.expect_code(0)?.json()?;
    let file = plugin.path("text-tools/dist/text-tools.wasm");
    assert_eq!(
        built["plugins"],
        json!([{ "name": "text-tools.wasm", "language": "rust", "file": file, "bytes": 8, "sha256": Sha256::of(MODULE) }])
    );
    assert!(!fs_err::symlink_metadata(&file)?.is_symlink());
    assert!(plugin.project.path().join("text-tools/dist/text-tools.plugin.json").is_file());
    let asked = plugin.read("wasm-cargo.asked")?;
    let expected = format!("{} --release --target-dir /", plugin.path("text-tools"));
    assert!(asked.starts_with(&expected), "{asked}");
    assert_eq!(plugin.asked(), [format!("inspect {file}")]);
    Ok(())
}

#[tokio::test]
async fn a_script_builds_its_own_folder() -> Result<()> {
    let plugin = Plugin::new(|_| {})?;
    plugin.project.write("words/build.sh", SCRIPT.as_bytes())?;
    let built = plugin.xtask(&["plugin", "build", "words"]).await?.expect_code(0)?;
    let line =
        format!("{}  1 kB  sha256 {}\n", plugin.path("words/dist/words.wasm"), Sha256::of(MODULE));
    assert_eq!(built.stdout, line);
    // What no app would load is no success.
    plugin.project.write("bad/build.sh", SCRIPT.as_bytes())?;
    let refused = plugin.xtask(&["plugin", "build", "bad"]).await?.expect_code(1)?;
    assert!(refused.stderr.contains("no app would load it"), "{refused}");
    assert!(refused.stderr.contains("it is bad"), "{refused}");
    plugin.project.write("idle/build.sh", b"true\n")?;
    let idle = plugin.xtask(&["plugin", "build", "idle"]).await?.expect_code(1)?;
    assert!(idle.stderr.contains("let it write `dist/idle.wasm`"), "{idle}");
    let none = plugin.xtask(&["plugin", "build", "web"]).await?.expect_code(2)?;
    assert!(none.stderr.contains("nothing in the folder says how it is built"), "{none}");
    let gone = plugin.xtask(&["plugin", "build", "gone"]).await?.expect_code(2)?;
    assert!(gone.stderr.contains("no such plugin: `gone`"), "{gone}");
    Ok(())
}

#[tokio::test]
async fn a_call_goes_to_the_tool_and_its_answer_comes_back() -> Result<()> {
    let plugin = Plugin::new(|_| {})?;
    plugin.project.write("words/build.sh", SCRIPT.as_bytes())?;
    let early = plugin.xtask(&["plugin", "run", "words", "count", "{}"]).await?.expect_code(2)?;
    assert!(early.stderr.contains("build it: `cargo xtask plugin build words`"), "{early}");
    plugin.xtask(&["plugin", "build", "words"]).await?.expect_code(0)?;
    let run = ["plugin", "run", "words", "count", r#"{"text":"-a b"}"#, "--timeout", "50"];
    let ran = plugin.xtask(&run).await?.expect_code(1)?;
    assert_eq!(ran.stdout, "{\"ok\":true}\n");
    let module = plugin.path("words/dist/words.wasm");
    let asked = plugin.asked();
    assert_eq!(
        asked.last(),
        Some(&format!(
            "run --storage {} --cache {} --timeout 50 -- {module} count {{\"text\":\"-a b\"}}",
            plugin.path("words/target/storage"),
            plugin.path("cache/plugin-cache"),
        ))
    );
    plugin
        .xtask(&["plugin", "inspect", "plugins/math.wasm", "--format", "json"])
        .await?
        .expect_code(0)?;
    let asked = plugin.asked();
    let expected = format!("inspect --format json -- {}", plugin.path("plugins/math.wasm"));
    assert_eq!(asked.last(), Some(&expected));
    Ok(())
}

#[tokio::test]
async fn the_help_says_what_a_plugin_is() -> Result<()> {
    let help = xtask(&["plugin", "--help"]).await?.expect_code(0)?.stdout;
    insta::assert_snapshot!("plugin-help", help);
    let help = xtask(&["plugin", "build", "--help"]).await?.expect_code(0)?.stdout;
    assert!(help.contains("DESKWRIGHT_WASM_CARGO"), "{help}");
    Ok(())
}

#[tokio::test]
async fn the_doctor_looks_for_what_builds_plugins_when_asked() -> Result<()> {
    // Whether this machine can build apps is another question.
    let report = xtask(&["doctor", "--plugins"]).await?.stdout;
    assert!(
        report.contains("  Plugins in Rust: ") && report.contains("  Plugins in C: "),
        "{report}"
    );
    let usual = xtask(&["doctor"]).await?.stdout;
    assert!(!usual.contains("Plugins in"), "{usual}");
    Ok(())
}
