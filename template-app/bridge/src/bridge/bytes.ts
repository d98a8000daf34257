/**
 * Bytes on their way: as they are where Tauri's fast way is open, else as base64. A page's own policy can block that way, and
 * then Tauri would make an array of numbers of them.
 */
import type { Command } from "../generated.js";
import type { Call } from "./call.js";

/** How bytes travel in both directions; whichever way is open, the results are the same. */
export interface Bytes {
  /** Calls a command that takes bytes. */
  send<Result>(command: Command, args: Record<string, unknown>, bytes: Uint8Array): Promise<Result>;
  /** Calls a command that answers with bytes. */
  receive(command: Command, args: Record<string, unknown>): Promise<Uint8Array>;
  /** Calls a command that answers with bytes, or with an object instead of them. */
  receiveOr<Other extends object>(command: Command, args: Record<string, unknown>): Promise<Uint8Array | Other>;
  /** Is the fast way open? */
  isOpen(): Promise<boolean>;
  /** Is it known to be, so that bytes are on their way before the caller gets back? */
  isOpenNow(): boolean;
}

/** Characters that are made at once: an argument list has its limits. */
const CHUNK = 0x8000;

/** Asks once, at the first bytes, which way is open. */
export function createBytes(call: Call): Bytes {
  let asked: Promise<boolean> | undefined;
  let isKnownOpen = false;
  const isOpen = () => {
    asked ??= ask().catch((error: unknown) => {
      // The next call asks again.
      asked = undefined;
      throw error;
    });
    return asked;
  };
  async function ask(): Promise<boolean> {
    isKnownOpen = isBuffer(await call<unknown>("core_takes_bytes", {}, new Uint8Array(1)));
    return isKnownOpen;
  }
  async function receiveOr<Other extends object>(command: Command, args: Record<string, unknown>) {
    const isFast = isKnownOpen || (await isOpen());
    const answer = await call<ArrayBuffer | string | Other>(command, isFast ? args : { ...args, base64: true });
    if (typeof answer === "string") return fromBase64(answer);
    return isBuffer(answer) ? new Uint8Array(answer) : (answer as Other);
  }
  return {
    async send(command, args, bytes) {
      const isFast = isKnownOpen || (await isOpen());
      return isFast ? call(command, args, bytes) : call(command, { ...args, base64: toBase64(bytes) });
    },
    receiveOr,
    receive: async (command, args) => (await receiveOr(command, args)) as Uint8Array,
    isOpen,
    isOpenNow: () => isKnownOpen,
  };
}

// By its name: the page's own buffer may be of another class than the script's.
function isBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]";
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
