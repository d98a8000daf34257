//! What records must not say: whose computer it is, and what addresses carry behind their question mark.

use serde_json::Value;

/// What stands for the user's home.
const HOME: &str = "~";
/// Before a user's name, whoever it is: paths in records may be of other computers, where a program was made.
const HOMES: &[&str] = &["/home/", "/Users/", "\\Users\\", "/users/", "\\\\Users\\\\"];
/// What ends an address or a name in a text.
const ENDS: &[char] = &['(', ')', '"', '\'', '<', '>', '`', ',', ';'];

/// Every text of a record, keys included.
pub(super) fn value(value: Value, home: Option<&str>) -> Value {
    match value {
        Value::String(text) => Value::String(self::text(&text, home)),
        Value::Array(values) => values.into_iter().map(|inner| self::value(inner, home)).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, inner)| (self::text(&key, home), self::value(inner, home)))
            .collect(),
        other => other,
    }
}

fn text(text: &str, home: Option<&str>) -> String {
    let own = home.filter(|home| home.len() > 1).map(|home| home.trim_end_matches(['/', '\\']));
    let mut text = own.map_or_else(|| text.to_owned(), |home| text.replace(home, HOME));
    for before in HOMES {
        text = without_names(&text, before);
    }
    without_queries(&text)
}

/// `/home/name/x` becomes `~/x`.
fn without_names(text: &str, before: &str) -> String {
    let mut parts = text.split(before);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_end =
            |c: char| matches!(c, '/' | '\\' | ':') || c.is_whitespace() || ENDS.contains(&c);
        let rest = part.find(is_end).map_or("", |end| &part[end..]);
        kept.push_str(HOME);
        kept.push_str(rest);
    }
    kept
}

/// `https://host/path?query#part:1:2` becomes `https://host/path:1:2`.
fn without_queries(text: &str) -> String {
    let is_end = |c: char| c.is_whitespace() || ENDS.contains(&c);
    text.split_inclusive(is_end).map(without_query).collect()
}

fn without_query(word: &str) -> String {
    let Some(host) = word.find("://").map(|at| at + 3) else { return word.to_owned() };
    let Some(query) = word[host..].find(['?', '#']).map(|at| at + host) else {
        return word.to_owned();
    };
    let (address, rest) = word.split_at(query);
    // The character that ended the word, and before that the line and column that a stack puts behind an address.
    let end =
        rest.char_indices().next_back().filter(|(_, c)| c.is_whitespace() || ENDS.contains(c));
    let rest = end.map_or(rest, |(at, _)| &rest[..at]);
    let head = rest.trim_end_matches(|c: char| c.is_ascii_digit() || c == ':');
    let place = rest[head.len()..].find(':').map_or("", |at| &rest[head.len() + at..]);
    format!("{address}{place}{}", end.map_or(String::new(), |(_, c)| c.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn homes_are_a_tilde() {
        let home = Some("/data/me");
        for (before, after) in [
            ("at /data/me/app/x.js", "at ~/app/x.js"),
            ("file:///home/anna/x.js:1:2", "file://~/x.js:1:2"),
            ("(/Users/anna b/x)", "(~ b/x)"),
            (r"C:\Users\anna\AppData\x", r"C:~\AppData\x"),
            ("open '/home/anna'", "open '~'"),
            ("nothing to hide", "nothing to hide"),
        ] {
            assert_eq!(text(before, home), after);
        }
        // Nobody's home.
        assert_eq!(text("a/b", Some("/")), "a/b");
    }

    #[test]
    fn addresses_lose_what_may_be_a_secret() {
        for (before, after) in [
            ("f@https://a.example/x.js?token=1:10:20\ng", "f@https://a.example/x.js:10:20\ng"),
            ("(https://a.example/#secret)", "(https://a.example/)"),
            ("https://a.example:8080/x.js:1:2", "https://a.example:8080/x.js:1:2"),
            ("what? really", "what? really"),
            ("tauri://localhost/?a=ü", "tauri://localhost/"),
        ] {
            assert_eq!(text(before, None), after);
        }
    }

    #[test]
    fn keys_and_lists_are_texts_too() {
        let record = json!({ "/home/a/x": ["/home/a/y", 1, null] });
        assert_eq!(value(record, None), json!({ "~/x": ["~/y", 1, null] }));
    }
}
