"""Least-squares trends in raw calendar years, in exact rational arithmetic.

Writes tests/testthat/nist/trends.csv: 21 significant digits of coefficients,
their standard errors and the residual sd, for whole-numbered series.
Run from the root of the package: python3 data-raw/exact-trends.py
"""

import csv
from decimal import Decimal, getcontext
from fractions import Fraction as F

getcontext().prec = 60
SERIES = {
    # Developed advanced technologies of the Ural district, 2005-2016.
    "technologies": (range(2005, 2017),
                     [80, 99, 88, 58, 89, 100, 144, 144, 173, 182, 204, 254]),
    # Uneven steps and a large level.
    "uneven": ([1897, 1913, 1926, 1939, 1959, 1970, 1979, 1989, 2002, 2010],
               [67473, 84494, 92735, 108377, 117240, 129941, 137410, 147022,
                145167, 142865]),
}


def solve(a, b):
    n = len(a)
    m = [row[:] + [b[i]] for i, row in enumerate(a)]
    for k in range(n):
        pivot = next(i for i in range(k, n) if m[i][k] != 0)
        m[k], m[pivot] = m[pivot], m[k]
        for i in range(n):
            if i != k:
                f = m[i][k] / m[k][k]
                m[i] = [x - f * y for x, y in zip(m[i], m[k])]
    return [m[i][n] / m[i][i] for i in range(n)]


def format_exact(x, root=False):
    value = Decimal(x.numerator) / Decimal(x.denominator)
    value = value.sqrt() if root else value
    return "{:.20E}".format(value)


def main():
    rows = [["series", "degree", "term", "exact", "exact.sd"]]
    for name, (years, values) in SERIES.items():
        for degree in (1, 2, 3):
            x = [[F(t) ** k for k in range(degree + 1)] for t in years]
            p = degree + 1
            xtx = [[sum(r[i] * r[j] for r in x) for j in range(p)]
                   for i in range(p)]
            xty = [sum(r[i] * v for r, v in zip(x, values)) for i in range(p)]
            beta = solve(xtx, xty)
            rss = sum((v - sum(b * z for b, z in zip(beta, r))) ** 2
                      for r, v in zip(x, values))
            s2 = rss / (len(values) - p)
            for j in range(p):
                unit = [F(int(i == j)) for i in range(p)]
                variance = solve(xtx, unit)[j] * s2
                rows.append([name, degree, "B%d" % j,
                             format_exact(beta[j]),
                             format_exact(variance, True)])
            rows.append([name, degree, "sigma", format_exact(s2, True), ""])
    with open("tests/testthat/nist/trends.csv", "w", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)


main()
