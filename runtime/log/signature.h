// Signatures of runs: Ed25519 over the hash of the manifest. Keys are PEM files, as `openssl genpkey
// -algorithm ed25519` and `openssl pkey -pubout` make them.
#pragma once
#include "runtime/log/hash.h"
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>

namespace steelyard::log {

using PublicKey = std::array<std::uint8_t, 32>;

struct Signature {
  PublicKey key{};
  std::array<std::uint8_t, 64> bytes{};
};

/// A private key, for as long as this lives.
class SigningKey {
public:
  /// What is wrong with the file, as text, where it is no private Ed25519 key.
  static std::variant<SigningKey, std::string> read(const std::filesystem::path &file);
  Signature sign(const Hash &hash) const;

private:
  std::shared_ptr<void> key_;
};

std::variant<PublicKey, std::string> read_public_key(const std::filesystem::path &file);
bool is_signed_by_its_key(const Hash &hash, const Signature &signature);

} // namespace steelyard::log
