// A plugin in AssemblyScript: what stands in `fn`, and the function for it.
import { Value } from "./json";
import { slugify, toc } from "./markdown";
import { answer, request } from "./plugin";

function dispatch(op: string, args: Value): string {
  if (op == "slugify") return slugify(args);
  if (op == "toc") return toc(args);
  throw new Error("unknown function: " + op);
}

function main(): void {
  const call = request();
  const name = call.field("fn");
  if (name === null || !name.isText) throw new Error("the request names no function in `fn`");
  const args = call.field("args");
  answer(dispatch(name.text, args === null ? Value.list() : args));
}

main();
