// The JSON of a run file: manifest and index, and the trailer's bytes. Numbers beyond 64 bits are texts.
#include "runtime/json/json.h"
#include "runtime/log/run_file.h"
#include <cstring>
#include <fmt/core.h>
#include <stdexcept>

namespace steelyard::log {

namespace {

constexpr std::pair<Kind, const char *> kinds[] = {{Kind::boolean, "boolean"}, {Kind::text, "text"},
                                                   {Kind::decimal, "decimal"}, {Kind::date, "date"},
                                                   {Kind::member, "member"},   {Kind::reference, "reference"},
                                                   {Kind::choice, "choice"},   {Kind::month, "month"}};

[[noreturn]] void damaged(const std::string &what) {
  throw std::runtime_error("the run file is damaged: " + what);
}

Json json_of(const Place &place) {
  return {{"offset", place.offset}, {"length", place.length}, {"sha256", to_hex(place.hash)}};
}
Hash hash_in(const Json &json, const char *name) {
  const auto hash = hash_from_hex(json.at(name).get<std::string>());
  if (!hash) damaged(fmt::format("{} is no hash", name));
  return *hash;
}
Place place_in(const Json &json) {
  return {json.at("offset").get<std::uint64_t>(), json.at("length").get<std::uint64_t>(),
          hash_in(json, "sha256")};
}

Json json_of(const ColumnInfo &info) {
  Json out = {{"name", info.name}};
  for (const auto &[kind, name] : kinds)
    if (kind == info.kind) out["kind"] = name;
  if (!info.role.empty()) out["role"] = info.role;
  if (info.kind == Kind::decimal) out["decimals"] = info.scale;
  if (!info.members.empty()) out["members"] = info.members;
  if (!info.target.empty()) out["table"] = info.target;
  return out;
}
ColumnInfo column_in(const Json &json) {
  ColumnInfo out;
  out.name = json.at("name").get<std::string>();
  const auto wanted = json.at("kind").get<std::string>();
  bool known = false;
  for (const auto &[kind, name] : kinds)
    if (wanted == name) {
      out.kind = kind;
      known = true;
    }
  if (!known) damaged("a column of kind " + wanted);
  out.role = json.value("role", std::string());
  out.scale = json.value("decimals", 0);
  out.members = json.value("members", std::vector<std::string>());
  out.target = json.value("table", std::string());
  return out;
}

Json json_of(Int128 value) {
  if (value >= INT64_MIN && value <= INT64_MAX) return static_cast<std::int64_t>(value);
  return number::Integer(value).str();
}
Int128 integer_in(const Json &json) {
  if (json.is_string())
    return static_cast<Int128>(number::Integer(std::string_view(json.get<std::string>())));
  return json.get<std::int64_t>();
}

Json json_of(const Chunk &chunk) {
  Json keys = Json::array(), columns = Json::array();
  for (const Cell &cell : chunk.first_key)
    keys.push_back(cell.text ? Json{{"text", cell.characters}} : json_of(cell.value));
  for (const ColumnChunk &column : chunk.columns) {
    Json one = json_of(column.place);
    one["width"] = column.shape.width;
    one["base"] = json_of(column.shape.base);
    if (column.shape.missing) one["missing"] = true;
    columns.push_back(std::move(one));
  }
  return {{"first_row", chunk.first_row},
          {"rows", chunk.rows},
          {"first_key", std::move(keys)},
          {"root", to_hex(chunk.root)},
          {"columns", std::move(columns)}};
}
Chunk chunk_in(const Json &json) {
  Chunk out;
  out.first_row = json.at("first_row").get<std::uint64_t>();
  out.rows = json.at("rows").get<std::uint32_t>();
  out.root = hash_in(json, "root");
  for (const Json &key : json.at("first_key"))
    out.first_key.push_back(key.is_object() ? Cell{true, 0, key.at("text").get<std::string>()}
                                            : Cell{false, integer_in(key), {}});
  for (const Json &column : json.at("columns")) {
    ColumnChunk one;
    one.place = place_in(column);
    one.shape = {column.at("width").get<unsigned>(), integer_in(column.at("base")),
                 column.value("missing", false)};
    if (one.shape.width > 16) damaged("a column wider than 16 bytes");
    out.columns.push_back(one);
  }
  return out;
}

Json parsed(std::string_view text, const char *what) {
  try {
    return Json::parse(text);
  } catch (const Json::Error &) {
    damaged(fmt::format("its {} is not JSON", what));
  }
}

void append(std::string &out, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) out += static_cast<char>(value >> (8 * i));
}
std::uint64_t word(std::string_view bytes, std::size_t at) {
  std::uint64_t out = 0;
  for (int i = 0; i < 8; ++i)
    out |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[at + static_cast<std::size_t>(i)]))
           << (8 * i);
  return out;
}

} // namespace

