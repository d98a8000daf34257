//! The Windows Installer package: a database that says what is to be on the disk, and a cabinet with the files. It is
//! written here, on any system, since the tools that exist run on Windows only or lose names that are not Western.

mod cabinet;
mod codes;
mod tables;

use std::{collections::BTreeMap, io::Write as _, path::Path, time::SystemTime};

use anyhow::Context as _;
use config_schema::{Arch, InstallMode};
use msi::{CodePage, LanguageId, Value};

use super::{
    Bundling,
    payload::{Payload, PayloadFile},
    registrations::Registrations,
    version,
};
use codes::Codes;
use tables::{Database, text};

/// US English, the language of what the system says itself.
const LANGUAGE: u16 = 1033;
/// The folder of the app. Who installs may set another one by this name: `msiexec /i app.msi INSTALLDIR=C:\Apps`.
const ROOT: &str = "INSTALLDIR";
const FEATURE: &str = "App";
/// The stream with the files.
const CABINET: &str = "app.cab";
const ICON: &str = "icon.ico";
/// A component for a 64-bit system, and a file that must be there.
/// https://learn.microsoft.com/windows/win32/msi/component-table
const COMPONENT_64_BIT: i32 = 0x100;
const FILE_VITAL: i32 = 0x200;
/// Long file names and a compressed source; and no administrator needed.
/// https://learn.microsoft.com/windows/win32/msi/word-count-summary
const COMPRESSED: i32 = 2;
const NO_ELEVATION: i32 = 8;
/// Windows Installer 5.0 (Windows 7), the first that knows arm64 too.
const SCHEMA: i32 = 500;
/// Where an app is registered: for the user or for the computer, whomever it is installed for.
/// https://learn.microsoft.com/windows/win32/msi/registry-table
const REGISTRY_OF_INSTALLATION: i32 = -1;
/// Read-only is recommended to who opens the database.
const READ_ONLY_RECOMMENDED: i32 = 2;
/// How an earlier version is found, and a later one.
/// https://learn.microsoft.com/windows/win32/msi/upgrade-table
const UPGRADE_INCLUDING_SAME: i32 = 0x301;
const DETECT_ONLY: i32 = 2;
/// Starts an installed file, and neither waits for it nor minds how it ends.
/// https://learn.microsoft.com/windows/win32/msi/custom-action-type-18
const START_INSTALLED_FILE: i32 = 18 + 64 + 128;
/// By these the updater of the app asks for its start, and with which arguments.
const START: &str = "AUTOLAUNCHAPP";
const START_ARGUMENTS: &str = "LAUNCHAPPARGS";
/// After `InstallFinalize`.
const START_NUMBER: i32 = 6601;

/// Makes the package at `out`.
pub(super) fn make(bundling: &Bundling<'_>, out: &Path) -> anyhow::Result<()> {
    let payload = Payload::read(bundling.binary, &bundling.identity)?;
    let codes = Codes::of(bundling, &payload)?;
    let per_user = bundling.model.bundle.windows.install_mode == InstallMode::CurrentUser;
    let mut database = Database::create()?;
    summary(&mut database, bundling, &codes, per_user);
    properties(&mut database, bundling, &codes, per_user)?;
    let folders = directories(&mut database, bundling, &payload, per_user)?;
    files(&mut database, bundling, &payload, &codes, &folders)?;
    registry(&mut database, bundling, &payload)?;
    upgrades(&mut database, bundling, &codes)?;
    database.sequences()?;
    start(&mut database, bundling, &payload)?;
    let icon = fs_err::read(bundling.tree.join(super::ICON))?;
    database.add("Icon", vec![text(ICON), Value::Binary])?;
    database.stream(&format!("Icon.{ICON}"))?.write_all(&icon)?;
    cabinet::write(&payload, database.stream(CABINET)?)?;
    fs_err::write(out, database.finish()?)?;
    Ok(())
}

fn summary(database: &mut Database, bundling: &Bundling<'_>, codes: &Codes, per_user: bool) {
    let identity = &bundling.identity;
    let summary = database.package().summary_info_mut();
    summary.set_codepage(CodePage::Utf8);
    summary.set_title("Installation Database");
    summary.set_subject(&identity.name);
    summary.set_author(&identity.publisher);
    summary.set_comments(&identity.summary);
    summary.set_arch(match bundling.target.row().arch {
        Arch::X64 => "x64",
        Arch::Arm64 => "Arm64",
    });
    summary.set_languages(&[LanguageId::from(LANGUAGE)]);
    summary.set_uuid(codes.package);
    summary.set_page_count(SCHEMA);
    summary.set_word_count(if per_user { COMPRESSED | NO_ELEVATION } else { COMPRESSED });
    summary.set_doc_security(READ_ONLY_RECOMMENDED);
    summary.set_creating_application("Deskwright");
    summary.set_creation_time(SystemTime::UNIX_EPOCH);
    summary.set_last_save_time(SystemTime::UNIX_EPOCH);
}

