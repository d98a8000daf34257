// A style sheet that the page's Content-Security-Policy has no say about. A page that sets sheets of its own while it loads gets
// this one back.
(css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    const adopt = () => {
        if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    };
    adopt();
    addEventListener("DOMContentLoaded", adopt);
    addEventListener("load", adopt);
}
