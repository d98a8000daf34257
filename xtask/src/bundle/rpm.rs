//! What Tauri's bundler leaves out of an rpm: folders of its own (without them they stay when the package goes), packager,
//! changelog, pre-releases, and which files are documentation or licence. The package is read and written again, with the same files.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use config_schema::{AppModel, Category};
use rpm::{BuildConfig, Dependency, FileOptions, FileType, Package, PackageBuilder, RpmFile};

use crate::render;

/// The machine's own name is nobody's business.
const BUILD_HOST: &str = "localhost";
/// Folders and files that everybody may read.
const FOLDER_MODE: u16 = 0o755;
/// What begins so is a wish to rpm itself, and the writer adds its own.
const RPM_WISH: &str = "rpmlib(";

/// Completes the package in place.
pub(super) fn complete(path: &Path, model: &AppModel) -> anyhow::Result<()> {
    let package =
        Package::open(path).with_context(|| format!("not an rpm: `{}`", path.display()))?;
    let completed = rebuild(&package, model)
        .with_context(|| format!("failed to complete the package: `{}`", path.display()))?;
    // Beside the old one first: a half-written package must not be shipped.
    let temporary = path.with_extension("completing");
    completed.write_file(&temporary)?;
    fs_err::rename(&temporary, path)?;
    Ok(())
}

fn rebuild(package: &Package, model: &AppModel) -> anyhow::Result<Package> {
    let (head, slug) = (&package.metadata, model.app.slug.as_str());
    let built = u32::try_from(head.get_build_time()?).context("a time after 2106")?;
    let version = render::package_version(model);
    let mut builder = PackageBuilder::new(
        slug,
        &version,
        head.get_license()?,
        head.get_arch()?,
        head.get_summary()?,
    );
    let maintainer = render::maintainer(model);
    builder.using_config(BuildConfig::v4().source_date(built));
    builder.release(head.get_release()?).description(head.get_description()?);
    builder.packager(&maintainer).group(group(model.app.category)).build_host(BUILD_HOST);
    if let Some(vendor) = &model.app.publisher {
        builder.vendor(vendor);
    }
    if let Some(url) = &model.app.homepage {
        builder.url(url.as_str());
    }
    let entry = format!("- Version {}.", model.app.version);
    let author = format!("{maintainer} - {version}-{}", head.get_release()?);
    builder.add_changelog_entry(author, entry, built);
    for need in head.get_requires()?.into_iter().filter(is_own) {
        builder.requires(need);
    }
    add_files(&mut builder, package, slug)?;
    Ok(builder.build()?)
}

/// The old list of groups, which distributions have given up and linters still ask for.
fn group(category: Option<Category>) -> &'static str {
    match category {
        Some(Category::DeveloperTool) => "Development/Tools",
        Some(
            Category::Music | Category::Video | Category::Photography | Category::GraphicsAndDesign,
        ) => "Applications/Multimedia",
        Some(Category::News | Category::SocialNetworking | Category::Weather) => {
            "Applications/Internet"
        }
        _ => "Applications/Productivity",
    }
}

fn is_own(need: &Dependency) -> bool {
    !need.name.starts_with(RPM_WISH)
}

fn add_files(builder: &mut PackageBuilder, package: &Package, slug: &str) -> anyhow::Result<()> {
    let mut folders = BTreeSet::new();
    for file in package.files()? {
        let file = file?;
        let path = file.metadata.path();
        folders.extend(own_folders(&path, slug));
        if file.metadata.mode().file_type() == FileType::Dir {
            folders.insert(path);
        } else {
            add_file(builder, &file, &path)?;
        }
    }
    for folder in folders {
        let options = FileOptions::dir(folder.to_string_lossy()).permissions(FOLDER_MODE);
        builder.with_dir_entry(options)?;
    }
    Ok(())
}

fn add_file(builder: &mut PackageBuilder, file: &RpmFile<'_>, path: &Path) -> anyhow::Result<()> {
    let mut options = FileOptions::new(path.to_string_lossy())
        .permissions(file.metadata.mode().permissions())
        .modified_at(file.metadata.modified_at());
    if path.starts_with("/usr/share/man") {
        options = options.doc();
    }
    if path.starts_with("/usr/share/licenses") {
        options = options.license();
    }
    let content = file.content().context("a file without content")?;
    builder.with_file_contents(content, options)?;
    Ok(())
}

/// The folders above a file that belong to the app and to nothing else: its own name is in their path.
fn own_folders(path: &Path, slug: &str) -> Vec<PathBuf> {
    let above = path.ancestors().skip(1);
    above.filter(|folder| folder.iter().any(|name| name == slug)).map(Path::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_of_the_app_are_its_own() {
        let own = |path: &str| own_folders(Path::new(path), "notes");
        assert_eq!(own("/usr/bin/notes"), Vec::<PathBuf>::new());
        assert_eq!(
            own("/usr/lib/notes/app-pack/web/a.html"),
            ["/usr/lib/notes/app-pack/web", "/usr/lib/notes/app-pack", "/usr/lib/notes"]
                .map(PathBuf::from)
        );
        assert_eq!(
            own("/usr/share/licenses/notes/LICENSE"),
            [Path::new("/usr/share/licenses/notes")]
        );
    }
}
