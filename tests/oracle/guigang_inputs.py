"""The inputs of Guigang as the description of the regulation lists them: reading a dataset and refusing a wrong one."""
import csv
import pathlib
import re
from collections import defaultdict
from fractions import Fraction

FUNDS = ["employee", "resident"]
TIERS = ["primary", "secondary", "tertiary"]
MONTHS = range(1, 13)

COMMON_DEDUCTIONS = ["chronic_outpatient", "bed_day", "pharmacy", "special_drugs", "out_of_region", "non_pilot", "manual",
                     "major_illness", "reserve", "other"]
DEDUCTIONS = {"employee": COMMON_DEDUCTIONS,
              "resident": ["outpatient_pool"] + [d for d in COMMON_DEDUCTIONS if d != "pharmacy"]}


class DataError(Exception):
    """What is wrong with a dataset; the text names the quantity and the row."""


REQUIRED = "required"
MONEY, POINTS, RATIO, RATIO4 = ("money", 2), ("points", 8), ("ratio", 8), ("ratio", 4)  # what it is and its decimals
LIMITS = {"money": 10**13, "points": 10**12, "value": 10**12, "ratio": 10**6}  # every number, given or computed, is below
FUND, TIER, BOOL, TEXT, MONTH = "fund", "tier", "bool", "text", "month"

# For each entity: its keys, and its fields as name: (type, default). A field whose default is None may be missing.
# An empty bool is not true, so none is required.
INPUTS = {
    "fund": ({"fund": FUND}, {"total_budget": (MONEY, REQUIRED), "outpatient_pool": (MONEY, None),
                              **{d: (MONEY, None) for d in COMMON_DEDUCTIONS}}),
    "fund_month": ({"fund": FUND, "month": MONTH}, {"last_year_paid": (MONEY, REQUIRED)}),
    "hospital": ({"hospital": TEXT}, {"tier": (TIER, REQUIRED), "community": (TEXT, None), "lead": (BOOL, None)}),
    "hospital_fund": ({"hospital": TEXT, "fund": FUND},
                      {"last_year_paid": (MONEY, REQUIRED), "assessment": (RATIO4, Fraction(1)),
                       "deducted_points": (POINTS, Fraction(0))}),
    "hospital_fund_month": ({"hospital": TEXT, "fund": FUND, "month": MONTH},
                            {"audit_deduction": (MONEY, Fraction(0)), "deducted_points": (POINTS, Fraction(0))}),
    "drg": ({"drg": TEXT}, {"weight": (RATIO, REQUIRED), "basic": (BOOL, None)}),
    "drg_tier": ({"drg": TEXT, "tier": TIER}, {"agreed_coefficient": (RATIO, None)}),
    "history": ({"id": TEXT}, {"drg": (TEXT, REQUIRED), "tier": (TIER, REQUIRED), "cost": (MONEY, REQUIRED)}),
    "case": ({"case": TEXT},
             {"hospital": (TEXT, REQUIRED), "fund": (FUND, REQUIRED), "month": (MONTH, REQUIRED), "drg": (TEXT, None),
              "cost": (MONEY, REQUIRED), "unreasonable": (MONEY, Fraction(0)), "approved": (BOOL, None),
              "review_month": (MONTH, None), "patient_paid": (MONEY, REQUIRED), "fund_paid": (MONEY, REQUIRED),
              "other_paid": (MONEY, REQUIRED), "self_pay": (MONEY, REQUIRED)}),
}
MAY_BE_ABSENT = {"drg_tier", "hospital_fund", "hospital_fund_month"}
LABELS = {  # the Chinese header of a field, which a file may have instead of its identifier
    ("fund", "total_budget"): "统筹基金支出预算总额", ("fund", "outpatient_pool"): "门诊统筹",
    ("fund", "chronic_outpatient"): "门诊特殊慢性病", ("fund", "bed_day"): "按床日付费", ("fund", "pharmacy"): "药店购药",
    ("fund", "special_drugs"): "普通住院期间特药单独核算", ("fund", "out_of_region"): "区外异地住院结算",
    ("fund", "non_pilot"): "非 DRG 试点医院普通住院结算", ("fund", "manual"): "住院手工结算",
    ("fund", "major_illness"): "大病保险", ("fund", "reserve"): "年度预算调节金", ("fund", "other"): "法律法规规定的其他支出",
    ("fund_month", "last_year_paid"): "上年度该月住院统筹基金费用", ("hospital", "tier"): "等级",
    ("hospital", "lead"): "牵头医疗机构", ("hospital_fund", "last_year_paid"): "上年度统筹基金支付",
    ("hospital_fund", "assessment"): "考核系数", ("hospital_fund", "deducted_points"): "全年扣除点数",
    ("hospital_fund_month", "audit_deduction"): "审核扣款", ("drg", "weight"): "权重", ("drg", "basic"): "基础病组",
    ("case", "cost"): "实际发生医疗费用", ("case", "unreasonable"): "不合理费用", ("case", "approved"): "单议结论",
    ("case", "patient_paid"): "患者支付现金", ("case", "fund_paid"): "统筹基金费用", ("case", "other_paid"): "其他资金支付",
    ("case", "self_pay"): "自费费用",
}


