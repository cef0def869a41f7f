// Opens pages in a browser, asks axe-core of each and prints it on A4.
//
//   node print.mjs CHROMIUM FILE.html...     writes FILE.pdf beside each
//
// A line for each case: "ok NAME" or "not ok NAME: why".

import {createRequire} from "node:module";
import {basename} from "node:path";

const require = createRequire(new URL("../explorer/", import.meta.url));
const {chromium} = require("playwright-core");
const axe = require("axe-core");

const [program, ...files] = process.argv.slice(2);
const browser = await chromium.launch({executablePath: program,
                                       args: ["--no-sandbox"]});

// Of serious faults each with the first place it was seen at.
async function faults(page) {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => window.axe.run());
  return found.violations
    .filter((v) => ["serious", "critical"].includes(v.impact))
    .map((v) => `${v.id} (${v.nodes.length}): ${v.nodes[0].html.slice(0, 80)}`);
}

// What paper cuts: all that is wider than the page, pictures higher than it,
// numbers that need two lines. A4 less the margins is 180 mm by 267 mm.
function cut() {
  const mm = 96 / 25.4;
  const out = [];
  for (const table of document.querySelectorAll("table")) {
    const right = table.getBoundingClientRect().right;
    if (right > 182 * mm) out.push(`table ${Math.round(right / mm)} mm`);
  }
  for (const img of document.querySelectorAll("img")) {
    const box = img.getBoundingClientRect();
    if (box.height > 267 * mm || box.right > 182 * mm) {
      out.push(`picture ${img.alt.slice(0, 40)}`);
    }
  }
  const numbers = "td[align=right], td[style*=right]";
  for (const cell of document.querySelectorAll(numbers)) {
    const range = document.createRange();
    range.selectNodeContents(cell);
    const lines = new Set([...range.getClientRects()].map((r) => r.top));
    if (lines.size > 1) out.push(`number ${cell.textContent}`);
  }
  return out;
}

function tell(name, why) {
  console.log(why.length > 0 ? `not ok ${name}: ${why.slice(0, 3).join("; ")}`
    : `ok ${name}`);
}

for (const file of files) {
  const page = await browser.newPage({viewport: {width: 1280, height: 900}});
  await page.goto(`file://${file}`);
  tell(`${basename(file)} has no serious fault (axe)`, await faults(page));
  await page.setViewportSize({width: 680, height: 1009});
  await page.emulateMedia({media: "print"});
  tell(`${basename(file)} is not cut on A4`, await page.evaluate(cut));
  await page.pdf({path: file.replace(/html$/, "pdf"), preferCSSPageSize: true});
  await page.close();
}
await browser.close();
