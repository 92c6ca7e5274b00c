// Plays recorded episodes: the same task before adaptation and after each step, on one clock.
"use strict";

/** Shows the data within an element that has controls and panels; gives a function that ends it. */
function playReplay(root, data) {
  const ended = new AbortController();
  const until = { signal: ended.signal };
  const play = root.querySelector("button");
  const select = root.querySelector("select");
  const scrub = root.querySelector("input");
  const panels = root.querySelector(".panels");
  let views = [];
  let moment = 0;
  let timer = null;

  select.replaceChildren(...data.tasks.map((task, index) => new Option(task.caption, index)));

  function choose(index) {
    const task = data.tasks[index];
    panels.replaceChildren();
    panels.classList.toggle("side", data.side);
    views = task.episodes.map((episode, step) => {
      const panel = document.createElement("div");
      panel.className = "panel";
      const title = document.createElement("h3");
      title.textContent = step === 0 ? "before adaptation" : `after ${step} ${task.unit}${step > 1 ? "s" : ""}`;
      const canvas = document.createElement("canvas");
      const state = document.createElement("p");
      panel.append(title, canvas, state);
      panels.append(panel);
      return { episode, canvas, state };
    });
    scrub.max = Math.max(...task.episodes.map((episode) => episode.frames.length)) - 1;
    show(0);
  }

  function show(next) {
    moment = Math.max(0, Math.min(Number(scrub.max), next));
    scrub.value = moment;
    scrub.setAttribute("aria-valuetext", `step ${moment}`);
    views.forEach(draw);
  }

  function draw({ episode, canvas, state }) {
    const last = episode.frames.length - 1;
    const now = Math.min(moment, last);
    const [left, bottom, right, top] = episode.views[Math.min(now, episode.views.length - 1)];
    const width = canvas.clientWidth;
    const scale = width / (right - left);
    const height = Math.round((top - bottom) * scale);
    const density = window.devicePixelRatio || 1;
    canvas.style.height = `${height}px`;
    canvas.width = Math.round(width * density);
    canvas.height = Math.round(height * density);
    const context = canvas.getContext("2d");
    context.scale(density, density);
    context.lineJoin = context.lineCap = "round";
    const style = getComputedStyle(document.documentElement);
    for (const index of episode.frames[now]) {
      const shape = data.shapes[index];
      const color = style.getPropertyValue(`--${shape.role}`);
      context.fillStyle = context.strokeStyle = color;
      context.beginPath();
      if (shape.points.length === 2) {
        const [x, y] = shape.points;
        context.arc((x - left) * scale, (top - y) * scale, Math.max(shape.radius * scale, 1.5), 0, 7);
        context.fill();
        continue;
      }
      for (let i = 0; i < shape.points.length; i += 2) {
        context.lineTo((shape.points[i] - left) * scale, (top - shape.points[i + 1]) * scale);
      }
      if (shape.closed) {
        context.closePath();
        context.fill();
      }
      if (!shape.closed || shape.radius > 0) {
        context.lineWidth = Math.max(2 * shape.radius * scale, 1.5);
        context.stroke();
      }
    }
    context.lineWidth = 1;
    context.fillStyle = context.strokeStyle = style.getPropertyValue("--faint");
    context.font = "11px sans-serif";
    context.textAlign = "center";
    if (data.side) {
      for (let metre = Math.ceil(left); metre <= right; metre += 1) {
        const x = (metre - left) * scale;
        context.fillRect(x - 0.5, height - 20, 1, 6);
        context.fillText(`${metre} m`, x, height - 4);
      }
    } else {
      context.beginPath();
      for (let i = 0; i < 2 * (now + 1); i += 2) {
        context.lineTo((episode.track[i] - left) * scale, (top - episode.track[i + 1]) * scale);
      }
      context.stroke();
    }
    const ended = moment > last ? `, ${episode.ending}` : "";
    state.textContent = `time step ${now}${ended}, return ${episode.returns[now].toFixed(2)}`;
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  }

  play.addEventListener("click", () => {
    if (timer) return stop();
    if (moment >= Number(scrub.max)) show(0);
    play.textContent = "Pause";
    timer = setInterval(() => {
      show(moment + 1);
      if (moment >= Number(scrub.max)) stop();
    }, 40);
  }, until);
  scrub.addEventListener("input", () => { stop(); show(Number(scrub.value)); }, until);
  select.addEventListener("change", () => { stop(); choose(Number(select.value)); }, until);
  const redraw = () => views.forEach(draw);
  window.addEventListener("resize", redraw, until);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw, until);
  window.addEventListener("beforeprint", redraw, until);
  choose(0);
  return () => { stop(); ended.abort(); };
}
