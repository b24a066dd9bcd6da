// The parallel reader of sound datasets against the reader by rows: the same columns, whatever the number of
// threads and wherever the file is cut; and it leaves every fault alone.
#include "runtime/data/cell_ends.h"
#include "runtime/data/cell_parser.h"
#include "runtime/data/cell_writer.h"
#include "runtime/data/distinct_cells.h"
#include "runtime/data/read_dataset.h"
#include "runtime/data/sound_dataset.h"
#include "tests/unit/data_fixture.h"
#include <doctest/doctest.h>
#include <random>

using namespace steelyard::data;
using namespace data_test;

namespace {

DatasetSchema all_kinds() {
  FieldSchema month = number("month", 0);
  month.min = 1;
  month.max = 12;
  return dataset(
      {table("case", {key(text("id")), optional(reference("drg", 1)), money("cost"), optional(money("paid")),
                      with_default(number("rate", 8), "0.5"), optional(boolean("done")), date("day"),
                      choice("kind", {{"in", "住院"}, {"out"}}), optional(text("note")),
                      with_default(text("place"), "here"), optional(month)}),
       table("drg", {key(number("code", 0)), with_default(reference("above", 1), "7")}),
       table("pair", {key(reference("case", 0)), key(text("part")), number("n", 3)})});
}

void check_same(const ReadResult &a, const ReadResult &b) {
  REQUIRE(a.dataset.tables.size() == b.dataset.tables.size());
  for (std::size_t t = 0; t < a.dataset.tables.size(); ++t) {
    CAPTURE(t);
    REQUIRE(a.dataset.tables[t].rows == b.dataset.tables[t].rows);
    CHECK(a.dataset.tables[t].file_present == b.dataset.tables[t].file_present);
    for (std::size_t f = 0; f < a.dataset.tables[t].columns.size(); ++f) {
      CAPTURE(f);
      const Column &one = a.dataset.tables[t].columns[f], &other = b.dataset.tables[t].columns[f];
      CHECK((wide_values(one) == wide_values(other)));
      CHECK((given_values(one) == given_values(other)));
      CHECK(dictionary_texts(one) == dictionary_texts(other));
      CHECK(one.storage() == other.storage());
    }
  }
  CHECK(texts(a.warnings) == texts(b.warnings));
}

/// Cells of all shapes; `hard` adds quotation marks, line breaks in cells and Chinese.
std::string cases(std::mt19937 &random, std::size_t rows, bool hard, bool sorted, const char *line_end) {
  const auto pick = [&](auto... one) {
    const std::vector<std::string> all{one...};
    return all[random() % all.size()];
  };
  std::string out = std::string("id,drg,cost,paid,rate,done,day,kind,note,place,month") + line_end;
  for (std::size_t row = 0; row < rows; ++row) {
    out += "C" + std::to_string(sorted ? 1000 + row : (row * 7919) % 1009 + 1009 * (row / 1009)) + ",";
    out += pick("", "7", "8", "007", "123456789012345678") + ",";
    out += pick("0", "12.5", "12.50", "1234567.89", "99999.99", "123456789012.34", "0.07") + ",";
    out += pick("", "3.00", "20.10", "21474836.47", "21474836.48") + ",";
    out += pick("", "0.12345678", "-1.5", "12345678.12345678") + ",";
    out += pick("", "true", "false") + ",";
    out += pick("2024-02-29", "1969-12-31", "2023-01-01") + ",";
    out += pick("in", "out", "住院") + ",";
    out += (hard ? pick("", "\"a,b\"", "\"say \"\"x\"\"\"", "\"two\nlines\"", "病人")
                 : pick("", "a", "a longer note")) +
           ",";
    out += pick("", "here", "there", "elsewhere " + std::to_string(row % 50)) + ",";
    out += pick("", "1", "12", "007") + line_end;
  }
  return out;
}

} // namespace

TEST_CASE("sound reader: the columns of the reader by rows, for any pieces and threads") {
  std::mt19937 random(20240917);
  for (int round = 0; round < 12; ++round) {
    CAPTURE(round);
    const bool hard = round % 3 == 1;
    const bool sorted = round % 2 == 0;
    const char *line_end = round % 4 == 3 ? "\r\n" : "\n";
    TemporaryFolder folder;
    std::string content = cases(random, 400, hard, sorted, line_end);
    if (round % 5 == 4) content += "\n\n";
    if (round % 5 == 2) content.pop_back();
    if (round % 5 == 2 && content.back() == '\r') content.pop_back();
    folder.put("case.csv", content);
    folder.put("drg.csv", "code,above\n7,8\n8,\n123456789012345678,7\n");
    folder.put("pair.csv",
               sorted ? "case,part,n\nC1000,x,1.5\nC1000,y,2.125\nC1001,x,-3\n" : "n,part,case\n");
    const ReadResult rows = read_dataset_by_rows(all_kinds(), folder.path(), Encoding::utf8);
    REQUIRE(texts(rows.errors) == Texts{});
    for (const std::size_t piece : {40, 1000, 1 << 20})
      for (const int threads : {1, 2, 5}) {
        CAPTURE(piece);
        CAPTURE(threads);
        const auto sound = read_sound_dataset(all_kinds(), folder.path(), Encoding::utf8, threads, piece);
        REQUIRE(sound);
        check_same(*sound, rows);
      }
  }
}

