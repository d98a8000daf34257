//! The check-up for people: what stands in the way first, and at the end a summary.

use std::fmt::Write as _;

use super::{Checkup, Estimate, Finding, Verdict};

/// Columns of the mark and of the check's name.
const MARK: usize = 8;
const NAME: usize = 12;

impl Checkup {
    /// For people: a line for each check that has something to say, and a summary.
    pub fn text(&self) -> String {
        let mut findings: Vec<&Finding> =
            self.findings.iter().filter(|finding| finding.verdict != Verdict::Skipped).collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.verdict));
        let mut text = String::new();
        for Finding { check, verdict, message, cure } in findings {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{:MARK$} {check:NAME$} {message}", verdict.mark());
            if let Some(cure) = cure {
                let _ = writeln!(text, "{:MARK$} {:NAME$} {cure}", "", "");
            }
        }
        if let Some(estimate) = &self.estimate {
            let _ = writeln!(text, "\n{}", estimate.text());
        }
        let _ = writeln!(text, "\n{}", self.summary());
        text
    }

    fn summary(&self) -> String {
        let count =
            |verdict| self.findings.iter().filter(|finding| finding.verdict == verdict).count();
        let counted = |count: usize, one: &str| match count {
            1 => format!("1 {one}"),
            _ => format!("{count} {one}s"),
        };
        let mut parts = Vec::new();
        for (verdict, one) in [(Verdict::Problem, "problem"), (Verdict::Warning, "warning")] {
            if count(verdict) > 0 {
                parts.push(counted(count(verdict), one));
            }
        }
        if count(Verdict::Unknown) > 0 {
            parts.push(format!("{} not known", counted(count(Verdict::Unknown), "check")));
        }
        if parts.is_empty() { "nothing stands in the way".to_owned() } else { parts.join(", ") }
    }
}

impl Verdict {
    fn mark(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

impl Estimate {
    fn text(&self) -> String {
        let each: Vec<_> = self
            .targets
            .iter()
            .map(|target| format!("{} {} min", target.target.name(), target.minutes))
            .collect();
        let each = each.join(", ");
        if self.plan_minutes == 0 {
            return format!("about {} minutes of machines, free of charge ({each})", self.minutes);
        }
        let (dollars, cents) = (self.cents / 100, self.cents % 100);
        format!(
            "about {} minutes of machines ({each}): {} of the plan's minutes, or {dollars}.{cents:02} USD when those are \
             used up",
            self.minutes, self.plan_minutes
        )
    }
}
