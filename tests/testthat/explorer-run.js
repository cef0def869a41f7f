// node explorer-run.js engine.js data.json asks.json folder
// What the engine answers to each ask (settings, or the text of a link), as
// files in the folder.
const fs = require("fs");
const [engine, dataFile, askFile, folder] = process.argv.slice(2);
const read = (file) => JSON.parse(fs.readFileSync(file, "utf8"));
const data = read(dataFile), model = require(engine).load(data);
const out = (name, text) => fs.writeFileSync(`${folder}/${name}`, text);
const lines = (rows) => rows.map((row) => row.map((x) =>
  x === null || x === undefined ? "" : x).join("\t") + "\n").join("");

const test = model.selfTest();
out("self.tsv", lines([[test.ok, test.worst, test.n]]));
read(askFile).forEach((ask, i) => {
  const s = typeof ask === "string" ? model.decode(ask) : ask;
  const put = (name, text) => out(`${i + 1}-${name}`, text);
  put("hash.txt", model.encode(s));
  put("again.txt", model.encode(model.decode(model.encode(s))));
  const problems = model.problems(s);
  put("problems.txt", problems.map((p) => p.key + "\n").join(""));
  if (problems.length) return;
  put("code.R", model.rcode(s));
  for (const what of ["basic", "industrial", "dynamic"]) {
    put(what + ".csv", model.csv(s, what));
  }
  const level = [], parts = [], phases = [], record = [], ranks = [];
  model.basic(s).forEach((v, r) =>
    ranks.push([r, v.rank, v.rankLow, v.rankHigh]));
  data.regions.forEach((_, r) => {
    data.codes.forEach((_, c) => model.series(s, r, c).level.forEach((v, t) => {
      if (v.value !== null) level.push([r, c, t, v.value, v.estimate, v.se]);
    }));
    for (const v of model.contributions(s, r)) {
      parts.push([r, v.code, v.indicator, v.time, v.value]);
    }
    [null, ...data.codes.keys()].forEach((c) => {
      model.phases(s, r, c).forEach((v, t) => {
        if (v) phases.push([r, c, t, v.phase, v.prob, v.cor, v.v, v.a, v.ase]);
      });
    });
    model.record(s, r).forEach((v, t) => {
      if (v) record.push([r, t, v.record, v.sure]);
    });
  });
  put("level.tsv", lines(level));
  put("parts.tsv", lines(parts));
  put("phases.tsv", lines(phases));
  put("record.tsv", lines(record));
  put("ranks.tsv", lines(ranks));
});
