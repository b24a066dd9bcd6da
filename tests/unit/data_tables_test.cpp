// What ties columns and tables together: headers, keys, references, files that may be absent.
#include "data_fixture.h"
#include "runtime/data/name_match.h"
#include "runtime/data/read_dataset.h"
#include <doctest/doctest.h>
#include <stdexcept>
#include <utility>

using namespace steelyard::data;
using namespace data_test;

namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

ReadResult read_files(const DatasetSchema &schema, const Files &files) {
  TemporaryFolder folder;
  for (const auto &[name, content] : files) folder.put(name, content);
  return read_dataset(schema, folder.path(), Encoding::utf8);
}

Texts errors_of(const DatasetSchema &schema, const Files &files) {
  return texts(read_files(schema, files).errors);
}

/// Two tables, of which the second has the key at hand and the first refers to it.
ReadResult refer(const FieldSchema &target_key, const std::string &targets, const std::string &cells) {
  return read_files(dataset({table("from", {key(text("id")), optional(reference("to", 1))}),
                             table("target", {key(target_key)})}),
                    {{"from.csv", "id,to\n" + cells}, {"target.csv", targets}});
}

std::vector<std::int64_t> values(const ReadResult &result, std::size_t t, std::size_t f) {
  return narrow_values(result.dataset.tables[t].columns[f]);
}

std::string no_row(const std::string &place, const std::string &table) {
  return place + ": no row of " + table + " has this key [D107]";
}

} // namespace

TEST_CASE("headers: any accepted header in any order, by identical bytes") {
  FieldSchema amount = money("amount");
  amount.accepted_headers.push_back("金额");
  DatasetSchema schema = dataset({table("t", {key(text("id")), amount})});
  CHECK(values(read_files(schema, {{"t.csv", "金额,id\n1.00,a\n"}}), 0, 1) == std::vector<std::int64_t>{100});
  CHECK(values(read_files(schema, {{"t.csv", "\"id\",\"amount\"\na,1.00\n"}}), 0, 1) ==
        std::vector<std::int64_t>{100});
  CHECK(
      errors_of(schema, {{"t.csv", "id, Amount\na,1.00\n"}}) ==
      Texts{
          "t.csv, line 1, column amount: this required value has no column; a column with one of the headers "
          "'amount', '金额' is expected; is ' Amount' meant to be it? [D305]"});
}

TEST_CASE("headers: all that is wrong with them is told, and no row is read under them") {
  DatasetSchema schema =
      dataset({table("t", {key(text("id")), money("a"), optional(text("memo")), optional(text("note"))})});
  CHECK(
      errors_of(schema, {{"t.csv", "x,x,,\n1,2,3,4\n"}}) ==
      Texts{
          "t.csv, line 1: columns 1 and 2 both have the header 'x'; each header may stand once [D302]",
          "t.csv, line 1, column id: the key has no column; a column with the header 'id' is expected [D304]",
          "t.csv, line 1, column a: this required value has no column; a column with the header 'a' is "
          "expected [D305]",
          "t.csv, line 1: unknown column 'x'; the optional columns 'memo', 'note' are absent: a misspelt "
          "header must not become a default [D306]",
          "t.csv, line 1: column 3 has no header; the optional columns 'memo', 'note' are absent: a misspelt "
          "header must not become a default [D306]",
          "t.csv, line 1: column 4 has no header; the optional columns 'memo', 'note' are absent: a misspelt "
          "header must not become a default [D306]"});
}

TEST_CASE("headers: unknown columns are warnings while no optional column is absent") {
  DatasetSchema schema = dataset({table("t", {key(text("id")), optional(text("memo"))})});
  ReadResult result = read_files(schema, {{"t.csv", "id,extra,memo,\na,ignored,m,\n"}});
  CHECK(texts(result.errors) == Texts{});
  CHECK(texts(result.warnings) == Texts{"t.csv, line 1: unknown column 'extra'; it is not read [D501]",
                                        "t.csv, line 1: column 4 has no header; it is not read [D501]"});
  CHECK(dictionary_texts(result.dataset.tables[0].columns[1]) == Texts{"m"});
  // Without an unknown column the optional one may be absent.
  CHECK(errors_of(schema, {{"t.csv", "id\na\n"}}) == Texts{});
  // The absent optional column of another file does not matter.
  DatasetSchema two =
      dataset({table("t", {key(text("id"))}), table("u", {key(text("id")), optional(text("memo"))})});
  CHECK(errors_of(two, {{"t.csv", "id,extra\n"}, {"u.csv", "id\n"}}) == Texts{});
}

