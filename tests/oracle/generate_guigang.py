#!/usr/bin/env python3
"""A random Guigang dataset, always the same for the same arguments: generate_guigang.py SEED SIZE OUT (SIZE cases).

Not a likely year but an unlikely one: costs on the thresholds and a fen beside them, groups on the edges of the bands and
of stability, tiers and months that lack, rows that belong to nothing, numbers that round half-way, keys that are hard to
sort. Most datasets can be settled; some must be refused (no case in a fund, a budget of 0)."""
import csv
import pathlib
import random
import sys
from fractions import Fraction

from guigang_inputs import COMMON_DEDUCTIONS, DEDUCTIONS, FUNDS, INPUTS, LABELS, MAY_BE_ABSENT, MONTHS, REQUIRED, TIERS

ODD_KEYS = ["a", "A", "b", "B", "aa", "aA", "Aa", "a1", "a10", "a2", "Z", "_", "-", "~", "0", "00", "1", "10", "2", "9", "é", "É",
            "ß", "Ω", "病", "医院", "医", "甲", "乙", "Ａ", "ￅ", "𠮷", "𠮷a", "a b", "a,b", 'a"b', "a-b", "a.b", "'", "#", "true",
            "null", "employee", "ﬁ", "e\u0301", "1.0", "-1", "+", "%s", "\\", "{}", "=1", " a", "a ", "a\tb"]
WEIGHTS = ["0", "1", "2", "3", "5", "0.99999999", "1.00000001", "2.00000001", "3.00000001", "5.00000001", "1.99999999",
           "2.99999999", "4.99999999", "99", "98.99999999", "0.00000001", "0.5", "1.5"]
AGREED = ["", "0", "1", "0.5", "0.005", "0.015", "1.005", "0.00000001", "9.99999999", "1.00000001", "0.99999999"]
ASSESSMENTS = ["", "", "0", "1", "1.0000", "0.5", "0.15", "0.0001", "0.9999", "1.2", "2"]
DEDUCTED = ["", "", "0", "0.00000001", "0.5", "1", "12.5", "99.99999999"]


