//! The picture of a number, for a taskbar that shows pictures only.

/// Side of the picture, in pixels: what Windows shows at 200 %.
pub(super) const SIDE: usize = 32;
/// From here on there is no room for the digits, and `99+` stands for them.
const MANY: u32 = 100;
/// Red, and white on it.
const GROUND: [u8; 4] = [0xc4, 0x2b, 0x1c, 0xff];
const INK: [u8; 4] = [0xff; 4];
/// Rows of five pixels, from above, of `0` to `9` and `+`.
const GLYPHS: [[u8; 7]; 11] = [
    [14, 17, 19, 21, 25, 17, 14],
    [4, 12, 4, 4, 4, 4, 14],
    [14, 17, 1, 2, 4, 8, 31],
    [31, 2, 4, 2, 1, 17, 14],
    [2, 6, 10, 18, 31, 2, 2],
    [31, 16, 30, 1, 1, 17, 14],
    [6, 8, 16, 30, 17, 17, 14],
    [31, 1, 2, 4, 8, 8, 8],
    [14, 17, 17, 14, 17, 17, 14],
    [14, 17, 17, 15, 1, 2, 12],
    [0, 4, 4, 31, 4, 4, 0],
];
const GLYPH_WIDTH: usize = 5;
const GLYPH_HEIGHT: usize = 7;

/// Pixels of the picture, from the left upper corner.
pub(super) fn draw(count: u32) -> Vec<u8> {
    let text = if count < MANY { count.to_string() } else { format!("{}+", MANY - 1) };
    let glyphs: Vec<_> =
        text.chars().map(|c| c.to_digit(10).map_or(10, |digit| digit as usize)).collect();
    // As large as fits: three signs have less room than one.
    let scale = match glyphs.len() {
        1 => 3,
        2 => 2,
        _ => 1,
    };
    let advance = (GLYPH_WIDTH + 1) * scale;
    let left = (SIDE - (advance * glyphs.len() - scale)) / 2;
    let top = (SIDE - GLYPH_HEIGHT * scale) / 2;
    let is_ink = |x: usize, y: usize| {
        let (Some(x), Some(y)) = (x.checked_sub(left), y.checked_sub(top)) else { return false };
        let (column, row) = (x % advance / scale, y / scale);
        let glyph = glyphs.get(x / advance).filter(|_| row < GLYPH_HEIGHT && column < GLYPH_WIDTH);
        glyph.is_some_and(|glyph| GLYPHS[*glyph][row] >> (GLYPH_WIDTH - 1 - column) & 1 == 1)
    };
    let is_ground = |x: usize, y: usize| {
        let from_centre = |at: usize| (at * 2 + 1).abs_diff(SIDE);
        from_centre(x).pow(2) + from_centre(y).pow(2) <= SIDE.pow(2)
    };
    let pixel = |x: usize, y: usize| match (is_ink(x, y), is_ground(x, y)) {
        (true, _) => INK,
        (false, true) => GROUND,
        (false, false) => [0; 4],
    };
    (0..SIDE * SIDE).flat_map(|at| pixel(at % SIDE, at / SIDE)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ink(count: u32) -> usize {
        draw(count).chunks_exact(4).filter(|pixel| **pixel == INK).count()
    }

    #[test]
    fn numbers_have_as_much_ink_as_their_digits() {
        let dots =
            |glyph: usize| GLYPHS[glyph].iter().map(|row| row.count_ones() as usize).sum::<usize>();
        assert_eq!(ink(7), dots(7) * 9);
        assert_eq!(ink(42), (dots(4) + dots(2)) * 4);
        assert_eq!(ink(99), dots(9) * 2 * 4);
        assert_eq!(ink(100), dots(9) * 2 + dots(10));
        assert_eq!(draw(100), draw(u32::MAX));
        assert_eq!(draw(1).len(), SIDE * SIDE * 4);
    }
}
