// Search as one types, and keys. Without it the search field asks the server.
(() => {
  const input = document.getElementById("q"), list = document.getElementById("found");
  let index = null, chosen = -1;

  const load = () => index ??= fetch("/search.json").then(answer => answer.json()).catch(() => []);

  const rank = (words, [name, , , columns, rest]) => {
    const [n, c, r] = [name, columns, rest].map(text => text.toLowerCase());
    if (!words.every(word => n.includes(word) || c.includes(word) || r.includes(word))) return -1;
    if (words.every(word => n.includes(word))) return n.startsWith(words[0]) ? 0 : 1;
    return words.every(word => n.includes(word) || c.includes(word)) ? 2 : 3;
  };

  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const choose = place => {
    const items = [...list.children].filter(item => item.dataset.link);
    if (!items.length) return;
    chosen = (place + items.length) % items.length;
    items.forEach((item, at) => item.setAttribute("aria-selected", at === chosen));
    items[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", items[chosen].id);
  };

  const show = async () => {
    const text = input.value.trim().toLowerCase();
    if (!text) return close();
    const entries = await load();
    if (text !== input.value.trim().toLowerCase()) return;
    const words = text.split(/\s+/);
    const found = entries.map(entry => [rank(words, entry), entry]).filter(([at]) => at >= 0)
      .sort((a, b) => a[0] - b[0]).slice(0, 30);
    list.replaceChildren(...found.map(([at, [name, kind, link, columns]], place) => {
      const item = document.createElement("li");
      item.id = "found-" + place;
      item.setAttribute("role", "option");
      item.dataset.link = link;
      item.textContent = name;
      const small = document.createElement("small");
      const hits = at === 2 ? columns.split(" ").filter(column => words.some(word => column.toLowerCase().includes(word))) : [];
      small.textContent = kind + (hits.length ? " · " + hits.slice(0, 5).join(", ") : "");
      item.append(small);
      return item;
    }));
    if (!found.length) {
      const item = document.createElement("li");
      item.textContent = "Nothing found";
      list.append(item);
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    choose(0);
  };

  input.addEventListener("focus", load);
  input.addEventListener("input", show);
  input.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("mousedown", event => {
    const item = event.target.closest("[data-link]");
    if (item) location.href = item.dataset.link;
  });
  input.addEventListener("keydown", event => {
    if (event.key === "Escape") { input.value = ""; close(); input.blur(); }
    if (list.hidden) return;
    if (event.key === "ArrowDown") { choose(chosen + 1); event.preventDefault(); }
    if (event.key === "ArrowUp") { choose(chosen - 1); event.preventDefault(); }
    if (event.key === "Enter") {
      const item = list.querySelector("[aria-selected=true]");
      if (item) { event.preventDefault(); location.href = item.dataset.link; }
    }
  });

  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    if (event.key === "/") { event.preventDefault(); input.focus(); input.select(); }
    if (event.key === "g") location.href = "/graph";
    if (event.key === "h") location.href = "/";
  });

  // On a phone the contents are a fold, and closed to begin with.
  const fold = document.querySelector(".side details");
  if (matchMedia("(max-width: 780px)").matches) fold.open = false;
  fold.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  // A graph wider than the page begins where it is about.
  const focus = document.querySelector(".graphs .focus");
  if (focus) {
    const box = focus.closest(".graphs"), place = focus.getBoundingClientRect(), frame = box.getBoundingClientRect();
    box.scrollLeft += place.left - frame.left - (frame.width - place.width) / 2;
    box.scrollTop += place.top - frame.top - (frame.height - place.height) / 2;
  }
})();
