// What a run file holds and where (docs/run-file.md): frames, then the index (where everything lies, with the
// run's secret), then the manifest (what was run, with the roots of all tables), then a trailer of fixed
// length. The manifest names the index by its hash, the trailer the manifest, and every byte before is in a
// frame that the index or the manifest names: so every byte is covered.
#pragma once
#include "runtime/log/cells.h"
#include "runtime/log/hash.h"
#include "runtime/log/signature.h"
#include <optional>
#include <string>
#include <vector>

namespace steelyard::log {

inline constexpr std::string_view first_bytes = "STEELYARD RUN 1\n";
inline constexpr std::string_view last_bytes = "STEELYARD END 1\n";
/// Index offset and length, manifest offset and length (8 bytes each, lowest first), SHA-256 of the manifest,
/// 8 bytes of which the first tells whether the run is signed, public key, signature, `last_bytes`.
inline constexpr std::size_t trailer_size = 4 * 8 + 32 + 8 + 32 + 64 + 16;
/// Of the manifest. What a form means for the tables is the business of who reads them.
inline constexpr int latest_form = 3;
inline constexpr std::size_t rows_a_chunk = 32768;

struct Place {
  std::uint64_t offset = 0, length = 0;
  Hash hash{}; ///< of the frame as it stands
};

/// A text of the run by name: the files of the policy.
struct Text {
  std::string name;
  Place place;
  Hash content{}; ///< SHA-256 of the text itself, by which an extract can carry it
};

struct ColumnChunk {
  Place place;
  Shape shape;
};
struct Chunk {
  std::uint64_t first_row = 0;
  std::uint32_t rows = 0;
  std::vector<Cell> first_key; ///< of the key columns
  std::vector<ColumnChunk> columns;
  Hash root{}; ///< over the leaves of its rows
};
struct Table {
  std::string name; ///< "input/case", "result/drg_tier"
  std::vector<ColumnInfo> columns;
  std::uint64_t rows = 0;
  Hash root{}; ///< over the roots of its chunks
  std::vector<Chunk> chunks;
};

struct Contents {
  int form = latest_form;
  std::vector<Text> texts;
  std::vector<Table> tables;
  std::string facts; ///< JSON object: program, engine, parameters and whatever else the run says of itself
  Hash secret{};
};

/// The manifest, without the hash of the index: what an extract may carry, since it names no row.
std::string manifest_json(const Contents &contents, const Place &index);
/// The index: places, first keys, the secret.
std::string index_json(const Contents &contents);
/// Both throw std::runtime_error where the JSON is not of this form. The manifest gives texts, names,
/// columns, roots and facts; the index adds the rest.
Contents read_manifest(std::string_view json, Place &index);
void read_index(std::string_view json, Contents &contents);

struct Trailer {
  std::uint64_t index_offset = 0, index_length = 0, manifest_offset = 0, manifest_length = 0;
  Hash manifest{};
  std::optional<Signature> signature;
};
std::string trailer_bytes(const Trailer &trailer);
/// Empty when the bytes are no trailer.
std::optional<Trailer> read_trailer(std::string_view bytes);

} // namespace steelyard::log
