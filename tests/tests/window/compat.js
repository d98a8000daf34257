// A page written after Desktopr's documents and nothing else: names, order of arguments, fields and types. `same` is what works
// as documented; `different` is what does not, on purpose: one entry for each row of docs/compatibility.md.

function check(fact, what) {
  if (!fact) throw new Error(what);
}

/** Fields and their types, as in `{ a: "string", b: "number?" }`. */
function shaped(value, shape) {
  for (const [name, expected] of Object.entries(shape)) {
    const field = value?.[name];
    const found = field === null ? "null" : Array.isArray(field) ? "array" : typeof field;
    const types = expected.split("|");
    check(types.includes(found), `\`${name}\` is ${found} and not ${expected}`);
  }
  return value;
}

function is(value, expected) {
  const found = JSON.stringify(value);
  check(found === JSON.stringify(expected), `it is ${found} and not ${JSON.stringify(expected)}`);
}

async function refused(call, code) {
  const came = await call().then(() => "done", (error) => error.code ?? String(error));
  check(came === code, `it came to ${came} and not ${code}`);
}

/** Begins to listen, does something, and gives what the listener was told. */
async function heard(listen, act) {
  let tell;
  const told = new Promise((resolve) => (tell = resolve));
  const unlisten = await listen((...values) => tell(values));
  await act();
  const values = await told;
  unlisten();
  return values;
}

const WINDOW = { label: "string", title: "string", url: "string", visible: "boolean", focused: "boolean", minimized: "boolean",
  maximized: "boolean", fullscreen: "boolean", decorated: "boolean", resizable: "boolean", enabled: "boolean",
  always_on_top: "boolean", inner_size: "object", outer_size: "object", inner_position: "object", outer_position: "object",
  scale_factor: "number" };
const ENTRY = { name: "string", path: "string", isFile: "boolean", isDirectory: "boolean", size: "number", lastModified: "object" };
const RESULT = { id: "string", ok: "boolean", stdout: "string|null", stderr: "string|null", value: "object|null", error: "string|null", durationMs: "number" };
const app = () => window.Desktopr;

