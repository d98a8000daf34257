/**
 * Names of the functions of `fs`, for where there may be no object to ask.
 */

/** Functions of every scope of files. */
export const FS_READ_FUNCTIONS = ["listContent", "stat", "exists", "readText", "readBytes", "readStream"] as const;
/** Functions of a scope that the page writes. */
export const FS_FUNCTIONS = [
  ...FS_READ_FUNCTIONS,
  "newDirectory",
  "remove",
  "writeText",
  "writeBytes",
  "writeStream",
  "move",
  "copy",
  "clear",
  "usage",
  "watch",
] as const;
/** Functions of the trash, and of the diagnostics. */
export const FS_TRASH_FUNCTIONS = [...FS_READ_FUNCTIONS, "recover", "clear"] as const;
export const FS_DIAGNOSTICS_FUNCTIONS = [...FS_READ_FUNCTIONS, "list", "read", "remove", "clear"] as const;

/** What is supported when these scopes are open. */
export function fsFunctions(scopes: readonly string[]): string[] {
  const of = (scope: string, names: readonly string[]) =>
    scopes.includes(scope) ? [`fs.${scope}`, ...names.map((name) => `fs.${scope}.${name}`)] : [];
  return [
    "fs.paths",
    ...of("data", FS_FUNCTIONS),
    ...of("cache", FS_FUNCTIONS),
    ...of("trash", FS_TRASH_FUNCTIONS),
    ...of("diagnostics", FS_DIAGNOSTICS_FUNCTIONS),
    ...(scopes.includes("plugins") ? ["fs.pluginFs"] : []),
  ];
}
