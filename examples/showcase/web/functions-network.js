/**
 * The cards of what reaches other computers: the network, signing in, new versions of the app.
 */
import { remember } from "./subscriptions.js";

async function fetchPage({ api, field }) {
  const answer = await api.network.fetch(field("address"));
  return { status: answer.status, type: answer.headers.get("content-type"), length: (await answer.text()).length };
}

export const NETWORK = {
  title: "network",
  summary: "Is it there, how fast is it, and requests to the hosts of the config.",
  fields: [
    { id: "address", label: "URL", value: "https://example.com/" },
    { id: "host", label: "Host", value: "93.184.215.14" },
  ],
  functions: [
    { name: "network.status", summary: "Is it there?", browser: true, run: ({ api }) => api.network.status() },
    {
      name: "network.ping",
      summary: "How long the URL takes to answer.",
      run: ({ api, field }) => api.network.ping(field("address")),
    },
    {
      name: "network.resolve",
      summary: "The addresses of the host.",
      run: ({ api, field }) => api.network.resolve(field("host")),
    },
    {
      name: "network.estimateBandwidth",
      summary: "How fast the URL comes.",
      run: ({ api, field }) => api.network.estimateBandwidth(field("address")),
    },
    {
      name: "events.onNetworkStatus",
      summary: "What the monitor finds is in the log.",
      run: ({ api, log }) =>
        remember(
          api.events.onNetworkStatus((status) => log("network", status)),
          ["network:status"],
        ),
    },
    { name: "network.setMonitor", summary: "Every 5 seconds.", run: ({ api }) => api.network.setMonitor(5000) },
    { name: "network.stopMonitor", summary: "No more.", run: ({ api }) => api.network.stopMonitor() },
    { name: "network.fetch", summary: "A request without the rules about origins.", run: fetchPage },
  ],
};

async function signIn({ api, field }) {
  const { challenge, method } = await api.auth.pkce();
  const url = new URL(field("provider"));
  url.searchParams.set("code_challenge", challenge);
  url.searchParams.set("code_challenge_method", method);
  return api.auth.start({ url: url.href, redirect: "loopback", timeoutMs: 60_000 });
}

export const ACCOUNT = {
  title: "auth and updates",
  summary: "Signing in by the user's browser, and new versions of the app.",
  fields: [{ id: "provider", label: "Sign-in page", value: "https://example.com/authorize?client_id=showcase" }],
  functions: [
    { name: "auth.pkce", summary: "A secret, and what to send of it.", browser: true, run: ({ api }) => api.auth.pkce() },
    { name: "auth.start", summary: "Waits a minute for the answer.", run: signIn },
    { name: "updates.channel", summary: "Where new versions come from.", run: ({ api }) => api.updates.channel() },
    { name: "updates.check", summary: "Is there a newer version?", run: ({ api }) => api.updates.check() },
    {
      name: "updates.download",
      summary: "Fetches and verifies it.",
      run: ({ api, log }) => api.updates.download((progress) => log("update", progress)),
    },
    {
      name: "updates.install",
      summary: "Puts it in place.",
      confirm: "Install the new version? The system asks for a password.",
      run: ({ api }) => api.updates.install(),
    },
  ],
};
