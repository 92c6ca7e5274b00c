// Asks what has changed once a second, while somebody looks.
"use strict";
(() => {
  const [summary, trouble] = ["summary", "trouble"].map((id) => document.getElementById(id));
  const rows = new Map();
  const list = makeList(rows);
  const detail = makeDetail(ask);
  let version = "";
  let wait = 1000;
  let timer = null;
  let isAsking = false;

  /** What the server has at an address; nothing where it is missing or doesn't answer. */
  async function ask(address) {
    try {
      const response = await fetch(address);
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  /** The run that the page's address names. */
  function chosen() {
    try {
      return decodeURIComponent(location.hash.slice(1));
    } catch {
      return "";
    }
  }

  function choose() {
    const run = chosen();
    const row = rows.get(run) ?? null;
    document.body.classList.toggle("choosing", row !== null);
    document.title = row ? `${row.run}: ${row.status}` : "Runs";
    list.choose(run);
    detail.show(row);
  }

  function take(news) {
    version = news.version;
    if (news.isWhole) rows.clear();
    for (const row of news.runs) rows.set(row.run, row);
    for (const run of news.gone) rows.delete(run);
    const counts = new Map();
    for (const { status } of rows.values()) counts.set(status, (counts.get(status) ?? 0) + 1);
    const parts = [...counts].map(([status, count]) => `${count} ${status}`);
    summary.textContent = `${rows.size} below ${news.directory}${parts.length > 0 ? `: ${parts.join(", ")}` : ""}`;
    tell(news.problem);
    if (news.isWhole || news.runs.length > 0 || news.gone.length > 0) choose();
  }

  function tell(text) {
    trouble.hidden = !text;
    trouble.textContent = text ?? "";
  }

  async function update() {
    if (isAsking || document.hidden) return;
    isAsking = true;
    clearTimeout(timer);
    const news = await ask(`runs.json?since=${encodeURIComponent(version)}`);
    if (news) {
      take(news);
      wait = 1000;
    } else {
      tell("fledge watch doesn't answer; what stands here is how it was.");
      wait = Math.min(10000, wait * 2);
    }
    isAsking = false;
    timer = setTimeout(update, wait);
  }

  window.addEventListener("hashchange", () => { choose(); window.scrollTo(0, 0); });
  document.addEventListener("visibilitychange", update);
  update();
})();
