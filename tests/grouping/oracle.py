"""A second grouper, written from the description of the schemes and not from the policy: table by table, record by
record, in plain Python. `oracle.py TABLES CASES` prints case_id,status,mdc,adrg,drg."""
import csv
import pathlib
import sys


def rows(folder, name):
    with (pathlib.Path(folder) / (name + ".csv")).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Scheme:
    def __init__(self, folder, retry=False):
        self.retry = retry
        self.mdcs = rows(folder, "mdc")
        self.parts = {}
        for row in rows(folder, "mdc_dx"):
            self.parts.setdefault(row["mdc"], {})[row["icd10"]] = row["list_no"]
        self.entries = {}
        for row in rows(folder, "adrg"):
            self.entries.setdefault(row["mdc"], []).append(row)
        self.dx, self.proc = {}, {}
        for lists, name, code in (self.dx, "adrg_dx", "icd10"), (self.proc, "adrg_proc", "icd9"):
            for row in rows(folder, name):
                lists.setdefault((row["entry"], row["list_no"]), set()).add(row[code])
        self.rules = {}
        for row in rows(folder, "drg_rules"):
            self.rules.setdefault(row["entry"], []).append(row)
        self.groups = {row["drg"]: row for row in rows(folder, "drg")}
        self.valid = {row["icd9"] for row in rows(folder, "valid_procedures")}
        self.cc = {row["icd10"]: (row["level"], row["exclusion_list"]) for row in rows(folder, "cc")}
        self.excluded = {row["icd10"]: row["exclusion_list"] for row in rows(folder, "cc_exclusion")}
        self.maps = [{row["code"]: row["mapped"] for row in rows(folder, name)} for name in ("icd10_map", "icd9_map")]

    def gate(self, mdc, case, dx, proc):
        own = self.parts.get(mdc["mdc"], {})
        if mdc["primary_dx"] and dx[0] not in own:
            return False
        if mdc["any_dx"] and not any(d in own for d in dx):
            return False
        if mdc["primary_proc"]:
            extra = mdc["extra_procs"].split("|") if mdc["extra_procs"] else []
            if not (proc and (proc[0] in self.valid or proc[0] in extra)):
                return False
        if mdc["gender"] and case["gender"] != mdc["gender"]:
            return False
        if mdc["age_years"] and int(case["age"]) != int(mdc["age_years"]):
            return False
        if mdc["min_body_parts"]:
            return len({own[d] for d in dx if d in own}) >= int(mdc["min_body_parts"])
        return True

    def holds(self, entry, case, dx, proc):
        def of(lists, number):
            return lists.get((entry["entry"], number), set())

        if entry["primary_dx"] and (dx[0] in of(self.dx, "1")) != (entry["primary_dx"] == "1"):
            return False
        if entry["any_dx"] and not any(d in of(self.dx, entry["any_dx"]) for d in dx):
            return False
        if entry["other_dx"] and not any(d in of(self.dx, entry["other_dx"]) for d in dx[1:]):
            return False
        main = proc[0] if proc else None
        asked = entry["primary_proc"]
        if asked == "1" and main not in of(self.proc, "1"):
            return False
        if asked in ("VALID", "!VALID") and (main in self.valid) != (asked == "VALID"):
            return False
        asked = entry["any_proc"]
        if asked == "!VALID" and any(p in self.valid for p in proc):
            return False
        if asked and asked != "!VALID":
            met = any(all(any(p in of(self.proc, n) for p in proc) for n in one.split("&"))
                      for one in asked.split("|"))
            if not met:
                return False
        if entry["age_day_max"] and not (case["age_day"] and int(case["age_day"]) <= int(entry["age_day_max"])):
            return False
        weight = int(case["weight"] or 0)
        if entry["weight_min"] and not (weight and weight >= int(entry["weight_min"])):
            return False
        return not entry["weight_max"] or 0 < weight < int(entry["weight_max"])

    def counts(self, level, dx):
        return any(d in self.cc and self.cc[d][0] == level and self.excluded.get(dx[0]) != self.cc[d][1]
                   for d in dx[1:])

    def group(self, entry, case, dx, proc):
        for rule in self.rules.get(entry["entry"], []):
            kind, param = rule["rule"], rule["param"]
            if (kind == "none" or kind == "mcc" and self.counts("MCC", dx)
                    or kind == "mcc_or_cc" and (self.counts("MCC", dx) or self.counts("CC", dx))
                    or kind == "age_lt" and int(case["age"]) < int(param)
                    or kind == "dept_eq" and case["dept"] == param
                    or kind == "any_proc_all" and all(p in proc for p in param.split("|"))):
                return rule["drg"]
        return entry["adrg"] if entry["no_drg_match"] == "adrg_code" else None

    def one_pass(self, case, dx, proc):
        for mdc in self.mdcs:
            if not self.gate(mdc, case, dx, proc):
                continue
            entries = self.entries.get(mdc["mdc"], [])
            for stage in "before_qy", "after_qy":
                if stage == "after_qy" and mdc["qy_enabled"] == "1" and any(p in self.valid for p in proc):
                    return mdc["mdc"] + "QY"
                for entry in entries:
                    if entry["stage"] == stage and self.holds(entry, case, dx, proc):
                        if found := self.group(entry, case, dx, proc):
                            return found
        return None

    def answer(self, case):
        nothing = ("0000", "00", "0000")
        dx = case["diagnoses"].split("|")
        proc = case["procedures"].split("|") if case["procedures"] else []
        if case["map_codes"] == "1":
            for codes, table, status in (dx, self.maps[0], "ZD_NOT_MAPPING"), (proc, self.maps[1], "SS_NOT_MAPPING"):
                if any(code not in table for code in codes):
                    return (status, *nothing)
                codes[:] = [table[code] for code in codes]
        newborn = case["age"] and int(case["age"]) == 0
        if (case["gender"] not in ("1", "2") or not case["age"] or newborn and not case["age_day"]
                or newborn and int(case["age_day"]) <= 28 and not case["weight"]):
            return ("CHECK_FAILED", *nothing)
        found = self.one_pass(case, dx, proc)
        if not found and self.retry:
            found = next(filter(None, (self.one_pass(case, dx, [p]) for p in proc[1:])), None)
        if not found:
            return ("FAIL", *nothing)
        if found.endswith("QY"):
            return ("QY", "MDC" + found[0], "QY", found)
        return ("SUCCESS", "MDC" + found[0], found[:3], found)


def main():
    scheme = Scheme(sys.argv[1], retry="--retry" in sys.argv)
    print("case_id,status,mdc,adrg,drg")
    with open(sys.argv[2], encoding="utf-8", newline="") as file:
        for case in csv.DictReader(file):
            print(",".join((case["case_id"], *scheme.answer(case))))


if __name__ == "__main__":
    main()
