//! Windows on screens that changed since.

use super::*;

const LAPTOP: Screen = Screen { x: 0, y: 0, width: 1920, height: 1080, scale: 1.0 };
const LEFT: Screen = Screen { x: -2560, y: -200, width: 2560, height: 1440, scale: 1.0 };
const DENSE: Screen = Screen { x: 1920, y: 0, width: 3840, height: 2160, scale: 2.0 };

fn bounds(x: i32, y: i32, width: u32, height: u32) -> Bounds {
    Bounds { x, y, width, height, frame_width: 2, frame_height: 30, scale: 1.0 }
}

#[track_caller]
fn check(bounds: Bounds, screens: &[Screen], expected: (i32, i32, u32, u32)) {
    let place = bounds.place(screens).expect("a place");
    assert_eq!((place.x, place.y, place.width, place.height), expected);
    is_usable(place, bounds, screens);
}

/// What holds for every place: its grip is on a screen, and it is no larger than that.
#[track_caller]
fn is_usable(place: Place, bounds: Bounds, screens: &[Screen]) {
    let holds = screens.iter().any(|screen| {
        let factor = screen.scale / bounds.scale;
        let frame = |value: u32| (f64::from(value) * factor).round() as u32;
        let width = place.width + frame(bounds.frame_width);
        let height = place.height + frame(bounds.frame_height);
        let grip_height = (GRIP.1 * screen.scale) as u32;
        let grip = screen.overlap(place.x, place.y, width, grip_height.min(height));
        let least = i64::from(width.min((GRIP.0 * screen.scale) as u32));
        grip >= least * i64::from(grip_height.min(height).min(screen.height))
            && (width <= screen.width || place.width == 1)
            && (height <= screen.height || place.height == 1)
    });
    assert!(holds, "{place:?} of {bounds:?} on {screens:?}");
}

#[test]
fn a_window_comes_back_where_it_was() {
    check(bounds(100, 50, 800, 600), &[LAPTOP], (100, 50, 800, 600));
    check(bounds(0, 0, 1918, 1050), &[LAPTOP], (0, 0, 1918, 1050));
    check(
        bounds(2000, 100, 800, 600),
        &[LAPTOP, Screen { x: 1920, ..LAPTOP }],
        (2000, 100, 800, 600),
    );
}

#[test]
fn coordinates_can_be_negative() {
    check(bounds(-2500, -150, 800, 600), &[LAPTOP, LEFT], (-2500, -150, 800, 600));
    // Partly off to the left, as it was left.
    check(bounds(-300, 10, 800, 600), &[LAPTOP], (-300, 10, 800, 600));
    // Between two screens: nothing is moved.
    check(bounds(-400, 10, 800, 600), &[LAPTOP, LEFT], (-400, 10, 800, 600));
}

#[test]
fn a_window_of_a_screen_that_is_gone_comes_to_the_middle_of_the_first() {
    check(bounds(-2500, -150, 800, 600), &[LAPTOP], (559, 225, 800, 600));
    check(bounds(5000, 5000, 800, 600), &[LAPTOP, LEFT], (559, 225, 800, 600));
    // One that is larger than what is left.
    check(bounds(-2500, -150, 2500, 1400), &[LAPTOP], (0, 0, 1918, 1050));
}

#[test]
fn enough_of_the_upper_edge_stays_in_reach() {
    check(bounds(1600, 100, 800, 600), &[LAPTOP], (1600, 100, 800, 600));
    check(bounds(100, 900, 800, 600), &[LAPTOP], (100, 900, 800, 600));
    // Less would be in sight than it takes.
    for (x, y) in [(1900, 100), (-790, 100), (100, 1079), (-650, 900)] {
        check(bounds(x, y, 800, 600), &[LAPTOP], (559, 225, 800, 600));
    }
    // A quarter is in sight, and too little to catch it by.
    check(bounds(1860, 0, 200, 1000), &[LAPTOP], (1800, 0, 200, 1000));
    check(bounds(0, 1060, 1000, 32), &[LAPTOP], (0, 1048, 1000, 32));
    // A title bar above the screen cannot be caught.
    check(bounds(100, -25, 800, 600), &[LAPTOP], (100, 0, 800, 600));
    // Below a panel at the upper edge.
    let panel = Screen { y: 40, height: 1040, ..LAPTOP };
    check(bounds(100, 10, 800, 600), &[panel], (100, 40, 800, 600));
}

#[test]
fn no_window_is_larger_than_its_screen() {
    check(bounds(0, 0, 4000, 3000), &[LAPTOP], (0, 0, 1918, 1050));
    let small = Screen { width: 640, height: 480, ..LAPTOP };
    check(bounds(100, 100, 800, 600), &[small], (100, 100, 638, 450));
}

#[test]
fn a_scale_that_changed_keeps_the_size_that_people_see() {
    let dense = Screen { x: 0, ..DENSE };
    check(bounds(100, 50, 800, 600), &[dense], (100, 50, 1600, 1200));
    let was_dense = Bounds { scale: 2.0, ..bounds(100, 50, 1600, 1200) };
    check(was_dense, &[LAPTOP], (100, 50, 800, 600));
    // On the dense one of two.
    let kept = Bounds { scale: 2.0, ..bounds(2200, 50, 1600, 1200) };
    check(kept, &[LAPTOP, DENSE], (2200, 50, 1600, 1200));
}

#[test]
fn numbers_that_no_window_has_place_nothing() {
    let good = bounds(100, 50, 800, 600);
    for bad in [
        Bounds { x: i32::MAX, ..good },
        Bounds { y: i32::MIN, ..good },
        Bounds { width: 0, ..good },
        Bounds { height: u32::MAX, ..good },
        Bounds { frame_width: u32::MAX, ..good },
        Bounds { scale: 0.0, ..good },
        Bounds { scale: f64::NAN, ..good },
        Bounds { scale: -1.0, ..good },
    ] {
        assert_eq!(bad.place(&[LAPTOP]), None, "{bad:?}");
    }
    assert_eq!(good.place(&[]), None, "no screen");
    assert_eq!(good.place(&[Screen { scale: f64::NAN, ..LAPTOP }]), None);
}

#[test]
fn every_place_is_in_reach() {
    let small = Screen { x: 300, y: 200, width: 320, height: 200, scale: 1.5 };
    for screens in [&[LAPTOP][..], &[LAPTOP, LEFT, DENSE], &[small], &[DENSE, small]] {
        for x in (-7000..7000).step_by(611) {
            for y in (-5000..5000).step_by(419) {
                for (width, height) in [(1, 1), (200, 100), (1200, 800), (6000, 90), (90, 6000)] {
                    for scale in [1.0, 1.25, 2.0] {
                        let bounds = Bounds { scale, ..bounds(x, y, width, height) };
                        is_usable(bounds.place(screens).expect("a place"), bounds, screens);
                    }
                }
            }
        }
    }
}
