// Injected with `--self-test` only: tells the runtime when the page has loaded and painted, and what went wrong in it.
// The runtime reads the state through one hidden property when the page cannot report by itself.
(function (tokenEvent, tokenHeader) {
    "use strict";
    if (window !== window.top) return;

    const MAX_ERRORS = 20;
    const state = { loaded: null, firstContentfulPaint: null, bridge: null, bridgeCall: null, errors: [] };
    const note = (text) => { if (state.errors.length < MAX_ERRORS) state.errors.push(String(text).slice(0, 500)); };
    const read = () => JSON.stringify({ ...state, url: location.href, title: document.title });
    Object.defineProperty(window, "__deskwrightSelfTest", { value: read });

    addEventListener("error", (event) => {
        const target = event.target;
        note(target && target !== window ? `failed to load: ${target.src || target.href}` : event.message);
    }, true);
    addEventListener("unhandledrejection", (event) => note(event.reason && event.reason.message || event.reason));
    addEventListener("securitypolicyviolation", (event) => {
        // Tauri tries its fast path first, which a page's own policy may refuse; the slow path then works.
        if (!/^ipc:|^http:\/\/ipc\.localhost/.test(event.blockedURI) && event.blockedURI !== "ipc") {
            note(`Content-Security-Policy refused ${event.blockedURI} (${event.violatedDirective})`);
        }
    });

    const token = new Promise((resolve) => {
        addEventListener(tokenEvent, (event) => resolve(event.detail), { once: true });
    });
    const loaded = new Promise((resolve) => {
        if (document.readyState === "complete") resolve();
        else addEventListener("load", resolve, { once: true });
    }).then(() => { state.loaded = Math.round(performance.now()); });
    const painted = new Promise((resolve) => {
        new PerformanceObserver((list, observer) => {
            const paint = list.getEntriesByName("first-contentful-paint")[0];
            if (!paint) return;
            observer.disconnect();
            state.firstContentfulPaint = Math.round(paint.startTime);
            resolve();
        }).observe({ type: "paint", buffered: true });
    });

    Promise.all([loaded, painted]).then(async () => {
        state.bridge = typeof window.Desktopr === "object";
        const headers = { [tokenHeader]: await token };
        const invoke = (command, args) => window.__TAURI_INTERNALS__.invoke(`plugin:bridge|${command}`, args, { headers });
        const before = performance.now();
        const version = await invoke("core_version");
        state.bridgeCall = Math.round((performance.now() - before) * 10) / 10;
        state.apiVersion = version.apiVersion;
        await invoke("self_test_report", { report: read() });
    }).catch((error) => note(`bridge: ${error && error.message || error}`));
})
