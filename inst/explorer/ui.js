// The page: one state, panels that are functions of it. Every number comes from
// NidEngine, every picture from NidPlot; names go in as text, never as markup.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("nid-data").textContent);
  const model = NidEngine.load(data);
  const {number, percent, chance, isNumber} = NidPlot;
  NidPlot.speak(data.language);
  const wide = window.matchMedia("(min-width: 801px)");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const copy = (x) => JSON.parse(JSON.stringify(x));

  // A string of the page in its language; each %s takes the next value, "%2$s"
  // the second.
  function T(key, ...values) {
    const known = Object.hasOwn(data.strings || {}, key) && data.strings[key];
    let next = 0;
    return [known || key].flat()[0].replace(/%%|%(?:(\d+)\$)?s/g, (found, k) =>
      found === "%%" ? "%" : String(values[k ? k - 1 : next++]));
  }

  // Data without a column of regions are of one that has no name.
  const regions = data.regions.map((name) => name || T("the region"));

  // ---- Elements -------------------------------------------------------------

  // An element with attributes, listeners (`on...`) and children; strings among
  // these become text.
  function h(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (key === "value" || key === "checked") made[key] = value;
      else made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children.flat().filter((child) => child !== null));
    return made;
  }

  // Only what differs is written, since all that is written is laid out and
  // drawn anew. The place has no other content.
  function write(place, text) {
    const words = String(text), node = place.firstChild;
    if (!node) place.append(words);
    else if (node.data !== words) node.data = words;
  }

  function put(place, attribute, value) {
    if (place.getAttribute(attribute) !== String(value)) {
      place.setAttribute(attribute, value);
    }
  }

  function set(place, property, value) {
    if (place[property] !== value) place[property] = value;
  }

  let count = 0;
  const newId = () => `nid-${count++}`;

  function choice(label, options, value, onchange) {
    const id = newId();
    const select = h("select", {id, onchange: () => onchange(select.value)},
                     options.map((o) => h("option", {value: o.value},
                                          o.label)));
    select.value = value;
    return {box: h("div", {class: "field"}, h("label", {for: id}, label),
                   select), select};
  }

  function button(text, onclick, attributes) {
    return h("button", {type: "button", onclick, ...attributes}, text);
  }

  // While a slider moves, or where the model is large once it has come to rest.
  const moving = data.live === false ? "onchange" : "oninput";

  function slider(label, range, onmove) {
    return h("input", {type: "range", "aria-label": label, ...range,
                       [moving]: (event) => onmove(event.target.value)});
  }

  function box(label, range, onmove) {
    return h("input", {type: "number", "aria-label": label, ...range,
                       onchange: (event) => onmove(event.target.value)});
  }

  // ---- State ----------------------------------------------------------------

  const last = data.times.length - 1;
  const own = copy(model.defaults);
  const state = {settings: copy(own), show: "nid", at: Math.max(last, 0),
                 see: [], by: "value", find: "",
                 tables: {}, locked: [], whatif: false,
                 parts: "indicator", hover: null};
  let rows = [], nominal = [], before = null, failed = false;

  const shows = () => [
    {value: "nid", label: T("Code NID: the whole period")},
    {value: "id", label: T("Code ID: one time")},
    ...data.codes.flatMap((code, c) => [
      {value: `level:${c}`, label: T("Level: %s", code.label)},
      {value: `rate:${c}`, label: T("Rate: %s", code.dynamicLabel ||
        code.label)},
      {value: `acceleration:${c}`, label: T("Acceleration: %s", code.label)}
    ])
  ];

  function titleOf(show) {
    return shows().find((one) => one.value === show).label;
  }

  // One row a region of what is shown.
  function compute(settings) {
    const [kind, c] = state.show.split(":");
    if (kind === "nid") return model.basic(settings);
    if (kind === "id") return model.industrial(settings, state.at);
    return model[{level: "levels", rate: "rates",
                  acceleration: "accelerations"}[kind]](settings, Number(c),
                                                        state.at);
  }

  const panels = {};
  let waiting = new Set(), asked = false;

  // Panels are drawn together, in the next frame.
  function change(...parts) {
    parts.forEach((part) => waiting.add(part));
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  }

  // While a slider moves only the rows in sight and the map follow it; the
  // others and the chosen regions follow in the first frame without a new
  // setting.
  function draw() {
    const parts = waiting;
    waiting = new Set();
    if (parts.has("settings") || parts.has("rows")) panels.settings();
    if (!isPossible()) return;
    if (parts.has("rows")) {
      const former = rows;
      rows = compute(state.settings);
      findNominal();
      if (state.see.length === 0 && rows.length) {
        state.see = [Math.max(rows.findIndex((row) => row.rank === 1), 0)];
      }
      tellChange(former);
      change("region");
    }
    const rest = parts.has("region") && !parts.has("rows");
    if (parts.has("rows") || parts.has("list") || rest) {
      panels.ranking(parts.has("rows"));
      panels.map();
    }
    if (parts.has("hover")) panels.hover();
    if (rest) panels.region();
    writeHash();
  }

  // The same in the model's own settings, which do not move with sliders.
  let nominalOf = null;

  function findNominal() {
    const now = `${state.show} ${state.at}`;
    if (now !== nominalOf) nominal = compute(own);
    nominalOf = now;
  }

  // Of settings that cannot be computed the page says why, and keeps what it
  // shows until they can.
  function isPossible() {
    const problems = model.problems(state.settings);
    set(problem, "hidden", problems.length === 0);
    const words = problems.map((one) => T(one.key,
      ...[one.args || []].flat()));
    write(problem, [...new Set(words)].join(" "));
    return problems.length === 0;
  }

  function setting(edit, also = []) {
    edit(state.settings);
    change("rows", ...also);
  }

  // ---- What has changed, said -----------------------------------------------

  const status = h("p", {class: "hidden", role: "status",
                         "aria-live": "polite"});
  let saying = null;

  function say(text) {
    clearTimeout(saying);
    saying = setTimeout(() => { status.textContent = text; }, 400);
  }

  // Ranks are compared with those before the first change of a burst.
  let burst = null;

  function tellChange(former) {
    if (former.length === 0) return;
    if (before === null) before = former;
    clearTimeout(burst);
    burst = setTimeout(() => {
      const moved = model.move(before, rows);
      const seen = (one) => state.see.includes(one.region);
      const told = moved.filter(seen).concat(moved.filter((one) => !seen(one)))
        .slice(0, 2);
      status.textContent = moved.length === 0 ?
        T("No region changes its rank.") : told.map((one) =>
          T("%s from rank %s to rank %s", regions[one.region], one.from,
            one.to)).join("; ") + ".";
      before = null;
    }, 400);
  }

  // ---- Address --------------------------------------------------------------

  let written = "", writing = null;

  function hashNow() {
    const view = {show: state.show, at: state.at, see: state.see.join(","),
                  by: state.by};
    return [model.encode(state.settings),
            ...Object.entries(view).map(([key, value]) =>
              `${key}=${encodeURIComponent(value)}`)].filter(Boolean).join("&");
  }

  function writeHash() {
    clearTimeout(writing);
    writing = setTimeout(() => {
      written = hashNow();
      location.replace(`#${written}`);
    }, 250);
  }

  function readHash() {
    const hash = location.hash.slice(1);
    if (hash === "" || hash === written) return;
    written = hash;
    state.settings = model.decode(hash);
    const view = new Map(hash.split("&").map((part) => part.split("=")));
    const text = (key) => {
      try {
        return decodeURIComponent(view.get(key) || "");
      } catch (fault) {
        return "";
      }
    };
    const place = (word, length) => {
      const k = /^\d+$/.test(word) ? Number(word) : length;
      return k < length ? k : null;
    };
    if (shows().some((one) => one.value === text("show"))) {
      state.show = text("show");
    }
    const at = place(text("at"), data.times.length);
    if (at !== null) state.at = at;
    const see = text("see").split(",").map((word) =>
      place(word, regions.length)).filter((r) => r !== null);
    if (see.length) state.see = [...new Set(see)].slice(0, 4);
    if (text("by") === "name") state.by = "name";
  }

  // ---- Tables ---------------------------------------------------------------

  // Columns {name, text(row), left}; the first one heads its row.
  function table(caption, columns, lines) {
    return h("div", {class: "scroll", tabindex: 0, role: "region",
                     "aria-label": caption},
      h("table", null, h("caption", null, caption),
        h("thead", null, h("tr", null, columns.map((column) =>
          h("th", {scope: "col", class: column.left ? "left" : null},
            column.name)))),
        h("tbody", null, lines.map((line) => h("tr", null,
          columns.map((column, k) => h(k === 0 ? "th" : "td",
            k === 0 ? {scope: "row"} : {class: column.left ? "left" : null},
            column.text(line))))))));
  }

  // A panel: heading, the switch to its table, pictures, table. The table is
  // made when it is asked for, and for printing: what is drawn meanwhile leaves
  // it there.
  const shells = [];
  let printing = false;

  function shell(name, title, makeTable) {
    const id = newId();
    const picture = h("div", {class: "pictures"});
    const place = h("div", {class: "as-table"});
    const toggle = button(T("Show as table"), () => {
      state.tables[name] = !state.tables[name];
      fill();
    }, {class: "quiet toggle", "aria-pressed": "false"});
    const heading = h("h2", {id}, title);
    const extra = h("div", {class: "tools"});
    const panel = h("section", {class: `panel ${name}`, "aria-labelledby": id},
      h("header", {class: "panel-head"}, heading, toggle), extra, picture,
      place);
    function fill() {
      const on = !!state.tables[name];
      put(toggle, "aria-pressed", on);
      write(toggle, on ? T("Show as picture") : T("Show as table"));
      set(picture, "hidden", on);
      if (place.classList.contains("only-print") === on) {
        place.classList.toggle("only-print", !on);
      }
      place.replaceChildren(...(on || printing ? [makeTable()].flat() : []));
    }
    shells.push(fill);
    return {panel, picture, fill, heading, extra};
  }

  function setPrinting(on) {
    printing = on;
    shells.forEach((fill) => fill());
  }
  window.addEventListener("beforeprint", () => setPrinting(true));
  window.addEventListener("afterprint", () => setPrinting(false));

  const interval = (row) => isNumber(row.low) ?
    T("%s to %s", number(row.low), number(row.high)) : "–";
  const withInterval = (row) => isNumber(row.low) ?
    T("%s (%s to %s)", number(row.estimate), number(row.low),
      number(row.high)) : number(row.estimate);

  const numberColumns = () => [
    {name: T("Value"), text: (row) => number(row.estimate)},
    {name: T("Standard error"), text: (row) => number(row.se)},
    {name: T("From"), text: (row) => number(row.low)},
    {name: T("To"), text: (row) => number(row.high)},
    {name: T("Probability above 0"), text: (row) => chance(row.prob)}
  ];

  // ---- Settings -------------------------------------------------------------

  const halfLives = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30];

  const lockOf = (part) => model.locked[part];

  function group(title, ...children) {
    return h("fieldset", {class: "group"}, h("legend", null, title),
             ...children);
  }

  // What this model does not allow to move says why.
  function held(key, place) {
    const reason = lockOf(key);
    if (!reason) return place;
    place.querySelectorAll("input, select, button").forEach((control) => {
      control.disabled = true;
    });
    place.append(h("p", {class: "note"}, T(reason)));
    return place;
  }

  function timeControls() {
    const text = h("output", null);
    const time = slider(T("Time"), {min: 0, max: Math.max(last, 0), step: 1},
                        (value) => goTo(Number(value)));
    let playing = null;
    const stop = () => {
      clearInterval(playing);
      playing = null;
      play.textContent = T("Play");
      play.setAttribute("aria-pressed", "false");
    };
    const step = () => {
      if (state.at >= last || failed) return stop();
      goTo(state.at + 1);
      if (state.at >= last) stop();
    };
    const play = button(T("Play"), () => {
      if (playing) return stop();
      if (state.at >= last) goTo(0);
      if (still.matches) return step();
      playing = setInterval(step, 700);
      play.textContent = T("Pause");
      play.setAttribute("aria-pressed", "true");
    }, {class: "quiet", "aria-pressed": "false"});
    still.addEventListener("change", () => { if (still.matches) stop(); });
    const show = choice(T("Show"), shows(), state.show, (value) => {
      state.show = value;
      rows = [];
      change("rows");
    });
    return {
      box: group(T("What is ranked"), show.box,
        h("div", {class: "field"}, h("span", {class: "label"}, T("Time")),
          h("div", {class: "line"}, time, text, play))),
      fill() {
        set(show.select, "value", state.show);
        set(time, "value", String(state.at));
        put(time, "aria-valuetext", data.times[state.at]);
        write(text, data.times[state.at] || "");
      }
    };
  }

  function goTo(at) {
    state.at = at;
    change(state.show === "nid" ? "region" : "rows", "settings");
  }

  const influenceNames = {
    equal: T("all times equally"), half_life: T("half-life"),
    linear: T("falling in a line"), power: T("falling as a power"),
    hyperbolic: T("hyperbolic"), own: T("the model's own function")
  };
  const normaliseNames = {
    zscore: T("z-scores"), minmax: T("least to most"), none: T("as they are"),
    rank: T("ranks"), goalposts: T("goalposts")
  };
  // What a kind of influence is told, and with what it begins.
  const told = {half_life: {value: 5}, linear: {value: null},
                power: {value: 1, scale: 1}, hyperbolic: {scale: 1}};

  const named = (kinds, names) => kinds.map((kind) =>
    ({value: kind, label: names[kind] || kind}));

  // A number that a kind of influence is told; an empty box is null.
  function influenceBox(key, label) {
    const exact = box(label, {min: 0.1, step: "any"}, (text) => {
      const value = text === "" ? null : Number(text);
      if (value === null ? state.settings.influence.kind !== "linear" :
        !(value > 0 && value <= 1000)) return change("settings");
      setting((s) => { s.influence[key] = value; }, ["settings"]);
    });
    return exact;
  }

  function halfLifeSlider() {
    return slider(T("Half-life"),
      {min: 0, max: halfLives.length - 1, step: 1}, (place) =>
        setting((s) => { s.influence.value = halfLives[place]; },
                ["settings"]));
  }

  function influenceControls() {
    const kind = choice(T("Influence of time"), named(data.influenceChoices ||
      ["equal", "half_life", "linear"], influenceNames), own.influence.kind,
      (value) => setting((s) => {
        s.influence = value === own.influence.kind ? copy(own.influence) :
          {...own.influence, value: null, scale: null, ...told[value],
           kind: value};
      }, ["settings"]));
    const life = halfLifeSlider();
    const value = influenceBox("value", T("Number of the influence"));
    const scale = influenceBox("scale", T("Scale of the influence"));
    const name = h("span", {class: "label"});
    const first = h("div", {class: "field"}, name,
                    h("div", {class: "line"}, life, value));
    const second = h("div", {class: "field"}, h("span", {class: "label"},
      T("Scale")), h("div", {class: "line"}, scale));
    return {box: held("influence", h("div", null, kind.box, first, second)),
            fill() {
      const now = state.settings.influence, needs = told[now.kind] || {};
      set(kind.select, "value", now.kind);
      set(first, "hidden", !("value" in needs));
      set(second, "hidden", !("scale" in needs));
      write(name, {half_life: T("Half-life"), linear: T("Span"),
                   power: T("Power")}[now.kind] || "");
      set(life, "hidden", now.kind !== "half_life");
      const next = halfLives.findIndex((one) => one >= now.value);
      set(life, "value", String(next < 0 ? halfLives.length - 1 : next));
      put(life, "aria-valuetext", number(now.value));
      set(value, "value", isNumber(now.value) ? String(now.value) : "");
      set(scale, "value", isNumber(now.scale) ? String(now.scale) : "");
    }};
  }

  function formulaControls() {
    const influence = influenceControls();
    const pick = (key, label, options) => choice(label, options, own[key],
      (value) => setting((s) => { s[key] = value; }));
    const measure = pick("measure", T("Measure"), [
      {value: "sum", label: T("sum, as printed")},
      {value: "integral", label: T("integral over time")}]);
    const ends = pick("ends", T("Steps"), [
      {value: "all", label: T("all of them")},
      {value: "interior", label: T("without the first and the last")}]);
    const normalise = pick("normalise", T("Normalise"),
      named(data.normaliseChoices || [own.normalise], normaliseNames));
    return {
      box: group(T("How it is worked out"), influence.box,
                 held("measure", measure.box), held("ends", ends.box),
                 held("normalise", normalise.box)),
      fill() {
        influence.fill();
        set(measure.select, "value", state.settings.measure);
        set(ends.select, "value", state.settings.ends);
        set(normalise.select, "value", state.settings.normalise);
      }
    };
  }

  // A slider and a box for one weight.
  function weightPair(label, largest, take) {
    const range = NidPlot.span(largest);
    const bar = slider(label, {min: 0, max: range.max, step: range.step},
                       (value) => take(Number(value)));
    const exact = box(label, {min: 0, step: "any"}, (value) => {
      const weight = Number(value);
      if (value === "" || !(weight >= 0 && isFinite(weight))) {
        return change("settings");
      }
      take(weight);
    });
    return {bar, exact, fill(weight, off) {
      if (weight > Number(bar.max)) bar.max = weight;
      set(bar, "value", String(weight));
      put(bar, "aria-valuetext", number(weight));
      set(exact, "value", String(Number(weight.toPrecision(6))));
      for (const one of [bar, exact]) set(one, "disabled", off);
    }};
  }

  function pressed(text, label, onclick) {
    return button(text, onclick, {class: "quiet small", "aria-label": label,
                                  "aria-pressed": "false"});
  }

  function indicatorControls(indicator, i) {
    const name = indicator.label || indicator.name;
    const pair = weightPair(T("Weight of %s", name), indicator.weight,
      (weight) => setting((s) => { s.weights[i] = weight; },
                          ["settings"]));
    const flag = (part) => () => setting((s) => {
      s[part][i] = !s[part][i];
    }, ["settings"]);
    const lock = pressed(T("Lock"), T("Lock the weight of %s", name), () => {
      state.locked[i] = !state.locked[i];
      change("settings");
    });
    const out = pressed(T("Leave out"), T("Leave out %s", name), flag("out"));
    const flip = pressed(T("Flip"), T("Flip the direction of %s", name),
                         flag("flip"));
    const noOut = (lockOf("out") || [])[i];
    const share = h("span", {class: "share"});
    const place = h("div", {class: "indicator"},
      h("div", {class: "indicator-name"}, h("span", null, name,
        indicator.unit ? h("small", null, ` ${indicator.unit}`) : null), share),
      h("div", {class: "line"}, pair.bar, pair.exact),
      h("div", {class: "line flags"}, lock, out, flip));
    return {box: place, fill(shares) {
      const s = state.settings, left = s.out[i], locked = !!state.locked[i];
      pair.fill(s.weights[i], left || locked || !!lockOf("weights"));
      put(lock, "aria-pressed", locked);
      put(out, "aria-pressed", left);
      put(flip, "aria-pressed", s.flip[i]);
      set(out, "disabled", locked || !!noOut);
      set(out, "title", noOut ? T(noOut) : "");
      set(flip, "disabled", locked || !!lockOf("flip"));
      set(lock, "disabled", !!lockOf("weights"));
      place.classList.toggle("left-out", left);
      write(share, isNumber(shares[i]) ? percent(shares[i]) : "");
    }};
  }

  function codeControls(code, c) {
    const weight = weightPair(T("Weight of the code %s", code.label),
      own.codeWeights[c], (value) => setting((s) => {
        s.codeWeights[c] = value;
      }, ["settings"]));
    const inside = data.indicators.map((one, i) => [one, i])
      .filter(([one]) => one.code === c)
      .map(([one, i]) => indicatorControls(one, i));
    const name = h("summary", null, h("span", {class: "swatch"}), code.label);
    name.firstChild.style.setProperty("--code", code.colour);
    const place = h("details", {class: "code", open: true}, name,
      h("div", {class: "field"},
        h("span", {class: "label"}, T("Weight of the code")),
        h("div", {class: "line"}, weight.bar, weight.exact)),
      inside.map((one) => one.box));
    return {box: place, fill(shares) {
      weight.fill(state.settings.codeWeights[c],
                  !!lockOf("codeWeights"));
      inside.forEach((one) => one.fill(shares));
    }};
  }

  // A preset is laid over the model's own settings; it moves no locked weight
  // and no edited cell.
  function usePreset(part) {
    setting((s) => {
      const kept = copy(s);
      Object.assign(s, copy(own), copy(part), {edits: kept.edits});
      for (const key of ["weights", "out", "flip"]) {
        s[key] = s[key].map((x, i) => state.locked[i] ? kept[key][i] : x);
      }
    }, ["settings"]);
  }

  function presetControls() {
    return h("div", {class: "line wrap"}, (data.presets || []).map((preset) =>
      button(T(preset.name), () => usePreset(preset.settings),
             {class: "quiet small"})),
      button(T("Reset all"), reset, {class: "strong small"}));
  }

  function reset() {
    state.settings = copy(own);
    state.locked = [];
    change("rows", "settings");
  }

  // Where the clipboard may not be written the text is shown, selected.
  const spare = h("textarea", {class: "spare", rows: 4, readonly: true,
                               "aria-label": T("Copy this text")});
  spare.hidden = true;

  function copyText(text, done) {
    const shown = () => {
      spare.hidden = false;
      spare.value = text;
      spare.focus();
      spare.select();
      say(T("Copy this text"));
    };
    if (!navigator.clipboard) return shown();
    navigator.clipboard.writeText(text).then(() => {
      spare.hidden = true;
      say(done);
    }, shown);
  }

  function download(name, text) {
    const url = URL.createObjectURL(new Blob([text], {type: "text/csv"}));
    h("a", {href: url, download: name}).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  const rcode = () => model.rcode(state.settings);

  function takeAway() {
    return group(T("Take away"), h("div", {class: "line wrap"},
      button(T("Copy link"), () => {
        written = hashNow();
        location.replace(`#${written}`);
        copyText(location.href, T("The link is copied."));
      }),
      button(T("Download CSV"), () => {
        const what = {nid: "basic", id: "industrial"}[state.show] || "dynamic";
        download(`${what}.csv`, model.csv(state.settings, what, state.at));
        say(T("The table is downloaded."));
      }),
      button(T("Copy R code"), () => copyText(rcode(),
                                              T("The R code is copied.")))),
      spare);
  }

  function settingsPanel() {
    const time = timeControls(), formula = formulaControls();
    const codes = data.codes.map(codeControls);
    const reason = lockOf("weights");
    const weights = group(T("Weights"), presetControls(), h("p",
      {class: "note"}, reason ? T(reason) : T("Shares are within each code.")),
      ...codes.map((one) => one.box));
    const all = h("details", {class: "settings-body", open: wide.matches},
      h("summary", null, h("h2", {id: "nid-settings"}, T("Settings"))),
      h("form", {onsubmit: (event) => event.preventDefault()},
        time.box, formula.box, weights, takeAway()));
    panels.settings = () => {
      time.fill();
      formula.fill();
      const shares = model.shares(state.settings);
      codes.forEach((one) => one.fill(shares));
      if (failed) {
        all.querySelectorAll("input, select").forEach((control) => {
          control.disabled = true;
        });
      }
    };
    return h("section", {class: "panel settings", "aria-labelledby":
      "nid-settings"}, all);
  }

  // ---- Ranking --------------------------------------------------------------

  function order() {
    const by = state.by === "name" ?
      (a, b) => regions[a].localeCompare(regions[b], data.language) :
      (a, b) => (rows[a].rank || Infinity) - (rows[b].rank || Infinity) ||
        a - b;
    const find = state.find.toLocaleLowerCase(data.language);
    return regions.map((name, r) => r).filter((r) =>
      regions[r].toLocaleLowerCase(data.language).includes(find)).sort(by);
  }

  const isMore = (event) => event.ctrlKey || event.metaKey || event.shiftKey;

  // One region is chosen; with `also` it joins those that are compared.
  function choose(r, also) {
    if (!also) state.see = [r];
    else if (state.see.includes(r)) {
      if (state.see.length > 1) state.see = state.see.filter((x) => x !== r);
    } else if (state.see.length < 4) state.see = [...state.see, r];
    else say(T("At most four regions can be compared."));
    change("list", "region");
  }

  // A place of the list; which region stands there its row is told (`r`), and
  // by the browser whether it is out of sight (`far`).
  function listRow() {
    const [rank, name, value] = ["rank", "name", "value"].map((part) =>
      h("span", {class: part}));
    const move = h("span", {"aria-hidden": "true"}), plot = NidPlot.row();
    const row = {rank, name, move, plot, value, r: null, far: false};
    row.button = button("", (event) => choose(row.r, isMore(event)),
                        {class: "row", tabindex: -1});
    row.button.append(rank, name, move, value, plot);
    row.item = h("li", {oncontentvisibilityautostatechange: (event) => {
      row.far = event.skipped;
    }}, row.button);
    return row;
  }

  // Arrow keys, Home and End move among `items`; only one is a stop for Tab.
  function roving(host, items) {
    host.addEventListener("keydown", (event) => {
      const list = items(), at = list.indexOf(document.activeElement);
      if (at < 0) return;
      const to = {ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1,
                  ArrowLeft: at - 1, Home: 0, End: list.length - 1}[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const next = list[Math.min(Math.max(to, 0), list.length - 1)];
      list.forEach((one) => one.setAttribute("tabindex", -1));
      next.setAttribute("tabindex", 0);
      next.focus();
    });
  }

  function moveOf(r) {
    const now = rows[r].rank, then = nominal[r].rank;
    if (!isNumber(now) || !isNumber(then) || now === then) return null;
    return {up: now < then, then};
  }

  function fillRow(one, r, domain) {
    const row = rows[r], move = moveOf(r), chosen = state.see.indexOf(r);
    one.r = r;
    NidPlot.placeRow(one.plot, domain, {...row, nominal: nominal[r].estimate});
    write(one.rank, isNumber(row.rank) ? row.rank : "–");
    write(one.name, regions[r]);
    write(one.value, number(row.estimate));
    write(one.move, move ? (move.up ? "▲" : "▼") : "");
    put(one.move, "class", `move ${move ? (move.up ? "up" : "down") : ""}`);
    put(one.button, "class", "row" + (r === state.hover ? " under" : "") +
      (chosen < 0 ? "" : ` chosen look-${chosen}`));
    put(one.button, "aria-pressed", chosen >= 0);
    put(one.plot, "aria-label", `, ${interval(row)}` + (move ? "; " +
      T("rank %s in the model's own settings", move.then) : ""));
  }

  function rankingTable() {
    return table(caption(), [
      {name: T("Region"), text: (r) => regions[r]},
      {name: T("Rank"), text: (r) => isNumber(rows[r].rank) ?
        String(rows[r].rank) : "–"},
      ...numberColumns().map((column) => ({name: column.name,
                                           text: (r) => column.text(rows[r])})),
      {name: T("Ranks within error"), text: (r) => isNumber(rows[r].rankLow) ?
        T("%s to %s", rows[r].rankLow, rows[r].rankHigh) : "–"},
      {name: T("Rank in the model's own settings"),
       text: (r) => isNumber(nominal[r].rank) ? String(nominal[r].rank) : "–"}
    ], order());
  }

  function caption() {
    return state.show === "nid" ? titleOf("nid") :
      T("%s, %s", titleOf(state.show), data.times[state.at]);
  }

  function rankingPanel() {
    const all = regions.map(listRow);
    const list = h("ol", {class: "list"});
    const axis = h("div", {class: "axis"});
    const empty = h("p", {class: "note"}, T("No region has this name."));
    const made = shell("ranking", T("Ranking"), rankingTable);
    const find = h("input", {type: "search", "aria-label": T("Find a region"),
      placeholder: T("Find a region"), oninput: () => {
        state.find = find.value;
        change("list");
      }});
    const by = choice(T("Order"), [{value: "value", label: T("by value")},
                                     {value: "name", label: T("by name")}],
      state.by, (value) => {
        state.by = value;
        change("list");
      });
    made.extra.append(find, by.box);
    const figure = h("figure", null, axis, list, empty, h("figcaption"));
    made.picture.append(figure);
    roving(list, () => [...list.querySelectorAll("button")]);
    // The row under the pointer.
    let pointed = null;
    all.forEach((one) => [["enter", one], ["leave", null]].forEach(
      ([what, row]) => one.button.addEventListener(`pointer${what}`, () => {
        pointed = row;
        state.hover = row && row.r;
        change("hover");
      })));
    // While a slider moves, rows out of sight stay as they are.
    panels.ranking = (near) => {
      const sorted = order(), shown = all.slice(0, sorted.length);
      const at = all.find((one) => one.button === document.activeElement);
      const focus = at && at.r;
      const domain = NidPlot.extent(rows.flatMap((row) =>
        [row.estimate, row.low, row.high]), true);
      write(made.heading, caption());
      set(by.select, "value", state.by);
      NidPlot.axis(axis, domain, 5);
      if (pointed) state.hover = sorted[all.indexOf(pointed)] ?? null;
      shown.forEach((one, k) => {
        if (!(near && one.far)) fillRow(one, sorted[k], domain);
      });
      if (list.children.length !== shown.length) {
        list.replaceChildren(...shown.map((one) => one.item));
      }
      const stop = shown[sorted.indexOf(focus)] ||
        shown[sorted.findIndex((r) => state.see.includes(r))] || shown[0];
      all.forEach((one) => put(one.button, "tabindex", one === stop ? 0 : -1));
      if (at && stop && stop.button !== document.activeElement) {
        stop.button.focus();
      }
      set(empty, "hidden", sorted.length > 0);
      write(figure.lastChild, rankingNote());
      made.fill();
    };
    panels.hover = () => {
      all.forEach((one) => one.button.classList.toggle("under",
        one.r !== null && one.r === state.hover));
      panels.mapHover();
    };
    return made.panel;
  }

  function rankingNote() {
    return [T("Dot: value; line: %s interval.", percent(own.level)),
            T("Hollow tick: the value in the model's own settings."),
            T("Arrow: the rank differs from that in these.")].join(" ");
  }

  // ---- Map ------------------------------------------------------------------

  function mapPanel() {
    panels.mapHover = () => {};
    panels.map = () => {};
    if (!data.map) return null;
    const made = shell("map", T("Map"), rankingTable);
    const place = h("div", {class: "map-place"});
    const readout = h("p", {class: "readout"});
    const ends = [h("span", null), h("span", null)];
    const legend = h("div", {class: "legend"}, ends[0],
      h("span", {class: "ramp"}), h("span", null, "0"),
      h("span", {class: "ramp up"}), ends[1]);
    made.picture.append(h("figure", null, place, readout, legend,
      h("figcaption", null, [
        T("Hatched: probability above 0 between 0.05 and 0.95: not sure."),
        T("Grey: no value.")].join(" "))));
    const drawn = NidPlot.map(place, data.map);
    drawn.shapes.forEach((shape, r) => {
      const hover = (on) => () => {
        state.hover = on ? r : null;
        change("hover");
      };
      shape.addEventListener("click", (event) => choose(r, isMore(event)));
      shape.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        choose(r, isMore(event));
      });
      shape.addEventListener("pointerenter", hover(true));
      shape.addEventListener("pointerleave", hover(false));
      shape.addEventListener("focus", hover(true));
      shape.addEventListener("blur", hover(false));
    });
    roving(drawn.root, () => drawn.shapes);
    panels.map = () => fillMap(made, drawn, ends);
    panels.mapHover = () => {
      const r = state.hover === null ? state.see[0] : state.hover;
      write(readout, r === undefined || !rows[r] ? "" :
        `${regions[r]}: ${withInterval(rows[r])}`);
      drawn.shapes.forEach((shape, k) => shape.classList.toggle("under",
        k === state.hover));
    };
    return made.panel;
  }

  function fillMap(made, drawn, ends) {
    const title = T("Map: %s", caption());
    write(made.heading, title);
    put(drawn.root, "aria-label", `${title}; ` +
      T("arrow keys move from region to region, Enter chooses one."));
    const {limit} = model.scale(rows.map((row) => row.estimate));
    drawn.shapes.forEach((shape, r) => {
      const row = rows[r], chosen = state.see.includes(r);
      put(shape, "fill", NidPlot.diverging(row.estimate, limit));
      put(drawn.veils[r], "visibility", isNumber(row.prob) &&
        row.prob > 0.05 && row.prob < 0.95 ? "visible" : "hidden");
      put(shape, "aria-label", `${regions[r]}: ${withInterval(row)}`);
      put(shape, "aria-pressed", chosen);
      put(shape, "tabindex", r === (state.see[0] || 0) ? 0 : -1);
      shape.classList.toggle("chosen", chosen);
    });
    write(ends[0], number(-limit));
    write(ends[1], number(limit));
    panels.mapHover();
    made.fill();
  }

  // ---- Region ---------------------------------------------------------------

  // By the number the engine gives: 0 decline to 3 advance.
  const phaseNames = [T("decline"), T("recovery"), T("slowdown"),
                      T("advance")];
  const phaseLetters = ["IV", "III", "II", "I"];

  function sentence(r) {
    const row = model.basic(state.settings)[r];
    if (!isNumber(row.estimate)) {
      return T("%s has no Code NID: its series are too short.",
               regions[r]);
    }
    let out = T("%s: Code NID %s", regions[r], withInterval(row));
    if (isNumber(row.prob)) {
      out += T(", above zero with probability %s", chance(row.prob));
    }
    out += isNumber(row.rankLow) ?
      T("; rank %s, within error %s to %s.", row.rank, row.rankLow,
        row.rankHigh) : T("; rank %s.", row.rank);
    return out;
  }

  // Who is chosen, in a sentence, and what their Code NID is made of.
  function regionPanel() {
    const made = shell("region", T("Regions"), () => state.see.flatMap((r) =>
      [partsTable(r), recordTable(r)]));
    const chips = h("div", {class: "chips"});
    const add = choice(T("Compare with"), [], "", (value) => {
      if (value !== "") choose(Number(value), true);
    });
    const first = choice(T("Region"), regions.map((name, r) =>
      ({value: r, label: name})), 0, (value) => choose(Number(value)));
    const depth = choice(T("Parts"), [
      {value: "code", label: T("codes")},
      {value: "indicator", label: T("indicators")},
      {value: "time", label: T("times")}
    ], state.parts, (value) => {
      state.parts = value;
      change("region");
    });
    made.extra.append(first.box, add.box, depth.box);
    const words = h("div", {class: "sentences"});
    const falls = h("div", {class: "falls"});
    const record = h("div", {class: "records"});
    made.panel.insertBefore(chips, made.picture);
    made.panel.insertBefore(words, made.picture);
    made.picture.append(falls, record);
    panels.region = () => {
      made.heading.textContent = seen();
      first.select.value = state.see[0];
      fillAdd(add.select);
      fillChips(chips);
      words.replaceChildren(...state.see.map((r) => h("p", null, sentence(r))));
      drawFalls(falls);
      fillRecords(record);
      made.fill();
      panels.codes();
    };
    return made.panel;
  }

  const seen = () => state.see.map((r) => regions[r]).join(", ");

  // Their curves, and what if their cells were others.
  function codesPanel() {
    const made = shell("codes", "", codeTables);
    const chips = h("div", {class: "chips"}), curves = h("div");
    const edits = whatIf();
    made.picture.append(chips, curves, h("p", {class: "note"}, [
      T("Band: %s interval.", percent(own.level)),
      T("Dots: values; hollow: estimated; cross: a break."),
      T("Letters: I advance, II slowdown, III recovery, IV decline."),
      T("Ellipse: one standard error at the marked time.")].join(" ")));
    made.panel.append(edits.box);
    panels.codes = () => {
      made.heading.textContent = T("Codes over time: %s", seen());
      fillChips(chips);
      drawCodes(curves);
      edits.fill();
      made.fill();
    };
    return made.panel;
  }

  function fillAdd(select) {
    select.replaceChildren(h("option", {value: ""}, T("choose a region")),
      ...regions.map((name, r) => r).filter((r) => !state.see.includes(r))
        .map((r) => h("option", {value: r}, regions[r])));
    select.disabled = state.see.length >= 4;
  }

  function fillChips(chips) {
    chips.hidden = state.see.length < 2;
    chips.replaceChildren(...state.see.map((r, look) => h("span",
      {class: `chip look-${look}`}, regions[r],
      button("×", () => choose(r, true), {class: "quiet small",
        "aria-label": T("Take %s out of the comparison", regions[r])}))));
  }

  function lineOf(series, points) {
    return {y: series.map((one) => one.estimate),
            low: series.map((one) => one.low),
            high: series.map((one) => one.high),
            points: points ? series.map((one) => one.value) : [],
            kinds: series.map((one) => one.kind)};
  }

  // One figure: what it is, what it shows at the marked time, the picture; this
  // is drawn when its width is known.
  function figure(title, reading, draw) {
    const place = h("div", {class: "plot"});
    return {draw: () => draw(place), box: h("figure", null, h("figcaption",
      null, h("strong", null, title), ` ${reading}`), place)};
  }

  function readings(all, kind) {
    return `${data.times[state.at]}: ` + all.map((one) =>
      withInterval(one[kind][state.at] || {})).join("; ");
  }

  // Code ID and then each code: two curves and the plane of phases.
  function drawCodes(host) {
    const id = {label: T("Code ID"), colour: "#333333"};
    const drawn = [[id, null], ...data.codes.map((code, c) => [code, c])]
      .map(([code, c]) => {
        const swatch = h("span", {class: "swatch"});
        swatch.style.setProperty("--code", code.colour);
        const figures = codeFigures(code, c);
        return {figures, box: h("div", {class: "code-row"},
          h("h3", null, swatch, code.label),
          h("div", {class: "code-figures"}, figures.map((one) => one.box)))};
      });
    host.replaceChildren(...drawn.map((one) => one.box));
    drawn.forEach((one) => one.figures.forEach((figure) => figure.draw()));
  }

  function codeFigures(code, c) {
    const see = state.see, one = see.length === 1;
    const all = see.map((r) => model.series(state.settings, r, c));
    const phases = see.map((r) => model.phases(state.settings, r, c));
    const names = see.map((r) => regions[r]).join(", ");
    const words = {level: T("Level"), rate: T("Rate"),
                   acceleration: T("Acceleration")};
    const label = (what, reading) => T("%s of %s over time: %s. %s", what,
                                       code.label, names, reading);
    const curve = (kind) => figure(words[kind], readings(all, kind), (place) =>
      NidPlot.curves(place, {
        x: data.timeValues, labels: data.times, at: state.at, pick: goTo,
        label: label(words[kind], readings(all, kind)), zero: kind !== "level",
        lines: all.map((s) => lineOf(s[kind], one && kind === "level")),
        letters: one && kind === "rate" ? phases[0].map((p) =>
          p && phaseLetters[p.phase]) : null
      }));
    const plane = figure(T("Phases"), phaseReading(phases), (place) =>
      NidPlot.plane(place, {
        label: label(T("Phases"), phaseReading(phases)), lines: phases,
        at: state.at, axes: [T("rate"), T("acceleration")],
        corners: [3, 1, 0, 2].map((k) => phaseNames[k])
      }));
    return [...(c === null ? ["rate", "acceleration"] : ["level", "rate"])
      .map(curve), plane];
  }

  function phaseReading(phases) {
    return `${data.times[state.at]}: ` + phases.map((one) => {
      const now = one[state.at];
      if (!now || !isNumber(now.phase)) return "–";
      const name = phaseNames[now.phase];
      return isNumber(now.prob) ? `${name} (${chance(now.prob)})` : name;
    }).join("; ");
  }

  const indicatorName = (i) => i === null ? T("all indicators together") :
    data.indicators[i].label || data.indicators[i].name;

  function partsOf(r) {
    const parts = model.contributions(state.settings, r);
    const depth = state.parts;
    const key = {code: (p) => p.code, indicator: (p) => `${p.code}/` +
      `${p.indicator}`, time: (p) => p.time}[depth];
    const name = {code: (p) => data.codes[p.code].label,
                  indicator: (p) => indicatorName(p.indicator),
                  time: (p) => data.times[p.time]}[depth];
    return {list: NidPlot.falls(parts, key), sums: NidPlot.falls(parts,
      (p) => p.code), name};
  }

  function drawFalls(host) {
    host.replaceChildren();
    state.see.forEach((r) => {
      const {list, sums, name} = partsOf(r);
      const total = model.basic(state.settings)[r].estimate;
      if (list.length === 0) return;
      const domain = NidPlot.extent(list.flatMap((p) => [p.from, p.to]), true);
      const line = (label, from, to, value, colour, kind) =>
        h("div", {class: `fall ${kind || ""}`}, h("span", null, label),
          NidPlot.bar(domain, from, to, colour),
          h("span", {class: "value"}, number(value)));
      const drawn = [];
      list.forEach((p, k) => {
        if (state.parts === "indicator" && (k === 0 ||
            list[k - 1].code !== p.code)) {
          const sum = sums.find((one) => one.code === p.code);
          drawn.push(line(data.codes[p.code].label, sum.from, sum.to, sum.value,
                          data.codes[p.code].colour, "sum"));
        }
        drawn.push(line(name(p), p.from, p.to, p.value, state.parts === "time" ?
          null : data.codes[p.code].colour));
      });
      drawn.push(line(T("Code NID"), 0, total, total, "#333333", "total"));
      const label = T("What Code NID of %s is made of", regions[r]);
      host.append(h("figure", null, h("figcaption", null,
        h("strong", null, label)),
        h("div", {role: "img", "aria-label": `${label}: ` + list.map((p) =>
          `${name(p)} ${number(p.value)}`).join(", ") + "."}, drawn)));
    });
  }

  function fillRecords(host) {
    host.replaceChildren(...state.see.map((r) => {
      const record = model.record(state.settings, r);
      return h("div", null, h("strong", null, T("Record of %s",
        regions[r])), h("ul", {class: "record-line"},
        record.map((one, t) => h("li",
          {class: t === state.at ? "now" : null}, h("small", null,
            data.times[t]), one ? one.sure || one.record : "–"))));
    }));
  }

  function codeTables() {
    return state.see.flatMap((r) => data.codes.map((code, c) => {
      const series = model.series(state.settings, r, c);
      const phases = model.phases(state.settings, r, c);
      const of = (kind) => (t) => withInterval(series[kind][t] || {});
      return table(T("%s: %s", regions[r], code.label), [
        {name: T("Time"), text: (t) => data.times[t]},
        {name: T("Value in the data"),
         text: (t) => number((series.level[t] || {}).value)},
        {name: T("Level"), text: of("level")},
        {name: T("Rate"), text: of("rate")},
        {name: T("Acceleration"), text: of("acceleration")},
        {name: T("Phase"), left: true, text: (t) => phases[t] &&
          isNumber(phases[t].phase) ? phaseNames[phases[t].phase] : "–"}
      ], data.times.map((time, t) => t));
    }));
  }

  function recordTable(r) {
    const record = model.record(state.settings, r);
    return table(T("Record of %s", regions[r]), [
      {name: T("Time"), text: (t) => data.times[t]},
      {name: T("Signs of the rates"), left: true,
       text: (t) => record[t] ? record[t].record : "–"},
      {name: T("Where they are sure"), left: true,
       text: (t) => record[t] && record[t].sure || "–"}
    ], data.times.map((time, t) => t));
  }

  function partsTable(r) {
    const {list, name} = partsOf(r);
    const total = model.basic(state.settings)[r].estimate;
    return table(T("What Code NID of %s is made of", regions[r]), [
      {name: T("Part"), text: (p) => p.total ? T("Code NID") : name(p)},
      {name: T("Contribution"), text: (p) => number(p.value)}
    ], list.concat({total: true, value: total}));
  }

  // ---- What if --------------------------------------------------------------

  function whatIf() {
    const toggle = button(T("What if: change cells"), () => {
      state.whatif = !state.whatif;
      change("region");
    }, {class: "quiet", "aria-expanded": "false"});
    const cells = h("div", {class: "cells"}), list = h("ul", {class: "edits"});
    const effect = h("p", {class: "effect", "aria-live": "polite"});
    let shown = null;
    const reason = lockOf("edits");
    toggle.disabled = !!reason;
    return {
      box: h("div", {class: "what-if"}, toggle, reason ? h("p",
        {class: "note"}, T(reason)) : null, cells, list, effect),
      fill() {
        toggle.setAttribute("aria-expanded", String(state.whatif));
        const key = state.whatif ? JSON.stringify([state.see[0],
          state.settings.edits]) : "";
        if (key !== shown) {
          const at = cells.contains(document.activeElement) ?
            document.activeElement.getAttribute("aria-label") : null;
          cells.replaceChildren(...(state.whatif ? [cellTable(state.see[0])] :
            []));
          if (at) {
            const again = [...cells.querySelectorAll("input")].find((cell) =>
              cell.getAttribute("aria-label") === at);
            if (again) again.focus();
          }
          shown = key;
        }
        fillEdits(list, effect);
      }
    };
  }

  function cellTable(r) {
    return table(T("Values of %s", regions[r]), [
      {name: T("Indicator"), text: (i) => h("span", null, indicatorName(i),
        h("small", null, ` ${bounds(data.indicators[i])}`))},
      ...data.times.map((time, t) => ({name: time,
        text: (i) => cellInput(r, i, t, valueOf(state.settings, r, i, t))}))
    ], data.indicators.map((one, i) => i));
  }

  // Between which numbers the values of an indicator must lie.
  function bounds(one) {
    if (isNumber(one.low) && isNumber(one.high)) {
      return T("%s to %s", number(one.low), number(one.high));
    }
    return isNumber(one.low) ? T("not below %s", number(one.low)) : "";
  }

  function cellInput(r, i, t, value) {
    if (!isNumber(value)) return "–";
    const one = data.indicators[i];
    const bound = (x) => isNumber(x) ? x : null;
    const label = `${T("%s, %s", indicatorName(i), data.times[t])} ` +
      bounds(one);
    const cell = h("input", {type: "number", step: "any", value,
      min: bound(one.low), max: bound(one.high), "aria-label": label,
      title: label, onchange: () => {
        if (cell.value === "" || !cell.validity.valid) {
          say(T("This value is not possible: %s", label));
          cell.value = value;
          return;
        }
        edit({region: r, indicator: i, time: t, value: Number(cell.value)});
      }});
    return cell;
  }

  const samePlace = (a, b) => a.region === b.region &&
    a.indicator === b.indicator && a.time === b.time;

  // The value of a cell with the edits in.
  function valueOf(settings, r, i, t) {
    const made = settings.edits.find((one) =>
      samePlace(one, {region: r, indicator: i, time: t}));
    return made ? made.value : model.cell(r, i, t);
  }

  // A cell that is as it was is no edit.
  function edit(made) {
    setting((s) => {
      s.edits = s.edits.filter((one) => !samePlace(one, made));
      const was = model.cell(made.region, made.indicator, made.time);
      if (made.value !== was) s.edits.push(made);
    });
  }

  function fillEdits(list, effect) {
    const edits = state.settings.edits;
    const without = (gone) => ({...state.settings, edits: edits.filter((one) =>
      one !== gone)});
    list.replaceChildren(...edits.map((one) => {
      const was = model.cell(one.region, one.indicator, one.time);
      const nid = model.basic(without(one))[one.region].estimate;
      const now = model.basic(state.settings)[one.region].estimate;
      const name = T("%s, %s, %s", regions[one.region],
                     indicatorName(one.indicator), data.times[one.time]);
      return h("li", null, T("%s: %s instead of %s; Code NID %s instead of %s",
        name, number(one.value), number(was), number(now),
        number(nid)), " ", button(T("Undo"), () => setting((s) => {
          s.edits = s.edits.filter((other) => !samePlace(other, one));
        }), {class: "quiet small", "aria-label": T("Undo: %s", name)}));
    }));
    effect.textContent = edits.length ?
      T("All is worked out anew with these values.") : "";
  }

  // ---- Method ---------------------------------------------------------------

  const problem = h("p", {class: "banner problem", role: "alert"});
  problem.hidden = true;
  const banner = h("p", {class: "banner", role: "alert"});
  banner.hidden = true;

  function methodPanel() {
    const test = h("p", {class: "self-test"});
    const code = h("pre", {tabindex: 0});
    const text = (words) => words ? [words].flat().map((one) =>
      h("p", null, String(one))) : [];
    const titled = (title, words) => words && [words].flat().length ?
      [h("h3", null, title), ...text(words)] : [];
    const details = h("details", {ontoggle: () => {
      if (details.open) code.textContent = rcode();
    }}, h("summary", null, T("R code of this view")), code);
    panels.method = () => {
      const result = model.selfTest();
      failed = !result.ok;
      test.textContent = failed ?
        T("This page does not agree with R.") :
        T("This page agrees with R to %s, over %s numbers.",
          result.worst.toExponential(0), result.n);
      banner.hidden = !failed;
      if (failed) banner.textContent = test.textContent;
    };
    return h("section", {class: "panel method", "aria-labelledby":
      "nid-method"}, h("h2", {id: "nid-method"}, T("Method")),
      ...text(data.spec), ...text(data.notes), ...text(data.reference),
      ...titled(T("What is exact"), data.exact),
      ...titled(T("What is not"), data.notExact), test, details,
      ...titled(T("How to cite"), data.citation),
      ...titled(T("Versions"), data.versions));
  }

  // ---- All of it ------------------------------------------------------------

  function build() {
    readHash();
    const left = h("div", {class: "beside"}, rankingPanel());
    const right = h("div", {class: "beside"}, regionPanel());
    const map = mapPanel();
    // Where there is room: under a short list, else beside a long one.
    if (map) (regions.length <= 12 ? left : right).append(map);
    const main = h("main", null, settingsPanel(), left, right, codesPanel(),
                   methodPanel());
    document.getElementById("nid").append(
      h("header", {class: "top"}, h("h1", null, data.title),
        h("p", {class: "note"},
          T("Code-based model of neo-industrial development, %s to %s",
            data.times[0], data.times[last]))), banner, problem,
      main, status);
    panels.method();
    change("rows", "settings");
  }

  build();
  window.addEventListener("hashchange", () => {
    readHash();
    change("rows", "settings");
  });
  let size = document.documentElement.clientWidth;
  window.addEventListener("resize", () => {
    if (size === document.documentElement.clientWidth) return;
    size = document.documentElement.clientWidth;
    change("region");
  });
})();
