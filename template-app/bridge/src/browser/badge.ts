/**
 * The module `badge` in a plain browser: the Badging API, where the site is installed.
 */
import type { BadgeModule } from "../api/badge.js";
import { DesktoprError } from "../error.js";
import { orRefused } from "./refused.js";
import { unavailable } from "./unavailable.js";

/** Largest number, as the native side has it. */
const MAX_COUNT = 0xffffffff;

interface Badging {
  setAppBadge?(count: number): Promise<void>;
}

function badging(): Badging {
  return typeof navigator === "undefined" ? {} : (navigator as Badging);
}

/** Functions that this browser has. */
export function browserBadgeFunctions(): string[] {
  return badging().setAppBadge ? ["badge.set", "badge.clear"] : [];
}

/** `Desktopr.badge` in a browser. */
export function createBrowserBadge(): BadgeModule {
  const show = async (count: number, name: string) => {
    const target = badging();
    if (!target.setAppBadge) return unavailable("badge", `badge.${name}`);
    // 0 removes it there too.
    await orRefused("badge", "badge/unsupported", () => target.setAppBadge?.(count));
  };
  return {
    async set(count) {
      if (!(Number.isInteger(count) && count >= 0 && count <= MAX_COUNT)) {
        const message = `argument \`count\` must be a whole number from 0 to ${MAX_COUNT}, found: ${count}`;
        throw new DesktoprError({ code: "bridge/invalid-argument", module: "badge", message });
      }
      await show(count, "set");
    },
    clear: () => show(0, "clear"),
  };
}
