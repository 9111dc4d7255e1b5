
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
  const details = [...document.querySelectorAll("details[data-stack]")];
  // Whether the page itself has them open.
  const served = new Map(details.map((one) => [one, one.open]));
  const focusable = (root) => root.querySelector("summary, a");
  const kept = () => {
    try { return JSON.parse(sessionStorage.getItem(key)) || {}; } catch { return {}; }
  };
  const keep = () => {
    const open = Object.fromEntries(
      details.map((one) => [one.dataset.stack, [one.open, served.get(one)]]));
    const active = document.activeElement, part = active && active.closest("[data-stack]");
    const focus = part && { part: part.localName, stack: part.dataset.stack };
    const typing = active === input, hash = location.hash;
    const state = { words: input.value, typing, focus, open, hash };
    try { sessionStorage.setItem(key, JSON.stringify(state)); } catch { /* it may be forbidden */ }
  };
  const before = kept();
  input.form.hidden = false;
  input.form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("input", filter);
  input.value = before.words || "";
  for (const one of details) {
    const [open, wasServed] = (before.open || {})[one.dataset.stack] || [one.open, one.open];
    // One that was well and is not any more opens by itself.
    if (wasServed || !one.open) one.open = open;
  }
  const open = () => {
    const one = document.querySelector("details:target");
    if (one) one.open = true;
  };
  addEventListener("hashchange", open);
  if (before.hash !== location.hash) open();
  addEventListener("pagehide", keep);
  filter();
  if (before.typing) input.focus({ preventScroll: true });
  for (const part of before.focus ? document.querySelectorAll(before.focus.part) : [])
    if (part.dataset.stack === before.focus.stack && focusable(part))
      focusable(part).focus({ preventScroll: true });
})();
