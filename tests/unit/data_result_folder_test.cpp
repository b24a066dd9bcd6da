// The result folder: refused, created, replaced as a whole, cleaned up; and the cells written into it.
#include "data_fixture.h"
#include "runtime/data/folder_swap.h"
#include "runtime/data/result_folder.h"
#include <algorithm>
#include <doctest/doctest.h>
#include <sys/stat.h>

using namespace steelyard::data;
using namespace data_test;
namespace fs = std::filesystem;

namespace {

/// The paths of everything below a folder, sorted, folders with a slash.
Texts tree(const fs::path &folder) {
  Texts out;
  for (const auto &entry : fs::recursive_directory_iterator(folder)) {
    out.push_back(fs::relative(entry.path(), folder).string() + (entry.is_directory() ? "/" : ""));
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// Old results at "out".
void put_old(const TemporaryFolder &folder) {
  fs::create_directory(folder.path() / "out");
  folder.put("out/old.csv", "old");
  folder.put("out/case.csv", "old case");
}

std::string cell(std::string_view text) {
  std::string out;
  append_cell(out, text);
  return out;
}

} // namespace

TEST_CASE("results: are there after the commit and not before") {
  TemporaryFolder folder;
  ResultFolder results(folder.path() / "out", false);
  CHECK(results.error() == "");
  CHECK(results.write("case.csv", "id\n1\n"));
  CHECK(results.write("empty.json", ""));
  CHECK_FALSE(fs::exists(folder.path() / "out"));
  CHECK(results.commit());
  CHECK(tree(folder.path()) == Texts{"out/", "out/case.csv", "out/empty.json"});
  CHECK(read_file(folder.path() / "out/case.csv") == "id\n1\n");
  CHECK(results.error() == "");
}

TEST_CASE("results: large files are written whole") {
  TemporaryFolder folder;
  std::string content(5'000'000, 'x');
  content += "end";
  ResultFolder results(folder.path() / "out", false);
  CHECK(results.write("big.csv", content));
  CHECK(results.commit());
  CHECK((read_file(folder.path() / "out/big.csv") == content));
}

TEST_CASE("results: nothing is left without a commit, not even created parents") {
  TemporaryFolder folder;
  {
    ResultFolder results(folder.path() / "a/b/out", false);
    CHECK(results.write("case.csv", "x"));
    CHECK(fs::exists(folder.path() / "a/b"));
  }
  CHECK(tree(folder.path()) == Texts{});
}

TEST_CASE("results: missing parents are created") {
  TemporaryFolder folder;
  ResultFolder results(folder.path() / "a/b/out/", false);
  CHECK(results.write("case.csv", "x"));
  CHECK(results.commit());
  CHECK(tree(folder.path()) == Texts{"a/", "a/b/", "a/b/out/", "a/b/out/case.csv"});
}

TEST_CASE("results: an empty folder is used, a filled one refused and left alone") {
  TemporaryFolder folder;
  fs::create_directory(folder.path() / "out");
  {
    ResultFolder results(folder.path() / "out", false);
    CHECK(results.write("case.csv", "x"));
    CHECK(results.commit());
  }
  CHECK(tree(folder.path()) == Texts{"out/", "out/case.csv"});

  ResultFolder again(folder.path() / "out", false);
  CHECK(again.error() == "the folder " + (folder.path() / "out").string() +
                             " exists and is not empty; name another folder, or use --force to replace it");
  CHECK_FALSE(again.write("case.csv", "y"));
  CHECK_FALSE(again.commit());
  CHECK(read_file(folder.path() / "out/case.csv") == "x");
  CHECK(tree(folder.path()) == Texts{"out/", "out/case.csv"});
}

TEST_CASE("results: with replace the old folder goes as a whole") {
  TemporaryFolder folder;
  put_old(folder);
  ::chmod((folder.path() / "out").c_str(), 0750);
  {
    ResultFolder results(folder.path() / "out", true);
    CHECK(results.error() == "");
    CHECK(results.write("case.csv", "new case"));
    CHECK(read_file(folder.path() / "out/case.csv") == "old case");
    CHECK(results.commit());
  }
  CHECK(tree(folder.path()) == Texts{"out/", "out/case.csv"});
  CHECK(read_file(folder.path() / "out/case.csv") == "new case");
  CHECK(fs::status(folder.path() / "out").permissions() == fs::perms{0750});
}

TEST_CASE("results: an old folder stays whole when the new one is not committed") {
  TemporaryFolder folder;
  put_old(folder);
  {
    ResultFolder results(folder.path() / "out", true);
    CHECK(results.write("case.csv", "new case"));
  }
  CHECK(tree(folder.path()) == Texts{"out/", "out/case.csv", "out/old.csv"});
  CHECK(read_file(folder.path() / "out/case.csv") == "old case");
}

TEST_CASE("results: a folder with other things is not replaced") {
  auto refusal = [](auto add) {
    TemporaryFolder folder;
    put_old(folder);
    add(folder);
    Texts before = tree(folder.path() / "out");
    std::string path = (folder.path() / "out").string();
    ResultFolder results(path, true);
    CHECK(tree(folder.path() / "out") == before);
    std::string error = results.error();
    return error.starts_with("the folder " + path) ? error.substr(11 + path.size()) : error;
  };
  std::string end = "; only folders with nothing but .csv, .json, .html, .log and .txt files are";
  CHECK(refusal([](const TemporaryFolder &folder) { folder.put("out/thesis.doc", ""); }) ==
        " is not replaced, because it holds thesis.doc" + end);
  CHECK(refusal([](const TemporaryFolder &folder) { folder.put("out/.csv", ""); }) ==
        " is not replaced, because it holds .csv" + end);
  CHECK(refusal([](const TemporaryFolder &folder) { fs::create_directory(folder.path() / "out/b.csv"); }) ==
        " is not replaced, because it holds b.csv" + end);
  CHECK(refusal([](const TemporaryFolder &folder) {
          fs::create_symlink("old.csv", folder.path() / "out/link.csv");
        }) == " is not replaced, because it holds link.csv" + end);
  CHECK(refusal([](const TemporaryFolder &folder) {
          folder.put("out/b.html", "");
          folder.put("out/b.json", "");
          folder.put("out/b.log", "");
          folder.put("out/b.txt", "");
        }) == "");
}

TEST_CASE("results: what appears during the run is respected") {
  TemporaryFolder folder;
  std::string path = (folder.path() / "out").string();
  {
    ResultFolder results(path, false);
    CHECK(results.write("case.csv", "new"));
    put_old(folder);
    CHECK_FALSE(results.commit());
    CHECK(results.error() ==
          "the folder " + path +
              " exists and is not empty; name another folder, or use --force to replace it");
  }
  {
    ResultFolder results(path, true);
    CHECK(results.write("case.csv", "new"));
    folder.put("out/thesis.doc", "");
    CHECK_FALSE(results.commit());
  }
  CHECK(tree(folder.path()) == Texts{"out/", "out/case.csv", "out/old.csv", "out/thesis.doc"});
}

TEST_CASE("results: places that cannot be") {
  TemporaryFolder folder;
  folder.put("file", "kept");
  std::string file = (folder.path() / "file").string();
  CHECK(ResultFolder(file, true).error() == file + " is a file; the results need a folder");
  CHECK(ResultFolder(file + "/out", false).error() ==
        "the folder " + file + "/out cannot be created: Not a directory");
  CHECK(ResultFolder("", false).error() == "the results need the name of a folder, and \"\" is none");
  CHECK(read_file(folder.path() / "file") == "kept");
}

TEST_CASE("results: a link to a folder stays a link") {
  TemporaryFolder folder;
  put_old(folder);
  fs::create_directory_symlink("out", folder.path() / "link");
  {
    ResultFolder results(folder.path() / "link", true);
    CHECK(results.write("new.csv", "new"));
    CHECK(results.commit());
  }
  CHECK(fs::is_symlink(folder.path() / "link"));
  CHECK(tree(folder.path() / "out") == Texts{"new.csv"});
}

TEST_CASE("results: names of files") {
  TemporaryFolder folder;
  for (std::string name : {"", ".", "..", "../x.csv", "a/b.csv", "/x.csv"}) {
    ResultFolder results(folder.path() / "out", false);
    CHECK_FALSE(results.write(name, "x"));
    CHECK(results.error() == "\"" + name + "\" is not the name of a file in the results");
    CHECK_FALSE(results.commit());
  }
  {
    ResultFolder results(folder.path() / "out", false);
    CHECK(results.write("a.csv", "1"));
    CHECK_FALSE(results.write("a.csv", "2"));
    CHECK(results.error() == "a.csv of the results cannot be written: File exists");
  }
  CHECK(tree(folder.path()) == Texts{});
}

TEST_CASE("results: two runs at once do not share a temporary folder") {
  TemporaryFolder folder;
  ResultFolder first(folder.path() / "out", false);
  ResultFolder second(folder.path() / "out", false);
  CHECK(first.write("a.csv", "1"));
  CHECK(second.write("a.csv", "2"));
  CHECK(first.commit());
  CHECK_FALSE(second.commit());
  CHECK(read_file(folder.path() / "out/a.csv") == "1");
}

TEST_CASE("results: folders are swapped by exchange and by two renames alike") {
  for (Swap how : {Swap::exchange, Swap::two_renames}) {
    TemporaryFolder folder;
    put_old(folder);
    fs::create_directory(folder.path() / "fresh");
    folder.put("fresh/new.csv", "new");
    CHECK(swap_in(folder.path() / "fresh", folder.path() / "out", how) == "");
    CHECK(tree(folder.path()) == Texts{"out/", "out/new.csv"});
  }
  TemporaryFolder folder;
  put_old(folder);
  fs::create_directory(folder.path() / "fresh");
  CHECK(swap_in(folder.path() / "fresh", folder.path() / "out", Swap::only_if_free) == "Directory not empty");
  CHECK(tree(folder.path()) == Texts{"fresh/", "out/", "out/case.csv", "out/old.csv"});
}

TEST_CASE("results: removing old results leaves what is not a result") {
  TemporaryFolder folder;
  put_old(folder);
  folder.put("out/thesis.doc", "");
  remove_results(folder.path() / "out");
  CHECK(tree(folder.path()) == Texts{"out/", "out/thesis.doc"});
}

TEST_CASE("results: cells are quoted where they must be") {
  CHECK(cell("") == "");
  CHECK(cell("plain text") == "plain text");
  CHECK(cell("a,b") == "\"a,b\"");
  CHECK(cell("a\"b") == "\"a\"\"b\"");
  CHECK(cell("a\nb") == "\"a\nb\"");
  CHECK(cell("a\rb") == "\"a\rb\"");
  CHECK(cell(" a") == "\" a\"");
  CHECK(cell("a\t") == "\"a\t\"");
  CHECK(cell("患者") == "患者");
  std::string line = "x,";
  append_cell(line, "y,z");
  CHECK(line == "x,\"y,z\"");
}
