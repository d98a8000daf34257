// No menu of the webview's own, except where the user writes: there it has cut, copy and paste.
() => {
    const writes = (node) => node instanceof HTMLElement
        && (node.isContentEditable || node.matches("input, textarea") && !node.disabled);
    addEventListener("contextmenu", (event) => {
        if (!event.composedPath().some(writes)) event.preventDefault();
    });
}
