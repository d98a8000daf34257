/**
 * The functions of the module `window`.
 */
import { remember } from "./subscriptions.js";

/** How long a window that was hidden stays away: nothing else would bring it back. */
const HIDDEN_MS = 1500;

/** The window that the card means: `undefined` is the page's own. */
function label({ field }) {
  return field("window-label") || undefined;
}

async function toggleFullscreen(page) {
  const { fullscreen } = await page.api.window.getInfo(label(page));
  await page.api.window.fullscreen(!fullscreen, label(page));
  return { fullscreen: !fullscreen };
}

async function hideForAMoment(page) {
  await page.api.window.hide(label(page));
  await new Promise((resolve) => setTimeout(resolve, HIDDEN_MS));
  await page.api.window.show(label(page));
  return { hiddenForMs: HIDDEN_MS };
}

function open({ api, field }) {
  const cacheOnly = field("window-kind") === "cacheOnly";
  return api.window.new({ label: cacheOnly ? "alone" : "second", width: 900, height: 640, cacheOnly });
}

export const WINDOW = {
  title: "window",
  summary: "Windows of the app; without a label, this one.",
  fields: [
    { id: "window-label", label: "Window label", value: "", placeholder: "this window" },
    { id: "window-kind", label: "New window", options: ["ordinary", "cacheOnly"] },
    { id: "window-title", label: "Title", value: "Showcase" },
    { id: "window-theme", label: "Theme", options: ["system", "light", "dark"] },
    { id: "window-zoom", label: "Zoom", value: "1" },
  ],
  functions: [
    { name: "window.new", summary: "Opens this page once more, or alone with storage of its own.", run: open },
    { name: "window.list", summary: "Every window of the app.", run: ({ api }) => api.window.list() },
    {
      name: "window.getInfo",
      summary: "Title, state, size and position.",
      run: (page) => page.api.window.getInfo(label(page)),
    },
    {
      name: "window.setTitle",
      summary: "Sets the title.",
      run: (page) => page.api.window.setTitle(page.field("window-title"), label(page)),
    },
    {
      name: "window.setTheme",
      summary: "Light, dark, or as the system has it.",
      run: (page) => page.api.window.setTheme(page.field("window-theme"), label(page)),
    },
    {
      name: "window.setZoom",
      summary: "The page's zoom; 1 is 100 %.",
      run: (page) => page.api.window.setZoom(Number(page.field("window-zoom")), label(page)),
    },
    {
      name: "window.setSize",
      summary: "1000 by 700 logical pixels.",
      run: (page) => page.api.window.setSize(1000, 700, label(page)),
    },
    {
      name: "window.setPosition",
      summary: "40 pixels from the left and the top.",
      run: (page) => page.api.window.setPosition(40, 40, label(page)),
    },
    { name: "window.center", summary: "Into the middle.", run: (page) => page.api.window.center(label(page)) },
    {
      name: "window.setAlwaysOnTop",
      summary: "Above all others, from now on.",
      run: (page) => page.api.window.setAlwaysOnTop(true, label(page)),
    },
    {
      name: "window.maximizeToggle",
      summary: "Maximises or restores.",
      run: (page) => page.api.window.maximizeToggle(label(page)),
    },
    { name: "window.fullscreen", summary: "Into fullscreen, or out of it.", run: toggleFullscreen },
    { name: "window.hide", summary: "Away for a moment.", run: hideForAMoment },
    { name: "window.show", summary: "Shows a window that is hidden.", run: (page) => page.api.window.show(label(page)) },
    { name: "window.focus", summary: "To the front.", run: (page) => page.api.window.focus(label(page)) },
    { name: "window.minimize", summary: "Minimises.", run: (page) => page.api.window.minimize(label(page)) },
    {
      name: "window.onCloseRequested",
      summary: "Asks this page first; it agrees.",
      run: ({ api, log }) =>
        remember(
          api.window.onCloseRequested(() => log("asked whether to close", true)),
          ["close requests"],
        ),
    },
    {
      name: "window.print",
      summary: "The system's dialog for printing.",
      confirm: "Open the system's dialog for printing?",
      run: (page) => page.api.window.print(label(page)),
    },
    {
      name: "window.close",
      summary: "Closes; the last window ends the app.",
      confirm: "Close the window? The app ends with its last one.",
      run: (page) => page.api.window.close(label(page)),
    },
  ],
};
