//! Commands of the module `diagnostics`.

use super::{Command, Module};
use crate::ErrorCode;

pub(super) const COMMANDS: &[Command] = &[
    command(
        "diagnostics_settings_get",
        "diagnostics.settings.get(): Promise<PrivacySettings>",
        "What is recorded, and for how long it is kept.",
        &[],
    ),
    command(
        "diagnostics_settings_set",
        "diagnostics.settings.set(settings: Partial<PrivacySettings>): Promise<PrivacySettings>",
        "Changes what is named and leaves the rest; gives all of it.",
        IO_ERRORS,
    ),
    command(
        "diagnostics_new_record",
        "diagnostics.newRecord(recordType: string, record: { name: string; props?: Record<string, unknown> }, \
         env?: string, appVersion?: string): Promise<boolean>",
        "Records something that the app did; `false` when the settings do not allow it.",
        RECORD_ERRORS,
    ),
    command(
        "diagnostics_new_error_js",
        "diagnostics.newError.js(payload: ErrorPayload, appVersion?: string): Promise<boolean>",
        "Records an error of the page; `false` when the settings do not allow it. Uncaught ones are recorded without it.",
        RECORD_ERRORS,
    ),
    command(
        "diagnostics_new_error_native",
        "diagnostics.newError.native(payload: ErrorPayload, appVersion?: string): Promise<boolean>",
        "Records an error of something beside the page.",
        RECORD_ERRORS,
    ),
    command(
        "diagnostics_new_error_generic",
        "diagnostics.newError.generic(payload: ErrorPayload, env?: string, appVersion?: string): Promise<boolean>",
        "Records any other error.",
        RECORD_ERRORS,
    ),
    command(
        "diagnostics_list_records_files",
        "diagnostics.listRecordsFiles(area: \"logs\" | \"crashes\" | \"runtime\"): Promise<RecordsFile[]>",
        "Files of records, the newest first.",
        IO_ERRORS,
    ),
    command(
        "diagnostics_read_records_file",
        "diagnostics.readRecordsFile(relPath: string): Promise<string>",
        "The text of a file of records: one JSON object on each line.",
        &[ErrorCode::DiagnosticsNotFound, ErrorCode::DiagnosticsIo],
    ),
    command(
        "diagnostics_run_retention",
        "diagnostics.runRetention(): Promise<RetentionRun>",
        "Deletes files of records that are older than the settings say. It also runs at each start and once a day.",
        IO_ERRORS,
    ),
    command(
        "diagnostics_export",
        "diagnostics.export(): Promise<string>",
        "Lets the user choose a place for a ZIP file with all records; its path, or an empty text when none was chosen.",
        &[ErrorCode::FilesDialogOpen, ErrorCode::DiagnosticsIo],
    ),
    command(
        "diagnostics_last_exit",
        "diagnostics.lastExit(): Promise<LastExit>",
        "How the app ended the last time.",
        &[],
    ),
    command(
        "diagnostics_test_test_generate_records",
        "diagnostics.test.testGenerateRecords(n?: number): Promise<number>",
        "Records that much (default 200). In debug builds only, as are the four below.",
        TEST_ERRORS,
    ),
    command(
        "diagnostics_test_test_throw_js_error",
        "diagnostics.test.testThrowJsError(): Promise<void>",
        "Throws an error in the page that nobody catches.",
        TEST_ERRORS,
    ),
    command(
        "diagnostics_test_test_panic_rust",
        "diagnostics.test.testPanicRust(): Promise<void>",
        "Crashes the app.",
        TEST_ERRORS,
    ),
    command(
        "diagnostics_test_test_export_zip",
        "diagnostics.test.testExportZip(): Promise<number>",
        "Makes what `export` makes, without a dialog and without a file; its size in bytes.",
        TEST_ERRORS,
    ),
    command(
        "diagnostics_test_test_force_retention",
        "diagnostics.test.testForceRetention(area: \"logs\" | \"crashes\" | \"runtime\"): Promise<RetentionRun>",
        "Deletes every file of an area as if all were too old.",
        TEST_ERRORS,
    ),
];

const RECORD_ERRORS: &[ErrorCode] = &[ErrorCode::DiagnosticsTooLarge, ErrorCode::DiagnosticsIo];
const IO_ERRORS: &[ErrorCode] = &[ErrorCode::DiagnosticsIo];
const TEST_ERRORS: &[ErrorCode] = &[ErrorCode::DiagnosticsUnsupported, ErrorCode::DiagnosticsIo];

const fn command(
    name: &'static str,
    signature: &'static str,
    summary: &'static str,
    errors: &'static [ErrorCode],
) -> Command {
    Command { module: Module::Diagnostics, name, signature, summary, errors }
}
