/**
 * Clicks on links that lead to another origin: handed to the native side before any request is made, so that it can
 * decide between the window, the user's browser and nothing. What escapes here meets the runtime's navigation guard.
 */
import { reportUncaught } from "../report.js";
import type { Call } from "./call.js";

/** A link of HTML or SVG. */
type Link = HTMLAnchorElement | HTMLAreaElement | SVGAElement;

/** What the native side is told about a click. */
interface HandOver extends Record<string, unknown> {
  url: string;
  newWindow: boolean;
}

const PRIMARY_BUTTON = 0;
const MIDDLE_BUTTON = 1;
/** Targets that mean the page itself: the script runs in the top page only. */
const OWN_TARGETS = /^(_self|_top|_parent)?$/;

/** Links of HTML, and of SVG by either of its two attributes. */
const LINKS = "a[*|href],area[href]";

/** What the page itself deals with: scripts, and documents that it has made. */
const PAGES_OWN = /^(javascript|blob|data|about):$/;

/** Starts to watch the page's links. */
export function handOverLinks(call: Call): void {
  const listener = (event: MouseEvent) => {
    const handOver = decide(event);
    if (handOver === undefined) return;
    event.preventDefault();
    call("navigate", handOver).catch(reportUncaught);
  };
  // On the window and in the bubble phase: the page's own listeners come first and can claim the click.
  addEventListener("click", listener);
  // A middle click is no `click`.
  addEventListener("auxclick", listener);
}

function decide(event: MouseEvent): HandOver | undefined {
  if (event.defaultPrevented || !isFollowing(event)) return undefined;
  const link = linkOf(event);
  if (link === undefined || link.hasAttribute("download")) return undefined;
  const url = targetUrl(link);
  if (url === undefined || PAGES_OWN.test(url.protocol) || url.origin === location.origin) return undefined;
  // For a program of the system's, or for nobody: no window comes of it, whatever its target.
  if (!/^https?:$/.test(url.protocol)) return { url: url.href, newWindow: false };

  const target = targetName(link);
  if (wantsWindow(event)) return { url: url.href, newWindow: true };
  if (OWN_TARGETS.test(target)) return { url: url.href, newWindow: false };
  // Any other name is a frame of this page, or a window that may need its opener: the pop-up policy decides there.
  const needsOpener = (link.getAttribute("rel") ?? "").toLowerCase().split(/\s+/).includes("opener");
  return target === "_blank" && !needsOpener ? { url: url.href, newWindow: true } : undefined;
}

/** Is this a click that follows a link? With Alt, browsers save it instead. */
function isFollowing(event: MouseEvent): boolean {
  return !event.altKey && (event.button === PRIMARY_BUTTON || event.button === MIDDLE_BUTTON);
}

/** Does the user ask for a window of its own? Browsers open a tab. */
function wantsWindow(event: MouseEvent): boolean {
  return event.button === MIDDLE_BUTTON || event.ctrlKey || event.metaKey || event.shiftKey;
}

function linkOf(event: MouseEvent): Link | undefined {
  // The path, not the target: inside a shadow root the target is its host.
  return event.composedPath().find((node): node is Link => node instanceof Element && node.matches(LINKS));
}

function targetUrl(link: Link): URL | undefined {
  const href = typeof link.href === "string" ? link.href : link.href.baseVal;
  try {
    return new URL(href, link.baseURI);
  } catch {
    return undefined;
  }
}

function targetName(link: Link): string {
  const own = link.getAttribute("target");
  const inherited = () => document.querySelector("base[target]")?.getAttribute("target") ?? "";
  return (own ?? inherited()).toLowerCase();
}
