//! A link as pages see it.

use std::collections::BTreeMap;

use bridge_contract::{Deeplink, DeeplinkSegments};
use percent_encoding::percent_decode_str;
use url::Url;

/// The parts of a link, decoded where they are data.
pub(super) fn describe(url: &Url) -> Deeplink {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, value) in url.query_pairs() {
        all.entry(key.into_owned()).or_default().push(value.into_owned());
    }
    let host = url.host_str().unwrap_or_default();
    let list: Vec<String> = std::iter::once(host)
        .chain(url.path().split('/'))
        .filter(|part| !part.is_empty())
        .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
        .collect();
    Deeplink {
        raw: url.as_str().to_owned(),
        scheme: url.scheme().to_owned(),
        segments: DeeplinkSegments {
            first: list.first().cloned(),
            last: list.last().cloned(),
            scheme: url.scheme().to_owned(),
            path: list.join("/"),
            query: url.query().unwrap_or_default().to_owned(),
            fragment: url.fragment().unwrap_or_default().to_owned(),
            list,
        },
        query: all
            .iter()
            .filter_map(|(key, values)| Some((key.clone(), values.first()?.clone())))
            .collect(),
        query_all: all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(text: &str) -> DeeplinkSegments {
        describe(&text.parse().unwrap()).segments
    }

    #[test]
    fn host_and_path_are_segments() {
        let parts = segments("notes://page/1/a%20b%2Fc/?x=1#top");
        assert_eq!(parts.list, ["page", "1", "a b/c"]);
        assert_eq!((parts.first.as_deref(), parts.last.as_deref()), (Some("page"), Some("a b/c")));
        assert_eq!((parts.path.as_str(), parts.scheme.as_str()), ("page/1/a b/c", "notes"));
        assert_eq!((parts.query.as_str(), parts.fragment.as_str()), ("x=1", "top"));
        assert_eq!(segments("notes:page/1").list, ["page", "1"]);
        assert_eq!(segments("notes://").first, None);
    }

    #[test]
    fn of_a_repeated_key_both_are_told() {
        let link = describe(&"notes://a?k=1&k=%C3%BC&empty=&plus=a+b".parse().unwrap());
        assert_eq!(link.query.get("k").map(String::as_str), Some("1"));
        assert_eq!(link.query_all.get("k").unwrap(), &["1", "ü"]);
        assert_eq!(link.query.get("empty").map(String::as_str), Some(""));
        assert_eq!(link.query.get("plus").map(String::as_str), Some("a b"));
    }

    #[test]
    fn what_is_no_text_is_shown_as_well_as_it_can_be() {
        assert_eq!(segments("notes://a/%ff").list, ["a", "\u{fffd}"]);
    }
}
