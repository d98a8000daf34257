//! Plugins of an app on their way into its pack. A stand-in for `plugin-tool` writes down what it is asked and compiles to a line
//! of text; the real one is tried where plugins are.

use std::os::unix::fs::PermissionsExt as _;

use anyhow::Result;
use runtime_settings::Sha256;
use serde_json::{Value, json};

use crate::support::Project;

/// The smallest module that there is: it has nothing in it.
pub(crate) const MODULE: &[u8] = b"\0asm\x01\0\0\0";
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// Says what it was asked in a file beside itself. `compile` writes the target; `inspect` refuses what is called bad.
const TOOL: &str = r#"#!/bin/sh
echo "$@" >>"$0.asked"
case "$1" in
compile) for out; do :; done; printf 'code for %s' "$3" >"$out" ;;
inspect) case "$2" in *bad*) echo "loads    no: it is bad"; exit 1 ;; esac ;;
run) echo '{"ok":true}'; exit 1 ;;
esac
"#;

/// A project with a plugin, and a machine of its own around it.
pub(crate) struct Plugin {
    pub(crate) project: Project,
}

impl Plugin {
    pub(crate) fn new(change: impl FnOnce(&mut Value)) -> Result<Plugin> {
        let project = Project::minimal(|config| {
            config["bridge"] = json!({ "modules": { "plugins": true } });
            config["plugins"] = json!({ "bundled": [{ "file": "plugins/math.wasm" }] });
            change(config);
        })?;
        project.write("plugins/math.wasm", MODULE)?;
        let plugin = Plugin { project };
        plugin.program("tool", TOOL)?;
        Ok(plugin)
    }

    /// A program in the project's folder.
    pub(crate) fn program(&self, path: &str, text: &str) -> Result<()> {
        self.project.write(path, text.as_bytes())?;
        let mode = std::fs::Permissions::from_mode(0o755);
        Ok(fs_err::set_permissions(self.project.path().join(path), mode)?)
    }

    pub(crate) fn path(&self, path: &str) -> String {
        self.project.path().join(path).display().to_string()
    }

    pub(crate) fn read(&self, path: &str) -> Result<String> {
        Ok(fs_err::read_to_string(self.project.path().join(path))?)
    }

    fn json(&self, path: &str) -> Result<Value> {
        Ok(serde_json::from_str(&self.read(path)?)?)
    }

    pub(crate) async fn xtask(&self, args: &[&str]) -> Result<tests::process::Output> {
        let (tool, cache) = (self.path("tool"), self.path("cache"));
        let variables = [("DESKWRIGHT_PLUGIN_TOOL", &tool[..]), ("CARGO_TARGET_DIR", &cache)];
        self.project.xtask_with(&variables, args).await
    }

    /// What the stand-in was asked so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.read("tool.asked").unwrap_or_default().lines().map(str::to_owned).collect()
    }

    /// A runtime as `runtime get` leaves it, with the stand-in beside it.
    fn runtime(&self, target: &str) -> Result<()> {
        self.project.write("rt/runtime", b"a runtime")?;
        // As an artifact brings it: without its permissions.
        self.project.write("rt/plugin-tool", TOOL.as_bytes())?;
        let record = json!({
            "key": "k-plugins", "template": Sha256::of(b""), "variant": "plugins", "target": target, "profile": "release",
            "toolchain": "", "sha256": Sha256::of(b"a runtime"), "size": 9, "compileSeconds": 0.0,
            "pluginTool": Sha256::of(TOOL.as_bytes()),
        });
        self.project.write("rt/runtime.json", record.to_string().as_bytes())
    }
}

