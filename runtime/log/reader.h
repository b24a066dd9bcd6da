// Reads a run file: a row by its key in a few milliseconds, a column as a whole, or everything to see whether
// a byte was changed.
#pragma once
#include "runtime/log/run_file.h"
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <variant>

namespace steelyard::log {

class RunFile {
public:
  /// A sentence where there is no such file, or its trailer, manifest or index is not what was written.
  static std::variant<RunFile, std::string> open(const std::filesystem::path &place);

  const Contents &contents() const { return contents_; }
  const Trailer &trailer() const { return trailer_; }
  std::string_view manifest() const;
  int find_table(std::string_view name) const; ///< -1: none

  // These throw std::runtime_error where a frame is damaged.
  std::string text(const Text &text) const;
  Cells read(int table, std::size_t chunk, std::size_t column) const;
  /// The same, kept for who reads single rows; it stays until the next call. Not for several threads.
  const Cells &kept(int table, std::size_t chunk, std::size_t column) const;
  /// The row with this key, in the order of the key columns.
  std::optional<std::uint64_t> find_row(int table, const std::vector<Cell> &key) const;
  /// All columns of one row, each with one row.
  std::vector<Cells> row(int table, std::uint64_t row) const;
  std::size_t chunk_of(int table, std::uint64_t row) const;

  struct RowProof {
    Salt salt{};
    Proof in_chunk, in_table;
  };
  /// That a row belongs to the table: from its leaf to the table's root.
  RowProof prove(int table, std::uint64_t row) const;

  /// Everything that is not as it was written: each a sentence that names the table, the rows and the column.
  /// `progress` is told of the bytes looked at.
  std::vector<std::string>
  verify(const std::function<void(std::uint64_t, std::uint64_t)> &progress = {}) const;

private:
  struct Mapped;
  std::string_view bytes(const Place &place) const;
  std::vector<Hash> leaves(int table, const Chunk &chunk, const std::vector<Cells> &columns) const;

  std::shared_ptr<const Mapped> mapped_;
  Contents contents_;
  Trailer trailer_;
  Place index_;
  mutable std::map<std::tuple<int, std::size_t, std::size_t>, Cells> kept_;
  mutable std::pair<const Chunk *, std::vector<Hash>> leaves_{}; ///< of the chunk last proved from
};

} // namespace steelyard::log
