/**
 * What buttons have begun to listen to.
 */

/** Subscriptions that buttons have made, so that one button can end them all. */
const subscriptions = [];

/** Keeps a subscription until all are ended. */
export async function remember(subscription, names) {
  subscriptions.push(await subscription);
  return { listening: names };
}

/** Ends every subscription. */
export function unlistenAll() {
  const ended = subscriptions.splice(0);
  ended.forEach((unlisten) => unlisten());
  return { ended: ended.length };
}
