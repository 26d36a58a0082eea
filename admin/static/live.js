/* Pages in use during a meeting or a time-boxed view: running clocks, one tap for everybody. */
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const tick = (node) => {
    const { until, since } = node.dataset;
    const left = Math.max(0, until ? new Date(until) - Date.now() : Date.now() - new Date(since));
    const seconds = Math.floor(left / 1000);
    node.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  setInterval(() => all("time[data-until], time[data-since]").forEach(tick), 1000);
  all("[data-set-all]").forEach((button) => button.addEventListener("click", (event) => {
    event.preventDefault();
    all(`input[value="${button.dataset.setAll}"]`, button.form).forEach((el) => { el.checked = true; });
    button.form.dispatchEvent(new Event("input"));
  }));
})();
