// See reader.h. The file is mapped; a frame is decompressed when it is asked for.
#include "runtime/log/reader.h"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace steelyard::log {

struct RunFile::Mapped {
  void *memory = nullptr;
  std::size_t size = 0;
  Mapped() = default;
  Mapped(const Mapped &) = delete;
  Mapped &operator=(const Mapped &) = delete;
  ~Mapped() {
    if (memory != nullptr) ::munmap(memory, size);
  }
  std::string_view all() const { return {static_cast<const char *>(memory), size}; }
};

std::variant<RunFile, std::string> RunFile::open(const std::filesystem::path &place) {
  const int file = ::open(place.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return fmt::format("the run file {} cannot be read: {}", place.string(), std::strerror(errno));
  struct stat about = {};
  auto mapped = std::make_shared<Mapped>();
  if (::fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0) {
    void *memory = ::mmap(nullptr, static_cast<std::size_t>(about.st_size), PROT_READ, MAP_PRIVATE, file, 0);
    if (memory != MAP_FAILED) {
      mapped->memory = memory;
      mapped->size = static_cast<std::size_t>(about.st_size);
    }
  }
  ::close(file);
  const std::string_view all = mapped->all();
  if (!all.starts_with(first_bytes))
    return fmt::format("{} is no run file (steelyard settle --log writes one)", place.string());
  RunFile out;
  const auto trailer = all.size() < first_bytes.size() + trailer_size
                           ? std::nullopt
                           : read_trailer(all.substr(all.size() - trailer_size));
  if (!trailer)
    return fmt::format("the run file {} is damaged: it does not end as a run file does", place.string());
  out.trailer_ = *trailer;
  const std::uint64_t end = all.size() - trailer_size;
  const auto within = [&](std::uint64_t offset, std::uint64_t length) {
    return offset <= end && length <= end - offset;
  };
  if (!within(trailer->index_offset, trailer->index_length) ||
      !within(trailer->manifest_offset, trailer->manifest_length) ||
      trailer->index_offset + trailer->index_length != trailer->manifest_offset ||
      trailer->manifest_offset + trailer->manifest_length != end)
    return fmt::format("the run file {} is damaged: its parts do not lie one after the other",
                       place.string());
  out.mapped_ = std::move(mapped);
  if (sha256(out.manifest()) != trailer->manifest)
    return fmt::format("the run file {} is damaged: the manifest is not the one that was written",
                       place.string());
  try {
    out.contents_ = read_manifest(out.manifest(), out.index_);
    if (out.index_.offset != trailer->index_offset || out.index_.length != trailer->index_length)
      throw std::runtime_error("the manifest names another index than the trailer");
    const std::string_view frame = out.bytes(out.index_);
    if (sha256(frame) != out.index_.hash)
      throw std::runtime_error("the index is not the one that was written");
    read_index(decompress(frame), out.contents_);
  } catch (const std::runtime_error &error) {
    return fmt::format("the run file {} is damaged: {}", place.string(), error.what());
  }
  return out;
}

std::string_view RunFile::manifest() const {
  return mapped_->all().substr(trailer_.manifest_offset, trailer_.manifest_length);
}

int RunFile::find_table(std::string_view name) const {
  for (std::size_t i = 0; i < contents_.tables.size(); ++i)
    if (contents_.tables[i].name == name) return static_cast<int>(i);
  return -1;
}

std::string_view RunFile::bytes(const Place &place) const {
  const std::string_view all = mapped_->all();
  if (place.offset > all.size() || place.length > all.size() - place.offset)
    throw std::runtime_error("a frame lies outside the file");
  return all.substr(place.offset, place.length);
}

std::string RunFile::text(const Text &text) const {
  const std::string_view frame = bytes(text.place);
  if (sha256(frame) != text.place.hash)
    throw std::runtime_error(fmt::format("the text {} was changed", text.name));
  std::string content = decompress(frame);
  if (sha256(content) != text.content)
    throw std::runtime_error(fmt::format("the text {} is not the one that the manifest names", text.name));
  return content;
}

Cells RunFile::read(int table, std::size_t chunk, std::size_t column) const {
  const Table &of = contents_.tables[static_cast<std::size_t>(table)];
  const ColumnChunk &one = of.chunks[chunk].columns[column];
  const std::string_view frame = bytes(one.place);
  if (sha256(frame) != one.place.hash)
    throw std::runtime_error(fmt::format(
        "{}, rows {} to {}, column {}: the bytes were changed", of.name, of.chunks[chunk].first_row + 1,
        of.chunks[chunk].first_row + of.chunks[chunk].rows, of.columns[column].name));
  return decode(decompress(frame), of.columns[column].kind, one.shape, of.chunks[chunk].rows);
}

const Cells &RunFile::kept(int table, std::size_t chunk, std::size_t column) const {
  constexpr std::size_t most_kept = 512; // of at most 32768 cells
  const auto at = kept_.find({table, chunk, column});
  if (at != kept_.end()) return at->second;
  if (kept_.size() >= most_kept) kept_.clear();
  return kept_.try_emplace({table, chunk, column}, read(table, chunk, column)).first->second;
}

std::size_t RunFile::chunk_of(int table, std::uint64_t row) const {
  const std::vector<Chunk> &chunks = contents_.tables[static_cast<std::size_t>(table)].chunks;
  const auto after =
      std::upper_bound(chunks.begin(), chunks.end(), row,
                       [](std::uint64_t wanted, const Chunk &chunk) { return wanted < chunk.first_row; });
  return static_cast<std::size_t>(after - chunks.begin()) - 1;
}

namespace {

Cell cell_at(const Cells &cells, bool text, std::size_t row) {
  return text ? Cell{true, 0, std::string(cells.texts[row])} : Cell{false, cells.values[row], {}};
}

} // namespace

std::optional<std::uint64_t> RunFile::find_row(int table, const std::vector<Cell> &key) const {
  const Table &of = contents_.tables[static_cast<std::size_t>(table)];
  const auto after = std::upper_bound(
      of.chunks.begin(), of.chunks.end(), key,
      [](const std::vector<Cell> &wanted, const Chunk &chunk) { return wanted < chunk.first_key; });
  if (after == of.chunks.begin()) return std::nullopt;
  const auto chunk = static_cast<std::size_t>(after - of.chunks.begin()) - 1;
  const auto key_of = [&](std::size_t row) {
    std::vector<Cell> out;
    for (std::size_t c = 0; c < key.size(); ++c)
      out.push_back(cell_at(kept(table, chunk, c), key[c].text, row));
    return out;
  };
  std::size_t low = 0, high = of.chunks[chunk].rows;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (key_of(middle) < key)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == of.chunks[chunk].rows || key_of(low) != key) return std::nullopt;
  return of.chunks[chunk].first_row + low;
}

