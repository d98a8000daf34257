// The workbench: each form calls a plugin and shows its answer, and how long the call took.

const NOTE = "note.txt";
const { Desktopr } = window;

/** The elements of a form that show something. */
function outlets(form) {
  return { output: form.querySelector("output"), cost: form.querySelector(".cost") };
}

function show({ output }, text, state) {
  output.value = text;
  output.dataset.state = state;
}

/** Calls a function of a plugin and shows what came of it. Gives its value, or nothing when it failed. */
async function call(form, module, fn, args, describe) {
  const outlet = outlets(form);
  show(outlet, "…", "busy");
  form.inert = true;
  try {
    const began = performance.now();
    const result = await Desktopr.plugins.call(module, { fn, args });
    const round = performance.now() - began;
    outlet.cost.textContent =
      `${module}.wasm took ${result.durationMs} ms, the whole way from the page and back ${round.toFixed(1)} ms.`;
    if (!result.ok) {
      show(outlet, `${result.error} (${result.code})`, "failed");
    } else if (!result.value.ok) {
      show(outlet, result.value.error, "failed");
    } else {
      show(outlet, describe(result.value.value), "done");
      return result.value.value;
    }
  } catch (error) {
    show(outlet, `${error.message} (${error.code ?? error.name})`, "failed");
  } finally {
    form.inert = false;
  }
  return undefined;
}

const number = (id) => document.getElementById(id).valueAsNumber;
const grouped = (value) => value.toLocaleString("en");

function onSubmit(id, act) {
  const form = document.getElementById(id);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act(form);
  });
}

async function readNote() {
  const outlet = outlets(document.getElementById("keep"));
  try {
    const text = await Desktopr.fs.pluginFs("files.wasm").readText(NOTE);
    document.getElementById("note").value = text;
    show(outlet, `Read ${grouped(text.length)} characters.`, "done");
  } catch (error) {
    const isNew = error.code === "fs/not-found";
    show(outlet, isNew ? "No note yet." : `${error.message} (${error.code ?? error.name})`, isNew ? "idle" : "failed");
  }
}

async function begin() {
  onSubmit("compute", (form) => {
    const operation = document.getElementById("operation").value;
    call(form, "math", operation, { a: number("a"), b: number("b") }, String);
  });
  onSubmit("search", (form) => {
    const describe = ({ count, largest }) => `${grouped(count)} primes, the largest is ${grouped(largest)}`;
    call(form, "math", "primes", { limit: number("limit") }, describe);
  });
  onSubmit("keep", (form) => {
    const contents = document.getElementById("note").value;
    call(form, "files", "write", { path: NOTE, contents }, () => "Saved; it is there after the next start too.");
  });
  document.getElementById("read").addEventListener("click", readNote);
  const names = await Desktopr.plugins.list();
  document.getElementById("state").textContent = `${names.length} plugins: ${names.join(", ")}`;
  await readNote();
}

if (Desktopr === undefined) {
  document.getElementById("state").textContent = "No desktop around this page.";
  document.getElementById("notice").hidden = false;
  document.querySelector("main").inert = true;
} else {
  begin().catch((error) => {
    document.getElementById("state").textContent = `${error.message} (${error.code ?? error.name})`;
  });
}
