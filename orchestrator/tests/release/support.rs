//! A build that is to be released, a GitHub, and the program between them.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context as _, Result, bail};
use config_schema::{
    Target,
    manifest::{AppRef, Artifact, ReleaseManifest, UpdateFile},
    plan::{
        AppPlan, ArtifactKind, BuildPlan, ExpectedArtifact, FORMAT, Job, Matrix, ReleaseMode,
        UpdatePlan,
    },
};
use fake_github::{Access, FakeGithub, Release, Repository};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::process::Command;

pub(crate) use super::said::{Said, TOKEN, wait};

pub(crate) const REPOSITORY: &str = "o/r";
pub(crate) const RUN: &str = "https://github.com/o/r/actions/runs/7";
/// A GitHub with one repository, and a folder for builds.
pub(crate) struct Fixture {
    pub(crate) fake: FakeGithub,
    pub(crate) dir: TempDir,
    pub(crate) token: &'static str,
}

impl Fixture {
    pub(crate) async fn new() -> Result<Self> {
        Self::with(Repository::new(REPOSITORY)?).await
    }

    pub(crate) async fn with(repository: Repository) -> Result<Self> {
        let fake = FakeGithub::start().await?;
        fake.add_repository(repository);
        fake.add_token(Access::full(TOKEN));
        Ok(Self { fake, dir: tempfile::tempdir()?, token: TOKEN })
    }

    /// Writes a build of one app to the fixture's folder.
    pub(crate) fn build(&self, slug: &str, version: &str) -> Result<Build> {
        Build::new(self.dir.path(), slug, version)
    }

    pub(crate) fn repository(&self) -> Result<Repository> {
        self.fake.repository(REPOSITORY)
    }

    /// The program with these arguments, not yet started.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        #[expect(clippy::disallowed_methods, reason = "tests start the program here")]
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_deskwright"));
        command.args(args).env_clear().env("GITHUB_TOKEN", self.token);
        command.env("GITHUB_REPOSITORY", REPOSITORY).env("GITHUB_API_URL", self.fake.url());
        let mut command = Command::from(command);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    pub(crate) async fn run(&self, args: &[&str]) -> Result<Said> {
        wait(self.command(args).spawn()?).await
    }

    /// Releases a build, as the job of a run does.
    pub(crate) async fn release(&self, build: &Build) -> Result<Said> {
        let (plan, manifest) = (build.plan_path(), build.manifest_path());
        self.run(&["release", &plan, &manifest, "--run-url", RUN]).await
    }

    /// The one release that there is.
    pub(crate) fn only_release(&self) -> Result<Release> {
        let repository = self.repository()?;
        let releases: Vec<_> = repository.releases.into_values().collect();
        match <[Release; 1]>::try_from(releases) {
            Ok([release]) => Ok(release),
            Err(releases) => bail!("there are {} releases", releases.len()),
        }
    }

    /// How often requests of this method and path end were made.
    pub(crate) fn count(&self, method: &str, end: &str) -> usize {
        let requests = self.fake.requests();
        requests
            .iter()
            .filter(|request| request.method == *method && request.path.ends_with(end))
            .count()
    }

    /// Fails when the state is not that of one complete release of this build.
    pub(crate) fn expect_released(&self, build: &Build) -> Result<()> {
        self.fake.assert_no_violations()?;
        let repository = self.repository()?;
        let of_tag: Vec<_> =
            repository.releases.values().filter(|release| release.tag == build.tag()).collect();
        let [release] = of_tag[..] else {
            bail!("there are {} releases of {}", of_tag.len(), build.tag())
        };
        build.expect_assets(release)?;
        assert!(!release.draft && !release.make_latest);
        assert_eq!(release.prerelease, build.manifest.prerelease);
        let tags = repository.tags();
        assert_eq!(tags.iter().filter(|tag| **tag == build.tag()).count(), 1, "{tags:?}");
        if let Some(updates) = &build.manifest.updates {
            let file =
                repository.git.read("updates", &updates.path).context("no updater manifest")?;
            assert_eq!(file, fs_err::read(build.dir.join(&updates.file))?);
        }
        Ok(())
    }
}

impl Drop for Fixture {
    /// Whatever else a test is about: nobody breaks the contract.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.fake.violations(), Vec::<String>::new());
        }
    }
}

/// The documents and files of one app's build.
pub(crate) struct Build {
    pub(crate) dir: PathBuf,
    pub(crate) plan: BuildPlan,
    pub(crate) manifest: ReleaseManifest,
}