#[tokio::test]
async fn a_plugin_is_compiled_for_a_target_once_and_packed() -> Result<()> {
    let plugin = Plugin::new(|config| {
        config["plugins"]["limits"] = json!({ "memoryMb": 32, "queue": 5 });
        config["bridge"]["modules"]["fs"] = json!({ "scopes": ["plugins"] });
    })?;
    let manifest = json!({ "version": "1.2.0", "limits": { "memoryMb": 64, "stdoutKb": 8 } });
    plugin.project.write("plugins/math.plugin.json", manifest.to_string().as_bytes())?;
    let render = |target| ["render", "app.json", "--out", "tree", "--target", target];
    plugin.xtask(&render("linux-arm64")).await?.expect_code(0)?;
    assert_eq!(
        plugin.read("tree/app-pack/plugins/math.cwasm")?,
        "code for aarch64-unknown-linux-gnu"
    );
    let settings = plugin.json("tree/app-pack/runtime.json")?;
    let packed = &settings["plugins"]["bundled"][0];
    assert_eq!(
        (&packed["name"], &packed["sha256"], &packed["bytes"], &packed["version"]),
        (&json!("math.wasm"), &json!(Sha256::of(MODULE)), &json!(8), &json!("1.2.0"))
    );
    let limit = |name: &str| packed["limits"][name].as_u64();
    assert_eq!(
        (limit("memoryMb"), limit("stdoutKb"), limit("stderrKb")),
        (Some(32), Some(8), Some(64))
    );
    assert_eq!(settings["plugins"]["queue"], 5);
    assert_eq!(settings["bridge"]["modules"]["fs"]["scopes"], json!(["plugins"]));
    assert!(plugin.json("tree/app-pack/manifest.json")?["files"]["plugins/math.cwasm"].is_object());
    assert!(plugin.json("tree/tauri.conf.json")?["build"]["features"] == json!(["plugins"]));

    // The same again is in the cache; another target and another module are not.
    plugin.xtask(&render("linux-arm64")).await?.expect_code(0)?;
    assert_eq!(plugin.asked().len(), 1, "{:?}", plugin.asked());
    plugin.xtask(&render("windows-x64")).await?.expect_code(0)?;
    assert_eq!(plugin.read("tree/app-pack/plugins/math.cwasm")?, "code for x86_64-pc-windows-msvc");
    plugin.project.write("plugins/math.wasm", &[MODULE, b"\0\x01\0"].concat())?;
    plugin.xtask(&render("windows-x64")).await?.expect_code(0)?;
    let asked = plugin.asked();
    assert_eq!(asked.len(), 3, "{asked:?}");
    assert!(asked[0].starts_with("compile --target aarch64-unknown-linux-gnu --expect-sha256 "));
    Ok(())
}

