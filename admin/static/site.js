/* Progressive enhancement only: every page reads and every form works without this file. */
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (node, name, act) => node.addEventListener(name, act);
  const drafts = (work) => { try { return work(localStorage); } catch { return null; } };
  const drop = (key) => drafts((s) => s.removeItem(`draft:${key}`));
  const make = (parent, tag, text = "", cls = "") => {
    const node = parent.appendChild(document.createElement(tag));
    return Object.assign(node, { textContent: text, className: cls });
  };
  const button = (parent, label, onclick, cls = "button") =>
    Object.assign(make(parent, "button", label, cls), { type: "button", onclick });

  /* Long jobs: ask every 2 s, more slowly while the network fails, reload once finished. */
  function watch(panel, wait = 2000) {
    const write = (name, text) => { panel.querySelector(`[data-${name}]`).textContent = text; };
    setTimeout(async () => {
      try {
        const job = await (await fetch(panel.dataset.progressUrl)).json();
        if (job.finished) return location.reload();
        panel.querySelector("progress").value = job.percent;
        write("percent", `${job.percent} %`);
        write("stage", job.stage);
        write("remaining", job.remaining || "");
        watch(panel);
      } catch { watch(panel, Math.min(wait * 2, 30000)); }
    }, wait);
  }

  /* Drafts stay on this device until the receipt page, or signing out, removes them. */
  const box = (el) => /checkbox|radio/.test(el.type);
  const kept = (form) => [...form.elements].filter((el) => el.name && !/pass|file|hidden|submit|button|set/.test(el.type));
  const rows = (form) => kept(form).map((el) => [el.name, el.value, el.checked]);
  function restore(form, left) {
    for (const el of kept(form)) {
      const at = left.findIndex(([name, value]) => name === el.name && (!box(el) || value === el.value));
      if (at < 0) continue;
      const [, value, checked] = left.splice(at, 1)[0];
      if (box(el)) el.checked = checked; else el.value = value;
    }
    form.dispatchEvent(new Event("change"));
  }
  function autosave(form) {
    const key = form.dataset.autosave;
    const said = form.querySelector("[data-saved]") || make(form, "p", "", "saved");
    const old = drafts((s) => JSON.parse(s.getItem(`draft:${key}`)));
    let timer;
    const save = () => {
      const at = new Date().toTimeString().slice(0, 5);
      drafts((s) => {
        s.setItem(`draft:${key}`, JSON.stringify({ at, rows: rows(form) }));
        said.textContent = `Đã lưu tạm lúc ${at} trên máy này`;
      });
    };
    said.setAttribute("role", "status");
    if (old && JSON.stringify(old.rows) !== JSON.stringify(rows(form))) {
      const note = make(form, "div", "", "note tone-info"), inner = make(note, "div");
      form.prepend(note);
      make(inner, "p", `Có bản lưu tạm lúc ${old.at} chưa gửi.`);
      const choice = make(inner, "div", "", "row-tools");
      button(choice, "Dùng bản lưu tạm", () => { restore(form, old.rows); note.remove(); });
      button(choice, "Bỏ bản lưu tạm", () => { drop(key); note.remove(); });
    }
    on(form, "input", () => { clearTimeout(timer); timer = setTimeout(save, 600); });
    on(form, "submit", (event) => {
      save();
      if (navigator.onLine) return;
      event.preventDefault();
      said.textContent = "Chưa có mạng: đã lưu tạm. Có mạng, đồng chí bấm gửi lại.";
    });
  }

  /* One question in Vietnamese before a form or a button with data-confirm acts. */
  function ask(text, then) {
    const dialog = make(document.body, "dialog");
    make(dialog, "p", text).id = "cau-hoi";
    dialog.setAttribute("aria-labelledby", "cau-hoi");
    const row = make(dialog, "div", "", "actions");
    button(row, "Đồng ý", () => { dialog.close(); then(); }, "button primary");
    button(row, "Quay lại", () => dialog.close());
    dialog.onclose = () => dialog.remove();
    dialog.showModal();
  }
  let agreed = false;
  on(document, "submit", (event) => {
    const form = event.target, by = event.submitter;
    const text = by?.dataset.confirm || form.dataset.confirm;
    if (event.defaultPrevented || !/post/i.test(form.getAttribute("method"))) return;
    if (text && !agreed) {
      event.preventDefault();
      ask(text, () => { agreed = true; form.requestSubmit(by); agreed = false; });
    } else if (form.dataset.sent) event.preventDefault();
    else {
      form.dataset.sent = 1;
      by?.setAttribute("aria-disabled", "true");
      setTimeout(release, 9000);
      if ("signOut" in form.dataset) drafts((s) => Object.keys(s).forEach((k) => k.startsWith("draft:") && s.removeItem(k)));
    }
  });
  function release() {
    all("[data-sent]").forEach((form) => delete form.dataset.sent);
    all("[aria-disabled]").forEach((node) => node.removeAttribute("aria-disabled"));
  }
  on(window, "pageshow", release);

  /* data-show-if="name=a|b": hidden and not sent unless that field has one of the values. */
  function conditional(part) {
    const [name, values] = part.dataset.showIf.split("="), form = part.closest("form");
    const show = () => {
      part.hidden = !new FormData(form).getAll(name).some((v) => (values ? values.split("|").includes(v) : v));
      all("input, select, textarea", part).forEach((el) => { el.disabled = part.hidden; });
    };
    on(form, "change", show);
    show();
  }

  /* A browser may write a date month first: say it in words below the box. */
  all("input[type=date]").forEach((input) => {
    const said = document.createElement("output");
    const style = { weekday: "long", day: "2-digit", month: "2-digit", year: "numeric" };
    const show = () => { said.textContent = input.value && new Date(`${input.value}T00:00`).toLocaleDateString("vi-VN", style); };
    said.className = "hint";
    said.htmlFor = input.id;
    input.after(said);
    ["input", "change"].forEach((name) => on(input.form || input, name, show));
    show();
  });

  /* "Thêm" closes when one leaves it, or with Escape. */
  all("details.more").forEach((more) => {
    const close = () => { more.open = false; };
    on(more, "focusout", (event) => { if (event.relatedTarget && !more.contains(event.relatedTarget)) close(); });
    on(document, "click", (event) => { if (!more.contains(event.target)) close(); });
    on(more, "keydown", (event) => { if (event.key === "Escape") { close(); more.firstElementChild.focus(); } });
  });

  all("[data-progress-url]").forEach((panel) => watch(panel));
  all("[data-clear-draft]").forEach((node) => drop(node.dataset.clearDraft));
  all("form[data-autosave]").forEach(autosave);
  all("[data-show-if]").forEach(conditional);
  all("[data-focus]").forEach((node) => node.focus());
  all("[data-print]").forEach((node) => { node.hidden = false; node.onclick = () => print(); });
})();
