/**
 * Entry of the injected script. The build wraps it into a function whose parameter is `bootstrap`.
 */
import type { Bootstrap } from "./bootstrap.js";
import { install } from "./install.js";

declare const bootstrap: Bootstrap;

install(bootstrap);
