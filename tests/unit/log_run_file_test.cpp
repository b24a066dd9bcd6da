// Run files: what is written comes back, a row is found and proved, and no byte can be changed unseen.
#include "runtime/log/reader.h"
#include "runtime/log/writer.h"
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/core.h>
#include <fstream>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <random>
#include <unistd.h>

using namespace steelyard::log;
namespace fs = std::filesystem;

namespace {

/// A folder of its own, removed at the end.
struct Folder {
  fs::path path = fs::temp_directory_path() / fmt::format("steelyard-log-{}", ::getpid());
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder &) = delete;
  Folder &operator=(const Folder &) = delete;
};

std::string content_of(const fs::path &file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void put(const fs::path &file, const std::string &content) {
  std::ofstream(file, std::ios::binary) << content;
}

constexpr Int128 large = static_cast<Int128>(1) << 100;

Table case_table(std::uint64_t rows) {
  Table out;
  out.name = "input/case";
  out.columns = {{"case", Kind::text, 0, {}, {}, "key"},
                 {"cost", Kind::decimal, 2, {}, {}, ""},
                 {"approved", Kind::boolean, 0, {}, {}, ""},
                 {"drg", Kind::reference, 0, {}, "input/drg", ""}};
  out.rows = rows;
  return out;
}

std::string key_of(std::uint64_t row) {
  return fmt::format("C{:07}", row * 3);
}

/// Rows of the table above; every seventh approval is missing, one cost needs 128 bits.
void add_case_cells(std::size_t column, std::uint64_t begin, std::uint64_t end, Cells &out) {
  auto memory = std::make_shared<std::string>();
  for (std::uint64_t row = begin; row < end; ++row) {
    if (column == 0) *memory += key_of(row);
    if (column == 1) out.values.push_back(row == 5 ? -large : static_cast<Int128>(row) * 37 % 100000);
    if (column == 2) {
      out.values.push_back(row % 7 == 0 ? 0 : row % 2);
      out.given.push_back(row % 7 == 0 ? 0 : 1);
    }
    if (column == 3) out.values.push_back(static_cast<Int128>(row % 11));
  }
  if (column == 0)
    for (std::uint64_t row = begin; row < end; ++row)
      out.texts.push_back(std::string_view(*memory).substr((row - begin) * 8, 8));
  out.memory = memory;
}

Cells case_cells(std::size_t column, std::uint64_t begin, std::uint64_t end) {
  Cells out;
  add_case_cells(column, begin, end, out);
  return out;
}

void write_run(const fs::path &place, std::uint64_t rows, const SigningKey *key = nullptr) {
  RunWriter writer(place, true, 2);
  writer.add_text("policy.policy", "steelyard 1\n");
  writer.add_table(case_table(rows), add_case_cells);
  writer.add_table({"result/overall", {{"total", Kind::decimal, 8, {}, {}, ""}}, 1, {}, {}},
                   [](std::size_t, std::uint64_t, std::uint64_t, Cells &out) { out.values.push_back(42); });
  const bool done = writer.finish(R"({"engine": "interpret"})", key) && writer.commit();
  CHECK(writer.error() == "");
  REQUIRE(done);
}

RunFile opened(const fs::path &place) {
  auto run = RunFile::open(place);
  if (const auto *error = std::get_if<std::string>(&run)) FAIL(*error);
  return std::get<RunFile>(std::move(run));
}

/// A new key pair as PEM files.
void make_keys(const fs::path &private_file, const fs::path &public_file) {
  EVP_PKEY *key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  std::FILE *out = std::fopen(private_file.c_str(), "w");
  PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(out);
  out = std::fopen(public_file.c_str(), "w");
  PEM_write_PUBKEY(out, key);
  std::fclose(out);
  EVP_PKEY_free(key);
}

} // namespace

TEST_CASE("run file: what is written comes back, in several chunks") {
  const Folder folder;
  const std::uint64_t rows = 2 * rows_a_chunk + 100;
  write_run(folder.path / "run", rows);
  const RunFile run = opened(folder.path / "run");
  CHECK(run.contents().facts == R"({"engine":"interpret"})");
  CHECK(run.text(run.contents().texts[0]) == "steelyard 1\n");
  CHECK(run.verify().empty());
  const int table = run.find_table("input/case");
  REQUIRE(table == 0);
  const Table &of = run.contents().tables[0];
  REQUIRE(of.chunks.size() == 3);
  bool same = true;
  for (std::size_t k = 0; k < of.chunks.size(); ++k)
    for (std::size_t c = 0; c < of.columns.size(); ++c) {
      const Cells got = run.read(table, k, c);
      const Cells wanted = case_cells(c, of.chunks[k].first_row, of.chunks[k].first_row + of.chunks[k].rows);
      same = same && got.values == wanted.values && got.texts == wanted.texts && got.given == wanted.given;
    }
  CHECK(same);
  for (const std::uint64_t row :
       {std::uint64_t{0}, std::uint64_t{5}, rows_a_chunk - 1, std::uint64_t{rows_a_chunk}, rows - 1}) {
    CHECK(run.find_row(table, {{true, 0, key_of(row)}}) == row);
    const std::vector<Cells> cells = run.row(table, row);
    CHECK(cells[0].texts[0] == key_of(row));
    CHECK((cells[1].values[0] == case_cells(1, row, row + 1).values[0]));
    CHECK(cells[2].is_given(0) == (row % 7 != 0));
  }
  CHECK_FALSE(run.find_row(table, {{true, 0, "C0000001"}}));
  CHECK_FALSE(run.find_row(table, {{true, 0, "A"}}));
  CHECK_FALSE(run.find_row(table, {{true, 0, "D"}}));
}

