/**
 * Makes the cards: one per module, with its fields and one row per function.
 */

/** An element with properties, `data-` attributes and children. */
function element(name, { data = {}, ...properties } = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  Object.assign(made.dataset, data);
  made.append(...children);
  return made;
}

function makeField({ id, label, value, placeholder = "", options }) {
  const common = { id: `field-${id}`, data: { testid: `field-${id}` } };
  const input =
    options === undefined
      ? element("input", { ...common, value, placeholder, autocomplete: "off", spellcheck: false })
      : element("select", common, ...options.map((option) => element("option", {}, option)));
  return element("p", { className: "field" }, element("label", { htmlFor: common.id }, label), input);
}

function makeRow(entry, chip, call) {
  const { name, property = false, local = false, summary } = entry;
  const button = element("button", { type: "button", data: { call: name, testid: `call-${name}` } });
  button.append(property || local ? name : `${name}()`);
  button.disabled = chip.disabled;
  button.addEventListener("click", () => call(entry));
  const mark = element("span", { className: "chip", data: { state: chip.state } }, chip.text);
  const description = element("span", { className: "summary" }, summary);
  return element("li", { data: { function: name } }, button, description, mark);
}

/**
 * The card of one module.
 *
 * @param chipOf - Says how available a function is.
 * @param call - Called with the entry whose button was pressed.
 */
export function makeCard(module, chipOf, call) {
  const id = `module-${module.title.replace(" ", "-").toLowerCase()}`;
  const heading = element("h2", { id }, module.title);
  const card = element("section", { className: "card" });
  card.setAttribute("aria-labelledby", id);
  card.append(
    element("div", { className: "card-head" }, heading, element("p", {}, module.summary)),
    element("div", { className: "fields" }, ...module.fields.map(makeField)),
    element("ul", { className: "functions" }, ...module.functions.map((entry) => makeRow(entry, chipOf(entry), call))),
  );
  return card;
}
