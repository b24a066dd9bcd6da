#!/usr/bin/env python3
"""Grouping lists as bureaus publish them, exported from a spreadsheet as CSV, to the tables of docs/grouping.md.

    tools/import_tables.py --out TABLES SHEET.csv ...        (or folders of sheets)

What a sheet is, is told by its headers. What cannot be placed is reported with its file, line, column, value and
reason; then nothing is written and the exit code is 1, unless --allow says to go on without it. Only the standard
library is needed; see docs/grouping.md, "From a bureau's lists".
"""
import argparse
import csv
import io
import os
import pathlib
import re
import shutil
import sys
import tempfile
import unicodedata

OK, NOT_PLACED, BAD_USAGE, IO_ERROR = 0, 1, 64, 74

# ---- headers: what a column is called, without blanks and signs ----

SYNONYMS = {
    "mdc": "MDC MDC编码 MDC代码 大类 大类编码 大类代码 主要诊断大类 主要诊断大类编码 主要诊断大类代码 所属MDC 所属大类",
    "mdc_name": "MDC名称 大类名称 主要诊断大类名称",
    "adrg": "ADRG ADRG编码 ADRG代码 核心组 核心组编码 核心组代码 核心疾病诊断相关组 核心疾病诊断相关组编码 核心分组编码 ADRG组编码 所属ADRG",
    "adrg_name": "ADRG名称 核心组名称 核心疾病诊断相关组名称",
    "entry": "条目 条目编码 条目编号 entry",
    "drg": "DRG DRGs DRG编码 DRGs编码 DRG代码 DRG组编码 DRG分组编码 病组 病组编码 病组代码 分组编码 疾病诊断相关组编码 细分组编码",
    "drg_name": "DRG名称 DRGs名称 DRG组名称 病组名称 分组名称 疾病诊断相关组名称 细分组名称",
    "dx": "诊断 诊断编码 诊断代码 疾病编码 疾病代码 疾病诊断编码 疾病诊断代码 主要诊断编码 主要诊断代码 主诊编码 主诊断编码 ICD10 ICD10编码 "
          "ICD10代码 医保诊断编码 并发症编码 合并症编码 icd10",
    "dx_name": "诊断名称 疾病名称 疾病诊断名称 主要诊断名称 主诊名称 ICD10名称 并发症名称 合并症名称",
    "proc": "手术 手术编码 手术代码 操作编码 手术操作编码 手术操作代码 手术及操作编码 手术及操作代码 手术和操作编码 ICD9 ICD9编码 ICD9CM3 "
            "ICD9CM3编码 ICD9CM3代码 icd9",
    "proc_name": "手术名称 操作名称 手术操作名称 手术及操作名称 手术和操作名称 ICD9CM3名称",
    "list_no": "表号 表序号 列表 列表号 诊断表 诊断表号 手术表 手术表号 手术组 手术组合表 所在表",
    "part": "部位 部位名称 身体部位 创伤部位 损伤部位 label",
    "level": "类别 类型 级别 CC类别 MCCCC MCC或CC CCMCC 并发症类别 并发症等级 严重程度 等级 标识 level",
    "exclusion": "排除表 排除表号 排除表编号 排除表编码 排除列表 排除列表号 CC排除表 CC排除表号 排除组 PDX排除表 exclusion_list",
    "from_dx": "原诊断编码 转换前诊断编码 临床版诊断编码 国临版诊断编码 源诊断编码 原疾病编码",
    "to_dx": "转换后诊断编码 医保版诊断编码 目标诊断编码 转换后疾病编码",
    "from_proc": "原手术编码 原手术操作编码 转换前手术编码 临床版手术编码 国临版手术编码 源手术编码 国临版手术操作编码 临床版手术操作编码",
    "to_proc": "转换后手术编码 转换后手术操作编码 医保版手术编码 医保版手术操作编码 目标手术编码",
    "from_any": "原编码 转换前编码 临床版编码 国临版编码 源编码",
    "to_any": "转换后编码 医保版编码 目标编码",
    "valid": "有效手术 是否有效手术 是否有效 有效",
    "order": "次序 顺序 规则次序 分组次序 order",
    "rule": "规则 分组规则 细分规则 rule",
    "param": "参数 条件值 规则参数 param",
    # What a list cannot say: the columns of mdc.csv and adrg.csv under the names that stdlib/grouping gives them.
    "primary_dx": "主诊 主诊要求 主要诊断要求 primary_dx", "any_dx": "任诊 任一诊断 任一诊断要求 any_dx",
    "other_dx": "他诊 其他诊断 其他诊断要求 other_dx", "primary_proc": "主手术 主手术要求 主要手术要求 primary_proc",
    "any_proc": "任手术 手术组合 手术组合要求 any_proc", "age_day_max": "最大日龄 日龄上限 age_day_max",
    "weight_min": "最低体重 体重下限 weight_min", "weight_max": "体重界 体重上限 weight_max",
    "no_drg_match": "无规则时 no_drg_match", "stage": "阶段 stage", "extra_procs": "另列手术 extra_procs",
    "gender": "性别 gender", "age_years": "年龄 周岁 age_years", "min_body_parts": "最少部位数 部位数 min_body_parts",
    "qy_enabled": "判歧义 歧义 是否判歧义 qy_enabled", "always": "无条件 一律入组",
}