TEST_CASE("sound reader: one changed byte is taken as the reader by rows takes it, or not at all") {
  std::mt19937 random(4711);
  std::size_t refused = 0, taken = 0;
  const std::string good = cases(random, 30, true, true, "\n");
  const std::string bytes = ",\n\"\r0179.-a \t\xFF\x80x";
  for (int round = 0; round < 1500; ++round) {
    CAPTURE(round);
    TemporaryFolder folder;
    std::string content = good;
    const std::size_t at = random() % content.size();
    const char byte = bytes[random() % bytes.size()];
    if (random() % 3 == 0)
      content.insert(at, 1, byte);
    else if (random() % 2 == 0)
      content.erase(at, 1);
    else
      content[at] = byte;
    folder.put("case.csv", content);
    folder.put("drg.csv", "code,above\n7,8\n8,\n123456789012345678,7\n");
    folder.put("pair.csv", "case,part,n\nC1000,x,1.5\n");
    const ReadResult rows = read_dataset_by_rows(all_kinds(), folder.path(), Encoding::utf8);
    const auto sound = read_sound_dataset(all_kinds(), folder.path(), Encoding::utf8, 2, 200);
    if (!rows.errors.empty()) CHECK_FALSE(sound.has_value());
    if (!sound) {
      ++refused;
      continue;
    }
    ++taken;
    check_same(*sound, rows);
  }
  CHECK(refused > 100);
  CHECK(taken > 100);
}

TEST_CASE("sound reader: keys that are there twice, far apart, and keys out of order") {
  DatasetSchema schema = dataset({table("t", {key(text("id"))}), table("u", {key(number("n", 2))})});
  TemporaryFolder folder;
  std::string texts_in_order = "id\n", numbers = "n\n";
  for (int i = 0; i < 2000; ++i) {
    texts_in_order += "K" + std::to_string(10000 + i) + "\n";
    numbers += std::to_string(i) + ".25\n";
  }
  const auto read = [&](const std::string &t, const std::string &u) {
    folder.put("t.csv", t);
    folder.put("u.csv", u);
    return read_sound_dataset(schema, folder.path(), Encoding::utf8, 2, 500);
  };
  const auto sound = read(texts_in_order, numbers);
  REQUIRE(sound);
  CHECK(sound->dataset.tables[0].columns[0].dictionary.is_ascending());
  const auto out_of_order = read(texts_in_order + "A1\n", numbers + "-1\n");
  REQUIRE(out_of_order);
  CHECK_FALSE(out_of_order->dataset.tables[0].columns[0].dictionary.is_ascending());
  CHECK_FALSE(read(texts_in_order + "K10003\n", numbers));
  CHECK_FALSE(read(texts_in_order, numbers + "3.25\n"));
}

TEST_CASE("cell ends: both ways of looking find the same") {
  std::mt19937 random(7);
  const std::string bytes = "aaaa0123456789,,,\n\n\r\"- +\x80\xE4.";
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    const std::size_t size = random() % 300;
    const std::size_t kinds = 1 + random() % bytes.size();
    for (std::size_t i = 0; i < size; ++i) text += bytes[random() % kinds];
    if (round % 7 == 0 && size > 0) text[random() % size] = '\0';
    CellEnds one, other;
    find_cell_ends(text, one);
    find_cell_ends_portable(text, other);
    REQUIRE(one.cells == other.cells);
    CHECK(std::equal(one.at.get(), one.at.get() + one.cells + 1, other.at.get()));
    CHECK(one.line_feeds == other.line_feeds);
    CHECK(one.has_quote == other.has_quote);
    CHECK(one.has_carriage_return == other.has_carriage_return);
    CHECK(one.has_nul == other.has_nul);
    CHECK(one.has_beyond_ascii == other.has_beyond_ascii);
  }
}

TEST_CASE("distinct cells: short and long ones, each found again") {
  DistinctCells cells;
  std::string padded;
  const auto number_of = [&](const std::string &text) {
    padded = text + std::string(8, 'z');
    return cells.number_of(padded.data(), text.size(), 0);
  };
  std::vector<std::string> all{"", "a", "aa", "12345678", "123456789"};
  for (int i = 0; i < 500; ++i)
    all.push_back(std::to_string(i)), all.push_back("a long text, number " + std::to_string(i));
  for (std::size_t i = 0; i < all.size(); ++i) REQUIRE(number_of(all[i]) == i);
  for (std::size_t i = 0; i < all.size(); ++i) REQUIRE(number_of(all[i]) == i);
}

TEST_CASE("numbers are written as decimal_text writes them") {
  std::mt19937_64 random(3);
  NumberWriter writer;
  for (int round = 0; round < 20000; ++round) {
    const int scale = static_cast<int>(random() % 13);
    auto units = static_cast<std::int64_t>(random() >> (random() % 64));
    if (round % 3 == 0) units = -units;
    char out[100];
    const std::string expected = decimal_text(units, scale);
    CHECK(std::string(out, write_number(out, units, scale)) == expected);
    CHECK(std::string(out, writer.write(out, units, scale)) == expected);
    CHECK(std::string(out, writer.write(out, units, scale)) == expected);
  }
  char out[100];
  const Int128 wide = Int128{std::numeric_limits<std::int64_t>::max()} * 1000;
  CHECK(std::string(out, write_number(out, wide, 8)) == decimal_text(wide, 8));
  CHECK(std::string(out, write_number(out, std::numeric_limits<std::int64_t>::min(), 2)) ==
        "-92233720368547758.08");
}
