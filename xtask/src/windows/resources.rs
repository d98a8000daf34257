//! Resources of an executable: the app's icon and version in place of the neutral ones that the runtime is compiled with.
//! Its manifest stays.

use anyhow::{Context as _, bail};
use editpe::{
    Image, ResourceDirectory, ResourceEntry, ResourceEntryName, ResourceTable, VersionInfo,
    VersionStringTable,
    constants::{LANGUAGE_ID_EN_US, RT_GROUP_ICON, RT_ICON, RT_MANIFEST, RT_VERSION},
    types::{FixedFileInfo, VersionU16, VersionU32},
};

use super::{identity::Identity, version};

/// Unicode, as the code page of a version's texts.
const UNICODE: u16 = 1200;
/// Number of the app's icon. The file manager shows the one with the lowest number.
const ICON_ID: u32 = 1;
/// What resources are aligned to (bytes).
const ALIGNMENT: usize = 4;

/// Gives an executable the app's icon (the bytes of an `.ico`) and version.
pub(crate) fn apply(
    executable: &[u8],
    identity: &Identity,
    icon: &[u8],
) -> anyhow::Result<Vec<u8>> {
    let mut image = Image::parse(executable).context("not a Windows executable")?;
    let mut resources = image.resource_directory().cloned().unwrap_or_default();
    for kind in [RT_ICON, RT_GROUP_ICON, RT_VERSION] {
        resources.root_mut().remove(ResourceEntryName::ID(kind.into()));
    }
    resources.set_main_icon(icon.to_vec()).context("not an icon that Windows can show")?;
    number_icon(&mut resources)?;
    resources.set_version_info(&version_info(identity)).context("the app's texts are too long")?;
    for kind in [RT_ICON, RT_GROUP_ICON, RT_VERSION] {
        if let Some(entry) = resources.root_mut().get_mut(ResourceEntryName::ID(kind.into())) {
            align(entry);
        }
    }
    image.set_resource_directory(resources).context("the executable has no room for resources")?;
    Ok(image.data().to_vec())
}

/// A number in place of the icon's name, which would leave all that follows it unaligned.
fn number_icon(resources: &mut ResourceDirectory) -> anyhow::Result<()> {
    let groups = resources.root_mut().get_mut(ResourceEntryName::ID(RT_GROUP_ICON.into()));
    let Some(ResourceEntry::Table(groups)) = groups else { bail!("the icon has no pictures") };
    let name = groups.entries().first().map(|name| (*name).clone());
    let icon = name.and_then(|name| groups.remove(name)).context("the icon has no pictures")?;
    groups.insert(ResourceEntryName::ID(ICON_ID), icon);
    Ok(())
}

/// The writer puts one resource right behind the other: padding keeps the next one aligned. These kinds carry their
/// length inside, so that zeros at the end are no part of them; the manifest does not, and is the last.
fn align(entry: &mut ResourceEntry) {
    const { assert!(RT_MANIFEST > RT_VERSION) }
    match entry {
        ResourceEntry::Data(data) => {
            let mut bytes = data.data().to_vec();
            bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
            data.set_data(bytes);
        }
        ResourceEntry::Table(table) => entries_mut(table, align),
    }
}

fn entries_mut(table: &mut ResourceTable, change: impl Fn(&mut ResourceEntry)) {
    let names: Vec<ResourceEntryName> = table.entries().into_iter().cloned().collect();
    for name in names {
        if let Some(entry) = table.get_mut(name) {
            change(entry);
        }
    }
}

fn version_info(identity: &Identity) -> VersionInfo {
    let [major, minor, patch, last] = version::numbers(&identity.version).map(u32::from);
    let number = VersionU32 { major: major << 16 | minor, minor: patch << 16 | last };
    let version = identity.version.to_string();
    let executable = identity.executable();
    // Task manager and permission questions show the description as the program's name.
    let texts = [
        ("CompanyName", identity.publisher.as_str()),
        ("FileDescription", &identity.name),
        ("FileVersion", &version),
        ("InternalName", &identity.slug),
        ("LegalCopyright", &identity.copyright),
        ("OriginalFilename", &executable),
        ("ProductName", &identity.name),
        ("ProductVersion", &version),
        ("Comments", &identity.summary),
    ];
    let strings = texts.map(|(key, text)| (key.to_owned(), text.to_owned()));
    VersionInfo {
        info: FixedFileInfo {
            file_version: number,
            product_version: number,
            ..FixedFileInfo::default()
        },
        strings: vec![VersionStringTable {
            key: format!("{LANGUAGE_ID_EN_US:04x}{UNICODE:04x}"),
            strings: strings.into_iter().collect(),
        }],
        vars: vec![VersionU16 { major: LANGUAGE_ID_EN_US, minor: UNICODE }],
    }
}
