//! What the runtime reads in accelerators, as cases that the SDK's own reader for plain browsers is tested with.

use anyhow::Context as _;
use runtime_settings::Accelerator;
use serde_json::{Value, json};

/// Ways of writing modifiers, and what is none.
const SAMPLES: &[&str] = &[
    "Ctrl+Shift+K",
    "control+alt+option+k",
    "Option+Super+1",
    "Meta+K",
    "Cmd+K",
    "Command+Ctrl+K",
    "CmdOrCtrl+K",
    "CommandOrControl+Shift+F24",
    "CmdOrControl+Ctrl+K",
    "CommandOrCtrl+Cmd+K",
    "SHIFT+ARROWUP",
    "Ctrl+K Ctrl+C",
    "g",
    "a b c d",
    "a b c d e",
    "",
    "  ",
    "Ctrl+",
    "Ctrl++K",
    "+K",
    "Ctrl+Foo",
    "Ctrl+F25",
    "F0",
    "Numpad10",
    "Hyper+K",
    "K+Ctrl",
    "Ctrl+Control+K",
    "Ctrl+é",
    "Ctrl + K",
];

/// `test/accelerators.json`: each text with its strokes on macOS and elsewhere, `[modifiers, code]`, or null where it is refused.
/// Modifiers are the sum of 1 Shift, 2 Ctrl, 4 Alt, 8 Super.
pub(super) fn cases() -> anyhow::Result<String> {
    let mut texts: Vec<String> = SAMPLES.iter().map(|text| (*text).to_owned()).collect();
    texts.extend(Accelerator::codes().map(str::to_owned));
    texts.extend(Accelerator::aliases().map(str::to_owned));
    texts.extend(('a'..='z').chain('0'..='9').map(|key| format!("Alt+{key}")));
    let case = |text: &String| {
        let case =
            json!({ "text": text, "macos": strokes(text, true), "other": strokes(text, false) });
        format!("  {case}")
    };
    let cases: Vec<_> = texts.iter().map(case).collect();
    let text = format!("[\n{}\n]\n", cases.join(",\n"));
    serde_json::from_str::<Value>(&text).context("the cases are JSON")?;
    Ok(text)
}

fn strokes(text: &str, is_macos: bool) -> Value {
    let Ok(strokes) = Accelerator::parse_sequence(text, is_macos) else { return Value::Null };
    let stroke = |stroke: &Accelerator| {
        let held = [stroke.shift, stroke.control, stroke.alt, stroke.meta];
        let held: u32 =
            held.iter().zip([1, 2, 4, 8]).filter(|(held, _)| **held).map(|(_, bit)| bit).sum();
        json!([held, stroke.code])
    };
    strokes.iter().map(stroke).collect()
}
