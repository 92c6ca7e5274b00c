// Draws curves as SVG, in the size that the element has.
"use strict";

/** An element of SVG with attributes. */
function svgElement(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** A number as people read it. */
function shortNumber(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = size >= 1e6 || (size > 0 && size < 0.001) ? value.toExponential(2)
    : value.toFixed(size >= 1000 ? 0 : size >= 1 ? 2 : 3);
  return text.replace("-", "−");
}

/** Round numbers from the low end to the high one, about so many. */
function ticks(low, high, count) {
  const rough = (high - low) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const found = [];
  for (let i = Math.ceil(low / step); i * step <= high + step * 1e-9 && found.length < 50; i += 1) found.push(i * step);
  return found;
}

/** The path through points with a gap where a value is missing. */
function path(xs, values, x, y) {
  let text = "";
  let isOpen = false;
  values.forEach((value, index) => {
    if (value !== null) text += `${isOpen ? "L" : "M"}${x(xs[index]).toFixed(1)} ${y(value).toFixed(1)}`;
    isOpen = value !== null;
  });
  return text;
}

/** The least and the greatest number; 0 and 1 where there is none, and some room where they are equal. */
function extent(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value === null) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const room = high > low ? 0 : Math.abs(low) * 0.1 || 1;
  return [low - room, high + room];
}

/** Draws the curves of a run; gives the index of the point that is nearest to a place in the drawing. */
function drawCurves(svg, curve) {
  const { clientWidth: width, clientHeight: height } = svg;
  const box = { left: 52, right: width - 20, top: 8, bottom: height - 24 };
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren();
  const [first, last] = curve.iterations.length > 1
    ? [curve.iterations[0], curve.iterations.at(-1)] : extent(curve.iterations);
  const [low, high] = extent([...curve.before, ...curve.after, ...curve.validation]);
  const x = (value) => box.left + (value - first) / (last - first) * (box.right - box.left);
  const y = (value) => box.bottom - (value - low) / (high - low) * (box.bottom - box.top);
  const label = (at, text, anchor) => {
    const element = svgElement("text", { ...at, "text-anchor": anchor });
    element.textContent = text;
    svg.append(element);
  };
  for (const value of ticks(low, high, 5)) {
    svg.append(svgElement("line", { class: "grid", x1: box.left, x2: box.right, y1: y(value), y2: y(value) }));
    label({ x: box.left - 6, y: y(value) + 4 }, String(Number(value.toPrecision(6))).replace("-", "−"), "end");
  }
  for (const value of ticks(first, last, Math.max(2, width / 110)).filter(Number.isInteger)) {
    label({ x: x(value), y: height - 6 }, value, "middle");
  }
  // Many of them would hide the curves.
  const radius = curve.validation.filter((value) => value !== null).length > 40 ? 1.5 : 3;
  curve.validation.forEach((value, index) => {
    if (value !== null) svg.append(svgElement("circle", { class: "dot", cx: x(curve.iterations[index]), cy: y(value), r: radius }));
  });
  for (const name of ["before", "after"]) {
    svg.append(svgElement("path", { class: `line ${name}`, d: path(curve.iterations, curve[name], x, y) }));
  }
  const cursor = svgElement("line", { class: "cursor", y1: box.top, y2: box.bottom, x1: -9, x2: -9 });
  svg.append(cursor);
  return (place) => {
    let nearest = -1;
    let least = Infinity;
    curve.iterations.forEach((iteration, index) => {
      const distance = Math.abs(x(iteration) - place);
      if (distance < least) [nearest, least] = [index, distance];
    });
    const at = nearest < 0 ? -9 : x(curve.iterations[nearest]);
    cursor.setAttribute("x1", at);
    cursor.setAttribute("x2", at);
    return nearest;
  };
}

/** Draws values as a line without words. */
function drawSketch(svg, values) {
  const [width, height] = [88, 32];
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const [low, high] = extent(values);
  const x = (index) => 2 + index / Math.max(1, values.length - 1) * (width - 4);
  const y = (value) => height - 3 - (value - low) / (high - low) * (height - 6);
  svg.replaceChildren(svgElement("path", { class: "line after", d: path(values.map((_, index) => index), values, x, y) }));
}
