// Writes a run file under a temporary name and renames it when it is complete and on the disk.
#pragma once
#include "runtime/log/run_file.h"
#include <filesystem>
#include <functional>

namespace steelyard::log {

/// Gives the rows [begin, end) of a column, in the order of the table's key. `out` is empty; it has memory of
/// columns before. Called from several threads.
using CellSource =
    std::function<void(std::size_t column, std::uint64_t begin, std::uint64_t end, Cells &out)>;

/// What the parts of the work took, in milliseconds of processor time of all threads; for benchmarks.
struct WriterTimes {
  double encode_ms = 0, hash_ms = 0, sign_ms = 0;
};

class RunWriter {
public:
  /// Creates the temporary file. Where that fails `error` says why, and nothing else does anything.
  RunWriter(std::filesystem::path place, bool replace, int threads);
  ~RunWriter(); ///< removes what was not finished
  RunWriter(const RunWriter &) = delete;
  RunWriter &operator=(const RunWriter &) = delete;

  const std::string &error() const { return error_; }
  /// How many threads ask a source at once; the rest of the work is shared by as many.
  void set_threads(int threads) { threads_ = threads; }
  void add_text(std::string name, std::string_view content);
  /// `info`: name, columns, rows; the rest is filled in here.
  void add_table(Table info, const CellSource &source);
  /// Index, manifest and trailer. `facts` is a JSON object.
  bool finish(std::string facts, const SigningKey *key);
  /// Puts the finished file in its place.
  bool commit();

  std::uint64_t size() const { return size_; }
  const WriterTimes &times() const { return times_; }

private:
  struct Made {
    Chunk chunk;
    std::vector<std::string> frames;
    WriterTimes times;
  };
  /// What a thread goes on using: fresh memory for every chunk would cost more than all else.
  struct Scratch {
    std::vector<Cells> columns;
    std::string bytes;
    Compressor compress;
    std::vector<Hash> leaves;
  };
  Made make_chunk(const Table &table, std::size_t index, std::uint64_t begin, std::uint64_t end,
                  const CellSource &source, Scratch &scratch) const;
  void hash_chunk(const Table &table, std::size_t index, Made &made, Scratch &scratch) const;
  Place write_frame(std::string_view frame);
  Place write_frame(std::string_view frame, const Hash &hash);
  void write(std::string_view bytes);

  std::filesystem::path place_, temporary_;
  bool replace_ = false;
  int threads_ = 1;
  int file_ = -1;
  std::uint64_t size_ = 0;
  Contents contents_;
  std::vector<std::unique_ptr<Scratch>> scratch_; ///< by thread
  WriterTimes times_;
  std::string error_;
};

} // namespace steelyard::log
