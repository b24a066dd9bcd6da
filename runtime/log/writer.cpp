// See writer.h. Chunks are encoded, compressed and hashed by several threads and written in their order.
#include "runtime/log/writer.h"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <exception>
#include <fcntl.h>
#include <fmt/core.h>
#include <thread>
#include <unistd.h>

namespace steelyard::log {

namespace fs = std::filesystem;

namespace {

double thread_ms() {
  timespec now = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

} // namespace

RunWriter::RunWriter(fs::path place, bool replace, int threads)
    : place_(std::move(place)), replace_(replace), threads_(std::max(threads, 1)) {
  std::error_code failure;
  place_ = fs::absolute(place_, failure);
  if (fs::is_directory(place_, failure)) {
    error_ = fmt::format("{} is a folder; the log needs the name of a file", place_.string());
    return;
  }
  if (fs::exists(place_, failure) && !replace) {
    error_ = fmt::format("the file {} exists; name another, or use --force to replace it", place_.string());
    return;
  }
  for (int attempt = 0; file_ < 0 && attempt < 1000; ++attempt) {
    temporary_ = place_.parent_path() /
                 fmt::format(".{}.{}-{}.partial", place_.filename().string(), ::getpid(), attempt);
    file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file_ < 0 && errno != EEXIST) break;
  }
  if (file_ < 0) {
    error_ = fmt::format("the file {} cannot be written: {}", place_.string(), std::strerror(errno));
    temporary_.clear();
    return;
  }
  contents_.secret = new_secret();
  write(first_bytes);
}

RunWriter::~RunWriter() {
  if (file_ >= 0) ::close(file_);
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove(temporary_, ignored);
}

void RunWriter::write(std::string_view bytes) {
  if (!error_.empty()) return;
  size_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      error_ = fmt::format("the file {} cannot be written: {}", place_.string(), std::strerror(errno));
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

Place RunWriter::write_frame(std::string_view frame, const Hash &hash) {
  const Place place{size_, frame.size(), hash};
  write(frame);
  return place;
}
Place RunWriter::write_frame(std::string_view frame) {
  return write_frame(frame, sha256(frame));
}

void RunWriter::add_text(std::string name, std::string_view content) {
  contents_.texts.push_back({std::move(name), write_frame(compress(content)), sha256(content)});
}

RunWriter::Made RunWriter::make_chunk(const Table &table, std::size_t index, std::uint64_t begin,
                                      std::uint64_t end, const CellSource &source, Scratch &scratch) const {
  Made out;
  out.chunk.first_row = begin;
  out.chunk.rows = static_cast<std::uint32_t>(end - begin);
  const double start = thread_ms();
  scratch.columns.resize(table.columns.size());
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    Cells &cells = scratch.columns[c];
    cells.clear();
    source(c, begin, end, cells);
    ColumnChunk column;
    encode(cells, table.columns[c].kind, column.shape, scratch.bytes);
    out.frames.push_back(scratch.compress(scratch.bytes));
    out.chunk.columns.push_back(column);
    if (!table.columns[c].is_key()) continue;
    const bool text = table.columns[c].kind == Kind::text;
    out.chunk.first_key.push_back(text ? Cell{true, 0, std::string(cells.texts[0])}
                                       : Cell{false, cells.values[0], {}});
  }
  const double encoded = thread_ms();
  hash_chunk(table, index, out, scratch);
  out.times = {encoded - start, thread_ms() - encoded};
  return out;
}

void RunWriter::hash_chunk(const Table &table, std::size_t index, Made &made, Scratch &scratch) const {
  Hasher hash;
  Chunk &chunk = made.chunk;
  for (std::size_t c = 0; c < made.frames.size(); ++c) chunk.columns[c].place.hash = hash(made.frames[c]);
  scratch.leaves.clear();
  for (std::uint32_t at = 0; at < chunk.rows; ++at) {
    scratch.bytes.clear();
    append_canonical(scratch.bytes, scratch.columns, table.columns, at);
    const Salt salt =
        salt_of(hash, contents_.secret, static_cast<std::uint32_t>(index), chunk.first_row + at);
    scratch.leaves.push_back(leaf_of(hash, salt, scratch.bytes));
  }
  chunk.root = root_of(hash, scratch.leaves);
}

void RunWriter::add_table(Table info, const CellSource &source) {
  const std::size_t index = contents_.tables.size();
  const std::uint64_t chunks = (info.rows + rows_a_chunk - 1) / rows_a_chunk;
  while (scratch_.size() < static_cast<std::size_t>(threads_))
    scratch_.push_back(std::make_unique<Scratch>());
  for (std::uint64_t first = 0; first < chunks && error_.empty();
       first += static_cast<std::uint64_t>(threads_)) {
    const std::uint64_t count = std::min(chunks - first, static_cast<std::uint64_t>(threads_));
    std::vector<Made> made(count);
    std::vector<std::exception_ptr> failures(count);
    const auto work = [&](std::uint64_t i) {
      try {
        const std::uint64_t begin = (first + i) * rows_a_chunk;
        made[i] =
            make_chunk(info, index, begin, std::min(begin + rows_a_chunk, info.rows), source, *scratch_[i]);
      } catch (...) {
        failures[i] = std::current_exception();
      }
    };
    std::vector<std::thread> others;
    for (std::uint64_t i = 1; i < count; ++i) others.emplace_back(work, i);
    work(0);
    for (std::thread &other : others) other.join();
    for (std::uint64_t i = 0; i < count; ++i) {
      if (failures[i]) std::rethrow_exception(failures[i]);
      Made &one = made[i];
      for (std::size_t c = 0; c < one.frames.size(); ++c)
        one.chunk.columns[c].place = write_frame(one.frames[c], one.chunk.columns[c].place.hash);
      times_.encode_ms += one.times.encode_ms;
      times_.hash_ms += one.times.hash_ms;
      info.chunks.push_back(std::move(one.chunk));
    }
  }
  std::vector<Hash> roots;
  for (const Chunk &chunk : info.chunks) roots.push_back(chunk.root);
  Hasher hash;
  info.root = root_of(hash, std::move(roots));
  contents_.tables.push_back(std::move(info));
}

bool RunWriter::finish(std::string facts, const SigningKey *key) {
  if (!error_.empty()) return false;
  contents_.facts = std::move(facts);
  const Place index = write_frame(compress(index_json(contents_)));
  const std::string manifest = manifest_json(contents_, index);
  Trailer trailer{index.offset, index.length, size_, manifest.size(), sha256(manifest), {}};
  const double begin = thread_ms();
  if (key != nullptr) trailer.signature = key->sign(trailer.manifest);
  times_.sign_ms = thread_ms() - begin;
  write(manifest);
  write(trailer_bytes(trailer));
  if (error_.empty() && ::fsync(file_) != 0)
    error_ = fmt::format("the file {} cannot be written: {}", place_.string(), std::strerror(errno));
  return error_.empty();
}

bool RunWriter::commit() {
  if (!error_.empty()) return false;
  const auto fail = [&] {
    error_ = fmt::format("the file {} cannot be written: {}", place_.string(), std::strerror(errno));
    return false;
  };
  ::close(std::exchange(file_, -1));
  // A link fails where the name is taken, which a rename would not notice.
  if (replace_ ? ::rename(temporary_.c_str(), place_.c_str()) != 0
               : ::link(temporary_.c_str(), place_.c_str()) != 0)
    return fail();
  std::error_code ignored;
  if (!replace_) fs::remove(temporary_, ignored);
  temporary_.clear();
  const int folder = ::open(place_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
  return true;
}

} // namespace steelyard::log
