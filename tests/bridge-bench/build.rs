//! Tauri's own build step, and the permission of the one plugin's command.

fn main() {
    let plugin = tauri_build::InlinedPlugin::new().commands(&["nothing"]);
    tauri_build::try_build(tauri_build::Attributes::new().plugin("bench", plugin))
        .expect("failed to run tauri-build");
}
