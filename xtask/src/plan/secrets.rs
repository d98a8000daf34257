//! Which secrets the signing routes of a plan use, and whether a repository has all of a set or none.

use std::collections::BTreeMap;

use config_schema::{Secret, System, plan::AppPlan, plan::SecretPlan, secrets};

use crate::{config_file::ConfigFile, error};

/// Which secrets are there, by name. Values are never known here.
#[derive(Debug, Default)]
pub(crate) struct Presence(BTreeMap<String, bool>);

impl Presence {
    /// Reads `NAME=true OTHER=false`, as the workflow writes it.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Presence> {
        let entry = |word: &str| match word.split_once('=') {
            Some((name, "true")) => Ok((name.to_owned(), true)),
            Some((name, "false")) => Ok((name.to_owned(), false)),
            // The word itself may be a secret's value, pasted into the wrong place.
            _ => Err(error::usage(
                "not a list of which secrets are there",
                "write `NAME=true` or `NAME=false`, separated by spaces",
            )),
        };
        text.split_whitespace().map(entry).collect::<Result<_, _>>().map(Presence)
    }

    fn has(&self, secret: &Secret) -> bool {
        self.0.get(secret.name).copied().unwrap_or(false)
    }

    /// A set of which some are there and some are not is a mistake that would show only when a job signs. A set that is
    /// absent may still come from an environment, which cannot be seen here.
    pub(super) fn refuse_partial(
        &self,
        configs: &[ConfigFile],
        apps: &[AppPlan],
    ) -> anyhow::Result<()> {
        let mut missing: Vec<&str> = Vec::new();
        for (config, app) in configs.iter().zip(apps) {
            for set in systems(app).into_iter().flat_map(|system| secrets(&config.model, system)) {
                if set.iter().any(|secret| self.has(secret)) {
                    let absent = set.iter().filter(|secret| secret.required && !self.has(secret));
                    missing.extend(absent.map(|secret| secret.name));
                }
            }
        }
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        Err(error::missing(
            format!("secrets are missing: {}", missing.join(", ")),
            "add them to the repository's secrets, or remove the others of the same kind",
        ))
    }
}

/// Every secret that some app uses, with who uses it.
pub(super) fn of(configs: &[ConfigFile], apps: &[AppPlan]) -> Vec<SecretPlan> {
    let mut found: BTreeMap<usize, SecretPlan> = BTreeMap::new();
    for (config, app) in configs.iter().zip(apps) {
        for system in systems(app) {
            for secret in secrets(&config.model, system).into_iter().flatten() {
                // The order of the documentation.
                let order = config_schema::all_secrets().position(|other| other == secret);
                let entry =
                    found.entry(order.unwrap_or(usize::MAX)).or_insert_with(|| SecretPlan {
                        name: secret.name.to_owned(),
                        required: secret.required,
                        purpose: secret.purpose.to_owned(),
                        apps: Vec::new(),
                        systems: Vec::new(),
                    });
                if !entry.apps.contains(&app.slug) {
                    entry.apps.push(app.slug.clone());
                }
                if !entry.systems.contains(&system) {
                    entry.systems.push(system);
                }
            }
        }
    }
    found.into_values().collect()
}

fn systems(app: &AppPlan) -> Vec<System> {
    let mut systems: Vec<_> = app.targets.iter().map(|target| target.row().system).collect();
    systems.sort_unstable();
    systems.dedup();
    systems
}

#[cfg(test)]
mod tests {
    use super::Presence;

    #[test]
    fn a_word_that_is_no_answer_is_not_repeated() {
        let refused = Presence::parse("GPG_PRIVATE_KEY=hunter2").unwrap_err().to_string();
        assert!(!refused.contains("hunter2"), "{refused}");
    }
}
