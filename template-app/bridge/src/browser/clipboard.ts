/**
 * The module `clipboard` in a plain browser: the web's own, which may ask the user and wants a click in some browsers.
 */
import type { ClipboardImage, ClipboardModule } from "../api/clipboard.js";
import { requireString, viewBytes } from "../arguments.js";
import { DesktoprError } from "../error.js";
import { orRefused } from "./refused.js";
import { unavailable } from "./unavailable.js";

const HTML = "text/html";
const PNG = "image/png";

/** Functions that this browser has. */
export function browserClipboardFunctions(): string[] {
  const { readText, writeText, read, write } = source() ?? {};
  const has = (works: unknown, names: string[]) => (works ? names.map((name) => `clipboard.${name}`) : []);
  return [
    ...has(readText, ["readText"]),
    ...has(writeText, ["writeText"]),
    ...has(read, ["readHtml", "readImage"]),
    ...has(write, ["writeHtml", "writeImage"]),
  ];
}

/** `Desktopr.clipboard` in a browser. */
export function createBrowserClipboard(): ClipboardModule {
  return {
    readText: () => use("readText", (clipboard) => clipboard.readText()),
    async writeText(text) {
      requireString("clipboard", "text", text);
      await use("writeText", (clipboard) => clipboard.writeText(text));
    },
    readHtml: () => use("read", async (clipboard) => (await blob(clipboard, HTML))?.text() ?? null, "readHtml"),
    async writeHtml(html, text = html) {
      requireString("clipboard", "html", html);
      requireString("clipboard", "text", text);
      const types = { [HTML]: html, "text/plain": text };
      const blobs = Object.entries(types).map(([type, content]) => [type, new Blob([content], { type })]);
      await use("write", (clipboard) => clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]), "writeHtml");
    },
    readImage: () => use("read", readPixels, "readImage"),
    async writeImage(image) {
      const png = await toPng(image);
      await use("write", (clipboard) => clipboard.write([new ClipboardItem({ [PNG]: png })]), "writeImage");
    },
  };
}

function source(): Partial<Clipboard> | undefined {
  return typeof navigator === "undefined" ? undefined : navigator.clipboard;
}

async function use<Result>(
  method: "read" | "readText" | "write" | "writeText",
  act: (clipboard: Clipboard) => Promise<Result>,
  name: string = method,
): Promise<Result> {
  const clipboard = source();
  if (!clipboard?.[method]) return unavailable("clipboard", `clipboard.${name}`);
  return orRefused("clipboard", "clipboard/failed", () => act(clipboard as Clipboard));
}

async function blob(clipboard: Clipboard, type: string): Promise<Blob | undefined> {
  const item = (await clipboard.read()).find(({ types }) => types.includes(type));
  return item?.getType(type);
}

async function readPixels(clipboard: Clipboard): Promise<ClipboardImage | null> {
  const png = await blob(clipboard, PNG);
  if (!png) return null;
  const bitmap = await createImageBitmap(png);
  const { width, height } = bitmap;
  const context = canvas(width, height);
  context.drawImage(bitmap, 0, 0);
  return { width, height, rgba: new Uint8Array(context.getImageData(0, 0, width, height).data.buffer) };
}

async function toPng(image: Uint8Array | ArrayBuffer | ClipboardImage): Promise<Blob> {
  const { width, height, rgba = image } = (image ?? {}) as Partial<ClipboardImage>;
  const bytes = viewBytes("clipboard", "image", rgba);
  if (width === undefined || height === undefined) {
    const png = new Blob([bytes as BlobPart], { type: PNG });
    await createImageBitmap(png).catch(() => refuse("not a PNG that can be read"));
    return png;
  }
  if (bytes.length === 0 || bytes.length !== width * height * 4) {
    refuse(`${bytes.length} bytes for ${width} × ${height} pixels, which are ${width * height * 4}`);
  }
  const context = canvas(width, height);
  context.putImageData(new ImageData(new Uint8ClampedArray(bytes), width, height), 0, 0);
  return new Promise((resolve) => context.canvas.toBlob((png) => resolve(png as Blob), PNG));
}

function canvas(width: number, height: number): CanvasRenderingContext2D {
  const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
  return context ?? refuse("the browser has no canvas of this size");
}

function refuse(message: string): never {
  throw new DesktoprError({ code: "clipboard/invalid-image", module: "clipboard", message });
}
