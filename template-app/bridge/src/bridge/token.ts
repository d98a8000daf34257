/**
 * The token by which calls prove that they come from this document. It is in no script, since pop-ups and frames can get
 * hold of those: the document asks, and the runtime answers with an event that only a granted document of the main window
 * gets.
 */
import { TOKEN_EVENT } from "../generated.js";
import { internals } from "./ipc.js";

/** Why there is no token for a document that the window is about to leave. The runtime's own refusals say the same in more words. */
const LEAVING = "not allowed: leaving";

/** The token, or what becomes of it; rejects with what the runtime refuses the question with. */
export type GetToken = () => string | Promise<string>;

/** Asks for the token at the first call, or as soon as the page no longer waits for this script: the question takes longer than the script. */
export function createToken(): GetToken {
  let token: string | Promise<string> | undefined;
  const getToken = () => (token ??= ask((value) => (token = value)));
  setTimeout(getToken);
  return getToken;
}

/** Tells the token, or that the next call is to ask again: while the window is on its way to another page, there is none. */
function ask(tell: (token?: string) => void): Promise<string> {
  const token = new Promise<string>((resolve, reject) => {
    const listener = ({ detail }: CustomEventInit<string>) => (detail ? resolve(detail) : reject(LEAVING));
    addEventListener(TOKEN_EVENT, listener as EventListener, { once: true });
    internals().invoke("plugin:bridge|core_hello", {}).catch(reject);
  });
  // A page that never calls anything is not to be told of a refusal.
  token.then(tell, () => tell());
  return token;
}
