//! The build plan: what a build will do, as data. The workflow's matrix is part of it, and what comes out is compared with it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::target::{BundleFormat, System, Target};

/// The version of the documents that the stages of a build hand to each other.
pub const FORMAT: u32 = 1;

/// Everything that will happen, in the order of the configs and of the target table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BuildPlan {
    pub format: u32,
    pub apps: Vec<AppPlan>,
    /// One job for each app and target.
    pub matrix: Matrix<Job>,
    /// Each runtime once, however many apps share it.
    pub runtimes: Matrix<RuntimePlan>,
    /// None: the build makes no release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<ReleaseMode>,
    /// Whether a release may lack targets whose build failed.
    pub allow_partial: bool,
    pub secrets: Vec<SecretPlan>,
}

/// GitHub's `strategy.matrix`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matrix<T> {
    pub include: Vec<T>,
}

/// How far a release goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReleaseMode {
    Draft,
    Publish,
}

/// One app of the build.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppPlan {
    pub id: String,
    pub slug: String,
    pub name: String,
    pub version: String,
    /// The release's tag.
    pub tag: String,
    pub prerelease: bool,
    /// The folder of the config, relative to where the plan was made.
    pub base: String,
    /// Whether a command of the user makes the content.
    pub needs_content_build: bool,
    pub targets: Vec<Target>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plugins: Vec<PluginPlan>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updates: Option<UpdatePlan>,
    /// The resolved config: any build can be repeated from it.
    pub config: Value,
}

/// A plugin that is packed into the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PluginPlan {
    /// With its `.wasm`.
    pub name: String,
    /// As its manifest has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// None where a command of the user makes it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<PluginModule>,
}

/// The module of a plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PluginModule {
    /// Size in bytes.
    pub bytes: u64,
    pub sha256: String,
}

/// The updater manifest that a release writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdatePlan {
    /// Where it goes on the branch `updates`; none when the owner puts it elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    pub channel: String,
    /// The updater's names of what it must hold, such as `linux-x86_64-deb`.
    pub platforms: Vec<String>,
}

/// One app on one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Job {
    pub app: String,
    pub target: Target,
    pub triple: String,
    pub runner: String,
    /// Id of the runtime that it is stamped from.
    pub runtime: String,
    pub bundles: Vec<BundleFormat>,
    /// Whether it needs secrets.
    pub signs: bool,
    pub artifacts: Vec<ExpectedArtifact>,
}

/// A file that a job must make.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedArtifact {
    pub kind: ArtifactKind,
    pub name: String,
}

/// What a file of a build is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ArtifactKind {
    Deb,
    Rpm,
    Nsis,
    Msi,
    Dmg,
    /// The app bundle as `.app.tar.gz`.
    App,
    /// A detached signature by GPG, `.asc`.
    Signature,
    /// The updater's signature by minisign, `.sig`.
    UpdaterSignature,
    UpdaterManifest,
    Checksums,
    Sbom,
    /// The resolved config.
    Config,
}

/// A runtime to take or to compile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuntimePlan {
    /// Variant and target, such as `slim-linux-x64`.
    pub id: String,
    /// What tells it from every other: template, toolchain, variant, target. Names the published runtime and the cache entry.
    pub key: String,
    /// SHA-256 of the template.
    pub template: String,
    pub variant: String,
    pub target: Target,
    pub runner: String,
}

/// A secret that the plan's signing routes use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretPlan {
    pub name: String,
    pub required: bool,
    pub purpose: String,
    /// Slugs of the apps that use it.
    pub apps: Vec<String>,
    pub systems: Vec<System>,
}

impl ArtifactKind {
    /// Whether it is made once for a release, and not by a job.
    pub fn is_of_release(self) -> bool {
        matches!(
            self,
            ArtifactKind::UpdaterManifest
                | ArtifactKind::Checksums
                | ArtifactKind::Sbom
                | ArtifactKind::Config
        )
    }

    /// The format of an installer; none for what stands beside one.
    pub fn format(self) -> Option<BundleFormat> {
        match self {
            ArtifactKind::Deb => Some(BundleFormat::Deb),
            ArtifactKind::Rpm => Some(BundleFormat::Rpm),
            ArtifactKind::Nsis => Some(BundleFormat::Nsis),
            ArtifactKind::Msi => Some(BundleFormat::Msi),
            ArtifactKind::Dmg => Some(BundleFormat::Dmg),
            ArtifactKind::App => Some(BundleFormat::App),
            ArtifactKind::Signature
            | ArtifactKind::UpdaterSignature
            | ArtifactKind::UpdaterManifest
            | ArtifactKind::Checksums
            | ArtifactKind::Sbom
            | ArtifactKind::Config => None,
        }
    }
}

impl From<BundleFormat> for ArtifactKind {
    fn from(format: BundleFormat) -> Self {
        match format {
            BundleFormat::Deb => ArtifactKind::Deb,
            BundleFormat::Rpm => ArtifactKind::Rpm,
            BundleFormat::Nsis => ArtifactKind::Nsis,
            BundleFormat::Msi => ArtifactKind::Msi,
            BundleFormat::Dmg => ArtifactKind::Dmg,
            BundleFormat::App => ArtifactKind::App,
        }
    }
}
