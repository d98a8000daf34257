/**
 * The module `clipboard`: text, HTML and pictures of the desktop's clipboard. Unlike the web's own, it needs no click.
 */

/** A picture as pixels: four bytes each (red, green, blue, alpha; not premultiplied), row by row, as in `ImageData.data`. */
export interface ClipboardImage {
  width: number;
  height: number;
  rgba: Uint8Array | Uint8ClampedArray;
}

/** `Desktopr.clipboard`, switched on by `bridge.modules.clipboard`. */
export interface ClipboardModule {
  /**
   * The text on the clipboard; empty when there is none.
   *
   * @example
   * ```ts
   * const text = await Desktopr.clipboard.readText();
   * ```
   */
  readText(): Promise<string>;

  /**
   * Puts text on the clipboard, at most 16 MiB.
   *
   * @example
   * ```ts
   * await Desktopr.clipboard.writeText("42");
   * ```
   */
  writeText(text: string): Promise<void>;

  /**
   * The HTML on the clipboard; `null` when there is none. Another program wrote it: it is not to be trusted.
   *
   * @example
   * ```ts
   * const html = await Desktopr.clipboard.readHtml();
   * if (html !== null) editor.insert(sanitize(html));
   * ```
   */
  readHtml(): Promise<string | null>;

  /**
   * Puts HTML on the clipboard.
   *
   * @param text - For programs that take no HTML; the HTML as it is written if left out.
   * @example
   * ```ts
   * await Desktopr.clipboard.writeHtml("<b>42</b>", "42");
   * ```
   */
  writeHtml(html: string, text?: string): Promise<void>;

  /**
   * The picture on the clipboard, at most 256 MiB of pixels; `null` when there is none.
   *
   * @example
   * ```ts
   * const image = await Desktopr.clipboard.readImage();
   * if (image !== null) {
   *   const { width, height, rgba } = image;
   *   canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(rgba), width, height), 0, 0);
   * }
   * ```
   */
  readImage(): Promise<ClipboardImage | null>;

  /**
   * Puts a picture on the clipboard: the bytes of a PNG, or pixels. At most 64 MiB.
   *
   * @example
   * ```ts
   * await Desktopr.clipboard.writeImage({ width: 1, height: 1, rgba: new Uint8Array([255, 0, 0, 255]) });
   * ```
   */
  writeImage(image: Uint8Array | ArrayBuffer | ClipboardImage): Promise<void>;
}
