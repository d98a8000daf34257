//! Keys of the registry, as Windows exports them.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};

/// The values of a key by name, without those of keys below it. Texts are as they are, numbers as
/// `dword:` and eight hexadecimal digits. The value without a name is `@`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(BTreeMap<String, String>);

impl Key {
    /// The value of this name; an error names those that there are.
    pub fn value(&self, name: &str) -> Result<&str> {
        let value = self.0.get(name).map(String::as_str);
        value.with_context(|| format!("no value `{name}` in the key: {:#?}", self.0))
    }

    /// The names of all values, in order.
    pub fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    /// Reads the file that `reg export` writes: UTF-16, a `[key]` line, and a line for each value.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        let units: Vec<u16> =
            bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        let text = String::from_utf16(&units).context("the registry is no UTF-16")?;
        let mut lines = text.lines().skip_while(|line| !line.starts_with('['));
        ensure!(lines.next().is_some(), "the registry has no key: {text}");
        let own = lines.take_while(|line| !line.starts_with('['));
        let values = own.filter_map(|line| match line.strip_prefix("@=") {
            Some(value) => Some(("@", value)),
            None => line.strip_prefix('"')?.split_once("\"="),
        });
        let unescaped = |text: &str| text.replace("\\\"", "\"").replace("\\\\", "\\");
        let value = |text: &str| match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
            Some(text) => unescaped(text),
            None => text.to_owned(),
        };
        Ok(Self(values.map(|(name, text)| (unescaped(name), value(text))).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exported_key_reads_back() {
        let text = "\u{feff}Windows Registry Editor\r\n\r\n[HKEY_CURRENT_USER\\Software\\X]\r\n\
            \"Name\"=\"a \\\"b\\\" C:\\\\x مرحبا\"\r\n\"N\"=dword:00000001\r\n@=\"own\"\r\n\r\n[HKEY_CURRENT_USER\\Software\\X\\Y]\r\n\"Z\"=\"z\"\r\n";
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let key = Key::parse(&bytes).unwrap();
        assert_eq!(key.names(), ["@", "N", "Name"]);
        assert_eq!(key.value("@").unwrap(), "own");
        assert_eq!(key.value("Name").unwrap(), "a \"b\" C:\\x مرحبا");
        assert_eq!(key.value("N").unwrap(), "dword:00000001");
    }
}
