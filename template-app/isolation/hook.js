/**
 * What the isolation frame lets through: calls of the bridge's own commands, with arguments of a shape and a size that the
 * bridge's script sends. Whether the caller has a right to the command is not decided here but by the runtime.
 */
window.__TAURI_ISOLATION_HOOK__ = (() => {
  "use strict";

  /** The commands of this runtime; the build script writes them here. */
  const COMMANDS = new Set({{ commands }});
  /** How Tauri's script fetches what was sent through a channel, which it names in a header. */
  const CHANNEL = "plugin:__TAURI_CHANNEL__|fetch";
  const CHANNEL_HEADER = "Tauri-Channel-Id";
  const PLUGIN = "plugin:bridge|";
  /** No command has this name, so the call is refused, and its promise rejects instead of waiting for ever. */
  const REFUSED = "plugin:bridge|refused_by_isolation";

  /** Bytes of one call: the largest that any command takes at once. */
  const MAX_BYTES = 64 * 1024 * 1024;
  /** Characters and values of one call's arguments together: those bytes as base64, and some. */
  const MAX_WEIGHT = 96 * 1024 * 1024;
  /** Objects within objects: as many as the parser behind this takes. */
  const MAX_DEPTH = 127;
  /** Headers beside a call; the build script writes them here too. */
  const HEADERS = {{ headers }};
  /** Characters of a header. */
  const MAX_HEADER = 64 * 1024;

  function isBytes(value) {
    return value instanceof ArrayBuffer || value instanceof Uint8Array;
  }

  function isPlain(value) {
    return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  }

  /** What a value weighs; infinite when it is none that JSON can hold, or lies too deep. */
  function weightOf(value, depth) {
    if (typeof value === "string") return value.length;
    if (value === null || ["boolean", "number", "undefined"].includes(typeof value)) return 1;
    if (depth === 0 || !(Array.isArray(value) || isPlain(value))) return Infinity;
    let weight = 1;
    for (const [key, inner] of Object.entries(value)) {
      weight += key.length + weightOf(inner, depth - 1);
      if (weight > MAX_WEIGHT) return Infinity;
    }
    return weight;
  }

  function isPayload(value) {
    if (isBytes(value)) return value.byteLength <= MAX_BYTES;
    return isPlain(value) && weightOf(value, MAX_DEPTH) <= MAX_WEIGHT;
  }

  function isCommand(name) {
    return typeof name === "string" && name.startsWith(PLUGIN) && COMMANDS.has(name.slice(PLUGIN.length));
  }

  function areOptions(options, known) {
    if (options === undefined) return true;
    if (!isPlain(options) || !isPlain(options.headers)) return false;
    const isShort = (value) => typeof value === "string" && value.length <= MAX_HEADER;
    return Object.entries(options.headers).every(([name, value]) => known.includes(name) && isShort(value));
  }

  return (message) => {
    const { cmd, callback, error, payload, options } = message;
    const isOwn = isCommand(cmd) && isPayload(payload) && areOptions(options, HEADERS);
    const isFetch = cmd === CHANNEL && payload === null && areOptions(options, [CHANNEL_HEADER]);
    if (isOwn || isFetch) return { cmd, callback, error, payload, options };
    return { cmd: REFUSED, callback, error, payload: {}, options: {} };
  };
})();
