//! The icon's picture: a PNG, as pixels.

use std::io::Cursor;

use tauri::image::Image;

/// Largest file (bytes) and side (pixels): a tray shows some dozen.
const MAX_BYTES: usize = 1024 * 1024;
const MAX_SIDE: u32 = 1024;

/// The pixels of a PNG. The error is a reason for people.
pub(super) fn decode(png: &[u8]) -> Result<Image<'static>, String> {
    if png.len() > MAX_BYTES {
        return Err(format!("more than {MAX_BYTES} bytes, found: {}", png.len()));
    }
    let no_png = |error: png::DecodingError| format!("no PNG: {error}");
    let mut decoder = png::Decoder::new(Cursor::new(png));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(no_png)?;
    let (width, height) = (reader.info().width, reader.info().height);
    if width.max(height) > MAX_SIDE {
        return Err(format!("larger than {MAX_SIDE} pixels: {width} by {height}"));
    }
    let mut pixels = vec![0; reader.output_buffer_size().unwrap_or_default()];
    let color = reader.next_frame(&mut pixels).map_err(no_png)?.color_type;
    let opaque = |red: u8, green: u8, blue: u8| [red, green, blue, u8::MAX];
    let rgba: Vec<u8> = match color {
        png::ColorType::Rgb => pixels
            .as_chunks()
            .0
            .iter()
            .flat_map(|[red, green, blue]| opaque(*red, *green, *blue))
            .collect(),
        png::ColorType::Grayscale => {
            pixels.iter().flat_map(|grey| opaque(*grey, *grey, *grey)).collect()
        }
        png::ColorType::GrayscaleAlpha => pixels
            .as_chunks()
            .0
            .iter()
            .flat_map(|[grey, alpha]| [*grey, *grey, *grey, *alpha])
            .collect(),
        // Palettes have become colours by now.
        png::ColorType::Rgba | png::ColorType::Indexed => pixels,
    };
    Ok(Image::new_owned(rgba, width, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(color: png::ColorType, pixels: &[u8], width: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, 1);
        encoder.set_color(color);
        if color == png::ColorType::Indexed {
            encoder.set_palette(vec![1, 2, 3, 4, 5, 6]);
        }
        encoder.write_header().unwrap().write_image_data(pixels).unwrap();
        bytes
    }

    #[test]
    fn every_kind_of_png_becomes_the_same_pixels() {
        use png::ColorType::{Grayscale, GrayscaleAlpha, Indexed, Rgb, Rgba};
        for (color, pixels, expected) in [
            (Rgb, &[1, 2, 3, 4, 5, 6][..], [1, 2, 3, 255, 4, 5, 6, 255]),
            (Rgba, &[1, 2, 3, 9, 4, 5, 6, 8], [1, 2, 3, 9, 4, 5, 6, 8]),
            (Grayscale, &[7, 8], [7, 7, 7, 255, 8, 8, 8, 255]),
            (GrayscaleAlpha, &[7, 1, 8, 2], [7, 7, 7, 1, 8, 8, 8, 2]),
        ] {
            assert_eq!(decode(&encoded(color, pixels, 2)).unwrap().rgba(), expected, "{color:?}");
        }
        let indexed = decode(&encoded(Indexed, &[0, 1], 2)).unwrap();
        assert_eq!(indexed.rgba().len() % 4, 0);
        assert_eq!(&indexed.rgba()[..3], [1, 2, 3]);
    }

    #[test]
    fn what_is_no_small_png_is_refused() {
        let refusal = |bytes: &[u8]| decode(bytes).unwrap_err();
        assert!(refusal(b"GIF89a").starts_with("no PNG"));
        assert!(refusal(&vec![0; MAX_BYTES + 1]).starts_with("more than"));
        let wide =
            encoded(png::ColorType::Grayscale, &vec![0; MAX_SIDE as usize + 1], MAX_SIDE + 1);
        assert_eq!(refusal(&wide), "larger than 1024 pixels: 1025 by 1");
        let whole = encoded(png::ColorType::Rgb, &[0; 6], 2);
        assert!(refusal(&whole[..whole.len() - 20]).starts_with("no PNG"));
    }
}
