"""A reader of run files, written from docs/run-file.md alone: reads, checks every hash, gives rows as text."""
import ctypes, ctypes.util, hashlib, json, sys
from datetime import date, timedelta

zstd = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
zstd.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong
zstd.ZSTD_decompress.restype = ctypes.c_size_t
zstd.ZSTD_decompress.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]


def decompress(frame):
    size = zstd.ZSTD_getFrameContentSize(frame, ctypes.c_size_t(len(frame)))
    out = ctypes.create_string_buffer(max(size, 1))
    read = zstd.ZSTD_decompress(out, size, frame, len(frame))
    assert read == size, "a damaged frame"
    return out.raw[:size]


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def number(data):
    return int.from_bytes(data, "little")


def base128(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def root(level):
    if not level:
        return sha()
    while len(level) > 1:
        level = [sha(b"\1", *level[i:i + 2]) if i + 1 < len(level) else level[i] for i in range(0, len(level), 2)]
    return level[0]


class Run:
    def __init__(self, path):
        self.data = data = open(path, "rb").read()
        assert data.startswith(b"STEELYARD RUN 1\n") and data.endswith(b"STEELYARD END 1\n"), "not a run file"
        trailer = data[-184:]
        index_at, index_size, manifest_at, manifest_size = (number(trailer[i:i + 8]) for i in range(0, 32, 8))
        assert index_at + index_size == manifest_at and manifest_at + manifest_size == len(data) - 184
        manifest = data[manifest_at:manifest_at + manifest_size]
        assert sha(manifest) == trailer[32:64], "another manifest"
        self.signed = number(trailer[64:72])
        self.manifest = json.loads(manifest)
        assert self.manifest["steelyard_run"] in (1, 2, 3), "another form"
        self.end = 16
        self.texts = {}
        for text in self.manifest["texts"]:
            self.texts[text["name"]] = self.frame(text)
            assert sha(self.texts[text["name"]]).hex() == text["content_sha256"]
        index_place = self.manifest["index"]
        index = json.loads(decompress(self.bytes(index_place)))
        self.secret = bytes.fromhex(index["secret"])
        self.tables = {}
        for at, (table, places) in enumerate(zip(self.manifest["tables"], index["tables"], strict=True)):
            self.tables[table["name"]] = self.table(at, table, places["chunks"])
        assert self.end == index_at, "bytes that belong to nothing"

    def bytes(self, place):
        frame = self.data[place["offset"]:place["offset"] + place["length"]]
        assert sha(frame).hex() == place["sha256"], "a changed frame"
        return frame

    def frame(self, place):
        assert place["offset"] == self.end
        self.end += place["length"]
        return decompress(self.bytes(place))

    def column(self, place, kind, rows):
        data = self.frame(place)
        given = [True] * rows
        if place.get("missing"):
            size = (rows + 7) // 8
            given = [data[i // 8] >> i % 8 & 1 == 1 for i in range(rows)]
            data = data[size:]
        width = 4 if kind == "text" else place["width"]
        values = [number(data[row:rows * width:rows]) if width else 0 for row in range(rows)]
        data = data[rows * width:]
        if kind == "text":
            out = []
            for length in values:
                out.append(data[:length])
                data = data[length:]
            values = out
        else:
            values = [int(place["base"]) + value for value in values]
        assert not data
        return [value if there else None for value, there in zip(values, given)]

    def table(self, at, table, chunks):
        out = [[] for _ in table["columns"]]
        roots, row = [], 0
        for chunk in chunks:
            assert chunk["first_row"] == row
            columns = [self.column(place, column["kind"], chunk["rows"])
                       for place, column in zip(chunk["columns"], table["columns"], strict=True)]
            leaves = []
            for cells in (zip(*columns) if columns else [()] * chunk["rows"]):
                canonical = b""
                for cell in cells:
                    if cell is None:
                        canonical += b"\0"
                    elif isinstance(cell, bytes):
                        canonical += b"\1" + base128(len(cell)) + cell
                    else:
                        canonical += b"\1" + base128(2 * cell if cell >= 0 else -2 * cell - 1)
                salt = sha(self.secret, at.to_bytes(4, "little"), row.to_bytes(8, "little"))[:16]
                leaves.append(sha(b"\0", salt, canonical))
                row += 1
            roots.append(root(leaves))
            assert roots[-1].hex() == chunk["root"]
            for column, cells in zip(out, columns):
                column += cells
        assert row == table["rows"] and root(roots).hex() == table["root"]
        return {"columns": table["columns"], "cells": out, "rows": row}

    def text(self, column, cell):
        """A cell as it stands in a result file."""
        kind = column["kind"]
        if cell is None:
            return ""
        if kind == "text":
            return cell.decode()
        if kind == "boolean":
            return "true" if cell else "false"
        if kind == "date":
            return (date(1970, 1, 1) + timedelta(days=cell)).isoformat()
        if kind == "month":
            return f"{1970 + cell // 12:04}-{cell % 12 + 1:02}"
        if kind in ("member", "choice"):
            return column["members"][cell]
        if kind == "reference":
            target = self.tables[column["table"]]
            if cell >= target["rows"]:
                cell, target = cell - target["rows"], self.tables["unused/" + column["table"]]
            keys = [i for i, c in enumerate(target["columns"]) if c.get("role") == "key"]
            return "/".join(self.text(target["columns"][i], target["cells"][i][cell]) for i in keys)
        decimals = column.get("decimals", 0)
        digits = str(abs(cell)).rjust(decimals + 1, "0")
        sign = "-" if cell < 0 else ""
        return sign + (digits[:-decimals] + "." + digits[-decimals:] if decimals else digits)

    def results(self, name):
        """Header and rows of a scope's result file, as lists of texts."""
        table = self.tables[name]
        wanted = [i for i, c in enumerate(table["columns"]) if c.get("role") in ("key", "result")]
        header = [table["columns"][i]["name"] for i in wanted]
        rows = [[self.text(table["columns"][i], table["cells"][i][row]) for i in wanted] for row in range(table["rows"])]
        return header, rows


if __name__ == "__main__":
    run = Run(sys.argv[1])
    print(json.dumps(run.manifest["facts"], ensure_ascii=False, indent=1))
    for name, table in run.tables.items():
        print(f"{name}: {table['rows']} rows, {len(table['columns'])} columns")
