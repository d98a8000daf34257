//! What a module says about itself, read without compiling it.

use serde::Serialize;
use wasmparser::{ExternalKind, Parser, Payload};

use crate::{Code, PluginError};

/// Most names that are listed: a library may export thousands.
const MAX_NAMES: usize = 200;
/// KiB in a page of memory.
const PAGE_KB: u64 = 64;

/// The parts of a module that matter to its host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModuleOutline {
    /// `module::name`, in the module's order.
    pub imports: Vec<String>,
    /// Functions, memories, tables and globals, in the module's order.
    pub exports: Vec<String>,
    pub memory: Option<MemoryOutline>,
}

/// The module's own memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MemoryOutline {
    pub minimum_kb: u64,
    pub maximum_kb: Option<u64>,
}

/// Reads a module's outline.
///
/// # Errors
///
/// The bytes are no WebAssembly module. That they are a valid one is not checked here.
pub fn outline(module: &[u8]) -> Result<ModuleOutline, PluginError> {
    read(module).map_err(|error| PluginError::new(Code::InvalidModule, error.to_string()))
}

fn read(module: &[u8]) -> wasmparser::Result<ModuleOutline> {
    let mut outline = ModuleOutline::default();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    push(&mut outline.imports, format!("{}::{}", import.module, import.name));
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    let kind = match export.kind {
                        ExternalKind::Func | ExternalKind::FuncExact => "",
                        ExternalKind::Memory => " (memory)",
                        ExternalKind::Table => " (table)",
                        ExternalKind::Global => " (global)",
                        ExternalKind::Tag => " (tag)",
                    };
                    push(&mut outline.exports, format!("{}{kind}", export.name));
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    let memory = memory?;
                    outline.memory = Some(MemoryOutline {
                        minimum_kb: memory.initial.saturating_mul(PAGE_KB),
                        maximum_kb: memory.maximum.map(|pages| pages.saturating_mul(PAGE_KB)),
                    });
                }
            }
            _ => {}
        }
    }
    Ok(outline)
}

fn push(names: &mut Vec<String>, name: String) {
    if names.len() < MAX_NAMES {
        names.push(name);
    }
}