def money(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


class Generator:
    def __init__(self, seed, size: int):
        self.rng = rng = random.Random(f"guigang {seed} {size}")
        self.size = size
        self.even = rng.random() < 0.12  # every case as usual as can be, the value of a point a short number
        self.fine = rng.random() < 0.7 and not self.even  # or round numbers everywhere, so that ties of rounding occur
        self.unit = rng.choice([1, 10, 100, 10_000, 10_000, 100_000, 1_000_000, 10**9])  # a usual cost is 100 of it, in fen
        self.wild = rng.random() < 0.15 and not self.even  # costs that have nothing to do with their group
        self.reviewing = rng.random() < 0.25 and not self.even  # few hospitals and months, and many high cases, reviewed
        self.funds = FUNDS if size > 1 and rng.random() < 0.85 else [rng.choice(FUNDS)]

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    def pick(self, *values):
        return self.rng.choice(values)

    def keys(self, prefix: str, count: int) -> list:
        if self.chance(0.5):
            digits = self.rng.choice([0, 3, 7])
            return [f"{prefix}{i + 1:0{digits}d}" for i in range(count)]
        keys = self.rng.sample(ODD_KEYS, min(count, len(ODD_KEYS)))
        return keys + [f"{self.rng.choice(ODD_KEYS)}/{i}" for i in range(count - len(keys))]

    def fen(self, usual: float) -> int:
        """About `usual` fen, or some odd amount."""
        amount = self.pick(0, 1, 5, 10**11, 3, 99) if self.chance(0.02) else int(usual * self.rng.lognormvariate(0, 0.5))
        return min(amount if self.fine else amount - amount % 100 + self.pick(0, 0, 5, 50), 10**11)

    def ratio(self, low: float, high: float, scale: int = 8) -> str:
        return f"{self.rng.uniform(low, high):.{scale if self.fine else 1}f}"

    # ------------------------------------------------------------------------------------------------------------ tables

    def group_history(self) -> list:
        """(tier, cost in fen) of one group."""
        unit, tiers = self.unit, self.rng.sample(TIERS, self.pick(1, 2, 2, 3, 3, 3))
        profile = "equal" if self.even else self.rng.choices(
            ["equal", "by_tier", "steep", "cv_1", "few", "five", "none", "half", "spread"], [4, 2, 2, 2, 1, 1, 1, 2, 4])[0]
        at_random = lambda count, sigma: [(self.rng.choice(tiers), max(1, int(100 * unit * self.rng.lognormvariate(0, sigma))))
                                          for _ in range(count)]
        if profile == "equal":  # every mean is this cost; thresholds of it are whole fen
            return [(self.rng.choice(tiers), 100 * unit)] * self.pick(5 if self.even else 4, 5, 5, 6, 8)
        if profile == "by_tier":  # coefficients that are equal, or differ in the last decimal or after it
            step = self.pick(0, 1, unit, -unit // 2)
            return [(tier, 100 * unit + step * i) for i, tier in enumerate(tiers) for _ in range(self.pick(2, 3, 5))]
        if profile == "steep":  # stable, and a low case of the dear tier costs more than the mean of all
            cheap, dear = self.rng.sample(TIERS, 2)
            return [(cheap, 100 * unit)] * 19 + [(dear, 500 * unit)]
        if profile == "cv_1":  # 4 x a and 6a: cv = 1, or so little above that it rounds to 1, or not
            unit = self.pick(unit, 10**8)
            return [(self.rng.choice(tiers), 10 * unit)] * 4 + [(self.rng.choice(tiers), 60 * unit + self.pick(-1, 0, 0, 1))]
        if profile == "half":  # means and cv with a 5 as their ninth decimal
            power = 2 ** self.rng.randint(3, 9 if self.size > 50 else 6)
            other = [(self.rng.choice(tiers), 512)] * (power - 2) if self.chance(0.5) else [(self.rng.choice(tiers), 1)] * (power - 1)
            return other + [(tiers[0], self.pick(511, 512, 513)), (tiers[0], self.pick(513, 2))][:power - len(other)]
        if profile == "none":
            return []
        count = {"few": self.rng.randint(1, 4), "five": 5, "spread": self.rng.randint(5, 40)}[profile]
        return at_random(count, self.pick(0.1, 0.4, 0.8, 1.3))

    def groups(self):
        count = self.rng.randint(1, 8) if self.size < 100 else self.rng.randint(5, 60)
        self.weight, self.tier_mean, histories = {}, {}, []
        for drg in self.keys("DRG", count):
            odd = self.rng.choice(WEIGHTS) if self.chance(0.6) else self.ratio(0.1, self.pick(2, 6, 99))
            self.weight[drg] = self.pick("1", "2", "3.00") if self.even else odd
            own = self.group_history()
            for tier in TIERS:
                costs = [c for t, c in own if t == tier] or [c for _, c in own]
                self.tier_mean[drg, tier] = Fraction(sum(costs), len(costs)) if costs else None
            histories += [(drg, tier, money(cost)) for tier, cost in own]
        if not histories and self.chance(0.9):
            histories.append((drg, "primary", money(100 * self.unit)))
        basic = self.chance(0.8)
        self.rng.shuffle(histories)
        return {"drg": [[d, w, self.pick("true", "false", "false", "") if basic else ""] for d, w in self.weight.items()],
                "history": [[key, *row] for key, row in zip(self.keys("P", len(histories)), histories)],
                "drg_tier": [[d, t, self.rng.choice(AGREED) if self.chance(0.6) else self.ratio(0.5, 1.5)]
                             for d in self.weight for t in TIERS if self.chance(0 if self.even else 0.25)]}

    def hospitals(self):
        self.tier = {h: self.rng.choice(TIERS) for h in self.keys("H", self.rng.randint(1, 2 if self.reviewing else 4 + min(self.size // 10, 20)))}
        communities = self.keys("Q", self.rng.randint(0, 3)) if self.chance(0.7) else []
        community = {h: self.rng.choice(communities) if communities and self.chance(0.6) else "" for h in self.tier}
        leads = {c: self.rng.choice([h for h in self.tier if community[h] == c]) for c in set(community.values()) - {""}}
        return {"hospital": [[h, t, community[h], "true" if h in leads.values() else self.pick("false", "false", "")]
                             for h, t in self.tier.items()]}

    def cost(self, drg: str, hospital: str) -> int:
        mean = self.tier_mean.get((drg, self.tier[hospital]))
        if mean is None or self.wild and self.chance(0.5):
            return self.fen(100 * self.unit)
        if self.even:
            return int(mean)
        if self.reviewing and self.chance(0.7):
            return self.fen(float(mean) * 5)
        if self.chance(0.55):
            threshold = self.pick(Fraction(3, 10), Fraction(3, 10), 1, Fraction(13, 10), Fraction(3, 2), 2, Fraction(5, 2), 3)
            return min(10**11, max(0, int(threshold * mean) + self.pick(0, 0, 0, 1, -1)))
        return self.fen(float(mean) * self.pick(0.2, 1, 1, 1, 3, 6))

    def cases(self):
        months = self.rng.sample(MONTHS, 2 if self.reviewing else self.pick(1, 3, 11, 12))
        at = self.rng.sample(list(self.tier), max(1, int(len(self.tier) * self.pick(0.5, 0.8, 1))))
        review, rows = 0.9 if self.reviewing else self.pick(0, 0.1, 0.5), []
        for i, key in enumerate(self.keys("C", self.size)):
            hospital, month = self.rng.choice(at), self.rng.choice(months)
            drg = "" if self.chance(0 if self.even else 0.08) else self.rng.choice(list(self.weight))
            cost = self.cost(drg, hospital)
            unreasonable = self.pick(0, cost, cost // 2, self.rng.randint(0, cost), min(1, cost)) if self.chance(0.3) else 0
            paid = [self.rng.randint(0, cost) for _ in range(3)] if self.fine else [cost - cost % 10, 5 * self.pick(0, 1, 3), 0]
            if self.even:
                paid[1] = cost
            rows.append([key, hospital, self.funds[i % len(self.funds)] if i < 2 else self.rng.choice(self.funds), str(month), drg,
                         money(cost), money(unreasonable) if unreasonable else self.pick("", "0"),
                         self.pick("true", "true", "false", ""),
                         str(self.rng.randint(month, min(12, month + self.pick(0, 1, 12)))) if self.chance(review) else "",
                         money(paid[0] // self.pick(1, 3, 10)), money(paid[1]), money(paid[2] // 10 if self.chance(0.3) else 0),
                         money(cost // self.pick(10, 10, 9, 20, 2))])
        self.total = {f: sum(int(r[5].replace(".", "")) for r in rows if r[2] == f) + 100 for f in self.funds}
        self.points = {f: sum(int(100 * float(self.weight[r[4]])) for r in rows if r[2] == f) for f in self.funds} if self.even else {}
        return {"case": rows}

    def budgets(self):
        funds, fund_months = [], []
        for fund in self.funds:
            deducted = {d: self.rng.randint(0, self.total[fund] // 4) if self.chance(0.7) else 0 for d in DEDUCTIONS[fund]}
            budget = int(self.total[fund] * self.pick(0.05, 0.5, 0.8, 1, 3)) if self.chance(0.97) else self.pick(0, 1, 2)
            if self.even:
                budget = self.points[fund] * self.pick(1, 5, 25, 50, 125, 250)
            funds.append([fund, money(sum(deducted.values()) + budget), *(money(deducted[d]) if d in deducted else self.pick("", "0", "0.00")
                                                                         for d in ["outpatient_pool", *COMMON_DEDUCTIONS])])
            shape = self.pick("equal", "random", "random", "one", "binary", "last_none")
            paid = {m: 100 if shape == "equal" else self.fen(self.total[fund]) for m in MONTHS}
            if shape == "one":
                paid = {m: 0 for m in MONTHS} | {self.rng.choice(MONTHS): 1}
            elif shape == "binary":  # the sum is a power of two: shares that end with a 5
                paid = {m: self.pick(1, 3, 5, 0, 32) for m in MONTHS}
                paid[self.rng.choice(MONTHS)] += 1024 - sum(paid.values())
            elif shape == "last_none":
                paid[12] = 0
            fund_months += [[fund, str(m), money(p)] for m, p in paid.items()]
        return {"fund": funds, "fund_month": fund_months}

    def hospital_funds(self):
        pairs = [(h, f) for h in self.tier for f in self.funds]
        share = self.pick(0, 0.3, 0.9, 1)
        some = 1 if self.reviewing else min(1, (self.size + 5) / (12 * len(pairs)))
        deduct = self.chance(0.7)
        return {"hospital_fund": [[h, f, money(self.pick(0, 3, 9, 15) if self.chance(0.3) else self.fen(self.total[f])),
                                   self.rng.choice(ASSESSMENTS), self.rng.choice(DEDUCTED) if deduct else ""]
                                  for h, f in pairs if self.chance(share)],
                "hospital_fund_month": [[h, f, str(m), money(self.fen(10 * self.unit)) if self.chance(0.5) else "",
                                         self.rng.choice(DEDUCTED) if deduct else ""]
                                        for h, f in pairs for m in MONTHS if self.chance(some)]}

    # ------------------------------------------------------------------------------------------------------------ dataset

    def dataset(self) -> dict:
        """{table: rows of text, the header first}"""
        tables = {**self.groups(), **self.hospitals(), **self.cases(), **self.budgets(), **self.hospital_funds()}
        labelled, shuffled = self.chance(0.2), self.chance(0.7)
        for name, rows in list(tables.items()):
            if name in MAY_BE_ABSENT and self.chance(0.25):
                del tables[name]
                continue
            keys, fields = INPUTS[name]
            columns = [list(c) for c in zip(*([[*keys, *fields], *rows]))]
            for column in list(columns):
                field = column[0]
                if field in ("assessment", "deducted_points", "audit_deduction", "unreasonable", "approved", "review_month",
                             "agreed_coefficient", "basic") and self.chance(0.08):
                    column[1:] = [""] * len(rows)
                if field in fields and fields[field][1] != REQUIRED and not any(column[1:]) and self.chance(0.6):
                    if not (name == "fund" and field in DEDUCTIONS[self.funds[-1]] + DEDUCTIONS[self.funds[0]]):
                        columns.remove(column)
                elif labelled and (name, field) in LABELS and self.chance(0.5):
                    column[0] = LABELS[name, field]
            if shuffled:
                self.rng.shuffle(columns)
                self.rng.shuffle(rows_of := list(zip(*[c[1:] for c in columns])))
            else:
                rows_of = list(zip(*[c[1:] for c in columns]))
            tables[name] = [[c[0] for c in columns], *map(list, rows_of)]
        return tables


def generate(seed, size: int) -> dict:
    return Generator(seed, size).dataset()


def write(tables: dict, folder: pathlib.Path, newline: str = "\n", encoding: str = "utf-8") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding=encoding, newline="") as file:
            csv.writer(file, lineterminator=newline).writerows(rows)


if __name__ == "__main__":
    write(generate(sys.argv[1], int(sys.argv[2])), pathlib.Path(sys.argv[3]))
