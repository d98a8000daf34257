//! The colour behind the page until the page has painted: no white flash in a dark app.

use runtime_settings::settings::{BackgroundColor, Theme as ThemeSetting, Window};
use tauri::{Theme, WebviewWindow, window::Color};

/// The colour for a theme. Colours were checked when the pack was made; an odd one is no reason not to start.
pub(crate) fn color(colors: &BackgroundColor, theme: Theme) -> Option<Color> {
    let text = match theme {
        Theme::Dark => &colors.dark,
        _ => &colors.light,
    };
    parse(text)
}

/// The colours for a light and for a dark desktop. A theme that the config fixes has its colour on both.
#[cfg(target_os = "linux")]
pub(crate) fn pair(window: &Window) -> (&str, &str) {
    let BackgroundColor { light, dark } = &window.background_color;
    match window.theme {
        ThemeSetting::System => (light, dark),
        ThemeSetting::Light => (light, light),
        ThemeSetting::Dark => (dark, dark),
    }
}

/// A colour of the pack.
pub(crate) fn parse(text: &str) -> Option<Color> {
    text.parse().ok()
}

/// The theme that the config fixes; none when the system decides.
pub(crate) fn fixed_theme(setting: ThemeSetting) -> Option<Theme> {
    match setting {
        ThemeSetting::System => None,
        ThemeSetting::Light => Some(Theme::Light),
        ThemeSetting::Dark => Some(Theme::Dark),
    }
}

/// Gives window and webview the colour of the theme that they have, unless the desktop is to show through.
pub(crate) fn apply(window: &WebviewWindow, settings: &Window) {
    if settings.transparent {
        return;
    }
    let theme = window.theme().unwrap_or(Theme::Light);
    // A colour that cannot be set leaves the toolkit's own: no reason to disturb the user.
    let _ = window.set_background_color(color(&settings.background_color, theme));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_theme_has_its_color() {
        let colors = BackgroundColor { light: "#ffffff".into(), dark: "#102030".into() };
        assert_eq!(color(&colors, Theme::Light), Some(Color(255, 255, 255, 255)));
        assert_eq!(color(&colors, Theme::Dark), Some(Color(16, 32, 48, 255)));
    }
}
