// Cutting CSV into cells, and the encodings of files.
#include "data_fixture.h"
#include "runtime/data/csv_scanner.h"
#include "runtime/data/encoding.h"
#include "runtime/data/read_dataset.h"
#include <doctest/doctest.h>
#include <random>

using namespace steelyard::data;
using namespace data_test;

namespace {

using Records = std::vector<Texts>;

/// All records of a text; one with a fault is {"fault", its line}.
Records scan(std::string_view text) {
  Records records;
  CsvScanner scanner(text);
  while (scanner.next()) {
    Texts cells;
    if (scanner.fault() != CsvFault::none) {
      cells = {"fault", std::to_string(scanner.line())};
    } else {
      for (std::size_t i = 0; i < scanner.cell_count(); ++i) cells.emplace_back(scanner.cells()[i]);
    }
    records.push_back(cells);
  }
  return records;
}

/// The same by a plain machine, one character after the other, that knows no faults: for texts without any.
/// Empty when the text has one.
std::optional<Records> scan_plainly(std::string_view text) {
  Records records;
  Texts cells;
  std::string cell;
  enum { start, plain, quoted, closed } state = start;
  auto end_cell = [&] {
    cells.push_back(cell);
    cell.clear();
    state = start;
  };
  auto end_record = [&] {
    end_cell();
    records.push_back(cells);
    cells.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    bool crlf = c == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (state == quoted) {
      if (c == '"') {
        state = closed;
      } else {
        cell += c;
      }
    } else if (state == closed && c == '"') {
      cell += '"';
      state = quoted;
    } else if (c == ',') {
      end_cell();
    } else if (c == '\n' || crlf) {
      if (crlf) ++i;
      end_record();
    } else if (c == '"' && state == start) {
      state = quoted;
    } else if (c == '"' || c == '\r' || state == closed) {
      return std::nullopt;
    } else {
      cell += c;
      state = plain;
    }
  }
  if (state == quoted) return std::nullopt;
  if (state != start || !cells.empty()) end_record();
  return records;
}

ReadResult read_names(std::string_view content, Encoding encoding = Encoding::utf8) {
  TemporaryFolder folder;
  folder.put("item.csv", content);
  return read_dataset(dataset({table("item", {key(text("id")), optional(text("name"))})}), folder.path(),
                      encoding);
}

/// The texts of column `name`, "-" for a missing one.
Texts names(const ReadResult &result) {
  Texts out;
  const Table &table = result.dataset.tables[0];
  for (std::size_t row = 0; row < table.rows; ++row) {
    const Column &column = table.columns[1];
    out.emplace_back(column.is_given(row) ? column.dictionary[static_cast<std::size_t>(column.narrow(row))]
                                          : "-");
  }
  return out;
}

} // namespace

TEST_CASE("csv: records and cells") {
  CHECK(scan("").empty());
  CHECK(scan("a") == Records{{"a"}});
  CHECK(scan("a,b\n") == Records{{"a", "b"}});
  CHECK(scan("a,b\r\nc,\r\n") == Records{{"a", "b"}, {"c", ""}});
  CHECK(scan("a,b\n,") == Records{{"a", "b"}, {"", ""}});
  CHECK(scan("\n\na\n") == Records{{""}, {""}, {"a"}});
  CHECK(scan("long cell number one,and the second\n") == Records{{"long cell number one", "and the second"}});
}

TEST_CASE("csv: quoted cells") {
  CHECK(scan("\"a,b\",\"c\"\"d\"\n") == Records{{"a,b", "c\"d"}});
  CHECK(scan("\"\",\"\"\"\"\n") == Records{{"", "\""}});
  CHECK(scan("\"x\r\ny\",z\r\nw,v") == Records{{"x\r\ny", "z"}, {"w", "v"}});
  CHECK(scan("\"a\"\"\",\"\"\"b\",\"c\"\"\"\"d\"") == Records{{"a\"", "\"b", "c\"\"d"}});
}

TEST_CASE("csv: faults are on the line where the record begins, and the next lines are read") {
  CHECK(scan("a\n\"b\"c,d\ne\n") == Records{{"a"}, {"fault", "2"}, {"e"}});
  CHECK(scan("a\nb\"c\ne\n") == Records{{"a"}, {"fault", "2"}, {"e"}});
  CHECK(scan("a\nb\rc\ne\n") == Records{{"a"}, {"fault", "2"}, {"e"}});
  CHECK(scan("a\r") == Records{{"fault", "1"}});
  CHECK(scan("\"x\ny\",z\n\"open\nq\n") == Records{{"x\ny", "z"}, {"fault", "3"}});
  CHECK(scan("\"x\ny\"z\nb\"\n") == Records{{"fault", "1"}, {"fault", "3"}});
}