std::vector<Cells> RunFile::row(int table, std::uint64_t row) const {
  const Table &of = contents_.tables[static_cast<std::size_t>(table)];
  const std::size_t chunk = chunk_of(table, row);
  const auto at = static_cast<std::size_t>(row - of.chunks[chunk].first_row);
  std::vector<Cells> out;
  for (std::size_t c = 0; c < of.columns.size(); ++c) {
    const Cells &whole = kept(table, chunk, c);
    Cells one;
    if (of.columns[c].kind == Kind::text) {
      const auto memory = std::make_shared<const std::string>(whole.texts[at]);
      one.texts.push_back(*memory);
      one.memory = memory;
    } else {
      one.values.push_back(whole.values[at]);
    }
    if (!whole.is_given(at)) one.given.push_back(0);
    out.push_back(std::move(one));
  }
  return out;
}

std::vector<Hash> RunFile::leaves(int table, const Chunk &chunk, const std::vector<Cells> &columns) const {
  Hasher hash;
  std::vector<Hash> out;
  std::string row;
  for (std::uint32_t at = 0; at < chunk.rows; ++at) {
    row.clear();
    append_canonical(row, columns, contents_.tables[static_cast<std::size_t>(table)].columns, at);
    out.push_back(leaf_of(
        hash, salt_of(hash, contents_.secret, static_cast<std::uint32_t>(table), chunk.first_row + at), row));
  }
  return out;
}

