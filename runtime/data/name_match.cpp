// Edit distance over code points, and the choice of a suggestion.
#include "runtime/data/name_match.h"
#include <algorithm>
#include <string>

namespace steelyard::data {
namespace {

/// Names longer than this are not compared: the distance takes time in proportion to the product of the
/// lengths.
constexpr std::size_t longest_name = 200;

std::u32string code_points(std::string_view text) {
  std::u32string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U && !out.empty()) {
      out.back() =
          out.back() << 6U | (byte & 0x3FU); // unique per character, which is all that is needed here
    } else {
      out.push_back(byte);
    }
  }
  return out;
}

/// Without blanks and in small letters, so that " Cost" is near "cost".
std::string plain_form(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (c == ' ' || c == '\t') continue;
    out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  }
  return out;
}

} // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::u32string from = code_points(a);
  std::u32string to = code_points(b);
  std::vector<std::size_t> before(to.size() + 1); // two rows back, for swaps
  std::vector<std::size_t> above(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      std::size_t replaced = above[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[to.size()];
}

std::string_view nearest_name(std::string_view name, const std::vector<std::string_view> &candidates) {
  std::string wanted = plain_form(name);
  if (wanted.size() > longest_name) return {};
  std::string_view best;
  std::size_t best_distance = 0;
  for (std::string_view candidate : candidates) {
    if (candidate.size() > longest_name) continue;
    std::string other = plain_form(candidate);
    std::size_t length = std::max(code_points(wanted).size(), code_points(other).size());
    std::size_t distance = edit_distance(wanted, other);
    if (3 * distance > length || length == 0) continue;
    if (best.empty() || distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

} // namespace steelyard::data
