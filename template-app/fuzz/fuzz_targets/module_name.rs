//! Names of modules: what is one is a plain file name, in one spelling.

#![no_main]

use std::path::{Component, Path};

use libfuzzer_sys::fuzz_target;
use plugin_host::ModuleName;

fuzz_target!(|text: &str| {
    let Ok(name) = ModuleName::parse(text) else { return };
    assert_eq!(ModuleName::parse(name.as_str()).as_ref(), Ok(&name));
    assert_eq!(ModuleName::parse(name.stem()).as_ref(), Ok(&name));
    assert_eq!(name.as_str(), format!("{}.wasm", name.stem()));
    for file in [name.as_str().to_owned(), name.manifest_file()] {
        assert!(
            file.len() <= 255 && file.is_ascii() && !file.contains(['/', '\\', ':', '\0', ' ']),
            "{file:?}"
        );
        let parts: Vec<_> = Path::new(&file).components().collect();
        assert!(matches!(parts[..], [Component::Normal(_)]), "{file:?}");
    }
});
