//! Tells the targets what they are compiled for.

fn main() {
    let target = std::env::var("TARGET").unwrap_or_default();
    println!("cargo::rustc-env=FUZZ_TARGET={target}");
}
