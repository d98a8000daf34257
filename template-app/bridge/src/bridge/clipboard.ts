/**
 * The module `clipboard`: pictures, whose bytes travel as bytes.
 */
import type { ClipboardImage, ClipboardModule } from "../api/clipboard.js";
import { copyBytes, viewBytes } from "../arguments.js";
import type { ClipboardPicture } from "../generated.js";
import type { Bytes } from "./bytes.js";
import type { Call } from "./call.js";
import { createFunctions } from "./plain.js";
import { createStreams } from "./streams.js";

/** The functions that are here. */
export function createClipboard(call: Call, bytes: Bytes): Pick<ClipboardModule, "readImage" | "writeImage"> {
  return createFunctions("clipboard", {
    async readImage() {
      const picture = await call<ClipboardPicture | null>("clipboard_read_image");
      if (!picture) return null;
      const { width, height, stream, size } = picture;
      return { width, height, rgba: await createStreams(call, bytes, "clipboard").readAll(stream, size) };
    },
    async "writeImage! image*"({ image }: { image?: Partial<ClipboardImage> | Uint8Array }) {
      const { width, height, rgba = image } = (image ?? {}) as Partial<ClipboardImage>;
      // Bytes that wait for an answer first could be changed by the page meanwhile.
      const take = bytes.isOpenNow() ? viewBytes : copyBytes;
      await bytes.send("clipboard_write_image", { width, height }, take("clipboard", "image", rgba));
    },
  });
}
