/**
 * What TypeScript must accept, and with `@ts-expect-error` what it must refuse.
 */
import { type AppInfo, Desktopr, DesktoprError, type ErrorCode, isDesktoprAvailable } from "deskwright";

export async function use(): Promise<string> {
  const info: AppInfo = await Desktopr.app.info();
  const unlisten = await Desktopr.events.on("window:resized", ({ label, width }) => label.repeat(width));
  await Desktopr.events.on("mine", (payload: { id: number }) => payload.id);
  await Desktopr.events.onWindow("theme", ({ theme }) => theme === "dark");
  const { args } = await Desktopr.events.once("app:second-instance");
  unlisten();
  const { value, code } = await Desktopr.plugins.call("math.wasm", { fn: "add", args: [1, 2] }, { timeoutMs: 100 });
  if (code === "plugins/timeout") return String(value.value);
  const storage = await Desktopr.fs.pluginFs("csv.wasm");
  await storage.writeBytes("a", new Uint8Array(1));
  const entries = await storage.listContent();
  entries.map(({ lastModified }) => lastModified.getTime());
  // @ts-expect-error: no such code of a call
  if (code === "plugins/no-such-code") return "";
  // @ts-expect-error: bytes, not text
  await Desktopr.plugins.addFromBytes("m", "text");
  // @ts-expect-error: no such kind
  await Desktopr.events.onWindow("closed", () => {});
  // @ts-expect-error: a window's size has no title
  await Desktopr.events.on("window:resized", ({ title }) => title);
  // @ts-expect-error: the object cannot be changed
  Desktopr.isAvailable = true;
  return `${info.name} ${args.length} ${isDesktoprAvailable()} ${window.Desktopr?.apiVersion}`;
}

export function codeOf(error: unknown): ErrorCode | undefined {
  return error instanceof DesktoprError ? error.code : undefined;
}
