/* The back office: choose all rows, look-up boxes, lists of sub-forms. Loaded beside site.js. */
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  all("[data-check-all]").forEach((button) => {
    const boxes = all(`input[name="${button.dataset.checkAll}"]`);
    button.hidden = boxes.length < 2;
    button.onclick = () => {
      const on = boxes.some((box) => !box.checked);
      boxes.forEach((box) => { box.checked = on; });
      button.textContent = on ? "Bỏ chọn tất cả" : "Chọn tất cả";
    };
  });

  all("form[data-needs]").forEach((form) => form.addEventListener("submit", (event) => {
    if (new FormData(form).has(form.dataset.needs)) return;
    event.preventDefault();
    const said = form.querySelector(".error") || form.appendChild(document.createElement("p"));
    said.className = "error";
    said.setAttribute("role", "alert");
    said.textContent = "Chưa chọn dòng nào: đánh dấu ít nhất một dòng rồi làm lại.";
  }));

  /* An accessible combobox over Flask-Admin's hidden look-up input. */
  function lookup(hidden) {
    const many = hidden.dataset.multiple === "1";
    const id = hidden.id;
    const start = JSON.parse(hidden.dataset.json || "null");
    let chosen = start ? (many ? start : [start]) : [];
    let found = [], at = -1, timer, asked = 0;

    const root = document.createElement("div");
    root.className = "lookup";
    const picked = root.appendChild(document.createElement("div"));
    picked.className = "picked";
    const input = root.appendChild(document.createElement("input"));
    const list = root.appendChild(document.createElement("ul"));
    hidden.id = `${id}-value`;
    Object.assign(input, { id, type: "text", autocomplete: "off", placeholder: "Gõ để tìm" });
    for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", `${id}-list`], ["aria-autocomplete", "list"]]) input.setAttribute(name, value);
    if (hidden.hasAttribute("aria-describedby")) input.setAttribute("aria-describedby", hidden.getAttribute("aria-describedby"));
    Object.assign(list, { id: `${id}-list`, hidden: true });
    list.setAttribute("role", "listbox");
    hidden.after(root);

    function draw() {
      hidden.value = chosen.map(([key]) => key).join(hidden.dataset.separator || ",");
      picked.replaceChildren(...chosen.map((item) => {
        const button = document.createElement("button");
        Object.assign(button, { type: "button", className: "button", textContent: `${item[1]} ✕` });
        button.setAttribute("aria-label", `Bỏ ${item[1]}`);
        button.onclick = () => { chosen = chosen.filter((other) => other !== item); draw(); input.focus(); };
        return button;
      }));
    }
    function close() {
      list.hidden = true;
      at = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }
    function pick(item) {
      if (!item) return;
      chosen = many ? [...chosen.filter(([key]) => key !== item[0]), item] : [item];
      input.value = "";
      draw();
      close();
    }
    function mark(next) {
      at = (next + found.length) % found.length;
      [...list.children].forEach((node, n) => node.setAttribute("aria-selected", String(n === at)));
      input.setAttribute("aria-activedescendant", `${id}-option-${at}`);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
    async function search() {
      const turn = ++asked;
      const url = new URL(hidden.dataset.url, location.href);
      url.searchParams.set("query", input.value.trim());
      url.searchParams.set("offset", 0);
      url.searchParams.set("limit", 10);
      const answer = await fetch(url).then((r) => r.json()).catch(() => []);
      if (turn !== asked) return;
      found = answer;
      list.replaceChildren(...found.map((item, n) => {
        const node = document.createElement("li");
        Object.assign(node, { id: `${id}-option-${n}`, textContent: item[1] });
        node.setAttribute("role", "option");
        node.onmousedown = (event) => { event.preventDefault(); pick(item); };
        return node;
      }));
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
    }
    input.oninput = () => {
      clearTimeout(timer);
      if (input.value.trim().length < (hidden.dataset.minimumInputLength || 1)) return close();
      timer = setTimeout(search, 250);
    };
    input.onblur = close;
    input.onkeydown = (event) => {
      if (event.key === "Escape") close();
      if (list.hidden || !found.length) return;
      if (event.key === "ArrowDown") { event.preventDefault(); mark(at + 1); }
      if (event.key === "ArrowUp") { event.preventDefault(); mark(at < 0 ? -1 : at - 1); }
      if (event.key === "Enter") { event.preventDefault(); pick(found[Math.max(at, 0)]); }
    };
    draw();
  }

  /* Sub-forms: copy the template under the next free number; ids, names and labels follow. */
  function addRow(box) {
    const list = box.querySelector(":scope > .inline-field-list");
    const used = [...list.children].map((row) => Number(row.id.split("-").pop()) + 1);
    const prefix = `${box.dataset.inline}-${Math.max(0, ...used)}`;
    const row = box.querySelector(":scope > template").content.firstElementChild.cloneNode(true);
    const renamed = (value) => (value ? `${prefix}-${value}` : prefix);
    row.id = prefix;
    all("[id]", row).forEach((node) => { node.id = renamed(node.id); });
    all("[name]", row).forEach((node) => { node.name = renamed(node.getAttribute("name")); });
    all("[for]", row).forEach((node) => { node.htmlFor = renamed(node.htmlFor); });
    all("[aria-describedby]", row).forEach((node) => node.setAttribute("aria-describedby",
      node.getAttribute("aria-describedby").trim().split(" ").map(renamed).join(" ")));
    all("[data-inline]", row).forEach((node) => { node.dataset.inline = renamed(node.dataset.inline); });
    list.append(row);
    all("input[data-role=select2-ajax]", row).forEach(lookup);
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  }
  document.addEventListener("click", (event) => {
    const add = event.target.closest("[data-inline-add]");
    const remove = event.target.closest("[data-inline-remove]");
    if (add) addRow(add.closest("[data-inline]"));
    if (remove) remove.closest(".subform").remove();
  });

  all("input[data-role=select2-ajax]").forEach(lookup);
})();
