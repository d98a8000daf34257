// The declarations against the contract: each function can be used as the contract has it, and there is none besides.
import type { DesktoprApi, DirectoryHandle, FileHandle } from "../../src/index.js";
import type { Contract } from "./contract.js";

/** Everything that has paths in the contract: what files give is described there too. */
type Api = DesktoprApi & { handle: FileHandle; directory: DirectoryHandle };

type At<Value, Path> = Path extends `${infer First}.${infer Rest}`
  ? First extends keyof Value
    ? At<Value[First], Rest>
    : never
  : Path extends keyof Value
    ? Value[Path]
    : never;

/** Paths whose functions are not there, or take or give something else. */
type Wrong = {
  [Path in keyof Contract]: [At<Api, Path>] extends [never] ? Path : At<Api, Path> extends Contract[Path] ? never : Path;
}[keyof Contract];

/** The parts of the API object whose functions are all in the contract by name; scopes of files share those of `fs.data`. */
type Parts = Exclude<{ [Name in keyof DesktoprApi]: DesktoprApi[Name] extends Function | PromiseLike<unknown> | string | boolean ? never : Name }[keyof DesktoprApi], "fs" | "worker">;
type Functions<Part extends Parts> = `${Part}.${keyof DesktoprApi[Part] & string}`;
type IsKnown<Path extends string> = Extract<keyof Contract, Path | `${Path}.${string}`> extends never ? Path : never;
/** Functions of the declarations that the contract lacks. */
type Missing = { [Part in Parts]: { [Path in Functions<Part>]: IsKnown<Path> }[Functions<Part>] }[Parts];

/** Names what is wrong in the compiler's message. */
export const wrong: [Wrong] extends [never] ? "" : { wrong: Wrong } = "";
export const missing: [Missing] extends [never] ? "" : { missing: Missing } = "";