fn properties(
    database: &mut Database,
    bundling: &Bundling<'_>,
    codes: &Codes,
    per_user: bool,
) -> anyhow::Result<()> {
    let identity = &bundling.identity;
    let mut properties = vec![
        ("ProductCode", codes::braced(codes.product)),
        ("UpgradeCode", codes::braced(codes.upgrade)),
        ("ProductName", identity.name.clone()),
        ("ProductVersion", version::dotted(&identity.version)),
        ("ProductLanguage", LANGUAGE.to_string()),
        ("Manufacturer", identity.publisher.clone()),
        ("SecureCustomProperties", format!("EARLIER;LATER;{START};{START_ARGUMENTS}")),
        ("ARPPRODUCTICON", ICON.to_owned()),
        ("ARPCOMMENTS", identity.summary.clone()),
        ("ARPNOMODIFY", "1".to_owned()),
    ];
    if let Some(homepage) = &identity.homepage {
        properties.push(("ARPURLINFOABOUT", homepage.clone()));
    }
    if !per_user {
        properties.push(("ALLUSERS", "1".to_owned()));
    }
    for (name, value) in properties {
        database.add("Property", vec![text(name), text(value)])?;
    }
    // The list of installed apps learns where this one is.
    let location = "SetInstallLocation";
    let set_property = Value::Int(51);
    let row =
        vec![text(location), set_property, text("ARPINSTALLLOCATION"), text(format!("[{ROOT}]"))];
    database.add("CustomAction", row)
}

/// Every folder, from the system's own down to those of the pack. Gives the key of each, by path below the app's.
fn directories(
    database: &mut Database,
    bundling: &Bundling<'_>,
    payload: &Payload,
    per_user: bool,
) -> anyhow::Result<BTreeMap<String, String>> {
    let mut add = |key: &str, parent: Option<&str>, name: String| {
        let parent = parent.map_or(Value::Null, text);
        database.add("Directory", vec![text(key), parent, text(name)])
    };
    add("TARGETDIR", None, "SourceDir".into())?;
    add("ProgramMenuFolder", Some("TARGETDIR"), ".".into())?;
    let parent = if per_user {
        add("LocalAppDataFolder", Some("TARGETDIR"), ".".into())?;
        add("ProgramsFolder", Some("LocalAppDataFolder"), "Programs".into())?;
        "ProgramsFolder"
    } else {
        add("ProgramFiles64Folder", Some("TARGETDIR"), ".".into())?;
        "ProgramFiles64Folder"
    };
    add(ROOT, Some(parent), short_and_long("APP", 0, &bundling.identity.product))?;
    let mut keys = BTreeMap::from([(String::new(), ROOT.to_owned())]);
    for (folder, _) in payload.files.iter().map(PayloadFile::parts) {
        let mut path = String::new();
        for name in folder.split('/').filter(|name| !name.is_empty()) {
            let parent = keys.get(&path).cloned().context("a folder without a parent")?;
            path = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
            if !keys.contains_key(&path) {
                let number = keys.len();
                let key = format!("D{number}");
                add(&key, Some(&parent), short_and_long("D", number, name))?;
                keys.insert(path.clone(), key);
            }
        }
    }
    Ok(keys)
}

/// One component for each file, so that each is repaired and removed by itself.
fn files(
    database: &mut Database,
    bundling: &Bundling<'_>,
    payload: &Payload,
    codes: &Codes,
    folders: &BTreeMap<String, String>,
) -> anyhow::Result<()> {
    let identity = &bundling.identity;
    let feature = vec![
        text(FEATURE),
        Value::Null,
        text(FEATURE),
        Value::Null,
        Value::Int(2),
        Value::Int(1),
        text(ROOT),
        Value::Int(0),
    ];
    database.add("Feature", feature)?;
    for (index, file) in payload.files.iter().enumerate() {
        let (folder, name) = file.parts();
        let folder = folders.get(folder).context("a file without a folder")?;
        let (file_key, component) = (cabinet::key(index), format!("C{index}"));
        let guid = codes::braced(codes.component(&file.path));
        let is_program = file.path == identity.executable();
        let version =
            if is_program { text(version::dotted(&identity.version)) } else { Value::Null };
        let language = if is_program { text(LANGUAGE.to_string()) } else { Value::Null };
        let sequence = i32::try_from(index + 1)?;
        database.add(
            "Component",
            vec![
                text(&component),
                text(guid),
                text(folder),
                Value::Int(COMPONENT_64_BIT),
                Value::Null,
                text(&file_key),
            ],
        )?;
        database.add("FeatureComponents", vec![text(FEATURE), text(&component)])?;
        database.add(
            "File",
            vec![
                text(&file_key),
                text(&component),
                text(short_and_long("F", index, name)),
                Value::Int(i32::try_from(file.size)?),
                version,
                language,
                Value::Int(FILE_VITAL),
                Value::Int(sequence),
            ],
        )?;
        if is_program {
            let name = short_and_long("S", index, &identity.product);
            database.shortcut(&name, &component, &file_key, ROOT)?;
        }
    }
    let last = Value::Int(i32::try_from(payload.files.len())?);
    let cabinet = text(format!("#{CABINET}"));
    database.add("Media", vec![Value::Int(1), last, Value::Null, cabinet, Value::Null, Value::Null])
}

