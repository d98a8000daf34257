//! Host, clock and token.

use jiff::{SignedDuration, Timestamp, Unit};
use reqwest::StatusCode;

use super::{
    Said, Subject,
    facts::{Facts, TokenKind, Told},
};
use crate::github::{ApiError, Standing};

/// How far this machine's clock may be off. Statements of Apps and certificates are dated.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(60);
/// A token that ends so soon is worth a word: a build may wait for consent that long.
const SOON: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Requests that a build takes with some to spare (count); watching costs about one a minute.
const BUILD_REQUESTS: u64 = 200;
/// Scopes of classic tokens that builds never use, and that do great harm in wrong hands.
const DANGEROUS: [&str; 6] = [
    "delete_repo",
    "admin:org",
    "admin:enterprise",
    "admin:repo_hook",
    "site_admin",
    "admin:public_key",
];
/// How GitHub writes when a token ends, once the name of the zone is its offset.
const END: &str = "%Y-%m-%d %H:%M:%S %z";

pub(super) fn host(facts: &Facts, _: Option<&Subject<'_>>) -> Said {
    match &facts.standing {
        Told::Failed(error @ ApiError::Unclear { .. }) => {
            let text = deepest(error);
            let cure = if text.contains("certificate") || text.contains("UnknownIssuer") {
                "a proxy may stand between, with a certificate that this machine does not know: ask who runs it"
            } else {
                "check the network, the proxy (HTTPS_PROXY), and `--github-url`"
            };
            Said::problem(format!("{} does not answer: {text}", facts.host), cure)
        }
        _ => Said::ok(format!("{} answers", facts.host)),
    }
}

/// The deepest reason, which says more than those above it.
fn deepest(error: &dyn std::error::Error) -> String {
    let mut found = error;
    while let Some(source) = found.source() {
        found = source;
    }
    found.to_string()
}

pub(super) fn clock(facts: &Facts, _: Option<&Subject<'_>>) -> Said {
    let Some(theirs) = facts.standing.known().and_then(|standing| standing.now) else {
        return Said::skipped("the server has told no time");
    };
    let ahead = Timestamp::now().duration_since(theirs);
    if ahead.abs() <= CLOCK_TOLERANCE {
        return Said::ok("this machine's clock is right");
    }
    let (seconds, side) =
        (ahead.abs().as_secs(), if ahead.is_positive() { "ahead" } else { "behind" });
    Said::warning(
        format!("this machine's clock is {seconds} s {side}"),
        "set it by the network's time: certificates and sign-ins depend on it",
    )
}

pub(super) fn token(facts: &Facts, _: Option<&Subject<'_>>) -> Said {
    let standing = match &facts.standing {
        Told::Known(standing) => standing,
        Told::Failed(error) if error.status() == Some(StatusCode::UNAUTHORIZED) => {
            return Said::problem(
                "GitHub does not know the token: it is wrong, has expired, or was revoked",
                "make a new one, or log in again with `gh auth login`",
            );
        }
        Told::Failed(error @ ApiError::Prepare { source, .. }) => {
            let hint = crate::error::hint_of(source);
            let cure = hint.unwrap_or_else(|| "check the App's id and key".to_owned());
            return Said::problem(deepest(error), cure);
        }
        Told::Failed(ApiError::Unclear { .. }) => return Said::skipped("nobody answered"),
        other => return Said::of_unknown(other, "a valid token"),
    };
    let kind = match (facts.token, &standing.scopes) {
        (TokenKind::SignIn, _) => "of a sign-in",
        (TokenKind::FineGrained, _) => "a fine-grained one",
        (TokenKind::Classic, _) | (_, Some(_)) => "a classic one",
        (TokenKind::Installation, _) => "an App's or a workflow's",
        (TokenKind::Other, None) => "of no known kind",
    };
    Said::ok(format!("the token is valid: {kind}"))
}

pub(super) fn rights(facts: &Facts, _: Option<&Subject<'_>>) -> Said {
    let Some(details) = facts.details.known() else {
        return Said::skipped("the repository is not known");
    };
    let scopes = facts.standing.known().and_then(|standing| standing.scopes.as_deref());
    if let Some(scopes) = scopes {
        let has = |scope: &str| scopes.split(',').any(|has| has.trim() == scope);
        let wanted = if details.private { "repo" } else { "public_repo" };
        if !has("repo") && !has(wanted) {
            return Said::problem(
                format!("the token lacks the scope `{wanted}`, without which it starts nothing"),
                format!(
                    "make one with the scope `{wanted}`, or a fine-grained one with `actions: write` and `contents: read`"
                ),
            );
        }
        let dangerous: Vec<_> = DANGEROUS.into_iter().filter(|scope| has(scope)).collect();
        if !dangerous.is_empty() {
            return Said::warning(
                format!("the token may do more than a build ever needs: {}", dangerous.join(", ")),
                "make a fine-grained one for this repository, with `actions: write` and `contents: read`",
            );
        }
    }
    if matches!(facts.workflow, Told::Hidden) {
        return Said::problem(
            "the token may not read workflows, so it cannot start one",
            "give it `actions: write` and `contents: read` of the repository",
        );
    }
    // Of an App the document says nothing that counts.
    let personal = facts.token != TokenKind::Installation;
    if personal && details.permissions.is_some_and(|permissions| !permissions.push) {
        return Said::problem(
            format!(
                "you may only read {}: starting a workflow takes the right to write",
                details.full_name
            ),
            "ask its owner, or build in a fork of your own",
        );
    }
    match scopes {
        Some(_) => Said::remark(
            "enough for a build, in every repository that you see",
            "a fine-grained token for this one, with `actions: write` and `contents: read`, is safer",
        ),
        None => Said::ok("enough to look; whether it may start a build, GitHub tells only then"),
    }
}

pub(super) fn expiry(facts: &Facts, _: Option<&Subject<'_>>) -> Said {
    let Some(Standing { token_ends: Some(text), now, .. }) = facts.standing.known() else {
        return Said::skipped("the token names no end");
    };
    let text = text.trim().replace("UTC", "+0000");
    let Ok(end) = Timestamp::strptime(END, &text) else {
        return Said::skipped("when the token ends is not understood");
    };
    let left = end.duration_since(now.unwrap_or_else(Timestamp::now));
    let day = end.strftime("%-d %B %Y");
    if left > SOON {
        return Said::ok(format!("the token holds until {day}"));
    }
    let rounded = left.round(Unit::Hour).unwrap_or(left);
    Said::warning(format!("the token ends in {} hours", rounded.as_hours()), "make a new one")
}

pub(super) fn rate(facts: &Facts, _: Option<&Subject<'_>>) -> Said {
    let Some(quota) = facts.standing.known().and_then(|standing| standing.quota) else {
        return Said::skipped("the server tells no limit");
    };
    let message = format!("{} of {} requests are left in this hour", quota.remaining, quota.limit);
    if quota.remaining >= BUILD_REQUESTS {
        return Said::ok(message);
    }
    Said::warning(
        message,
        "a build waits until the hour is over; use fewer programs with one token",
    )
}
