/**
 * Where the errors of a page's own listeners go: to the page's `error` event, as those of DOM listeners do.
 */

/** Reports an error that nobody can catch, without stopping the code that met it. */
export function reportUncaught(error: unknown): void {
  if (typeof reportError === "function") {
    reportError(error);
    return;
  }
  // WebKit before 15.4 has no `reportError`; an exception in a task of its own ends up in the same place.
  setTimeout(() => {
    throw error;
  });
}
