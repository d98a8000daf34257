//! Apps in real windows: the bridge, the guard, windows and instances, packs and packages.
//!
//! Every app here comes from the one runtime that `xtask` compiled, stamped with a pack of its own.

mod bridge;
mod content;
mod context_menu;
mod dev;
mod dialogs;
mod downloads;
mod downloads_places;
mod dragdrop;
mod events;
mod failures;
mod files;
mod fs;
mod fs_scopes;
mod fs_streams;
mod health;
mod instance;
mod menu;
mod navigation;
mod navigation_more;
mod packages;
mod plugin_example;
mod plugin_files;
mod plugin_install;
mod plugin_support;
mod plugins;
mod popups;
mod refusal;
mod remote;
mod rights;
mod self_test;
mod showcase;
mod support;
mod tray;
mod web;
mod web_permissions;
mod window;
mod window_cache_only;
mod window_close;
mod window_functions;
mod window_geometry;
mod window_leaks;
mod window_new;
mod window_tray;
