/**
 * Routes on the History API: a link changes the path without a request, a reload asks for the path itself and gets this
 * same document by the app's SPA fallback.
 */

/** Patterns in the order in which they are tried; the last one takes what is left. */
const ROUTES = [
  {
    pattern: /^\/(?:index\.html)?$/,
    title: () => "Home",
    text: () => "Follow a link, then reload: the page you are on comes back.",
  },
  {
    pattern: /^\/about$/,
    title: () => "About",
    text: () => "A single-page app in plain JavaScript, with no build step.",
  },
  {
    pattern: /^\/notes$/,
    title: () => "Notes",
    text: () => "What you write is a file of the app, by the bridge's module fs; in a browser it is in its local storage.",
  },
  { pattern: /^\/items\/(\d+)$/, title: (id) => `Item ${id}`, text: (id) => `The number ${id} is read from the path.` },
  { pattern: /.*/, title: () => "Not found", text: () => "No page of this app has this path." },
];

function render() {
  const path = location.pathname;
  const { pattern, title, text } = ROUTES.find((route) => route.pattern.test(path));
  const [, ...parameters] = path.match(pattern);
  document.title = `${title(...parameters)} – Routes`;
  document.getElementById("title").textContent = title(...parameters);
  document.getElementById("text").textContent = text(...parameters);
  document.getElementById("route").textContent = path;
  document.getElementById("notes").hidden = path !== "/notes";
  for (const link of document.querySelectorAll("nav a")) {
    if (link.pathname === path) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function follow(event) {
  const link = event.target.closest("a[href]");
  const isPlain = event.button === 0 && !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey);
  if (link === null || !isPlain || link.origin !== location.origin) return;
  event.preventDefault();
  if (link.pathname !== location.pathname) history.pushState(null, "", link.pathname);
  render();
  // As after a page load, the reading position is at the top of the new page.
  document.getElementById("title").focus();
}

document.addEventListener("click", follow);
window.addEventListener("popstate", render);
render();