TEST_CASE("csv: any text without faults is cut as a plain machine cuts it") {
  std::mt19937 random(20240101);
  std::string_view alphabet = "aab1 \",,\"\n\r!\xE4";
  std::size_t compared = 0;
  for (int round = 0; round < 60000; ++round) {
    std::string text;
    for (std::size_t left = random() % 40; left > 0; --left) {
      char c = alphabet[random() % alphabet.size()];
      text += c;
      if (c == '\r') text += '\n';
      if (c == '"' && random() % 2 == 0) text += std::string(random() % 12, 'q') + "\",";
    }
    std::optional<Records> plain = scan_plainly(text);
    Records records = scan(text);
    bool has_fault = false;
    for (const Texts &record : records) has_fault = has_fault || record[0] == "fault";
    INFO(text);
    REQUIRE(has_fault == !plain.has_value());
    if (!plain) continue;
    REQUIRE(records == *plain);
    ++compared;
  }
  CHECK(compared > 10000);
}

TEST_CASE("csv: a fixed width bounds what is kept, not what is counted") {
  CsvScanner scanner("a,b\n1,2,3,4\n5\n");
  REQUIRE(scanner.next());
  scanner.fix_width(2);
  REQUIRE(scanner.next());
  CHECK(scanner.cell_count() == 4);
  CHECK(scanner.cells().size() == 2);
  REQUIRE(scanner.next());
  CHECK(scanner.cell_count() == 1);
  CHECK_FALSE(scanner.next());
}

TEST_CASE("csv: line ends, the last line, blank lines at the end") {
  for (std::string_view content :
       {"id,name\n1,a\n2,b\n", "id,name\r\n1,a\r\n2,b\r\n", "id,name\n1,a\n2,b",
        "\xEF\xBB\xBFid,name\n1,a\n2,b", "id,name\n1,a\n2,b\n\n", "id,name\r\n1,a\r\n2,b\r\n\r\n\r\n"}) {
    ReadResult result = read_names(content);
    CHECK(texts(result.errors) == Texts{});
    CHECK(names(result) == Texts{"a", "b"});
  }
}

TEST_CASE("csv: a table keeps quoted texts as they are and the lines of its rows") {
  ReadResult result = read_names("id,name\n1,\"a,\"\"b\"\"\nc\"\n2,\" d \"\n3, e\n4,\"\"\n");
  CHECK(texts(result.errors) == Texts{});
  CHECK(names(result) == Texts{"a,\"b\"\nc", " d ", " e", "-"});
  ReadResult again = read_names("id,name\n1,\"a,\"\"b\"\"\nc\"\n2,\" d \"\n3, e\n4,\"\"\n1,\n2,\n3,\n4,\n");
  const auto repeated = [](const std::string &line, const std::string &key, const std::string &first) {
    return "item.csv, line " + line + ", column id, value \"" + key + "\": the same key stands on line " +
           first + "; each key may have one row only [D113]";
  };
  CHECK(texts(again.errors) == Texts{repeated("7", "1", "2"), repeated("8", "2", "4"),
                                     repeated("9", "3", "5"), repeated("10", "4", "6")});
}

TEST_CASE("csv: quoted texts live through a batch and its end") {
  std::string content = "id,name\n";
  Texts expected;
  for (int i = 0; i < 300; ++i) {
    content += std::to_string(i) + ",\"" + std::to_string(i) + "\"\"\"\n";
    expected.push_back(std::to_string(i) + "\"");
  }
  CHECK(names(read_names(content)) == expected);
}

TEST_CASE("csv: a file of one column may have empty cells as blank lines, but not at the end") {
  TemporaryFolder folder;
  folder.put("one.csv", "id\na\n\nb\n\n\n");
  ReadResult result = read_dataset(dataset({table("one", {key(text("id"))})}), folder.path(), Encoding::utf8);
  CHECK(texts(result.errors) ==
        Texts{"one.csv, line 3, column id: the key is empty; every row must have one [D112]"});
  CHECK(result.dataset.tables[0].rows == 3);
}

TEST_CASE("csv: a file of a header and nothing else is a table without rows") {
  ReadResult result = read_names("id,name");
  CHECK(texts(result.errors) == Texts{});
  CHECK(result.dataset.tables[0].rows == 0);
  CHECK(result.dataset.tables[0].file_present);
}

