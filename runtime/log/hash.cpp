// See hash.h. SHA-256 is OpenSSL's, which uses the processor's instructions for it.
#include "runtime/log/hash.h"
#include <algorithm>
#include <cstring>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdexcept>

namespace steelyard::log {

struct Hasher::State {
  EVP_MD *kind = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
};

Hasher::Hasher() : state_(std::make_unique<State>()) {
  if (state_->kind == nullptr || state_->context == nullptr)
    throw std::runtime_error("SHA-256 is not to be had");
}

Hasher::~Hasher() {
  EVP_MD_CTX_free(state_->context);
  EVP_MD_free(state_->kind);
}

Hash Hasher::operator()(std::string_view a, std::string_view b, std::string_view c) {
  Hash out{};
  bool well = EVP_DigestInit_ex2(state_->context, state_->kind, nullptr) == 1;
  for (const std::string_view part : {a, b, c})
    if (!part.empty()) well = well && EVP_DigestUpdate(state_->context, part.data(), part.size()) == 1;
  well = well && EVP_DigestFinal_ex(state_->context, out.data(), nullptr) == 1;
  if (!well) throw std::runtime_error("SHA-256 failed");
  return out;
}

Hash sha256(std::string_view bytes) {
  return Hasher()(bytes);
}

std::string to_hex(std::string_view bytes) {
  constexpr const char *digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<std::uint8_t>(c);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}
std::string to_hex(const Hash &hash) {
  return to_hex(bytes_of(hash));
}

std::optional<std::string> from_hex(std::string_view text) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::optional<Hash> hash_from_hex(std::string_view text) {
  const auto bytes = from_hex(text);
  Hash out{};
  if (!bytes || bytes->size() != out.size()) return std::nullopt;
  std::memcpy(out.data(), bytes->data(), out.size());
  return out;
}

Hash new_secret() {
  Hash out{};
  if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1) throw std::runtime_error("no random bytes");
  return out;
}

Salt salt_of(Hasher &hash, const Hash &secret, std::uint32_t table, std::uint64_t row) {
  char place[12];
  for (int i = 0; i < 4; ++i) place[i] = static_cast<char>(table >> (8 * i));
  for (int i = 0; i < 8; ++i) place[4 + i] = static_cast<char>(row >> (8 * i));
  const Hash whole = hash(bytes_of(secret), {place, sizeof place});
  Salt out{};
  std::copy_n(whole.begin(), out.size(), out.begin());
  return out;
}

Hash leaf_of(Hasher &hash, const Salt &salt, std::string_view canonical_row) {
  return hash(std::string_view("\0", 1), {reinterpret_cast<const char *>(salt.data()), salt.size()},
              canonical_row);
}

namespace {

void go_up(Hasher &hash, std::vector<Hash> &level) {
  std::size_t to = 0;
  for (std::size_t at = 0; at < level.size(); at += 2)
    level[to++] =
        at + 1 < level.size() ? hash("\1", bytes_of(level[at]), bytes_of(level[at + 1])) : level[at];
  level.resize(to);
}

} // namespace

Hash root_of(Hasher &hash, std::vector<Hash> level) {
  if (level.empty()) return hash({});
  while (level.size() > 1) go_up(hash, level);
  return level[0];
}

Proof proof_of(Hasher &hash, std::vector<Hash> level, std::size_t leaf) {
  Proof out;
  for (std::size_t at = leaf; level.size() > 1; at /= 2) {
    const std::size_t neighbour = at ^ 1U;
    if (neighbour < level.size()) out.steps.push_back({level[neighbour], neighbour < at});
    go_up(hash, level);
  }
  return out;
}

Hash root_from(Hasher &hash, Hash leaf, const Proof &proof) {
  for (const Proof::Step &step : proof.steps)
    leaf = step.left ? hash("\1", bytes_of(step.neighbour), bytes_of(leaf))
                     : hash("\1", bytes_of(leaf), bytes_of(step.neighbour));
  return leaf;
}

} // namespace steelyard::log
