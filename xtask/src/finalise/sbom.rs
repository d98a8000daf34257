//! The list of parts of an app as CycloneDX (https://cyclonedx.org/docs/1.5/json/): the crates of the runtime, the npm packages
//! that the content was made with, and the plugins.

use std::collections::BTreeMap;

use anyhow::Context as _;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use cargo_lock::Lockfile;
use config_schema::plan::{AppPlan, PluginPlan};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::workspace::template_app;

/// The package that is compiled, and the one of it that only some variants hold.
const RUNTIME: &str = "runtime";
const PLUGIN_HOST: &str = "plugin-host";

/// A part of the app.
#[derive(Serialize)]
struct Component {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "bom-ref")]
    reference: String,
    name: String,
    version: String,
    purl: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<Hash>,
}

#[derive(Serialize)]
struct Hash {
    alg: &'static str,
    /// In hexadecimal digits.
    content: String,
}

/// What is read of npm's `package-lock.json`, version 2 or later.
#[derive(Deserialize)]
struct NpmLock {
    #[serde(default)]
    packages: serde_json::Map<String, serde_json::Value>,
}

/// The document for an app. Equal inputs give equal bytes: there is no time and no random number in it.
pub(super) fn document(app: &AppPlan, npm_lock: Option<&str>) -> anyhow::Result<Vec<u8>> {
    let mut components = crates(app.config["plugins"].is_object())?;
    components.extend(app.plugins.iter().map(plugin));
    if let Some(lock) = npm_lock {
        components.extend(npm_packages(lock)?);
    }
    components.sort_by(|a, b| a.purl.cmp(&b.purl));
    components.dedup_by(|a, b| a.purl == b.purl);
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": app.tag,
                "name": app.name,
                "version": app.version,
            },
        },
        "components": components,
    });
    let mut text = serde_json::to_vec_pretty(&document)?;
    text.push(b'\n');
    Ok(text)
}

/// Every crate that some target's runtime may hold: the lock file does not tell systems apart. Those of the plugin host are in
/// apps with plugins only.
fn crates(with_plugins: bool) -> anyhow::Result<Vec<Component>> {
    let lock = Lockfile::load(template_app().join("Cargo.lock"))
        .context("failed to read the template's Cargo.lock")?;
    let is_runtime = |package: &&cargo_lock::Package| package.name.as_str() == RUNTIME;
    let runtime = lock.packages.iter().find(is_runtime).context("the template is no runtime")?;
    let mut found = BTreeMap::from([(cargo_lock::Dependency::from(runtime), runtime)]);
    let mut open = vec![runtime];
    while let Some(package) = open.pop() {
        for dependency in &package.dependencies {
            let is_left_out = !with_plugins && dependency.name.as_str() == PLUGIN_HOST;
            if is_left_out || found.contains_key(dependency) {
                continue;
            }
            let is_it = |package: &&cargo_lock::Package| dependency.matches(package);
            if let Some(package) = lock.packages.iter().find(is_it) {
                found.insert(dependency.clone(), package);
                open.push(package);
            }
        }
    }
    let component = |package: &cargo_lock::Package| {
        let purl = format!("pkg:cargo/{}@{}", package.name, package.version);
        let digest = package.checksum.as_ref().map(ToString::to_string);
        Component {
            kind: "library",
            reference: purl.clone(),
            name: package.name.to_string(),
            version: package.version.to_string(),
            purl,
            hashes: digest.map(|content| Hash { alg: "SHA-256", content }).into_iter().collect(),
        }
    };
    Ok(found.into_values().map(component).collect())
}

/// A module that is packed. Where a command of the user makes it, the plan does not know its digest.
fn plugin(plugin: &PluginPlan) -> Component {
    let version = plugin.version.clone().unwrap_or_default();
    let at = if version.is_empty() { String::new() } else { format!("@{version}") };
    let purl = format!("pkg:generic/{}{at}", plugin.name);
    let content = plugin.module.as_ref().map(|module| module.sha256.clone());
    Component {
        kind: "library",
        reference: purl.clone(),
        name: plugin.name.clone(),
        version,
        purl,
        hashes: content.map(|content| Hash { alg: "SHA-256", content }).into_iter().collect(),
    }
}

