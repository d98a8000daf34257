//! Checks a config and collects its problems; the way from bytes to [`AppModel`].

use crate::config::AppConfig;
use crate::fault::Fault;
use crate::model::{AppModel, BundledPlugin};
use crate::outline::Outline;
use crate::problem::{ConfigErrors, MAX_PROBLEMS, code};
use crate::reader;
use crate::resolve::{bundled_plugins, resolve};
use crate::rules;
use crate::source::Source;

/// A config that has been read, with everything that is wrong with it so far.
pub struct Check {
    config: AppConfig,
    findings: Findings,
}

/// Collects problems and puts them at their place in the text.
pub(crate) struct Findings {
    source: Source,
    outline: Outline,
    faults: Vec<Fault>,
}

impl Check {
    /// Reads and checks a config. Never fails: what is wrong is collected, and told by [`Check::finish`].
    pub fn read(file: &str, bytes: &[u8]) -> Check {
        let (source, undecodable) = Source::decode(file, bytes);
        let parsed = match undecodable {
            Some(fault) => Err(fault),
            None => {
                source.parse().map(|value| (Outline::of(&value), reader::read(&value, &source)))
            }
        };
        match parsed {
            Err(fault) => {
                let findings = Findings::new(source, Outline::default(), vec![fault]);
                Check { config: AppConfig::default(), findings }
            }
            Ok((outline, (config, faults))) => {
                let mut findings = Findings::new(source, outline, faults);
                if let Some(config) = &config {
                    rules::check(config, &mut findings);
                }
                Check { config: config.unwrap_or_default(), findings }
            }
        }
    }

    /// The config as far as it could be read: fields whose value is wrong are `None`.
    pub fn config(&self) -> &AppConfig {
        &self.config
    }

    /// The entries of `plugins.bundled` with what they are granted; none for an entry that could not be read.
    pub fn bundled_plugins(&self) -> Vec<Option<BundledPlugin>> {
        self.config.plugins.as_ref().map(bundled_plugins).unwrap_or_default()
    }

    /// Adds what the caller found out about something that the config refers to, such as a missing icon file.
    ///
    /// The problem stands at `field` (`app.icon`), or at its nearest parent that is in the file.
    pub fn report(&mut self, field: &str, reason: impl Into<String>, fix: impl Into<String>) {
        self.findings.add(field, code::BAD_REFERENCE, reason, fix);
    }

    /// The resolved model, or all problems in the order of the file.
    pub fn finish(self) -> Result<AppModel, ConfigErrors> {
        let Check { config, findings } = self;
        if findings.faults.is_empty()
            && let Some(model) = resolve(config)
        {
            return Ok(model);
        }
        Err(findings.into_errors())
    }
}

impl Findings {
    fn new(source: Source, outline: Outline, faults: Vec<Fault>) -> Self {
        Self { source, outline, faults }
    }

    /// Adds a problem at a field, or at its nearest parent that is in the file.
    pub(crate) fn add(
        &mut self,
        field: &str,
        code: &'static str,
        reason: impl Into<String>,
        fix: impl Into<String>,
    ) {
        let span = self.outline.locate(field);
        self.faults.push(Fault::new(code, reason, fix).at_field(field, span));
    }

    /// Whether nothing is wrong with this field or with a section it stands in, so that its absence means absence.
    pub(crate) fn is_sound(&self, field: &str) -> bool {
        !self.faults.iter().any(|fault| fault.concerns(field))
    }

    /// Drops the faults that `unwanted` picks.
    pub(crate) fn discard(&mut self, unwanted: impl Fn(&Fault) -> bool) {
        self.faults.retain(|fault| !unwanted(fault));
    }

    /// Lines and columns are counted only for what is shown: in a file of one long line that takes its time.
    fn into_errors(self) -> ConfigErrors {
        let Findings { source, mut faults, .. } = self;
        faults.sort_by_key(|fault| fault.place.span.start);
        let omitted = faults.len().saturating_sub(MAX_PROBLEMS);
        faults.truncate(MAX_PROBLEMS);
        let problems = faults.into_iter().map(|fault| fault.into_problem(&source)).collect();
        ConfigErrors { problems, omitted }
    }
}
