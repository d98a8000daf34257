//! A run of Deskwright's own workflow, as a script: the jobs of `build-app.yml` and the artifacts that they leave, made of a
//! plan. Nothing is compiled; installers are bytes that look like nothing.

use std::{
    io::{Cursor, Write as _},
    time::Duration,
};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use config_schema::{
    AppModel, BundleFormat, Check, SignedBy, Target,
    manifest::{
        ARTIFACT_MANIFEST_FILE, AppRef, Artifact, ArtifactManifest, RELEASE_MANIFEST_FILE,
        ReleaseManifest, RuntimeRef,
    },
    plan::{
        AppPlan, ArtifactKind, BuildPlan, ExpectedArtifact, FORMAT, Job, Matrix, ReleaseMode,
        RuntimePlan,
    },
};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::{
    script::{Dispatch, Script, ScriptedArtifact, ScriptedJob},
    store::hex,
};

/// Bytes of an installer unless a test says otherwise.
const INSTALLER_LEN: usize = 4096;
/// A hash that stands for one that nobody looks at.
const SOME_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What a run of the workflow builds, and how long its jobs take.
#[derive(Debug, Clone)]
pub struct OurRun {
    pub plan: BuildPlan,
    /// Of each installer, in bytes.
    pub installer_len: usize,
    pub job_time: Duration,
}

impl OurRun {
    /// The run for a config, as text, and a dispatch's inputs.
    pub fn of(config: &str, dispatch: &Dispatch) -> Result<Self> {
        let model = Check::read("app.json", config.as_bytes()).finish()?;
        let input = |name: &str| dispatch.inputs.get(name).map(String::as_str).unwrap_or_default();
        let named: Vec<_> =
            input("targets").split(',').filter_map(|name| Target::from_name(name.trim())).collect();
        let targets = if named.is_empty() { model.bundle.targets.clone() } else { named };
        let release = match input("release") {
            "draft" => Some(ReleaseMode::Draft),
            "publish" => Some(ReleaseMode::Publish),
            _ => None,
        };
        let mut plan = plan(&model, &targets, release);
        plan.allow_partial = input("allow-partial") == "true";
        Ok(Self { plan, installer_len: INSTALLER_LEN, job_time: Duration::ZERO })
    }

    #[must_use]
    pub fn installers_of(self, installer_len: usize) -> Self {
        Self { installer_len, ..self }
    }

    #[must_use]
    pub fn jobs_take(self, job_time: Duration) -> Self {
        Self { job_time, ..self }
    }

    /// The jobs in the order and with the needs that the workflow gives them. Everything succeeds; a test changes what is to
    /// fail.
    pub fn script(&self) -> Result<Script> {
        let job = |name: &str| ScriptedJob::new(name).takes(self.job_time);
        let plan = zip_of(&[("plan.json", &serde_json::to_vec_pretty(&self.plan)?)])?;
        let mut script = Script::new()
            .job(job("Build / Plan").artifact(ScriptedArtifact::new("plan", plan)))
            .job(job("Build / Content").needs("Build / Plan").artifact(self.other("content")?));
        for runtime in &self.plan.runtimes.include {
            let name = format!("Build / Runtime {}", runtime.id);
            let artifact = self.other(&format!("runtime-{}", runtime.id))?;
            script = script.job(job(&name).needs("Build / Plan").artifact(artifact));
        }
        let mut finalise = job("Build / Finalise").artifact(self.record()?);
        for build in &self.plan.matrix.include {
            let name = format!("Build / {} for {}", build.app, build.target.name());
            finalise = finalise.needs(&name);
            let built = job(&name)
                .runs_on(&build.runner)
                .needs("Build / Content")
                .artifact(self.bundle(build)?);
            script = script.job(built);
        }
        finalise = finalise.artifact(self.other("release")?);
        let green = job("Build / All green").always().needs("Build / Finalise");
        Ok(script.job(finalise).job(green))
    }

    /// The artifact of one job of the matrix.
    pub fn bundle(&self, job: &Job) -> Result<ScriptedArtifact> {
        let app = self.plan.apps.iter().find(|app| app.slug == job.app).context("a job's app")?;
        let folder = format!("{}-{}", job.app, job.target.name());
        let (mut files, mut artifacts) = (Vec::new(), Vec::new());
        for expected in &job.artifacts {
            let bytes = bytes_for(&expected.name, self.installer_len);
            artifacts.push(artifact(expected.kind, &expected.name, &bytes));
            files.push((format!("{folder}/{}", expected.name), bytes));
        }
        let manifest = ArtifactManifest {
            format: FORMAT,
            app: app_ref(app),
            target: job.target,
            runtime: RuntimeRef { key: runtime_key(job.target), sha256: SOME_HASH.to_owned() },
            pack: SOME_HASH.to_owned(),
            signing: SignedBy::None,
            verified: true,
            artifacts,
        };
        let text = serde_json::to_vec_pretty(&manifest)?;
        files.push((format!("{folder}/{ARTIFACT_MANIFEST_FILE}"), text));
        let files: Vec<_> =
            files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        Ok(ScriptedArtifact::new(&format!("bundle-{folder}"), zip_of(&files)?))
    }

