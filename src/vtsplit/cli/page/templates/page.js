"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const root = document.documentElement;
  root.classList.add("js");
  const pieces = all(".piece");
  const search = document.getElementById("search");
  let current = -1;

  // What the reviewer has seen is kept in the address, as bits in base 64, beside where they are.
  const state = new URLSearchParams(location.hash.includes("=") ? location.hash.slice(1) : "");
  const encode = (bits) => {
    const bytes = new Uint8Array(Math.ceil(bits.length / 8));
    bits.forEach((bit, at) => { if (bit) bytes[at >> 3] |= 1 << (at & 7); });
    return btoa(String.fromCharCode(...bytes)).replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_");
  };
  const decode = (text) => {
    try {
      const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
      return pieces.map((_, at) => Boolean((bytes.charCodeAt(at >> 3) || 0) >> (at & 7) & 1));
    } catch { return pieces.map(() => false); }
  };
  const keep = (target) => {
    if (target !== undefined) state.set("at", target);
    const bits = pieces.map((piece) => piece.classList.contains("is-seen"));
    if (bits.includes(true)) state.set("seen", encode(bits)); else state.delete("seen");
    history.replaceState(null, "", state.size ? `#${state}` : location.pathname + location.search);
    const shown = bits.filter(Boolean).length;
    document.getElementById("progress").textContent = `${shown} of ${pieces.length} seen`;
  };
  const mark = (piece, seen) => {
    piece.classList.toggle("is-seen", seen);
    piece.querySelector("[data-seen]").checked = seen;
  };

  const unfold = (element) => {
    for (let at = element; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    const own = element.matches("details") ? element : element.querySelector(":scope > details");
    if (own) own.open = true;
    if (element.matches("tbody")) expand(element, true);
  };
  const go = (id, push = true) => {
    const target = document.getElementById(id);
    if (!target) return;
    target.classList.remove("off");
    unfold(target);
    if (target.matches(".piece")) choose(pieces.indexOf(target));
    target.scrollIntoView({ block: "start" });
    target.focus({ preventScroll: true });
    if (push) keep(id);
  };
  const choose = (at) => {
    pieces[current]?.classList.remove("current");
    current = at;
    pieces[current]?.classList.add("current");
  };
  const step = (by) => {
    for (let at = current + by; at >= 0 && at < pieces.length; at += by)
      if (!pieces[at].classList.contains("off")) return go(pieces[at].id);
  };

  const expand = (body, open) => {
    const button = body.querySelector(".more");
    if (!button) return;
    button.setAttribute("aria-expanded", String(open));
    body.querySelector(".detail").classList.toggle("open", open);
  };
  all(".more").forEach((button) => button.addEventListener("click", () =>
    expand(button.closest("tbody"), button.getAttribute("aria-expanded") !== "true")));

  // Filters: of kinds and of policies that are pressed one has to fit; the search has to be found.
  const texts = new WeakMap();
  const text = (element) => {
    if (!texts.has(element)) texts.set(element, element.textContent.toLowerCase());
    return texts.get(element);
  };
  const pressed = (name) => all(`[data-${name}][aria-pressed="true"]`).map((one) => one.dataset[name]);
  const filter = () => {
    const kinds = pressed("kind"), policies = pressed("policy"), wanted = search.value.trim().toLowerCase();
    for (const piece of pieces) {
      const own = piece.dataset.kinds.split(" ");
      const fits = !kinds.length || kinds.some((kind) => own.includes(kind));
      piece.classList.toggle("off", !fits || !text(piece).includes(wanted));
    }
    for (const row of all(".matrix tbody")) {
      const fits = !policies.length || policies.includes(row.dataset.policy);
      row.classList.toggle("off", !fits || !text(row).includes(wanted));
    }
    for (const file of all(".file"))
      file.classList.toggle("off", !file.querySelector(".piece:not(.off)") && Boolean(file.querySelector(".piece")));
    showHits(wanted);
  };
  const showHits = (wanted) => {
    for (const hit of all(".hit")) hit.classList.remove("hit");
    if (wanted.length < 2) return;
    for (const piece of pieces)
      if (!piece.classList.contains("off"))
        for (const cell of all(".code", piece))
          if (cell.textContent.toLowerCase().includes(wanted)) {
            cell.classList.add("hit");
            piece.querySelector("details").open = true;
          }
  };
  all(".chip").forEach((chip) => chip.addEventListener("click", () => {
    chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
    filter();
  }));
  let timer = 0;
  search.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(filter, 120); });

  const fold = document.getElementById("unfold");
  fold.addEventListener("click", () => {
    const open = fold.getAttribute("aria-pressed") !== "true";
    fold.setAttribute("aria-pressed", String(open));
    for (const piece of pieces)
      piece.querySelector("details").open = open || !piece.classList.contains("mechanical");
  });

  // Side by side: what goes stands beside what comes in its place.
  const blank = () => { const cell = document.createElement("td"); cell.className = "code"; return cell; };
  const number = (value) => { const cell = document.createElement("td"); cell.className = "n"; cell.dataset.n = value; return cell; };
  const side = (row, which) => {
    if (!row) return [number(""), blank()];
    const code = row.cells[2].cloneNode(true);
    code.className = `code ${row.className}`;
    if (row.title) code.title = row.title;
    return [number(row.cells[which].dataset.n), code];
  };
  const paired = (table) => {
    const made = document.createElement("table");
    made.className = "diff both";
    const columns = made.appendChild(document.createElement("colgroup"));
    for (const name of ["w", "", "w", ""]) columns.appendChild(document.createElement("col")).className = name;
    const body = made.createTBody();
    let gone = [], come = [];
    const flush = () => {
      for (let at = 0; at < Math.max(gone.length, come.length); at++)
        body.insertRow().append(...side(gone[at], 0), ...side(come[at], 1));
      gone = []; come = [];
    };
    for (const row of table.rows) {
      if (row.matches(".gap")) { const copy = row.cloneNode(true); copy.cells[0].colSpan = 4; body.append(copy); }
      else if (row.matches(".del")) gone.push(row);
      else if (row.matches(".add")) come.push(row);
      else { flush(); body.insertRow().append(...side(row, 0), ...side(row, 1)); }
    }
    flush();
    return made;
  };
  const both = document.getElementById("split-view");
  both.addEventListener("click", () => {
    const on = both.getAttribute("aria-pressed") !== "true";
    both.setAttribute("aria-pressed", String(on));
    for (const table of all(".piece .diff:not(.both)")) {
      table.hidden = on;
      const other = table.nextElementSibling;
      if (on && !other?.matches(".both")) table.after(paired(table));
      if (table.nextElementSibling?.matches(".both")) table.nextElementSibling.hidden = !on;
    }
  });

  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  document.addEventListener("change", (event) => {
    const box = event.target.closest("[data-seen]");
    if (box) { mark(box.closest(".piece"), box.checked); keep(); }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(link.getAttribute("href").slice(1));
  });
  const keys = {
    j: () => step(1), k: () => step(-1), s: () => both.click(), e: () => fold.click(),
    "/": () => search.focus(),
    x: () => { if (pieces[current]) { mark(pieces[current], !pieces[current].classList.contains("is-seen")); keep(); } },
    o: () => { const own = pieces[current]?.querySelector("details"); if (own) own.open = !own.open; },
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.activeElement === search) { search.value = ""; filter(); search.blur(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input[type=search]")) return;
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  });
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all("details:not([open])");
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of folded) one.open = false; });

  decode(state.get("seen") ?? "").forEach((seen, at) => { if (seen) mark(pieces[at], true); });
  const target = state.get("at") ?? location.hash.slice(1);
  keep();
  if (target && !target.includes("=")) go(target, state.has("at"));
})();