const same = {
  async onReady() {
    await new Promise((resolve) => app().onReady(resolve));
  },
  async openBrowser() {
    await app().openBrowser("https://example.com/compat");
  },
  async "app.info"() {
    const info = shaped(await app().app.info(), { name: "string", version: "string", os: "string", arch: "string", is_debug: "boolean",
      pid: "number", has_main_window: "boolean", windows: "array", screens: "array", now_unix_ms: "number" });
    shaped(info.windows[0], { label: "string", width: "number", height: "number", x: "number", y: "number", is_visible: "boolean",
      is_minimized: "boolean", is_maximized: "boolean", is_fullscreen: "boolean" });
    shaped(info.screens[0], { width: "number", height: "number", x: "number", y: "number", scale_factor: "number" });
    check(["darwin", "win32", "linux"].includes(info.os) && ["x64", "arm64"].includes(info.arch), `${info.os} ${info.arch}`);
  },
  async autostart() {
    const { autostart } = app();
    await autostart.enable();
    is(await autostart.isEnabled(), true);
    await autostart.mode.set("minimized");
    is(await autostart.mode.get(), "minimized");
    await autostart.disable();
    is(await autostart.isEnabled(), false);
    await refused(() => autostart.mode.set("sideways"), "bridge/invalid-argument");
  },
  async badge() {
    await app().badge.set(3);
    await app().badge.clear();
  },
  async clipboard() {
    await app().clipboard.writeText("text of the page");
    is(await app().clipboard.readText(), "text of the page");
  },
  async "contextMenu.show"() {
    is(await app().contextMenu.show([{ type: "item", id: "a", text: "A" }, { type: "separator" },
      { type: "check", id: "b", text: "B", checked: true }, { type: "submenu", text: "C", items: [{ type: "predefined", kind: "copy" }] }],
      { timeoutMs: 200 }), null);
  },
  async "contextMenu.handler"() {
    await app().contextMenu.handler.init(() => {}, true);
    await app().contextMenu.handler.remove();
  },
  async "diagnostics.settings"() {
    const settings = shaped(await app().diagnostics.settings.get(), {});
    await app().diagnostics.settings.set(settings);
    is(await app().diagnostics.settings.get(), settings);
  },
  async "diagnostics.newRecord"() {
    await app().diagnostics.newError.generic({ message: "compat" });
    await app().diagnostics.newError.js({ message: "compat", filename: "a.js", lineno: 1, colno: 2, stack: "" });
    const [record] = await app().diagnostics.listRecordsFiles("crashes");
    shaped(record, { rel_path: "string", bytes: "number", modified_ms: "number" });
    is(typeof (await app().diagnostics.readRecordsFile(record.rel_path)), "string");
    await app().diagnostics.runRetention();
  },
  async events() {
    const { events } = app();
    is(await heard((listener) => events.on("compat:a", listener), () => events.emit("compat:a", { n: 1 })), [{ n: 1 }]);
    is(await heard((listener) => events.on("compat:b", listener), () => events.emitToAll("compat:b", 2)), [2]);
    is(await heard((listener) => events.onMany(["compat:c"], listener), () => events.emitTo("main", "compat:c", [3])), ["compat:c", [3]]);
    const once = events.once("compat:d");
    await events.emit("compat:d", "four");
    is(await once, "four");
  },
  async "events.on…"() {
    const { events } = app();
    for (const name of ["onNetworkStatus", "onDeeplink", "onShortcut", "onMenuEvent"]) {
      const unlisten = await events[name](() => {});
      unlisten();
    }
    (await events.onDragDrop((eventName, payload) => [eventName, payload], { includeHover: true }))();
  },
  async "fs.data"() {
    const { data } = app().fs;
    await data.newDirectory("compat/folder");
    await data.writeText("compat/a.txt", "text");
    is(await data.readText("compat/a.txt"), "text");
    await data.writeBytes("compat/b.bin", new Uint8Array([1, 2]));
    const bytes = await data.readBytes("compat/b.bin");
    check(bytes instanceof Uint8Array && bytes.length === 2, "no bytes");
    shaped(await data.stat("compat/a.txt"), ENTRY);
    const entries = await data.listContent("compat");
    is(entries.map(({ name, isDirectory }) => [name, isDirectory]), [["a.txt", false], ["b.bin", false], ["folder", true]]);
    is(await data.exists("compat/a.txt"), true);
    await data.move("compat/a.txt", "compat/new/c.txt", { createDirs: true, overwrite: false });
    await data.copy("compat", "copy", { recursive: true, createDirs: true });
    is(await data.exists("copy/new/c.txt"), true);
    await refused(() => data.remove("compat"), "fs/not-empty");
    await data.remove("compat", true);
    await data.clear();
    is(await data.listContent(), []);
  },
  async "fs.trash"() {
    const { data, trash } = app().fs;
    await trash.clear();
    await data.writeText("lost.txt", "lost");
    await data.remove("lost.txt");
    const [entry] = await trash.listContent();
    is(await trash.readText(entry.path), "lost");
    await trash.recover(entry.path);
    is(await data.readText("lost.txt"), "lost");
    await trash.clear();
  },
  async "fs.base"() {
    shaped(app().fs.base, { cache: "string", data: "string" });
    shaped(await app().fs.paths(), { cache: "string", data: "string" });
  },
  async "fs.pluginFs"() {
    const storage = await app().fs.pluginFs("my-plugin.wasm");
    await storage.writeText("hello.txt", "Hello, world!");
    is(await storage.readText("hello.txt"), "Hello, world!");
    await storage.clearStorage();
    is(await storage.exists("hello.txt"), false);
  },
  async globalShortcut() {
    const { globalShortcut } = app();
    await globalShortcut.register("Ctrl+Alt+F9", () => {}, { emitEvent: true });
    is(await globalShortcut.isRegistered("Ctrl+Alt+F9"), true);
    await globalShortcut.unregister("Ctrl+Alt+F9");
    await globalShortcut.unregisterAll();
    is(await globalShortcut.isRegistered("Ctrl+Alt+F9"), false);
  },
  async globalVariables() {
    const { globalVariables } = app();
    await globalVariables.set("compat", "value");
    is(await globalVariables.get("compat"), "value");
    is((await globalVariables.list()).compat, "value");
    await globalVariables.remove("compat");
    is((await globalVariables.list()).compat, undefined);
  },
  async "menu.init.fromConfig"() {
    const { menu } = app();
    await menu.init.fromConfig({ enabled: true, platforms: ["macos", "windows", "linux"], file: { section: "File", items: [
      { type: "custom", id: "open", label: "Open", enabled: true, interaction: "click", accelerator: "CmdOrCtrl+O" },
      { type: "custom", id: "wrap", label: "Wrap", enabled: true, interaction: "check", checked: true },
      { type: "separator" }, { type: "predefined", item: "quit", customLabel: "Leave" },
      { type: "submenu", id: "more", label: "More", items: [{ type: "custom", id: "deep", label: "Deep" }] }] } });
    await menu.setEnabled("deep", false);
    await menu.setChecked("wrap", false);
  },
  async "network.status"() {
    shaped(await app().network.status(), { online: "boolean", reason: "string", latency_ms: "number|null" });
  },
  async "network.ping"() {
    shaped(await app().network.ping(location.origin + "/", 2000), { ok: "boolean", latencyMs: "number|null" });
  },
  async "network.setMonitor"() {
    await app().network.setMonitor(60000, [location.origin + "/"]);
    await app().network.stopMonitor();
  },
  async notifications() {
    is(typeof (await app().notifications.state()), "string");
    is(typeof (await app().notifications.request()), "string");
  },
  async "plugins.modules"() {
    const wasmBytes = new Uint8Array(await (await fetch("/idle.wasm")).arrayBuffer());
    await app().plugins.modules.addFromBytes("compat.wasm", wasmBytes);
    check((await app().plugins.list()).includes("compat.wasm"), "it is not in the list");
  },
  async "plugins.call"() {
    shaped(await app().plugins.call("my-plugin.wasm", { fn: "divide", args: [20, 5] }, 2000), RESULT);
    shaped(await app().worker.call("my-plugin.wasm", { fn: "divide", args: { a: 20, b: 5 } }), RESULT);
  },
  async "plugins.status"() {
    is(shaped(await app().plugins.status(), { ready: "boolean", runtime: "string" }).ready, true);
  },
  async "plugins.killJobs"() {
    await app().plugins.killJobs();
  },
  async "window.new"() {
    await app().window.new({ label: "second", url: location.href, fullscreen: false });
    shaped(await app().window.getInfo("second"), WINDOW);
    await app().window.close("second");
  },
  async "window.getInfo"() {
    shaped(await app().window.getInfo(), WINDOW);
  },
  async "window.fullscreen"() {
    await app().window.fullscreen(true, "main");
    await app().window.fullscreen(false, "main");
    await app().window.maximizeToggle("main");
    await app().window.maximizeToggle("main");
  },
};