    /// What the release of each app says of itself.
    fn record(&self) -> Result<ScriptedArtifact> {
        let mut files = Vec::new();
        for app in &self.plan.apps {
            let jobs = self.plan.matrix.include.iter().filter(|job| job.app == app.slug);
            let mut assets: Vec<_> = jobs
                .flat_map(|job| &job.artifacts)
                .map(|expected| self.artifact(expected.kind, &expected.name))
                .collect();
            let sums: String =
                assets.iter().map(|asset| format!("{}  {}\n", asset.sha256, asset.name)).collect();
            let config = app.config.to_string();
            for (kind, name, text) in [
                (ArtifactKind::Checksums, "SHA256SUMS".to_owned(), sums),
                (ArtifactKind::Config, format!("{}.config.json", app.slug), config),
            ] {
                assets.push(artifact(kind, &name, text.as_bytes()));
                files.push((format!("{}/{name}", app.slug), text));
            }
            let manifest = ReleaseManifest {
                format: FORMAT,
                app: app_ref(app),
                tag: app.tag.clone(),
                title: format!("{} {}", app.name, app.version),
                prerelease: app.prerelease,
                commit: None,
                notes: "Notes\n".to_owned(),
                partial: Vec::new(),
                assets,
                updates: None,
            };
            let text = serde_json::to_string(&manifest)?;
            files.push((format!("{}/{RELEASE_MANIFEST_FILE}", app.slug), text));
        }
        let files: Vec<_> =
            files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        Ok(ScriptedArtifact::new("record", zip_of(&files)?))
    }

    fn artifact(&self, kind: ArtifactKind, name: &str) -> Artifact {
        artifact(kind, name, &bytes_for(name, self.installer_len))
    }

    /// An artifact that jobs hand to each other and that is of no use outside.
    fn other(&self, name: &str) -> Result<ScriptedArtifact> {
        let bytes = bytes_for(name, self.installer_len);
        Ok(ScriptedArtifact::new(name, zip_of(&[("content", &bytes)])?))
    }
}

/// The plan that the workflow would make, as far as anybody looks at it.
fn plan(model: &AppModel, targets: &[Target], release: Option<ReleaseMode>) -> BuildPlan {
    let app = &model.app;
    let (slug, version) = (app.slug.to_string(), app.version.to_string());
    let job = |target: &Target| {
        let formats: Vec<BundleFormat> = model.bundle.formats.of(target.row().system).to_vec();
        let name =
            |format: &BundleFormat| format!("{slug}_{version}_{}.{}", target.name(), format.name());
        let expected = |format: &BundleFormat| ExpectedArtifact {
            kind: ArtifactKind::from(*format),
            name: name(format),
        };
        Job {
            app: slug.clone(),
            target: *target,
            triple: target.row().triple.to_owned(),
            runner: target.row().runner.to_owned(),
            runtime: format!("slim-{}", target.name()),
            artifacts: formats.iter().map(expected).collect(),
            bundles: formats,
            signs: false,
        }
    };
    let runtime = |target: &Target| RuntimePlan {
        id: format!("slim-{}", target.name()),
        key: runtime_key(*target),
        template: SOME_HASH.to_owned(),
        variant: "slim".to_owned(),
        target: *target,
        runner: target.row().runner.to_owned(),
    };
    BuildPlan {
        format: FORMAT,
        apps: vec![AppPlan {
            id: app.id.to_string(),
            slug: slug.clone(),
            name: app.name.to_string(),
            version: version.clone(),
            tag: format!("{slug}-v{version}"),
            prerelease: version.contains('-'),
            base: ".".to_owned(),
            needs_content_build: false,
            targets: targets.to_vec(),
            plugins: Vec::new(),
            updates: None,
            config: json!({}),
        }],
        matrix: Matrix { include: targets.iter().map(job).collect() },
        runtimes: Matrix { include: targets.iter().map(runtime).collect() },
        release,
        allow_partial: false,
        secrets: Vec::new(),
    }
}

fn runtime_key(target: Target) -> String {
    format!("runtime-{}", target.name())
}

fn artifact(kind: ArtifactKind, name: &str, bytes: &[u8]) -> Artifact {
    Artifact {
        kind,
        name: name.to_owned(),
        size: bytes.len() as u64,
        sha256: hex(&Sha256::digest(bytes)),
    }
}

fn app_ref(app: &AppPlan) -> AppRef {
    AppRef { id: app.id.clone(), slug: app.slug.clone(), version: app.version.clone() }
}

/// So many bytes that no other name has, and that do not compress.
pub fn bytes_for(name: &str, len: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(len + 32);
    let mut block = Sha256::digest(name);
    while bytes.len() < len {
        bytes.extend_from_slice(&block);
        block = Sha256::digest(block);
    }
    bytes.truncate(len);
    bytes
}

/// An archive as `actions/upload-artifact` makes it without compression.
pub fn zip_of(files: &[(&str, &[u8])]) -> Result<Bytes> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in files {
        zip.start_file(*name, options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner().into())
}
