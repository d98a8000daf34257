//! Disk images and app bundles: the app is copied out into a folder of its own, and the system asked whether it trusts it.

use std::path::Path;

use super::plan::{Plan, Step};

/// What is known of an image or archive before it is opened.
pub(super) struct Bundle<'a> {
    pub(super) file: &'a Path,
    pub(super) product: &'a str,
    pub(super) slug: &'a str,
    /// Whether Apple has notarised it: Gatekeeper refuses anything else, also what is properly signed.
    pub(super) notarised: bool,
}

/// A disk image: mounted, copied, unmounted. `folder` is an empty one for mount point and app.
pub(super) fn dmg(bundle: &Bundle<'_>, folder: &Path) -> Plan {
    let (mount, app) = (folder.join("image"), format!("{}.app", bundle.product));
    let installed = folder.join("Applications").join(&app);
    let attach = Step::new(["hdiutil", "attach", "-nobrowse", "-readonly", "-mountpoint"]);
    let mut plan = app_plan(bundle, folder);
    plan.install = vec![
        attach.arg(&mount).arg(bundle.file),
        Step::new(["ditto"]).arg(mount.join(&app)).arg(installed),
        Step::new(["hdiutil", "detach"]).arg(&mount),
    ];
    if bundle.notarised {
        plan.inspect.push(Step::new(["xcrun", "stapler", "validate"]).arg(bundle.file));
    }
    // An image that stayed mounted, because the copy failed, would stay for good.
    let detach = Step::new(["hdiutil", "detach", "-force"]).arg(&mount);
    plan.remove.insert(0, detach.only_with(mount.join(&app)));
    plan
}

/// An app bundle, as a folder or packed for the updater.
pub(super) fn app(bundle: &Bundle<'_>, folder: &Path) -> Plan {
    let target = folder.join("Applications");
    let packed = bundle.file.extension().is_some_and(|suffix| suffix == "gz");
    let unpack = if packed {
        Step::new(["tar", "-xzf"]).arg(bundle.file).arg("-C").arg(&target)
    } else {
        Step::new(["ditto"]).arg(bundle.file).arg(target.join(format!("{}.app", bundle.product)))
    };
    let install = vec![Step::new(["mkdir", "-p"]).arg(&target), unpack];
    Plan { install, ..app_plan(bundle, folder) }
}

fn app_plan(bundle: &Bundle<'_>, folder: &Path) -> Plan {
    let app = folder.join("Applications").join(format!("{}.app", bundle.product));
    let mut inspect =
        vec![Step::new(["codesign", "--verify", "--deep", "--strict", "--verbose=2"]).arg(&app)];
    if bundle.notarised {
        let assess = ["spctl", "--assess", "--type", "execute", "--verbose=4"];
        inspect.push(Step::new(assess).arg(&app));
        inspect.push(Step::new(["xcrun", "stapler", "validate"]).arg(&app));
    }
    Plan {
        inspect,
        programs: vec![app.join("Contents/MacOS").join(bundle.slug)],
        remove: vec![Step::new(["rm", "-rf"]).arg(folder.join("Applications"))],
        places: vec![folder.to_owned()],
        ignored: vec![folder.join("image")],
        ..Plan::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(steps: &[Step]) -> Vec<String> {
        steps.iter().map(Step::line).collect()
    }

    #[test]
    fn an_image_is_mounted_copied_and_unmounted() {
        let bundle = Bundle {
            file: Path::new("/a.dmg"),
            product: "My Notes",
            slug: "notes",
            notarised: false,
        };
        let plan = dmg(&bundle, Path::new("/t"));
        assert_eq!(
            lines(&plan.install),
            [
                "hdiutil attach -nobrowse -readonly -mountpoint /t/image /a.dmg",
                "ditto /t/image/My Notes.app /t/Applications/My Notes.app",
                "hdiutil detach /t/image",
            ]
        );
        let signed = "codesign --verify --deep --strict --verbose=2 /t/Applications/My Notes.app";
        assert_eq!(lines(&plan.inspect), [signed]);
        assert_eq!(
            lines(&plan.remove),
            ["hdiutil detach -force /t/image", "rm -rf /t/Applications"]
        );
        assert_eq!(plan.programs, [Path::new("/t/Applications/My Notes.app/Contents/MacOS/notes")]);
    }

    #[test]
    fn what_is_notarised_must_be_stapled_and_trusted() {
        let bundle =
            Bundle { file: Path::new("/a.dmg"), product: "Notes", slug: "notes", notarised: true };
        let inspect = lines(&dmg(&bundle, Path::new("/t")).inspect);
        assert_eq!(
            inspect[1..],
            [
                "spctl --assess --type execute --verbose=4 /t/Applications/Notes.app",
                "xcrun stapler validate /t/Applications/Notes.app",
                "xcrun stapler validate /a.dmg",
            ]
        );
    }

    #[test]
    fn an_app_is_copied_or_unpacked() {
        let install = |file: &str| {
            let file = Path::new(file);
            let bundle = Bundle { file, product: "Notes", slug: "notes", notarised: false };
            lines(&app(&bundle, Path::new("/t")).install)[1].clone()
        };
        assert_eq!(install("/Notes.app"), "ditto /Notes.app /t/Applications/Notes.app");
        assert_eq!(install("/n.app.tar.gz"), "tar -xzf /n.app.tar.gz -C /t/Applications");
    }
}
