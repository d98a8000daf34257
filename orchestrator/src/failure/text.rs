//! The report for people: short, and what to do comes before what was said.

use std::fmt::Write as _;

use super::{FailedJob, FailureReport};

/// Jobs that are shown with their lines (count); of the others only the names.
const SHOWN: usize = 5;

impl FailureReport {
    /// In one line: for lists of builds.
    pub fn summary(&self) -> String {
        let Some(job) = self.jobs.first() else { return self.conclusion.to_string() };
        let step = job.step.as_ref().map(|step| format!(" at \"{step}\""));
        let cause = job.causes.first().map(|cause| format!(": {}", cause.cause));
        format!("{}{}{}", job.name, step.unwrap_or_default(), cause.unwrap_or_default())
    }

    /// For people: what failed, where, the likely cause, the cure, the first real error, the link.
    pub fn text(&self) -> String {
        let mut text = format!("run {}: {}\n{}\n", self.run, self.conclusion, self.url);
        let mut left: Vec<&FailedJob> = self.jobs.iter().collect();
        for _ in 0..SHOWN {
            if left.is_empty() {
                break;
            }
            let first = left.remove(0);
            let (same, others) = left.into_iter().partition(|job| is_alike(first, job));
            left = others;
            // Writing to a string cannot fail.
            let _ = job(&mut text, first, &same);
        }
        if !left.is_empty() {
            let _ = writeln!(text, "\nfailed as well: {}", names(&left));
        }
        text
    }
}

fn job(text: &mut String, job: &FailedJob, same: &[&FailedJob]) -> std::fmt::Result {
    let step = job.step.as_deref();
    let place = step.map_or_else(String::new, |step| format!(", step `{step}`"));
    writeln!(text, "\n{}: {}{place}", job.name, job.conclusion)?;
    if !same.is_empty() {
        writeln!(text, "  the same: {}", names(same))?;
    }
    for (index, cause) in job.causes.iter().enumerate() {
        let also = if index == 0 { "" } else { "also " };
        writeln!(text, "  {also}likely cause: {}", cause.cause)?;
        writeln!(text, "  what to do: {}", cause.cure)?;
    }
    for line in &job.excerpt {
        writeln!(text, "{}", format!("  | {line}").trim_end())?;
    }
    writeln!(text, "  {}", job.url)
}

/// Whether two jobs need telling only once.
fn is_alike(one: &FailedJob, other: &FailedJob) -> bool {
    let first = |job: &FailedJob| job.causes.first().map(|cause| cause.id.clone());
    first(one).is_some() && first(one) == first(other) && one.conclusion == other.conclusion
}

fn names(jobs: &[&FailedJob]) -> String {
    let names: Vec<_> = jobs.iter().map(|job| job.name.as_str()).collect();
    names.join(", ")
}