const different = {
  async invoke() {
    is([typeof app().invoke, typeof app().tauri, typeof window.__TAURI__], ["undefined", "undefined", "undefined"]);
  },
  async openBrowser() {
    for (const url of ["file:///etc/passwd", "javascript:alert(1)", "tel:1"]) await refused(() => app().openBrowser(url), "bridge/invalid-url");
  },
  async "app.info"() {
    const info = await app().app.info();
    is(["exec_path", "exec_dir", "current_dir", "temp_dir"].filter((name) => name in info), []);
  },
  async "events.emit"() {
    for (const name of ["deeplink", "menu:event", "network:status", "shortcut:event"]) await refused(() => app().events.emit(name), "events/reserved-name");
  },
  async "fs.data.path"() {
    is(typeof app().fs.data.path, "undefined");
  },
  async "fs.paths"() {
    is((await app().fs.paths()).data, "data");
  },
  async "fs.data.stat"() {
    await app().fs.data.writeText("a/b.txt", "x");
    is((await app().fs.data.stat("a/b.txt")).path, "a/b.txt");
  },
  async "fs.data.writeText"() {
    await refused(() => app().fs.data.writeText("a/b.txt", "x", { append: true }), "bridge/invalid-argument");
  },
  async "fs.data.remove"() {
    await refused(() => app().fs.data.remove("nobody"), "fs/not-found");
  },
  async "fs.data.clear"() {
    const { data, trash } = app().fs;
    await trash.clear();
    await data.writeText("cleared.txt", "x");
    await data.clear();
    is(await trash.listContent(), []);
  },
  async "contextMenu.show"() {
    await refused(() => app().contextMenu.show([{ type: "item", id: "a", text: "A" }], { atLogical: { x: 1, y: 1 } }), "bridge/invalid-argument");
  },
  async "menu.init.fromJsonFile"() {
    const came = await app().menu.init.fromJsonFile("/etc/hosts").then(() => "done", ({ code }) => code);
    check(came !== "done", "a file of the computer was read");
  },
  async "window.minimize"() {
    await refused(() => app().window.minimize("nobody"), "window/unknown-label");
  },
};

window.checkAll = async (kind) => {
  const came = {};
  for (const [name, test] of Object.entries(kind === "same" ? same : different)) {
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error("no answer")), 20000));
    came[name] = await Promise.race([test(), late]).then(() => "ok", (error) => `${error.code ?? ""} ${error.message}`);
  }
  return came;
};
