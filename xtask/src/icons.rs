//! Icons: one SVG or PNG becomes every size and format that the three systems need, once per source.

use std::{
    collections::BTreeMap,
    io::Cursor,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use image::{ImageFormat, ImageReader, RgbaImage, imageops::FilterType};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg,
};
use runtime_settings::Sha256;

use crate::workspace;

/// The picture of an app that brings none.
const BUILT_IN: &[u8] = include_bytes!("../assets/icon.svg");
/// Smallest side of a PNG (pixels): what the largest Linux and Windows sizes are made from.
const MIN_SIDE: u32 = 512;
/// Smallest and largest side of what is drawn in a tray (pixels): the densest screens show 64.
const SMALL_MIN_SIDE: u32 = 16;
const SMALL_SIDE: u32 = 64;
/// Largest side of a PNG (pixels) and largest file (bytes): beyond that it is no icon but a mistake.
const MAX_SIDE: u32 = 8192;
const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// Changes when the output for the same source changes, so that old cache entries are not used.
const CACHE_VERSION: &str = "v3";

/// PNG files in `icons/`, with their side in pixels: Tauri puts each into the Linux icon theme by its size.
const PNG_FILES: &[(&str, u32)] = &[
    ("16x16.png", 16),
    ("24x24.png", 24),
    ("32x32.png", 32),
    ("48x48.png", 48),
    ("64x64.png", 64),
    ("128x128.png", 128),
    ("256x256.png", 256),
    ("icon.png", 512),
];
/// Sizes that an icon theme has from the drawing, where there is one.
const SPARE_WITH_SVG: &[&str] =
    &["16x16.png", "24x24.png", "48x48.png", "64x64.png", "256x256.png"];
/// Sides in `icon.ico`. https://learn.microsoft.com/windows/apps/design/style/iconography/app-icon-construction
const ICO_SIDES: &[u32] = &[16, 24, 32, 48, 64, 256];
/// Sides in `icon.icns`; the larger ones also serve as the `@2x` of the smaller ones.
const ICNS_SIDES: &[u32] = &[16, 32, 64, 128, 256, 512, 1024];

/// Why a file is no icon, in the words of a config problem.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) reason: String,
    pub(crate) fix: String,
}

/// The finished files by name (`icon.ico`, `32x32.png`, …).
pub(crate) type IconSet = BTreeMap<String, Vec<u8>>;

/// A picture that icons can be made of.
enum Picture {
    Svg(Box<usvg::Tree>),
    Png(RgbaImage),
}

/// Can this file be an app's icon?
pub(crate) fn inspect(path: &Path) -> Result<(), Refused> {
    let bytes = read(path)?;
    if cache_dir(&bytes).is_dir() {
        return Ok(());
    }
    decode(&bytes, is_svg(path)).map(drop)
}

/// Every icon file of an app, from its picture or the built-in one.
pub(crate) fn load(path: Option<&Path>) -> anyhow::Result<IconSet> {
    let (bytes, svg) = match path {
        Some(path) => (fs_err::read(path)?, is_svg(path)),
        None => (BUILT_IN.to_vec(), true),
    };
    let cache = cache_dir(&bytes);
    if cache.is_dir() {
        return read_cache(&cache);
    }
    let picture = decode(&bytes, svg).map_err(|refused| anyhow::anyhow!(refused.reason))?;
    let mut set = make(&picture).context("failed to make the icons")?;
    if svg {
        // The drawing itself goes into the icon theme and serves every size there but the usual ones.
        set.retain(|name, _| !SPARE_WITH_SVG.contains(&name.as_str()));
        set.insert("icon.svg".to_owned(), bytes);
    }
    write_cache(&cache, &set)?;
    Ok(set)
}

/// The PNG of a small icon, such as that of a tray.
pub(crate) fn draw_small(path: &Path) -> Result<Vec<u8>, Refused> {
    let refuse = |error: anyhow::Error| Refused {
        reason: format!("the icon cannot be drawn: {error}"),
        fix: "export it again as a square PNG, or as SVG".into(),
    };
    let bytes = read(path)?;
    let picture =
        if is_svg(path) { decode_svg(&bytes)? } else { decode_png(&bytes, SMALL_MIN_SIDE)? };
    let side = match &picture {
        Picture::Png(image) => image.width().min(SMALL_SIDE),
        Picture::Svg(_) => SMALL_SIDE,
    };
    picture.draw(side).and_then(|image| png(&image)).map_err(refuse)
}

fn is_svg(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("svg"))
}

fn read(path: &Path) -> Result<Vec<u8>, Refused> {
    let refuse = |reason: String| Refused {
        reason,
        fix: "name an SVG, or a square PNG of 512 pixels or more".into(),
    };
    let metadata = fs_err::metadata(path)
        .map_err(|_| refuse(format!("no such file: `{}`", path.display())))?;
    if metadata.len() > MAX_BYTES {
        return Err(refuse(format!(
            "the icon has {} MB, 16 are allowed",
            metadata.len() / 1_000_000
        )));
    }
    fs_err::read(path).map_err(|error| refuse(error.to_string()))
}

