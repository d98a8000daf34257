//! The stamped executable: its icon, its version and its manifest, as another reader of the format finds them.

use anyhow::{Context as _, Result, ensure};
use object::{
    LittleEndian as LE, pe,
    read::pe::{PeFile64, ResourceDirectory, ResourceNameOrId},
};
use runtime_settings::{Sha256, stamp};
use serde_json::json;

use crate::support::{App, EXECUTABLE, config, runtime, text};

/// The first resource of a kind, by the table that Windows follows.
fn resource(executable: &[u8], kind: u16) -> Result<Vec<u8>> {
    let file = PeFile64::parse(executable)?;
    let directory = file.data_directory(pe::IMAGE_DIRECTORY_ENTRY_RESOURCE).context("resources")?;
    let resources = ResourceDirectory::new(directory.data(executable, &file.section_table())?);
    let root = resources.root()?;
    let kind = root
        .entries
        .iter()
        .find(|entry| matches!(entry.name_or_id(), ResourceNameOrId::Id(id) if id == kind))
        .context("the kind")?;
    let names = kind.data(resources)?.table().context("a table of names")?;
    let languages = names.entries[0].data(resources)?.table().context("a table of languages")?;
    let entry = languages.entries[0].data(resources)?.data().context("data")?;
    let (at, size) = (entry.offset_to_data.get(LE), entry.size.get(LE) as usize);
    ensure!(at % 4 == 0, "resources are aligned");
    let data = file.section_table().pe_data_at(executable, at).context("data in a section")?;
    Ok(data[..size].to_vec())
}

/// The text of a version that belongs to a key: both in UTF-16, with zeros between them.
fn value(version: &[u8], key: &str) -> Option<String> {
    let units: Vec<u16> =
        version.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let key: Vec<u16> = key.encode_utf16().chain([0]).collect();
    let at = units.windows(key.len()).position(|window| window == key)? + key.len();
    let text = units[at..].iter().skip_while(|unit| **unit == 0).take_while(|unit| **unit != 0);
    String::from_utf16(&text.copied().collect::<Vec<_>>()).ok()
}

#[tokio::test]
async fn the_executable_shows_the_app() -> Result<()> {
    let mut config = config("1.2.3-beta.4");
    config["bundle"]["formats"] = json!({ "windows": ["nsis"] });
    config["app"]["name"] = "Wörter \"&\" Dinge".into();
    let app = App::stamp(&config, &[]).await?;
    let version = resource(&fs_err::read(app.binary())?, pe::RT_VERSION)?;
    let expected = [
        ("ProductName", "Wörter \"&\" Dinge"),
        ("FileDescription", "Wörter \"&\" Dinge"),
        ("ProductVersion", "1.2.3-beta.4"),
        ("FileVersion", "1.2.3-beta.4"),
        ("CompanyName", "Example & Sons"),
        ("LegalCopyright", "© 2026 Example"),
        ("OriginalFilename", EXECUTABLE),
        ("Comments", "Proves installers"),
    ];
    for (key, text) in expected {
        assert_eq!(value(&version, key).as_deref(), Some(text), "{key}");
    }
    // Behind the name of the block and its mark: the numbers, in halves of 32 bits with the higher one first.
    let numbers: Vec<u8> =
        [1u32 << 16 | 2, 3 << 16].into_iter().flat_map(u32::to_le_bytes).collect();
    assert_eq!(version[48..56], numbers);
    Ok(())
}

#[tokio::test]
async fn icon_and_stamp_are_the_apps_and_the_manifest_is_the_runtimes() -> Result<()> {
    let app = App::stamp(&config("0.1.0"), &[]).await?;
    let executable = fs_err::read(app.binary())?;
    let icon = fs_err::read(app.tree().join("icons/icon.ico"))?;
    for picture in pictures(&icon) {
        assert!(executable.windows(picture.len()).any(|window| window == picture));
    }
    let manifest = fs_err::read(app.tree().join("app-pack/manifest.json"))?;
    assert_eq!(stamp::read(&executable)?, Some(Sha256::of(&manifest)));

    let before = resource(&fs_err::read(runtime()?)?, pe::RT_MANIFEST)?;
    assert_eq!(resource(&executable, pe::RT_MANIFEST)?, before);
    Ok(())
}

/// The pictures in an `.ico`, each from the place and of the size that its entry says.
fn pictures(icon: &[u8]) -> Vec<&[u8]> {
    let number = |at: usize| {
        u32::from_le_bytes([icon[at], icon[at + 1], icon[at + 2], icon[at + 3]]) as usize
    };
    let count = usize::from(u16::from_le_bytes([icon[4], icon[5]]));
    let entries = (0..count).map(|index| 6 + index * 16);
    entries.map(|entry| &icon[number(entry + 12)..][..number(entry + 8)]).collect()
}

#[tokio::test]
async fn stamping_again_gives_the_same_bytes() -> Result<()> {
    let first = App::stamp(&config("0.1.0"), &[]).await?;
    let second = App::stamp(&config("0.1.0"), &[]).await?;
    assert!(
        fs_err::read(first.binary())? == fs_err::read(second.binary())?,
        "{}",
        text(&first.tree())
    );
    Ok(())
}
