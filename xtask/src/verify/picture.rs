//! Whether a picture of the screen shows a page, or nothing.

use std::{collections::HashMap, path::Path};

use anyhow::{Context as _, bail};
use image::RgbImage;

use super::app::Area;

/// Colours (count) that a page has at least: antialiased text alone brings more, an empty page has one, with a scroll bar a
/// few.
const MIN_COLORS: usize = 8;
/// Pixels (count) that are not of the most common colour: a word of small text has 300 of them, a lone text cursor 40.
const MIN_OTHER_PIXELS: u32 = 150;

/// Reads a picture of the screen and fails when the page's part of it shows nothing.
pub(super) fn check(path: &Path, area: Option<Area>) -> anyhow::Result<()> {
    let picture = image::load_from_memory(&fs_err::read(path)?);
    let picture = picture.with_context(|| format!("not a picture: `{}`", path.display()))?;
    not_blank(&part(&picture.into_rgb8(), area))
}

/// The page's part of the screen; the whole when nobody knows where the page is.
fn part(screen: &RgbImage, area: Option<Area>) -> RgbImage {
    let Some(area) = area else { return screen.clone() };
    let side = |start: i32, length: u32, limit: u32| {
        let from = i64::from(start).clamp(0, i64::from(limit));
        let to = (i64::from(start) + i64::from(length)).clamp(from, i64::from(limit));
        // Both are between 0 and a 32-bit limit by now.
        (u32::try_from(from).unwrap_or(0), u32::try_from(to - from).unwrap_or(0))
    };
    let (x, width) = side(area.x, area.width, screen.width());
    let (y, height) = side(area.y, area.height, screen.height());
    image::imageops::crop_imm(screen, x, y, width, height).to_image()
}

fn not_blank(picture: &RgbImage) -> anyhow::Result<()> {
    let mut counts: HashMap<[u8; 3], u32> = HashMap::new();
    for pixel in picture.pixels() {
        *counts.entry(pixel.0).or_default() += 1;
    }
    let Some(([red, green, blue], count)) = counts.iter().max_by_key(|(_, count)| **count) else {
        bail!("the window is not on the screen")
    };
    let all = picture.width() * picture.height();
    if counts.len() < MIN_COLORS || all - count < MIN_OTHER_PIXELS {
        let share = f64::from(*count) / f64::from(all) * 100.0;
        bail!(
            "the window is blank: {share:.2} % of it is #{red:02x}{green:02x}{blue:02x}, colours: {}",
            counts.len()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(paint: impl Fn(u32, u32) -> [u8; 3]) -> RgbImage {
        RgbImage::from_fn(200, 100, |x, y| image::Rgb(paint(x, y)))
    }

    fn grey(x: u32, _: u32) -> [u8; 3] {
        [x as u8; 3]
    }

    #[test]
    fn one_colour_is_blank_and_many_are_not() {
        let error = not_blank(&screen(|_, _| [255; 3])).unwrap_err().to_string();
        assert_eq!(error, "the window is blank: 100.00 % of it is #ffffff, colours: 1");
        assert!(not_blank(&screen(|x, _| [(x % 7) as u8; 3])).is_err(), "seven colours");
        assert!(not_blank(&screen(grey)).is_ok());
        let specks = |x: u32, y: u32| if y == 0 && x < 149 { [x as u8 + 1; 3] } else { [0; 3] };
        assert!(not_blank(&screen(specks)).is_err(), "specks on an empty page");
    }

    #[test]
    fn only_the_page_counts() {
        let right_half_blank = |x: u32, y: u32| if x < 100 { grey(x, y) } else { [9; 3] };
        let picture = screen(right_half_blank);
        assert!(not_blank(&part(&picture, None)).is_ok());
        let blank = Area { x: 100, y: -20, width: 500, height: 60 };
        assert_eq!(part(&picture, Some(blank)).dimensions(), (100, 40));
        assert!(not_blank(&part(&picture, Some(blank))).is_err());
        let outside = Area { x: 300, y: 0, width: 10, height: 10 };
        let error = not_blank(&part(&picture, Some(outside))).unwrap_err().to_string();
        assert_eq!(error, "the window is not on the screen");
    }
}