TEST_CASE("headers: suggestions") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("unreasonabel", "unreasonable") == 1); // a swap
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("住院号", "住院") == 1);
  CHECK(nearest_name("totl", {"drug", "total"}) == "total");
  CHECK(nearest_name("Total ", {"drug", "total"}) == "total");
  CHECK(nearest_name("abc", {"xyz", "abx"}) == "abx");
  CHECK(nearest_name("ab", {"ax"}).empty());
  CHECK(nearest_name("住院号", {"住院"}) == "住院");
  CHECK(nearest_name("", {"a"}).empty());
  CHECK(nearest_name("", {""}).empty());
}

TEST_CASE("keys: composite keys are repeated only as a whole") {
  DatasetSchema schema =
      dataset({table("stay", {key(text("hospital")), key(date("day")), key(number("bed", 1))})});
  CHECK(errors_of(schema, {{"stay.csv", "hospital,day,bed\n"
                                        "H1,2024-01-01,1.0\n"
                                        "H1,2024-01-02,1.0\n"
                                        "H2,2024-01-01,1.0\n"
                                        "H1,2024-01-01,1\n"
                                        "H1,2024-01-01,1.0\n"}}) ==
        Texts{"stay.csv, line 5, column hospital + day + bed, value \"H1 + 2024-01-01 + 1.0\": the same key "
              "stands "
              "on line 2; each key may have one row only [D113]",
              "stay.csv, line 6, column hospital + day + bed, value \"H1 + 2024-01-01 + 1.0\": the same key "
              "stands "
              "on line 2; each key may have one row only [D113]"});
}

TEST_CASE("keys: compared by value, in every kind") {
  auto repeated = [](const FieldSchema &field, const std::string &first, const std::string &second) {
    return errors_of(dataset({table("t", {key(field)})}),
                     {{"t.csv", field.name + "\n" + first + "\n" + second + "\n"}});
  };
  auto expected = [](const std::string &value) {
    return Texts{"t.csv, line 3, column k, value \"" + value +
                 "\": the same key stands on line 2; each key may have one row only [D113]"};
  };
  CHECK(repeated(number("k", 2), "1.50", "1.5") == expected("1.50"));
  CHECK(repeated(number("k", 0), "100000000000000000000", "0100000000000000000000") ==
        expected("100000000000000000000"));
  CHECK(repeated(choice("k", {{"in", "住院"}, {"out"}}), "住院", "in") == expected("in"));
  CHECK(repeated(boolean("k"), "false", "false") == expected("false"));
  CHECK(repeated(date("k"), "2024-02-29", "2024-02-29") == expected("2024-02-29"));
  CHECK(repeated(text("k"), "a", "a ") == Texts{});
  CHECK(repeated(number("k", 0), "1", "18446744073709551617") == Texts{}); // 2^64 + 1
  CHECK(repeated(number("k", 0), "-5", "9000000000") == Texts{});
}

TEST_CASE("keys: are required, even when the schema calls them optional or has a default") {
  DatasetSchema schema =
      dataset({table("t", {key(optional(with_default(text("id"), "x"))), optional(text("o"))})});
  CHECK(errors_of(schema, {{"t.csv", "id,o\n,1\n"}}) ==
        Texts{"t.csv, line 2, column id: the key is empty; every row must have one [D112]"});
  CHECK(errors_of(schema, {{"t.csv", "o\n1\n"}}) ==
        Texts{"t.csv, line 1, column id: the key has no column; a column with the header 'id' is expected "
              "[D304]"});
}

TEST_CASE("keys: rows with a bad key are not repeated ones") {
  CHECK(errors_of(dataset({table("t", {key(text("k")), key(number("n", 0))})}),
                  {{"t.csv", "k,n\na,x\na,y\na,1\n,1\n,1\n"}}) ==
        Texts{"t.csv, line 2, column n, value \"x\": not a number; plain decimal notation is expected, such "
              "as 1250 "
              "[D102]",
              "t.csv, line 3, column n, value \"y\": not a number; plain decimal notation is expected, such "
              "as 1250 "
              "[D102]",
              "t.csv, line 5, column k: the key is empty; every row must have one [D112]",
              "t.csv, line 6, column k: the key is empty; every row must have one [D112]"});
}