def bare(text):
    """A header without what differs from sheet to sheet: width, case, blanks, signs."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).lower()


HEADERS = {}
for field, words in SYNONYMS.items():
    for word in words.split():
        assert HEADERS.setdefault(bare(word), field) == field, word

# Columns in which a merged cell leaves its value in the first row only.
FILLED_DOWN = ("mdc", "adrg", "entry", "drg", "list_no", "exclusion", "level", "part")

# ---- words of cells ----

DIGITS = {**{c: str(i + 1) for i, c in enumerate("一二三四五六七八九")}, **{c: str(i + 1) for i, c in enumerate("ⅠⅡⅢⅣ")}}
YES, NO = {"1", "是", "y", "yes", "true", "√", "有"}, {"0", "否", "n", "no", "false", "×", "无"}
LEVELS = {"mcc": "MCC", "cc": "CC", "严重并发症或合并症": "MCC", "严重并发症与合并症": "MCC", "严重": "MCC",
          "并发症或合并症": "CC", "并发症与合并症": "CC", "一般并发症或合并症": "CC", "一般": "CC"}
RULES = {"none": "none", "一律": "none", "无条件": "none", "mcc": "mcc", "有mcc": "mcc", "伴mcc": "mcc",
         "mccorcc": "mcc_or_cc", "mcc或cc": "mcc_or_cc", "有mcc或cc": "mcc_or_cc", "伴mcc或cc": "mcc_or_cc",
         "agelt": "age_lt", "年龄小于": "age_lt", "depteq": "dept_eq", "科室为": "dept_eq",
         "anyprocall": "any_proc_all", "手术齐全": "any_proc_all"}
GENDERS = {"1": "1", "男": "1", "男性": "1", "2": "2", "女": "2", "女性": "2"}
STAGES = {"beforeqy": "before_qy", "歧义前": "before_qy", "afterqy": "after_qy", "歧义后": "after_qy"}
PRIMARY = {"1": "1", "在表": "1", "是": "1", "!1": "!1", "不在表": "!1"}
MAIN = {"1": "1", "在表": "1", "valid": "VALID", "有效": "VALID", "有效手术": "VALID", "!valid": "!VALID", "无效": "!VALID",
        "非有效": "!VALID", "无有效手术": "!VALID"}
COMBINATIONS = ("1", "1&2", "1&2&3", "1|2&3", "1&2|1&3&4", "!VALID")
UNMATCHED = {"next": "next", "下一条目": "next", "adrgcode": "adrg_code", "核心组编码": "adrg_code"}

ORDER_OF_MDC = "APYZMNBCDEFGHIJKLOQRSTUVWX"  # the same in all published schemes
NEVER_EXCLUDED = "999"
CODES = re.compile(r"[、,;|\n]+|\s+")
DX = re.compile(r"[A-Z]\d\d[0-9A-Za-z.+*/]*$")
PROC = re.compile(r"\d\d(\.[0-9A-Za-z]+)?$")
MDC, ADRG, DRG = re.compile(r"(?:MDC)?([A-Z])$"), re.compile(r"[A-Z]{2}\d$"), re.compile(r"[A-Z]{2}\d[0-9]$|[A-Z]QY$")
ENTRY = re.compile(r"([A-Z]{2}\d)(_\d+)?$")
NOTE = re.compile(r"^(注|备注|说明|附注|填表说明|合计|总计|共\s*\d+|\*|※|数据来源|制表)")

COLUMNS = {
    "mdc.csv": "mdc order primary_dx any_dx primary_proc extra_procs gender age_years min_body_parts qy_enabled",
    "mdc_dx.csv": "mdc list_no icd10 label",
    "adrg.csv": "entry adrg mdc order stage primary_dx any_dx other_dx primary_proc any_proc age_day_max weight_min "
                "weight_max no_drg_match",
    "adrg_dx.csv": "entry list_no icd10", "adrg_proc.csv": "entry list_no icd9", "drg.csv": "drg adrg mdc name",
    "drg_rules.csv": "entry adrg order drg rule param", "cc.csv": "icd10 level exclusion_list",
    "cc_exclusion.csv": "icd10 exclusion_list", "valid_procedures.csv": "icd9 name",
    "icd10_map.csv": "code mapped", "icd9_map.csv": "code mapped",
}


def clean(text):
    """Full-width signs as their plain ones; no blanks at the ends, of whatever sort."""
    text = unicodedata.normalize("NFKC", text).replace("\u200b", "").replace("\ufeff", "")
    return text.strip()


def trimmed(text):
    """A name as it is written: only the blanks around it are dropped."""
    return text.replace("\u200b", "").replace("\ufeff", "").strip()


def word(text):
    return re.sub(r"[\s_（）()]", "", clean(text)).lower()


def spelt(code):
    """A code as the tables spell it: the sign before an extension is a small x, all else is large (X83.x00, 00.5500x008)."""
    return code[:1].upper() + code[1:].upper().replace("X", "x")


def code_of(text):
    """The code of a cell that perhaps goes on with the name: "BB1 开颅术"."""
    return re.match(r"[A-Z0-9_]*", text.upper()).group()


def exclusion_number(text):
    """Of "110", "排除表110", "表6-3-110" the number of the list, as text; "" where there is none."""
    found = re.findall(r"\d+", text)
    return str(int(found[-1])) if found else ""


class Sheet:
    """A sheet as rows of cells with the lines on which they begin; its header found, its columns named."""

    def __init__(self, path):
        self.path, self.name = path, path.name
        self.rows = list(self.read(path))
        self.fields, self.headers, self.first, self.title = {}, [], 0, self.name
        best = 0
        for i, (_, cells) in enumerate(self.rows[:30]):
            fields = {}
            for column, cell in enumerate(cells):
                # A second column of a sort, such as a second list beside the first, is not read: it is reported.
                if field := HEADERS.get(bare(cell)):
                    fields.setdefault(field, column)
            if len(fields) > best:
                best, self.fields, self.first, self.headers = len(fields), fields, i + 1, [clean(c) for c in cells]
        if self.first:
            self.title = " ".join([self.name] + [clean(c) for _, cells in self.rows[:self.first - 1] for c in cells if c])

    @staticmethod
    def read(path):
        raw = path.read_bytes()
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            text = raw.decode("utf-16")
        else:
            try:
                text = raw.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = raw.decode("gb18030")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        sample = text[:5000]
        delimiter = max(",\t;", key=sample.count)
        reader, line = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1

    def kind(self):
        """What the sheet holds, by its columns; only where they leave it open by its title."""
        has = self.fields.__contains__
        if has("from_dx") and has("to_dx"):
            return "map_dx"
        if has("from_proc") and has("to_proc"):
            return "map_proc"
        if has("from_any") and has("to_any"):
            return "map_proc" if re.search("手术|操作|ICD-?9", self.title, re.I) else "map_dx"
        if has("drg") and has("rule"):
            return "rules"
        if has("dx") and has("exclusion"):
            by_title = re.search("排除", self.title) is None and re.search("CC|并发症", self.title)
            return "cc" if has("level") or by_title else "exclusion"
        if has("adrg") or has("entry"):
            if has("dx") or has("proc"):
                return "lists"
            return "drg" if has("drg") else "adrg"
        if has("mdc") and has("dx"):
            return "mdc_dx"
        if has("drg"):
            return "drg"
        if has("proc") and (has("valid") or re.search("有效|VALID|手术室", self.title, re.I)):
            return "valid"
        if has("mdc") and not has("proc"):
            return "mdc"
        return None


class Import:
    def __init__(self, one_alone):
        self.one_alone = one_alone
        self.unplaced, self.remarks, self.used = [], [], []
        self.mdc, self.mdc_dx, self.parts = {}, {}, {}
        self.entries, self.lists = {}, {"dx": {}, "proc": {}}
        self.drg, self.rules, self.cc, self.exclusion, self.valid = {}, [], {}, {}, {}
        self.maps = {"dx": {}, "proc": {}}
        self.repeated, self.all_rules, self.rule_of = 0, False, {}
        self.sheet, self.kind, self.line, self.cells = None, None, 0, []

    # ---- reports ----

    def refuse(self, field, value, reason):
        header = self.sheet.headers[self.sheet.fields[field]] if field in self.sheet.fields else ""
        self.unplaced.append((str(self.sheet.path), self.line, header, value, reason))

    def remark(self, text, value=""):
        self.remarks.append((str(self.sheet.path) if self.sheet else "", self.line if self.sheet else "", "", value, text))

    # ---- rows ----

    def get(self, field):
        column = self.sheet.fields.get(field)
        read = trimmed if field.endswith("_name") or field == "part" else clean
        return read(self.cells[column]) if column is not None and column < len(self.cells) else ""

    def take(self, sheet):
        self.sheet, self.line = sheet, sheet.rows[sheet.first - 1][0] if sheet.first else 1
        kind = self.kind = sheet.kind()
        if kind is None:
            self.unplaced.append((str(sheet.path), self.line, "", " ".join(sheet.headers)[:60],
                                  "no table has such columns 没有对应的表"))
            return
        self.used.append((sheet.name, kind))
        seen = [HEADERS.get(bare(h)) for h in sheet.headers]
        for column, (field, header) in enumerate(zip(seen, sheet.headers)):
            if field and sheet.fields[field] != column and any(
                    clean(cells[column]) for _, cells in sheet.rows[sheet.first:] if column < len(cells)):
                self.unplaced.append((str(sheet.path), self.line, header, "",
                                      "a second column of the same sort 同类的列有两个, 只读第一个"))
        last = {}
        for self.line, raw in sheet.rows[sheet.first:]:
            self.cells = list(raw)
            texts = [clean(c) for c in raw]
            if not any(texts) or texts == sheet.headers:  # a blank row, or the header again on a new page
                continue
            if self.is_note(texts):
                self.remark("a note, not read 注释, 未读", next(t for t in texts if t)[:60])
                last = {}
                continue
            self.fill_down(last)
            getattr(self, "row_of_" + kind)()

    def is_note(self, texts):
        given = [t for t in texts if t]
        if any(DX.match(spelt(t)) or PROC.match(spelt(t)) or DRG.match(t) for t in given):
            return False
        long_text = len(given) == 1 and len(given[0]) > 30
        return len(given) <= 2 and (NOTE.match(given[0]) is not None or long_text)

    def fill_down(self, last):
        """A merged cell: its value stands in the first of its rows."""
        changed = False  # of what stands further to the left the value is another: what is below it begins anew
        for field in sorted((f for f in FILLED_DOWN if f in self.sheet.fields), key=self.sheet.fields.get):
            column, value = self.sheet.fields[field], self.get(field)
            self.cells += [""] * (column + 1 - len(self.cells))
            if value:
                changed = changed or last.get(field) != value and field in ("mdc", "adrg", "entry")
                last[field] = value
            elif changed:
                last.pop(field, None)
            elif field in last and not (field in ("exclusion", "level") and self.kind == "cc"):
                self.cells[column] = last[field]

    def mdc_code(self, field="mdc", value=None):
        value = self.get(field) if value is None else value
        found = MDC.match(code_of(value))
        if not found:
            self.refuse(field, value, "no MDC 不是大类编码: A, MDCA")
        return found and found.group(1)

    def entry_code(self):
        """The entry and its ADRG; an ADRG with one entry is its own."""
        given = self.get("entry") or self.get("adrg")
        found = ENTRY.match(code_of(given))
        if not found:
            self.refuse("entry" if self.get("entry") else "adrg", given, "no ADRG 不是核心组编码: BB1")
            return None, None
        adrg = code_of(self.get("adrg"))
        return found.group(), adrg if ADRG.match(adrg) else found.group(1)

    def codes(self, field, pattern, what):
        """The codes of a cell; one that is none is reported."""
        out = []
        for code in (c for c in CODES.split(self.get(field)) if c):
            plain = spelt(code)
            if pattern.match(plain):
                out.append(plain)
            else:
                self.refuse(field, code, f"no {what}")
        return out

    def number(self, field, word_of=None, otherwise=""):
        value = self.get(field)
        if not value:
            return otherwise
        if word_of is not None and word(value) in word_of:
            return word_of[word(value)]
        digits = re.sub(r"[^\d]", "", "".join(DIGITS.get(c, c) for c in value))
        if word_of is None and digits:
            return str(int(digits))
        self.refuse(field, value, "not understood 不识的值")
        return None

    def put(self, table, key, value, field):
        """False where the key has another value already; the same once more is passed over."""
        if key not in table:
            table[key] = value
            return True
        if table[key] == value:
            self.repeated += 1
        else:
            before = table[key] if isinstance(table[key], str) else " ".join(map(str, filter(None, table[key])))
            self.refuse(field, key if isinstance(key, str) else " ".join(key), f"given twice, first as: {before} 前后不一")
        return False

    # ---- sheets ----

    def row_of_mdc(self):
        mdc = self.mdc_code()
        if not mdc:
            return
        row = {"primary_dx": self.flag("primary_dx"), "any_dx": self.flag("any_dx"),
               "primary_proc": self.number("primary_proc", MAIN), "gender": self.number("gender", GENDERS),
               "age_years": self.number("age_years"), "min_body_parts": self.number("min_body_parts"),
               "extra_procs": "|".join(self.codes("extra_procs", PROC, "procedure 不是手术编码")),
               "qy_enabled": self.flag("qy_enabled"), "order": self.number("order")}
        if None not in row.values():
            self.put(self.mdc, mdc, {k: v for k, v in row.items() if k in self.sheet.fields}, "mdc")

    def flag(self, field):
        value = word(self.get(field))
        if not value or value in NO:
            return "" if not value else "0"
        if value in YES:
            return "1"
        self.refuse(field, self.get(field), "neither yes nor no 应为是或否")
        return None

    def row_of_mdc_dx(self):
        mdc, codes = self.mdc_code(), self.codes("dx", DX, "diagnosis 不是诊断编码")
        if not mdc:
            return
        if not self.get("dx"):
            return self.refuse("dx", "", "a row without a code 没有编码")
        part = self.get("part")
        list_no = self.number("list_no")
        if list_no is None:
            return None
        if not list_no:
            known = self.parts.setdefault(mdc, {})
            list_no = str(known.setdefault(part, len(known) + 1))
        for code in codes:
            self.put(self.mdc_dx, (mdc, code), (list_no, part), "dx")
        return None

    def list_number(self):
        value = word(self.get("list_no"))
        if re.fullmatch(r"(主要诊断表?|主诊表?|诊断表?|手术表?)?", value):
            return "1"
        if re.fullmatch(r"(其他诊断表?|他诊表?|次要诊断表?)", value):
            return "2"
        return self.number("list_no")

    def row_of_lists(self):
        entry, adrg = self.entry_code()
        list_no = self.list_number()
        if not entry or not list_no:
            return
        given = False
        for sort, pattern, what in ("dx", DX, "diagnosis 不是诊断编码"), ("proc", PROC, "procedure 不是手术编码"):
            given = given or bool(self.get(sort))
            for code in self.codes(sort, pattern, what):
                self.entries.setdefault(entry, {"adrg": adrg})
                lists = self.lists[sort].setdefault(entry, {}).setdefault(list_no, {})
                self.repeated += code in lists
                lists[code] = True
        if not given:
            self.refuse("dx" if "dx" in self.sheet.fields else "proc", "", "a row without a code 没有编码")

    def row_of_adrg(self):
        entry, adrg = self.entry_code()
        if not entry:
            return
        row = {"adrg": adrg, "catalogue": True}
        for field in ("any_dx", "other_dx", "age_day_max", "weight_min", "weight_max"):
            row[field] = self.number(field)
        row["primary_dx"] = self.number("primary_dx", PRIMARY)
        row["primary_proc"] = self.number("primary_proc", MAIN)
        row["stage"], row["no_drg_match"] = self.number("stage", STAGES), self.number("no_drg_match", UNMATCHED)
        row["any_proc"] = self.combination()
        row["always"] = self.flag("always")
        if None not in row.values():
            known = self.entries.get(entry)
            if known is not None and not known.get("catalogue"):
                del self.entries[entry]  # the order of the catalogue counts, not that of the lists
            self.put(self.entries, entry, row, "adrg")

    def combination(self):
        text = "".join(DIGITS.get(c, c) for c in word(self.get("any_proc")))
        for of, to in (("表", ""), ("且", "&"), ("和", "&"), ("与", "&"), ("+", "&"), ("或", "|"), ("/", "|"), ("valid", "VALID"),
                       ("无有效手术", "!VALID"), ("全无效", "!VALID")):
            text = text.replace(of, to)
        if text and text not in COMBINATIONS:
            self.refuse("any_proc", self.get("any_proc"), "not one of " + ", ".join(COMBINATIONS) + " 不识的手术组合")
            return None
        return text

    def row_of_drg(self):
        drg = code_of(self.get("drg"))
        if not DRG.match(drg):
            return self.refuse("drg", self.get("drg"), "no DRG 不是病组编码: BB11, BQY")
        adrg = code_of(self.get("adrg"))
        mdc = self.mdc_code() if self.get("mdc") else drg[0]
        if drg.endswith("QY"):
            adrg = "QY"
        elif adrg and adrg != drg[:3]:
            return self.refuse("adrg", adrg, f"another ADRG than that of {drg} 与病组编码不符")
        self.put(self.drg, drg, (adrg or drg[:3], mdc, self.get("drg_name")), "drg")
        return None

    def row_of_rules(self):
        """A sheet of rules with their order says all of them; a column of rules among the groups, what it fills in."""
        whole = "order" in self.sheet.fields
        self.all_rules = self.all_rules or whole
        if not whole:
            self.row_of_drg()
        drg, rule = code_of(self.get("drg")), RULES.get(word(self.get("rule")))
        if not DRG.match(drg):
            return self.refuse("drg", self.get("drg"), "no DRG 不是病组编码: BB11") if whole else None
        if not rule:
            blank = not whole and not self.get("rule")
            return None if blank else self.refuse("rule", self.get("rule"), "not understood 不识的规则")
        param = "|".join(c for c in re.split(r"[|/、,;]", self.get("param")) if c)
        if not whole:
            self.rule_of[drg] = (rule, param)
            return None
        order = self.number("order")
        if order is not None:
            entry = code_of(self.get("entry")) or code_of(self.get("adrg")) or drg[:3]
            self.rules.append((entry, int(order or 0), drg, rule, param))
        return None

    def row_of_cc(self):
        level = self.get("level")
        if not level:  # a sheet for each level says it in its title
            level = "MCC" if re.search("MCC|严重", self.sheet.title) else "CC" if re.search("CC", self.sheet.title) else ""
        found = LEVELS.get(word(level))
        if not found:
            return self.refuse("level", level, "neither MCC nor CC 应为 MCC 或 CC")
        exclusion = self.get("exclusion")
        if word(exclusion) in ("无", "不排除", "-", "—"):
            exclusion = NEVER_EXCLUDED
        number = exclusion_number(exclusion)
        if not number:
            return self.refuse("exclusion", self.get("exclusion"), "no exclusion list 没有排除表号 (不排除的填“无”)")
        if not self.get("dx"):
            return self.refuse("dx", "", "a row without a code 没有编码")
        for code in self.codes("dx", DX, "diagnosis 不是诊断编码"):
            self.put(self.cc, code, (found, number), "dx")
        return None

    def row_of_exclusion(self):
        number = exclusion_number(self.get("exclusion"))
        if not number:
            return self.refuse("exclusion", self.get("exclusion"), "no exclusion list 没有排除表号")
        if not self.get("dx"):
            return self.refuse("dx", "", "a row without a code 没有编码")
        for code in self.codes("dx", DX, "diagnosis 不是诊断编码"):
            self.put(self.exclusion, (code, number), True, "dx")
        return None

    def row_of_valid(self):
        if "valid" in self.sheet.fields:
            valid = self.flag("valid")
            if valid != "1":
                return
        if not self.get("proc"):
            return self.refuse("proc", "", "a row without a code 没有编码")
        for code in self.codes("proc", PROC, "procedure 不是手术编码"):
            self.put(self.valid, code, self.get("proc_name"), "proc")
        return None

    def row_of_map(self, sort):
        source = self.get("from_" + sort) or self.get("from_any")
        target = self.get("to_" + sort) or self.get("to_any")
        field = "from_" + sort if "from_" + sort in self.sheet.fields else "from_any"
        pattern = DX if sort == "dx" else PROC
        target = spelt(target)
        if not source or not pattern.match(target):
            return self.refuse(field, f"{source} → {target}", "no code to map to 没有转换后的编码")
        self.put(self.maps[sort], source, target, field)
        return None

    def row_of_map_dx(self):
        self.row_of_map("dx")

    def row_of_map_proc(self):
        self.row_of_map("proc")

    # ---- what follows from the lists ----

    def condition(self, entry, row):
        """What an entry asks: what its row of the ADRG sheet says, else by which lists it has. None where that is not known:
        such an entry is left out, for one that asks nothing would take every record."""
        said = {k: row.get(k, "") for k in ("primary_dx", "any_dx", "other_dx", "primary_proc", "any_proc", "age_day_max",
                                            "weight_min", "weight_max")}
        dx, proc = self.lists["dx"].get(entry, {}), self.lists["proc"].get(entry, {})
        if dx and not (said["primary_dx"] or said["any_dx"] or said["other_dx"]):
            if "1" in dx:
                said["primary_dx"] = "1"
            if "2" in dx:
                said["other_dx"] = "2"
        if proc and not (said["primary_proc"] or said["any_proc"]):
            if list(proc) == ["1"]:
                said["primary_proc"] = "1"
            else:
                said["any_proc"] = {"12": "1&2", "123": "1&2&3"}.get("".join(sorted(proc)), "")
                if not said["any_proc"]:
                    return self.missing(entry, f"procedure lists {', '.join(sorted(proc))}, and how they go together is not said "
                                        "手术表的组合未写明 (手术组合)")
        if not any(said.values()) and row.get("always") != "1":
            return self.missing(entry, "neither a list nor a condition 既无诊断表、手术表, 也无条件 (无条件入组的填“无条件 是”)")
        asks = [said[k] for k in ("primary_proc", "any_proc") if said[k]]
        surgical = any(a != "!VALID" for a in asks)
        stage = row.get("stage") or ("before_qy" if surgical else "after_qy")
        return {**said, "stage": stage, "no_drg_match": row.get("no_drg_match") or "adrg_code"}

    def missing(self, value, reason):
        self.unplaced.append(("", "", "", value, reason))

    def rules_of(self, adrg):
        """From the fourth characters of its groups: 1 MCC, 3 CC, 5 neither, 9 not divided, 0 an age in the name."""
        own = sorted((d for d in self.drg if self.drg[d][0] == adrg), key=lambda d: "01359".find(d[3]) % 10)
        letters = "".join(d[3] for d in own)
        out = []
        for drg in own:
            name, digit = self.drg[drg][2], drg[3]
            rule, param = "", ""
            age = re.search(r"[<＜]\s*(\d+)\s*岁", name)
            if drg in self.rule_of:
                rule, param = self.rule_of[drg]
            elif digit in "59" or re.search("伴[或与和]不伴", name):
                rule = "none"
            elif digit == "0" and age:
                rule, param = "age_lt", age.group(1)
            elif digit == "1":
                rule = "mcc" if "3" in letters else self.one_alone
                if "3" not in letters:
                    self.remarks.append(("", "", "", drg, f"1 without 3: taken as {rule} 只有 1 没有 3, 按 {rule}; 见 --one-alone"))
            elif digit == "3":
                rule = "mcc_or_cc"
            if not rule:
                self.missing(drg, "the fourth character says no rule: give one in a column 规则  第四位没有约定的规则")
            elif out and out[-1][1] == "none":
                self.missing(drg, f"never reached behind {out[-1][0]}, which always holds 前面的病组一律成立, 本组到不了")
            else:
                out.append((drg, rule, param))
        return out

    def tables(self):
        self.sheet = None
        out = {name: [] for name in COLUMNS}
        catalogue = any(row.get("catalogue") for row in self.entries.values())
        for entry, row in self.entries.items():
            if catalogue and not row.get("catalogue"):
                self.missing(entry, "lists of an entry that the sheet of ADRGs does not have ADRG 目录中没有")
        adrgs = {row["adrg"] for row in self.entries.values()}
        mdcs = {a[0] for a in adrgs} | {m for m, _ in self.mdc_dx} | set(self.mdc)
        given_order = all(self.mdc.get(m, {}).get("order") for m in mdcs)
        place = (lambda m: int(self.mdc[m]["order"])) if given_order else ORDER_OF_MDC.find
        for number, mdc in enumerate(sorted(mdcs, key=place), 1):
            given = self.mdc.get(mdc)
            row = dict.fromkeys(COLUMNS["mdc.csv"].split(), "") | {"mdc": mdc, "order": str(number), "qy_enabled": "0"}
            says = {k for k in given or {} if k not in ("order", "qy_enabled")}
            if says:  # the sheet has columns for what lets a record in
                row |= {k: v for k, v in given.items() if k != "order"}
            else:  # what is the same in all published schemes
                row |= {"A": {"primary_proc": "VALID"}, "P": {"primary_dx": "1", "age_years": "0"},
                        "Z": {"primary_dx": "1", "min_body_parts": "2"}, "M": {"primary_dx": "1", "gender": "1"},
                        "N": {"primary_dx": "1", "gender": "2"}}.get(mdc, {"primary_dx": "1"})
                if given and given.get("qy_enabled"):
                    row["qy_enabled"] = given["qy_enabled"]
            row["qy_enabled"] = row["qy_enabled"] or "0"
            out["mdc.csv"].append(row)
            needs = row["primary_dx"] == "1" or row["any_dx"] == "1"
            if needs and not any(m == mdc for m, _ in self.mdc_dx):
                self.missing("MDC" + mdc, "no sheet lists its diagnoses 没有大类诊断表")
            if not any(a[0] == mdc for a in adrgs):
                self.missing("MDC" + mdc, "none of its ADRGs is listed 没有核心组")
        for (mdc, code), (list_no, part) in self.mdc_dx.items():
            out["mdc_dx.csv"].append({"mdc": mdc, "list_no": list_no, "icd10": code, "label": part})
        number = {}
        conditions = {entry: self.condition(entry, row) for entry, row in self.entries.items()}
        for mdc in (row["mdc"] for row in out["mdc.csv"]):  # entries are tried in the order of the file
            for entry, row in self.entries.items():
                if row["adrg"][0] == mdc and conditions[entry]:
                    number[mdc] = number.get(mdc, 0) + 1
                    out["adrg.csv"].append({"entry": entry, "adrg": row["adrg"], "mdc": mdc, "order": str(number[mdc]),
                                            **conditions[entry]})
        for sort, name, column in ("dx", "adrg_dx.csv", "icd10"), ("proc", "adrg_proc.csv", "icd9"):
            for row in out["adrg.csv"]:
                for list_no, codes in sorted(self.lists[sort].get(row["entry"], {}).items()):
                    out[name] += [{"entry": row["entry"], "list_no": list_no, column: code} for code in codes]
        for drg, (adrg, mdc, name) in self.drg.items():
            out["drg.csv"].append({"drg": drg, "adrg": adrg, "mdc": mdc, "name": name})
            if adrg != "QY" and adrg not in adrgs:
                self.missing(drg, f"nothing leads to its ADRG {adrg} 没有这个核心组")
        said = {}
        for entry, order, drg, rule, param in self.rules:
            said.setdefault(entry, []).append((order, drg, rule, param))
            if drg not in self.drg:
                self.missing(drg, "a rule gives a group that no sheet lists 规则中的病组不在病组目录中")
        derived = {}
        for row in out["adrg.csv"]:
            entry, adrg = row["entry"], row["adrg"]
            if rules := said.pop(entry, None) or said.get(adrg):
                ordered = sorted(rules, key=lambda r: r[0])
                rules = [(drg, rule, param) for _, drg, rule, param in ordered]
            elif self.all_rules:
                rules = []
            else:
                if adrg not in derived:
                    derived[adrg] = self.rules_of(adrg)
                rules = derived[adrg]
            if not rules and row["no_drg_match"] == "adrg_code" and not any(d[0] == adrg for d in self.drg.values()):
                self.remarks.append(("", "", "", entry, "no group: its ADRG is the result 没有病组, 结果为核心组编码"))
            for order, (drg, rule, param) in enumerate(rules, 1):
                out["drg_rules.csv"].append({"entry": entry, "adrg": adrg, "order": str(order), "drg": drg, "rule": rule,
                                             "param": param})
        for entry in said:
            if not any(row["adrg"] == entry for row in out["adrg.csv"]):
                self.missing(entry, "rules of an entry that there is not 规则所属的条目不存在")
        numbers = {number for _, number in self.exclusion}
        for code, (level, number_of) in self.cc.items():
            out["cc.csv"].append({"icd10": code, "level": level, "exclusion_list": number_of})
        for number_of in sorted({n for _, n in self.cc.values()} - numbers - {NEVER_EXCLUDED}, key=int):
            self.remarks.append(("", "", "", number_of, "an exclusion list without a diagnosis: it excludes nothing 排除表没有内容"))
        if not self.exclusion and any(n != NEVER_EXCLUDED for _, n in self.cc.values()):
            self.missing("cc_exclusion.csv", "no sheet gives this table 没有这个表的来源")
        out["cc_exclusion.csv"] = [{"icd10": c, "exclusion_list": n} for c, n in self.exclusion]
        out["valid_procedures.csv"] = [{"icd9": c, "name": n} for c, n in self.valid.items()]
        out["icd10_map.csv"] = [{"code": a, "mapped": b} for a, b in self.maps["dx"].items()]
        out["icd9_map.csv"] = [{"code": a, "mapped": b} for a, b in self.maps["proc"].items()]
        for name in "adrg.csv", "drg.csv", "cc.csv", "valid_procedures.csv":
            if not out[name]:
                self.missing(name, "no sheet gives this table 没有这个表的来源")
        return out


def text_of(name, rows):
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS[name].split(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write_folder(out, files, force):
    """All the tables or none: they are made beside the folder and take its place at the end."""
    fresh = pathlib.Path(tempfile.mkdtemp(prefix=out.name + ".", dir=out.parent))
    try:
        for name, text in files.items():
            (fresh / name).write_text(text, encoding="utf-8", newline="")
        fresh.chmod(0o755)
        if out.exists():
            old = fresh.with_name(fresh.name + ".old")
            out.rename(old)
            try:
                fresh.rename(out)
            except OSError:
                old.rename(out)
                raise
            shutil.rmtree(old)
        else:
            fresh.rename(out)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def report_of(taken):
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["kind", "file", "line", "column", "value", "reason"])
    writer.writerows([["unplaced", *row] for row in taken.unplaced])
    writer.writerows([["remark", *row] for row in taken.remarks])
    return out.getvalue()


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sheets", nargs="+", metavar="SHEET.csv", type=pathlib.Path)
    parser.add_argument("--out", required=True, type=pathlib.Path, help="the folder of the tables")
    parser.add_argument("--report", type=pathlib.Path, help="also write the report here, as CSV")
    parser.add_argument("--allow", action="store_true", help="write the tables without what could not be placed")
    parser.add_argument("--force", action="store_true", help="replace a folder that is there")
    parser.add_argument("--one-alone", choices=("mcc", "mcc_or_cc"), default="mcc_or_cc",
                        help="what a group with 1 asks where its ADRG has none with 3 (mcc_or_cc)")
    options = parser.parse_args(arguments)

    def usage(message):
        print("error:", message, file=sys.stderr)
        return BAD_USAGE

    if options.out.exists() and not options.force and (not options.out.is_dir() or any(options.out.iterdir())):
        return usage(f"{options.out} is not empty: name another folder, or replace it with --force")
    paths = []
    for path in options.sheets:
        paths += sorted(path.glob("*.csv")) if path.is_dir() else [path]
    if absent := [p for p in paths if not p.is_file()]:
        return usage(f"there is no file {absent[0]}")
    if not paths:
        return usage("no CSV files there")
    if options.out.resolve() in {p.resolve().parent for p in paths}:
        return usage(f"{options.out} holds the sheets; name another folder for the tables")
    taken = Import(options.one_alone)
    for path in paths:
        try:
            taken.take(Sheet(path))
        except (UnicodeDecodeError, csv.Error) as wrong:
            return usage(f"{path}: cannot be read as CSV in UTF-8 or GB18030 ({wrong})")
    tables = taken.tables()
    for name, kind in taken.used:
        print(f"{name}: {kind}")
    for name, rows in tables.items():
        print(f"{name}: {len(rows)} rows")
    print(f"{taken.repeated} repeated, {len(taken.remarks)} remarks, {len(taken.unplaced)} not placed 未能归位")
    for file, line, column, value, reason in taken.unplaced:
        place = f"{file}:{line}: " if file else ""
        print(f"{place}{column + ' ' if column else ''}\"{value}\": {reason}", file=sys.stderr)
    try:
        if options.report:
            options.report.write_text(report_of(taken), encoding="utf-8", newline="")
        if taken.unplaced and not options.allow:
            print("nothing was written: --allow writes the tables without these", file=sys.stderr)
            return NOT_PLACED
        options.out.parent.mkdir(parents=True, exist_ok=True)
        write_folder(options.out, {name: text_of(name, rows) for name, rows in tables.items()}, options.force)
    except OSError as wrong:
        print("error:", wrong, file=sys.stderr)
        return IO_ERROR
    return OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
