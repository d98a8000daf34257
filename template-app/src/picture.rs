//! Pictures as pixels and as PNG, on their way to the clipboard and to notifications.

use std::io::Cursor;

#[cfg(any(target_os = "linux", test))]
use png::{BitDepth, Compression, Encoder};
use png::{ColorType, Decoder, Limits, Transformations};

/// Largest picture, in bytes of its pixels: a screen of 8192 × 8192.
pub(crate) const MAX_PIXEL_BYTES: usize = 256 * 1024 * 1024;
/// Bytes of a pixel: red, green, blue, alpha.
const PIXEL: usize = 4;

/// Pixels of four bytes (red, green, blue, alpha; not premultiplied), row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) rgba: Vec<u8>,
}

/// Why bytes are no picture.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PictureError {
    #[error("not a PNG that can be read: {0}")]
    Png(String),
    #[error("{found} bytes for {width} × {height} pixels, which are {expected}")]
    Length { width: u32, height: u32, expected: u64, found: usize },
    #[error("a picture without pixels: {0} × {1}")]
    Empty(u32, u32),
    #[error("larger than {MAX_PIXEL_BYTES} bytes of pixels: {0} × {1}")]
    TooLarge(u32, u32),
}

/// Bytes of so many pixels, if a picture may have them.
fn pixel_bytes(width: u32, height: u32) -> Result<usize, PictureError> {
    let bytes = u128::from(width) * u128::from(height) * PIXEL as u128;
    match usize::try_from(bytes) {
        Ok(0) => Err(PictureError::Empty(width, height)),
        Ok(bytes) if bytes <= MAX_PIXEL_BYTES => Ok(bytes),
        _ => Err(PictureError::TooLarge(width, height)),
    }
}

impl Picture {
    /// A picture of pixels that somebody else counted.
    pub(crate) fn of(width: u32, height: u32, rgba: Vec<u8>) -> Result<Picture, PictureError> {
        Picture::check(width, height, rgba.len())?;
        Ok(Picture { width, height, rgba })
    }

    fn check(width: u32, height: u32, found: usize) -> Result<(), PictureError> {
        let expected = pixel_bytes(width, height)?;
        if found == expected {
            return Ok(());
        }
        let expected = expected as u64;
        Err(PictureError::Length { width, height, expected, found })
    }

    /// Reads a PNG of any kind; of an animated one the first picture.
    pub(crate) fn decode(png: &[u8]) -> Result<Picture, PictureError> {
        let failed = |error: png::DecodingError| PictureError::Png(error.to_string());
        let limits = Limits { bytes: MAX_PIXEL_BYTES };
        let mut decoder = Decoder::new_with_limits(Cursor::new(png), limits);
        decoder
            .set_transformations(Transformations::normalize_to_color8() | Transformations::ALPHA);
        let mut reader = decoder.read_info().map_err(failed)?;
        let (width, height) = reader.info().size();
        let size = pixel_bytes(width, height)?;
        let mut pixels = vec![0; reader.output_buffer_size().unwrap_or(size)];
        let frame = reader.next_frame(&mut pixels).map_err(failed)?;
        pixels.truncate(frame.buffer_size());
        let rgba = match frame.color_type {
            ColorType::Rgba => pixels,
            ColorType::Rgb => spread(&pixels, 3, |p| [p[0], p[1], p[2], u8::MAX]),
            ColorType::GrayscaleAlpha => spread(&pixels, 2, |p| [p[0], p[0], p[0], p[1]]),
            _ => spread(&pixels, 1, |p| [p[0], p[0], p[0], u8::MAX]),
        };
        Picture::of(width, height, rgba)
    }

    /// The picture as PNG, quickly rather than small: it is read once, on this machine. Other systems take pixels.
    #[cfg(any(target_os = "linux", test))]
    pub(crate) fn encode(width: u32, height: u32, rgba: &[u8]) -> Result<Vec<u8>, PictureError> {
        Picture::check(width, height, rgba.len())?;
        let failed = |error: png::EncodingError| PictureError::Png(error.to_string());
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, width, height);
        encoder.set_color(ColorType::Rgba);
        encoder.set_depth(BitDepth::Eight);
        encoder.set_compression(Compression::Fastest);
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(rgba).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(bytes)
    }
}

