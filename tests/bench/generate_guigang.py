#!/usr/bin/env python3
"""A Guigang dataset of any size, always the same for the same arguments: generate_guigang.py CASES OUT [SEED].

628 groups, 60 hospitals of three tiers, both funds, twelve months; history a fifth of the cases (at least 20,000).
Costs are lognormal around the group's mean, so that all kinds of cases occur (about 6 % high, 5 % low, 2 % unstable,
1 % ungrouped). Case keys come sorted, as a bureau's export has them."""
import pathlib
import random
import sys


def main() -> None:
    cases, out = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 20201201)
    out.mkdir(parents=True, exist_ok=True)
    tiers = ["primary", "secondary", "tertiary"]
    funds = ["employee", "resident"]
    drgs = [f"{a}{b}{n}{s}" for a in "BCDEFGHIJKLMNOPQRSTUVWXYZ" for b in "RSTU" for n in "1234" for s in "135"][:628]
    weights = {d: round(min(12.0, rng.lognormvariate(0.0, 0.6)) + 0.2, 8) for d in drgs}
    mean = {d: 9000 * weights[d] * rng.uniform(0.8, 1.25) for d in drgs}
    unstable = set(rng.sample(drgs, 14))
    hospitals = [(f"H{i + 1:03d}", tiers[i % 3]) for i in range(60)]

    def write(name, header, rows):
        with (out / f"{name}.csv").open("w", encoding="utf-8", newline="") as f:
            f.write(header + "\n")
            f.writelines(row + "\n" for row in rows)

    def cost(drg, tier, sigma):
        factor = (0.85, 1.0, 1.2)[tier]
        return max(1.0, mean[drg] * factor * rng.lognormvariate(-sigma * sigma / 2, sigma))

    write("drg", "drg,weight,basic", (f"{d},{weights[d]:.8f},{'true' if rng.random() < 0.1 else 'false'}" for d in drgs))
    write("hospital", "hospital,tier,community,lead",
          (f"{h},{t},{f'Q{i // 9 + 1}' if t == 'primary' else ''},{'true' if t == 'primary' and i % 9 == 0 else 'false'}"
           for i, (h, t) in enumerate(hospitals)))

    def histories():
        for i in range(max(20000, cases // 5)):
            d, t = rng.choice(drgs), rng.randrange(3)
            yield f"P{i + 1:08d},{d},{tiers[t]},{cost(d, t, 1.4 if d in unstable else 0.45):.2f}"

    write("history", "id,drg,tier,cost", histories())
    write("drg_tier", "drg,tier,agreed_coefficient",
          (f"{d},{t},{rng.uniform(0.8, 1.3):.8f}" for d in drgs for t in tiers if rng.random() < 0.03))
    pay = cases * 10000.0
    deductions = ["outpatient_pool", "chronic_outpatient", "bed_day", "pharmacy", "special_drugs", "out_of_region",
                  "non_pilot", "manual", "major_illness", "reserve", "other"]

    def fund_row(fund):
        absent = {"employee": "outpatient_pool", "resident": "pharmacy"}[fund]
        return f"{fund},{pay:.2f}," + ",".join("" if d == absent else f"{pay * rng.uniform(0.005, 0.02):.2f}" for d in deductions)

    write("fund", "fund,total_budget," + ",".join(deductions), (fund_row(f) for f in funds))
    write("fund_month", "fund,month,last_year_paid",
          (f"{f},{m},{pay / 24 * rng.uniform(0.8, 1.2):.2f}" for f in funds for m in range(1, 13)))
    write("hospital_fund", "hospital,fund,last_year_paid,assessment,deducted_points",
          (f"{h},{f},{pay / 120 * rng.uniform(0.5, 1.5):.2f},{rng.choice(['1.0000', '0.9800', '1.0200'])},{rng.choice(['0', '12.5'])}"
           for h, _ in hospitals for f in funds))
    write("hospital_fund_month", "hospital,fund,month,audit_deduction,deducted_points",
          (f"{h},{f},{m},{rng.uniform(0, 5000):.2f},{rng.choice(['0', '0', '3.5'])}"
           for h, _ in hospitals for f in funds for m in range(1, 13) if rng.random() < 0.3))

    def rows():
        random_, choice, randrange = rng.random, rng.choice, rng.randrange
        for i in range(cases):
            h = randrange(60)
            t = h % 3
            m = randrange(12) + 1
            d = choice(drgs)
            c = cost(d, t, 1.4 if d in unstable else 0.45)
            fen = int(c * 100)
            unreasonable = f"{randrange(fen // 10 + 1) / 100:.2f}" if random_() < 0.1 else ""
            approved = review = ""
            if random_() < 0.15:
                approved = "true" if random_() < 0.6 else "false"
                review = str(min(12, m + randrange(4))) if random_() < 0.9 else ""
            paid = int(fen * 0.25)
            fund_paid = int(fen * 0.7)
            yield (f"C{i + 1:08d},{hospitals[h][0]},{funds[randrange(2)]},{m},{'' if random_() < 0.01 else d},"
                   f"{fen // 100}.{fen % 100:02d},{unreasonable},{approved},{review},{paid // 100}.{paid % 100:02d},"
                   f"{fund_paid // 100}.{fund_paid % 100:02d},0.00,{randrange(fen // 8 + 1) / 100:.2f}")

    write("case", "case,hospital,fund,month,drg,cost,unreasonable,approved,review_month,patient_paid,fund_paid,other_paid,self_pay", rows())


if __name__ == "__main__":
    main()
