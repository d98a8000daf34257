//! The plugin's functions. All paths are relative, and so in the plugin's own storage.

mod contents;
mod folders;

pub use contents::*;
pub use folders::*;

/// A folder for a test, gone afterwards. Tests run on this machine, where a relative path would be in the project's folder.
#[cfg(test)]
mod scratch {
    use std::{env, fs, path::PathBuf, process};

    pub struct Scratch(PathBuf);

    impl Scratch {
        pub fn new(name: &str) -> Scratch {
            let folder = env::temp_dir().join(format!("files-{name}-{}", process::id()));
            fs::create_dir_all(&folder).unwrap();
            Scratch(folder)
        }

        pub fn path(&self, path: &str) -> String {
            self.0.join(path).display().to_string()
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}