#[tokio::test]
async fn a_check_compiles_nothing() -> Result<()> {
    let plugin = Plugin::new(|_| {})?;
    plugin.xtask(&["render", "app.json", "--check"]).await?.expect_code(0)?;
    assert!(plugin.asked().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_plugin_that_is_not_what_the_config_says_is_refused() -> Result<()> {
    let digest = Sha256::of(b"another");
    let own = Sha256::of(MODULE);
    let cases: &[(&str, Value, &[u8], &str, String)] = &[
        ("gone.wasm", json!({}), MODULE, "", "bundled[0].file: no such file: `gone.wasm`".to_owned()),
        (
            "math.wasm",
            json!({ "sha256": digest }),
            MODULE,
            "",
            format!("bundled[0].sha256: another module than the config says: `math.wasm` is {own}, and {digest} is expected"),
        ),
        (
            "math.wasm",
            json!({ "limits": { "moduleMb": 1 } }),
            &[MODULE, &[0; 1 << 20]].concat(),
            "",
            "larger than its limit `moduleMb` of 1 MiB: `math.wasm`".to_owned(),
        ),
        ("math.wasm", json!({}), b"<html>", "", "not a WebAssembly module: `math.wasm`".to_owned()),
        ("math.wasm", json!({}), COMPONENT, "", "a component, and no core module: `math.wasm`".to_owned()),
        (
            "math.wasm",
            json!({}),
            MODULE,
            r#"{"network": true}"#,
            "a bad manifest beside it: `math.plugin.json`: the manifest cannot be read: unknown field `network`".to_owned(),
        ),
        (
            "math.wasm",
            json!({}),
            MODULE,
            &json!({ "sha256": digest }).to_string(),
            format!("another module than its manifest says: `math.wasm` is {own}, and `math.plugin.json` expects {digest}"),
        ),
    ];
    for (file, entry, module, manifest, expected) in cases {
        let plugin = Plugin::new(|config| {
            config["plugins"]["bundled"][0] = entry.clone();
            config["plugins"]["bundled"][0]["file"] = json!(file);
        })?;
        plugin.project.write("math.wasm", module)?;
        if !manifest.is_empty() {
            plugin.project.write("math.plugin.json", manifest.as_bytes())?;
        }
        let found = plugin.project.problems().await?;
        assert!(found.contains(expected), "{expected}\n{found}");
        assert!(found.contains("\n  hint: "), "{found}");
    }
    Ok(())
}

#[tokio::test]
async fn a_plugin_that_is_not_built_yet_says_how_it_is_built() -> Result<()> {
    let plugin = Plugin::new(|config| {
        config["plugins"]["bundled"][0]["file"] = json!("../plugins/csv/dist/csv.wasm");
    })?;
    let found = plugin.project.problems().await?;
    assert!(found.contains("hint: build it: `cargo xtask plugin build csv`"), "{found}");
    Ok(())
}

#[tokio::test]
async fn a_plugin_may_be_made_by_the_command_that_makes_the_content() -> Result<()> {
    let plugin = Plugin::new(|config| {
        config["content"]["build"] = json!("mkdir made && cp plugins/math.wasm made/other.wasm");
        config["plugins"]["bundled"][0]["file"] = json!("made/other.wasm");
    })?;
    let plan = plugin.xtask(&["plan", "app.json", "--out", "plan.json"]).await?.expect_code(0)?;
    assert!(plan.stdout.contains("plugin of test: other.wasm, made by `content.build`"), "{plan}");
    plugin.xtask(&["render", "app.json", "--out", "tree"]).await?.expect_code(0)?;
    assert!(plugin.project.path().join("tree/app-pack/plugins/other.cwasm").is_file());
    Ok(())
}

#[tokio::test]
async fn a_plan_tells_plugins_and_their_runtime_without_compiling() -> Result<()> {
    let plugin = Plugin::new(|_| {})?;
    plugin.project.write("plugins/math.plugin.json", br#"{"version": "1.2.0"}"#)?;
    let plan = plugin.xtask(&["plan", "app.json"]).await?.expect_code(0)?;
    let digest = Sha256::of(MODULE).to_string();
    let line = format!("plugin of test: math.wasm 1.2.0, 1 kB, sha256 {}\n", &digest[..16]);
    assert!(plan.stdout.contains(&line), "{plan}");
    let plan: Value =
        plugin.xtask(&["plan", "app.json", "--format", "json"]).await?.expect_code(0)?.json()?;
    assert_eq!(
        plan["apps"][0]["plugins"],
        json!([{ "name": "math.wasm", "version": "1.2.0", "module": { "bytes": 8, "sha256": digest } }])
    );
    assert_eq!(plan["runtimes"]["include"][0]["variant"], "plugins");
    assert!(plugin.asked().is_empty());

    let plugin = Plugin::new(|config| config["plugins"]["allowInstall"] = json!(true))?;
    let plan: Value =
        plugin.xtask(&["plan", "app.json", "--format", "json"]).await?.expect_code(0)?.json()?;
    assert_eq!(plan["runtimes"]["include"][0]["variant"], "full");
    Ok(())
}

/// The way through the jobs of a build: what was collected needs nothing else, and what is beside the runtime compiles.
#[tokio::test]
async fn plugins_travel_with_the_content_and_are_compiled_beside_the_runtime() -> Result<()> {
    let plugin = Plugin::new(|_| {})?;
    plugin.project.write("plugins/math.plugin.json", br#"{"limits": {"memoryMb": 8}}"#)?;
    plugin.xtask(&["plan", "app.json", "--out", "plan.json"]).await?.expect_code(0)?;
    plugin.xtask(&["content", "--plan", "plan.json", "--out", "content"]).await?.expect_code(0)?;
    fs_err::remove_dir_all(plugin.project.path().join("plugins"))?;
    let entry = &plugin.json("content/test/app.json")?["plugins"]["bundled"][0];
    assert_eq!(
        (&entry["file"], &entry["sha256"]),
        (&json!("plugins/math.wasm"), &json!(Sha256::of(MODULE)))
    );

    plugin.runtime("macos-arm64")?;
    let render = ["render", "content/test/app.json", "--out", "tree", "--runtime", "rt/runtime"];
    plugin.xtask(&render).await?.expect_code(0)?;
    assert!(plugin.asked().is_empty(), "the one beside the runtime was asked");
    assert_eq!(plugin.read("tree/app-pack/plugins/math.cwasm")?, "code for aarch64-apple-darwin");
    let settings = plugin.json("tree/app-pack/runtime.json")?;
    assert_eq!(settings["plugins"]["bundled"][0]["limits"]["memoryMb"], 8);

    // What changed on the way is not started, and not packed.
    plugin.project.write("rt/plugin-tool", b"#!/bin/sh\ntouch started\n")?;
    let refused = plugin.xtask(&render).await?.expect_code(1)?;
    assert!(refused.stderr.contains("not the program that the record tells of"), "{refused}");
    plugin.runtime("macos-arm64")?;
    plugin.project.write("content/test/plugins/math.wasm", &[MODULE, b"\0\x01\0"].concat())?;
    let refused = plugin.xtask(&render).await?.expect_code(2)?;
    assert!(refused.stderr.contains("another module than the config says"), "{refused}");
    Ok(())
}

#[tokio::test]
async fn code_for_another_target_is_not_stamped() -> Result<()> {
    let plugin = Plugin::new(|_| {})?;
    plugin.runtime("linux-x64")?;
    let render = ["render", "app.json", "--out", "tree", "--target", "linux-arm64"];
    plugin.xtask(&render).await?.expect_code(0)?;
    let refused =
        plugin.xtask(&["stamp", "tree", "--runtime", "rt/runtime"]).await?.expect_code(2)?;
    let message = "the plugins were compiled for linux-arm64, and the runtime is for linux-x64";
    assert!(refused.stderr.contains(message), "{refused}");
    Ok(())
}

#[tokio::test]
async fn a_tool_that_fails_is_quoted() -> Result<()> {
    let plugin = Plugin::new(|_| {})?;
    plugin.program("tool", "#!/bin/sh\necho 'error: no such instruction' >&2\nexit 1\n")?;
    let failed = plugin.xtask(&["render", "app.json", "--out", "tree"]).await?.expect_code(1)?;
    assert!(failed.stderr.contains("the plugin `math.wasm` does not compile"), "{failed}");
    assert!(failed.stderr.contains("no such instruction"), "{failed}");
    assert!(!plugin.project.path().join("tree").exists());
    let left: Vec<_> = fs_err::read_dir(plugin.project.path().join("cache/plugins"))?.collect();
    assert!(left.is_empty(), "{left:?}");
    let wrong = plugin
        .project
        .xtask_with(
            &[("DESKWRIGHT_PLUGIN_TOOL", "/gone")],
            &["render", "app.json", "--out", "tree"],
        )
        .await?
        .expect_code(2)?;
    assert!(wrong.stderr.contains("`DESKWRIGHT_PLUGIN_TOOL` names no program"), "{wrong}");
    Ok(())
}