TEST_CASE("references: to a later and to an earlier table, and to the own one") {
  DatasetSchema schema =
      dataset({table("a", {key(text("id")), optional(reference("b", 1)), optional(reference("next", 0))}),
               table("b", {key(text("id")), optional(reference("a", 0))})});
  ReadResult result = read_files(
      schema, {{"a.csv", "id,b,next\na1,b2,a3\na2,,a1\na3,b1,\n"}, {"b.csv", "id,a\nb1,a3\nb2,a1\nb3,\n"}});
  CHECK(texts(result.errors) == Texts{});
  CHECK(values(result, 0, 1) == std::vector<std::int64_t>{1, 0, 0});
  CHECK(given_values(result.dataset.tables[0].columns[1]) == std::vector<bool>{true, false, true});
  CHECK(values(result, 0, 2) == std::vector<std::int64_t>{2, 0, 0});
  CHECK(given_values(result.dataset.tables[0].columns[2]) == std::vector<bool>{true, true, false});
  CHECK(values(result, 1, 1) == std::vector<std::int64_t>{2, 0, 0});
  CHECK(dictionary_texts(result.dataset.tables[0].columns[1]).empty());

  CHECK(errors_of(schema, {{"a.csv", "id,b,next\na1,b9,a9\n"}, {"b.csv", "id,a\nb1,a8\n"}}) ==
        Texts{no_row("a.csv, line 2, column b, value \"b9\"", "b"),
              no_row("a.csv, line 2, column next, value \"a9\"", "a"),
              no_row("b.csv, line 2, column a, value \"a8\"", "a")});
}

TEST_CASE("references: by the value of the key, whatever its kind and spelling") {
  using Rows = std::vector<std::int64_t>;
  FieldSchema kind = choice("k", {{"in", "住院"}, {"out", "门诊"}, {"home"}});
  CHECK(values(refer(kind, "k\nout\n住院\n", "1,in\n2,住院\n3,门诊\n"), 0, 1) == Rows{1, 1, 0});
  CHECK(values(refer(number("k", 2), "k\n2\n1.5\n", "1,1.50\n2,2.00\n3,1.5\n"), 0, 1) == Rows{1, 0, 1});
  CHECK(values(refer(number("k", 0), "k\n7\n100000000000000000000\n", "1,100000000000000000000\n2,7\n"), 0,
               1) == Rows{1, 0});
  CHECK(values(refer(number("k", 0), "k\n-9000000000\n9000000000\n", "1,9000000000\n2,-9000000000\n"), 0,
               1) == Rows{1, 0});
  CHECK(values(refer(date("k"), "k\n2024-02-29\n2024-02-28\n", "1,2024-02-28\n"), 0, 1) == Rows{1});
  CHECK(values(refer(boolean("k"), "k\ntrue\nfalse\n", "1,false\n2,true\n"), 0, 1) == Rows{1, 0});
  CHECK(values(refer(text("k"), "k\na\n\" a\"\n", "1,\" a\"\n2,a\n"), 0, 1) == Rows{1, 0});

  CHECK(texts(refer(kind, "k\nin\n", "1,home\n2,IN\n").errors) ==
        Texts{no_row("from.csv, line 2, column to, value \"home\"", "target"),
              no_row("from.csv, line 3, column to, value \"IN\"", "target")});
  CHECK(texts(refer(number("k", 2), "k\n2\n", "1,2.000\n2,x\n3, 2\n").errors) ==
        Texts{no_row("from.csv, line 2, column to, value \"2.000\"", "target"),
              no_row("from.csv, line 3, column to, value \"x\"", "target"),
              "from.csv, line 4, column to, value \" 2\": a blank stands before or after the value; blanks "
              "are not "
              "removed, and the value alone is expected [D111]"});
  // A wrong digit near the values of a key that is indexed by an array, on either side.
  CHECK(texts(refer(date("k"), "k\n2024-02-29\n", "1,2024-02-28\n2,2024-03-01\n").errors) ==
        Texts{no_row("from.csv, line 2, column to, value \"2024-02-28\"", "target"),
              no_row("from.csv, line 3, column to, value \"2024-03-01\"", "target")});
}

TEST_CASE("references: to a table whose key is itself a reference, also as a part of a key") {
  DatasetSchema schema =
      dataset({table("bill", {key(reference("stay", 1)), key(number("line", 0))}),
               table("stay", {key(reference("person", 2))}), table("person", {key(text("name"))})});
  ReadResult result = read_files(schema, {{"bill.csv", "stay,line\n乙,1\n甲,1\n乙,2\n"},
                                          {"stay.csv", "person\n甲\n乙\n"},
                                          {"person.csv", "name\n乙\n丙\n甲\n"}});
  CHECK(texts(result.errors) == Texts{});
  CHECK(values(result, 0, 0) == std::vector<std::int64_t>{1, 0, 1});
  CHECK(values(result, 1, 0) == std::vector<std::int64_t>{2, 0});

  CHECK(errors_of(schema, {{"bill.csv", "stay,line\n乙,1\n丙,1\n乙,1\n丁,1\n"},
                           {"stay.csv", "person\n甲\n乙\n甲\n"},
                           {"person.csv", "name\n乙\n丙\n甲\n"}}) ==
        Texts{no_row("bill.csv, line 3, column stay, value \"丙\"", "stay"),
              "bill.csv, line 4, column stay + line, value \"乙 + 1\": the same key stands on line 2; each "
              "key may "
              "have one row only [D113]",
              no_row("bill.csv, line 5, column stay, value \"丁\"", "stay"),
              "stay.csv, line 4, column person, value \"甲\": the same key stands on line 2; each key may "
              "have one "
              "row only [D113]"});
}

