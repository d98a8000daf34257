/**
 * Bytes on their way: as they are where Tauri's fast way is open, else as base64. A page's own policy can block that way, and
 * then Tauri would make an array of numbers of them.
 */
import type { Command } from "../functions.js";
import type { Call } from "./call.js";

/** How bytes travel in both directions; whichever way is open, the results are the same. */
export interface Bytes {
  /** Calls a command that takes bytes. */
  send<Result>(command: Command, args: Record<string, unknown>, bytes: Uint8Array): Promise<Result>;
  /** Calls a command that answers with bytes. */
  receive(command: Command, args: Record<string, unknown>): Promise<Uint8Array>;
}

/** Characters that are made at once: an argument list has its limits. */
const CHUNK = 0x8000;

/** Asks once, at the first bytes, which way is open. */
export function createBytes(call: Call): Bytes {
  let asked: Promise<boolean> | undefined;
  const isOpen = () => {
    asked ??= call<boolean>("core_takes_bytes", {}, new Uint8Array(1)).catch((error: unknown) => {
      // The next call asks again.
      asked = undefined;
      throw error;
    });
    return asked;
  };
  return {
    async send(command, args, bytes) {
      return (await isOpen()) ? call(command, args, bytes) : call(command, { ...args, base64: toBase64(bytes) });
    },
    async receive(command, args) {
      if (await isOpen()) return new Uint8Array(await call<ArrayBuffer>(command, args));
      return fromBase64(await call<string>(command, { ...args, base64: true }));
    },
  };
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return btoa(text);
}

function fromBase64(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}
