//! Exports the function: a program exports none by itself.

fn main() {
    println!("cargo::rustc-link-arg-bins=--export=divide");
}
