//! A build as its run leaves it: plan, bundles, record, each an archive.

use std::io::{Cursor, Write as _};

use anyhow::Result;
use config_schema::{
    SignedBy, Target,
    manifest::{AppRef, Artifact, ArtifactManifest, ReleaseManifest, RuntimeRef},
    plan::{AppPlan, ArtifactKind, BuildPlan, ExpectedArtifact, FORMAT, Job, Matrix, RuntimePlan},
};
use fake_github::{Script, ScriptedArtifact, ScriptedJob};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Files of an archive, by path.
pub(crate) type Files = Vec<(String, Vec<u8>)>;

/// A build of one app.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) plan: BuildPlan,
    /// What the jobs left, in the plan's order; none of a job that failed.
    pub(crate) bundles: Vec<Option<Files>>,
    pub(crate) record: Option<Files>,
}

impl Sample {
    /// One package for each target.
    pub(crate) fn new(slug: &str, version: &str, targets: &[Target]) -> Self {
        Self::with(slug, version, targets, |target| {
            format!("the package of {slug} {version} for {}\n", target.name()).into_bytes()
        })
    }

    pub(crate) fn with(
        slug: &str,
        version: &str,
        targets: &[Target],
        content: impl Fn(Target) -> Vec<u8>,
    ) -> Self {
        let app = AppPlan {
            id: format!("com.example.{slug}"),
            slug: slug.to_owned(),
            name: slug.to_owned(),
            version: version.to_owned(),
            tag: format!("{slug}-v{version}"),
            prerelease: false,
            base: ".".to_owned(),
            needs_content_build: false,
            targets: targets.to_vec(),
            plugins: Vec::new(),
            updates: None,
            config: json!({ "app": { "id": format!("com.example.{slug}") } }),
        };
        let jobs: Vec<_> = targets.iter().map(|target| job(&app, *target)).collect();
        let runtime = |job: &Job| RuntimePlan {
            id: job.runtime.clone(),
            key: format!("key-{}", job.runtime),
            template: "t".to_owned(),
            variant: "slim".to_owned(),
            target: job.target,
            runner: job.runner.clone(),
        };
        let plan = BuildPlan {
            format: FORMAT,
            apps: vec![app.clone()],
            runtimes: Matrix { include: jobs.iter().map(runtime).collect() },
            matrix: Matrix { include: jobs.clone() },
            release: None,
            allow_partial: false,
            secrets: Vec::new(),
        };
        let bundle = |job: &Job| Some(bundle(&app, job, &content(job.target)));
        Self { bundles: jobs.iter().map(bundle).collect(), record: None, plan }
    }

    pub(crate) fn app(&self) -> &AppPlan {
        &self.plan.apps[0]
    }

    /// With what `finalise` writes beside the installers.
    pub(crate) fn with_record(mut self) -> Self {
        let app = self.app();
        let (slug, version) = (&app.slug, &app.version);
        let config =
            artifact(ArtifactKind::Config, &format!("{slug}_{version}.app.config.json"), b"{}");
        let mut assets = vec![config.clone()];
        for files in self.bundles.iter().flatten() {
            for (name, bytes) in files.iter().filter(|(name, _)| !name.ends_with(".json")) {
                let name = name.rsplit('/').next().unwrap_or(name);
                assets.push(artifact(ArtifactKind::Deb, name, bytes));
            }
        }
        let manifest = ReleaseManifest {
            format: FORMAT,
            app: reference(app),
            tag: app.tag.clone(),
            title: slug.clone(),
            prerelease: false,
            commit: None,
            notes: String::new(),
            partial: Vec::new(),
            assets,
            updates: None,
        };
        let text = serde_json::to_vec(&manifest).unwrap();
        self.record = Some(vec![
            (format!("{slug}/release.json"), text),
            (format!("{slug}/{}", config.name), b"{}".to_vec()),
        ]);
        self
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let name = |job: &Job| format!("bundle-{}-{}", job.app, job.target.name());
        self.plan.matrix.include.iter().map(name).collect()
    }

    /// The artifacts as the run has them.
    pub(crate) fn artifacts(&self) -> Vec<ScriptedArtifact> {
        let mut artifacts = vec![self.plan_artifact()];
        for (name, files) in self.names().iter().zip(&self.bundles) {
            artifacts
                .extend(files.as_ref().map(|files| ScriptedArtifact::new(name, zipped(files))));
        }
        let record = self.record.as_ref();
        artifacts.extend(record.map(|files| ScriptedArtifact::new("record", zipped(files))));
        artifacts
    }

    pub(crate) fn plan_artifact(&self) -> ScriptedArtifact {
        let text = serde_json::to_vec(&self.plan).unwrap();
        ScriptedArtifact::new("plan", zipped(&vec![("plan.json".to_owned(), text)]))
    }

    /// A run with these artifacts.
    pub(crate) fn script(artifacts: Vec<ScriptedArtifact>) -> Script {
        let job = ScriptedJob::new("build");
        Script::new().job(artifacts.into_iter().fold(job, ScriptedJob::artifact))
    }
}

fn job(app: &AppPlan, target: Target) -> Job {
    let row = target.row();
    Job {
        app: app.slug.clone(),
        target,
        triple: row.triple.to_owned(),
        runner: row.runner.to_owned(),
        runtime: format!("slim-{}", target.name()),
        bundles: vec![row.formats[0]],
        signs: false,
        artifacts: vec![ExpectedArtifact {
            kind: row.formats[0].into(),
            name: format!("{}_{}_{}.bin", app.slug, app.version, target.name()),
        }],
    }
}

fn reference(app: &AppPlan) -> AppRef {
    AppRef { id: app.id.clone(), slug: app.slug.clone(), version: app.version.clone() }
}

/// Folder, package and manifest of a job, as the workflow packs them.
pub(crate) fn bundle(app: &AppPlan, job: &Job, content: &[u8]) -> Files {
    let folder = format!("{}-{}", job.app, job.target.name());
    let wanted = &job.artifacts[0];
    let manifest = manifest(app, job, vec![artifact(wanted.kind, &wanted.name, content)]);
    vec![
        (format!("{folder}/manifest.json"), serde_json::to_vec(&manifest).unwrap()),
        (format!("{folder}/{}", wanted.name), content.to_vec()),
    ]
}

pub(crate) fn manifest(app: &AppPlan, job: &Job, artifacts: Vec<Artifact>) -> ArtifactManifest {
    ArtifactManifest {
        format: FORMAT,
        app: reference(app),
        target: job.target,
        runtime: RuntimeRef { key: format!("key-{}", job.runtime), sha256: "r".to_owned() },
        pack: "p".to_owned(),
        signing: SignedBy::None,
        verified: true,
        artifacts,
    }
}

pub(crate) fn artifact(kind: ArtifactKind, name: &str, bytes: &[u8]) -> Artifact {
    Artifact { kind, name: name.to_owned(), size: bytes.len() as u64, sha256: sha256(bytes) }
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// A plain archive of these files.
pub(crate) fn zipped(files: &Files) -> Vec<u8> {
    archive(|zip| {
        for (name, bytes) in files {
            zip.start_file(name, stored())?;
            zip.write_all(bytes)?;
        }
        Ok(())
    })
}

pub(crate) fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored)
}

/// An archive that is written by hand.
pub(crate) fn archive(
    write: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>) -> Result<()>,
) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    write(&mut zip).unwrap();
    zip.finish().unwrap().into_inner()
}
