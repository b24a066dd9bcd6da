// See extract.h.
#include "compiler/record/extract.h"
#include "runtime/json/json.h"
#include <algorithm>
#include <cstring>
#include <fmt/core.h>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace steelyard::record {

namespace {

constexpr const char *statement =
    "The rows below belong to the run whose manifest stands here: each is the leaf of a tree of hashes whose "
    "root the "
    "manifest names, and the signature, where there is one, is over the SHA-256 of the manifest. Values that "
    "were "
    "computed over rows which are not here (sums, means, point values) are shown to have been recorded, not "
    "to be "
    "right. 下列各行属于本清单所述的运行: 各行经哈希路径归结到清单所列的根; 清单若有签名, 即对其 SHA-256 "
    "签名. "
    "由未列入的行汇总而得的数值 (合计, 均值, 点值), 本文件只证明其记录如此, 不证明其计算正确.";

Json json_of(log::Int128 value) {
  if (value >= INT64_MIN && value <= INT64_MAX) return static_cast<std::int64_t>(value);
  return Json{{"integer", number::Integer(value).str()}};
}

Json json_of(const log::Cells &cells, log::Kind kind) {
  if (!cells.is_given(0)) return nullptr;
  if (kind == log::Kind::text) return std::string(cells.texts[0]);
  return json_of(cells.values[0]);
}

log::Cells cells_in(const Json &json, log::Kind kind) {
  log::Cells out;
  if (json.is_null()) out.given.push_back(0);
  if (kind == log::Kind::text) {
    const auto memory =
        std::make_shared<const std::string>(json.is_null() ? std::string() : json.get<std::string>());
    out.texts.push_back(*memory);
    out.memory = memory;
  } else if (json.is_object()) {
    out.values.push_back(
        static_cast<log::Int128>(number::Integer(std::string_view(json.at("integer").get<std::string>()))));
  } else {
    out.values.push_back(json.is_null() ? 0 : json.get<std::int64_t>());
  }
  return out;
}

Json json_of(const log::Proof &proof) {
  Json out = Json::array();
  for (const log::Proof::Step &step : proof.steps)
    out.push_back({{step.left ? "left" : "right", log::to_hex(step.neighbour)}});
  return out;
}

[[noreturn]] void damaged(const std::string &what) {
  throw std::runtime_error("the extract is damaged: " + what);
}

log::Proof proof_in(const Json &json) {
  log::Proof out;
  for (const Json &step : json) {
    const bool left = step.contains("left");
    const auto hash = log::hash_from_hex(step.at(left ? "left" : "right").get<std::string>());
    if (!hash) damaged("a hash of a proof is none");
    out.steps.push_back({*hash, left});
  }
  return out;
}

template<std::size_t size> std::array<std::uint8_t, size> bytes_in(const Json &json) {
  const auto bytes = log::from_hex(json.get<std::string>());
  std::array<std::uint8_t, size> out{};
  if (!bytes || bytes->size() != size) damaged("bytes of another length than they have");
  std::memcpy(out.data(), bytes->data(), size);
  return out;
}

template<std::size_t size> std::string hex_of(const std::array<std::uint8_t, size> &bytes) {
  return log::to_hex({reinterpret_cast<const char *>(bytes.data()), size});
}

} // namespace

std::string extract_json(const Recorded &recorded, const std::vector<Place> &rows) {
  const log::RunFile &file = recorded.file();
  Json out = {{"steelyard_extract", 1}, {"statement", statement}};
  const auto name_of = [&](const Place &place) {
    return file.contents().tables[static_cast<std::size_t>(place.table)].name;
  };
  out["asked"] = {{"table", name_of(rows.front())}, {"row", rows.front().row}};
  out["manifest"] = std::string(file.manifest());
  if (const auto &signature = file.trailer().signature)
    out["signature"] = {{"public_key", hex_of(signature->key)}, {"ed25519", hex_of(signature->bytes)}};
  else
    out["signature"] = nullptr;
  out["texts"] = Json::array();
  for (const log::Text &text : file.contents().texts)
    out["texts"].push_back({{"name", text.name}, {"content", file.text(text)}});
  out["rows"] = Json::array();
  for (const Place &place : rows) {
    const log::Table &table = file.contents().tables[static_cast<std::size_t>(place.table)];
    const std::vector<log::Cells> cells = file.row(place.table, place.row);
    const log::RunFile::RowProof proof = file.prove(place.table, place.row);
    Json values = Json::array();
    for (std::size_t c = 0; c < cells.size(); ++c) values.push_back(json_of(cells[c], table.columns[c].kind));
    out["rows"].push_back({{"table", table.name},
                           {"row", place.row},
                           {"cells", std::move(values)},
                           {"salt", hex_of(proof.salt)},
                           {"to_chunk", json_of(proof.in_chunk)},
                           {"to_table", json_of(proof.in_table)}});
  }
  return out.dump(1) + "\n";
}

