/**
 * The module `auth`: signing in through the user's own browser.
 */
import type { AuthOptions, AuthPkce, AuthResult } from "../generated.js";

/** `Desktopr.auth`, switched on by `bridge.modules.auth`. */
export interface AuthModule {
  /**
   * Opens a provider's sign-in page in the user's browser, and waits until the user is sent back to the app. The answer is taken
   * only with the right `state`. A window waits for one answer: another call ends the first with `auth/cancelled`, and so does the
   * end of the page.
   *
   * @returns What came back: `code`, or `error` when the user declined.
   * @example
   * ```ts
   * async function signIn() {
   *   const { verifier, challenge, method } = await Desktopr.auth.pkce();
   *   const url = new URL("https://id.example.com/authorize?response_type=code&client_id=notes");
   *   url.searchParams.set("code_challenge", challenge);
   *   url.searchParams.set("code_challenge_method", method);
   *   const { params } = await Desktopr.auth.start({ url: url.href, redirect: "loopback" });
   *   return exchange(params.code, verifier);
   * }
   * ```
   */
  start(options: AuthOptions): Promise<AuthResult>;

  /**
   * A new secret, and what to send of it: whoever reads the code on its way cannot use it (RFC 7636).
   *
   * @example
   * ```ts
   * const { verifier, challenge } = await Desktopr.auth.pkce();
   * ```
   */
  pkce(): Promise<AuthPkce>;
}
