//! What Linux packages need that only the finished binary and the config tell.

use std::path::Path;

use config_schema::AppModel;
use serde_json::{Value, json};

/// The library that shows an icon in the tray, which the runtime opens when it needs it, as Debian calls it.
const TRAY_DEB: &str = "libayatana-appindicator3-1";
/// The same as Fedora calls it.
const TRAY_RPM: &str = "libayatana-appindicator-gtk3";

/// Settings for the bundler on top of the rendered ones.
pub(super) fn overrides(binary: &Path, model: &AppModel) -> anyhow::Result<Value> {
    let glibc = required_glibc(&fs_err::read(binary)?);
    let linux = &model.bundle.linux;
    let depends = |first: String, tray: &str, more: &[String]| -> Vec<String> {
        let tray = model.may_show_tray().then(|| tray.to_owned());
        std::iter::once(first).chain(tray).chain(more.iter().cloned()).collect()
    };
    let deb = depends(format!("libc6 (>= {glibc})"), TRAY_DEB, &linux.deb_depends);
    let rpm = depends("glibc".to_owned(), TRAY_RPM, &linux.rpm_depends);
    let mut config = json!({
        "bundle": { "linux": {
            "deb": { "depends": deb, "section": linux.section },
            "rpm": { "depends": rpm },
        } }
    });
    if is_pre_release(model) {
        // The bundler has no word for one that package managers understand: they get theirs once it is done.
        let version = model.app.version.get();
        config["version"] = format!("{}.{}.{}", version.major, version.minor, version.patch).into();
    }
    Ok(config)
}

pub(super) fn is_pre_release(model: &AppModel) -> bool {
    !model.app.version.get().pre.is_empty()
}

/// The newest glibc that the binary has a symbol of, such as `2.34`: older systems cannot start it, so their package
/// manager must say no.
fn required_glibc(binary: &[u8]) -> String {
    const PREFIX: &[u8] = b"GLIBC_2.";
    let minor = |at: usize| {
        let digits = binary[at + PREFIX.len()..].iter().take_while(|byte| byte.is_ascii_digit());
        digits.fold(0u32, |number, digit| {
            number.saturating_mul(10).saturating_add(u32::from(digit - b'0'))
        })
    };
    let newest = binary
        .windows(PREFIX.len())
        .enumerate()
        .filter(|(_, window)| *window == PREFIX)
        .map(|(at, _)| minor(at));
    format!("2.{}", newest.max().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::{overrides, required_glibc};

    #[test]
    fn an_app_with_a_tray_depends_on_what_shows_it() {
        let depends = |section: &str| {
            let text = format!(
                r#"{{"app": {{"name": "A", "id": "com.example.ab"}}, "content": {{"dir": "web"}}{section},
                    "bundle": {{"linux": {{"debDepends": ["ffmpeg"], "rpmDepends": ["ffmpeg-free"]}}}}}}"#
            );
            let model = config_schema::Check::read("app.json", text.as_bytes()).finish().unwrap();
            let binary = tempfile::NamedTempFile::new().unwrap();
            let config = overrides(binary.path(), &model).unwrap();
            let linux = &config["bundle"]["linux"];
            format!("{} {}", linux["deb"]["depends"], linux["rpm"]["depends"])
        };
        let with_tray = r#"["libc6 (>= 2.0)","libayatana-appindicator3-1","ffmpeg"] ["glibc","libayatana-appindicator-gtk3","ffmpeg-free"]"#;
        for section in [
            r#", "window": {"onClose": "hideToTray"}"#,
            r#", "tray": {"tooltip": "A"}"#,
            r#", "menu": {"tray": {"items": [{"type": "custom", "id": "pause", "label": "Pause"}]}}"#,
            r#", "bridge": {"modules": {"tray": true}}"#,
            r#", "bridge": {"modules": {"menu": true}}"#,
        ] {
            assert_eq!(depends(section), with_tray, "{section}");
        }
        assert_eq!(depends(""), r#"["libc6 (>= 2.0)","ffmpeg"] ["glibc","ffmpeg-free"]"#);
    }

    #[test]
    fn the_newest_symbol_version_counts_as_a_number() {
        assert_eq!(required_glibc(b"\0GLIBC_2.4\0GLIBC_2.34\0GLIBC_2.17\0"), "2.34");
    }
}
