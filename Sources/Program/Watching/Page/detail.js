// The chosen run: its facts, its curves, and what its newest checkpoint does.
"use strict";

/** The part of the page about one run; `ask` fetches JSON, and nothing for what is missing. */
function makeDetail(ask) {
  const root = document.getElementById("detail");
  const [problem, adaptation, svg, reading] = ["problem", "adaptation", "curves", "reading"]
    .map((id) => document.getElementById(id));
  const [button, recording, player, picture] = ["record", "recording", "replay", "picture"]
    .map((id) => document.getElementById(id));
  const charted = [svg, root.querySelector(".legend")];
  let shown = null;
  let curve = null;
  let nearest = null;
  let endReplay = null;
  /** Grows with each choice, so that an answer about an earlier one is known. */
  let choice = 0;

  function term(name, text) {
    const group = document.createElement("div");
    const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
    dt.textContent = name;
    dd.textContent = text;
    group.append(dt, dd);
    return { group, dd };
  }

  function showFacts(row) {
    root.querySelector("h2").textContent = row.run;
    problem.hidden = row.problem === undefined;
    problem.textContent = row.problem ?? "";
    const time = (text) => new Date(text).toLocaleString();
    const facts = [
      ["status", row.status], ["method", row.method], ["environment", row.environment], ["seed", row.seed],
      ["iteration", row.iterations === undefined ? row.iteration : `${row.iteration} of ${row.iterations}`],
      ["time left", row.secondsLeft === undefined ? undefined : duration(row.secondsLeft)],
      ["score", row.score === undefined ? undefined : scoreText(row)],
      ["began", row.start && time(row.start)], ["ended", row.end && time(row.end)],
    ].filter(([, value]) => value !== undefined).map(([name, value]) => term(name, value));
    facts[0].dd.className = `status ${row.status}`;
    root.querySelector("dl").replaceChildren(...facts.map(({ group }) => group));
    adaptation.replaceChildren(...row.adaptation.map((value, step) => {
      const span = document.createElement("span");
      const [small, bold] = [document.createElement("small"), document.createElement("b")];
      small.textContent = row.adaptation.length === 1 ? "return" : step === 0 ? "before" : `after ${step}`;
      bold.textContent = shortNumber(value);
      span.append(small, bold);
      return span;
    }));
    if (row.adaptation.length === 0) adaptation.textContent = "Nothing is measured yet.";
  }

  async function loadCurve(row) {
    const asked = choice;
    const found = await ask(`curve.json?run=${encodeURIComponent(row.run)}`);
    if (asked !== choice || !found) return;
    curve = found;
    drawCurve();
  }

  function drawCurve() {
    if (!curve || root.hidden) return;
    const isEmpty = curve.iterations.length === 0;
    for (const part of charted) part.classList.toggle("empty", isEmpty);
    if (isEmpty) return;
    nearest = drawCurves(svg, curve);
    root.querySelector(".legend .validation").hidden = curve.validation.every((value) => value === null);
    root.querySelector(".legend .before").hidden = curve.before.every((value) => value === null);
    reading.textContent = "";
  }

  function read(event) {
    if (!nearest) return;
    const index = nearest(event.clientX - svg.getBoundingClientRect().left);
    if (index < 0) return;
    const values = ["before", "after", "validation"].filter((name) => curve[name][index] !== null)
      .map((name) => `${name} ${shortNumber(curve[name][index])}`);
    reading.textContent = `iteration ${curve.iterations[index]}: ${values.join(", ")}`;
  }

  function clearReplay() {
    endReplay?.();
    endReplay = null;
    player.hidden = picture.hidden = true;
    recording.textContent = "";
    button.disabled = false;
    button.textContent = "Show the newest checkpoint";
  }

  function showReplay(replay) {
    clearReplay();
    recording.textContent = `The checkpoint of iteration ${replay.iteration}.`;
    if (replay.scenes?.tasks) {
      player.hidden = false;
      player.querySelector("p").textContent = replay.legend;
      endReplay = playReplay(player, replay.scenes);
    } else if (replay.picture) {
      picture.hidden = false;
      picture.querySelector("figcaption").textContent = replay.caption;
      picture.querySelector("img").src = replay.picture;
    } else {
      recording.textContent = "What it did can't be drawn.";
    }
  }

  async function record() {
    const asked = choice;
    button.disabled = true;
    recording.textContent = "Asking …";
    while (asked === choice) {
      const answer = await ask(`replay.json?run=${encodeURIComponent(shown.run)}`);
      if (asked !== choice) return;
      if (answer?.state === "recorded") return showReplay(answer.replay);
      if (!answer || answer.state === "refused") {
        recording.textContent = answer ? `There is no replay: ${answer.reason}` : "The server gave no answer.";
        button.disabled = false;
        return;
      }
      recording.textContent = answer.state === "busy"
        ? "Another run's is being recorded; this one comes next …" : "It is being recorded …";
      await new Promise((done) => setTimeout(done, 700));
    }
  }

  button.addEventListener("click", record);
  svg.addEventListener("pointermove", read);
  svg.addEventListener("pointerdown", read);
  window.addEventListener("resize", drawCurve);
  return {
    /** Shows a row, or nothing; another run's replay is gone then. */
    show(row) {
      const isSame = row?.run === shown?.run && row?.start === shown?.start;
      if (row === shown) return;
      if (!isSame) {
        choice += 1;
        [curve, nearest] = [null, null];
        for (const part of charted) part.classList.add("empty");
        svg.replaceChildren();
        reading.textContent = "";
        clearReplay();
      }
      shown = row;
      root.hidden = !row;
      if (!row) return;
      showFacts(row);
      loadCurve(row);
    },
  };
}