TEST_CASE("run file: a row is proved by its salt and the way to the root, and no other row is") {
  const Folder folder;
  write_run(folder.path / "run", 2 * rows_a_chunk + 3);
  const RunFile run = opened(folder.path / "run");
  const Table &table = run.contents().tables[0];
  Hasher hash;
  for (const std::uint64_t row : {std::uint64_t{0}, std::uint64_t{12345}, table.rows - 1}) {
    const RunFile::RowProof proof = run.prove(0, row);
    std::string canonical;
    append_canonical(canonical, run.row(0, row), table.columns, 0);
    const auto root = [&](const std::string &bytes) {
      return root_from(hash, root_from(hash, leaf_of(hash, proof.salt, bytes), proof.in_chunk),
                       proof.in_table);
    };
    CHECK(root(canonical) == table.root);
    canonical.back() = static_cast<char>(canonical.back() ^ 2);
    CHECK(root(canonical) != table.root);
  }
}

TEST_CASE("run file: any changed byte is found, signed or not") {
  const Folder folder;
  make_keys(folder.path / "private.pem", folder.path / "public.pem");
  const auto key = SigningKey::read(folder.path / "private.pem");
  REQUIRE(std::holds_alternative<SigningKey>(key));
  for (const bool is_signed : {false, true}) {
    write_run(folder.path / "run", 60, is_signed ? &std::get<SigningKey>(key) : nullptr);
    const std::string whole = content_of(folder.path / "run");
    std::mt19937 random(11);
    int unseen = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ (1 << random() % 8));
      put(folder.path / "changed", changed);
      const auto run = RunFile::open(folder.path / "changed");
      if (std::holds_alternative<RunFile>(run) && std::get<RunFile>(run).verify().empty()) {
        ++unseen;
        MESSAGE("byte " << at << " of " << whole.size());
      }
    }
    CHECK(unseen == 0);
    for (const std::size_t size : {std::size_t{0}, std::size_t{10}, whole.size() / 2, whole.size() - 1}) {
      put(folder.path / "changed", whole.substr(0, size));
      CHECK(std::holds_alternative<std::string>(RunFile::open(folder.path / "changed")));
    }
    put(folder.path / "changed", whole + "x");
    CHECK(std::holds_alternative<std::string>(RunFile::open(folder.path / "changed")));
  }
  const RunFile run = opened(folder.path / "run");
  REQUIRE(run.trailer().signature);
  const auto public_key = read_public_key(folder.path / "public.pem");
  REQUIRE(std::holds_alternative<PublicKey>(public_key));
  CHECK(std::get<PublicKey>(public_key) == run.trailer().signature->key);
}

TEST_CASE("run file: an unsigned run cannot be made to look signed by turning its flag") {
  const Folder folder;
  for (int i = 0; i < 40; ++i) { // a key of zeros would verify one manifest in four
    write_run(folder.path / "run", 1);
    std::string changed = content_of(folder.path / "run");
    changed[changed.size() - trailer_size + 64] = 1;
    put(folder.path / "changed", changed);
    CHECK(std::holds_alternative<std::string>(RunFile::open(folder.path / "changed")));
  }
}

TEST_CASE("run file: a changed row is named by its table, rows and column") {
  const Folder folder;
  write_run(folder.path / "run", 300);
  const RunFile before = opened(folder.path / "run");
  const Place place = before.contents().tables[0].chunks[0].columns[1].place;
  std::string changed = content_of(folder.path / "run");
  changed[place.offset + 9] = static_cast<char>(changed[place.offset + 9] ^ 1);
  put(folder.path / "changed", changed);
  CHECK(opened(folder.path / "changed").verify() ==
        std::vector<std::string>{"input/case, rows 1 to 300, column cost: the bytes were changed"});
}

TEST_CASE("run file: one that is not finished, or must not be replaced, leaves nothing") {
  const Folder folder;
  {
    RunWriter writer(folder.path / "run", false, 1);
    writer.add_text("a", "b");
  }
  CHECK(fs::is_empty(folder.path));
  put(folder.path / "run", "mine");
  {
    RunWriter writer(folder.path / "run", false, 1);
    CHECK(writer.error() == fmt::format("the file {} exists; name another, or use --force to replace it",
                                        (folder.path / "run").string()));
    writer.add_text("a", "b");
    CHECK_FALSE(writer.finish("{}", nullptr));
    CHECK_FALSE(writer.commit());
  }
  CHECK(content_of(folder.path / "run") == "mine");
  RunWriter nowhere(folder.path / "none" / "run", false, 1);
  CHECK(nowhere.error() == fmt::format("the file {} cannot be written: No such file or directory",
                                       (folder.path / "none" / "run").string()));
}
