/**
 * The module `diagnostics`: what nobody in the page catches is recorded.
 */
import type { Call } from "./call.js";

/** Starts to listen. */
export function recordUncaught(call: Call): void {
  const record = (message: unknown, error: unknown, place = {}) => {
    const { stack } = (error ?? {}) as { stack?: unknown };
    const payload = { ...place, message: String(message), stack: stack && String(stack) };
    // An error of recording must not be recorded.
    call("diagnostics_new_error_js", { payload, automatic: true }).catch(() => {});
  };
  addEventListener("error", ({ message, filename, lineno, colno, error }) =>
    record(message, error, { filename, lineno, colno }),
  );
  addEventListener("unhandledrejection", ({ reason }) => record(reason, reason));
}
