// Runs an example as its reader would: in an async function, where names that it does not explain stand for anything.

/** Something that can be called, read and converted, and gives more of it. */
function stub() {
  return new Proxy(() => {}, {
    get: (_, key) => {
      // Awaiting it gives itself.
      if (key === "then") return undefined;
      if (key === Symbol.toPrimitive) return () => "{}";
      if (key === Symbol.iterator) return function* () {};
      return stub();
    },
    set: () => true,
    apply: () => stub(),
    construct: () => stub(),
  });
}

window.runExample = (code) => {
  const known = new Map();
  const scope = new Proxy({}, {
    has: (_, name) => typeof name === "string" && !(name in window),
    get: (_, name) => {
      if (typeof name !== "string") return undefined;
      if (!known.has(name)) known.set(name, stub());
      return known.get(name);
    },
    set: (_, name, value) => known.set(name, value) !== undefined,
  });
  return new Function("scope", `with (scope) { return (async () => {\n${code}\n})() }`)(scope);
};
