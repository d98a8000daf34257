/**
 * What a browser refuses with, as the error that every call of the API rejects with.
 */
import { DesktoprError } from "../error.js";
import type { ErrorCode } from "../generated.js";

/** Acts, and names whatever the browser throws by a code of the module. */
export async function orRefused<Result>(module: string, code: ErrorCode, act: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof DesktoprError) throw error;
    const message = `the browser refuses: ${error instanceof Error ? error.message : error}`;
    throw new DesktoprError({ code, module, message });
  }
}
