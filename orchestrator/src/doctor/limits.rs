//! What plans, settings and earlier releases limit: how long artifacts are kept, minutes, updates, versions.

use config_schema::UpdateSource;

use super::{
    Said, Subject,
    facts::{Facts, Told},
};
use crate::state::Publication;

/// Artifacts that are kept no longer than this (days) may be gone before somebody collects them.
const SHORT_RETENTION: u32 = 1;

pub(super) fn retention(facts: &Facts, _: Option<&Subject<'_>>) -> Said {
    match &facts.retention {
        Told::Known(kept) if kept.days <= SHORT_RETENTION => Said::warning(
            format!("artifacts are kept for {} day only", kept.days),
            "collect builds on the same day, or keep artifacts longer: *Settings → Actions → General*",
        ),
        Told::Known(kept) => Said::ok(format!("artifacts are kept for {} days", kept.days)),
        other => Said::of_unknown(other, "`administration: read`"),
    }
}

/// The owner's minutes. How many a plan includes, GitHub does not tell; what goes beyond, it does.
pub(super) fn quota(facts: &Facts, _: Option<&Subject<'_>>) -> Said {
    match facts.details.known() {
        None => return Said::skipped("the repository is not known"),
        Some(details) if !details.private => {
            return Said::ok("minutes are free in public repositories");
        }
        Some(_) => {}
    }
    let Told::Known(usage) = &facts.usage else {
        return Said::of_unknown(
            &facts.usage,
            "`plan: read` of the account, or `administration: read` of the organisation",
        );
    };
    let minutes = usage.iter().filter(|item| {
        item.product.eq_ignore_ascii_case("actions")
            && item.unit_type.eq_ignore_ascii_case("minutes")
    });
    let (mut count, mut dollars) = (0.0, 0.0);
    for item in minutes {
        count += item.quantity;
        dollars += item.net_amount;
    }
    let message = format!("{count:.0} minutes were used this month");
    // Less than a cent is rounding.
    if dollars < 0.01 {
        return Said::ok(format!("{message}, all of them in the plan"));
    }
    Said::warning(
        format!(
            "{message}, {dollars:.2} USD beyond the plan: more minutes cost more, up to the spending limit"
        ),
        "build fewer targets while you try things, or look at *Billing and licensing*",
    )
}

pub(super) fn updates(facts: &Facts, subject: Option<&Subject<'_>>) -> Said {
    let Some(subject) = subject else { return Said::skipped("no config was named") };
    let Some(updates) = &subject.model.updates else {
        return Said::skipped("the config has no updates");
    };
    let private = facts.details.known().is_some_and(|details| details.private);
    if updates.source != UpdateSource::Github || !private {
        return Said::ok("apps can read their updates where the config puts them");
    }
    let message = "the repository is private, and apps cannot read their updates from it";
    let cure =
        "put the updater manifest elsewhere with `updates.endpoint`, or make the repository public";
    match subject.release {
        // Without a release nobody looks for updates yet.
        Publication::None => Said::warning(message, cure),
        Publication::Draft | Publication::Publish => Said::problem(message, cure),
    }
}

pub(super) fn version(facts: &Facts, subject: Option<&Subject<'_>>) -> Said {
    let Some(subject) = subject.filter(|subject| subject.release != Publication::None) else {
        return Said::skipped("no release is asked for");
    };
    match &facts.version {
        Told::Known(None) => {
            Said::ok(format!("the version is new: {}-v{}", subject.slug, subject.model.app.version))
        }
        Told::Known(Some((message, cure))) => {
            let cure =
                cure.clone().unwrap_or_else(|| "raise `app.version` in the config".to_owned());
            Said::problem(message.clone(), cure)
        }
        other => Said::of_unknown(other, "`contents: read`"),
    }
}
