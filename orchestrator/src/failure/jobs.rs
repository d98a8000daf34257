//! Which jobs have failed by themselves, and what each has to say.

use super::{
    ATTEMPTS, FailedJob, Redactor, Unread,
    causes::{Causes, Evidence, Explained, State},
    gist::{Found, Gist, MAX_EXCERPT},
    lines::cleaned,
    read_log,
};
use crate::{Conclusion, Github, Job, Run};

/// Jobs of the workflow that fail when others have, by the last part of their names: those that gather and judge.
const FOLLOWERS: [&str; 2] = ["Finalise", "All green"];

/// What a job has to say.
#[derive(Debug)]
pub(super) struct Told {
    name: String,
    url: String,
    conclusion: Conclusion,
    step: Option<String>,
    excerpt: Vec<String>,
    explained: Explained,
    rank: Rank,
}

/// How likely a job is the reason of a run's failure, the likeliest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Failed,
    /// Somebody or something has stopped it.
    Stopped,
    /// It fails when others do; the number tells those apart.
    Follows(usize),
}

/// Jobs that may be the reason.
pub(super) fn culprits(jobs: &[Job]) -> Vec<&Job> {
    let mut found: Vec<_> = jobs.iter().filter_map(|job| Some((rank(job)?, job))).collect();
    let first = found.iter().map(|(rank, _)| *rank).min();
    found.retain(|(rank, _)| Some(*rank) == first || *rank <= Rank::Stopped);
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, job)| job).collect()
}

/// None: it has not failed.
fn rank(job: &Job) -> Option<Rank> {
    let last = job.name.rsplit(" / ").next().unwrap_or_default();
    let follows = FOLLOWERS.iter().position(|name| *name == last);
    let rank = match job.conclusion? {
        Conclusion::Success | Conclusion::Skipped | Conclusion::Neutral => return None,
        Conclusion::Cancelled => Rank::Stopped,
        _ => Rank::Failed,
    };
    Some(follows.map_or(rank, Rank::Follows))
}

/// Those that are the reason. A job that was stopped, or only shows that another has failed, is none beside one that failed
/// by itself. Jobs whose cause is known come first.
pub(super) fn telling(mut told: Vec<Told>) -> Vec<Told> {
    for told in &mut told {
        let by_words = !told.explained.causes.is_empty() && !told.explained.by_state;
        if told.explained.follows {
            told.rank = told.rank.max(Rank::Follows(0));
        } else if told.rank == Rank::Stopped && by_words {
            // Such as by its time limit.
            told.rank = Rank::Failed;
        }
    }
    let first = told.iter().map(|told| told.rank).min();
    told.retain(|told| Some(told.rank) == first);
    told.sort_by_key(|told| told.explained.causes.is_empty());
    told
}

/// Reads what a job left. What cannot be read is no failure of ours: the job is reported all the same.
pub(super) async fn examine(
    github: &Github,
    run: &Run,
    job: &Job,
    causes: &Causes,
    look: bool,
) -> Told {
    let conclusion = job.conclusion.unwrap_or(Conclusion::Other);
    let mut told = Told {
        name: job.name.clone(),
        url: job.html_url.clone().unwrap_or_else(|| run.html_url.clone()),
        conclusion,
        step: failed_step(job),
        excerpt: Vec::new(),
        explained: Explained::default(),
        rank: rank(job).unwrap_or(Rank::Failed),
    };
    if !look {
        return told;
    }
    let mut states: Vec<_> = state(conclusion).into_iter().collect();
    let mut found = match gist(github, job, told.step.as_deref()).await {
        Ok(found) => found,
        Err(unread) => {
            states.extend(unread.state());
            let excerpt = matches!(unread, Unread::Failed(_)).then(|| unread.to_string());
            Found { excerpt: excerpt.into_iter().collect(), ..Found::default() }
        }
    };
    let step = told.step.as_deref();
    told.explained = causes.of(Evidence { text: &found.evidence, step, states: &states });
    if told.explained.causes.is_empty() || told.explained.by_state {
        // Limits, lost machines and refusals stand beside the log.
        let said = annotations(github, job.id).await;
        let text = format!("{}\n{}", found.evidence, said.join("\n"));
        told.explained = causes.of(Evidence { text: &text, step, states: &states });
        if found.excerpt.is_empty() {
            found.excerpt = said.into_iter().take(MAX_EXCERPT).collect();
        }
    }
    if let Some(at) = told.explained.at {
        found.show(at);
    }
    told.excerpt = found.excerpt;
    told
}

async fn gist(github: &Github, job: &Job, step: Option<&str>) -> Result<Found, Unread> {
    let mut gist = Gist::new(step);
    let read = read_log(github, job.id, ATTEMPTS, |line| {
        match line {
            Some(line) => gist.line(line),
            None => gist = Gist::new(step),
        }
        true
    });
    match read.await {
        Ok(()) => Ok(gist.finish()),
        // A part is better than nothing.
        Err(error) if error.status().is_none() => {
            let found = gist.finish();
            if found.excerpt.is_empty() { Err(Unread::of(error)) } else { Ok(found) }
        }
        Err(error) => Err(Unread::of(error)),
    }
}

/// The lines of what is marked as a failure.
async fn annotations(github: &Github, job: u64) -> Vec<String> {
    // Without the right to read checks the log must do.
    let annotations = github.annotations(job).await.unwrap_or_default();
    let failures = annotations
        .into_iter()
        .filter(|annotation| annotation.annotation_level.as_deref() == Some("failure"));
    let messages = failures.filter_map(|annotation| annotation.message);
    messages.flat_map(|text| cleaned(&text)).collect()
}

/// The first step that did not end well.
fn failed_step(job: &Job) -> Option<String> {
    let bad = [Conclusion::Failure, Conclusion::TimedOut, Conclusion::Cancelled];
    let mut steps = job.steps.iter();
    let step = steps.find(|step| step.conclusion.is_some_and(|how| bad.contains(&how)))?;
    Some(step.name.clone())
}

fn state(conclusion: Conclusion) -> Option<State> {
    match conclusion {
        Conclusion::TimedOut => Some(State::TimedOut),
        Conclusion::Cancelled => Some(State::Cancelled),
        Conclusion::ActionRequired => Some(State::ActionRequired),
        Conclusion::Stale => Some(State::Stale),
        _ => None,
    }
}

/// The run itself, when no job is to blame.
pub(super) fn of_run(run: &Run, conclusion: Conclusion, causes: &Causes) -> FailedJob {
    let states = [state(conclusion).unwrap_or(State::NoJobs)];
    let explained = causes.of(Evidence { text: "", step: None, states: &states });
    FailedJob {
        name: format!("run {}", run.id),
        url: run.html_url.clone(),
        conclusion,
        step: None,
        excerpt: Vec::new(),
        causes: explained.causes,
    }
}

impl Told {
    pub(super) fn reported(self, redactor: &mut Redactor) -> FailedJob {
        let mut name = |text: &str| redactor.line(&cleaned(text).join(" ")).into_owned();
        FailedJob {
            name: name(&self.name),
            step: self.step.as_deref().map(&mut name),
            url: self.url,
            conclusion: self.conclusion,
            excerpt: redactor.lines(&self.excerpt),
            causes: self.explained.causes,
        }
    }
}
