/**
 * The functions that are one call of a command each, made of the contract's table.
 */
import { requireKind } from "../arguments.js";
import { DesktoprError, fail } from "../error.js";
import { forEachRow, snakeCase } from "../functions.js";
import { type Command, FUNCTIONS } from "../generated.js";
import type { Call } from "./call.js";
import { toDesktoprError } from "./refusal.js";

/** Functions by their names, and parts with functions of their own. */
export interface Part {
  [name: string]: Part | Function;
}

/** All of them, as parts of `Desktopr`. What each takes is checked here for the sake of the message, and by the runtime for good. */
export function createPlain(call: Call): Part {
  const root: Part = {};
  forEachRow(FUNCTIONS, (module, row) => addFunction(root, module, row, (args, path) => call(snakeCase(path) as Command, args)));
  return root;
}

/**
 * Adds a function to a part, or to a part of it where its name is a path.
 *
 * @param row - As in the contract's table: its name, with a `!` when nothing is answered, and its arguments, each with its mark.
 */
export function addFunction(
  part: Part,
  module: string,
  row: string,
  send: (args: Record<string, unknown>, path: string) => Promise<unknown>,
): void {
  // The page waits for this: the rest of the row is read when somebody calls.
  const [path = ""] = /^[\w.]+/.exec(row) ?? [];
  const names = path.split(".");
  const name = names.pop() ?? "";
  for (const inner of names) part = (part[inner] ??= {}) as Part;
  part[name] = async (...values: unknown[]) => {
    try {
      const [written, ...words] = row.split(" ");
      const answer = await send(toArguments(module, words, values), path);
      return path === written ? answer : undefined;
    } catch (error) {
      // What JSON cannot hold, say.
      throw error instanceof DesktoprError ? error : toDesktoprError(error, module);
    }
  };
}

/** The arguments by their names. */
function toArguments(module: string, words: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  if (values.length > words.length) {
    fail("bridge/invalid-argument", `more than ${words.length} arguments`, module);
  }
  return Object.fromEntries(
    words.map((word, index) => {
      const [, name = "", mark = "", optional] = /(\w+)([^\w?]?)(\??)/.exec(word) ?? [];
      requireKind(module, name, mark, values[index], optional);
      return [name, values[index]];
    }),
  );
}

/** Functions by their rows, as in the contract's table, each with what it does with its checked arguments. */
export function createFunctions<Functions>(module: string, rows: Record<string, (args: never) => Promise<unknown>>): Functions {
  const part: Part = {};
  for (const row in rows) addFunction(part, module, row, rows[row] as (args: object) => Promise<unknown>);
  return part as Functions;
}
