// Called with the origins of the app's own pages. Tauri has put its listener for the same event before this one.
(function (own) {
  addEventListener("DOMContentLoaded", () => {
    const frame = document.getElementById("__tauri_isolation__");
    if (!frame) return;
    if (own.includes(`${location.protocol}//${location.host}`)) frame.style.display = "none";
    else frame.remove();
  });
})
