//! What the webview paints with, as far as it can be read without starting anything.

use std::{fs, path::Path};

/// Where the kernel lists its graphics devices; those that render are named `renderD…`.
const DEVICES: &str = "/sys/class/drm";
const RENDER_DEVICE: &str = "renderD";
const KERNEL: &str = "/proc/sys/kernel/osrelease";
const NVIDIA: &str = "/proc/driver/nvidia/version";
/// The libraries of this process, with their files, whose names have the versions.
const LIBRARIES: &str = "/proc/self/maps";
const WEBKIT: &str = "libwebkit2gtk";

/// Drivers of the devices that render, sorted; none where everything is painted in software anyway.
pub(super) fn drivers() -> Vec<String> {
    drivers_in(Path::new(DEVICES))
}

fn drivers_in(devices: &Path) -> Vec<String> {
    let entries = fs_err::read_dir(devices).into_iter().flatten().flatten();
    let devices =
        entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(RENDER_DEVICE));
    let mut drivers: Vec<_> = devices
        .map(|device| {
            let driver = fs::read_link(device.path().join("device/driver")).ok();
            let name = driver.as_deref().and_then(Path::file_name);
            name.map_or_else(|| "unknown".to_owned(), |name| name.to_string_lossy().into_owned())
        })
        .collect();
    drivers.sort();
    drivers
}

/// What a result holds for. When it changes, so may the result.
pub(super) fn key(drivers: &[String]) -> String {
    let line = |path: &str| {
        let text = fs_err::read_to_string(path).unwrap_or_default();
        text.lines().next().unwrap_or_default().trim().to_owned()
    };
    let libraries = fs_err::read_to_string(LIBRARIES).unwrap_or_default();
    let session = ["GDK_BACKEND", "WAYLAND_DISPLAY", "DISPLAY"]
        .into_iter()
        .find(|name| std::env::var_os(name).is_some())
        .unwrap_or_default();
    let parts =
        [webkit(&libraries), line(KERNEL), drivers.join(","), line(NVIDIA), session.to_owned()];
    parts.join("; ")
}

fn webkit(libraries: &str) -> String {
    let files = libraries.lines().filter_map(|line| line.rsplit('/').next());
    files.map(str::trim).find(|file| file.starts_with(WEBKIT)).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_devices_that_render_count() {
        let dir = std::env::temp_dir().join(format!("drm-{}", std::process::id()));
        for (device, driver) in
            [("renderD129", "i915"), ("renderD128", "amdgpu"), ("card0", "simpledrm")]
        {
            let device = dir.join(device).join("device");
            fs_err::create_dir_all(&device).unwrap();
            std::os::unix::fs::symlink(format!("../../drivers/{driver}"), device.join("driver"))
                .unwrap();
        }
        assert_eq!(drivers_in(&dir), ["amdgpu", "i915"]);
        fs_err::remove_dir_all(&dir).unwrap();
        assert_eq!(drivers_in(&dir), [""; 0]);
    }

    #[test]
    fn the_version_of_the_webview_is_that_of_its_file() {
        let maps = "7f00-7f01 r-xp 00000000 08:01 1 /usr/lib/libc.so.6\n\
            7f02-7f03 r-xp 00000000 08:01 2 /usr/lib/x86_64-linux-gnu/libwebkit2gtk-4.1.so.0.19.4\n";
        assert_eq!(webkit(maps), "libwebkit2gtk-4.1.so.0.19.4");
        assert_eq!(webkit(""), "");
    }
}