fn decode(bytes: &[u8], svg: bool) -> Result<Picture, Refused> {
    if svg { decode_svg(bytes) } else { decode_png(bytes, MIN_SIDE) }
}

fn decode_svg(bytes: &[u8]) -> Result<Picture, Refused> {
    let mut options = usvg::Options::default();
    // An icon is one file: what it refers to on this machine stays out of the app.
    options.image_href_resolver.resolve_string = Box::new(|_, _| None);
    let tree = usvg::Tree::from_data(bytes, &options).map_err(|error| Refused {
        reason: format!("the icon is no SVG that can be drawn: {error}"),
        fix: "export it again as plain SVG, or as a square PNG of 512 pixels or more".into(),
    })?;
    let size = tree.size();
    if (size.width() - size.height()).abs() > f32::EPSILON * size.width() {
        return Err(Refused {
            reason: format!("the icon is not square: {} by {}", size.width(), size.height()),
            fix: "give its `viewBox` equal width and height".into(),
        });
    }
    Ok(Picture::Svg(Box::new(tree)))
}

fn decode_png(bytes: &[u8], min_side: u32) -> Result<Picture, Refused> {
    let no_png = |error: image::ImageError| Refused {
        reason: format!("the icon is no PNG that can be read: {error}"),
        fix: "export it again as a square PNG of 512 pixels or more, or as SVG".into(),
    };
    let reader = || ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png);
    let (width, height) = reader().into_dimensions().map_err(no_png)?;
    if width != height {
        return Err(Refused {
            reason: format!("the icon is not square: {width} by {height} pixels"),
            fix: "pad it to a square with transparent pixels".into(),
        });
    }
    if !(min_side..=MAX_SIDE).contains(&width) {
        return Err(Refused {
            reason: format!(
                "the icon has {width} by {height} pixels, {min_side} to {MAX_SIDE} are allowed"
            ),
            fix: "export it with 1024 by 1024 pixels, or as SVG".into(),
        });
    }
    Ok(Picture::Png(reader().decode().map_err(no_png)?.into_rgba8()))
}

fn make(picture: &Picture) -> anyhow::Result<IconSet> {
    let mut set = IconSet::new();
    for (name, side) in PNG_FILES {
        set.insert((*name).to_owned(), png(&picture.draw(*side)?)?);
    }
    set.insert("icon.ico".to_owned(), ico(picture)?);
    set.insert("icon.icns".to_owned(), icns(picture)?);
    Ok(set)
}

impl Picture {
    /// The picture with this side in pixels.
    fn draw(&self, side: u32) -> anyhow::Result<RgbaImage> {
        match self {
            Picture::Svg(tree) => draw_svg(tree, side),
            Picture::Png(image) => Ok(resize(image, side)),
        }
    }

    /// A PNG is not blown up.
    fn can_draw(&self, side: u32) -> bool {
        match self {
            Picture::Svg(_) => true,
            Picture::Png(image) => side <= image.width(),
        }
    }
}

