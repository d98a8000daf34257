/**
 * Checks of what a page asks for files with: in the app, the runtime makes them.
 */
import type { SaveOptions } from "../api/files.js";
import { requireBoolean, requireOptions, requireSize, requireText } from "../arguments.js";
import { DesktoprError } from "../error.js";
import type { OpenRequest } from "../files.js";

/** The options of `open`; throws unless they are right. */
export function checkedOpen(options: unknown): OpenRequest {
  const { multi = false, directory = false, allowed = [], maxBytes } = requireOptions("files", options) as OpenRequest;
  requireBoolean("files", "multi", multi);
  requireBoolean("files", "directory", directory);
  requireSize("files", "maxBytes", maxBytes);
  requireTexts("allowed", allowed);
  return { multi, directory, allowed, ...(maxBytes === undefined ? {} : { maxBytes }), ...checkedSave(options as object) };
}

/** The options of `saveHandle`; throws unless they are right. */
export function checkedSave(options: unknown): SaveOptions {
  const { title, filters } = requireOptions("files", options) as SaveOptions;
  requireText("files", "title", title);
  const isFilter = ({ name, extensions }: Partial<NonNullable<SaveOptions["filters"]>[number]>) =>
    typeof name === "string" && Array.isArray(extensions) && extensions.every((extension) => typeof extension === "string");
  if (filters !== undefined && !(Array.isArray(filters) && filters.every((filter) => filter && isFilter(filter)))) {
    refuse("filters", "an array of `{ name, extensions }`");
  }
  return { ...(title === undefined ? {} : { title }), ...(filters === undefined ? {} : { filters }) };
}

function requireTexts(name: string, value: unknown): void {
  if (!(Array.isArray(value) && value.every((text) => typeof text === "string"))) refuse(name, "an array of strings");
}

function refuse(name: string, expected: string): never {
  const message = `argument \`${name}\` must be ${expected}`;
  throw new DesktoprError({ code: "bridge/invalid-argument", module: "files", message });
}