/// What the app opens, as part of the program's component: it comes and goes with it.
fn registry(
    database: &mut Database,
    bundling: &Bundling<'_>,
    payload: &Payload,
) -> anyhow::Result<()> {
    let identity = &bundling.identity;
    let registrations = Registrations::of(bundling);
    let program = program_of(bundling, payload);
    let Some(program) = program.filter(|_| !registrations.is_empty()) else { return Ok(()) };
    let (component, file) = (format!("C{program}"), format!("[#{}]", cabinet::key(program)));
    let (icon, open) = (format!("\"{file}\",0"), format!("\"{file}\" \"%1\""));
    let mut number = 0;
    let mut add = |key: &str, name: Option<&str>, value: &str| {
        number += 1;
        let key = format!("Software\\Classes\\{key}");
        let name = name.map_or(Value::Null, text);
        // No value at all is how the table writes an empty one.
        let value = if value.is_empty() { Value::Null } else { text(value) };
        let row = vec![
            text(format!("R{number}")),
            Value::Int(REGISTRY_OF_INSTALLATION),
            text(key),
            name,
            value,
            text(&component),
        ];
        database.add("Registry", row)
    };
    for scheme in &registrations.schemes {
        add(scheme, None, &formatted(&format!("URL:{}", identity.name)))?;
        add(scheme, Some("URL Protocol"), "")?;
        add(&format!("{scheme}\\DefaultIcon"), None, &icon)?;
        add(&format!("{scheme}\\shell\\open\\command"), None, &open)?;
    }
    for kind in &registrations.file_types {
        add(&kind.prog_id, None, &formatted(&kind.description))?;
        add(&format!("{}\\DefaultIcon", kind.prog_id), None, &icon)?;
        add(&format!("{}\\shell\\open\\command", kind.prog_id), None, &open)?;
        add(&format!(".{}\\OpenWithProgids", kind.ext), Some(&kind.prog_id), "")?;
        // Of a type that others know too, the user decides at the next double click.
        if kind.is_own {
            add(&format!(".{}", kind.ext), None, &kind.prog_id)?;
            add(&format!(".{}", kind.ext), Some("Content Type"), &kind.mime_type)?;
        }
    }
    Ok(())
}

/// An earlier version goes, whole, before this one comes; beside a later one this one does not come.
fn upgrades(database: &mut Database, bundling: &Bundling<'_>, codes: &Codes) -> anyhow::Result<()> {
    let upgrade = || text(codes::braced(codes.upgrade));
    let this = || text(version::dotted(&bundling.identity.version));
    let row = |min: Value, max: Value, attributes: i32, property: &str| {
        let attributes = Value::Int(attributes);
        vec![upgrade(), min, max, Value::Null, attributes, Value::Null, text(property)]
    };
    database.add("Upgrade", row(text("0.0.0"), this(), UPGRADE_INCLUDING_SAME, "EARLIER"))?;
    database.add("Upgrade", row(this(), Value::Null, DETECT_ONLY, "LATER"))?;
    let name = formatted(&bundling.identity.name);
    let message =
        format!("A newer version of {name} is installed. Uninstall it first if you want this one.");
    database.add("LaunchCondition", vec![text("NOT LATER"), text(message)])
}

/// Starts the app when it was updated and ended for that.
fn start(
    database: &mut Database,
    bundling: &Bundling<'_>,
    payload: &Payload,
) -> anyhow::Result<()> {
    let program = program_of(bundling, payload).context("a package has its program")?;
    let action = "StartApp";
    let arguments = text(format!("[{START_ARGUMENTS}]"));
    let kind = Value::Int(START_INSTALLED_FILE);
    database
        .add("CustomAction", vec![text(action), kind, text(cabinet::key(program)), arguments])?;
    let condition = text(format!("{START} AND NOT Installed"));
    let row = vec![text(action), condition, Value::Int(START_NUMBER)];
    database.add("InstallExecuteSequence", row)
}

/// Which file is the program.
fn program_of(bundling: &Bundling<'_>, payload: &Payload) -> Option<usize> {
    payload.files.iter().position(|file| file.path == bundling.identity.executable())
}

/// A name in both forms that the format has: eight letters, for disks of old, and the real one.
fn short_and_long(prefix: &str, number: usize, name: &str) -> String {
    format!("{prefix}{number}|{name}")
}

/// Text where brackets enclose properties.
fn formatted(text: &str) -> String {
    let escape = |c: char| match c {
        '[' | ']' => format!("[\\{c}]"),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_a_name_are_no_property() {
        assert_eq!(formatted("a[USER]b"), "a[\\[]USER[\\]]b");
    }
}
