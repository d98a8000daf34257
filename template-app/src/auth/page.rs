//! What a browser is answered that comes back: a page that says where to go on, in the reader's language.

const PAGE: &str = include_str!("page.html");

/// Language, heading and text; `{app}` is the app's name. The first is for whoever reads none of them.
const TEXTS: &[(&str, &str, &str)] = &[
    ("en", "Back to {app}", "You can close this page now."),
    ("de", "Zurück zu {app}", "Sie können diese Seite jetzt schließen."),
    ("fr", "Retour à {app}", "Vous pouvez maintenant fermer cette page."),
    ("es", "De vuelta a {app}", "Ya puede cerrar esta página."),
];

/// What no answer may do: load or run anything, or tell the next page where it came from, since the address has the code in it.
const HEADERS: &str = "Cache-Control: no-store\r\n\
    Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n\
    Referrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n";

/// The whole answer to the expected request. `languages` is the browser's `Accept-Language`.
pub(super) fn done(app: &str, languages: &str) -> String {
    let (language, title, text) = text_for(languages);
    let title = title.replace("{app}", &escaped(app));
    let page = PAGE.replace("{lang}", language).replace("{text}", text).replace("{title}", &title);
    answer("200 OK", "text/html; charset=utf-8", &page)
}

/// The whole answer to any other.
pub(super) fn refusal(status: &str) -> String {
    answer(status, "text/plain; charset=utf-8", status)
}

fn answer(status: &str, content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n{HEADERS}\r\n{body}"
    )
}

/// Browsers name the favourite first.
fn text_for(languages: &str) -> (&'static str, &'static str, &'static str) {
    let wanted = languages.split(',').map(|word| {
        word.split([';', '-', '_']).next().unwrap_or_default().trim().to_ascii_lowercase()
    });
    let found = wanted.filter_map(|language| TEXTS.iter().find(|text| text.0 == language)).next();
    found.copied().unwrap_or(TEXTS[0])
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_in_the_readers_language_and_names_the_app() {
        for (languages, expected) in [
            ("de-AT,de;q=0.9,en;q=0.8", "Zurück zu A &lt;&amp;&gt; {text}"),
            ("ja,fr;q=0.5,en;q=0.3", "Retour à A"),
            ("ja", "Back to A"),
            ("", "Back to A"),
        ] {
            let answer = done("A <&> {text}", languages);
            assert!(answer.contains(&format!("<h1>{expected}")), "{answer}");
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{head}");
        }
    }
}
