//! What a build takes, roughly: minutes of machines, and what they cost where they are not free.
//!
//! GitHub rounds each job up to a whole minute and counts minutes of Windows and macOS several times; beyond the minutes of
//! a plan each has its price. <https://docs.github.com/billing/reference/actions-runner-pricing>,
//! <https://docs.github.com/billing/concepts/product-billing/github-actions#minute-multipliers>

use config_schema::{MacosSigning, Notarize, System, Target};
use serde::Serialize;

use super::Subject;
use crate::state::Publication;

/// Minutes of the jobs besides those of targets, each below one (docs/verification.md): plan, content, finalise, all green.
/// What the app's own build command takes comes on top.
const SHARED_JOBS: u32 = 4;
/// The same for a release.
const RELEASE_JOB: u32 = 1;
/// Minutes of the job that fetches a published or cached runtime: below one on Linux, and machines of other systems are not
/// slower by more than the rest of the minute.
const RUNTIME_JOB: u32 = 1;
/// Minutes of the job that makes and tries installers. On Linux it took 18 s (docs/verification.md), and a hosted machine
/// first installs what a desktop needs. The other systems were not measured: they start slower, and install more.
const LINUX_JOB: u32 = 2;
const WINDOWS_JOB: u32 = 3;
const MACOS_JOB: u32 = 3;
/// Minutes that Apple takes for notarising app and image: mostly some each.
const NOTARISING: u32 = 6;
/// Thousandths of a dollar per minute, since January 2026.
const LINUX_PRICE: u32 = 6;
const WINDOWS_PRICE: u32 = 10;
const MACOS_PRICE: u32 = 62;
/// How often a minute counts against those of a plan.
const WINDOWS_FACTOR: u32 = 2;
const MACOS_FACTOR: u32 = 10;

/// What a build will take, roughly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    pub targets: Vec<TargetEstimate>,
    /// Minutes of machines in all, with the jobs that are nobody's own.
    pub minutes: u32,
    /// Those that count against the minutes of a plan; none in a public repository.
    pub plan_minutes: u32,
    /// US cents when the plan's minutes are used up; none in a public repository.
    pub cents: u32,
}

/// The share of one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TargetEstimate {
    pub target: Target,
    /// Whole minutes of its jobs.
    pub minutes: u32,
    /// Those that count against the minutes of a plan.
    pub plan_minutes: u32,
    /// US cents when the plan's minutes are used up.
    pub cents: u32,
}

impl Estimate {
    pub(super) fn of(subject: &Subject<'_>, private: bool) -> Self {
        let one = |target: &Target| TargetEstimate::of(*target, subject);
        let targets: Vec<_> = subject.targets.iter().map(one).collect();
        let release = if subject.release == Publication::None { 0 } else { RELEASE_JOB };
        let shared = SHARED_JOBS + release;
        let minutes = shared + targets.iter().map(|target| target.minutes).sum::<u32>();
        let plan_minutes = shared + targets.iter().map(|target| target.plan_minutes).sum::<u32>();
        let cents =
            cents(shared * LINUX_PRICE) + targets.iter().map(|target| target.cents).sum::<u32>();
        // A public repository has the same minutes for nothing.
        let counted = u32::from(private);
        Self { targets, minutes, plan_minutes: plan_minutes * counted, cents: cents * counted }
    }
}

impl TargetEstimate {
    fn of(target: Target, subject: &Subject<'_>) -> Self {
        let system = target.row().system;
        let notarises = subject
            .model
            .signing
            .macos
            .is_some_and(|MacosSigning { notarize }| notarize != Notarize::Off);
        let (job, price, factor) = match system {
            System::Linux => (LINUX_JOB, LINUX_PRICE, 1),
            System::Windows => (WINDOWS_JOB, WINDOWS_PRICE, WINDOWS_FACTOR),
            System::Macos if notarises => (MACOS_JOB + NOTARISING, MACOS_PRICE, MACOS_FACTOR),
            System::Macos => (MACOS_JOB, MACOS_PRICE, MACOS_FACTOR),
        };
        let minutes = RUNTIME_JOB + job;
        Self { target, minutes, plan_minutes: minutes * factor, cents: cents(minutes * price) }
    }
}

/// Whole cents for thousandths of a dollar.
fn cents(mills: u32) -> u32 {
    mills.div_ceil(10)
}
