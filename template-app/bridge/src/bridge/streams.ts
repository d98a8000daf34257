/**
 * Streams over commands: the native side gives a number, and bytes are asked for and sent piece by piece. Nothing is fetched
 * before the page reads, and nothing piles up when it writes faster than the disk.
 */
import { viewBytes } from "../arguments.js";
import { fail } from "../error.js";
import { STREAM_PIECE_BYTES } from "../generated.js";
import type { Bytes } from "./bytes.js";
import type { Call } from "./call.js";

/** What the native side knows an open stream by. */
export type StreamId = number;

/** Makes streams of numbers, whatever command gave them. */
export interface Streams {
  /** The bytes of an open stream; cancelling closes it. */
  readable(id: StreamId): ReadableStream<Uint8Array>;
  /** An open stream to write to. What was written is in its place when closing resolves, and gone after an abort. */
  writable(id: StreamId): WritableStream<Uint8Array | ArrayBuffer>;
  /** All of an open stream, put together, once it is known how much that is. */
  readAll(id: StreamId, size: number): Promise<Uint8Array>;
  /** Writes all of the bytes to an open stream and finishes it. */
  writeAll(id: StreamId, bytes: Uint8Array): Promise<void>;
  /** Closes a stream that nobody wants any more. */
  close(id: StreamId): Promise<void>;
}

/** `module` is whose arguments the chunks of a writable stream are. */
export function createStreams(call: Call, bytes: Bytes, module: string): Streams {
  const next = (id: StreamId) => bytes.receive("stream_read", { id });
  const send = (id: StreamId, piece: Uint8Array) => bytes.send("stream_write", { id }, piece);
  const finish = async (id: StreamId) => {
    await call("stream_finish", { id });
  };
  // What has ended with an error or with its page is closed already.
  const close = async (id: StreamId) => {
    await call("stream_close", { id }).catch(() => {});
  };

  async function sendAll(id: StreamId, whole: Uint8Array): Promise<void> {
    for (let start = 0; start < whole.length; start += STREAM_PIECE_BYTES) {
      await send(id, whole.subarray(start, start + STREAM_PIECE_BYTES));
    }
  }

  // Nobody aborts a stream that has failed, and half a file is of no use.
  const orClose = async (id: StreamId, work: Promise<void>) => {
    try {
      await work;
    } catch (error) {
      await close(id);
      throw error;
    }
  };
  const sendAndFinish = async (id: StreamId, whole: Uint8Array) => {
    await sendAll(id, whole);
    await finish(id);
  };

  async function allocated(id: StreamId, size: number): Promise<Uint8Array> {
    try {
      return new Uint8Array(size);
    } catch {
      await close(id);
      fail("fs/too-large", `no memory for ${size} bytes`, module);
    }
  }

  return {
    readable(id) {
      const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
        const piece = await next(id);
        if (piece.length > 0) controller.enqueue(piece);
        if (piece.length < STREAM_PIECE_BYTES) controller.close();
      };
      // No piece is fetched ahead of who reads it: a page that stops reading holds one at most.
      return new ReadableStream({ pull, cancel: () => close(id) }, { highWaterMark: 0 });
    },

    writable(id) {
      const pending = createPending();
      const write = async (chunk: unknown) => {
        const whole = pending.add(viewBytes(module, "chunk", chunk));
        if (whole) await sendAll(id, whole);
      };
      return new WritableStream({
        write: (chunk) => orClose(id, write(chunk)),
        close: () => orClose(id, sendAndFinish(id, pending.take())),
        abort: () => close(id),
      });
    },

    async readAll(id, size) {
      const whole = await allocated(id, size);
      let length = 0;
      for (;;) {
        const piece = await next(id);
        // The file may change while it is read: what was said about it is no promise.
        const fits = piece.subarray(0, size - length);
        whole.set(fits, length);
        length += fits.length;
        if (piece.length < STREAM_PIECE_BYTES) return length === size ? whole : whole.slice(0, length);
        if (length === size) {
          await close(id);
          return whole;
        }
      }
    },

    writeAll: (id, whole) => orClose(id, sendAndFinish(id, whole)),
    close,
  };
}

/** Puts small chunks together, so that a page that writes line by line makes no call for each. */
function createPending() {
  let chunks: Uint8Array[] = [];
  let size = 0;
  const take = () => {
    const [first = new Uint8Array(0)] = chunks;
    const all = chunks.length > 1 ? joined(chunks, size) : first;
    [chunks, size] = [[], 0];
    return all;
  };
  // What is kept is a copy: the page may use its bytes again.
  const keep = (chunk: Uint8Array) => {
    if (chunk.length > 0) chunks.push(chunk.slice());
    size += chunk.length;
  };
  return {
    take,
    /** Whole pieces, when there is enough for one. */
    add(chunk: Uint8Array): Uint8Array | undefined {
      if (size + chunk.length < STREAM_PIECE_BYTES) {
        keep(chunk);
        return undefined;
      }
      chunks.push(chunk);
      size += chunk.length;
      const all = take();
      const end = all.length - (all.length % STREAM_PIECE_BYTES);
      keep(all.subarray(end));
      return all.subarray(0, end);
    },
  };
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let start = 0;
  for (const chunk of chunks) {
    whole.set(chunk, start);
    start += chunk.length;
  }
  return whole;
}
