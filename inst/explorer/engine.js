// The model, computed anew in the page. No document here, and no names:
// regions, times, indicators and codes are places, from 0. R wrote what depends
// on the times alone (the matrices of each grid); everything that depends on
// values is computed below as R's core computes it. NaN stands for what is not
// known.
var NidEngine = (() => {
  "use strict";

  // ---- Student's t ----------------------------------------------------------

  // Beyond it a t is a normal to the last digit.
  const NORMAL_DF = 1e10;

  // Gamma(a + 1/2) / Gamma(a): a series at a + 25, brought back step by step.
  function gammaRatio(a) {
    const b = a + 25, s = 1 / (b * b);
    let out = Math.sqrt(b) * Math.exp(-(1 / 8 - (1 / 192 - (1 / 640 -
      17 / 14336 * s) * s) * s) / b);
    for (let k = 24; k >= 0; k--) out *= (a + k) / (a + k + 0.5);
    return out;
  }

  // The continued fraction of the incomplete beta function of x = 1 - y in the
  // form of DiDonato and Morris (1992), in which nothing cancels where a is
  // large and x near its mean.
  function betaFraction(a, b, x, y) {
    const start = 1 + a * y - b * x;
    let p = 0, q = 1, r = 1, s = a * start / (a + 1), out = r / s;
    for (let n = 1; n < 1e6; n++) {
      const w = n * (b - n) * x, m = a + 2 * n - 1;
      const alpha = (a + n - 1) * (a + b + n - 1) / (m * m) * w * x;
      const beta = n + w / m + (a + n) / (m + 2) * (start + n * (1 + y));
      const top = alpha * p + beta * r, under = alpha * q + beta * s;
      p = r / under;
      q = s / under;
      r = top / under;
      s = 1;
      if (!(Math.abs(r - out) > 1e-14 * r)) break;
      out = r;
    }
    return a * r;
  }

  // P(Z > z) of a normal, z >= 0.
  function normalTail(z) {
    const density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
    if (z > 2.5) {
      let out = 0;
      for (let k = 200; k > 0; k--) out = k / (z + out);
      return density / (z + out);
    }
    let term = z, sum = z;
    for (let k = 3; term > 1e-17 * sum; k += 2) sum += term *= z * z / k;
    return 0.5 - density * sum;
  }

  function tDensity(t, df) {
    return df > NORMAL_DF ? Math.exp(-t * t / 2) / Math.sqrt(2 * Math.PI) :
      gammaRatio(df / 2) / Math.sqrt(df * Math.PI) *
        Math.exp(-(df + 1) / 2 * Math.log1p(t * t / df));
  }

  // P(T > t), t >= 0.
  function tTail(t, df) {
    if (t === Infinity) return 0;
    if (df > NORMAL_DF) return normalTail(t);
    const a = df / 2, x = df / (df + t * t), y = t * t / (df + t * t);
    const front = Math.exp(-a * Math.log1p(t * t / df)) * Math.sqrt(y) *
      gammaRatio(a) / Math.sqrt(Math.PI);
    return x < (a + 1) / (a + 2.5) ? front * betaFraction(a, 0.5, x, y) / df :
      0.5 - front * betaFraction(0.5, a, y, x);
  }

  function pt(t, df) {
    if (!(df > 0) || Number.isNaN(t)) return NaN;
    return t > 0 ? 1 - tTail(t, df) : tTail(-t, df);
  }

  // The value that |T| does not exceed with probability `level`: Newton between
  // the logarithms of t and of the tail, nearly a line. Asked for over and
  // over.
  const quantiles = new Map();
  function tQuantile(level, df) {
    if (!(df > 0)) return NaN;
    if (!(level > 0)) return 0;
    const key = level + "," + df;
    if (!quantiles.has(key)) {
      const tail = (1 - level) / 2;
      let t = 1;
      for (let i = 0; i < 100; i++) {
        const q = tTail(t, df);
        let step = Math.log(q / tail) * q / (t * tDensity(t, df));
        step = Math.max(-2, Math.min(2, step));
        t *= Math.exp(step);
        if (Math.abs(step) < 1e-15) break;
      }
      if (quantiles.size > 1e5) quantiles.clear();
      quantiles.set(key, t);
    }
    return quantiles.get(key);
  }

  // A zero that is known exactly is as likely above as below.
  function positive(estimate, se, df) {
    if (Number.isNaN(estimate) || Number.isNaN(se)) return NaN;
    return se === 0 ? (Math.sign(estimate) + 1) / 2 : pt(estimate / se, df);
  }

  // ---- Small helps ----------------------------------------------------------

  const isNumber = (x) => typeof x === "number" && !Number.isNaN(x);
  const known = (x) => isNumber(x) && isFinite(x) ? x : null;
  const numbers = (x) => Float64Array.from(x || [], (v) => v === null ?
    NaN : v);
  const range = (n) => Array.from({length: n}, (_, i) => i);

  // Of sizes; 0 where there is none.
  const largest = (x) => x.reduce((most, v) =>
    isNumber(v) ? Math.max(most, Math.abs(v)) : most, 0);

  function dot(a, b) {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
    return sum;
  }

  // What is asked for is kept, the last `most` of it.
  function remember(most, make) {
    const kept = new Map();
    return (key, ...rest) => {
      let out = kept.get(key);
      if (out === undefined) out = make(...rest);
      kept.delete(key);
      kept.set(key, out);
      if (kept.size > most) kept.delete(kept.keys().next().value);
      return out;
    };
  }

  // ---- The grid of lambda ---------------------------------------------------

  const POINTS = 41, EPS = 2.220446049250313e-16;

  // Equal steps of log lambda; the square root of the share of degrees of
  // freedom in use is uniform.
  function lambdaGrid(e) {
    const r = e.length;
    const low = Math.log(1e-4 / e.reduce((s, x) => s + x, 0));
    const high = Math.log(e.reduce((s, x) => s + 1 / x, 0) / 1e-3);
    const h = (high - low) / (POINTS - 1);
    const lambda = new Float64Array(POINTS), log = new Float64Array(POINTS);
    for (let g = 0; g < POINTS; g++) {
      lambda[g] = Math.exp(low + h * g);
      let det = 0, u = 0, rest = 0, slope = 0;
      for (let j = 0; j < r; j++) {
        const a = lambda[g] * e[j], d = 1 / (1 + a), s = a * d;
        det += Math.log1p(a);
        u += s;
        rest += d;
        slope += s * d;
      }
      const root = Math.sqrt(u / r);
      let mass = h * (slope / r) / (2 * root);
      if (g === 0) mass = 0.5 * mass + root;
      if (g === POINTS - 1) mass = 0.5 * mass + (rest / r) / (1 + root);
      log[g] = Math.log(mass) - det / 2;
    }
    return {lambda, log, low, h, last: low + h * (POINTS - 1),
            d: restsOf(lambda, e)};
  }

  // Root of a falling function, f(a) >= 0 >= f(b): the Illinois form, with a
  // bisection whenever it stalls.
  function fallingRoot(f, a, fa, b, fb) {
    let side = 0;
    for (let i = 0; i < 200 && b - a > 1e-12 * (1 + Math.abs(a)); i++) {
      let x = (a * fb - b * fa) / (fb - fa);
      if (!(x > a && x < b) || i % 8 === 7) x = 0.5 * (a + b);
      const fx = f(x);
      if (fx === 0) return x;
      if (fx > 0) {
        a = x;
        fa = fx;
        if (side === 1) fb *= 0.5;
        side = 1;
      } else {
        b = x;
        fb = fx;
        if (side === -1) fa *= 0.5;
        side = -1;
      }
    }
    return 0.5 * (a + b);
  }

  // Where the restricted likelihood is highest, or cross-validation least.
  function bestLambda(grid, e, zz, floor, gcv) {
    const r = e.length;
    const value = (lambda) => {
      let rss = floor, trace = 0, det = 0;
      for (let j = 0; j < r; j++) {
        const d = 1 / (1 + lambda * e[j]);
        rss += zz[j] * (gcv ? d * d : d);
        trace += d;
        if (!gcv) det += Math.log1p(lambda * e[j]);
      }
      return gcv ? 2 * Math.log(trace) - Math.log(rss) :
        -0.5 * (det + r * Math.log(rss));
    };
    // Of two shares that are both near 1 at one end: there of what they leave.
    const slope = (log) => {
      const lambda = Math.exp(log);
      let rss = floor, fall = 0, stay = floor, share = 0, rest = 0, trace = 0;
      for (let j = 0; j < r; j++) {
        const a = lambda * e[j], d = 1 / (1 + a), s = a * d;
        const part = zz[j] * (gcv ? d * d : d);
        rss += part;
        fall += part * s;
        stay += part * d;
        share += gcv ? d * s : s;
        rest += gcv ? d * d : d;
        trace += d;
      }
      const all = gcv ? trace : r;
      return (gcv ? 2 : 0.5 * r) * (trace > 0.5 * r ?
        fall / rss - share / all : rest / all - stay / rss);
    };
    let best = 0, top = value(0), a = grid.low, fa = slope(a);
    const keep = (x) => {
      const v = value(x);
      if (v > top) [top, best] = [v, x];
    };
    for (let g = 1; g < POINTS || (fa > 0 && a < grid.last + 25); g++) {
      const b = a + grid.h, fb = slope(b);
      if (fa > 0 && fb <= 0) keep(Math.exp(fallingRoot(slope, a, fa, b, fb)));
      [a, fa] = [b, fb];
    }
    if (fa > 0) keep(Math.exp(a));
    return best;
  }

  // Lambda at which the curve uses so many free degrees of freedom.
  function lambdaForTrace(grid, e, used) {
    const excess = (log) => {
      const lambda = Math.exp(log);
      return e.reduce((s, x) => s - lambda * x / (1 + lambda * x), used);
    };
    const low = grid.low - 25, high = grid.last + 25;
    const a = excess(low), b = excess(high);
    if (a <= 0) return 0;
    return Math.exp(b >= 0 ? high : fallingRoot(excess, low, a, high, b));
  }

  // ---- Curves ---------------------------------------------------------------

  // One grid of R's as arrays. Levels at the times are polynomial and
  // directions themselves.
  function readGrid(raw, n) {
    if (raw.rows) {
      return {n, df: raw.df === null ? NaN : raw.df, bends: true,
              rows: raw.rows.map((x) => rowsOf(numbers(x), n))};
    }
    const p = raw.polynomial.length / n, r = raw.e.length;
    const matrix = (x, k) => rowsOf(numbers(x), n, k);
    const level = {rho: matrix(raw.polynomial, p),
                   phi: matrix(raw.directions, r), kriging: null, level: 1};
    const e = numbers(raw.e);
    return {n, p, r, e, bends: raw.bends, search: r > 0 ? lambdaGrid(e) : null,
            cross: raw.cross ? numbers(raw.cross) : null,
            at: [level].concat(raw.rates.map((x) => ({
              rho: matrix(x.rho, p), phi: matrix(x.phi, r),
              kriging: numbers(x.kriging), level: 0
            })))};
  }

  function rowsOf(flat, n, k = n) {
    return range(flat.length > 0 || k === 0 ? n : 0).map((i) =>
      flat.subarray(i * k, (i + 1) * k));
  }

  // 1 / (1 + lambda e_j), lambda after lambda.
  function restsOf(lambda, e) {
    const r = e.length, out = new Float64Array(lambda.length * r);
    for (let g = 0; g < lambda.length; g++) {
      for (let j = 0; j < r; j++) out[g * r + j] = 1 / (1 + lambda[g] * e[j]);
    }
    return out;
  }

  // Of values y on a grid: coefficients, and what the choice of lambda comes
  // to. `how`: mode and value of the rate; `kept`: weights and lambdas of a
  // frozen one; `least`: the sd of the rounding of the values.
  function fitCurve(grid, y, how, kept, least) {
    const {n, p, r, e} = grid, base = y[0], level = grid.at[0];
    const b = new Float64Array(p), z = new Float64Array(r);
    for (let i = 0; i < n; i++) {
      const c = y[i] - base, rho = level.rho[i], phi = level.phi[i];
      for (let k = 0; k < p; k++) b[k] += rho[k] * c;
      for (let j = 0; j < r; j++) z[j] += phi[j] * c;
    }
    const fit = {grid, base, b, z, df: r > 0 ? r : NaN, sigma: NaN,
                 s: new Float64Array(r), rest: new Float64Array(r)};
    if (r > 0) smooth(fit, how, kept, least);
    return fit;
  }

  function smooth(fit, how, kept, least) {
    const {grid, b, z, base} = fit, {e, r, search} = grid;
    const zz = z.map((x) => x * x);
    const size = base * base + dot(b, b) + dot(z, z);
    const floor = size > 0 ? r * EPS * EPS * size : 1;
    const inverse = size > 0 ? 1 / r : 0;
    const lambda = lambdasOf(grid, how, kept, zz, floor);
    const G = lambda.length;
    const d = lambda === search.lambda ? search.d : restsOf(lambda, e);
    const s2 = new Float64Array(G), weight = new Float64Array(G);
    let top = -Infinity;
    for (let g = 0; g < G; g++) {
      let rss = floor;
      for (let j = 0, at = g * r; j < r; j++) rss += zz[j] * d[at + j];
      s2[g] = Math.max(rss * inverse, least * least);
      weight[g] = how.mode === "average" && !kept ?
        search.log[g] - 0.5 * r * Math.log(rss) : 0;
      top = Math.max(top, weight[g]);
    }
    let sum = 0;
    for (let g = 0; g < G; g++) sum += weight[g] = Math.exp(weight[g] - top);
    for (let g = 0; g < G; g++) {
      weight[g] = kept ? kept.weight[g] : weight[g] / sum;
    }
    moments(fit, lambda, weight, s2, d);
  }

  function lambdasOf(grid, how, kept, zz, floor) {
    if (kept) return kept.lambda || grid.search.lambda;
    if (how.mode === "average") return grid.search.lambda;
    if (how.mode === "lambda") return [how.value];
    if (how.mode === "df") {
      if (grid.wanted === undefined) {
        grid.wanted = lambdaForTrace(grid.search, grid.e, how.value - grid.p);
      }
      return [grid.wanted];
    }
    return [bestLambda(grid.search, grid.e, zz, floor, how.mode === "gcv")];
  }

  // Means over lambda: of s_j, d_j, and of s2, s2 lambda, s2 s_j.
  function moments(fit, lambda, weight, s2, d) {
    const {e, r} = fit.grid, G = lambda.length;
    const mean = new Float64Array(r), rest = new Float64Array(r);
    const noise = new Float64Array(r);
    let noise0 = 0, wild = 0;
    for (let g = 0; g < G; g++) {
      const p = weight[g], q = p * s2[g], l = lambda[g], at = g * r;
      noise0 += q;
      wild += q * l;
      for (let j = 0; j < r; j++) {
        const one = d[at + j], s = l * e[j] * one;
        mean[j] += p * s;
        rest[j] += p * one;
        noise[j] += q * s;
      }
    }
    Object.assign(fit, {s: mean, rest, noise, noise0, wild, weight, d,
                        sigma: Math.sqrt(noise0)});
  }

  // A functional of a curve: sum over the times of weights times the rate of an
  // order. Times with weight 0 do not enter.
  function functional(grid, order, weight) {
    const at = grid.at[order], {n, p, r} = grid;
    const rho = new Float64Array(p), phi = new Float64Array(r);
    let kriging = 0, level = 0;
    for (let i = 0; i < n; i++) {
      const w = weight[i];
      if (w === 0) continue;
      level += w * at.level;
      for (let k = 0; k < p; k++) rho[k] += w * at.rho[i][k];
      for (let j = 0; j < r; j++) phi[j] += w * at.phi[i][j];
      if (!at.kriging) continue;
      const row = i * (i + 1) / 2;
      for (let j = 0; j < i; j++) {
        kriging += 2 * w * weight[j] * at.kriging[row + j];
      }
      kriging += w * w * at.kriging[row + i];
    }
    return {rho, phi, kriging: Math.max(kriging, 0), level};
  }

  // Its covariance with another (itself) under one fit.
  function curveCovariance(fit, f, g, kriging) {
    const {z, rest, d, weight} = fit, r = z.length;
    let out = dot(f.rho, g.rho) * fit.noise0 + kriging * fit.wild;
    for (let j = 0; j < r; j++) out += f.phi[j] * g.phi[j] * fit.noise[j];
    if (weight.length === 1) return out;
    const x = new Float64Array(r), y = f === g ? x : new Float64Array(r);
    for (let j = 0; j < r; j++) {
      x[j] = f.phi[j] * z[j];
      if (f !== g) y[j] = g.phi[j] * z[j];
    }
    for (let k = 0; k < weight.length; k++) {
      let a = 0, b = 0;
      for (let j = 0, at = k * r; j < r; j++) {
        const off = d[at + j] - rest[j];
        a += x[j] * off;
        b += y[j] * off;
      }
      out += weight[k] * a * b;
    }
    return out;
  }

  function curveEstimate(fit, f) {
    let out = dot(f.rho, fit.b) + f.level * fit.base;
    for (let j = 0; j < fit.z.length; j++)
      out += f.phi[j] * fit.z[j] * fit.s[j];
    return out;
  }

  // ---- Series ---------------------------------------------------------------

  // A series of a code in a region: values y at times (places), step marks, and
  // its parts, curves between breaks (a linear rate has one part).

  // list: part by part what `visit` gives for the weights of that part; a part
  // without weights is idle.
  function overParts(series, weight, visit) {
    for (const part of series.parts) {
      const own = weight.subarray(part.from, part.from + part.grid.n);
      if (own.some((w) => w !== 0)) visit(part, own);
    }
  }

  // Estimate, error and df of sum_i weight_i (rate of an order at time i).
  function weigh(model, series, order, weight) {
    const out = model.rate.curve ? weighCurve(series, order, weight) :
      weighRows(model, series, order, weight);
    if (series.unsure && out.se >= 0) {
      const o = operator(model, series, order, weight, false);
      let extra = out.se * out.se;
      for (const load of series.unsure) extra += dot(o, load) ** 2;
      out.se = Math.sqrt(extra);
    }
    return out;
  }

  function weighCurve(series, order, weight) {
    let estimate = 0, variance = 0;
    overParts(series, weight, (part, own) => {
      const f = functional(part.grid, order, own);
      estimate += curveEstimate(part.fit, f);
      variance += part.grid.r > 0 ?
        curveCovariance(part.fit, f, f, f.kriging) : NaN;
    });
    return {estimate, se: Math.sqrt(Math.max(variance, 0)), df: series.df};
  }

  function rowOf(grid, order, weight) {
    const out = new Float64Array(grid.n);
    for (let i = 0; i < grid.n; i++) {
      if (weight[i] === 0) continue;
      const row = grid.rows[order][i];
      for (let j = 0; j < grid.n; j++) out[j] += weight[i] * row[j];
    }
    return out;
  }

  function weighRows(model, series, order, weight) {
    const part = series.parts[0], o = rowOf(part.grid, order, weight);
    const base = model.rate.centred ? series.y[0] : 0;
    let estimate = order === 0 ? base * weight.reduce((s, w) => s + w, 0) : 0;
    let square = 0;
    for (let i = 0; i < o.length; i++) {
      estimate += o[i] * (series.y[i] - base);
      square += (o[i] * series.sd[i]) ** 2;
    }
    return {estimate, se: Math.sqrt(square), df: series.df};
  }

  // Weights of the values in such a sum, given its tuning; times the sd of the
  // noise if wanted.
  function operator(model, series, order, weight, noisy) {
    const out = new Float64Array(series.y.length);
    if (!model.rate.curve) {
      const o = rowOf(series.parts[0].grid, order, weight);
      return noisy ? o.map((w, i) => w * series.sd[i]) : o;
    }
    overParts(series, weight, (part, own) => {
      const {grid, fit, from} = part, {n, p, r} = grid;
      if (noisy && r === 0) return;
      const f = functional(grid, order, own), {rho, phi} = grid.at[0];
      const size = noisy ? fit.sigma : 1, bend = new Float64Array(r);
      for (let j = 0; j < r; j++) bend[j] = f.phi[j] * fit.s[j];
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let k = 0; k < p; k++) sum += rho[i][k] * f.rho[k];
        for (let j = 0; j < r; j++) sum += phi[i][j] * bend[j];
        out[from + i] = sum * size;
      }
    });
    return out;
  }

  // Weights of the rate of an order at time i alone; of the change of V over
  // the step to it where the second order is over steps. null: there is none.
  function pointWeights(model, series, order, i) {
    const n = series.y.length, out = new Float64Array(n);
    if (order > (model.rate.steps ? 2 : model.rate.top)) return null;
    if (order === 2 && model.rate.steps) {
      const split = model.breaks === "split" && series.step[i];
      if (i === 0 || split || !series.ends[i] || !series.ends[i - 1])
        return null;
      const h = series.time[i] - series.time[i - 1];
      out[i] = 1 / h;
      out[i - 1] = -1 / h;
      return {order: 1, weight: out};
    }
    out[i] = 1;
    return {order, weight: out};
  }

  const NOTHING = Object.freeze({estimate: NaN, se: NaN, df: NaN});

  function at(model, series, order, i) {
    const one = i < 0 ? null : pointWeights(model, series, order, i);
    if (!one) return NOTHING;
    const out = weigh(model, series, one.order, one.weight);
    return {...out, df: series.dfAt[i]};
  }

  // Whether a rate of an order exists at time i.
  function defined(model, series, order, i) {
    const part = series.parts[series.partOf[i]], k = i - part.from;
    const row = model.rate.curve ? part.grid.at[order] &&
      part.grid.at[order].rho :
      part.grid.rows[order];
    return Boolean(row && row.length && !row[k].some(Number.isNaN));
  }

  // ---- Sums over codes ------------------------------------------------------

  // 0 1, 0 2, ..., 1 2, ...
  const pairLists = [];
  function pairsOf(k) {
    if (!pairLists[k]) {
      pairLists[k] = range(k).flatMap((a) =>
        range(k).filter((b) => b > a).map((b) => [a, b]));
    }
    return pairLists[k];
  }

  // se and df of a weighted sum; half of Satterthwaite's df, but not below that
  // of the code that has least. `rho`: of pairs, null: independent.
  function combine(se, df, weight, rho) {
    const k = se.length, part = se.map((s, c) => s * weight[c]);
    if (k === 1) return {se: Math.abs(part[0]), df: df[0]};
    // An error that is 0 but for rounding has no say.
    const none = 1e-12 * largest(part);
    let variance = 0, fourth = 0, least = Infinity;
    for (let c = 0; c < k; c++) {
      const square = part[c] * part[c];
      variance += square;
      fourth += square * square / df[c];
      least = Math.min(least, Math.abs(part[c]) <= none ? Infinity : df[c]);
    }
    const dof = variance === 0 ? Infinity :
      Math.max(variance * variance / fourth / 2, least);
    if (rho) {
      pairsOf(k).forEach(([a, b], j) => {
        variance += 2 * rho[j] * part[a] * part[b];
      });
    }
    return {se: Math.sqrt(Math.max(variance, 0)), df: dof};
  }

  // Negative eigenvalues of a correlation become 0, its diagonal 1 again.
  function nextCorrelation(rho, k) {
    const m = range(k).map((a) => range(k).map((b) => a === b ? 1 : 0));
    pairsOf(k).forEach(([a, b], j) => { m[a][b] = m[b][a] = rho[j]; });
    if (isPositive(m)) return rho;
    const {values, vectors} = jacobi(m);
    if (values.every((v) => v >= 0)) return rho;
    const half = range(k).map((a) => values.map((v, c) =>
      vectors[a][c] * Math.sqrt(Math.max(v, 0))));
    return Float64Array.from(pairsOf(k), ([a, b]) => dot(half[a], half[b]) /
      Math.sqrt(dot(half[a], half[a]) * dot(half[b], half[b])));
  }

  // Whether Cholesky's way through a matrix meets no pivot near 0.
  function isPositive(m) {
    const k = m.length, l = range(k).map(() => new Float64Array(k));
    for (let i = 0; i < k; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = m[i][j];
        for (let q = 0; q < j; q++) sum -= l[i][q] * l[j][q];
        if (i === j && !(sum > 1e-8)) return false;
        l[i][j] = i === j ? Math.sqrt(sum) : sum / l[j][j];
      }
    }
    return true;
  }

  function jacobi(m) {
    const k = m.length,
      v = range(k).map((a) => range(k).map((b) => +(a === b)));
    for (let sweep = 0; sweep < 60; sweep++) {
      let off = 0;
      for (const [p, q] of pairsOf(k)) {
        off += m[p][q] ** 2;
        if (m[p][q] === 0) continue;
        const tau = (m[q][q] - m[p][p]) / (2 * m[p][q]);
        const t = (tau < 0 ? -1 : 1) / (Math.abs(tau) + Math.hypot(1, tau));
        const c = 1 / Math.hypot(1, t), s = t * c;
        for (let i = 0; i < k; i++) {
          const [a, b] = [m[i][p], m[i][q]];
          m[i][p] = c * a - s * b;
          m[i][q] = s * a + c * b;
        }
        for (let i = 0; i < k; i++) {
          const [a, b, x, y] = [m[p][i], m[q][i], v[i][p], v[i][q]];
          m[p][i] = c * a - s * b;
          m[q][i] = s * a + c * b;
          v[i][p] = c * x - s * y;
          v[i][q] = s * x + c * y;
        }
      }
      if (off < 1e-32) break;
    }
    return {values: m.map((row, i) => row[i]), vectors: v};
  }

  // ---- From data to values of codes -----------------------------------------

  const TRANSFORMS = {
    none: {forward: (x) => x, slope: () => 1},
    log: {forward: Math.log, slope: (x) => 1 / x},
    log1p: {forward: Math.log1p, slope: (x) => 1 / (1 + x)},
    sqrt: {forward: Math.sqrt, slope: (x) => x > 0 ? 0.5 / Math.sqrt(x) : NaN},
    logit: {forward: (x, top) => Math.log(x / (top - x)),
            slope: (x, top) => top / (x * (top - x))}
  };

  function outside(one, x) {
    return !isFinite(x) ||
      (one.low !== null && (x < one.low || (x === one.low && !one.closed))) ||
      (one.high !== null && x >= one.high);
  }

  // Mean, sd, least and largest of the values that are there.
  function momentsOf(x, rows) {
    let n = 0, sum = 0, first = NaN, low = Infinity, high = -Infinity;
    for (const i of rows) {
      if (Number.isNaN(x[i])) continue;
      if (n++ === 0) first = x[i];
      sum += x[i] - first;
      low = Math.min(low, x[i]);
      high = Math.max(high, x[i]);
    }
    if (n === 0) return {mean: NaN, sd: NaN, min: NaN, max: NaN};
    const mean = first + sum / n;
    let rest = 0, square = 0;
    for (const i of rows) {
      if (Number.isNaN(x[i])) continue;
      rest += x[i] - mean;
      square += (x[i] - mean) ** 2;
    }
    const sd = n < 2 ? NaN : low === high ? 0 :
      Math.sqrt((square - rest * rest / n) / (n - 1));
    return {mean, sd, min: low, max: high};
  }

  // Ranks on 0..1, ties in the middle.
  function ranksOf(x, groups) {
    const out = new Float64Array(x.length).fill(NaN);
    for (const rows of groups) {
      const seen = rows.filter((i) => !Number.isNaN(x[i]));
      seen.sort((a, b) => x[a] - x[b]);
      for (let i = 0; i < seen.length;) {
        let j = i;
        while (j < seen.length && x[seen[j]] === x[seen[i]]) j++;
        for (let k = i; k < j; k++) {
          out[seen[k]] = seen.length > 1 ? (i + j - 1) / 2 / (seen.length - 1) :
            0;
        }
        i = j;
      }
    }
    return out;
  }

  // Centre and scale of an indicator, one for all regions or one each.
  function affine(model, kind, k, x) {
    const {reference, regionRows, allRows, time} = model;
    const one = model.indicators[k];
    if (reference.kind === "fixed") {
      return {centre: reference.centre[k], scale: reference.scale[k]};
    }
    if (kind === "none" || kind === "rank") return {centre: [0], scale: [1]};
    if (kind === "goalposts") {
      return {centre: [one.goalLow], scale: [one.goalHigh - one.goalLow]};
    }
    if (kind === "index") {
      const base = regionRows.map((rows) => {
        const row = rows.find((i) => time[i] === reference.time);
        return row === undefined ? NaN : x[row] / 100;
      });
      return {centre: base.map(() => 0), scale: base};
    }
    const groups = reference.kind === "region" ? regionRows :
      reference.kind === "time" ?
        [allRows.filter((i) => time[i] === reference.time)] : [allRows];
    const m = groups.map((rows) => momentsOf(x, rows));
    return kind === "zscore" ?
      {centre: m.map((v) => v.mean), scale: m.map((v) => v.sd)} :
      {centre: m.map((v) => v.min), scale: m.map((v) => v.max - v.min)};
  }

  const BOUNDED = ["minmax", "goalposts", "rank"];

  // What becomes of the raw values, with the reader's edits: z = sign (x -
  // centre) / scale, 1 - z of a bounded one turned round.
  function columns(model, settings) {
    return model.indicators.map((_, k) => {
      const edits = settings.edits.filter((e) => e.indicator === k);
      return model.column(JSON.stringify(
        [k, settings.normalise, settings.flip[k], edits]), settings, edits, k);
    });
  }

  function column(model, settings, edits, k) {
    const one = model.indicators[k], kind = settings.normalise;
    let x = model.raw[k];
    if (edits.length) x = x.slice();
    for (const e of edits) x[rowAt(model, e.region, e.time)] = e.value;
    const transform = TRANSFORMS[one.transform];
    let value = kind === "rank" ?
      ranksOf(x, model.reference.kind === "region" ? model.regionRows :
        [model.allRows]) : x.map((v) => transform.forward(v, one.high));
    const map = affine(model, kind, k, value);
    const own = model.predicted[k];
    if (own) {
      value = value.slice();
      own.forEach((v, row) => { value[row] = v; });
    }
    const sign = one.direction * (settings.flip[k] ? -1 : 1);
    const turned = sign < 0 && BOUNDED.includes(kind) ? 1 : 0;
    const inverse = map.scale.map((s) => Number.isNaN(s) || s === null ?
      (kind === "index" ? NaN : 0) : s === 0 ? 0 : 1 / s);
    const z = new Float64Array(value.length);
    model.regionRows.forEach((rows, r) => {
      const c = map.centre[map.centre.length > 1 ? r : 0];
      const f = inverse[inverse.length > 1 ? r : 0];
      for (const i of rows) z[i] = turned + sign * ((value[i] - c) * f);
    });
    const inverseOf = (r) => inverse[inverse.length > 1 ? r : 0];
    const there = Uint8Array.from(value, (v) => Number.isNaN(v) ? 0 : 1);
    const ever = model.regionRows.map((rows) => rows.some((i) => there[i]));
    return {z, sign, inverseOf, there, ever, rounding: !model.rounded ? null :
      model.regionRows.map((rows, r) =>
        roundingSize(x, rows, transform, one.high) * inverseOf(r))};
  }

  // What a value of a region can be off by its rounding, after its transform.
  function roundingSize(x, rows, transform, top) {
    const unit = roundingUnit(x, rows);
    if (unit === 0) return 0;
    let square = 0, n = 0;
    for (const i of rows) {
      const slope = Number.isNaN(x[i]) ? NaN : transform.slope(x[i], top);
      if (!isFinite(slope)) continue;
      square += slope * slope;
      n++;
    }
    return unit * Math.sqrt(square / n);
  }

  const rowAt = (model, r, t) => {
    const row = model.regionRows[r] &&
      model.regionRows[r].find((i) => model.time[i] === t);
    return row === undefined ? -1 : row;
  };

  // The weights of the indicators of a code of which only some are there:
  // within every node those that are share its weight.
  function sharesBelow(ways, weight, here, level = 1, mass = null) {
    const total = mass === null ? weight.reduce((s, w) => s + w, 0) : mass;
    const out = new Float64Array(weight.length), items = new Map();
    ways.forEach((way, k) => {
      const item = way[Math.min(level, way.length - 1)];
      if (!items.has(item)) items.set(item, []);
      items.get(item).push(k);
    });
    const alive = [...items.values()].filter((own) => own.some((k) => here[k]));
    const size = (own) => own.reduce((s, k) => s + weight[k], 0);
    const all = alive.reduce((s, own) => s + size(own), 0);
    for (const own of alive) {
      const share = total * size(own) / all;
      const below = ways[own[0]].length <= level + 1 ? own.map(() => share) :
        sharesBelow(own.map((k) => ways[k]), own.map((k) => weight[k]),
                    own.map((k) => here[k]), level + 1, share);
      own.forEach((k, j) => { out[k] = below[j]; });
    }
    return out;
  }

  // Of the indicators that a code uses: rows at which the code exists, rows
  // that start a new composition or a new method, and, where a tree shares
  // weights out, which are there in each row.
  function composition(model, cols, used, c) {
    const available = model.missing === "available";
    const exists = new Uint8Array(model.allRows.length), starts = new Set();
    const tree = used.some((k) => model.indicators[k].path.length > 0) &&
      used.some((k) => model.holes[k]);
    const here = tree ? new Array(exists.length) : null;
    model.regionRows.forEach((rows, r) => {
      let before = null;
      const whole = used.map((k) => cols[k].ever[r] ? "1" : "0").join("");
      for (const i of rows) {
        const now = used.map((k) => cols[k].there[i]).join("");
        if (tree) here[i] = available ? now : whole;
        exists[i] = now.includes("1") && (available || now === whole) ? 1 : 0;
        if (!exists[i] || !available) continue;
        if (before !== null && now !== before) starts.add(i);
        before = now;
      }
    });
    for (const k of used) for (const i of model.breaksOf[k]) starts.add(i);
    const ways = used.map((k) =>
      [c, ...model.indicators[k].path, "\u0000" + k]);
    return {exists, starts, here, ways};
  }

  // A code over the rows of the panel: value, and the weight it is divided by;
  // `weightAt(j, row)`: that of its j-th indicator.
  function defineCode(model, cols, settings, c) {
    const used = model.usedIn(settings, c), shape = settings.normalise + used;
    const made = model.compositions[c](shape, model, cols, used, c);
    const {exists, here} = made;
    const weight = used.map((k) => settings.weights[k]);
    const weightAt = here ? treeWeights(made, weight) : (j) => weight[j];
    const n = exists.length, sum = new Float64Array(n),
      total = new Float64Array(n);
    const kind = model.aggregate;
    used.forEach((k, j) => {
      const {z, there} = cols[k];
      for (let i = 0; i < n; i++) {
        if (!there[i] || !exists[i]) continue;
        const w = weightAt(j, i);
        sum[i] += kind === "mean" ? w * z[i] :
          kind === "geometric" ? w * Math.log(z[i]) : w / z[i];
        total[i] += w;
      }
    });
    const value = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      value[i] = !exists[i] ? NaN : kind === "mean" ? sum[i] / total[i] :
        kind === "geometric" ? Math.exp(sum[i] / total[i]) : total[i] / sum[i];
    }
    return {used, shape, value, total, weightAt, starts: made.starts};
  }

  function treeWeights({here, ways}, weight) {
    const made = new Map();
    return (j, i) => {
      const key = here[i];
      if (!made.has(key)) {
        made.set(key, key.includes("1") && key.includes("0") ?
          sharesBelow(ways, weight, [...key].map((v) => v === "1")) : weight);
      }
      return made.get(key)[j];
    };
  }

  // The unit to which all values of a region are given: 1, .1, ..., 1e-6, else
  // 0.
  function roundingUnit(x, rows) {
    let most = 0;
    for (const i of rows) {
      if (Number.isNaN(x[i])) continue;
      while (most <= 6 && !isRounded(x[i], most)) most++;
      if (most > 6) return 0;
    }
    return rows.some((i) => !Number.isNaN(x[i])) ? 10 ** -most : 0;
  }

  // As R rounds: beyond 15 digits a number is its own rounding.
  function isRounded(x, decimals) {
    if (Number.isInteger(x)) return true;
    const size = Math.floor(Math.log2(Math.abs(x)));
    if (decimals + (size + 0.5) * Math.LOG10E * Math.LN2 > 15) return true;
    return Math.abs(x) < 1e21 && Number(x.toFixed(decimals)) === x;
  }

  // The sd of the rounding of a code in each region.
  function roundingOf(model, cols, settings, code) {
    if (!model.rounded || settings.normalise === "rank") return null;
    return model.regionRows.map((rows, r) => {
      let square = 0, total = 0;
      for (const k of code.used) {
        if (!model.observed[k][r]) continue;
        const w = settings.weights[k], size = w * cols[k].rounding[r];
        total += w;
        if (!Number.isNaN(size)) square += size * size;
      }
      return total > 0 ? Math.sqrt(square / 12) / total : 0;
    });
  }

  // The known sd of the error of each value of a code.
  function knownSd(model, cols, settings, c, code) {
    const given = model.rate.sd[c], n = model.allRows.length;
    if (given !== null) return new Float64Array(n).fill(given);
    const bad = code.used.some((k) => model.indicators[k].sd === null);
    if (bad || model.aggregate !== "mean" || settings.normalise === "rank") {
      return null;
    }
    const out = new Float64Array(n);
    model.regionRows.forEach((rows, r) => {
      for (const i of rows) {
        let square = 0, bottom = 0;
        code.used.forEach((k, j) => {
          if (!cols[k].there[i]) return;
          const w = code.weightAt(j, i);
          square += (w * model.indicators[k].sd * cols[k].inverseOf(r)) ** 2;
          bottom += w;
        });
        out[i] = Math.sqrt(square) / bottom;
      }
    });
    return out;
  }

  // Errors that predicted cells leave in the values of a code, by region and
  // error: loads on the rows.
  function unsureLoads(model, cols, code) {
    const out = new Map();
    for (const one of model.loads) {
      const j = code.used.indexOf(one.indicator);
      if (j < 0) continue;
      const r = model.regionOf[one.row], col = cols[one.indicator];
      const load = one.load * code.weightAt(j, one.row) * col.sign *
        col.inverseOf(r) / code.total[one.row];
      if (!isFinite(load)) continue;
      if (!out.has(r)) out.set(r, new Map());
      const errors = out.get(r);
      if (!errors.has(one.error)) errors.set(one.error, new Map());
      const rows = errors.get(one.error);
      rows.set(one.row, (rows.get(one.row) || 0) + load);
    }
    return out;
  }

  // ---- Series of a code in all regions --------------------------------------

  class Unknown extends Error {}

  function pieceOf(model, c, mask) {
    const key = model.codes[c].kind + ":" + mask.join("");
    const number = model.keys.get(key);
    if (number === undefined) throw new Unknown(key);
    if (!model.grids[number]) {
      const n = mask.filter((m) => m !== ".").length;
      model.grids[number] = readGrid(model.rawGrids[number], n);
    }
    return {number, grid: model.grids[number]};
  }

  // What a series is before its values: rows, times, marks, grids.
  function shapeOf(model, c, code, r) {
    const rows = model.regionRows[r].filter((i) =>
      !Number.isNaN(code.value[i]));
    if (rows.length === 0) return null;
    const shape = {rows, t: rows.map((i) => model.time[i]), ends: [],
      partOf: [],
                   step: stepsOf(model, code, r)};
    shape.time = shape.t.map((t) => model.timeValues[t]);
    shape.parts = partsOf(model, c, shape);
    shape.parts.forEach((part, k) => {
      for (let i = 0; i < part.grid.n; i++) shape.partOf.push(k);
    });
    rows.forEach((_, i) => shape.ends.push(endAt(model, shape, i)));
    return shape;
  }

  function makeSeries(shape, code) {
    const {rows} = shape, y = new Float64Array(rows.length);
    for (let i = 0; i < y.length; i++) y[i] = code.value[rows[i]];
    return {...shape, y, parts: shape.parts.map((part) => ({...part}))};
  }

  // Whether the rate of order 1 can end a step at time i.
  function endAt(model, series, i) {
    return model.rate.curve ? series.parts[series.partOf[i]].grid.bends :
      defined(model, series, 1, i);
  }

  // A break at a time without a value passes to the next that has one; one
  // before the first value breaks nothing.
  function stepsOf(model, code, r) {
    const out = [];
    let pending = false;
    for (const i of model.regionRows[r]) {
      pending = pending || code.starts.has(i);
      if (Number.isNaN(code.value[i])) continue;
      out.push(pending && out.length > 0 && model.breaks !== "ignore");
      pending = false;
    }
    return out;
  }

  // Curves between breaks that split them are series of their own.
  function partsOf(model, c, series) {
    const split = model.breaks === "split" && model.rate.errors === "posterior";
    const parts = [];
    let from = 0;
    for (let i = 1; i <= series.t.length; i++) {
      if (i < series.t.length && !(split && series.step[i])) continue;
      const mask = new Array(model.timeValues.length).fill(".");
      for (let j = from; j < i; j++) {
        mask[series.t[j]] = series.step[j] && !split ? "s" : "1";
      }
      parts.push({from, ...pieceOf(model, c, mask)});
      from = i;
    }
    return parts;
  }

  function fitSeries(model, series, least, sd, kept) {
    if (model.rate.curve) {
      for (const part of series.parts) {
        part.fit = fitCurve(part.grid, series.y.subarray(
          part.from, part.from + part.grid.n), model.rate,
          kept ? kept() : null, least);
      }
      const dfs = series.parts.map((part) => part.fit.df);
      const own = dfs.filter(isNumber);
      series.df = own.length ? Math.min(...own) : NaN;
      series.dfAt = series.partOf.map((k) => dfs[k]);
      return;
    }
    fitRows(model, series, least, sd);
    series.dfAt = series.rows.map(() => series.df);
  }

  function fitRows(model, series, least, sd) {
    const {grid} = series.parts[0], n = grid.n, y = series.y;
    series.residual = new Float64Array(n).fill(NaN);
    if (model.rate.errors === "known") {
      series.sd = Float64Array.from(series.rows, (i) => sd ? sd[i] : NaN);
      series.df = sd ? Infinity : NaN;
      return;
    }
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const row = grid.rows[0][i];
      if (row.some(Number.isNaN)) continue;
      let fit = 0;
      for (let j = 0; j < n; j++) fit += row[j] * (y[j] - y[0]);
      series.residual[i] = y[i] - y[0] - fit;
      sum += series.residual[i] ** 2;
    }
    series.df = grid.df;
    series.sigma = Math.max(Math.sqrt(sum / grid.df), least);
    series.sd = new Float64Array(n).fill(series.sigma);
  }

  // Weights over lambda of a frozen model, series after series.
  function keeper(model, c) {
    const own = model.frozen && model.frozen[c];
    let next = 0;
    return own && (() => {
      const cut = (x) => x && x.subarray(own.points * next,
                                         own.points * (next + 1));
      const out = {weight: cut(own.weight), lambda: cut(own.lambda)};
      next++;
      return out;
    });
  }

  // Everything that the settings of data and codes fix; influence, measure and
  // level come later.
  function prepare(model, settings) {
    const cols = columns(model, settings);
    const codes = model.codes.map((_, c) => model.fitted[c](
      codeKey(model, settings, c), model, cols, settings, c));
    const common = model.commons(codes.map((code) => code.shape).join("|"),
      () =>
      model.regionRows.map((_, r) => meet(model, codes, r)));
    return {cols, codes, common, noise: null};
  }

  // What a code is made of: where it is the same, so is the code.
  function codeKey(model, settings, c) {
    const own = (k) => model.indicators[k].code === c;
    const part = (x) => x.filter((_, k) => own(k));
    return JSON.stringify([settings.normalise, part(settings.weights),
      part(settings.out), part(settings.flip),
      settings.edits.filter((e) => own(e.indicator))]);
  }

  function fitCode(model, cols, settings, c) {
    const code = defineCode(model, cols, settings, c);
    const rounding = roundingOf(model, cols, settings, code);
    const sd = model.rate.errors === "known" ?
      knownSd(model, cols, settings, c, code) : null;
    const loads = unsureLoads(model, cols, code);
    const kept = keeper(model, c);
    const shapes = model.shapes[c](code.shape, () =>
      model.regionRows.map((_, r) => shapeOf(model, c, code, r)));
    code.series = shapes.map((shape, r) => {
      if (!shape) return null;
      const series = makeSeries(shape, code);
      fitSeries(model, series, rounding ? rounding[r] : 0, sd, kept);
      if (loads.has(r)) {
        series.unsure = [...loads.get(r).values()].map((load) =>
          Float64Array.from(series.rows, (i) => load.get(i) || 0));
      }
      return series;
    });
    return code;
  }

  // ---- Where the codes of a region meet -------------------------------------

  // Times at which every code that exists has a value; `at`: its place in each
  // code's series; `step`: a break of some code since the time before.
  function meet(model, codes, r) {
    const own = codes.map((code) => code.series[r]);
    const here = range(own.length).filter((c) => own[c]);
    if (here.length === 0) return {here, t: [], at: [], step: [], time: []};
    const place = own.map((s) => s && new Map(s.t.map((t, i) => [t, i])));
    const t = own[here[0]].t.filter((v) => here.every((c) => place[c].has(v)));
    const at = own.map((s, c) => s && t.map((v) => place[c].get(v)));
    const segment = own.map((s) => {
      let k = 0;
      return s && s.step.map((b) => k += b ? 1 : 0);
    });
    const reached = t.map((_, i) => here.reduce((sum, c) =>
      sum + segment[c][at[c][i]], 0));
    return {here, t, at, time: t.map((v) => model.timeValues[v]),
            step: reached.map((v, i) => i > 0 && v > reached[i - 1])};
  }

  // Which of them carry a second-order rate in every code.
  function termsOf(model, state, r) {
    const common = state.common[r];
    if (!common.terms) common.terms = findTerms(model, state, common, r);
    return common.terms;
  }

  function findTerms(model, state, {here, at, t, step}, r) {
    const split = model.breaks === "split";
    const series = (c) => state.codes[c].series[r];
    if (!model.rate.steps) {
      return t.map((_, i) => here.every((c) =>
        defined(model, series(c), 2, at[c][i])));
    }
    const ends = t.map((_, i) => here.every((c) => series(c).ends[at[c][i]]));
    return t.map((_, i) => i > 0 && ends[i] && ends[i - 1] &&
      !(split && step[i]));
  }

  const INFLUENCES = {
    equal: () => () => 1,
    half_life: (v) => (lag) => 2 ** (-lag / v.value),
    linear: (v) => (lag, span) => {
      const out = Math.max(0, 1 - lag / (v.value === null ? span : v.value));
      return Number.isNaN(out) ? 1 : out;
    },
    power: (v) => (lag) => (1 + lag / v.scale) ** -v.value,
    hyperbolic: (v) => (lag) => 1 / (1 + lag / v.scale)
  };

  // tau at the common times of a region, 0 in the future.
  function influenceAt(model, influence, common) {
    const {t, time} = common, last = time.length - 1;
    if (influence.kind === "own") {
      const {rows, fixed} = model.influence;
      return t.map((v) => rows[fixed ? 0 : t[last]][v]);
    }
    const now = influence.at === null ? time[last] : influence.at;
    const weight = INFLUENCES[influence.kind](influence);
    return time.map((v) => {
      const lag = now - v;
      return lag < -1e-9 * Math.max(1, Math.abs(now)) ? 0 :
        weight(Math.max(0, lag), time[last] - time[0]);
    });
  }

  // Widths of the terms: 1 in a plain sum, else the step, or half the way to
  // the neighbours, or from the last time but one.
  function widthsOf(model, common, measure) {
    const {time, step} = common, n = time.length;
    if (measure === "sum") return time.map(() => 1);
    if (model.rate.steps)
      return time.map((v, i) => i > 0 ? v - time[i - 1] : 0);
    const split = model.breaks === "split";
    const left = (i) => i > 0 && i < n && !(split && step[i]);
    return time.map((v, i) => {
      if (model.rate.backward) {
        return left(i) && i > 1 && left(i - 1) ? (v - time[i - 2]) / 2 : 0;
      }
      return ((left(i) ? v - time[i - 1] : 0) +
        (left(i + 1) ? time[i + 1] - v : 0)) / 2;
    });
  }

  // tau_i u_i of every term of formula (2) in a region; `count` of them.
  function planOf(model, state, settings, r) {
    const common = state.common[r], n = common.t.length;
    let terms = termsOf(model, state, r);
    if (settings.ends === "interior") {
      const first = model.rate.steps ? 1 : 0;
      terms = terms.map((v, i) => v && n >= 5 && i > first && i < n - 1);
    }
    const tau = influenceAt(model, settings.influence, common);
    const width = widthsOf(model, common, settings.measure);
    let weight = terms.map((v, i) => v ? tau[i] * width[i] : 0);
    if (settings.influence.normalise) {
      const total = weight.reduce((s, w) => s + w, 0);
      weight = terms.map((v, i) => !v ? 0 : total === 0 ? NaN :
        weight[i] / total);
    }
    return {weight, terms, count: terms.filter(Boolean).length};
  }

  // Weights at common times as weights on the series of code c; sums of changes
  // of V over steps are sums of V at their ends.
  function spread(model, state, r, c, weight) {
    const {at, time} = state.common[r];
    const out = new Float64Array(state.codes[c].series[r].y.length);
    weight.forEach((w, i) => {
      if (w === 0) return;
      if (!model.rate.steps) {
        out[at[c][i]] += w;
        return;
      }
      const rate = w / (time[i] - time[i - 1]);
      out[at[c][i]] += rate;
      out[at[c][i - 1]] -= rate;
    });
    return {order: model.rate.steps ? 1 : 2, weight: out};
  }

  // ---- What codes have in common --------------------------------------------

  // Products of residuals of every pair of codes over their noise, and what
  // they are where the noise is one; rho of every region.
  function noiseOf(model, state) {
    if (state.noise) return state.noise;
    const k = model.codes.length, pairs = pairsOf(k);
    const product = pairs.map(() => new Float64Array(model.regionRows.length));
    const free = pairs.map(() => new Float64Array(model.regionRows.length));
    model.regionRows.forEach((_, r) => {
      pairs.forEach(([a, b], j) => {
        const x = state.codes[a].series[r], y = state.codes[b].series[r];
        if (!x || !y) return;
        product[j][r] = overCommon(x, y, (i, l) =>
          residualOf(model, x)[i] * residualOf(model, y)[l]);
        free[j][r] = freeOf(model, x, y);
      });
    });
    state.noise = model.frozenRho ||
      correlations(product, free, k, model.cor.panel);
    return state.noise;
  }

  function overCommon(x, y, visit) {
    let sum = 0;
    for (let i = 0, l = 0; i < x.t.length && l < y.t.length;) {
      if (x.t[i] === y.t[l]) sum += visit(i++, l++);
      else if (x.t[i] < y.t[l]) i++;
      else l++;
    }
    return sum;
  }

  // Residuals over the sd of the noise, at the posterior mean of the smoothing.
  function residualOf(model, series) {
    if (series.standard) return series.standard;
    const out = new Float64Array(series.y.length);
    if (!model.rate.curve) {
      if (series.sigma > 0) {
        series.residual.forEach((e, i) => {
          out[i] = Number.isNaN(e) ? 0 : e / series.sigma;
        });
      }
    } else {
      for (const {grid, fit, from} of series.parts) {
        if (!(fit.sigma > 0)) continue;
        const size = fit.z.map((v, j) => v * fit.rest[j] / fit.sigma);
        for (let i = 0; i < grid.n; i++) {
          out[from + i] = dot(grid.at[0].phi[i], size);
        }
      }
    }
    series.standard = out;
    return out;
  }

  // sum_tu (I - H_a)_tu (I - H_b)_tu over the common times.
  function freeOf(model, x, y) {
    if (!model.rate.curve) return freeOfRows(x, y);
    let sum = 0;
    for (const a of x.parts) {
      for (const b of y.parts) {
        const m = metOf(model, x, y, a, b);
        const u = a.fit.rest, v = b.fit.rest, r = b.grid.r;
        for (let j = 0; j < a.grid.r; j++) {
          let own = 0;
          for (let l = 0; l < r; l++) own += m[j * r + l] * v[l];
          sum += u[j] * own;
        }
      }
    }
    return sum;
  }

  // Squares of the products of directions over the common times: of two grids.
  function metOf(model, x, y, a, b) {
    const key = a.number + "," + b.number;
    if (!model.met.has(key)) {
      const out = new Float64Array(a.grid.r * b.grid.r);
      overCommon(x, y, (i, l) => {
        const p = a.grid.at[0].phi[i - a.from],
          q = b.grid.at[0].phi[l - b.from];
        for (let j = 0; p && q && j < a.grid.r; j++) {
          for (let k = 0; k < b.grid.r; k++)
            out[j * b.grid.r + k] += p[j] * q[k];
        }
        return 0;
      });
      model.met.set(key, out.map((v) => v * v));
    }
    return model.met.get(key);
  }

  function freeOfRows(x, y) {
    if (!(x.sigma > 0 && y.sigma > 0)) return 0;
    const h = x.parts[0].grid.rows[0], k = y.parts[0].grid.rows[0];
    return overCommon(x, y, (i, l) => Number.isNaN(h[i][0] + k[l][0]) ? 0 :
      1 - h[i][i] - k[l][l] + overCommon(x, y, (p, q) => h[i][p] * k[l][q]));
  }

  // Each region's drawn to the panel's, which one region alone does not have.
  const PANEL_PULL = 10;

  // `kept`: the panel's, where a reference has it.
  function correlations(product, free, k, kept) {
    const sum = (x) => x.reduce((s, v) => s + v, 0);
    const cut = (v) => Math.max(-0.95, Math.min(0.95, v));
    const panel = kept || product.map((p, j) =>
      free[j].filter((v) => v > 0).length > 1 ? sum(p) / sum(free[j]) : 0);
    return range(product.length ? product[0].length : 0).map((r) => {
      const rho = product.map((p, j) => cut((p[r] + PANEL_PULL * panel[j]) /
        (free[j][r] + PANEL_PULL)));
      return k < 3 ? rho : nextCorrelation(rho, k);
    });
  }

  // What a series was asked for last is kept: while another code moves it is
  // asked for the same.
  function asked(series, what, ask, make, model) {
    const last = series[what];
    if (last && last.order === ask.order &&
        last.weight.every((w, i) => w === ask.weight[i])) return last.out;
    const out = make(model, series, ask.order, ask.weight);
    series[what] = {...ask, out};
    return out;
  }

  const noisyOperator = (...ask) => operator(...ask, true);

  // The correlation of the errors of one functional a code (null: absent);
  // asks: [{order, weight}], their errors se.
  function rhoOf(model, state, r, asks, se) {
    const k = model.codes.length;
    if (k < 2 || model.cor.kind === "independent") return null;
    if (model.cor.kind === "matrix") return model.cor.pairs;
    const series = state.codes.map((code) => code.series[r]);
    const o = asks.map((ask, c) => ask && series[c] &&
      asked(series[c], "noise", ask, noisyOperator, model));
    const size = o.map((v, c) => v && noisy(series[c]) ?
      Math.max(Math.sqrt(dot(v, v)), se[c]) : 0);
    return pairsOf(k).map(([a, b], j) => {
      if (!o[a] || !o[b]) return 0;
      const most = size[a] * size[b];
      const both = most > 0 ? overCommon(series[a], series[b], (i, l) =>
        o[a][i] * o[b][l]) / most : 0;
      return noiseOf(model, state)[r][j] * Math.max(-1, Math.min(1, both));
    });
  }

  const noisy = (series) => series.sigma > 0 ||
    series.parts.some((part) => part.fit && part.fit.sigma > 0);

  // The law of a sum over codes of one functional each.
  function sumOfCodes(model, state, settings, r, asks) {
    const weight = settings.codeWeights;
    const parts = asks.map((ask, c) => ask ?
      asked(state.codes[c].series[r], "law", ask, weigh, model) :
      {estimate: 0, se: 0, df: Infinity});
    const estimate = parts.reduce((s, v, c) => s + weight[c] * v.estimate, 0);
    const se = parts.map((v) => Number.isNaN(v.df) ? NaN : v.se);
    const law = combine(se, parts.map((v) => v.df), weight,
                        rhoOf(model, state, r, asks, parts.map((v) => v.se)));
    return {estimate, ...law};
  }

  // ---- What is shown --------------------------------------------------------

  const BLANK = Object.freeze({estimate: null, se: null, df: null, low: null,
                               high: null, prob: null});

  function shown(law, level) {
    if (!isNumber(law.estimate) || !isFinite(law.estimate)) return {...BLANK};
    const q = tQuantile(level, law.df), {estimate, se, df} = law;
    const error = isNumber(se) && df > 0;
    return {estimate, se: error ? se : null, df: error ? df : null,
            low: error ? known(estimate - q * se) : null,
            high: error ? known(estimate + q * se) : null,
            prob: error ? known(positive(estimate, se, df)) : null};
  }

  // Places by size, the largest first, and between which places each surely is:
  // errors of regions are independent here.
  function ranked(rows, level) {
    const has = range(rows.length).filter((r) => rows[r].estimate !== null);
    for (const row of rows) Object.assign(row, {rank: null, rankLow: null,
                                                rankHigh: null});
    const down = has.slice().sort((a, b) =>
      rows[b].estimate - rows[a].estimate);
    down.forEach((r, i) => {
      const tied = i > 0 && rows[down[i - 1]].estimate === rows[r].estimate;
      rows[r].rank = tied ? rows[down[i - 1]].rank : i + 1;
    });
    if (has.some((r) => rows[r].se === null)) return rows;
    const above = new Int32Array(rows.length),
      below = new Int32Array(rows.length);
    const critical = criticalTable(level);
    for (let i = 0; i < has.length; i++) {
      for (let j = i + 1; j < has.length; j++) {
        const a = rows[has[i]], b = rows[has[j]];
        if (!surely(a, b, level, critical)) continue;
        const first = a.estimate > b.estimate;
        above[has[first ? j : i]]++;
        below[has[first ? i : j]]++;
      }
    }
    for (const r of has) {
      rows[r].rankLow = Math.min(1 + above[r], rows[r].rank);
      rows[r].rankHigh = Math.max(has.length - below[r], rows[r].rank);
    }
    return rows;
  }

  // Critical values at equal steps of 1/df, with which they rise.
  const STEPS = 128;
  const tables = remember(8, (level) =>
    range(STEPS + 1).map((i) =>
      tQuantile(level, i === 0 ? Infinity : STEPS / i)));
  const criticalTable = (level) => tables(level, level);

  function surely(a, b, level, critical) {
    const gap = Math.abs(a.estimate - b.estimate), x = a.se * a.se,
      y = b.se * b.se;
    const size = Math.sqrt(x + y);
    if (!(gap > critical[0] * size)) return false;
    const inverse = (x * x / a.df + y * y / b.df) / (x + y) ** 2;
    const place = Math.floor(inverse * STEPS);
    if (place < STEPS && gap > critical[place + 1] * size) return true;
    if (place < STEPS && gap <= critical[place] * size) return false;
    return gap > tQuantile(level, 1 / inverse) * size;
  }

  function basicLaw(model, state, settings, r) {
    const common = state.common[r];
    if (common.here.length === 0) return NOTHING;
    const plan = planOf(model, state, settings, r);
    if (plan.count === 0) return NOTHING;
    const asks = state.codes.map((code, c) => code.series[r] ?
      spread(model, state, r, c, plan.weight) : null);
    const law = sumOfCodes(model, state, settings, r, asks);
    return withWeightError(model, state, settings, r, asks, law);
  }

  // The survey's error of the weights: dD/dw_k = (z_k - D) / sum w, through the
  // same rates. Weights that were moved have none.
  function withWeightError(model, state, settings, r, asks, law) {
    const own = model.weightError;
    if (!own || !isNumber(law.se) || !model.ownWeights(settings)) return law;
    const loads = new Float64Array(own.errors);
    asks.forEach((ask, c) => {
      if (!ask) return;
      const code = state.codes[c], series = code.series[r];
      const o = operator(model, series, ask.order, ask.weight, false);
      code.used.forEach((k, j) => {
        const place = own.indicator.indexOf(k);
        if (place < 0 || !seenIn(model, state, k, r)) return;
        let slope = 0;
        series.rows.forEach((row, i) => {
          if (model.missing === "available" && !state.cols[k].there[row])
            return;
          const z = state.cols[k].there[row] ?
            code.weightAt(j, row) / settings.weights[k] * state.cols[k].z[row] :
              0;
          slope += o[i] * (z - code.value[row]) / code.total[row];
        });
        slope *= settings.codeWeights[c];
        for (let e = 0; e < own.errors; e++) {
          loads[e] += slope * own.root[place * own.errors + e];
        }
      });
    });
    const extra = dot(loads, loads), before = law.se * law.se;
    if (!(extra > 0)) return law;
    return {estimate: law.estimate, se: Math.sqrt(before + extra),
            df: law.df * ((before + extra) / before) ** 2};
  }

  // An indicator that a region observes, with a base where it needs one.
  const seenIn = (model, state, k, r) =>
    !Number.isNaN(state.cols[k].inverseOf(r)) &&
    state.cols[k].ever[r];

  // Code ID at a common time of a region, and whether all codes grow.
  function industrialLaw(model, state, settings, r, i) {
    const common = state.common[r];
    if (i < 0 || common.here.length === 0) return {...NOTHING, condition: null};
    const asks = state.codes.map((code, c) => code.series[r] ?
      pointWeights(model, code.series[r], 1, common.at[c][i]) : null);
    const v = common.here.map((c) =>
      at(model, state.codes[c].series[r], 1, common.at[c][i]));
    const law = sumAtTime(model, state, settings, r, i, asks, v);
    return {...law, condition: v.every((x) => x.estimate > 0)};
  }

  // df are those of the values at the time, not of whole series.
  function sumAtTime(model, state, settings, r, i, asks, v) {
    const weight = settings.codeWeights, here = state.common[r].here;
    const part = model.codes.map(() => ({estimate: 0, se: 0, df: Infinity}));
    here.forEach((c, j) => { part[c] = v[j]; });
    const se = part.map((x) => x.se);
    return {estimate: part.reduce((s, x, c) => s + weight[c] * x.estimate, 0),
            ...combine(se, part.map((x) => x.df), weight,
                       rhoOf(model, state, r, asks, se))};
  }

  // The second-order rate of the sum of codes at a common time.
  function secondLaw(model, state, settings, r, i) {
    if (i < 0 || !termsOf(model, state, r)[i]) return NOTHING;
    const weight = state.common[r].t.map((_, j) => j === i ? 1 : 0);
    const asks = state.codes.map((code, c) => code.series[r] ?
      spread(model, state, r, c, weight) : null);
    return sumOfCodes(model, state, settings, r, asks);
  }

  // ---- Phases ---------------------------------------------------------------

  // P(V > 0, A > 0) of a bivariate t at x and y, from its margins v and a.
  function bothPositive(model, x, y, v, a, rho, df) {
    const side = rho < 0 ? -1 : 1,
      reach = Math.acos(Math.min(Math.abs(rho), 1));
    const n = Math.min(df, 1e9);
    let sum = 0;
    for (let i = 0; reach > 0 && i < model.nodes.length; i++) {
      const node = model.nodes[i], sine = Math.sin(reach * node * node);
      const q = y * y +
        ((x - side * y * Math.sqrt(1 - sine * sine)) / sine) ** 2;
      sum += model.nodeWeights[i] * node * Math.exp(-n / 2 * Math.log1p(q / n));
    }
    const near = side < 0 ? Math.max(v + a - 1, 0) : Math.min(v, a);
    const out = near - side * reach * sum / Math.PI;
    return Math.min(Math.max(out, v + a - 1, 0), v, a);
  }

  // decline, recovery, slowdown, advance, of which the signs of V and A speak.
  function phaseOf(model, v, a, cor) {
    const out = {phase: null, prob: null, probs: null, v: known(v.estimate),
                 a: known(a.estimate), vse: known(v.se), ase: known(a.se),
                 cor: known(cor), df: isNumber(v.df) ? v.df : null};
    if (out.v === null || out.a === null || (out.v === 0 && out.a === 0))
      return out;
    out.phase = 2 * (out.v > 0) + (out.a > 0);
    const pv = positive(v.estimate, v.se, v.df),
      pa = positive(a.estimate, a.se, v.df);
    const both = bothPositive(model, v.estimate / v.se, a.estimate / a.se, pv,
      pa,
                              cor, v.df);
    if (!isNumber(both)) return out;
    out.probs = [1 - pv - pa + both, pa - both, pv - both, both];
    out.prob = out.probs[out.phase];
    return out;
  }

  // Of a step: 2 Cov(V_i, V_i - V_(i-1)) by the three errors.
  function stepCorrelation(se, change, before) {
    const unit = Math.max(se, change), x = se / unit, y = change / unit;
    return toOne((x * x + y * y - (before / unit) ** 2) / (2 * x * y));
  }

  const toOne = (x) => isFinite(x) ? Math.max(-1, Math.min(1, x)) : NaN;

  // Covariance of V and A of one code at time i of its own.
  function ownCovariance(model, series, i) {
    const unit = new Float64Array(series.y.length);
    unit[i] = 1;
    let out = 0;
    if (model.rate.curve) {
      const part = series.parts[series.partOf[i]], k = i - part.from;
      const own = unit.subarray(part.from, part.from + part.grid.n);
      if (!part.grid.at[2] || part.grid.r === 0) return NaN;
      out = curveCovariance(part.fit, functional(part.grid, 1, own),
                            functional(part.grid, 2, own), part.grid.cross[k]);
    } else {
      out = dot(operator(model, series, 1, unit, true),
                operator(model, series, 2, unit, true));
    }
    if (series.unsure) {
      const [v, a] = [1, 2].map((order) =>
        operator(model, series, order, unit, false));
      for (const load of series.unsure) out += dot(v, load) * dot(a, load);
    }
    return out;
  }

  function codePhases(model, state, r, c) {
    const series = state.codes[c].series[r];
    if (!series) return [];
    let before = NaN;
    return series.t.map((t, i) => {
      const v = at(model, series, 1, i), a = at(model, series, 2, i);
      const cor = !model.rate.steps ?
        toOne(ownCovariance(model, series, i) / v.se / a.se) : i === 0 ? NaN :
          stepCorrelation(v.se, (series.time[i] - series.time[i - 1]) * a.se,
                          before);
      before = v.se;
      return {t, ...phaseOf(model, v, a, cor)};
    });
  }

  function industrialPhases(model, state, settings, r) {
    const common = state.common[r];
    let before = null;
    return common.t.map((t, i) => {
      const v = industrialLaw(model, state, settings, r, i);
      const a = secondLaw(model, state, settings, r, i);
      if (Number.isNaN(v.estimate)) return {t, none: true};
      const cor = !model.rate.steps ?
        sumCorrelation(model, state, settings, r, i, v.se, a.se) :
        before === null ? NaN :
          stepCorrelation(v.se, (common.time[i] - before.time) * a.se,
            before.se);
      before = {se: v.se, time: common.time[i]};
      return {t, ...phaseOf(model, v, a, cor)};
    });
  }

  // V and A of a sum of codes: of each code its own, and the noise that V of
  // one and A of another have in common.
  function sumCorrelation(model, state, settings, r, i, seV, seA) {
    const {here, at: place} = state.common[r], weight = settings.codeWeights;
    const one = here.map((c) => {
      const series = state.codes[c].series[r], j = place[c][i];
      const unit = new Float64Array(series.y.length);
      unit[j] = 1;
      const op = (order) => operator(model, series, order, unit, true)
        .map((x) => x * weight[c]);
      const se = [1, 2].map((order) =>
        at(model, series, order, j).se * weight[c]);
      return {series, se, own: ownCovariance(model, series, j) * weight[c] ** 2,
              v: op(1), a: op(2)};
    });
    let out = one.reduce((s, x) => s + x.own, 0) / seV / seA;
    const kind = model.cor.kind, k = model.codes.length;
    pairsOf(k).forEach(([a, b], j) => {
      const [x, y] = [one[here.indexOf(a)], one[here.indexOf(b)]];
      if (!x || !y || kind === "independent") return;
      if (kind === "matrix") {
        const cor = (s) => toOne(s.own / s.se[0] / s.se[1]);
        out += model.cor.pairs[j] * (cor(x) + cor(y)) / 2 *
          (x.se[0] * y.se[1] + y.se[0] * x.se[1]) / seV / seA;
      } else {
        out += noiseOf(model, state)[r][j] * overCommon(x.series, y.series,
          (p, q) => x.v[p] * y.a[q] + x.a[p] * y.v[q]) / seV / seA;
      }
    });
    return toOne(out);
  }

  // ---- Text -----------------------------------------------------------------

  const cell = (x) => x === null || x === undefined ? "" :
    typeof x === "boolean" ? (x ? "TRUE" : "FALSE") : typeof x === "number" ?
      (x === Infinity ? "Inf" : String(x)) :
      /[",\r\n]/.test(x) ? "\"" + x.replace(/"/g, "\"\"") + "\"" : x;

  const table = (head, rows) =>
    [head, ...rows].map((row) => row.map(cell).join(",")).join("\n") + "\n";

  const rNumber = (x) => x === null ? "NULL" : String(x);

  function rInfluence(v) {
    if (v.kind === "own") return "model$args$influence";
    const args = {equal: [], half_life: [rNumber(v.value)],
                  linear: [rNumber(v.value)],
                  power: [rNumber(v.value), "scale = " + v.scale],
                  hyperbolic: ["scale = " + v.scale]}[v.kind];
    if (v.at !== null) args.push("at = " + v.at);
    if (v.normalise) args.push("normalise = TRUE");
    return `influence_${v.kind}(${args.join(", ")})`;
  }

  // ---- The model ------------------------------------------------------------

  function readModel(data) {
    const offset = data.rows.offset, n = data.regions.length;
    const regionRows = range(n).map((r) =>
      range(offset[r + 1] - offset[r]).map((i) => offset[r] + i));
    const time = data.rows.time, m = data.model, predicted = m.predicted;
    const model = {
      regionRows, time, allRows: range(time.length),
        timeValues: data.timeValues,
      indicators: data.indicators, codes: data.codes,
      raw: data.indicators.map((one) => numbers(one.x)),
      breaksOf: data.indicators.map((one) => one.breaks),
      soft: data.indicators.map((one) => new Set(one.soft)),
      aggregate: m.aggregate, missing: m.missing, breaks: m.breaks,
        rate: m.rate,
      cor: m.cor, reference: m.reference, influence: m.influence && {
        fixed: m.influence.fixed, rows: m.influence.rows.map(numbers)},
      nodes: m.nodes, nodeWeights: m.nodeWeights, weightError: m.weightError,
      keys: new Map(data.keys.map((key, i) => [key, i])),
      rawGrids: data.grids, grids: [], met: new Map(),
      rounded: m.rate.errors !== "known" && m.aggregate === "mean",
      predicted: [], loads: [],
      regionOf: regionRows.flatMap((rows, r) => rows.map(() => r))
    };
    if (m.reference.kind === "fixed") {
      model.reference = {kind: "fixed", centre: m.reference.centre.map(numbers),
                         scale: m.reference.scale.map(numbers)};
    }
    if (predicted) readPredicted(model, predicted);
    model.column = remember(4 * data.indicators.length, (settings, edits, k) =>
      column(model, settings, edits, k));
    model.compositions = data.codes.map(() => remember(20, composition));
    model.fitted = data.codes.map(() => remember(8, fitCode));
    model.shapes = data.codes.map(() => remember(20, (make) => make()));
    model.commons = remember(20, (make) => make());
    model.observed = model.raw.map((x) => regionRows.map((rows) =>
      rows.some((i) => !Number.isNaN(x[i]))));
    model.holes = model.raw.map((x, k) => x.some((v, i) => Number.isNaN(v) &&
      !(model.predicted[k] && model.predicted[k].has(i))));
    if (m.frozen) readFrozen(model, m.frozen);
    model.usedIn = (settings, c) => range(data.indicators.length).filter((k) =>
      data.indicators[k].code === c && !settings.out[k] &&
        settings.weights[k] > 0);
    model.ownWeights = (settings) => data.indicators.every((one, k) =>
      settings.weights[k] === one.weight && !settings.out[k]);
    return model;
  }

  function readPredicted(model, p) {
    p.row.forEach((row, i) => {
      const k = p.indicator[i];
      if (!model.predicted[k]) model.predicted[k] = new Map();
      model.predicted[k].set(row, p.value[i]);
    });
    model.loads = p.load.map((load, i) => ({
      load, error: p.error[i], row: p.row[p.cell[i]],
      indicator: p.indicator[p.cell[i]]
    }));
  }

  function readFrozen(model, frozen) {
    const pairs = pairsOf(model.codes.length).length;
    model.frozen = frozen.codes.map((one) => ({
      points: one.points, weight: numbers(one.weight),
      lambda: one.lambda ? numbers(one.lambda) : null
    }));
    if (frozen.rho) {
      model.frozenRho = rowsOf(numbers(frozen.rho), model.regionRows.length,
        pairs);
    }
  }

  function load(data) {
    const model = readModel(data);
    const copy = (x) => JSON.parse(JSON.stringify(x));
    const n = data.indicators.length, k = data.codes.length;
    const locked = data.locked;
    const prepared = remember(4, (settings) => prepare(model, settings));
    const basics = remember(6, (state, settings) => ranked(
      range(data.regions.length).map((r) =>
        shown(basicLaw(model, state, settings, r), settings.level)),
      settings.level));

    // Whatever comes, a whole set of settings of the right shape.
    function whole(settings) {
      const out = copy(data.settings), s = settings || {};
      const list = (name, size, ok) => {
        if (Array.isArray(s[name]) && s[name].length === size &&
            s[name].every(ok)) out[name] = s[name].slice();
      };
      const weight = (v) => typeof v === "number" && v >= 0 && isFinite(v);
      const one = (name, choices) => {
        if (choices.includes(s[name])) out[name] = s[name];
      };
      if (!locked.weights) list("weights", n, weight);
      list("out", n, (v) => typeof v === "boolean");
      out.out = out.out.map((v, i) => v && !locked.out[i]);
      if (!locked.flip) list("flip", n, (v) => typeof v === "boolean");
      if (!locked.codeWeights) list("codeWeights", k, weight);
      one("normalise", data.normaliseChoices);
      one("measure", ["sum", "integral"]);
      one("ends", ["all", "interior"]);
      if (s.level > 0 && s.level < 1) out.level = s.level;
      if (s.influence) out.influence = influence(s.influence, out.influence);
      if (Array.isArray(s.edits) && !locked.edits) {
        out.edits = s.edits.filter(goodEdit).map((e) => ({
          region: e.region, indicator: e.indicator, time: e.time, value: e.value
        }));
      }
      return out;
    }

    function influence(s, own) {
      if (!data.influenceChoices.includes(s.kind)) return own;
      const number = (v, other) => typeof v === "number" && isFinite(v) ?
        v : other;
      const value = {half_life: number(s.value, 5),
        linear: number(s.value, null),
                     power: number(s.value, 1)}[s.kind];
      const out = {kind: s.kind, value: value === undefined ? null : value,
                   scale: ["power", "hyperbolic"].includes(s.kind) ?
                     number(s.scale, 1) : null,
                   at: number(s.at, null), normalise: s.normalise === true};
      const ok = (out.value === null || out.value > 0 ||
        (out.kind === "power" && out.value === 0)) &&
        (out.scale === null || out.scale > 0);
      return out.kind === "own" ? copy(data.settings.influence) : ok ?
        out : own;
    }

    function goodEdit(e) {
      const whole = (v, most) => Number.isInteger(v) && v >= 0 && v < most;
      return e && whole(e.region, data.regions.length) &&
        whole(e.indicator, n) &&
        whole(e.time, data.times.length) && typeof e.value === "number" &&
        cellOf(e.region, e.indicator, e.time) !== null &&
        !outside(data.indicators[e.indicator], e.value);
    }

    function cellOf(r, i, t) {
      const row = rowAt(model, r, t);
      return row < 0 ? null : known(model.raw[i][row]);
    }

    const dataKey = (s) =>
      JSON.stringify([s.normalise, s.weights, s.out, s.flip,
                                           s.edits]);
    const stateOf = (s) => prepared(dataKey(s), s);

    function use(settings) {
      const s = whole(settings), bad = problems(s)[0];
      if (bad) throw new Error(bad.key);
      return [s, stateOf(s)];
    }

    function problems(settings) {
      const s = whole(settings), out = [];
      range(k).forEach((c) => {
        if (model.usedIn(s, c).length === 0) {
          out.push({key: "A code needs an indicator.", args: [], indicator:
            data.indicators.findIndex((one) => one.code === c)});
        }
      });
      if (!s.codeWeights.some((w) => w > 0)) {
        out.push({key: "One code at least needs a weight.", args: [],
                  indicator: null});
      }
      if (out.length) return out;
      try {
        stateOf(s);
      } catch (error) {
        if (!(error instanceof Unknown)) throw error;
        const moved = range(n).filter((i) =>
          (s.weights[i] > 0 && !s.out[i]) !== (data.settings.weights[i] > 0));
        out.push({args: [], indicator: moved.length ? moved[0] : null, key:
          "Leaving it out gives the code other times, which R has not prepared."});
      }
      return out;
    }

    function byRegion(settings, visit) {
      const [s, state] = use(settings);
      return ranked(range(data.regions.length).map((r) => visit(s, state, r)),
                    s.level);
    }

    const ofCode = (order) => (settings, c, t) => byRegion(settings,
      (s, state, r) => {
        const series = state.codes[c].series[r];
        return shown(series ? at(model, series, order, series.t.indexOf(t)) :
          NOTHING, s.level);
      });

    function basic(settings) {
      const [s, state] = use(settings);
      return basics(JSON.stringify(s), state, s);
    }

    const industrial = (settings, t) => byRegion(settings, (s, state, r) => {
      const law = industrialLaw(model, state, s, r,
        state.common[r].t.indexOf(t));
      return {...shown(law, s.level),
              condition: Number.isNaN(law.estimate) ? null : law.condition};
    });

    function seriesOf(settings, r, c) {
      const [s, state] = use(settings), times = range(data.times.length);
      if (c === null) {
        const place = times.map((t) => state.common[r].t.indexOf(t));
        return {rate: place.map((i) =>
                  shown(industrialLaw(model, state, s, r, i), s.level)),
                acceleration: place.map((i) =>
                  shown(secondLaw(model, state, s, r, i), s.level))};
      }
      const code = state.codes[c], series = code.series[r];
      const of = (order) => times.map((t) => shown(series ?
        at(model, series, order, series.t.indexOf(t)) : NOTHING, s.level));
      const level = of(0).map((one, t) => {
        const i = series ? series.t.indexOf(t) : -1;
        const row = i < 0 ? -1 : series.rows[i];
        return {...one, value: i < 0 ? null : series.y[i], kind: i < 0 ? null :
          series.step[i] ? "break" : isSoft(code, row) ? "estimated" :
            "observed"};
      });
      return {level, rate: of(1), acceleration: of(2)};
    }

    const isSoft = (code, row) =>
      code.used.some((i) => model.soft[i].has(row) ||
      (model.predicted[i] && model.predicted[i].has(row)));

    function phases(settings, r, c) {
      const [s, state] = use(settings), out = data.times.map(() => null);
      const rows = c === null ? industrialPhases(model, state, s, r) :
        codePhases(model, state, r, c);
      for (const {t, none, ...one} of rows) out[t] = none ? null : one;
      return out;
    }

    // Signs of V, and those that are sure at `sure`.
    function record(settings, r, sure = 0.9) {
      const [s, state] = use(settings);
      return data.times.map((_, t) => {
        const cells = state.codes.map((code) => {
          const series = code.series[r];
          const i = series ? series.t.indexOf(t) : -1;
          return i < 0 ? null : shown(at(model, series, 1, i), s.level);
        });
        if (cells.every((v) => v === null)) return null;
        const sign = cells.map((v) => v === null || v.estimate === null ? "." :
          "-0+"[Math.sign(v.estimate) + 1]);
        const doubt = cells.map((v, c) => sign[c] !== "." && (v.prob === null ||
          (v.prob > 1 - sure && v.prob < sure)));
        const text = (of) =>
          data.codes.map((one, c) => one.letter + of[c]).join(" ");
        return {record: text(sign), sure: text(sign.map((v, c) =>
          doubt[c] ? "?" : v))};
      });
    }

    // Terms of Code NID by code, indicator and time.
    function contributions(settings, r) {
      const [s, state] = use(settings), out = [];
      const common = state.common[r];
      if (common.here.length === 0) return out;
      const plan = planOf(model, state, s, r);
      const linear = model.aggregate === "mean" && s.normalise !== "rank";
      for (const c of common.here) {
        const code = state.codes[c], series = code.series[r];
        plan.terms.forEach((term, i) => {
          if (!term) return;
          const ask = spread(model, state, r, c, plan.weight.map((w, j) =>
            j === i ? w : 0));
          const put = (indicator, value) => out.push({
            code: c, indicator, time: common.t[i], value: known(
              s.codeWeights[c] * value)});
          if (!linear) {
            put(null, weigh(model, series, ask.order, ask.weight).estimate);
            return;
          }
          const o = operator(model, series, ask.order, ask.weight, false);
          code.used.forEach((indicator, j) => {
            if (!seenIn(model, state, indicator, r)) return;
            put(indicator, dot(o, series.rows.map((row) =>
              partOf(state, code, indicator, j, row))));
          });
        });
      }
      return out;
    }

    const partOf = (state, code, indicator, j, row) => {
      const col = state.cols[indicator];
      return col.there[row] ? code.weightAt(j, row) * col.z[row] /
        code.total[row] : 0;
    };

    const LAW = ["estimate", "std.error", "conf.low", "conf.high",
                 "prob.positive", "df"];
    const lawCells = (v) => [v.estimate, v.se, v.low, v.high, v.prob, v.df];

    function csv(settings, what, t) {
      const own = data.regionColumn === null ? [] : [data.regionColumn];
      const key = (r) => own.length ? [data.regions[r]] : [];
      const times = t === undefined || t === null ? range(data.times.length) :
        [t];
      if (what === "basic") {
        return table(["term", ...own, ...LAW], basic(settings).map((v, r) =>
          [own.length ? data.regions[r] : "Code NID", ...key(r),
            ...lawCells(v)]));
      }
      const rows = [];
      data.regions.forEach((_, r) => {
        const s = what === "industrial" ? null :
          data.codes.map((_, c) => seriesOf(settings, r, c));
        for (const u of times) {
          if (s) dynamicRows(rows, s, r, u, key(r));
        }
      });
      if (what !== "industrial") {
        return table([...own, data.timeColumn, "code", "term", "order", ...LAW],
                     rows);
      }
      const at = times.map((u) => industrial(settings, u));
      data.regions.forEach((name, r) => times.forEach((u, i) => {
        const v = at[i][r];
        if (v.estimate === null) return;
        rows.push([[...key(r), data.times[u]].join(" "), ...key(r),
          data.times[u],
                   ...lawCells(v), v.condition]);
      }));
      return table(["term", ...own, data.timeColumn, ...LAW, "condition"],
        rows);
    }

    function dynamicRows(rows, s, r, u, key) {
      data.codes.forEach((code, c) => {
        if (s[c].level[u].value === null) return;
        [s[c].rate[u], s[c].acceleration[u]].forEach((v, i) => {
          rows.push([...key, data.times[u], code.code, code.dynamic, i + 1,
                     ...lawCells(v)]);
        });
      });
    }

    // The update() of `model` that gives the same.
    function rcode(settings) {
      const s = whole(settings), own = data.settings, out = [], args = [];
      const note = (i) => "  # " + data.indicators[i].name;
      const scheme = [];
      range(n).forEach((i) => {
        const w = s.out[i] ? 0 : s.weights[i];
        if (w !== own.weights[i]) {
          scheme.push(`scheme[["weight"]][${i + 1}] <- ${w}${note(i)}`);
        }
      });
      range(n).filter((i) => s.flip[i]).forEach((i) => scheme.push(
        `scheme[["direction"]][${i + 1}] <- ` +
        `${-data.indicators[i].direction}${note(i)}`));
      // A scheme that is changed forgets the errors of its weights.
      if (scheme.length && data.model.weightError && model.ownWeights(s)) {
        scheme.push("attr(scheme[[\"weight\"]], \"vcov\") <- " +
          "attr(model$panel$scheme, \"vcov\")");
      }
      range(k).filter((c) =>
        s.codeWeights[c] !== own.codeWeights[c]).forEach((c) =>
        scheme.push(`attr(scheme, "codes")[["weight"]][${data.codes[c].place}] <- ` +
          `${s.codeWeights[c]}  # ${data.codes[c].code}`));
      if (scheme.length) {
        out.push("scheme <- model$panel$scheme", ...scheme);
        args.push("scheme = scheme");
      }
      if (s.edits.length) {
        const {column, index} = data.model.dataCall;
        out.push("data <- model$panel$plain");
        for (const e of s.edits) {
          const row = rowAt(model, e.region, e.time), i = e.indicator;
          out.push(`data[[${column ||
            `model$panel$scheme[["indicator"]][${i + 1}]`}]]` +
            `[${data.indicators[i].source[row]}] <- ${e.value}${note(i)}, ` +
            `${data.regions[e.region]} ${data.times[e.time]}`);
        }
        args.push("data = data", "index = " + index);
      }
      if (s.normalise !== own.normalise)
        args.push(`normalise = "${s.normalise}"`);
      if (JSON.stringify(s.influence) !== JSON.stringify(own.influence)) {
        args.push("influence = " + rInfluence(s.influence));
      }
      if (s.measure !== own.measure) args.push(`measure = "${s.measure}"`);
      if (s.ends !== own.ends) args.push(`ends = "${s.ends}"`);
      if (s.level !== own.level) args.push("conf_level = " + s.level);
      if (data.model.frozen) args.push("freeze = TRUE");
      else if (args.length && data.model.rateCall) {
        args.push("rate = " + data.model.rateCall);
      }
      out.unshift("library(nidcode)");
      out.push(args.length ? `view <- update(model, ${args.join(",\n  ")})` :
        "view <- model");
      return out.join("\n") + "\n";
    }

    // A link: what differs from the model's own.
    function encode(settings) {
      const s = whole(settings), own = data.settings, out = [];
      const put = (key, a, b, text) => {
        if (JSON.stringify(a) !== JSON.stringify(b)) out.push(key + "=" + text);
      };
      const bits = (x) => x.map((v) => v ? 1 : 0).join("");
      put("n", s.normalise, own.normalise, s.normalise);
      put("w", s.weights, own.weights, s.weights.join(","));
      put("o", s.out, own.out, bits(s.out));
      put("f", s.flip, own.flip, bits(s.flip));
      put("c", s.codeWeights, own.codeWeights, s.codeWeights.join(","));
      const v = s.influence, blank = (x) => x === null ? "" : x;
      put("i", v, own.influence, [v.kind, blank(v.value), blank(v.scale),
                                  blank(v.at), v.normalise ? 1 : 0].join(","));
      put("m", s.measure, own.measure, s.measure);
      put("e", s.ends, own.ends, s.ends);
      put("l", s.level, own.level, s.level);
      put("x", s.edits, own.edits, s.edits.map((e) =>
        [e.region, e.indicator, e.time, e.value].join(",")).join(";"));
      return out.join("&");
    }

    function decode(hash) {
      const text = new Map(String(hash || "").replace(/^#/, "").slice(0, 1e5)
        .split("&").map((part) => {
          const cut = part.indexOf("=");
          return [part.slice(0, cut), part.slice(cut + 1)];
        }));
      const raw = {};
      const number = (v) => v.trim() === "" ? null : Number(v);
      const list = (key, name, read) => {
        if (text.has(key)) raw[name] = read(text.get(key));
      };
      const bits = (v) => [...v].map((x) => x === "1");
      const numbers = (v) => v.split(",").map(number);
      list("n", "normalise", String);
      list("w", "weights", numbers);
      list("o", "out", bits);
      list("f", "flip", bits);
      list("c", "codeWeights", numbers);
      list("m", "measure", String);
      list("e", "ends", String);
      list("l", "level", number);
      list("i", "influence", (v) => {
        const [kind, ...rest] = v.split(",");
        const [value, scale, at, normalise] = rest.map(number);
        return {kind, value, scale, at, normalise: normalise === 1};
      });
      list("x", "edits", (v) => v.split(";").map((one) => {
        const [region, indicator, time, value] = numbers(one);
        return {region, indicator, time, value};
      }));
      return whole(raw);
    }

    // The engine on R's settings beside R's answers: the largest difference, of
    // an estimate relative to it or its error.
    function selfTest() {
      let worst = 0, count = 0, failed = "";
      const seen = (a, b, size) => {
        count++;
        const gap = (a === null) !== (b === null) ? Infinity :
          a === null || a === b ? 0 : Math.abs(a - b) / Math.max(size, 1e-300);
        worst = Math.max(worst, Number.isNaN(gap) ? Infinity : gap);
      };
      // What is 0 but for rounding is beside the largest of its table.
      const law = (v, answer, i) => {
        const [e, se, df] = [answer.estimate[i], answer.se[i], answer.df[i]];
        const least = largest(answer.estimate) * (se === null ? 1 : 1e-6);
        seen(v.estimate, e, Math.max(Math.abs(e), se || 0, least));
        if (e === null) return;
        seen(v.se, se, Math.max(se, least));
        seen(v.df, df, df);
      };
      try {
        const s = copy(data.settings);
        basic(s).forEach((v, r) => law(v, data.answer.basic, r));
        const all = data.times.map((_, t) => industrial(s, t));
        let i = 0;
        data.regions.forEach((_, r) => data.times.forEach((_, t) => {
          if (all[t][r].estimate !== null)
            law(all[t][r], data.answer.industrial, i++);
        }));
        seen(i, data.answer.industrial.estimate.length, 1);
        testRates(s, seen);
      } catch (error) {
        failed = error.message;
        worst = Infinity;
      }
      return {ok: worst <= 1e-9, worst, n: count,
              message: failed || worst.toExponential(1)};
    }

    function testRates(s, seen) {
      const sums = data.codes.map(() => [[0, 0], [0, 0]]);
      data.regions.forEach((_, r) => data.codes.forEach((_, c) => {
        const own = seriesOf(s, r, c);
        [own.rate, own.acceleration].forEach((rows, order) => {
          for (const v of rows) {
            sums[c][order][0] += Math.abs(v.estimate || 0);
            sums[c][order][1] += v.se || 0;
          }
        });
      }));
      sums.forEach((of, c) =>
        of.forEach((pair, order) => pair.forEach((v, i) => {
        const answer = data.answer.rates[c][order][i];
        seen(v, answer, Math.max(...data.answer.rates[c][order].map(Math.abs)));
      })));
    }

    return {
      get defaults() { return copy(data.settings); },
      locked, problems, basic, industrial, levels: ofCode(0), rates: ofCode(1),
      accelerations: ofCode(2), series: seriesOf, phases, record, contributions,
      csv, rcode, encode, decode, selfTest, cell: cellOf,
      // Of every indicator the share that it has in its code.
      shares(settings) {
        const s = whole(settings), used = (i) => s.out[i] ? 0 : s.weights[i];
        return data.indicators.map((one, i) => {
          const total = range(n).filter((j) =>
            data.indicators[j].code === one.code)
            .reduce((sum, j) => sum + used(j), 0);
          return total > 0 ? used(i) / total : null;
        });
      },
      scale: (values) => ({limit: largest(values) || 1, zero: 0}),
      move(before, after) {
        return range(after.length).map((r) => ({
          region: r, from: before[r].rank, to: after[r].rank
        })).filter((v) => v.from !== null && v.to !== null && v.from !== v.to)
          .sort((a, b) => Math.abs(b.to - b.from) - Math.abs(a.to - a.from));
      }
    };
  }

  return {load, pt, tQuantile};
})();
if (typeof module !== "undefined") module.exports = NidEngine;