RunFile::RowProof RunFile::prove(int table, std::uint64_t row) const {
  const Table &of = contents_.tables[static_cast<std::size_t>(table)];
  const std::size_t at = chunk_of(table, row);
  const Chunk &chunk = of.chunks[at];
  if (leaves_.first != &chunk) {
    std::vector<Cells> columns;
    for (std::size_t c = 0; c < of.columns.size(); ++c) columns.push_back(read(table, at, c));
    leaves_ = {&chunk, leaves(table, chunk, columns)};
  }
  Hasher hash;
  RowProof out;
  out.salt = salt_of(hash, contents_.secret, static_cast<std::uint32_t>(table), row);
  out.in_chunk = proof_of(hash, leaves_.second, static_cast<std::size_t>(row - chunk.first_row));
  std::vector<Hash> roots;
  for (const Chunk &one : of.chunks) roots.push_back(one.root);
  out.in_table = proof_of(hash, std::move(roots), at);
  return out;
}

std::vector<std::string>
RunFile::verify(const std::function<void(std::uint64_t, std::uint64_t)> &progress) const {
  std::vector<std::string> out;
  std::uint64_t expected =
      first_bytes.size(); // where the next frame begins: frames leave no byte between them
  const auto follows = [&](const Place &place, const std::string &what) {
    if (place.offset != expected)
      out.push_back(fmt::format("{}: it does not begin where the part before it ends", what));
    expected = place.offset + place.length;
    if (progress) progress(expected, trailer_.manifest_offset);
  };
  if (trailer_.signature && !is_signed_by_its_key(trailer_.manifest, *trailer_.signature))
    out.emplace_back("the signature is not that of this manifest by the key beside it");
  for (const Text &one : contents_.texts) {
    follows(one.place, "text " + one.name);
    try {
      text(one);
    } catch (const std::runtime_error &error) {
      out.emplace_back(error.what());
    }
  }
  Hasher hash;
  for (std::size_t t = 0; t < contents_.tables.size(); ++t) {
    const Table &table = contents_.tables[t];
    std::vector<Hash> roots;
    for (std::size_t k = 0; k < table.chunks.size(); ++k) {
      const Chunk &chunk = table.chunks[k];
      const std::string rows =
          fmt::format("{}, rows {} to {}", table.name, chunk.first_row + 1, chunk.first_row + chunk.rows);
      std::vector<Cells> columns;
      bool whole = true;
      for (std::size_t c = 0; c < table.columns.size(); ++c) {
        follows(chunk.columns[c].place, fmt::format("{}, column {}", rows, table.columns[c].name));
        try {
          columns.push_back(read(static_cast<int>(t), k, c));
        } catch (const std::runtime_error &error) {
          const std::string sentence = error.what();
          out.push_back(sentence.starts_with(rows)
                            ? sentence
                            : fmt::format("{}, column {}: {}", rows, table.columns[c].name, sentence));
          whole = false;
        }
      }
      if (whole && root_of(hash, leaves(static_cast<int>(t), chunk, columns)) != chunk.root)
        out.push_back(rows + ": the rows are not those that the tree of hashes was made over");
      roots.push_back(chunk.root);
    }
    if (root_of(hash, std::move(roots)) != table.root)
      out.push_back(table.name + ": its chunks are not those that the manifest names");
  }
  if (expected != trailer_.index_offset)
    out.emplace_back("there are bytes before the index that belong to nothing");
  return out;
}

} // namespace steelyard::log
