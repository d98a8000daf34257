/**
 * The module `diagnostics`: records of what went wrong, on the user's own disk and nowhere else. Nothing is ever sent.
 */
import type { ErrorPayload, LastExit, PrivacySettings, RecordsFile, RetentionRun } from "../generated.js";

/** A kind of records, and the folder that they are in. */
export type RecordsArea = "logs" | "crashes" | "runtime";

/**
 * `Desktopr.diagnostics`, switched on by `bridge.modules.diagnostics`. Errors that nobody catches and rejections that nobody
 * handles are recorded by themselves while the module is on. Records name no home folders, and of addresses no queries.
 */
export interface DiagnosticsModule {
  /** What is recorded, and for how long it is kept. */
  readonly settings: DiagnosticsSettings;
  /** Records errors that the page has caught. */
  readonly newError: DiagnosticsNewError;
  /** Functions for tests, in debug builds only; elsewhere they reject with `diagnostics/unsupported`. */
  readonly test: DiagnosticsTest;

  /**
   * Records something that the app did, in `logs`, if the settings allow it (`analyticsEnabled`).
   *
   * @param recordType - A short name of the kind, such as `action`.
   * @returns `false` when the settings do not allow it.
   * @example
   * ```ts
   * await Desktopr.diagnostics.newRecord("action", { name: "export", props: { pages: 3 } });
   * ```
   */
  newRecord(
    recordType: string,
    record: { name: string; props?: Record<string, unknown> },
    env?: string,
    appVersion?: string,
  ): Promise<boolean>;

  /**
   * Files of records, the newest first.
   *
   * @example
   * ```ts
   * const [newest] = await Desktopr.diagnostics.listRecordsFiles("crashes");
   * ```
   */
  listRecordsFiles(area: RecordsArea): Promise<RecordsFile[]>;

  /**
   * The text of a file of records: one JSON object on each line.
   *
   * @param relPath - `rel_path` of an entry of the list.
   * @example
   * ```ts
   * for (const { rel_path } of await Desktopr.diagnostics.listRecordsFiles("crashes")) {
   *   console.log(await Desktopr.diagnostics.readRecordsFile(rel_path));
   * }
   * ```
   */
  readRecordsFile(relPath: string): Promise<string>;

  /**
   * Deletes files that are older than the settings say. It also runs at each start, and once a day.
   *
   * @example
   * ```ts
   * const { deleted } = await Desktopr.diagnostics.runRetention();
   * ```
   */
  runRetention(): Promise<RetentionRun>;

  /**
   * Lets the user choose a place for a ZIP file with all records.
   *
   * @returns The path that the user chose; an empty text when none was chosen.
   * @example
   * ```ts
   * exportButton.onclick = () => Desktopr.diagnostics.export();
   * ```
   */
  export(): Promise<string>;

  /**
   * How the app ended the last time. It is clean when it quit, its last window closed, or the session ended; not when it was
   * killed or crashed.
   *
   * @example
   * ```ts
   * if (!(await Desktopr.diagnostics.lastExit()).clean) offerToExport();
   * ```
   */
  lastExit(): Promise<LastExit>;
}

/** `Desktopr.diagnostics.settings`. They are kept outside the scopes of `fs`. */
export interface DiagnosticsSettings {
  /**
   * All of them.
   *
   * @example
   * ```ts
   * const { analyticsEnabled } = await Desktopr.diagnostics.settings.get();
   * ```
   */
  get(): Promise<PrivacySettings>;

  /**
   * Changes what is named and leaves the rest.
   *
   * @example
   * ```ts
   * await Desktopr.diagnostics.settings.set({ crashReportsEnabled: true, retentionDaysCrashes: 90 });
   * ```
   */
  set(settings: Partial<PrivacySettings>): Promise<PrivacySettings>;
}

/** `Desktopr.diagnostics.newError`: each gives `false` when the settings do not allow it (`crashReportsEnabled`). */
export interface DiagnosticsNewError {
  /**
   * An error of the page.
   *
   * @example
   * ```ts
   * try {
   *   work();
   * } catch (error) {
   *   await Desktopr.diagnostics.newError.js({ message: String(error), stack: error.stack });
   * }
   * ```
   */
  js(payload: ErrorPayload, appVersion?: string): Promise<boolean>;

  /**
   * An error of something beside the page, such as a plugin.
   *
   * @example
   * ```ts
   * await Desktopr.diagnostics.newError.native({ message: "the plugin gave no answer" });
   * ```
   */
  native(payload: ErrorPayload, appVersion?: string): Promise<boolean>;

  /**
   * Any other error, with the name of where it was.
   *
   * @example
   * ```ts
   * await Desktopr.diagnostics.newError.generic({ message: "the server said no" }, "server");
   * ```
   */
  generic(payload: ErrorPayload, env?: string, appVersion?: string): Promise<boolean>;
}

/** `Desktopr.diagnostics.test`. */
export interface DiagnosticsTest {
  /**
   * Records so many errors.
   *
   * @example
   * ```ts
   * if (Desktopr.supports("diagnostics.test.testGenerateRecords")) await Desktopr.diagnostics.test.testGenerateRecords(5);
   * ```
   */
  testGenerateRecords(n?: number): Promise<number>;

  /**
   * Throws an error in the page that nobody catches.
   *
   * @example
   * ```ts
   * throwButton.onclick = () => Desktopr.diagnostics.test.testThrowJsError();
   * ```
   */
  testThrowJsError(): Promise<void>;

  /**
   * Crashes the app, as a fault in the runtime would.
   *
   * @example
   * ```ts
   * crashButton.onclick = () => Desktopr.diagnostics.test.testPanicRust();
   * ```
   */
  testPanicRust(): Promise<void>;

  /**
   * Makes what `export` makes, without a dialog and without a file.
   *
   * @returns Its size in bytes.
   * @example
   * ```ts
   * if (Desktopr.supports("diagnostics.test.testExportZip")) console.log(await Desktopr.diagnostics.test.testExportZip());
   * ```
   */
  testExportZip(): Promise<number>;

  /**
   * Deletes every file of an area, as if all were too old.
   *
   * @example
   * ```ts
   * if (Desktopr.supports("diagnostics.test.testForceRetention")) await Desktopr.diagnostics.test.testForceRetention("logs");
   * ```
   */
  testForceRetention(area: RecordsArea): Promise<RetentionRun>;
}
