// The list of all runs: as many as fit are drawn, and only what has changed is drawn anew.
"use strict";

/** A duration in seconds, in words. */
function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  if (whole < 172800) return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
  return `${Math.floor(whole / 86400)} days`;
}

/** How far a run is, and how long the rest will take. */
function progressText(row) {
  const done = row.iterations === undefined ? `${row.iteration}` : `${row.iteration} of ${row.iterations}`;
  return row.secondsLeft > 0 ? `${done} · ${duration(row.secondsLeft)} left` : done;
}

/** The return before and after adaptation. */
function adaptationText({ adaptation }) {
  if (adaptation.length === 0) return "";
  const ends = adaptation.length > 1 ? [adaptation[0], adaptation.at(-1)] : adaptation;
  return ends.map(shortNumber).join(" → ");
}

/** How good a run is, and by what. */
function scoreText(row) {
  if (row.score === undefined) return "";
  return `${shortNumber(row.score)} in ${row.isOfValidation ? "validation" : "training"}`;
}

/** What a run is, in a line. */
function kindText(row) {
  const words = [row.status, row.method, row.environment, row.seed === undefined ? undefined : `seed ${row.seed}`];
  if (!row.isRead) words.push("still being read");
  return words.filter((word) => word !== undefined).join(" · ");
}

/** A list of rows, each by its run; `rows` is a map that others fill. */
function makeList(rows) {
  const [container, more] = ["rows", "more"].map((id) => document.getElementById(id));
  const [filter, order, empty] = ["filter", "order", "empty"].map((id) => document.getElementById(id));
  const page = 100;
  let limit = page;
  let chosen = null;
  /** What is drawn: by run, its element and the row that it shows. */
  const drawn = new Map();

  const isRunning = (row) => (row.status === "running" ? 1 : 0);
  const byName = (a, b) => (a.run < b.run ? -1 : 1);
  const orders = {
    activity: (a, b) => isRunning(b) - isRunning(a) || (b.start ?? "").localeCompare(a.start ?? "") || byName(a, b),
    score: (a, b) => (b.score ?? -Infinity) - (a.score ?? -Infinity) || byName(a, b),
    name: byName,
  };
  const matches = (row) => filter.value.toLowerCase().split(" ")
    .every((word) => `${row.run} ${kindText(row)}`.toLowerCase().includes(word));

  function makeRow(row) {
    const element = document.createElement("a");
    element.href = `#${encodeURIComponent(row.run)}`;
    for (const part of ["title", "kind", "progress", "adaptation", "score"]) {
      const span = document.createElement("span");
      span.className = part;
      element.append(span);
    }
    element.append(document.createElement("progress"), svgElement("svg", { "aria-hidden": "true" }));
    return element;
  }

  function fill(element, row) {
    element.className = `run ${row.status}`;
    const texts = {
      title: row.run, kind: row.problem ? `${kindText(row)}: ${row.problem}` : kindText(row),
      progress: progressText(row), adaptation: adaptationText(row), score: scoreText(row),
    };
    for (const [part, text] of Object.entries(texts)) element.querySelector(`.${part}`).textContent = text;
    element.querySelector(".title").className = `title status ${row.status}`;
    const bar = element.querySelector("progress");
    bar.max = row.iterations || 1;
    bar.value = Math.min(row.iteration, bar.max);
    drawSketch(element.querySelector("svg"), row.sketch);
  }

  function draw() {
    const found = [...rows.values()].filter(matches).sort(orders[order.value]);
    const shown = found.slice(0, limit);
    const elements = shown.map((row) => {
      const known = drawn.get(row.run) ?? { element: makeRow(row), row: null };
      if (known.row !== row) fill(known.element, row);
      known.element.classList.toggle("chosen", row.run === chosen);
      if (row.run === chosen) known.element.setAttribute("aria-current", "true");
      else known.element.removeAttribute("aria-current");
      drawn.set(row.run, { element: known.element, row });
      return known.element;
    });
    const names = new Set(shown.map((row) => row.run));
    for (const run of [...drawn.keys()]) if (!names.has(run)) drawn.delete(run);
    // Elements that stay where they are keep the focus and the place in the page.
    elements.forEach((element, index) => {
      if (container.children[index] !== element) container.insertBefore(element, container.children[index] ?? null);
    });
    while (container.children.length > elements.length) container.lastElementChild.remove();
    more.hidden = found.length <= limit;
    more.textContent = `Show more, ${found.length - limit} are left`;
    empty.hidden = found.length > 0;
    empty.textContent = rows.size > 0 ? "No run has these words." : "There are no runs yet; the first one appears here.";
  }

  filter.addEventListener("input", () => { limit = page; draw(); });
  order.addEventListener("change", draw);
  more.addEventListener("click", () => { limit += page; draw(); });
  return { draw, choose(run) { chosen = run; draw(); } };
}
