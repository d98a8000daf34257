// Runs `action` where the document is one of the app's own pages: the main frame, at an address that one of `rules` allows or of
// one of `origins`. It is injected everywhere, into sign-in pages too, and on Linux into the pop-ups that a page opens.
(function (rules, origins, action) {
    "use strict";
    if (window !== window.top || window.opener !== null) return;
    const scheme = location.protocol.slice(0, -1);
    const port = location.port === "" ? ({ http: 80, https: 443 })[scheme] : Number(location.port);
    const isHost = ({ host, subdomains }) => subdomains
        ? location.hostname.endsWith(`.${host}`) && location.hostname.length > host.length + 1
        : location.hostname === host;
    const allows = (rule) => rule.scheme === scheme && rule.port === port && isHost(rule)
        && location.pathname.startsWith(rule.path ?? "");
    const origin = `${location.protocol}//${location.host}`;
    if (rules.some(allows) || origins.includes(origin)) action.call(window);
})
