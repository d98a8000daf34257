/**
 * The contents of files: small ones in one call, large ones over streams, whatever is called for.
 */
import type { FsScope } from "../api/fs.js";
import { copyBytes, requireKind, viewBytes } from "../arguments.js";
import { type FsOpened, MAX_BYTES_AT_ONCE, MAX_WHOLE_FILE_BYTES, STREAM_PIECE_BYTES } from "../generated.js";
import { decodeText, tooLarge } from "../text.js";
import type { Bytes } from "./bytes.js";
import type { Call } from "./call.js";
import type { ScopeName } from "./fs-trees.js";
import { createFunctions } from "./plain.js";
import { createStreams } from "./streams.js";

/** The functions that are here. */
export type Files = Pick<
  FsScope,
  "readText" | "writeText" | "readBytes" | "writeBytes" | "readStream" | "writeStream"
>;

/** What all of them take, and some more. */
interface Arguments {
  path: string;
  text: string;
  bytes: unknown;
  options?: { offset?: number; length?: number; append?: boolean };
}

/** Half of a pair, which JSON has no bytes for and UTF-8 neither. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The functions of one scope. */
export function createFiles(call: Call, bytes: Bytes, scope: ScopeName): Files {
  const streams = createStreams(call, bytes, "fs");

  async function write(path: string, whole: Uint8Array): Promise<void> {
    if (whole.length > MAX_WHOLE_FILE_BYTES) tooLarge();
    const atOnce = bytes.isOpenNow() || (await bytes.isOpen()) ? MAX_BYTES_AT_ONCE : STREAM_PIECE_BYTES;
    if (whole.length <= atOnce) {
      await bytes.send("fs_write_bytes", { scope, path }, whole);
      return;
    }
    const { stream } = await call<FsOpened>("fs_write_stream", { scope, path });
    await streams.writeAll(stream, whole);
  }

  return createFunctions<Files>("fs", {
    async "readText path"({ path }: Arguments) {
      const answer = await call<string | FsOpened>("fs_read_text", { scope, path });
      if (typeof answer === "string") return answer;
      return decodeText("fs/not-utf8", await streams.readAll(answer.stream, answer.size));
    },
    async "writeText! path text"({ path, text }: Arguments) {
      if (text.length > STREAM_PIECE_BYTES || LONE_SURROGATE.test(text)) await write(path, new TextEncoder().encode(text));
      else await call("fs_write_text", { scope, path, text });
    },
    async "readBytes path"({ path }: Arguments) {
      const answer = await bytes.receiveOr<FsOpened>("fs_read_bytes", { scope, path });
      return answer instanceof Uint8Array ? answer : streams.readAll(answer.stream, answer.size);
    },
    async "writeBytes! path bytes*"({ path, bytes: content }: Arguments) {
      const view = viewBytes("fs", "bytes", content);
      // Bytes that wait for an answer first could be changed by the page meanwhile.
      const waits = !bytes.isOpenNow() && view.length <= MAX_BYTES_AT_ONCE;
      await write(path, waits ? copyBytes("fs", "bytes", view) : view);
    },
    async "readStream path options{?"({ path, options: { offset, length } = {} }: Arguments) {
      requireKind("fs", "offset", "#", offset, true);
      requireKind("fs", "length", "#", length, true);
      const { stream } = await call<FsOpened>("fs_read_stream", { scope, path, offset, length });
      return streams.readable(stream);
    },
    async "writeStream path options{?"({ path, options }: Arguments) {
      const { stream } = await call<FsOpened>("fs_write_stream", { scope, path, append: options?.append });
      return streams.writable(stream);
    },
  });
}
