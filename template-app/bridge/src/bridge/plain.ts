/**
 * The functions that are one call of a command each, made of the contract's table.
 */
import { requireKind } from "../arguments.js";
import { DesktoprError, fail } from "../error.js";
import { PUBLIC_FUNCTIONS } from "../functions.js";
import type { Call } from "./call.js";
import { toDesktoprError } from "./refusal.js";

/** Functions by their names, and parts with functions of their own. */
interface Part {
  [name: string]: Part | Function;
}

/** All of them, as parts of `Desktopr`. What each takes is checked here for the sake of the message, and by the runtime for good. */
export function createPlain(call: Call): Part {
  const root: Part = {};
  for (const { module, path, command, isPlain, words } of PUBLIC_FUNCTIONS) {
    if (!isPlain || command === undefined) continue;
    const names = path.split(".");
    const [name, plain] = createFunction(module, names.pop() ?? "", words, (args) => call(command, args));
    names.reduce((part, name) => (part[name] ??= {}) as Part, root)[name] = plain;
  }
  return root;
}

/**
 * One function, with its name.
 *
 * @param name - With a `!` at its end: nothing is answered.
 * @param words - Its arguments, each with its mark.
 */
export function createFunction(
  module: string,
  name: string,
  words: readonly string[],
  send: (args: Record<string, unknown>) => Promise<unknown>,
): [string, Function] {
  const isVoid = name.endsWith("!");
  const plain = async (...values: unknown[]) => {
    try {
      const answer = await send(toArguments(module, words, values));
      return isVoid ? undefined : answer;
    } catch (error) {
      // What JSON cannot hold, say.
      throw error instanceof DesktoprError ? error : toDesktoprError(error, module);
    }
  };
  return [isVoid ? name.slice(0, -1) : name, plain];
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
  const entries = Object.entries(rows).map(([row, send]) => {
    const [name = "", ...words] = row.split(" ");
    return createFunction(module, name, words, send as (args: object) => Promise<unknown>);
  });
  return Object.fromEntries(entries) as Functions;
}
