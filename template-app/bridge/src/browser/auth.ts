/**
 * The module `auth` in a plain browser: a page there signs in by itself, and can use the secret.
 */
import type { AuthModule } from "../api/auth.js";
import { unavailable, unavailableModule } from "./unavailable.js";

/** Random bytes of a secret, as the app has it. */
const SECRET_BYTES = 32;

/** `Desktopr.auth` without a bridge. */
export function createBrowserAuth(): AuthModule {
  return {
    ...unavailableModule<AuthModule>("auth", ["start"]),
    async pkce() {
      if (!hasCrypto()) return unavailable("auth", "auth.pkce");
      const verifier = toBase64Url(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
      const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
      return { verifier, challenge: toBase64Url(new Uint8Array(digest)), method: "S256" };
    },
  };
}

/** What works here: on pages without TLS there is no cryptography. */
export function browserAuthFunctions(): string[] {
  return hasCrypto() ? ["auth.pkce"] : [];
}

function hasCrypto(): boolean {
  return typeof crypto !== "undefined" && crypto.subtle !== undefined;
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
