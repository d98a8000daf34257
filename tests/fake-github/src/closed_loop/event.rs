//! What act tells while it runs, one line of JSON for each thing: which job, which step, what it printed.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::script::Conclusion;

/// What act calls the parts of a job that are no steps of the workflow.
pub(super) const SET_UP: &str = "--setup-job";
pub(super) const COMPLETE: &str = "--complete-job";

/// A line of act's stream.
#[derive(Debug, Deserialize)]
pub struct Record {
    /// Names of workflow and job, with those of the caller before them; a number after it tells jobs of a matrix apart.
    #[serde(default)]
    job: String,
    /// Key of the job in its workflow's file.
    #[serde(default, rename = "jobID")]
    pub(super) job_id: String,
    #[serde(default)]
    pub(super) matrix: Map<String, Value>,
    level: String,
    #[serde(default)]
    msg: String,
    stage: Option<String>,
    step: Option<String>,
    /// The step's id or position, and those of the steps of composite actions in it.
    #[serde(default, rename = "stepID", alias = "stepid")]
    pub(super) step_id: Vec<String>,
    #[serde(rename = "stepResult")]
    step_result: Option<String>,
    /// Nanoseconds.
    #[serde(rename = "executionTime")]
    execution_time: Option<f64>,
    #[serde(rename = "jobResult")]
    job_result: Option<String>,
    #[serde(default)]
    raw_output: bool,
    command: Option<String>,
}

/// What a line says.
#[derive(Debug, PartialEq)]
pub enum What<'a> {
    /// A step, or a step within a step, with its name or its command.
    StepBegins(&'a str),
    StepEnds {
        conclusion: Conclusion,
        seconds: f64,
    },
    JobEnds(Conclusion),
    Output(&'a str),
    /// A workflow command, such as `error`, with its text.
    Command(&'a str, &'a str),
    /// act's own word on why a step ended badly.
    Error(&'a str),
    Nothing,
}

/// Which part of a step a line is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Before the first step: actions are made ready.
    Pre,
    Main,
    /// After the last step.
    Post,
}

impl Record {
    /// None: no line of act's.
    pub fn read(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }

    /// The job's full name, as act has it.
    pub fn job(&self) -> &str {
        // act pads names so that they stand below each other.
        self.job.trim_end()
    }

    /// What act calls the step: its name, else its action, else its command.
    pub fn step(&self) -> &str {
        self.step.as_deref().unwrap_or_default()
    }

    pub fn stage(&self) -> Option<Stage> {
        match self.stage.as_deref()? {
            "Pre" => Some(Stage::Pre),
            "Main" => Some(Stage::Main),
            "Post" => Some(Stage::Post),
            _ => None,
        }
    }

    /// Whether it is of a step that the workflow's file has, and not of one within a composite action.
    pub fn is_of_whole_step(&self) -> bool {
        self.step_id.len() == 1
    }

    pub fn what(&self) -> What<'_> {
        if let Some(result) = &self.job_result {
            return What::JobEnds(conclusion(result));
        }
        if let Some(result) = &self.step_result {
            let seconds = self.execution_time.unwrap_or_default() / 1e9;
            return What::StepEnds { conclusion: conclusion(result), seconds };
        }
        if self.raw_output {
            return What::Output(self.msg.trim_end_matches(['\r', '\n']));
        }
        if let Some(name) = &self.command {
            return What::Command(name, self.command_text(name));
        }
        if let Some(title) = self.msg.strip_prefix("⭐ Run ") {
            let stage = self.stage.as_ref().map_or("", String::as_str);
            return What::StepBegins(title.strip_prefix(stage).unwrap_or(title).trim());
        }
        if self.level == "error" && !self.step_id.is_empty() {
            return What::Error(self.msg.trim());
        }
        What::Nothing
    }

    /// Anything that went wrong outside of steps, such as a workflow that cannot be read.
    pub(super) fn complaint(&self) -> Option<&str> {
        let outside = self.step_id.is_empty() && self.job_result.is_none();
        (self.level == "error" && outside).then(|| self.msg.trim())
    }

    /// From the message, where secrets are masked, and not from the field that has the text alone, where they are not.
    fn command_text(&self, name: &str) -> &str {
        let after_name = self.msg.split_once(&format!("::{name}")).map(|(_, rest)| rest);
        let text = after_name.and_then(|rest| rest.split_once("::")).map(|(_, text)| text);
        text.unwrap_or_default().trim_end_matches(['\r', '\n'])
    }
}

