//! The database of a package: its tables, in the form that Windows Installer defines, and the order of its actions.
//! https://learn.microsoft.com/windows/win32/msi/database-tables

use std::{
    io::{Cursor, Seek, Write},
    time::{Duration, SystemTime},
};

use anyhow::Context as _;
use msi::{CodePage, Column, Insert, Package, PackageType, Value};

/// Columns as `name type`: the type is `s` (text), `l` (text that can be translated) or `i` (number) with its size,
/// or `v` (a stream); capital where the value may be missing. Keys begin with `*`.
#[rustfmt::skip]
const TABLES: &[(&str, &str)] = &[
    ("AdminExecuteSequence", "*Action s72, Condition S255, Sequence I2"),
    ("AdminUISequence", "*Action s72, Condition S255, Sequence I2"),
    ("Component", "*Component s72, ComponentId S38, Directory_ s72, Attributes i2, Condition S255, KeyPath S72"),
    ("CustomAction", "*Action s72, Type i2, Source S72, Target S255"),
    ("Directory", "*Directory s72, Directory_Parent S72, DefaultDir l255"),
    ("Feature", "*Feature s38, Feature_Parent S38, Title L64, Description L255, Display I2, Level i2, Directory_ S72, Attributes i2"),
    ("FeatureComponents", "*Feature_ s38, *Component_ s72"),
    ("File", "*File s72, Component_ s72, FileName l255, FileSize i4, Version S72, Language S20, Attributes I2, Sequence i2"),
    ("Icon", "*Name s72, Data v0"),
    ("InstallExecuteSequence", "*Action s72, Condition S255, Sequence I2"),
    ("InstallUISequence", "*Action s72, Condition S255, Sequence I2"),
    ("LaunchCondition", "*Condition s255, Description l255"),
    ("Media", "*DiskId i2, LastSequence i2, DiskPrompt L64, Cabinet S255, VolumeLabel S32, Source S72"),
    ("Property", "*Property s72, Value l0"),
    ("Registry", "*Registry s72, Root i2, Key l255, Name L255, Value L0, Component_ s72"),
    ("Shortcut", "*Shortcut s72, Directory_ s72, Name l128, Component_ s72, Target s72, Arguments S255, Description L255, Hotkey I2, Icon_ S72, IconIndex I2, ShowCmd I2, WkDir S72"),
    ("Upgrade", "*UpgradeCode s38, *VersionMin S20, *VersionMax S20, *Language S255, *Attributes i4, Remove S255, ActionProperty s72"),
];

/// What is done, in which order, at an installation.
/// https://learn.microsoft.com/windows/win32/msi/suggested-installexecutesequence
const EXECUTE: &[(&str, i32)] = &[
    ("FindRelatedProducts", 25),
    ("LaunchConditions", 100),
    ("ValidateProductID", 700),
    ("CostInitialize", 800),
    ("FileCost", 900),
    ("CostFinalize", 1000),
    ("SetInstallLocation", 1001),
    ("MigrateFeatureStates", 1200),
    ("InstallValidate", 1400),
    ("InstallInitialize", 1500),
    // Here a failure later on brings the earlier version back.
    ("RemoveExistingProducts", 1501),
    ("ProcessComponents", 1600),
    ("UnpublishFeatures", 1800),
    ("RemoveRegistryValues", 2600),
    ("RemoveShortcuts", 3200),
    ("RemoveFiles", 3500),
    ("InstallFiles", 4000),
    ("CreateShortcuts", 4500),
    ("WriteRegistryValues", 5000),
    ("RegisterUser", 6000),
    ("RegisterProduct", 6100),
    ("PublishFeatures", 6300),
    ("PublishProduct", 6400),
    ("InstallFinalize", 6600),
];
/// Before that, where there is somebody to ask.
const ASK: &[(&str, i32)] = &[
    ("FindRelatedProducts", 25),
    ("LaunchConditions", 100),
    ("ValidateProductID", 700),
    ("CostInitialize", 800),
    ("FileCost", 900),
    ("CostFinalize", 1000),
    ("MigrateFeatureStates", 1200),
    ("ExecuteAction", 1300),
];
/// Laying the files out for others to install, `msiexec /a`.
const ADMIN: &[(&str, i32)] = &[
    ("CostInitialize", 800),
    ("FileCost", 900),
    ("CostFinalize", 1000),
    ("InstallValidate", 1400),
    ("InstallInitialize", 1500),
    ("InstallAdminPackage", 3900),
    ("InstallFiles", 4000),
    ("InstallFinalize", 6600),
];
const ASK_ADMIN: &[(&str, i32)] =
    &[("CostInitialize", 800), ("FileCost", 900), ("CostFinalize", 1000), ("ExecuteAction", 1300)];

