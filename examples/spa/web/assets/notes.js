/**
 * Keeps what is written on the page Notes: in a file of the app, or in the browser's storage where there is no app.
 */

/** The file in `fs.data`, and the name in the browser's storage. */
const FILE = "notes.txt";

const notes = document.getElementById("notes");
const files = window.Desktopr?.supports("fs.data") ? window.Desktopr.fs.data : undefined;

async function load() {
  if (files === undefined) return localStorage.getItem(FILE) ?? "";
  return (await files.exists(FILE)) ? files.readText(FILE) : "";
}

function save(text) {
  if (files === undefined) localStorage.setItem(FILE, text);
  else return files.writeText(FILE, text);
}

notes.value = await load();
// One write at a time, and the last one wins.
let saved = Promise.resolve();
notes.addEventListener("input", () => {
  saved = saved.then(() => save(notes.value)).catch((error) => console.error(error));
});
