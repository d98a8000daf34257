/**
 * The answer of every function that has no equivalent in a plain browser.
 */
import { DesktoprError } from "../error.js";

/** Rejects with `bridge/unavailable`. */
export async function unavailable(module: string, name: string): Promise<never> {
  const message = `\`${name}\` works in the desktop app only; \`Desktopr.supports("${name}")\` tells beforehand`;
  throw new DesktoprError({ code: "bridge/unavailable", module, message });
}

/** A module, or the part of it at `path`, all of whose functions reject with `bridge/unavailable`. */
export function unavailableModule<Functions extends object>(
  module: string,
  names: readonly (keyof Functions & string)[],
  path: string = module,
): Functions {
  const functions = names.map((name) => [name, () => unavailable(module, `${path}.${name}`)] as const);
  return Object.fromEntries(functions) as Functions;
}