/// How long before 1970 the container's times begin: with the year 1601.
/// https://learn.microsoft.com/openspecs/windows_protocols/ms-cfb/60fe8611-66c3-496b-b70d-a504c94c9ace
const CONTAINER_EPOCH: Duration = Duration::from_secs(11_644_473_600);

/// A package that is being written.
pub(super) struct Database {
    package: Package<Cursor<Vec<u8>>>,
}

impl Database {
    /// A database with every table, all of them empty.
    pub(super) fn create() -> anyhow::Result<Database> {
        let mut package = Package::create(PackageType::Installer, Cursor::new(Vec::new()))?;
        package.set_database_codepage(CodePage::Utf8);
        for (name, columns) in TABLES {
            let columns = columns.split(", ").map(column).collect::<anyhow::Result<_>>()?;
            package.create_table(*name, columns)?;
        }
        Ok(Database { package })
    }

    pub(super) fn package(&mut self) -> &mut Package<Cursor<Vec<u8>>> {
        &mut self.package
    }

    /// Adds a row.
    pub(super) fn add(&mut self, table: &str, row: Vec<Value>) -> anyhow::Result<()> {
        let added = self.package.insert_rows(Insert::into(table).row(row));
        added.with_context(|| format!("a value does not fit into the MSI table `{table}`"))
    }

    /// Adds a shortcut in the Start menu to a file. Its icon is the file's own.
    pub(super) fn shortcut(
        &mut self,
        name: &str,
        component: &str,
        file: &str,
        dir: &str,
    ) -> anyhow::Result<()> {
        let mut row = vec![text("Shortcut"), text("ProgramMenuFolder"), text(name)];
        row.extend([text(component), text(format!("[#{file}]"))]);
        row.extend(std::iter::repeat_n(Value::Null, 6));
        row.push(text(dir));
        self.add("Shortcut", row)
    }

    /// Fills the tables that give the order of actions.
    pub(super) fn sequences(&mut self) -> anyhow::Result<()> {
        let sequences = [
            ("InstallExecuteSequence", EXECUTE),
            ("InstallUISequence", ASK),
            ("AdminExecuteSequence", ADMIN),
            ("AdminUISequence", ASK_ADMIN),
        ];
        for (table, actions) in sequences {
            for (action, number) in actions {
                self.add(table, vec![text(*action), Value::Null, Value::Int(*number)])?;
            }
        }
        Ok(())
    }

    /// A stream to be written.
    pub(super) fn stream(&mut self, name: &str) -> anyhow::Result<impl Write + Seek + '_> {
        Ok(self.package.write_stream(name)?)
    }

    /// The bytes of the package.
    pub(super) fn finish(self) -> anyhow::Result<Vec<u8>> {
        let mut written = cfb::CompoundFile::open(self.package.into_inner()?)?;
        // In a container of the old version, as all packages have it.
        let bytes = Cursor::new(Vec::new());
        let mut container = cfb::CompoundFile::create_with_version(cfb::Version::V3, bytes)?;
        container.set_storage_clsid("/", *written.root_entry().clsid())?;
        let streams: Vec<_> = written.walk().filter(cfb::Entry::is_stream).collect();
        for stream in streams {
            let mut out = container.create_stream(stream.path())?;
            std::io::copy(&mut written.open_stream(stream.path())?, &mut out)?;
        }
        // No time at all: the format wants none there, and one would make every package another one.
        let no_time = SystemTime::UNIX_EPOCH - CONTAINER_EPOCH;
        container.set_created_time("/", no_time)?;
        container.set_modified_time("/", no_time)?;
        container.flush()?;
        Ok(container.into_inner().into_inner())
    }
}

/// A text in a row.
pub(super) fn text(text: impl AsRef<str>) -> Value {
    Value::from(text.as_ref())
}

fn column(text: &str) -> anyhow::Result<Column> {
    let key = text.starts_with('*');
    let (name, kind) =
        text.trim_start_matches('*').split_once(' ').context("a column has a type")?;
    let (letter, size) = kind.split_at(1);
    let size: usize = size.parse()?;
    let mut builder = Column::build(name);
    if key {
        builder = builder.primary_key();
    }
    if letter.chars().all(char::is_uppercase) {
        builder = builder.nullable();
    }
    if letter.eq_ignore_ascii_case("l") {
        builder = builder.localizable();
    }
    Ok(match (letter.to_ascii_lowercase().as_str(), size) {
        ("i", 2) => builder.int16(),
        ("i", _) => builder.int32(),
        ("v", _) => builder.binary(),
        (_, size) => builder.string(size),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_can_be_made() {
        Database::create().unwrap();
        let column = column("*VersionMin S20").unwrap();
        assert!(column.is_primary_key() && column.is_nullable());
    }
}
