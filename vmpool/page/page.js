
// Shows the stacks whose text has every word of the filter. What the reader has set outlives a reload.
(() => {
  const key = "vmpool " + location.pathname;
  const input = document.getElementById("filter");
  const stacks = new Map();
  for (const part of document.querySelectorAll("[data-stack]")) {
    const name = part.dataset.stack;
    const stack = stacks.get(name) || { parts: [], text: "" };
    stack.parts.push(part);
    stack.text += " " + part.textContent.toLowerCase();
    stacks.set(name, stack);
  }
  const filter = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const stack of stacks.values()) {
      const fits = words.every((word) => stack.text.includes(word));
      for (const part of stack.parts) {
        part.hidden = !fits;
        const list = part.closest("details:not([data-stack])");
        if (list && fits && words.length) list.open = true;
      }
      if (fits) shown += 1;
    }
    const found = document.getElementById("found");
    found.textContent = words.length ? shown + " of " + stacks.size + " stacks" : "";
  };
  const folded = [...document.querySelectorAll("details[data-stack]")];
  const kept = () => {
    try { return JSON.parse(sessionStorage.getItem(key)) || {}; } catch { return {}; }
  };
  const keep = () => {
    const open = Object.fromEntries(folded.map((one) => [one.dataset.stack, one.open]));
    const state = { words: input.value, typing: document.activeElement === input, open };
    try { sessionStorage.setItem(key, JSON.stringify(state)); } catch { /* it may be forbidden */ }
  };
  const before = kept();
  input.form.hidden = false;
  input.form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("input", filter);
  input.value = before.words || "";
  if (before.typing) input.focus();
  // One that was well and is not any more opens by itself.
  for (const one of folded) if (before.open && before.open[one.dataset.stack]) one.open = true;
  const open = (id) => {
    const one = id && document.getElementById(id);
    if (one && "open" in one) one.open = true;
  };
  addEventListener("hashchange", () => open(location.hash.slice(1)));
  open(location.hash.slice(1));
  addEventListener("pagehide", keep);
  filter();
})();
