//! Which files a page takes: by extension, or by kind of content. Every system decides alike, by the name.

use bridge_contract::{BridgeError, ErrorCode};

use super::Result;

/// Kinds of content that pages ask for, and the extensions of their files.
const KINDS: &[(&str, &[&str])] = &[
    ("application/gzip", &["gz"]),
    ("application/json", &["json"]),
    ("application/msword", &["doc"]),
    ("application/pdf", &["pdf"]),
    ("application/rtf", &["rtf"]),
    ("application/vnd.ms-excel", &["xls"]),
    ("application/vnd.ms-powerpoint", &["ppt"]),
    ("application/vnd.oasis.opendocument.presentation", &["odp"]),
    ("application/vnd.oasis.opendocument.spreadsheet", &["ods"]),
    ("application/vnd.oasis.opendocument.text", &["odt"]),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", &["pptx"]),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &["xlsx"]),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", &["docx"]),
    ("application/wasm", &["wasm"]),
    ("application/xml", &["xml"]),
    ("application/yaml", &["yaml", "yml"]),
    ("application/zip", &["zip"]),
    ("audio/aac", &["aac"]),
    ("audio/flac", &["flac"]),
    ("audio/mp4", &["m4a"]),
    ("audio/mpeg", &["mp3"]),
    ("audio/ogg", &["ogg", "oga", "opus"]),
    ("audio/wav", &["wav"]),
    ("audio/webm", &["weba"]),
    ("image/avif", &["avif"]),
    ("image/bmp", &["bmp"]),
    ("image/gif", &["gif"]),
    ("image/heic", &["heic", "heif"]),
    ("image/jpeg", &["jpg", "jpeg"]),
    ("image/png", &["png"]),
    ("image/svg+xml", &["svg"]),
    ("image/tiff", &["tif", "tiff"]),
    ("image/webp", &["webp"]),
    ("image/x-icon", &["ico"]),
    ("text/calendar", &["ics"]),
    ("text/css", &["css"]),
    ("text/csv", &["csv"]),
    ("text/html", &["html", "htm"]),
    ("text/javascript", &["js", "mjs"]),
    ("text/markdown", &["md", "markdown"]),
    ("text/plain", &["txt", "text", "log"]),
    ("text/tab-separated-values", &["tsv"]),
    ("text/vcard", &["vcf"]),
    ("text/xml", &["xml"]),
    ("video/mp4", &["mp4", "m4v"]),
    ("video/mpeg", &["mpeg", "mpg"]),
    ("video/ogg", &["ogv"]),
    ("video/quicktime", &["mov"]),
    ("video/webm", &["webm"]),
    ("video/x-matroska", &["mkv"]),
];

/// The extensions that a page's list stands for, in lower case and without dot: `png`, `.png`, `image/png` and `image/*`.
pub(super) fn extensions(allowed: &[String]) -> Result<Vec<String>> {
    let mut extensions = Vec::new();
    for word in allowed {
        let word = word.trim().to_ascii_lowercase();
        match word.split_once('/') {
            Some((kind, detail)) => extensions.extend(of_kind(&word, kind, detail)?),
            None => extensions.push(plain(&word)?),
        }
    }
    extensions.sort_unstable();
    extensions.dedup();
    Ok(extensions)
}

fn of_kind(word: &str, kind: &str, detail: &str) -> Result<Vec<String>> {
    let fits = |known: &str| match detail {
        "*" => known.split('/').next() == Some(kind),
        _ => known == word,
    };
    let found =
        KINDS.iter().filter(|(known, _)| fits(known)).flat_map(|(_, extensions)| *extensions);
    let found: Vec<_> = found.map(|extension| (*extension).to_owned()).collect();
    match found.is_empty() {
        true => Err(invalid(&format!("no kind of content whose extensions are known: `{word}`"))),
        false => Ok(found),
    }
}

/// An extension that is one: with characters that have no meaning in the patterns of dialogs.
pub(super) fn plain(word: &str) -> Result<String> {
    let extension = word.trim_start_matches("*.").trim_start_matches('.');
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    match !extension.is_empty() && extension.chars().all(fits) {
        true => Ok(extension.to_owned()),
        false => Err(invalid(&format!("no extension: `{word}`"))),
    }
}

fn invalid(message: &str) -> BridgeError {
    BridgeError::new(ErrorCode::BridgeInvalidArgument, message)
}

/// Has the name one of these extensions?
pub(super) fn fits(name: &str, extensions: &[String]) -> bool {
    let name = name.to_lowercase();
    extensions.iter().any(|extension| {
        name.strip_suffix(extension.as_str()).is_some_and(|stem| stem.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(allowed: &[&str]) -> Result<Vec<String>> {
        extensions(&allowed.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn words_are_extensions_or_kinds_of_content() {
        assert_eq!(read(&["PNG", ".jpg", "*.gif", "png"]).unwrap(), ["gif", "jpg", "png"]);
        assert_eq!(read(&["image/jpeg", "tar.gz"]).unwrap(), ["jpeg", "jpg", "tar.gz"]);
        assert!(read(&["image/*"]).unwrap().contains(&"webp".to_owned()));
        for word in ["", "*", "image/", "image/unheard-of", "nothing/*", "a b", "a/b/c", "[a]"] {
            let code = read(&[word]).unwrap_err().code;
            assert_eq!(code, ErrorCode::BridgeInvalidArgument, "{word}");
        }
    }

    #[test]
    fn a_name_fits_by_its_end() {
        let extensions = read(&["png", "tar.gz"]).unwrap();
        for name in ["a.png", "A.PNG", "a.b.png", "x.tar.gz", ".png"] {
            assert!(fits(name, &extensions), "{name}");
        }
        for name in ["png", "a.png.exe", "apng", "a.gz", "", "a.png "] {
            assert!(!fits(name, &extensions), "{name}");
        }
    }

    #[test]
    fn kinds_are_sorted_and_have_extensions() {
        assert!(KINDS.is_sorted_by_key(|(kind, _)| *kind));
        assert!(KINDS.iter().all(|(_, extensions)| !extensions.is_empty()));
    }
}
