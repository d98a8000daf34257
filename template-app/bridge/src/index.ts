/**
 * The SDK: the bridge's API in the app, and a fallback with the same functions everywhere else.
 *
 * @packageDocumentation
 */
import type { DesktoprApi } from "./api/desktopr.js";
import { createBrowserDesktopr } from "./browser/desktopr.js";

export type { AppModule } from "./api/app.js";
export type { AutostartMode, AutostartModeModule, AutostartModule } from "./api/autostart.js";
export type { AuthModule } from "./api/auth.js";
export type { DesktoprApi } from "./api/desktopr.js";
export type {
  DiagnosticsModule,
  DiagnosticsNewError,
  DiagnosticsSettings,
  DiagnosticsTest,
  RecordsArea,
} from "./api/diagnostics.js";
export type { DownloadsModule } from "./api/downloads.js";
export type { EventsModule, NativeEvents, NavigationBlocked, Unlisten, WindowEventKind } from "./api/events.js";
export type {
  DirectoryHandle,
  Drop,
  FileFilter,
  FileHandle,
  FilesModule,
  OpenedBytes,
  OpenedFiles,
  OpenFiles,
  OpenOptions,
  SaveOptions,
} from "./api/files.js";
export type {
  DiagnosticsFs,
  FsBase,
  FsEntry,
  FsModule,
  FsReadable,
  FsScope,
  PluginFs,
  TrashFs,
} from "./api/fs.js";
export type { GlobalVariablesModule } from "./api/global-variables.js";
export type { NetworkFetchInit, NetworkModule } from "./api/network.js";
export type {
  CmNode,
  CmPopupOptions,
  ContextMenuDetails,
  ContextMenuModule,
  CustomMenuSection,
  MenuConfig,
  MenuItem,
  MenuLabel,
  MenuModule,
  MenuSection,
  PredefinedItem,
} from "./api/menu.js";
export type {
  PluginCallOptions,
  PluginCallResult,
  PluginManifest,
  PluginModules,
  PluginsModule,
} from "./api/plugins.js";
export type { TrayModule, TrayOptions } from "./api/tray.js";
export type { UpdatesModule } from "./api/updates.js";
export type { CloseListener, NewWindowOptions, WindowModule } from "./api/window.js";
export { DesktoprError, type DesktoprErrorFields } from "./error.js";
export type {
  AppInfo,
  AppScreenInfo,
  AppWindowInfo,
  Deeplink,
  DeeplinkSegments,
  AuthOptions,
  AuthPkce,
  AuthResult,
  Download,
  ErrorCode,
  ErrorPayload,
  FilePicked,
  FileRejected,
  FilesOpened,
  FsChange,
  FsUsage,
  LastExit,
  MenuEvent,
  NetworkAddresses,
  NetworkBandwidth,
  NetworkChange,
  NetworkPing,
  NetworkReason,
  NetworkStatus,
  PluginCallCode,
  PluginInfo,
  PluginInstalled,
  PluginLimits,
  PluginStatus,
  PrivacySettings,
  RecordsFile,
  RetentionRun,
  TrayIconEvent,
  TrayPoint,
  TrayRect,
  UpdateInfo,
  UpdateProgress,
  VariableChange,
  WindowInfo,
  WindowPosition,
  WindowSize,
} from "./generated.js";

declare global {
  interface Window {
    /** Injected by the app's runtime into granted pages, before any script of the page. */
    readonly Desktopr?: DesktoprApi;
  }
}

function injected(): DesktoprApi | undefined {
  const candidate: Partial<DesktoprApi> | undefined = typeof window === "undefined" ? undefined : window.Desktopr;
  // Where nothing is injected, an element with the id `Desktopr` is what this global finds.
  return candidate?.isAvailable === true ? (candidate as DesktoprApi) : undefined;
}

function find(): DesktoprApi {
  return injected() ?? createBrowserDesktopr();
}

/**
 * The desktop functions: `window.Desktopr` in the app, a fallback elsewhere. Importing it never throws.
 *
 * @example
 * ```ts
 * import { Desktopr } from "deskwright";
 *
 * if (Desktopr.isDesktop) document.title = (await Desktopr.app.info()).name;
 * ```
 */
// Pure as bundlers mean it: a page that does not use this has no fallback in it.
export const Desktopr: DesktoprApi = /* @__PURE__ */ find();

/**
 * Does this page run in the app, with the bridge? Never throws, on a server neither.
 *
 * @example
 * ```ts
 * quitButton.hidden = !isDesktoprAvailable();
 * ```
 */
export function isDesktoprAvailable(): boolean {
  return injected() !== undefined;
}