def parse(type_, cell: str, where: str):
    if type_ == TEXT:
        return cell
    if type_ in (FUND, TIER, BOOL, MONTH):
        values = {FUND: FUNDS, TIER: TIERS, BOOL: ["true", "false"], MONTH: [str(m) for m in MONTHS]}[type_]
        if cell not in values:
            raise DataError(f"{where}: {cell!r} is none of {', '.join(values)}")
        return cell == "true" if type_ == BOOL else int(cell) if type_ == MONTH else cell
    kind, scale = type_
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell):
        raise DataError(f"{where}: {cell!r} is not a number in plain notation")
    if len(cell.partition(".")[2]) > scale:
        raise DataError(f"{where}: {cell} has more than {scale} decimals")
    if Fraction(cell) < 0:  # the description names money, counts and points only; no input ratio makes sense below 0
        raise DataError(f"{where}: {cell} is negative")
    if Fraction(cell) >= LIMITS[kind]:
        raise DataError(f"{where}: {cell} is too large")
    return Fraction(cell)


def read_table(folder: pathlib.Path, name: str) -> dict:
    """{key: {field: value}} in the order of the file; the key is a tuple unless there is only one key field."""
    file, (keys, fields) = folder / f"{name}.csv", INPUTS[name]
    if not file.exists():
        if name in MAY_BE_ABSENT:
            return {}
        raise DataError(f"{file.name}: there is no such file")
    types = {**{k: (t, REQUIRED) for k, t in keys.items()}, **fields}
    table = {}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for number, cells in enumerate(csv.DictReader(lines, restval=""), start=2):
            row = {}
            for field, (type_, default) in types.items():
                where = f"{file.name}:{number} {field}"
                cell = cells.get(field, cells.get(LABELS.get((name, field)), ""))
                if cell == "" and default == REQUIRED:
                    raise DataError(f"{where}: empty")
                row[field] = parse(type_, cell, where) if cell != "" else default
            key = tuple(row[k] for k in keys)
            key = key[0] if len(key) == 1 else key
            if key in table:
                raise DataError(f"{file.name}:{number}: {key} is there twice")
            table[key] = row
    return table


class Dataset:
    """The input tables; what must hold within and between them does."""

    def __init__(self, folder: pathlib.Path):
        for name in INPUTS:
            setattr(self, name, read_table(folder, name))
        for name, (keys, fields) in INPUTS.items():
            for reference in {"fund", "hospital", "drg"} & (set(keys) | set(fields)) - {name}:
                for key, row in getattr(self, name).items():
                    if row[reference] is not None and row[reference] not in getattr(self, reference):
                        raise DataError(f"{name} {key}: there is no {reference} {row[reference]}")
        for f in self.fund:
            missing = [m for m in MONTHS if (f, m) not in self.fund_month]
            if missing:
                raise DataError(f"fund_month {f}: months {missing} are missing")
            if sum(self.fund_month[f, m]["last_year_paid"] for m in MONTHS) == 0:
                raise DataError(f"fund_month {f}: last_year_paid is 0 in all months")
        for key, row in self.history.items():
            if row["cost"] <= 0:
                raise DataError(f"history {key}: a cost of {row['cost']}")
        for key, row in self.case.items():
            if row["unreasonable"] > row["cost"]:
                raise DataError(f"case {key}: unreasonable is more than cost")
            if row["review_month"] and row["review_month"] < row["month"]:
                raise DataError(f"case {key}: review_month is before month")
        leads = defaultdict(int)
        for key, row in self.hospital.items():
            if row["community"] is not None:
                leads[row["community"]] += bool(row["lead"])
            elif row["lead"]:
                raise DataError(f"hospital {key}: lead without a community")
        for community, count in leads.items():
            if count != 1:
                raise DataError(f"community {community}: {count} leads")
        self.communities = sorted(leads)