/// The packages that are not only for development.
fn npm_packages(lock: &str) -> anyhow::Result<Vec<Component>> {
    let lock: NpmLock = serde_json::from_str(lock).context("not a package-lock.json")?;
    let packages = lock.packages.iter().filter(|(path, package)| {
        !path.is_empty() && package["dev"] != true && package["link"] != true
    });
    Ok(packages.filter_map(|(path, package)| npm_package(path, package)).collect())
}

fn npm_package(path: &str, package: &serde_json::Value) -> Option<Component> {
    let name = package["name"].as_str().or_else(|| path.rsplit("node_modules/").next())?;
    let version = package["version"].as_str()?;
    let purl = format!("pkg:npm/{}@{version}", name.replacen('@', "%40", 1));
    Some(Component {
        kind: "library",
        reference: purl.clone(),
        name: name.to_owned(),
        version: version.to_owned(),
        purl,
        hashes: package["integrity"].as_str().and_then(integrity).into_iter().collect(),
    })
}

/// npm writes digests in base64, CycloneDX in hexadecimal digits.
fn integrity(text: &str) -> Option<Hash> {
    let digest = BASE64_STANDARD.decode(text.strip_prefix("sha512-")?).ok()?;
    let content = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(Hash { alg: "SHA-512", content })
}

#[cfg(test)]
mod tests {
    use cyclonedx_bom::{models::bom::Bom, prelude::Validate as _};

    #[test]
    fn npm_packages_are_those_that_ship() {
        let lock = serde_json::json!({ "packages": {
            "": { "name": "app", "version": "1.0.0" },
            "node_modules/@scope/a": { "version": "1.0.0", "integrity": "sha512-AAEC" },
            "node_modules/b/node_modules/c": { "version": "2.0.0" },
            "node_modules/only-dev": { "version": "3.0.0", "dev": true },
        } });
        let found = super::npm_packages(&lock.to_string()).unwrap();
        let purls: Vec<_> = found.iter().map(|package| package.purl.as_str()).collect();
        assert_eq!(purls, ["pkg:npm/%40scope/a@1.0.0", "pkg:npm/c@2.0.0"]);
        assert_eq!(found[0].hashes[0].content, "000102");
    }

    #[test]
    fn the_document_is_valid() {
        let app: config_schema::plan::AppPlan = serde_json::from_value(serde_json::json!({
            "id": "com.example.notes", "slug": "notes", "name": "Notes", "version": "1.0.0",
            "tag": "notes-v1.0.0", "prerelease": false, "base": ".", "needsContentBuild": false,
            "targets": [], "config": {},
        }))
        .unwrap();
        let names = names(&app);
        assert!(names.iter().any(|name| name == "tauri"));
        assert!(!names.iter().any(|name| name.starts_with("wasmtime")));
    }

    #[test]
    fn plugins_are_parts() {
        let digest = "ab".repeat(32);
        let app: config_schema::plan::AppPlan = serde_json::from_value(serde_json::json!({
            "id": "com.example.notes", "slug": "notes", "name": "Notes", "version": "1.0.0",
            "tag": "notes-v1.0.0", "prerelease": false, "base": ".", "needsContentBuild": false,
            "targets": [], "config": { "plugins": {} },
            "plugins": [
                { "name": "a.wasm", "version": "1.2.0", "module": { "bytes": 8, "sha256": digest } },
                { "name": "b.wasm" },
            ],
        }))
        .unwrap();
        let names = names(&app);
        assert!(["a.wasm", "b.wasm", "tauri"].iter().all(|name| names.iter().any(|it| it == name)));
    }

    /// The names in the document, which is valid.
    fn names(app: &config_schema::plan::AppPlan) -> Vec<String> {
        let bytes = super::document(app, None).unwrap();
        let bom = Bom::parse_from_json_v1_5(bytes.as_slice()).unwrap();
        assert!(bom.validate().passed(), "{:?}", bom.validate());
        bom.components.unwrap().0.iter().map(|part| part.name.to_string()).collect()
    }
}
