// Drives the pages of a folder with a browser, as `make page` made them.
//
//   node test.mjs FOLDER SCREENS CHROMIUM [ADDRESS]
//
// ADDRESS is that of the loader, where it runs.
//
// A line for each case: "ok NAME" or "not ok NAME: why". What R is to compare
// is left in FOLDER: NAME.csv (downloaded) beside NAME.R (the copied code).

import {readFileSync, statSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {chromium} from "playwright-core";
import axe from "axe-core";

const [folder, screens, program, loader] = process.argv.slice(2);
// Two browsers, since cases wait more than they compute, each with a clipboard
// of its own.
const browsers = await Promise.all([0, 1].map(() => chromium.launch(
  {executablePath: program, args: ["--no-sandbox"]})));
const address = (name) => name.startsWith("http:") ? name :
  `file://${join(folder, `${name}.html`)}`;

function must(is, words) {
  if (!is) throw new Error(words);
}

function same(found, wanted, words) {
  const [a, b] = [found, wanted].map((x) => JSON.stringify(x));
  must(a === b, `${words}: ${String(a).slice(0, 300)} instead of ` +
    String(b).slice(0, 300));
}

const firstValue = ".list .row .value:not(:empty)";

// A page at `name`, with all that it said and asked for.
async function open(browser, name, options = {}) {
  const {hash = "", width = 1280, height = 900, shows = firstValue,
         ...more} = options;
  const context = await browser.newContext({viewport: {width, height},
                                            acceptDownloads: true, ...more});
  const page = await context.newPage();
  page.said = [];
  page.asked = [];
  page.on("console", (message) => {
    if (message.type() !== "log") page.said.push(message.text());
  });
  page.on("pageerror", (fault) => page.said.push(fault.message));
  page.on("dialog", (dialog) => {
    page.said.push(`dialog ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => page.asked.push(request.url()));
  await page.goto(address(name) + hash);
  page.setDefaultTimeout(8000);
  try {
    await page.waitForSelector(shows);
  } catch (fault) {
    await context.close();
    throw new Error(`it shows no values: ${page.said[0]}`);
  }
  return page;
}

// Cases are run when all are known.
const cases = [];
const test = (...one) => cases.push(one);

async function run(browser, name, body, ...how) {
  if (process.env.ONLY && !new RegExp(process.env.ONLY).test(name)) return;
  const began = Date.now();
  let page;
  try {
    page = await open(browser, ...how);
    await body(page);
    same(page.said, [], "faults in the console");
    same(page.asked.filter((url) => !/^(file|blob|data):/.test(url) &&
      !(loader && url.startsWith(loader))), [], "requests");
    console.log(`ok ${name}`);
  } catch (fault) {
    console.log(`not ok ${name}: ${fault.message.split("\n")[0]}`);
  } finally {
    if (page) await page.context().close();
    if (process.env.ONLY) console.log(`  ${Date.now() - began} ms`);
  }
}

// What the rows say: rank, name, value and, for the ear, the rest.
const labels = (page) => page.$$eval(".list .row", (rows) =>
  rows.map((row) => [".rank", ".name", ".value"].map((part) =>
    row.querySelector(part).textContent).concat(
    row.querySelector(".row-plot").getAttribute("aria-label")).join("|")));

// Two frames: one in which the page draws, one in which it is seen.
const drawn = (page) => page.evaluate(() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(done))));

const browserOf = (page) => page.context().browser();

const select = (page, label) => page.getByLabel(label, {exact: true});

async function show(page, value) {
  await select(page, "Show").selectOption(value);
  await drawn(page);
}

// ---- The loader -------------------------------------------------------------

// It takes longest, so it is first.
if (loader) {
  test("a file is loaded, described and looked at", async (page) => {
    page.setDefaultTimeout(60000);
    await page.setInputFiles("#file", join(folder, "ural-wide-ru.csv"));
    await page.waitForSelector("#head table");
    await page.getByText("2. Scheme", {exact: true}).click();
    await page.waitForSelector("#scheme_rows select");
    const codes = page.locator("#scheme_rows tbody tr td:nth-child(2) select");
    const names = ["production", "institutional", "social"];
    for (let i = 0; i < await codes.count(); i++) {
      await codes.nth(i).selectOption(names[i % 3]);
    }
    await page.waitForTimeout(600);
    await page.getByText("3. Look", {exact: true}).click();
    await page.getByText("Work it out").click();
    await page.waitForSelector("#page iframe");
    await page.frameLocator("#page iframe").locator(firstValue).first()
      .waitFor();
    await page.screenshot({path: join(screens, "loader.png"), fullPage: true});
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByText("R script").click()
    ]);
    await download.saveAs(join(folder, "loader.R"));
    must(/code_scheme\(/.test(readFileSync(join(folder, "loader.R"), "utf8")),
         "no script");
  }, loader, {shows: "#step"});
}

// ---- Opening ----------------------------------------------------------------

for (const name of ["ural", "hostile", "russia"]) {
  test(`${name} opens, asks for nothing, agrees with R`, async (page) => {
    same(page.asked, [address(name)], "requests");
    must(!await page.locator(".banner").first().isVisible(), "a banner");
    must(/\d/.test(await page.textContent(".self-test")), "no self-test");
  }, name);
}

test("names are text", async (page) => {
  const rows = await page.$$eval(".list .name", (names) =>
    names.map((name) => name.textContent));
  for (const name of ["<img src=x onerror=alert(1)>",
                      "</script><script>alert(2)</script>", "__proto__",
                      `=1+1${"W".repeat(120)}`]) {
    must(rows.includes(name), `${name} is not shown as it is`);
  }
  same(await page.locator("img, iframe, link").count(), 0, "elements");
  must(await page.evaluate(() => document.documentElement.lang) === "ru",
       "the language of the page");
}, "hostile");

test("numbers have the marks of the language, in files points", async (page) => {
  await page.getByRole("button", {name: "Сбросить всё"}).waitFor();
  const values = await page.$$eval(".list .value", (all) =>
    all.map((one) => one.textContent));
  must(values.every((one) => /^−?\d+(,\d+)?$/.test(one)), values.join(" "));
  must(values.some((one) => one.includes(",")), "no comma");
  must(!/\d\.\d/.test(await page.textContent(".codes .code-row")), "points");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", {name: "Скачать CSV"}).click()
  ]);
  const file = readFileSync(await download.path(), "utf8");
  must(/,-?\d+\.\d+,/.test(file), "no points");
}, "hostile");

test("a hostile address does nothing", async (page) => {
  must((await labels(page)).length === 4, "no rows");
}, "ural", {hash: "#w=NaN,1e999,-1,__proto__&show=constructor&at=99999" +
  "&see=-1,x,1e9&e=9.9.9.9&map=1&%E0%A4%A=%"});

{
  const file = readFileSync(join(folder, "ural.html"), "utf8");
  const from = /("answer":{"basic":{"estimate":\[)[^,]+/;
  must(from.test(file), "the answer of R is not where it was");
  writeFileSync(join(folder, "wrong.html"), file.replace(from, "$19.5"));
}
test("a page that does not agree with R says so", async (page) => {
  must(await page.locator(".banner").first().isVisible(), "no banner");
  same(await page.locator(".settings input:not(:disabled)").count(), 0,
       "inputs that move");
}, "wrong");

// ---- Keyboard ---------------------------------------------------------------

test("every control is reached by Tab", async (page) => {
  await page.getByText("What if: change cells").click();
  await page.getByText("R code of this view").click();
  await drawn(page);
  const wanted = await page.evaluate(() => {
    const all = [...document.querySelectorAll(
      "input, select, button, summary, textarea")].filter((one) =>
      !one.disabled && one.tabIndex >= 0 && one.checkVisibility());
    all.forEach((one, i) => { one.dataset.place = i; });
    return all.length;
  });
  await page.evaluate(() => document.activeElement.blur());
  const met = new Set();
  for (let i = 0; i < wanted + 30; i++) {
    await page.keyboard.press("Tab");
    met.add(await page.evaluate(() => document.activeElement.dataset.place));
  }
  met.delete(undefined);
  met.delete(null);
  same(met.size, wanted, "controls reached");
}, "ural");

test("each slider moves by keyboard and is told", async (page) => {
  const sliders = page.locator(".settings input[type=range]:visible");
  const count = await sliders.count();
  must(count > 6, "no sliders");
  await show(page, "id");
  for (let i = 0; i < count; i++) {
    const one = sliders.nth(i);
    const before = await labels(page);
    await page.evaluate(() => {
      document.querySelector("[role=status]").textContent = "";
    });
    await one.focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await drawn(page);
    const name = await one.getAttribute("aria-label");
    must(JSON.stringify(await labels(page)) !== JSON.stringify(before),
         `${name} moves nothing`);
    await page.waitForSelector("[role=status]:not(:empty)",
                               {state: "attached"});
  }
}, "ural");

test("arrow keys move in the list, Enter chooses", async (page) => {
  await page.locator(".list .row[tabindex='0']").focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  const name = await page.evaluate(() =>
    document.activeElement.querySelector(".name").textContent);
  await page.keyboard.press("Enter");
  await drawn(page);
  same(await page.textContent(".region h2"), name, "the region");
  same(await page.locator(".list .row[aria-pressed=true]").count(), 1,
       "chosen");
}, "ural");

test("arrow keys move on the map, Enter chooses", async (page) => {
  await page.locator(".shape[tabindex='0']").focus();
  await page.keyboard.press("ArrowRight");
  await drawn(page);
  const label = await page.evaluate(() =>
    document.activeElement.getAttribute("aria-label"));
  await page.waitForFunction((text) =>
    document.querySelector(".readout").textContent === text, label,
    {timeout: 5000}).catch(() => { throw new Error("no readout"); });
  await page.keyboard.press("Enter");
  await drawn(page);
  must(label.startsWith(`${await page.textContent(".region h2")}:`),
       "another region");
  must(await page.locator(".veil[visibility=visible]").count() > 0, "no hatching");
}, "russia");

// ---- State ------------------------------------------------------------------

test("the address restores the view", async (page) => {
  await show(page, "rate:1");
  await page.locator(".settings input[type=number]").nth(3).fill("2.5");
  await page.keyboard.press("Tab");
  await page.getByRole("button", {name: /^Flip/}).first().click();
  await page.getByRole("button", {name: /^Leave out/}).last().click();
  await select(page, "Influence of time").selectOption("half_life");
  await select(page, "Measure").selectOption("integral");
  await select(page, "Compare with").selectOption({index: 2});
  await page.locator("input[aria-label=Time]").fill("6");
  await select(page, "Order").selectOption("name");
  await page.waitForFunction(() => location.hash.includes("by=name"));
  const view = (one) => one.evaluate(() => [
    [...document.querySelectorAll(".list .row")].map((row) =>
      row.textContent),
    [...document.querySelectorAll(".settings input, .settings select")]
      .map((one) => one.value),
    [...document.querySelectorAll("[aria-pressed]")].map((one) =>
      one.getAttribute("aria-pressed")),
    document.querySelector(".region").textContent
  ]);
  const again = await open(browserOf(page), "ural", {hash: new URL(page.url()).hash});
  await drawn(again);
  const [found, wanted] = [await view(again), await view(page)];
  await again.context().close();
  same(found, wanted, "the view");
  await page.getByRole("button", {name: "Reset all"}).click();
  await page.waitForFunction(() => !/[#&]w=/.test(location.hash));
}, "ural");

test("play stops at the end", async (page) => {
  await page.locator("input[aria-label=Time]").fill("8");
  await page.getByRole("button", {name: "Play"}).focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => {
    const time = document.querySelector("input[aria-label=Time]");
    return time.value === time.max;
  }, null, {timeout: 8000});
  await page.waitForTimeout(900);
  must(await page.getByRole("button", {name: "Play"}).isVisible(), "it plays");
}, "ural");

test("nothing moves by itself where motion is reduced", async (page) => {
  await page.locator("input[aria-label=Time]").fill("3");
  await page.getByRole("button", {name: "Play"}).click();
  await page.waitForTimeout(1600);
  same(await page.inputValue("input[aria-label=Time]"), "4", "time");
}, "ural", {reducedMotion: "reduce"});

test("presets move no locked weight", async (page) => {
  const weight = page.locator(".indicator input[type=number]").first();
  await weight.fill("2");
  await page.keyboard.press("Tab");
  await page.getByRole("button", {name: /^Lock/}).first().click();
  await page.getByRole("button", {name: "As in the model"}).click();
  await drawn(page);
  same(await weight.inputValue(), "2", "the weight");
  must(await weight.isDisabled(), "a locked weight moves");
}, "ural");

test("regions are found, sorted and compared", async (page) => {
  await page.getByLabel("Find a region").fill("moscow");
  await drawn(page);
  const found = await labels(page);
  must(found.length > 0 && found.every((one) => /moscow/i.test(one)), "found");
  await page.getByLabel("Find a region").fill("");
  await select(page, "Order").selectOption("name");
  await drawn(page);
  const names = await page.$$eval(".list .name", (all) =>
    all.map((one) => one.textContent));
  same(names, [...names].sort((a, b) => a.localeCompare(b, "en")), "order");
  for (const r of [5, 9, 20]) {
    await select(page, "Compare with").selectOption({value: String(r)});
    await drawn(page);
  }
  same(await page.locator(".codes .chip").count(), 4, "regions compared");
  must(await select(page, "Compare with").isDisabled(), "a fifth region");
  same(await page.locator(".codes .curve.look-3").count() > 3, true, "curves");
}, "russia");

test("an edited cell is worked out, listed and undone", async (page) => {
  const before = await labels(page);
  await page.getByText("What if: change cells").click();
  await drawn(page);
  const cell = page.locator(".cells input").nth(3);
  const was = Number(await cell.inputValue());
  await cell.fill(String(was * 1.2));
  await page.keyboard.press("Tab");
  await page.waitForFunction(() => /[#&]x=/.test(location.hash));
  must(JSON.stringify(before) !== JSON.stringify(await labels(page)),
       "nothing changes");
  same(await page.locator(".edits li").count(), 1, "edits");
  const again = await open(browserOf(page), "ural", {hash: new URL(page.url()).hash});
  await drawn(again);
  const [restored, now] = [await labels(again), await labels(page)];
  await again.context().close();
  same(restored, now, "the edit in the address");
  await page.getByRole("button", {name: /^Undo/}).click();
  await drawn(page);
  same(await labels(page), before, "undone");
}, "ural");

// ---- Tables, CSV, R code ----------------------------------------------------

test("the table has what the picture has", async (page) => {
  for (const what of ["nid", "id", "level:0", "rate:1", "acceleration:2"]) {
    await show(page, what);
    const told = await labels(page);
    await page.locator(".ranking .toggle").click();
    const rows = await page.$$eval(".ranking tbody tr", (all) =>
      all.map((row) => [...row.children].map((cell) => cell.textContent)));
    same(rows.map(([name, rank, value, , low, high]) => [rank, name, value,
      `, ${low === "–" ? low : `${low} to ${high}`}`].join("|")), told, what);
    must(await page.locator(".ranking caption").isVisible(), "no caption");
    await page.locator(".ranking .toggle").click();
  }
}, "ural");

test("every panel has its table", async (page) => {
  const toggles = page.locator(".toggle");
  const count = await toggles.count();
  same(count, 4, "panels");
  for (let i = 0; i < count; i++) await toggles.nth(i).click();
  for (const name of ["ranking", "map", "region", "codes"]) {
    const table = page.locator(`.${name} table`).first();
    must(await table.isVisible(), `no table in ${name}`);
    must(await table.locator("th[scope=row]").count() > 2, `no rows, ${name}`);
    must(await table.locator("th[scope=col]").count() > 1, `no heads, ${name}`);
  }
}, "russia");

// A view, its numbers as a file, and the R code that gives it.
const views = {
  own: async () => {},
  weights: async (page) => {
    await page.locator(".indicator input[type=number]").nth(0).fill("2.25");
    await page.keyboard.press("Tab");
    await page.getByRole("button", {name: /^Leave out/}).last().click();
    await page.getByRole("button", {name: /^Flip/}).nth(1).click();
  },
  influence: async (page) => {
    await select(page, "Influence of time").selectOption("half_life");
    await page.getByLabel("Number of the influence").fill("3.5");
    await page.keyboard.press("Tab");
    await select(page, "Measure").selectOption("integral");
    await select(page, "Normalise").selectOption("minmax");
  },
  edits: async (page) => {
    await page.getByText("What if: change cells").click();
    await drawn(page);
    const cell = page.locator(".cells input").nth(20);
    await cell.fill(String(Number(await cell.inputValue()) * 1.1));
    await page.keyboard.press("Tab");
    await page.locator(".field", {hasText: "Weight of the code"})
      .locator("input[type=number]").first().fill("1.5");
    await page.keyboard.press("Tab");
  }
};
for (const [name, make] of Object.entries(views)) {
  test(`the view "${name}" is taken away`, async (page) => {
    await make(page);
    await drawn(page);
    for (const what of ["nid", "id"]) {
      await show(page, what);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", {name: "Download CSV"}).click()
      ]);
      await download.saveAs(join(folder, `view-${name}-${what}.csv`));
    }
    await page.getByRole("button", {name: "Copy R code"}).click();
    await drawn(page);
    const code = await page.evaluate(() => navigator.clipboard.readText());
    await page.getByText("R code of this view").click();
    await drawn(page);
    same(await page.textContent("pre"), code, "the code that is shown");
    writeFileSync(join(folder, `view-${name}.R`), code);
  }, "ural", {permissions: ["clipboard-read", "clipboard-write"]});
}

test("the link is copied, or shown to be copied", async (page) => {
  await page.evaluate(() => {
    Object.defineProperty(navigator, "clipboard", {value: undefined});
  });
  await page.getByRole("button", {name: "Copy link"}).click();
  must((await page.inputValue(".spare")).startsWith("file://"), "no link");
}, "ural");

// ---- Looks ------------------------------------------------------------------

for (const [name, width, height, scale] of [["ural", 320, 700, 1],
    ["hostile", 320, 700, 1], ["ural", 800, 900, 1], ["hostile", 640, 450, 2],
    ["ural", 1280, 900, 1], ["russia", 1280, 900, 1]]) {
  test(`${name} fits ${width} points at ${scale}00 %`, async (page) => {
    const over = () => page.evaluate(() => {
      const root = document.documentElement;
      return root.scrollWidth - root.clientWidth;
    });
    same(await over(), 0, "points too wide");
    same(await page.$$eval(".list .value", (all) => all.filter((one) =>
      one.scrollWidth > one.clientWidth).map((one) => one.textContent)), [],
         "values cut");
    await page.screenshot({path: join(screens, `${name}-${width}.png`),
                           fullPage: true});
    for (const toggle of await page.locator(".toggle").all()) {
      await toggle.click();
    }
    same(await over(), 0, "points too wide with tables");
    const body = page.locator(".settings-body");
    if (!await body.evaluate((one) => one.open)) {
      await page.locator(".settings summary").first().click();
    }
    same(await over(), 0, "points too wide with settings");
  }, name, {width, height, deviceScaleFactor: scale});
}

for (const [name, width] of [["ural", 1280], ["hostile", 320]]) {
  test(`axe finds nothing serious, ${name}, ${width}`, async (page) => {
    const look = async (when) => {
      const result = await page.evaluate(() => window.axe.run());
      same(result.violations.filter((one) =>
        ["serious", "critical"].includes(one.impact)).map((one) =>
        `${one.id}: ${one.nodes[0].target}`), [], when);
    };
    await page.evaluate(axe.source);
    if (width < 800) await page.locator(".settings summary").first().click();
    await look("as it opens");
    for (const toggle of await page.locator(".toggle").all()) {
      await toggle.click();
    }
    await page.locator(".what-if > button").click();
    await drawn(page);
    await look("with tables and cells");
  }, name, {width});
}

test("what is printed has the tables, not the controls", async (page) => {
  await page.emulateMedia({media: "print"});
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  // A page that was just opened may draw once more: the tables stay.
  await drawn(page);
  await page.locator(".ranking table").first().waitFor();
  must(!await page.locator(".settings").isVisible(), "controls");
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  await page.emulateMedia({media: null});
  const pdf = await page.pdf({path: join(screens, "ural.pdf"), format: "A4"});
  must(pdf.length > 20000, "an empty file");
}, "ural");

// ---- Size and speed: the sizes are promised, the speed is only told ---------

for (const [name, most] of [["ural", 0.7e6], ["russia", 1.5e6]]) {
  test(`${name} is a small file`, async (page) => {
    const size = statSync(join(folder, `${name}.html`)).size;
    const data = await page.evaluate(() =>
      document.getElementById("nid-data").textContent.length);
    console.log(`  ${name}: ${size} bytes, ${data} of them data`);
    must(size <= most + (name === "ural" ? data : 0), `${size} bytes`);
  }, name);
}

// Alone, when all others are done. Every step is a weight that was not there
// before, so that there is something to do.
const last = ["a slider of 85 regions is moved", async (page) => {
  const told = await page.evaluate(async () => {
    const slider = document.querySelector(".indicator input[type=range]");
    const steps = [];
    for (let i = 0; i < 39; i++) {
      const start = performance.now();
      slider.value = slider.step * (1 + 17 * i % 39);
      slider.dispatchEvent(new Event("input", {bubbles: true}));
      await new Promise((done) => requestAnimationFrame(done));
      document.body.getBoundingClientRect();
      steps.push(performance.now() - start);
    }
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    return {step: steps.sort((a, b) => a - b)[19], paint: paint.startTime,
            outlines: document.querySelectorAll(".map .shape").length};
  });
  console.log(`  median slider step ${told.step.toFixed(1)} ms with ` +
    `${told.outlines} outlines, first paint ${told.paint.toFixed(0)} ms`);
}, "russia"];

async function lane(browser) {
  while (cases.length > 0) await run(browser, ...cases.shift());
}

await Promise.all(browsers.map(lane));
await run(browsers[0], ...last);
await Promise.all(browsers.map((one) => one.close()));
