/**
 * Fills the page with what the bridge knows. In a plain browser it says what would be here.
 */

/** Calls that are timed together: one alone is shorter than the clock's resolution. */
const TIMED_CALLS = 50;

const desktopr = window.Desktopr;

function show(id, text) {
  document.getElementById(id).textContent = text;
}

/** The name that people know a system by. */
function systemName(os) {
  return { linux: "Linux", darwin: "macOS", win32: "Windows" }[os] ?? os;
}

async function showFacts() {
  const { name, version, os, arch, windows } = await desktopr.app.info();
  document.title = name;
  show("name", name);
  show("version", version);
  show("system", `${systemName(os)}, ${arch}`);
  const [main] = windows;
  show("window", main === undefined ? "none" : `${main.width} × ${main.height} px`);
  show("bridge", `API ${desktopr.apiVersion}`);
}

async function measure() {
  const start = performance.now();
  for (let call = 0; call < TIMED_CALLS; call += 1) await desktopr.app.info();
  const each = (performance.now() - start) / TIMED_CALLS;
  return `${TIMED_CALLS} calls to the native side and back: ${each.toFixed(2)} ms each`;
}

async function maximize() {
  await desktopr.window.maximizeToggle();
  const { maximized } = await desktopr.window.getInfo();
  return maximized ? "The window is maximised" : "The window is restored";
}

/** A handle is the right to what the user picked: the page reads it, and no other file. */
async function openFile() {
  const { handles: [file] } = await desktopr.files.open({ title: "Look into a file" });
  if (file === undefined) return "No file was picked";
  const reader = (await file.stream()).getReader();
  const { value = new Uint8Array() } = await reader.read();
  await reader.cancel();
  const [line] = new TextDecoder().decode(value.subarray(0, 400)).split("\n");
  return `${file.name}, ${file.size.toLocaleString("en")} bytes, begins with: ${line.slice(0, 60)}`;
}

/** Counts this start in a file of the app's own, which an update or a crash leaves alone. */
async function countStart() {
  const { data } = desktopr.fs;
  const before = (await data.exists("starts.txt")) ? Number(await data.readText("starts.txt")) : 0;
  await data.writeText("starts.txt", String(before + 1));
  show("starts", String(before + 1));
}

/** Runs `action` at a click, and says how it went. */
function wire(id, name, action) {
  const button = document.getElementById(id);
  button.disabled = !desktopr.supports(name);
  button.addEventListener("click", async () => {
    try {
      show("outcome", await action());
    } catch (error) {
      show("outcome", `${error.code}: ${error.message}`);
    }
  });
}

function explainBrowser() {
  show("place", "In a browser");
  show("intro", "You see this page in a browser. Built as an app, it fills the panel, and the buttons work.");
}

if (desktopr === undefined) {
  explainBrowser();
} else {
  show("place", "Running as an app");
  document.documentElement.classList.add("in-app");
  wire("measure", "app.info", measure);
  wire("maximize", "window.maximizeToggle", maximize);
  wire("open", "files.open", openFile);
  showFacts().catch((error) => show("outcome", `${error.code}: ${error.message}`));
  if (desktopr.supports("fs.data.writeText")) countStart().catch((error) => show("starts", error.code));
  // The size in the panel follows the window; without the module `events` it stays as it was at the start.
  if (desktopr.supports("events.onWindow")) {
    desktopr.events.onWindow("resized", ({ width, height }) => show("window", `${width} × ${height} px`));
  }
}
