// Drawing for the page: scales, marks and five small charts, in SVG made by
// hand. It knows nothing of codes or models; what it is given it places.
const NidPlot = (() => {
  "use strict";
  const NS = "http://www.w3.org/2000/svg";

  function mark(parent, name, attributes, text) {
    const made = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined) made.setAttribute(key, value);
    }
    if (text !== undefined) made.textContent = text;
    if (parent) parent.appendChild(made);
    return made;
  }

  // A picture as wide as its host; the label says in a sentence what it shows.
  function picture(host, width, height, label) {
    host.replaceChildren();
    return mark(host, "svg", {
      role: "img", "aria-label": label, width, height,
      viewBox: `0 0 ${width} ${height}`, class: "picture"
    });
  }

  const isNumber = (x) => typeof x === "number" && isFinite(x);

  // Numbers are written with the decimal mark of the page's language.
  let decimal = ".";
  function speak(language) {
    decimal = new Intl.NumberFormat(language).formatToParts(0.5)
      .find((part) => part.type === "decimal").value;
  }
  const written = (text) => text.replace("-", "\u2212").replace(".", decimal);

  // Three digits, a real minus; whole numbers stay whole.
  function number(x) {
    if (!isNumber(x)) return "–";
    const text = Math.abs(x) >= 1000 ? x.toFixed(0) :
      String(Number(x.toPrecision(3)));
    return written(text);
  }

  const percent = (x) => `${written(String(Number((100 * x).toFixed(1))))} %`;

  const chance = (x) => isNumber(x) ? written(x.toFixed(2)) : "–";

  // Steps of 1, 2 or 5 times a power of ten, about `count` of them.
  function ticks(low, high, count) {
    const rough = (high - low) / Math.max(count, 1);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].find((k) => k * power >= rough * 0.999) * power;
    const out = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9;
      k++) {
      out.push(Number((k * step).toPrecision(12)));
    }
    return out;
  }

  // From the least to the largest number with some room, zero among them.
  function extent(values, zero) {
    const known = values.filter(isNumber);
    if (zero) known.push(0);
    if (known.length === 0) return [-1, 1];
    let low = Math.min(...known), high = Math.max(...known);
    if (low === high) {
      const room = Math.abs(low) / 2 || 1;
      low -= room;
      high += room;
    }
    const room = (high - low) * 0.05;
    return [low - room, high + room];
  }

  function scale(domain, range) {
    const slope = (range[1] - range[0]) / (domain[1] - domain[0] || 1);
    return (x) => range[0] + (x - domain[0]) * slope;
  }

  // A slider for numbers of which `largest` is in use: its end and its step.
  function span(largest) {
    const end = ticks(0, 3 * (largest || 1), 1).pop() || 3;
    return {max: Math.max(end, 1e-6), step: Math.max(end, 1e-6) / 40};
  }

  // ---- A row of a list: interval, dot and the tick of another number --------

  // Everything in percent of the width, so that nothing need be measured. All
  // marks are lines, thick or with round ends: where a line stands is no style,
  // so that a list of them is soon drawn anew.
  const rowMarks = {zero: [-30, 60], interval: [15, 15], edge: [8.4, 21.6],
                    nominal: [9.6, 20.4], ring: [15, 15], dot: [15, 15]};

  function row() {
    const root = mark(null, "svg", {class: "row-plot", role: "img",
                                    focusable: "false"});
    Object.entries(rowMarks).forEach(([name, [y1, y2]]) =>
      mark(root, "line", {class: name, y1, y2}));
    return root;
  }

  function placeRow(root, domain, {estimate, low, high, nominal}) {
    const x = scale(domain, [2, 98]);
    const [zero, interval, edge, own, ring, dot] = root.children;
    const known = isNumber(estimate);
    const place = (what, from, to = from) => {
      const seen = isNumber(from) ? "visible" : "hidden";
      if (what.getAttribute("visibility") !== seen) {
        what.setAttribute("visibility", seen);
      }
      if (seen === "hidden") return;
      what.setAttribute("x1", `${x(from)}%`);
      what.setAttribute("x2", `${x(to)}%`);
    };
    place(zero, 0);
    for (const one of [ring, dot]) place(one, estimate);
    for (const one of [edge, own]) {
      place(one, nominal === estimate ? null : nominal);
    }
    place(interval, known && isNumber(low) ? Math.max(low, domain[0]) : null,
          Math.min(high, domain[1]));
  }

  // Ticks and their numbers move; as many as are wanted are made or taken away.
  function axis(host, domain, count) {
    const root = host.firstChild || mark(host, "svg", {class: "axis-plot",
      "aria-hidden": "true", focusable: "false"});
    const x = scale(domain, [2, 98]), at = ticks(domain[0], domain[1], count);
    while (root.children.length > 2 * at.length) root.lastChild.remove();
    at.forEach((tick, k) => {
      const place = `${x(tick)}%`, line = root.children[2 * k] ||
        mark(root, "line", {class: "tick", y1: 16, y2: 21});
      const text = root.children[2 * k + 1] ||
        mark(root, "text", {y: 12, "text-anchor": "middle"}, "");
      line.setAttribute("x1", place);
      line.setAttribute("x2", place);
      text.setAttribute("x", place);
      if (text.textContent !== number(tick)) text.textContent = number(tick);
    });
  }

  // ---- Curves over time -----------------------------------------------------

  const dashes = ["", "7 3", "2 3", "9 3 2 3"];

  // Runs of places where every one of `arrays` has a number.
  function runs(length, ...arrays) {
    const out = [];
    let run = [];
    for (let i = 0; i < length; i++) {
      if (arrays.every((array) => isNumber(array[i]))) {
        run.push(i);
      } else if (run.length) {
        out.push(run);
        run = [];
      }
    }
    if (run.length) out.push(run);
    return out;
  }

  function frame(root, box, x, y, told) {
    for (const tick of ticks(...told.domain, Math.max(2, box.height / 34))) {
      mark(root, "line", {class: tick === 0 ? "zero" : "grid", x1: box.left,
                          x2: box.right, y1: y(tick), y2: y(tick)});
      mark(root, "text", {x: box.left - 6, y: y(tick) + 4,
                          "text-anchor": "end"}, number(tick));
    }
    const longest = Math.max(...told.labels.map((label) => label.length));
    const fit = Math.max(1, (box.right - box.left) / (longest * 7 + 10));
    const every = Math.max(1, Math.ceil((told.labels.length - 1) / fit));
    told.labels.forEach((label, i) => {
      if (i % every === 0) {
        mark(root, "text", {x: x(told.x[i]), y: box.axis,
                            "text-anchor": "middle"}, label);
      }
    });
  }

  function band(root, line, x, y, told, look) {
    for (const run of runs(told.x.length, line.low, line.high)) {
      const above = run.map((i) => `${x(told.x[i])},${y(line.high[i])}`);
      const below = run.map((i) => `${x(told.x[i])},${y(line.low[i])}`);
      mark(root, "polygon", {class: `band look-${look}`,
                             points: above.concat(below.reverse()).join(" ")});
    }
  }

  function points(root, line, x, y, told, look) {
    (line.points || []).forEach((value, i) => {
      if (!isNumber(value)) return;
      const at = [x(told.x[i]), y(value)];
      if (line.kinds[i] === "break") {
        mark(root, "path", {class: `cross look-${look}`,
                            d: `M${at[0] - 4},${at[1] - 4}l8,8m0,-8l-8,8`});
      } else {
        mark(root, "circle", {
          class: `point look-${look}` +
            (line.kinds[i] === "estimated" ? " hollow" : ""),
          cx: at[0], cy: at[1], r: 3.2
        });
      }
    });
  }

  // Each run of the same letter once, over a line as long as it.
  function letters(root, told, x, height) {
    let from = 0;
    told.letters.forEach((letter, i) => {
      if (letter === told.letters[i + 1]) return;
      if (letter) {
        const ends = [x(told.x[from]) - 4, x(told.x[i]) + 4];
        mark(root, "line", {class: "tick", x1: ends[0], x2: ends[1],
                            y1: height - 13, y2: height - 13});
        mark(root, "text", {class: "letter", x: (ends[0] + ends[1]) / 2,
                            y: height - 2, "text-anchor": "middle"}, letter);
      }
      from = i + 1;
    });
  }

  // told: label, x, labels, lines of {y, low, high, points, kinds}, letters,
  // at (the time that is marked), pick (called with a time).
  function curves(host, told) {
    const width = Math.max(host.clientWidth, 200), height = 200;
    const root = picture(host, width, height, told.label);
    const foot = told.letters ? 34 : 20;
    const box = {left: 46, right: width - 12, height: height - foot - 10,
                 axis: height - foot + 15};
    const all = told.lines.flatMap((line) => [
      ...line.y, ...(line.low || []), ...(line.high || []),
      ...(line.points || [])
    ]);
    told.domain = extent(all, told.zero);
    const x = scale([told.x[0], told.x[told.x.length - 1]],
                    [box.left + 6, box.right - 6]);
    const y = scale(told.domain, [height - foot, 8]);
    if (told.x.length > 0 && isNumber(told.at)) {
      mark(root, "line", {class: "now", x1: x(told.x[told.at]),
                          x2: x(told.x[told.at]), y1: 4, y2: height - foot});
    }
    frame(root, box, x, y, told);
    told.lines.forEach((line, look) => band(root, line, x, y, told, look));
    told.lines.forEach((line, look) => {
      for (const run of runs(told.x.length, line.y)) {
        mark(root, "polyline", {
          class: `curve look-${look}`, "stroke-dasharray": dashes[look],
          points: run.map((i) => `${x(told.x[i])},${y(line.y[i])}`).join(" ")
        });
        if (run.length === 1) {
          mark(root, "circle", {class: `point look-${look}`, r: 2,
                                cx: x(told.x[run[0]]), cy: y(line.y[run[0]])});
        }
      }
      points(root, line, x, y, told, look);
    });
    if (told.letters) letters(root, told, x, height);
    if (told.pick) {
      root.addEventListener("click", (event) => {
        const at = (event.clientX - root.getBoundingClientRect().left) *
          width / root.getBoundingClientRect().width;
        const far = told.x.map((value) => Math.abs(x(value) - at));
        told.pick(far.indexOf(Math.min(...far)));
      });
    }
  }

  // ---- The plane of a rate and its own rate ---------------------------------

  // An ellipse of one standard error around (v, a), as points.
  function ellipse(point) {
    const out = [];
    const other = Math.sqrt(Math.max(0, 1 - point.cor ** 2));
    for (let k = 0; k <= 48; k++) {
      const angle = 2 * Math.PI * k / 48;
      const first = Math.cos(angle);
      out.push([point.v + point.vse * first, point.a +
        point.ase * (point.cor * first + other * Math.sin(angle))]);
    }
    return out;
  }

  // Names of the quadrants, where there is room for them.
  function corners(root, names, across, up, width, height) {
    const room = [width - 8 - across, across - 54];
    const places = [[0, width - 12, 20, "end"], [1, 58, 20, "start"],
                    [1, 58, height - 40, "start"],
                    [0, width - 12, height - 40, "end"]];
    names.forEach((name, k) => {
      const [side, x, y, anchor] = places[k];
      const tall = k < 2 ? up - 8 : height - 34 - up;
      if (room[side] > 7 * name.length && tall > 18) {
        mark(root, "text", {class: "corner", x, y, "text-anchor": anchor},
             name);
      }
    });
  }

  // told: label, lines of points {v, a, vse, ase, cor}, at, corners (names of
  // the quadrants from the upper right on, against the clock), axes.
  function plane(host, told) {
    const width = Math.max(host.clientWidth, 160);
    const height = Math.min(width, 200);
    const root = picture(host, width, height, told.label);
    const round = told.lines.map((line) => {
      const point = line[told.at];
      return point && isNumber(point.vse) && isNumber(point.ase) &&
        isNumber(point.cor) && isNumber(point.v) && isNumber(point.a) ?
        ellipse(point) : [];
    });
    const known = told.lines.flat().filter((p) => p && isNumber(p.v) &&
      isNumber(p.a)).map((p) => [p.v, p.a]).concat(round.flat());
    const wide = extent(known.map((p) => p[0]), true);
    const tall = extent(known.map((p) => p[1]), true);
    const x = scale(wide, [54, width - 8]), y = scale(tall, [height - 34, 8]);
    for (const tick of ticks(...wide, width / 70)) {
      mark(root, "line", {class: tick === 0 ? "zero" : "grid", x1: x(tick),
                          x2: x(tick), y1: 8, y2: height - 34});
      mark(root, "text", {x: x(tick), y: height - 20,
                          "text-anchor": "middle"}, number(tick));
    }
    for (const tick of ticks(...tall, height / 50)) {
      mark(root, "line", {class: tick === 0 ? "zero" : "grid", x1: 54,
                          x2: width - 8, y1: y(tick), y2: y(tick)});
      mark(root, "text", {x: 49, y: y(tick) + 4, "text-anchor": "end"},
           number(tick));
    }
    mark(root, "text", {class: "axis-name", x: (width + 46) / 2,
                        y: height - 5, "text-anchor": "middle"}, told.axes[0]);
    mark(root, "text", {class: "axis-name", "text-anchor": "middle", transform:
      `translate(10 ${(height - 26) / 2}) rotate(-90)`}, told.axes[1]);
    corners(root, told.corners, x(0), y(0), width, height);
    told.lines.forEach((line, look) => {
      const v = line.map((p) => p && p.v), a = line.map((p) => p && p.a);
      for (const run of runs(line.length, v, a)) {
        mark(root, "polyline", {
          class: `curve look-${look}`, "stroke-dasharray": dashes[look],
          points: run.map((i) => `${x(v[i])},${y(a[i])}`).join(" ")
        });
        for (const i of run) {
          mark(root, "circle", {class: `point look-${look}`, cx: x(v[i]),
                                cy: y(a[i]), r: i === told.at ? 5 : 2});
        }
      }
      if (round[look].length) {
        mark(root, "polygon", {
          class: `band look-${look}`,
          points: round[look].map((p) => `${x(p[0])},${y(p[1])}`).join(" ")
        });
      }
    });
  }

  // ---- Sums that build up a number ------------------------------------------

  // Sums of `value` over the parts with the same key, in the order they come,
  // each beginning where the one before it ended.
  function falls(parts, key) {
    const out = [], place = new Map();
    for (const part of parts) {
      const name = key(part);
      if (!place.has(name)) {
        place.set(name, out.length);
        out.push({...part, value: 0});
      }
      out[place.get(name)].value += part.value;
    }
    let end = 0;
    for (const one of out) {
      one.from = end;
      end += one.value;
      one.to = end;
    }
    return out;
  }

  function bar(domain, from, to, colour) {
    const root = mark(null, "svg", {class: "bar-plot", "aria-hidden": "true",
                                    focusable: "false"});
    const x = scale(domain, [1, 99]);
    mark(root, "line", {class: "zero", x1: `${x(0)}%`, x2: `${x(0)}%`, y1: 0,
                        y2: "100%"});
    const drawn = mark(root, "rect", {
      class: "bar", x: `${x(Math.min(from, to))}%`, y: "18%", height: "64%",
      width: `${Math.max(Math.abs(x(to) - x(from)), 0.3)}%`
    });
    if (colour) drawn.style.setProperty("--code", colour);
    return root;
  }

  // ---- Map ------------------------------------------------------------------

  const ends = {low: [168, 84, 8], none: [244, 244, 241], high: [11, 79, 138]};

  // White at zero, blue above it, brown below; `limit` has the full colour.
  function diverging(value, limit) {
    if (!isNumber(value)) return "#c4c4c4";
    const part = Math.min(1, Math.abs(value) / (limit || 1)) ** 0.8;
    const end = value < 0 ? ends.low : ends.high;
    const mix = ends.none.map((from, k) =>
      Math.round(from + (end[k] - from) * part));
    return `rgb(${mix.join(",")})`;
  }

  // Shapes once; colours whenever they change.
  function map(host, geometry) {
    host.replaceChildren();
    const root = mark(host, "svg", {
      class: "map-picture", role: "group", preserveAspectRatio: "xMidYMid meet",
      viewBox: `0 0 ${geometry.width} ${geometry.height}`
    });
    const pattern = mark(mark(root, "defs"), "pattern", {
      id: "nid-unsure", width: 6, height: 6, patternUnits: "userSpaceOnUse",
      patternTransform: `rotate(45) scale(${geometry.width / 700})`
    });
    mark(pattern, "rect", {width: 1.4, height: 6, fill: "#333"});
    const shapes = [], veils = [];
    geometry.rings.forEach((rings) => {
      let d = "";
      for (const ring of rings || []) {
        for (let k = 0; k + 1 < ring.length; k += 2) {
          d += `${k ? "L" : "M"}${ring[k]},${ring[k + 1]}`;
        }
        d += "Z";
      }
      shapes.push(mark(root, "path", {d, class: "shape", role: "button",
                                      "fill-rule": "evenodd", tabindex: -1}));
      veils.push(mark(root, "path", {d, class: "veil", fill:
        "url(#nid-unsure)", "fill-rule": "evenodd", "aria-hidden": "true"}));
    });
    return {root, shapes, veils};
  }

  return {speak, number, percent, chance, isNumber, extent, span, row,
          placeRow, axis, curves, plane, falls, bar, diverging, map};
})();
