// See signature.h; the arithmetic is OpenSSL's.
#include "runtime/log/signature.h"
#include <cstdio>
#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdexcept>

namespace steelyard::log {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using File = std::unique_ptr<std::FILE, int (*)(std::FILE *)>;

/// A null pointer and a sentence when it is not what is wanted.
Key read_key(const std::filesystem::path &path, bool is_private, std::string &error) {
  const File file(std::fopen(path.c_str(), "r"), std::fclose);
  if (!file) {
    error = fmt::format("the key {} cannot be read", path.string());
    return {nullptr, EVP_PKEY_free};
  }
  Key key(is_private ? PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr)
                     : PEM_read_PUBKEY(file.get(), nullptr, nullptr, nullptr),
          EVP_PKEY_free);
  if (key && EVP_PKEY_get_id(key.get()) == EVP_PKEY_ED25519) return key;
  error = fmt::format("{} is no {} Ed25519 key in PEM form ({})", path.string(),
                      is_private ? "private" : "public",
                      is_private ? "openssl genpkey -algorithm ed25519 makes one"
                                 : "openssl pkey -in PRIVATE -pubout makes it");
  return {nullptr, EVP_PKEY_free};
}

PublicKey public_part(EVP_PKEY *key) {
  PublicKey out{};
  std::size_t size = out.size();
  if (EVP_PKEY_get_raw_public_key(key, out.data(), &size) != 1 || size != out.size())
    throw std::runtime_error("the public part of a key cannot be had");
  return out;
}

} // namespace

std::variant<SigningKey, std::string> SigningKey::read(const std::filesystem::path &file) {
  std::string error;
  Key key = read_key(file, true, error);
  if (!key) return error;
  SigningKey out;
  out.key_ = std::shared_ptr<void>(key.release(), [](void *k) { EVP_PKEY_free(static_cast<EVP_PKEY *>(k)); });
  return out;
}

Signature SigningKey::sign(const Hash &hash) const {
  auto *key = static_cast<EVP_PKEY *>(key_.get());
  Signature out;
  out.key = public_part(key);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::size_t size = out.bytes.size();
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), out.bytes.data(), &size, hash.data(), hash.size()) != 1 ||
      size != out.bytes.size())
    throw std::runtime_error("signing failed");
  return out;
}

std::variant<PublicKey, std::string> read_public_key(const std::filesystem::path &file) {
  std::string error;
  const Key key = read_key(file, false, error);
  if (!key) return error;
  return public_part(key.get());
}

bool is_signed_by_its_key(const Hash &hash, const Signature &signature) {
  const Key key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, signature.key.data(), signature.key.size()),
      EVP_PKEY_free);
  if (!key) return false;
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.bytes.data(), signature.bytes.size(), hash.data(),
                          hash.size()) == 1;
}

} // namespace steelyard::log
