//! The address of a sign-in page, completed with the way back and a state that nobody can guess.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use bridge_contract::{AuthPkce, BridgeError, ErrorCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use url::{Url, form_urlencoded};

/// Stands for the way back in a URL, as it is written and as it is encoded.
const PLACEHOLDERS: [&str; 2] = ["{redirect_uri}", "%7Bredirect_uri%7D"];
const REDIRECT: &str = "redirect_uri";
const STATE: &str = "state";
/// Hosts of a way back to this machine (RFC 8252, section 7.3).
const LOOPBACK_HOSTS: [&str; 2] = ["127.0.0.1", "localhost"];
/// What stands behind the scheme of a link where the page names none.
const LINK_HOST: &str = "auth";
/// Random bytes of a state, a verifier or a path (count): what RFC 7636 recommends.
const RANDOM_BYTES: usize = 32;

type Result<T> = std::result::Result<T, BridgeError>;

/// What comes back when the user has signed in.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expected {
    /// The way back, without parameters.
    pub(super) redirect: Url,
    pub(super) state: String,
}

impl Expected {
    /// Is this the way back, with the state that was sent along?
    pub(super) fn fits(&self, url: &Url) -> bool {
        let place = |url: &Url| {
            let path = url.path().trim_end_matches('/').to_owned();
            (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port(), path)
        };
        place(url) == place(&self.redirect) && state_of(url).as_deref() == Some(&*self.state)
    }
}

/// The address as the page gave it: https, or http on this machine.
pub(super) fn check(text: &str) -> Result<()> {
    let is_fine = Url::parse(&filled(text, "x")).is_ok_and(|url| match url.scheme() {
        "https" => true,
        "http" => url.host_str().is_some_and(|host| LOOPBACK_HOSTS.contains(&host)),
        _ => false,
    });
    if is_fine {
        return Ok(());
    }
    let message = format!("not an https URL: `{text}`");
    Err(BridgeError::new(ErrorCode::AuthInvalidUrl, message))
}

/// The way back to a server on this machine. A path that the provider knows stays; where it knows none, nobody can guess it.
pub(super) fn loopback(text: &str, port: u16) -> Result<Url> {
    let named = redirect_of(text);
    let redirect = match &named {
        Some(named) => Url::parse(named),
        None => Url::parse(&format!("http://{}/{}", LOOPBACK_HOSTS[0], random()?)),
    };
    let redirect = redirect.ok().and_then(|mut redirect| {
        let is_here = redirect.host_str().is_some_and(|host| LOOPBACK_HOSTS.contains(&host));
        let is_plain = redirect.query().is_none() && redirect.fragment().is_none();
        (redirect.scheme() == "http" && is_here && is_plain).then_some(())?;
        redirect.set_port(Some(port)).ok().map(|()| redirect)
    });
    redirect.ok_or_else(|| {
        let hosts = LOOPBACK_HOSTS.join("` or `http://");
        invalid_redirect(&named.unwrap_or_default(), &format!("begins with `http://{hosts}`"))
    })
}

/// The way back by a link of one of the app's own schemes. Where the page names none, it is of the first.
pub(super) fn deep_link(text: &str, schemes: &[String]) -> Result<Url> {
    let Some(first) = schemes.first() else {
        let message =
            "the app has no links of its own: `deepLinks` in app.json names their schemes";
        return Err(BridgeError::new(ErrorCode::AuthInvalidRedirect, message));
    };
    let named = redirect_of(text).unwrap_or_else(|| format!("{first}://{LINK_HOST}"));
    let redirect = Url::parse(&named).ok();
    let redirect = redirect.filter(|url| schemes.iter().any(|scheme| scheme == url.scheme()));
    redirect.ok_or_else(|| invalid_redirect(&named, "has a scheme of `deepLinks` in app.json"))
}