impl Build {
    fn new(root: &Path, slug: &str, version: &str) -> Result<Self> {
        let id = format!("com.example.{}", slug.replace('-', "."));
        let deb = format!("{slug}_{version}_amd64.deb");
        let jobs = [ExpectedArtifact { kind: ArtifactKind::Deb, name: deb }];
        let tag = format!("{slug}-v{version}");
        let path = format!("{id}/stable.json");
        let prerelease = version.contains('-');
        let app = AppPlan {
            id: id.clone(),
            slug: slug.to_owned(),
            name: slug.to_owned(),
            version: version.to_owned(),
            tag: tag.clone(),
            prerelease,
            base: ".".to_owned(),
            needs_content_build: false,
            targets: vec![Target::LinuxX64],
            plugins: Vec::new(),
            updates: Some(UpdatePlan {
                path: Some(path.clone()),
                channel: "stable".to_owned(),
                platforms: vec!["linux-x86_64-deb".to_owned()],
            }),
            config: json!({}),
        };
        let job = Job {
            app: slug.to_owned(),
            target: Target::LinuxX64,
            triple: "x86_64-unknown-linux-gnu".to_owned(),
            runner: "ubuntu-22.04".to_owned(),
            runtime: "slim-linux-x64".to_owned(),
            bundles: Vec::new(),
            signs: false,
            artifacts: jobs.to_vec(),
        };
        let plan = BuildPlan {
            format: FORMAT,
            apps: vec![app],
            matrix: Matrix { include: vec![job] },
            runtimes: Matrix { include: Vec::new() },
            release: Some(ReleaseMode::Publish),
            allow_partial: false,
            secrets: Vec::new(),
        };
        let manifest = ReleaseManifest {
            format: FORMAT,
            app: AppRef { id, slug: slug.to_owned(), version: version.to_owned() },
            tag,
            title: format!("{slug} {version}"),
            prerelease,
            commit: None,
            notes: "# Notes\n".to_owned(),
            partial: Vec::new(),
            assets: Vec::new(),
            updates: Some(UpdateFile { path, file: format!("{slug}_stable.json") }),
        };
        let mut build = Self { dir: root.join(format!("{slug}-{version}")), plan, manifest };
        fs_err::create_dir_all(&build.dir)?;
        build.add(jobs[0].kind, &jobs[0].name.clone(), "the package")?;
        build.add(ArtifactKind::Checksums, "SHA256SUMS", "the checksums")?;
        let update = json!({ "version": version, "platforms": {} }).to_string();
        build.add(ArtifactKind::UpdaterManifest, &format!("{slug}_stable.json"), &update)?;
        build.save()?;
        Ok(build)
    }

    /// Adds a file, or replaces it, and its row in the manifest.
    pub(crate) fn add(&mut self, kind: ArtifactKind, name: &str, text: &str) -> Result<()> {
        fs_err::write(self.dir.join(name), text)?;
        let sha256 = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
        self.manifest.assets.retain(|asset| asset.name != name);
        self.manifest.assets.push(Artifact {
            kind,
            name: name.to_owned(),
            size: text.len() as u64,
            sha256,
        });
        Ok(())
    }

    /// Writes plan and manifest.
    pub(crate) fn save(&self) -> Result<()> {
        fs_err::write(self.dir.join("plan.json"), serde_json::to_vec(&self.plan)?)?;
        Ok(fs_err::write(self.dir.join("release.json"), serde_json::to_vec(&self.manifest)?)?)
    }

    pub(crate) fn tag(&self) -> &str {
        &self.manifest.tag
    }

    pub(crate) fn deb(&self) -> &str {
        &self.plan.matrix.include[0].artifacts[0].name
    }

    pub(crate) fn plan_path(&self) -> String {
        self.dir.join("plan.json").to_string_lossy().into_owned()
    }

    pub(crate) fn manifest_path(&self) -> String {
        self.dir.join("release.json").to_string_lossy().into_owned()
    }

    /// Fails when the release does not have each of the files once, and nothing else.
    pub(crate) fn expect_assets(&self, release: &Release) -> Result<()> {
        let mut names: Vec<_> = release.assets.values().map(|asset| asset.name.as_str()).collect();
        let mut wanted: Vec<_> =
            self.manifest.assets.iter().map(|asset| asset.name.as_str()).collect();
        names.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(names, wanted);
        for asset in release.assets.values() {
            let file = asset.file().with_context(|| format!("not uploaded: {}", asset.name))?;
            assert_eq!(file.read()?, fs_err::read(self.dir.join(&asset.name))?, "{}", asset.name);
        }
        Ok(())
    }
}
