//! Windows installers, made here and run under Wine. The executable comes from the folder that
//! `DESKWRIGHT_WINDOWS_RUNTIME` names: a compiled runtime takes minutes, and a toolchain for Windows.

mod hostile;
mod msi;
mod nsis;
mod registrations;
mod resources;
mod running;
mod signature;
mod support;
mod upgrade;
mod webview;