fn spread(pixels: &[u8], channels: usize, of: impl Fn(&[u8]) -> [u8; PIXEL]) -> Vec<u8> {
    pixels.chunks_exact(channels).flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(color: ColorType, depth: BitDepth, data: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 2, 1);
        encoder.set_color(color);
        encoder.set_depth(depth);
        if color == ColorType::Indexed {
            encoder.set_palette(vec![1, 2, 3, 9, 8, 7]);
            encoder.set_trns(vec![255, 4]);
        }
        encoder.write_header().unwrap().write_image_data(data).unwrap();
        bytes
    }

    #[test]
    fn every_kind_of_png_becomes_the_same_kind_of_pixels() {
        for (color, depth, data, expected) in [
            (
                ColorType::Rgba,
                BitDepth::Eight,
                &[1, 2, 3, 0, 5, 6, 7, 128][..],
                [1, 2, 3, 0, 5, 6, 7, 128],
            ),
            (ColorType::Rgb, BitDepth::Eight, &[1, 2, 3, 5, 6, 7], [1, 2, 3, 255, 5, 6, 7, 255]),
            (ColorType::Grayscale, BitDepth::Eight, &[9, 200], [9, 9, 9, 255, 200, 200, 200, 255]),
            (
                ColorType::Grayscale,
                BitDepth::One,
                &[0b0100_0000],
                [0, 0, 0, 255, 255, 255, 255, 255],
            ),
            (
                ColorType::GrayscaleAlpha,
                BitDepth::Eight,
                &[9, 1, 200, 2],
                [9, 9, 9, 1, 200, 200, 200, 2],
            ),
            (
                ColorType::Grayscale,
                BitDepth::Sixteen,
                &[9, 77, 200, 77],
                [9, 9, 9, 255, 200, 200, 200, 255],
            ),
            (ColorType::Indexed, BitDepth::Eight, &[1, 0], [9, 8, 7, 4, 1, 2, 3, 255]),
        ] {
            let picture = Picture::decode(&png(color, depth, data));
            assert_eq!(picture.map(|picture| picture.rgba), Ok(expected.to_vec()), "{color:?}");
        }
    }

    #[test]
    fn pixels_come_back_as_they_were_also_where_they_cannot_be_seen() {
        let rgba: Vec<u8> = (0..3 * 5 * 4).map(|byte| (byte * 37 % 256) as u8).collect();
        let png = Picture::encode(3, 5, &rgba).unwrap();
        assert_eq!(Picture::decode(&png), Ok(Picture { width: 3, height: 5, rgba }));
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let whole = Picture::encode(8, 8, &[7; 256]).unwrap();
        for bytes in [&b""[..], b"GIF89a", &whole[..whole.len() / 2], &whole[..20]] {
            assert!(matches!(Picture::decode(bytes), Err(PictureError::Png(_))), "{bytes:?}");
        }
        // A small file that says that it is a very large picture.
        let mut bomb = Vec::new();
        let mut encoder = Encoder::new(&mut bomb, 60_000, 60_000);
        encoder.set_color(ColorType::Rgba);
        let mut writer = encoder.write_header().unwrap();
        writer.write_chunk(png::chunk::IDAT, &[]).unwrap();
        drop(writer);
        assert_eq!(Picture::decode(&bomb), Err(PictureError::TooLarge(60_000, 60_000)));
        let lengths =
            [(2, 2, 15), (2, 2, 17), (u32::MAX, u32::MAX, 16), (1 << 31, 1 << 31, 0), (0, 4, 0)];
        for (width, height, length) in lengths {
            assert!(Picture::of(width, height, vec![0; length]).is_err(), "{width} {height}");
        }
    }
}