fn conclusion(result: &str) -> Conclusion {
    match result {
        "success" => Conclusion::Success,
        "skipped" => Conclusion::Skipped,
        "cancelled" => Conclusion::Cancelled,
        _ => Conclusion::Failure,
    }
}

#[cfg(test)]
mod tests {
    use super::{Conclusion, Record, Stage, What};

    /// Lines as act 0.2.89 writes them, shortened.
    fn record(rest: &str) -> Record {
        let start = r#"{"dryrun":false,"job":"Build/Build app/Plan   ","jobID":"plan","level":"info","matrix":{},"time":"2026-11-20T16:12:44Z","#;
        Record::read(&format!("{start}{rest}}}")).unwrap()
    }

    #[test]
    fn a_job_begins_and_ends() {
        let begins =
            record(r#""msg":"⭐ Run Set up job","step":"Set up job","stepid":["--setup-job"]"#);
        assert_eq!(
            (begins.job(), begins.what()),
            ("Build/Build app/Plan", What::StepBegins("Set up job"))
        );
        assert_eq!(begins.step_id, ["--setup-job"]);
        let ends = record(r#""msg":"🏁  Job failed","jobResult":"failure""#);
        assert_eq!(ends.what(), What::JobEnds(Conclusion::Failure));
    }

    #[test]
    fn a_step_begins_prints_and_ends() {
        let of = r#""stage":"Main","step":"Bundle","stepID":["4","0"]"#;
        let begins = record(&format!(r#""msg":"⭐ Run Main bash x.sh\necho",{of}"#));
        assert_eq!(begins.what(), What::StepBegins("bash x.sh\necho"));
        assert_eq!(begins.stage(), Some(Stage::Main));
        assert!(!begins.is_of_whole_step());
        let prints = record(&format!(r#""msg":"it works\n","raw_output":true,{of}"#));
        assert_eq!(prints.what(), What::Output("it works"));
        let ends = record(&format!(
            r#""msg":"  ✅  Success - Main bash","stepResult":"success","executionTime":2500000000,{of}"#
        ));
        assert_eq!(ends.what(), What::StepEnds { conclusion: Conclusion::Success, seconds: 2.5 });
    }

    #[test]
    fn commands_have_the_masked_text() {
        let error = record(
            r#""msg":"  ❗  ::error file=a,line=1::no ***: here\n","command":"error","arg":"no secret: here","raw":"::error::no secret: here\n""#,
        );
        assert_eq!(error.what(), What::Command("error", "no ***: here"));
        let mask = record(r#""msg":"  ⚙  ***","command":"add-mask","arg":"secret""#);
        assert_eq!(mask.what(), What::Command("add-mask", ""));
    }

    #[test]
    fn complaints_are_of_steps_or_of_the_whole() {
        let of_step = record(r#""msg":"exit status 1","stepID":["3"]"#);
        assert_eq!(of_step.what(), What::Nothing);
        let line = r#"{"level":"error","msg":"exit status 1","stepID":["3"]}"#;
        let of_step = Record::read(line).unwrap();
        assert_eq!((of_step.what(), of_step.complaint()), (What::Error("exit status 1"), None));
        let of_all = Record::read(r#"{"level":"error","msg":"no such workflow"}"#).unwrap();
        assert_eq!((of_all.what(), of_all.complaint()), (What::Nothing, Some("no such workflow")));
        assert!(Record::read("Error: no JSON").is_none());
    }
}