TEST_CASE("references: nothing is said of them while their table lost rows to errors of its own") {
  auto errors = [](const std::string &targets) {
    return refer(text("k"), targets, "1,a\n2,b\n").errors.size();
  };
  CHECK(errors("k\na\nb\n") == 0);
  CHECK(errors("k\na\n") == 1);
  CHECK(errors("k\na\nb,c\n") == 1);  // the row with too many cells, which is meant
  CHECK(errors("wrong\na\n") == 1);   // the header
  CHECK(errors("k\na\n\"b") == 1);    // the quoted cell that is not closed
  CHECK(errors("k\na\n\xFF\n") == 1); // the encoding
  CHECK(errors("k\na\n\nx\n") == 1);  // the empty key
}

TEST_CASE("references: defaults") {
  DatasetSchema schema = dataset({table("from", {key(text("id")), with_default(reference("to", 1), "std")}),
                                  table("target", {key(text("k"))})});
  Files good = {{"from.csv", "id,to\n1,\n2,x\n3,std\n4,\n"}, {"target.csv", "k\nx\nstd\n"}};
  CHECK(values(read_files(schema, good), 0, 1) == std::vector<std::int64_t>{1, 0, 1, 1});
  good[0].second = "id\n1\n2\n";
  CHECK(values(read_files(schema, good), 0, 1) == std::vector<std::int64_t>{1, 1});
  // Once for the default, and for each cell that names the same row.
  CHECK(errors_of(schema, {{"from.csv", "id,to\n1,\n2,std\n3,\n"}, {"target.csv", "k\nx\n"}}) ==
        Texts{"from.csv, column to, value \"std\": no row of target has this key; it is the policy's default "
              "for an "
              "empty cell [D107]",
              no_row("from.csv, line 3, column to, value \"std\"", "target")});
  CHECK(errors_of(schema, {{"from.csv", "id,to\n1,x\n"}, {"target.csv", "k\nx\n"}}) == Texts{});
}

TEST_CASE("files: an absent optional file is a table without rows") {
  DatasetSchema schema =
      dataset({table("from", {key(text("id")), reference("to", 1)}), table("target", {key(text("k"))})});
  schema.tables[1].file_optional = true;
  ReadResult result =
      read_files(schema, {{"from.csv", "id,to\n1,a\n"}, {"other.csv", "x\n"}, {"notes.md", ""}});
  CHECK(texts(result.errors) == Texts{"from.csv, line 2, column to, value \"a\": no row of target has this "
                                      "key; the table is empty, because "
                                      "there is no file target.csv [D107]"});
  CHECK(texts(result.warnings) == Texts{"other.csv: no table is read from this file [D502]"});
  CHECK(result.dataset.tables[0].file_present);
  CHECK_FALSE(result.dataset.tables[1].file_present);
  CHECK(result.dataset.tables[1].rows == 0);
  CHECK(result.dataset.tables[1].columns.size() == 1);
}

TEST_CASE("files: a folder that is a file") {
  TemporaryFolder folder;
  folder.put("data", "");
  std::string path = (folder.path() / "data").string();
  CHECK(texts(read_dataset(dataset({}), path, Encoding::utf8).errors) ==
        Texts{path +
              ": there is no such folder; the folder with the CSV files of the dataset is expected [D401]"});
}

TEST_CASE("schema: mistakes of the program are exceptions") {
  auto read = [](const DatasetSchema &schema) { return read_files(schema, {}); };
  CHECK_THROWS_AS(read(dataset({table("t", {key(text("id")), reference("r", 1)})})), std::invalid_argument);
  CHECK_THROWS_AS(read(dataset({table("t", {key(text("id")), key(text("id2")), reference("r", 0)})})),
                  std::invalid_argument);
  CHECK_THROWS_AS(read(dataset({table("t", {key(reference("u", 1))}), table("u", {key(reference("t", 0))})})),
                  std::invalid_argument);
}