fn draw_svg(tree: &usvg::Tree, side: u32) -> anyhow::Result<RgbaImage> {
    let mut pixmap = Pixmap::new(side, side).context("an icon needs pixels")?;
    let scale = side as f32 / tree.size().width();
    resvg::render(tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    let pixels = pixmap.pixels().iter().flat_map(|pixel| {
        let color = pixel.demultiply();
        [color.red(), color.green(), color.blue(), color.alpha()]
    });
    RgbaImage::from_raw(side, side, pixels.collect()).context("an icon has four bytes per pixel")
}

/// Scales with the colour weighted by its opacity, so that the invisible colour of transparent pixels does not bleed
/// into the edges.
fn resize(image: &RgbaImage, side: u32) -> RgbaImage {
    if image.width() == side {
        return image.clone();
    }
    let mut weighted = image::Rgba32FImage::new(image.width(), image.height());
    for (from, to) in image.pixels().zip(weighted.pixels_mut()) {
        let unit = from.0.map(|channel| f32::from(channel) / 255.0);
        to.0 = [unit[0] * unit[3], unit[1] * unit[3], unit[2] * unit[3], unit[3]];
    }
    let scaled = image::imageops::resize(&weighted, side, side, FilterType::Lanczos3);
    let mut result = RgbaImage::new(side, side);
    for (from, to) in scaled.pixels().zip(result.pixels_mut()) {
        let alpha = from[3].clamp(0.0, 1.0);
        let byte = |unit: f32| (unit.clamp(0.0, 1.0) * 255.0).round() as u8;
        let channel = |weighted: f32| if alpha > 0.0 { byte(weighted / alpha) } else { 0 };
        to.0 = [channel(from[0]), channel(from[1]), channel(from[2]), byte(alpha)];
    }
    result
}

fn png(image: &RgbaImage) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

fn ico(picture: &Picture) -> anyhow::Result<Vec<u8>> {
    let mut directory = ico::IconDir::new(ico::ResourceType::Icon);
    for side in ICO_SIDES {
        let image = ico::IconImage::from_rgba_data(*side, *side, picture.draw(*side)?.into_raw());
        directory.add_entry(ico::IconDirEntry::encode(&image)?);
    }
    let mut bytes = Vec::new();
    directory.write(&mut bytes)?;
    Ok(bytes)
}

fn icns(picture: &Picture) -> anyhow::Result<Vec<u8>> {
    let mut family = icns::IconFamily::new();
    for side in ICNS_SIDES.iter().filter(|side| picture.can_draw(**side)) {
        let pixels = picture.draw(*side)?.into_raw();
        family.add_icon(&icns::Image::from_data(icns::PixelFormat::RGBA, *side, *side, pixels)?)?;
    }
    let mut bytes = Vec::new();
    family.write(&mut bytes)?;
    Ok(bytes)
}

fn cache_dir(source: &[u8]) -> PathBuf {
    workspace::target_dir().join("icons").join(format!("{CACHE_VERSION}-{}", Sha256::of(source)))
}

fn read_cache(dir: &Path) -> anyhow::Result<IconSet> {
    let mut set = IconSet::new();
    for entry in fs_err::read_dir(dir)? {
        let entry = entry?;
        set.insert(entry.file_name().to_string_lossy().into_owned(), fs_err::read(entry.path())?);
    }
    Ok(set)
}

/// A cache entry appears whole or not at all. Another process may have made the same one meanwhile.
fn write_cache(dir: &Path, set: &IconSet) -> anyhow::Result<()> {
    let parent = dir.parent().context("a cache entry has a parent folder")?;
    fs_err::create_dir_all(parent)?;
    let temporary = tempfile::tempdir_in(parent)?;
    for (name, bytes) in set {
        fs_err::write(temporary.path().join(name), bytes)?;
    }
    let finished = temporary.keep();
    if fs_err::rename(&finished, dir).is_err() {
        fs_err::remove_dir_all(&finished)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn solid(width: u32, height: u32) -> Vec<u8> {
        png(&RgbaImage::from_pixel(width, height, image::Rgba([200, 30, 30, 255]))).unwrap()
    }

    fn refusal(bytes: &[u8], svg: bool) -> String {
        decode(bytes, svg).map(drop).unwrap_err().reason
    }

    #[test]
    fn the_built_in_picture_becomes_every_file() {
        let set = make(&decode(BUILT_IN, true).unwrap()).unwrap();
        for (name, side) in PNG_FILES {
            let image = image::load_from_memory(&set[*name]).unwrap();
            assert_eq!((image.width(), image.height()), (*side, *side), "{name}");
        }
        let ico = ico::IconDir::read(Cursor::new(&set["icon.ico"])).unwrap();
        assert_eq!(ico.entries().iter().map(|entry| entry.width()).collect::<Vec<_>>(), ICO_SIDES);
        let icns = icns::IconFamily::read(Cursor::new(&set["icon.icns"])).unwrap();
        assert_eq!(icns.available_icons().len(), ICNS_SIDES.len());
    }

    #[test]
    fn the_same_source_gives_the_same_bytes() {
        let picture = decode(BUILT_IN, true).unwrap();
        assert_eq!(make(&picture).unwrap(), make(&picture).unwrap());
    }

    #[test]
    fn what_is_no_icon_is_refused_with_its_reason() {
        assert!(refusal(b"<svg", true).starts_with("the icon is no SVG"));
        assert!(refusal(b"GIF89a", false).starts_with("the icon is no PNG"));
        assert_eq!(refusal(&solid(512, 600), false), "the icon is not square: 512 by 600 pixels");
        assert_eq!(
            refusal(&solid(511, 511), false),
            "the icon has 511 by 511 pixels, 512 to 8192 are allowed"
        );
        let wide = br#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><path d="M0 0h20v10z"/></svg>"#;
        assert_eq!(refusal(wide, true), "the icon is not square: 20 by 10");
        let cut = &solid(512, 512)[..200];
        assert!(refusal(cut, false).starts_with("the icon is no PNG"), "{}", refusal(cut, false));
    }

    #[test]
    fn transparent_pixels_do_not_darken_the_edges() {
        let mut image = RgbaImage::from_pixel(512, 512, image::Rgba([0, 0, 0, 0]));
        for pixel in image.enumerate_pixels_mut().filter(|(x, _, _)| *x >= 250) {
            *pixel.2 = image::Rgba([255, 255, 255, 255]);
        }
        let visible =
            resize(&image, 32).pixels().filter(|pixel| pixel[3] > 8).all(|pixel| pixel[0] > 250);
        assert!(visible);
    }
}