/// The address to open, and what to expect for it.
pub(super) fn complete(text: &str, redirect: Url) -> Result<(Url, Expected)> {
    let encoded = utf8_percent_encode(redirect.as_str(), NON_ALPHANUMERIC).to_string();
    let invalid = || BridgeError::new(ErrorCode::AuthInvalidUrl, format!("no URL: `{text}`"));
    let has_placeholder = PLACEHOLDERS.iter().any(|placeholder| text.contains(placeholder));
    let mut url = Url::parse(&filled(text, &encoded)).map_err(|_| invalid())?;
    if !has_placeholder {
        set_redirect(&mut url, &encoded);
    }
    let state = match query_of(&url, STATE) {
        Some(state) if !state.is_empty() => state,
        _ => {
            let state = random()?;
            url.query_pairs_mut().append_pair(STATE, &state);
            state
        }
    };
    Ok((url, Expected { redirect, state }))
}

/// A new secret of PKCE.
pub(crate) fn pkce() -> Result<AuthPkce> {
    let verifier = random()?;
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    Ok(AuthPkce { verifier, challenge, method: "S256" })
}

/// Parameters of an address, those behind `#` too; the first of a name.
pub(super) fn parameters(url: &Url) -> impl Iterator<Item = (String, String)> {
    let of = |text: Option<&str>| {
        let pairs = form_urlencoded::parse(text.unwrap_or_default().as_bytes());
        pairs.into_owned().collect::<Vec<_>>()
    };
    of(url.query()).into_iter().chain(of(url.fragment()))
}

fn state_of(url: &Url) -> Option<String> {
    parameters(url).find(|(name, _)| name == STATE).map(|(_, value)| value)
}