std::string manifest_json(const Contents &contents, const Place &index) {
  Json out = {{"steelyard_run", contents.form}, {"facts", parsed(contents.facts, "facts")}};
  out["texts"] = Json::array();
  for (const Text &text : contents.texts) {
    Json one = {{"name", text.name}};
    one.update(json_of(text.place));
    one["content_sha256"] = to_hex(text.content);
    out["texts"].push_back(std::move(one));
  }
  out["tables"] = Json::array();
  for (const Table &table : contents.tables) {
    Json columns = Json::array();
    for (const ColumnInfo &column : table.columns) columns.push_back(json_of(column));
    out["tables"].push_back({{"name", table.name},
                             {"rows", table.rows},
                             {"root", to_hex(table.root)},
                             {"columns", std::move(columns)}});
  }
  out["index"] = json_of(index);
  return out.dump(1);
}

std::string index_json(const Contents &contents) {
  Json out = {{"secret", to_hex(contents.secret)}, {"tables", Json::array()}};
  for (const Table &table : contents.tables) {
    Json chunks = Json::array();
    for (const Chunk &chunk : table.chunks) chunks.push_back(json_of(chunk));
    out["tables"].push_back({{"name", table.name}, {"chunks", std::move(chunks)}});
  }
  return out.dump();
}

Contents read_manifest(std::string_view text, Place &index) {
  const Json json = parsed(text, "manifest");
  try {
    Contents out;
    out.form = json.at("steelyard_run").get<int>();
    if (out.form < 1 || out.form > latest_form)
      damaged(fmt::format("its form {} is not known to this version of the program", out.form));
    out.facts = json.at("facts").dump();
    for (const Json &one : json.at("texts"))
      out.texts.push_back({one.at("name").get<std::string>(), place_in(one), hash_in(one, "content_sha256")});
    for (const Json &one : json.at("tables")) {
      Table table;
      table.name = one.at("name").get<std::string>();
      table.rows = one.at("rows").get<std::uint64_t>();
      table.root = hash_in(one, "root");
      for (const Json &column : one.at("columns")) table.columns.push_back(column_in(column));
      out.tables.push_back(std::move(table));
    }
    index = place_in(json.at("index"));
    return out;
  } catch (const Json::Error &error) {
    damaged(fmt::format("its manifest: {}", error.what()));
  }
}

void read_index(std::string_view text, Contents &contents) {
  const Json json = parsed(text, "index");
  try {
    contents.secret = hash_in(json, "secret");
    const Json &tables = json.at("tables");
    if (tables.size() != contents.tables.size()) damaged("index and manifest name different tables");
    for (std::size_t t = 0; t < tables.size(); ++t) {
      Table &table = contents.tables[t];
      if (tables[t].at("name") != table.name) damaged("index and manifest name different tables");
      std::uint64_t row = 0;
      for (const Json &one : tables[t].at("chunks")) {
        Chunk chunk = chunk_in(one);
        if (chunk.first_row != row || chunk.columns.size() != table.columns.size())
          damaged("the chunks of " + table.name + " do not fit together");
        row += chunk.rows;
        table.chunks.push_back(std::move(chunk));
      }
      for (std::size_t k = 0; k + 1 < table.chunks.size(); ++k)
        if (table.chunks[k].rows != rows_a_chunk)
          damaged("the chunks of " + table.name + " do not have the size they should");
      if (row != table.rows || (!table.chunks.empty() && table.chunks.back().rows > rows_a_chunk))
        damaged("the chunks of " + table.name + " do not fit together");
    }
  } catch (const Json::Error &error) {
    damaged(fmt::format("its index: {}", error.what()));
  }
}

std::string trailer_bytes(const Trailer &trailer) {
  std::string out;
  for (const std::uint64_t value :
       {trailer.index_offset, trailer.index_length, trailer.manifest_offset, trailer.manifest_length})
    append(out, value);
  out += bytes_of(trailer.manifest);
  append(out, trailer.signature ? 1 : 0);
  const Signature signature = trailer.signature.value_or(Signature{});
  out.append(signature.key.begin(), signature.key.end());
  out.append(signature.bytes.begin(), signature.bytes.end());
  out += last_bytes;
  return out;
}

std::optional<Trailer> read_trailer(std::string_view bytes) {
  if (bytes.size() != trailer_size || !bytes.ends_with(last_bytes)) return std::nullopt;
  Trailer out;
  out.index_offset = word(bytes, 0);
  out.index_length = word(bytes, 8);
  out.manifest_offset = word(bytes, 16);
  out.manifest_length = word(bytes, 24);
  std::memcpy(out.manifest.data(), bytes.data() + 32, 32);
  const std::uint64_t is_signed = word(bytes, 64);
  Signature signature;
  std::memcpy(signature.key.data(), bytes.data() + 72, 32);
  std::memcpy(signature.bytes.data(), bytes.data() + 104, 64);
  if (is_signed == 1) out.signature = signature;
  // What is not used is zero: else a byte of the file would mean nothing, and could be changed unseen.
  if (is_signed > 1 || (is_signed == 0 && trailer_bytes(out) != bytes)) return std::nullopt;
  // A key of zeros is a point of small order, by which zeros sign one hash in four: without this, the flag of
  // an unsigned run could be turned.
  if (is_signed == 1 && signature.key == PublicKey{}) return std::nullopt;
  return out;
}

} // namespace steelyard::log
