//! An app with every module of the contract on, for the tests that go by the contract.

use anyhow::Result;
use bridge_contract::Module;
use serde_json::{Value, json};

use crate::support::{App, runtime_of, url_config};

/// Of a key that signs nothing.
const PUBLIC_KEY: &str = "dW50cnVzdGVkIGNvbW1lbnQ6IG1pbmlzaWduIHB1YmxpYyBrZXk6IDA3MDYwNTA0MDMwMjAxMDAKUldRQUFRSURCQVVHQndBQkFnTUVCUVlIQ0FrS0N3d05EZzhRRVJJVEZCVVdGeGdaR2hzY0hSNGYK";

/// A config that switches on all that there is.
pub(crate) fn config(id: &str, url: &str) -> Value {
    let mut config = url_config(id, url);
    for module in Module::ALL {
        if !matches!(module, Module::Core | Module::SelfTest) {
            config["bridge"]["modules"][module.name()] = options(*module);
        }
    }
    config["plugins"] = json!({ "allowInstall": true });
    config["deepLinks"] = json!({ "schemes": ["everything"] });
    config["updates"] =
        json!({ "endpoint": "https://127.0.0.1:1/latest.json", "publicKey": PUBLIC_KEY });
    config
}

/// What a module can be told beyond that it is on.
fn options(module: Module) -> Value {
    match module {
        Module::Window => json!({ "open": true }),
        Module::Fs => json!({ "scopes": ["data", "cache", "trash", "diagnostics", "plugins"] }),
        _ => json!(true),
    }
}

/// An app of such a config. Its runtime is one for debugging, which has everything and says more when something is wrong in it.
pub(crate) async fn stamp(config: &Value) -> Result<App> {
    App::stamp_on(&runtime_of(&["--variant", "full", "--debug"]).await?, config, &[]).await
}