std::variant<std::unique_ptr<Extract>, std::string> Extract::open(const std::filesystem::path &file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return fmt::format("the file {} cannot be read", file.string());
  auto out = std::make_unique<Extract>();
  try {
    out->read(text.str());
  } catch (const Json::Error &error) {
    return fmt::format("{}: the extract is damaged: {}", file.string(), error.what());
  } catch (const std::runtime_error &error) {
    return fmt::format("{}: {}", file.string(), error.what());
  }
  return out;
}

void Extract::read(std::string_view text) {
  const Json json = Json::parse(text);
  if (!json.is_object() || json.value("steelyard_extract", 0) != 1)
    throw std::runtime_error("this is no extract of a run");
  manifest_ = json.at("manifest").get<std::string>();
  log::Place index;
  contents_ = log::read_manifest(manifest_, index);
  if (const Json &signature = json.at("signature"); !signature.is_null())
    signature_ =
        log::Signature{bytes_in<32>(signature.at("public_key")), bytes_in<64>(signature.at("ed25519"))};
  for (const Json &one : json.at("texts"))
    texts_.emplace_back(one.at("name").get<std::string>(), one.at("content").get<std::string>());
  const auto place_in = [&](const Json &one) {
    const auto name = one.at("table").get<std::string>();
    for (std::size_t t = 0; t < contents_.tables.size(); ++t)
      if (contents_.tables[t].name == name)
        return Place{static_cast<int>(t), one.at("row").get<std::uint64_t>()};
    damaged("a row of a table that the manifest does not name: " + name);
  };
  asked_ = place_in(json.at("asked"));
  for (const Json &one : json.at("rows")) {
    const Place place = place_in(one);
    const std::vector<log::ColumnInfo> &columns =
        contents_.tables[static_cast<std::size_t>(place.table)].columns;
    const Json &cells = one.at("cells");
    if (cells.size() != columns.size())
      damaged("a row with another number of cells than its table has columns");
    Row row;
    for (std::size_t c = 0; c < columns.size(); ++c) row.cells.push_back(cells_in(cells[c], columns[c].kind));
    row.salt = bytes_in<16>(one.at("salt"));
    row.in_chunk = proof_in(one.at("to_chunk"));
    row.in_table = proof_in(one.at("to_table"));
    rows_.emplace(place, std::move(row));
  }
  if (!rows_.contains(asked_)) damaged("the row that it is about is not in it");
}

std::vector<std::string> Extract::verify() const {
  std::vector<std::string> out;
  if (signature_ && !log::is_signed_by_its_key(log::sha256(manifest_), *signature_))
    out.emplace_back("the signature is not that of this manifest by the key beside it");
  if (texts_.size() != contents_.texts.size())
    out.emplace_back("the texts are not those that the manifest names");
  for (std::size_t i = 0; i < std::min(texts_.size(), contents_.texts.size()); ++i)
    if (texts_[i].first != contents_.texts[i].name ||
        log::sha256(texts_[i].second) != contents_.texts[i].content)
      out.push_back(fmt::format("the text {} is not the one that the manifest names", texts_[i].first));
  log::Hasher hash;
  for (const auto &[place, row] : rows_) {
    const log::Table &table = contents_.tables[static_cast<std::size_t>(place.table)];
    std::string canonical;
    log::append_canonical(canonical, row.cells, table.columns, 0);
    const log::Hash leaf = log::leaf_of(hash, row.salt, canonical);
    if (log::root_from(hash, log::root_from(hash, leaf, row.in_chunk), row.in_table) != table.root)
      out.push_back(fmt::format("{}, row {}: this row, as it stands here, does not belong to the run",
                                table.name, place.row + 1));
  }
  return out;
}

std::optional<std::uint64_t> Extract::find(int table, const std::vector<log::Cell> &key) {
  for (const auto &[place, row] : rows_) {
    if (place.table != table) continue;
    bool same = true;
    for (std::size_t c = 0; c < key.size() && same; ++c)
      same =
          key[c].text ? key[c].characters == row.cells[c].texts[0] : key[c].value == row.cells[c].values[0];
    if (same) return place.row;
  }
  return std::nullopt;
}

std::vector<log::Cells> Extract::row(const Place &place) {
  const auto at = rows_.find(place);
  if (at == rows_.end())
    throw std::runtime_error("the extract does not hold a row that the derivation needs");
  return at->second.cells;
}

} // namespace steelyard::record