fn query_of(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// The way back that the page has written itself.
fn redirect_of(text: &str) -> Option<String> {
    let redirect = query_of(&Url::parse(text).ok()?, REDIRECT)?;
    // The placeholder is usually the value of this very parameter.
    (redirect != PLACEHOLDERS[0]).then_some(redirect)
}

fn filled(text: &str, value: &str) -> String {
    PLACEHOLDERS.iter().fold(text.to_owned(), |text, placeholder| text.replace(placeholder, value))
}

/// Puts the way back into the query, and leaves the rest of it as it is written.
fn set_redirect(url: &mut Url, encoded: &str) {
    let is_redirect = |field: &str| {
        form_urlencoded::parse(field.as_bytes()).next().is_some_and(|(name, _)| name == REDIRECT)
    };
    let fields = url.query().unwrap_or_default().split('&');
    let others = fields.filter(|field| !field.is_empty() && !is_redirect(field)).map(str::to_owned);
    let own = std::iter::once(format!("{REDIRECT}={encoded}"));
    let query = others.chain(own).collect::<Vec<_>>().join("&");
    url.set_query(Some(&query));
}

fn random() -> Result<String> {
    let mut bytes = [0; RANDOM_BYTES];
    getrandom::fill(&mut bytes).map_err(crate::bridge::internal)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

fn invalid_redirect(named: &str, rule: &str) -> BridgeError {
    let message = format!("the `redirect_uri` in the URL is not one that {rule}: `{named}`");
    BridgeError::new(ErrorCode::AuthInvalidRedirect, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(text: &str) -> (Url, Expected) {
        complete(text, loopback(text, 4321).unwrap()).unwrap()
    }

    #[test]
    fn what_is_missing_is_made_and_nobody_can_guess_it() {
        let (url, expected) = completed("https://id.example.com/authorize?client_id=a&scope=b%20c");
        assert!(url.as_str().starts_with(
            "https://id.example.com/authorize?client_id=a&scope=b%20c&redirect_uri=http%3A%2F%2F127%2E0%2E0%2E1%3A4321%2F"
        ), "{url}");
        assert_eq!(query_of(&url, REDIRECT).unwrap(), expected.redirect.as_str());
        assert_eq!(query_of(&url, STATE).unwrap(), expected.state);
        assert_eq!((expected.redirect.path().len(), expected.state.len()), (44, 43));
        let (_, other) = completed("https://id.example.com/authorize?client_id=a");
        assert_ne!((&other.redirect, &other.state), (&expected.redirect, &expected.state));
    }

    #[test]
    fn what_the_page_has_written_stays() {
        let text =
            "https://id.example.com/?redirect_uri=http%3A%2F%2Flocalhost%2Fcallback&state=own&x=1";
        let (url, expected) = completed(text);
        assert_eq!(expected.redirect.as_str(), "http://localhost:4321/callback");
        assert_eq!(expected.state, "own");
        assert_eq!(
            url.as_str(),
            "https://id.example.com/?state=own&x=1&redirect_uri=http%3A%2F%2Flocalhost%3A4321%2Fcallback"
        );
    }

    #[test]
    fn a_placeholder_is_filled_wherever_it_stands() {
        for text in [
            "https://id.example.com/?back={redirect_uri}&state=s",
            "https://id.example.com/?back=%7Bredirect_uri%7D&state=s",
        ] {
            let (url, expected) = completed(text);
            assert_eq!(query_of(&url, "back").unwrap(), expected.redirect.as_str());
            assert_eq!(query_of(&url, REDIRECT), None);
        }
        let (url, expected) =
            completed("https://id.example.com/?redirect_uri={redirect_uri}&state=s");
        assert_eq!(query_of(&url, REDIRECT).unwrap(), expected.redirect.as_str());
    }

    #[test]
    fn a_way_back_that_is_not_this_apps_is_refused() {
        let with = |redirect: &str| format!("https://id.example.com/?redirect_uri={redirect}");
        for redirect in
            ["https://127.0.0.1/", "http://example.com/", "http://127.0.0.1/?a=b", "notes://x", "x"]
        {
            let error = loopback(&with(redirect), 1).unwrap_err();
            assert_eq!(error.code.code(), "auth/invalid-redirect", "{redirect}");
        }
        let schemes = ["notes".to_owned(), "more".to_owned()];
        for redirect in ["https://example.com/", "other://x", "", "x"] {
            let error = deep_link(&with(redirect), &schemes).unwrap_err();
            assert_eq!(error.code.code(), "auth/invalid-redirect", "{redirect}");
        }
        let own = deep_link(&with("more%3A%2F%2Fsigned-in"), &schemes).unwrap();
        assert_eq!(own.as_str(), "more://signed-in");
        let made = deep_link("https://id.example.com/", &schemes).unwrap();
        assert_eq!(made.as_str(), "notes://auth");
        assert!(deep_link(&with("notes%3A%2F%2Fx"), &[]).is_err());
    }

    #[test]
    fn only_safe_addresses_are_opened() {
        for url in
            ["http://id.example.com/", "ftp://id.example.com", "javascript:1", "id.example.com", ""]
        {
            assert_eq!(check(url).unwrap_err().code.code(), "auth/invalid-url", "{url}");
        }
        for url in ["https://id.example.com/", "http://127.0.0.1:3000/", "http://localhost/"] {
            check(url).unwrap();
        }
    }

    #[test]
    fn only_the_way_back_with_its_state_fits() {
        let redirect = Url::parse("notes://signed-in").unwrap();
        let expected = Expected { redirect, state: "right".to_owned() };
        for (url, fits) in [
            ("notes://signed-in?code=1&state=right", true),
            ("notes://signed-in/?state=right", true),
            ("notes://signed-in#access_token=1&state=right", true),
            ("notes://signed-in?code=1&state=wrong", false),
            ("notes://signed-in?code=1&state=wrong&state=right", false),
            ("notes://signed-in?code=1", false),
            ("notes://other?state=right", false),
            ("notes://signed-in/deeper?state=right", false),
            ("other://signed-in?state=right", false),
        ] {
            assert_eq!(expected.fits(&Url::parse(url).unwrap()), fits, "{url}");
        }
    }

    #[test]
    fn the_challenge_is_the_one_of_the_standard() {
        let AuthPkce { verifier, challenge, method } = pkce().unwrap();
        assert_eq!((verifier.len(), challenge.len(), method), (43, 43, "S256"));
        assert_ne!(pkce().unwrap().verifier, verifier);
        // RFC 7636, appendix B.
        let known = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(known));
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
