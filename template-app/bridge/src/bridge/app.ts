/**
 * The module `app`, function by function over its commands.
 */
import type { AppModule } from "../api/app.js";
import { requireExitCode } from "../arguments.js";
import type { Call } from "./call.js";

/** `Desktopr.app` in the app. */
export function createApp(call: Call): AppModule {
  return {
    info: () => call("app_info"),
    async exit(code) {
      requireExitCode("app", code);
      await call("app_exit", { code });
    },
    async relaunch() {
      await call("app_relaunch");
    },
  };
}
