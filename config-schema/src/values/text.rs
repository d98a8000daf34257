//! Free text: names, descriptions, e-mail addresses, commands, and what stands in headers of the web.

use std::borrow::Cow;

use schemars::{Schema, json_schema};

use super::{Invalid, TextForm, is_space, plain_text, text_form};
use crate::suggest::quoted;

/// Text in any language, up to `MAX` characters. Quotes and line breaks are fine: whoever writes it out escapes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<const MAX: usize>(String);

/// Text in any language on one line, up to `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<const MAX: usize>(String);

/// An e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

/// The text of a Content-Security-Policy header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Csp(String);

/// What an app calls itself to servers, in the header `User-Agent`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserAgent(String);

text_form!(Text<const MAX>);
plain_text!(Text<const MAX>);
text_form!(Line<const MAX>);
plain_text!(Line<const MAX>);
text_form!(Email);
plain_text!(Email);
text_form!(Csp);
plain_text!(Csp);
text_form!(UserAgent);
plain_text!(UserAgent);

/// Characters of an e-mail address (count), from the longest path that SMTP carries (RFC 5321).
const MAX_EMAIL_CHARS: usize = 254;

/// Characters of a policy (count): servers and webviews commonly stop at headers of 8 KiB.
const MAX_CSP_CHARS: usize = 8192;

/// Characters of a user agent (count): browsers' own have about 120, and some servers refuse long ones.
const MAX_USER_AGENT_CHARS: usize = 500;

/// Refuses what no field of text may hold.
fn check(text: &str, max: usize, allowed_controls: &[char]) -> Result<(), Invalid> {
    if text.chars().all(is_space) {
        return Err(Invalid::new("empty text", "write some text"));
    }
    let count = text.chars().count();
    if count > max {
        let reason = format!("too long: {count} characters");
        return Err(Invalid::new(reason, format!("shorten it to {max} characters")));
    }
    let control = text.chars().find(|c| c.is_control() && !allowed_controls.contains(c));
    match control {
        None => Ok(()),
        Some('\n' | '\r') => {
            Err(Invalid::new("line break in a text of one line", "write it on one line"))
        }
        Some(control) => {
            let reason = format!("control character: `U+{:04X}`", u32::from(control));
            Err(Invalid::new(reason, "remove the character"))
        }
    }
}

/// Headers are ASCII.
fn check_header(text: &str, fix: &str) -> Result<(), Invalid> {
    match text.chars().find(|c| !c.is_ascii()) {
        None => Ok(()),
        Some(letter) => {
            let reason = format!("not a header text: {}", quoted(&letter.to_string()));
            Err(Invalid::new(reason, fix))
        }
    }
}

/// What [`check`] and [`check_header`] accept.
fn header_schema(max: usize) -> Schema {
    json_schema!({
        "type": "string",
        "maxLength": max,
        "pattern": r"^ *[!-~][ -~]*$",
    })
}

fn schema(max: usize, forbidden: &str) -> Schema {
    json_schema!({
        "type": "string",
        "minLength": 1,
        "maxLength": max,
        "pattern": format!(r"^[^{forbidden}]*[^{forbidden}\s][^{forbidden}]*$"),
    })
}

impl<const MAX: usize> TextForm for Text<MAX> {
    fn parse(text: &str) -> Result<Self, Invalid> {
        if text.contains('\r') {
            return Err(Invalid::new(r"carriage return", r"write line breaks as `\n`"));
        }
        check(text, MAX, &['\n', '\t'])?;
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Schema {
        schema(MAX, r"\u0000-\u0008\u000b-\u001f\u007f-\u009f")
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Text{MAX}").into()
    }
}

impl<const MAX: usize> TextForm for Line<MAX> {
    fn parse(text: &str) -> Result<Self, Invalid> {
        check(text, MAX, &[])?;
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Schema {
        schema(MAX, r"\u0000-\u001f\u007f-\u009f")
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Line{MAX}").into()
    }
}

impl TextForm for Email {
    fn parse(text: &str) -> Result<Self, Invalid> {
        let forbidden =
            |c: char| is_space(c) || c.is_control() || matches!(c, '<' | '>' | '"' | ',');
        let well_formed = match text.split_once('@') {
            Some((user, host)) => {
                let (name, zone) = host.rsplit_once('.').unwrap_or_default();
                ![user, name, zone].contains(&"") && !host.contains('@')
            }
            None => false,
        };
        if !well_formed || text.contains(forbidden) {
            let reason = format!("not an e-mail address: {}", quoted(text));
            return Err(Invalid::new(reason, "write it as `name@example.com`"));
        }
        check(text, MAX_EMAIL_CHARS, &[])?;
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Schema {
        json_schema!({
            "type": "string",
            "maxLength": MAX_EMAIL_CHARS,
            "pattern": r#"^[^\s@<>",]+@[^\s@<>",]+\.[^\s@<>",]+$"#,
        })
    }

    fn schema_name() -> Cow<'static, str> {
        "Email".into()
    }
}

impl TextForm for Csp {
    fn parse(text: &str) -> Result<Self, Invalid> {
        if text.chars().all(is_space) {
            let fix = "leave the field out to get the strict default, or write the policy you want";
            return Err(Invalid::new("empty policy", fix));
        }
        check(text, MAX_CSP_CHARS, &[])?;
        check_header(text, "use ASCII; write hosts in their `xn--` form")?;
        Ok(Self(text.to_owned()))
    }

    fn schema() -> Schema {
        header_schema(MAX_CSP_CHARS)
    }

    fn schema_name() -> Cow<'static, str> {
        "Csp".into()
    }
}

impl TextForm for UserAgent {
    fn parse(text: &str) -> Result<Self, Invalid> {
        check(text, MAX_USER_AGENT_CHARS, &[])?;
        check_header(text, "use ASCII")?;
        Ok(Self(text.trim().to_owned()))
    }

    fn schema() -> Schema {
        header_schema(MAX_USER_AGENT_CHARS)
    }

    fn schema_name() -> Cow<'static, str> {
        "UserAgent".into()
    }
}
