/**
 * The package as CommonJS sees it.
 */
import sdk = require("deskwright");

export const name: Promise<string> = sdk.Desktopr.app.info().then((info) => info.name);
