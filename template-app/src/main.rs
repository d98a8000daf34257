//! The Deskwright runtime: starts the app that the pack beside it describes.
//!
//! This file only decides how a start ends; `app` is the start itself.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod app;
mod args;
#[cfg_attr(not(feature = "standard"), path = "arrivals/none.rs")]
mod arrivals;
#[cfg(feature = "standard")]
mod auth;
#[cfg(feature = "standard")]
mod autostart;
mod background;
#[cfg(feature = "standard")]
mod badge;
mod bridge;
mod cache_only;
#[cfg(feature = "standard")]
mod clipboard;
mod content;
#[cfg(debug_assertions)]
mod dev;
#[cfg(feature = "standard")]
mod diagnostics;
mod dialogs;
mod downloads;
mod external;
#[cfg(target_os = "linux")]
mod failures;
#[cfg(target_os = "linux")]
mod failures_linux;
mod fatal;
#[cfg(feature = "standard")]
mod files;
#[cfg(feature = "standard")]
mod fs;
#[cfg(feature = "standard")]
mod global_variables;
mod grants;
mod identity;
#[cfg(feature = "standard")]
mod isolation;
mod kept;
#[cfg(all(feature = "standard", target_os = "linux"))]
mod keysym;
mod labels;
#[cfg(feature = "standard")]
mod languages;
mod login_hosts;
#[cfg(feature = "standard")]
mod main_thread;
#[cfg(feature = "standard")]
mod menu;
mod native_events;
mod navigation;
#[cfg(target_os = "linux")]
mod navigation_linux;
#[cfg(feature = "standard")]
mod network;
#[cfg(feature = "standard")]
mod notifications;
mod pack;
mod permissions;
#[cfg(feature = "standard")]
mod picture;
#[cfg(feature = "plugins")]
mod plugins;
mod policy;
mod popups;
#[cfg(target_os = "linux")]
mod print_linux;
mod program;
#[cfg(feature = "standard")]
mod resources;
mod self_test;
#[cfg(feature = "standard")]
mod shortcuts;
mod single_instance;
mod stamp;
mod state;
#[cfg(feature = "standard")]
mod streams;
mod token;
#[cfg(feature = "standard")]
mod tray;
#[cfg(feature = "standard")]
mod updates;
mod web;
#[cfg(target_os = "linux")]
mod web_linux;
#[cfg(target_os = "linux")]
mod webview_health;
#[cfg(target_os = "linux")]
mod window_icon;
mod windows;

use std::{process::ExitCode, time::Instant};

fn main() -> ExitCode {
    // The child that compiles a plugin is this program too; nothing of an app may start in it.
    #[cfg(feature = "compiler")]
    if std::env::args_os().nth(1).is_some_and(|arg| arg == plugins::COMPILE_ARGUMENT) {
        return plugin_host::compile_child();
    }
    #[cfg(all(feature = "standard", target_os = "linux"))]
    if std::env::args_os().nth(1).is_some_and(|arg| arg == tray::PROBE_ARGUMENT) {
        return tray::probe_child();
    }
    #[cfg(target_os = "linux")]
    if std::env::args_os().nth(1).is_some_and(|arg| arg == webview_health::PROBE_ARGUMENT) {
        return webview_health::probe_child();
    }
    let started = Instant::now();
    let args = args::Args::from_env();
    let self_test = args.self_test;
    match app::run(args, started) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if self_test.is_some() => self_test::fail_before_start(error.as_ref()),
        Err(error) => fatal::report(error.as_ref()),
    }
}