TEST_CASE("csv: headers that are no headers") {
  CHECK(texts(read_names("\xEF\xBB\xBF").errors) ==
        Texts{"item.csv: the file is empty; a first line with the names of the columns is expected [D301]"});
  CHECK(
      texts(read_names("\nid,name\n").errors) ==
      Texts{"item.csv, line 1: the first line is blank; the names of the columns are expected there [D301]"});
  CHECK(
      texts(read_names("id,name\"\n").errors) ==
      Texts{
          "item.csv, line 1: quotation marks are out of order; a cell that contains one must be in quotation "
          "marks as a whole, with each one inside it doubled [D204]"});
}

TEST_CASE("encoding: GB18030 is decoded, with and without its byte order mark") {
  // 患者 in two bytes each; U+20BB7 in four: 0x10BB7 = 5 * 12600 + 4 * 1260 + 49 * 10 + 5 above 90 30 81 30.
  std::string rows = "id,name\n1,\xBB\xBC\xD5\xDF\n2,\x95\x34\xB2\x35\n";
  for (const std::string &mark : {std::string(), std::string("\x84\x31\x95\x33")}) {
    ReadResult result = read_names(mark + rows, Encoding::gb18030);
    CHECK(texts(result.errors) == Texts{});
    CHECK(names(result) == Texts{"患者", "𠮷"});
  }
}

TEST_CASE("encoding: GB18030 that ends within a character, or is UTF-8") {
  CHECK(texts(read_names("id,name\n1,\xBB", Encoding::gb18030).errors) ==
        Texts{"item.csv, line 2: the bytes here are not GB18030 text; if the file is in UTF-8, leave out "
              "--encoding gb18030 [D405]"});
  CHECK(texts(read_names("\xEF\xBB\xBFid,name\n", Encoding::gb18030).errors) ==
        Texts{"item.csv, line 1: the file begins with the mark of UTF-8 and GB18030 is expected; leave out "
              "--encoding gb18030 [D405]"});
}

TEST_CASE("encoding: UTF-16 in either order of bytes") {
  for (std::string_view mark : {"\xFF\xFE", "\xFE\xFF"}) {
    CHECK(
        texts(read_names(std::string(mark) + "i").errors) ==
        Texts{"item.csv: the file is in UTF-16; save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\") [D406]"});
  }
}

TEST_CASE("encoding: every code point is UTF-8, and what is not is found wherever it stands") {
  std::string all;
  for (std::uint32_t c = 1; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    auto byte = [&](std::uint32_t bits) { all += static_cast<char>(bits); };
    if (c < 0x80) {
      byte(c);
    } else if (c < 0x800) {
      byte(0xC0 | c >> 6U);
      byte(0x80 | (c & 0x3FU));
    } else if (c < 0x10000) {
      byte(0xE0 | c >> 12U);
      byte(0x80 | (c >> 6U & 0x3FU));
      byte(0x80 | (c & 0x3FU));
    } else {
      byte(0xF0 | c >> 18U);
      byte(0x80 | (c >> 12U & 0x3FU));
      byte(0x80 | (c >> 6U & 0x3FU));
      byte(0x80 | (c & 0x3FU));
    }
  }
  CHECK(find_text_fault(all).kind == TextFault::Kind::none);

  std::string_view wrong[] = {"\x80",         "\xC0\x80",         "\xC1\xBF",         "\xE0\x9F\xBF",
                              "\xED\xA0\x80", "\xE4\xB8",         "\xE4\xB8q",        "\xF0\x8F\xBF\xBF",
                              "\xFF",         "\xF5\x80\x80\x80", "\xF4\x90\x80\x80", "\xF0\x90\x80"};
  for (std::string_view bytes : wrong) {
    for (std::size_t before = 0; before < 70; ++before) {
      for (std::size_t behind : {0, 1, 40}) {
        std::string content = std::string(before, 'x') + std::string(bytes) + std::string(behind, 'y');
        TextFault fault = find_text_fault(content);
        REQUIRE(fault.kind == TextFault::Kind::invalid);
        REQUIRE(fault.offset == before);
      }
    }
  }
  for (std::size_t before = 0; before < 70; ++before) {
    TextFault fault =
        find_text_fault(std::string(before, '\x01') + std::string(1, '\0') + std::string(50, 'y'));
    REQUIRE(fault.kind == TextFault::Kind::nul);
    REQUIRE(fault.offset == before);
  }
}
