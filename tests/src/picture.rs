//! Pictures of windows and what can be said of their pixels. Taking them is up to `desktop` and
//! `webdriver`.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

/// Pixels of red, green and blue.
pub type Picture = image::RgbImage;

/// Text and antialiased edges alone bring more colours than this; an empty page has one, with a
/// scroll bar a few.
const MIN_COLORS: usize = 8;

/// The largest share that one colour may have: one word of heading on an empty page of 800 × 600
/// pixels leaves 0.2 % to the other colours, a lone cursor less than 0.01 %.
const MAX_DOMINANT_SHARE: f64 = 0.9995;

/// What the pixels of a picture are, in numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Colors {
    /// How many different colours there are.
    pub distinct: usize,
    /// The most frequent colour, and its share of all pixels (0 to 1).
    pub dominant: [u8; 3],
    pub dominant_share: f64,
}

/// Counts the colours of a picture.
pub fn colors(picture: &Picture) -> Result<Colors> {
    let mut counts: HashMap<[u8; 3], u32> = HashMap::new();
    for pixel in picture.pixels() {
        *counts.entry(pixel.0).or_default() += 1;
    }
    let (dominant, count) =
        counts.iter().max_by_key(|(_, count)| **count).context("the picture has no pixels")?;
    let dominant_share = f64::from(*count) / pixel_count(picture);
    Ok(Colors { distinct: counts.len(), dominant: *dominant, dominant_share })
}

/// Fails if the picture is of one colour, or as good as.
pub fn not_blank(picture: &Picture) -> Result<()> {
    let colors = colors(picture)?;
    if colors.distinct < MIN_COLORS || colors.dominant_share > MAX_DOMINANT_SHARE {
        bail!(
            "the picture is blank: {} colours, {:.3} % of it is {}",
            colors.distinct,
            colors.dominant_share * 100.0,
            hex(colors.dominant)
        );
    }
    Ok(())
}

/// Fails unless at least `min_share` (0 to 1) of the pixels have this colour; each channel may
/// differ by `tolerance`.
pub fn has_color(picture: &Picture, color: [u8; 3], tolerance: u8, min_share: f64) -> Result<()> {
    let near = |pixel: &&image::Rgb<u8>| {
        pixel.0.iter().zip(color).all(|(channel, wanted)| channel.abs_diff(wanted) <= tolerance)
    };
    let count = u32::try_from(picture.pixels().filter(near).count())?;
    let share = f64::from(count) / pixel_count(picture);
    if share < min_share {
        let colors = colors(picture)?;
        bail!(
            "{:.3} % of the picture is {} (± {tolerance}), expected {:.3} %; {:.3} % of it is {}",
            share * 100.0,
            hex(color),
            min_share * 100.0,
            colors.dominant_share * 100.0,
            hex(colors.dominant)
        );
    }
    Ok(())
}

/// Decodes a PNG.
pub fn decode(png: &[u8]) -> Result<Picture> {
    let picture = image::load_from_memory_with_format(png, image::ImageFormat::Png);
    Ok(picture.context("the picture is no PNG")?.into_rgb8())
}

/// Keeps a picture for people to look at, as `pictures/<name>.png` in the target directory that the
/// tests run from.
pub fn keep(picture: &Picture, name: &str) -> Result<PathBuf> {
    let directory = target_dir()?.join("pictures");
    fs_err::create_dir_all(&directory)?;
    let path = directory.join(format!("{name}.png"));
    picture
        .save(&path)
        .with_context(|| format!("failed to write picture: `{}`", path.display()))?;
    Ok(path)
}

/// The test executable is `<target>/<profile>/deps/<name>`.
fn target_dir() -> Result<PathBuf> {
    let executable = std::env::current_exe().context("the test executable has no path")?;
    let target =
        executable.ancestors().nth(3).context("the test executable is in no target directory")?;
    Ok(target.to_owned())
}

fn pixel_count(picture: &Picture) -> f64 {
    f64::from(picture.width()) * f64::from(picture.height())
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
