// Hashes of a run file: SHA-256, salted leaves of rows, and the tree over them by which one row is shown to
// belong to a run without the others.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace steelyard::log {

using Hash = std::array<std::uint8_t, 32>;
using Salt = std::array<std::uint8_t, 16>;

/// Hashes one thing after another; keeps what the library needs for it.
class Hasher {
public:
  Hasher();
  ~Hasher();
  Hasher(const Hasher &) = delete;
  Hasher &operator=(const Hasher &) = delete;
  Hash operator()(std::string_view a, std::string_view b = {}, std::string_view c = {});

private:
  struct State;
  std::unique_ptr<State> state_;
};

Hash sha256(std::string_view bytes);
std::string to_hex(std::string_view bytes);
std::string to_hex(const Hash &hash);
/// Empty when the text is not 2n hexadecimal digits.
std::optional<std::string> from_hex(std::string_view text);
std::optional<Hash> hash_from_hex(std::string_view text);

/// 32 random bytes of the system.
Hash new_secret();
/// What hides a row: the first 16 bytes of SHA-256(secret, table, row), so that a leaf tells nothing of a row
/// whose salt is not given away, though its values could be guessed.
Salt salt_of(Hasher &hash, const Hash &secret, std::uint32_t table, std::uint64_t row);
/// SHA-256(0, salt, row).
Hash leaf_of(Hasher &hash, const Salt &salt, std::string_view canonical_row);

/// The root over leaves: pairs are hashed as SHA-256(1, left, right), one that is left over goes up as it is.
/// The root over nothing is SHA-256 of nothing.
Hash root_of(Hasher &hash, std::vector<Hash> level);

/// The way from a leaf to the root: the neighbours met, and on which side they are.
struct Proof {
  struct Step {
    Hash neighbour{};
    bool left = false; ///< the neighbour stands left
  };
  std::vector<Step> steps;
};
Proof proof_of(Hasher &hash, std::vector<Hash> level, std::size_t leaf);
Hash root_from(Hasher &hash, Hash leaf, const Proof &proof);

inline std::string_view bytes_of(const Hash &hash) {
  return {reinterpret_cast<const char *>(hash.data()), hash.size()};
}

} // namespace steelyard::log
