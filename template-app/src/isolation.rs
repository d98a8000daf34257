//! Tauri's isolation pattern, for an app whose config asks for it: each message of the page goes through a frame of our own, which
//! looks at its shape (`template-app/isolation`) and encrypts it with a key of this run.
//!
//! Tauri decides about the pattern when it is compiled. A runtime is compiled for every app, so the context is made anew here.

use std::sync::Arc;

use runtime_settings::{RuntimeSettings, settings::Content};
use serde_json::json;
use tauri::{
    Context, Pattern, Wry,
    ipc::RuntimeAuthority,
    utils::{
        acl::resolved::Resolved,
        assets::{EmbeddedAssets, phf, phf::phf_map},
        pattern::isolation::{Error, Keys},
    },
};

use crate::bridge::PACK_ORIGINS;

/// The scheme of the frame. Tauri's own code makes a new one for each compile, which would tell runtimes apart.
const SCHEME: &str = "isolation";
/// What a page's policy calls the frame by.
const SOURCE: &str = if cfg!(windows) { "http://isolation.localhost" } else { "isolation:" };
/// The style that Tauri hides the frame by, as a policy calls it.
const STYLE: &str = "'sha256-YEercZJImS+vUX2bz7vkQ0aA4rtBIPLuCEWz+yraQ/g='";
/// The isolation application; the build script puts it together.
const PAGE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/isolation.html"));

/// Does the app's config ask for it? A dev server's page has an origin that the frame takes nothing from.
pub(crate) fn is_wanted(settings: &RuntimeSettings) -> bool {
    settings.bridge.isolation && matches!(settings.content, Content::Dir { .. })
}

/// Gives the context the pattern, and the page's policy what it takes to have the frame, if the app's config asks for it.
pub(crate) fn apply(
    mut context: Context<Wry>,
    settings: &mut RuntimeSettings,
) -> Result<Context<Wry>, Error> {
    if !is_wanted(settings) {
        return Ok(context);
    }
    if let Content::Dir { csp, .. } = &mut settings.content {
        *csp = policy_with_frame(csp);
    }
    let pattern = Pattern::Isolation {
        // Keys of assets begin with a slash.
        assets: Arc::new(EmbeddedAssets::new(phf_map! { "/index.html" => PAGE }, &[], phf_map! {})),
        schema: SCHEME.to_owned(),
        // Tauri fills it in.
        key: String::new(),
        crypto_keys: Box::new(Keys::new()?),
    };
    let nothing = RuntimeAuthority::new(Default::default(), Resolved::default());
    Ok(Context::new(
        context.config().clone(),
        context.set_assets(Box::new(EmbeddedAssets::new(phf_map! {}, &[], phf_map! {}))),
        context.default_window_icon().cloned().map(|icon| icon.to_owned()),
        None,
        context.package_info().clone(),
        pattern,
        std::mem::replace(context.runtime_authority_mut(), nothing),
        None,
    ))
}

/// Takes the frame away that Tauri puts into every page that a window shows, where it is of no use: only the app's own pages can.
/// There it is hidden in a way that no policy forbids, unlike Tauri's.
pub(crate) fn tidy_script() -> String {
    let (own, script) = (json!(PACK_ORIGINS), include_str!("isolation/tidy.js"));
    format!("{}({own});", script.trim_end())
}

/// A Content-Security-Policy that lets the page have the frame, and hide it.
fn policy_with_frame(csp: &str) -> String {
    let policies = csp.split(',').map(|policy| {
        let policy = with_source(policy, &["frame-src", "child-src", "default-src"], SOURCE);
        with_source(&policy, &["style-src", "default-src"], STYLE)
    });
    policies.collect::<Vec<_>>().join(",")
}

/// A policy whose first directive of `chain` also allows `source`. Where only a later one is there, which the first one falls back
/// to, the first one is added with what that says.
fn with_source(policy: &str, chain: &[&str], source: &str) -> String {
    let mut directives: Vec<Vec<&str>> = policy
        .split(';')
        .map(|directive| directive.split_ascii_whitespace().collect())
        .filter(|words: &Vec<_>| !words.is_empty())
        .collect();
    let position = |directives: &[Vec<&str>], name: &str| {
        directives
            .iter()
            .position(|words| words.first().is_some_and(|word| word.eq_ignore_ascii_case(name)))
    };
    let Some(found) = chain.iter().find_map(|name| position(&directives, name)) else {
        // Nothing is restricted.
        return policy.to_owned();
    };
    let mut words = directives.get(found).cloned().unwrap_or_default();
    // With a hash beside it, what says that all is allowed would not count any more.
    if source.starts_with('\'') && words.contains(&"'unsafe-inline'") {
        return policy.to_owned();
    }
    words.retain(|word| !word.eq_ignore_ascii_case("'none'"));
    words.push(source);
    let name = chain.first().copied().unwrap_or_default();
    match words.first_mut().filter(|word| !word.eq_ignore_ascii_case(name)) {
        Some(word) => {
            *word = name;
            directives.push(words);
        }
        None => directives.splice(found..=found, [words]).for_each(drop),
    }
    directives.iter().map(|words| words.join(" ")).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_is_added_to_what_the_policy_says_of_frames() {
        let frames =
            |policy| with_source(policy, &["frame-src", "child-src", "default-src"], "isolation:");
        for (policy, expected) in [
            ("default-src 'self'", "default-src 'self'; frame-src 'self' isolation:"),
            (
                "default-src 'none'; img-src *",
                "default-src 'none'; img-src *; frame-src isolation:",
            ),
            (
                "frame-src https://a.example; default-src 'self'",
                "frame-src https://a.example isolation:; default-src 'self'",
            ),
            ("child-src 'none'", "child-src 'none'; frame-src isolation:"),
            ("Frame-Src 'None' ;; img-src *", "Frame-Src isolation:; img-src *"),
            ("img-src *", "img-src *"),
        ] {
            assert_eq!(frames(policy), expected);
        }
    }

    #[test]
    fn inline_styles_that_were_allowed_stay_allowed() {
        let styles = |policy| with_source(policy, &["style-src", "default-src"], "'sha256-x'");
        assert_eq!(
            styles("default-src 'self' 'unsafe-inline'"),
            "default-src 'self' 'unsafe-inline'"
        );
        assert_eq!(styles("default-src 'self'"), "default-src 'self'; style-src 'self' 'sha256-x'");
    }

    #[test]
    fn every_policy_of_a_list_is_met() {
        let policy = policy_with_frame("default-src 'self', frame-src 'none'");
        assert_eq!(policy.matches(SOURCE).count(), 2, "{policy}");
    }

    #[test]
    fn the_style_is_tauris() {
        use base64::{Engine as _, prelude::BASE64_STANDARD};
        use runtime_settings::Sha256;
        use tauri::utils::pattern::isolation::IFRAME_STYLE;

        let hash = STYLE.trim_matches('\'').trim_start_matches("sha256-");
        let bytes = BASE64_STANDARD.decode(hash).unwrap();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(Sha256::of(IFRAME_STYLE.as_bytes()).to_string(), hex);
    }

    #[test]
    fn the_page_is_whole_and_knows_the_commands() {
        let page = String::from_utf8_lossy(PAGE);
        assert!(
            page.contains("\"core_hello\"") && page.contains("__TEMPLATE_runtime_aes_gcm_key__")
        );
        assert!(!page.contains("{{"), "a place that nothing was put into");
    }
}
