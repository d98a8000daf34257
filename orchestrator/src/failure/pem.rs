//! Keys that have several lines. Whoever shows only some of the lines must still know that they belong to one.

/// Says of each line of a text whether it is inside of a key.
#[derive(Debug, Default, Clone)]
pub(super) struct Pem {
    inside: bool,
}

impl Pem {
    /// Whether the next line belongs to the body of a key, a certificate or a PGP block.
    pub(super) fn covers(&mut self, line: &str) -> bool {
        let begins = line.contains("-----BEGIN ");
        if begins || line.contains("-----END ") {
            // All of it in one line is no beginning.
            self.inside = begins && !line.contains("-----END ");
            return false;
        }
        // Some write of such a block and mean none: words end it.
        self.inside &= is_body(line.trim());
        self.inside
    }
}

/// Base64, or a header such as `Proc-Type: 4,ENCRYPTED`.
fn is_body(line: &str) -> bool {
    let base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    let name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let header = line.split_once(": ");
    line.chars().all(base64) || header.is_some_and(|(before, _)| before.chars().all(name))
}

#[cfg(test)]
mod tests {
    use super::Pem;

    #[test]
    fn the_body_of_a_key_is_covered_and_nothing_else() {
        let mut pem = Pem::default();
        let text = [
            ("-----BEGIN RSA PRIVATE KEY-----", false),
            ("Proc-Type: 4,ENCRYPTED", true),
            ("", true),
            ("  MIIEpAIBAAKCAQEA", true),
            ("abc=", true),
            ("-----END RSA PRIVATE KEY-----", false),
            ("abc", false),
            ("expected `-----BEGIN CERTIFICATE-----`", false),
            ("in the file that was named", false),
            ("abc", false),
        ];
        for (line, covered) in text {
            assert_eq!(pem.covers(line), covered, "{line}");
        }
    }
}
