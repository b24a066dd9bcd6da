// See json.h.
#include "runtime/json/json.h"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace steelyard {

using Library = nlohmann::ordered_json;

struct Json::Exchange {
  /// Deeper than any file of ours; a hostile one must not use up the stack.
  static constexpr int deepest = 500;

  static Json read(Library &from, int depth = 0) {
    if (depth > deepest) throw Error("values within values, deeper than can be read");
    switch (from.type()) {
    case Library::value_t::boolean:
      return from.get<bool>();
    case Library::value_t::number_integer:
      return from.get<std::int64_t>();
    case Library::value_t::number_unsigned:
      return from.get<std::uint64_t>();
    case Library::value_t::number_float:
      return from.get<double>();
    case Library::value_t::string:
      return std::move(from.get_ref<std::string &>());
    case Library::value_t::array: {
      Json out = array();
      for (Library &one : from) out.push_back(read(one, depth + 1));
      return out;
    }
    case Library::value_t::object: {
      Json out = object();
      auto &members = std::get<std::vector<Member>>(out.value_);
      for (const auto &one : from.items()) members.push_back({one.key(), read(one.value(), depth + 1)});
      return out;
    }
    default:
      return nullptr;
    }
  }

  static Library written(const Json &from) { return std::visit(Exchange{}, from.value_); }
  template<class Plain> Library operator()(const Plain &plain) const { return plain; }
  Library operator()(const std::vector<Json> &list) const {
    Library out = Library::array();
    auto &parts = out.get_ref<Library::array_t &>();
    parts.reserve(list.size());
    for (const Json &one : list) parts.push_back(written(one));
    return out;
  }
  Library operator()(const std::vector<Member> &members) const {
    Library out = Library::object();
    auto &parts = out.get_ref<Library::object_t &>();
    parts.reserve(members.size());
    for (const Member &one : members) parts.emplace_back(one.name, written(one.value));
    return out;
  }
};

Json::Json(double number) : value_(number) {}
Json::Json(const char *text) : value_(std::string(text)) {}
Json::Json(std::string_view text) : value_(std::string(text)) {}
Json::Json(std::string text) : value_(std::move(text)) {}
Json::Json(const std::vector<std::string> &texts) : value_(std::vector<Json>(texts.begin(), texts.end())) {}
Json::Json(const Json &) = default;
Json::Json(Json &&) noexcept = default;
Json &Json::operator=(const Json &) = default;
Json &Json::operator=(Json &&) noexcept = default;
Json::~Json() = default;

Json::Json(std::initializer_list<Json> parts) {
  const bool named = std::all_of(parts.begin(), parts.end(), [](const Json &part) {
    const auto *pair = std::get_if<std::vector<Json>>(&part.value_);
    return pair != nullptr && pair->size() == 2 && pair->front().is_string();
  });
  if (!named) {
    *this = array(parts);
    return;
  }
  std::vector<Member> &members = value_.emplace<std::vector<Member>>();
  members.reserve(parts.size());
  for (const Json &part : parts) {
    auto &pair = std::get<std::vector<Json>>(part.value_);
    members.push_back({std::move(std::get<std::string>(pair[0].value_)), std::move(pair[1])});
  }
}

Json Json::array(std::initializer_list<Json> parts) {
  Json out;
  std::vector<Json> &list = out.value_.emplace<std::vector<Json>>();
  list.reserve(parts.size());
  for (const Json &part : parts) list.emplace_back().value_ = std::move(part.value_);
  return out;
}

Json Json::object() {
  Json out;
  out.value_.emplace<std::vector<Member>>();
  return out;
}

Json Json::parse(std::string_view text) {
  try {
    Library read = Library::parse(text);
    return Exchange::read(read);
  } catch (const Library::exception &error) {
    throw Error(error.what());
  }
}

std::string Json::dump(int indent, BadUtf8 bad) const {
  try {
    return Exchange::written(*this).dump(indent, ' ', false,
                                         bad == BadUtf8::replace ? Library::error_handler_t::replace
                                                                 : Library::error_handler_t::strict);
  } catch (const Library::exception &error) {
    throw Error(error.what());
  }
}

Json &Json::sort_members() {
  if (auto *list = std::get_if<std::vector<Json>>(&value_)) {
    for (Json &one : *list) one.sort_members();
  } else if (auto *members = std::get_if<std::vector<Member>>(&value_)) {
    std::sort(members->begin(), members->end(),
              [](const Member &a, const Member &b) { return a.name < b.name; });
    for (Member &one : *members) one.value.sort_members();
  }
  return *this;
}

void Json::refuse(const char *wanted) const {
  static const char *const kinds[] = {"null",     "a boolean", "a number", "a number",
                                      "a number", "a text",    "a list",   "an object"};
  throw Error(std::string(wanted) + " is wanted, and there is " + kinds[value_.index()]);
}

void Json::too_large() {
  throw Error("a number beyond what can stand in its place");
}

const Json *Json::find(std::string_view name) const {
  for (const Member &one : members())
    if (one.name == name) return &one.value;
  return nullptr;
}

std::vector<Json> &Json::list() {
  if (is_null()) value_.emplace<std::vector<Json>>();
  if (auto *list = std::get_if<std::vector<Json>>(&value_)) return *list;
  refuse("a list");
}

const std::vector<Json> &Json::list() const {
  if (const auto *list = std::get_if<std::vector<Json>>(&value_)) return *list;
  refuse("a list");
}

const std::vector<Json::Member> &Json::members() const {
  if (const auto *members = std::get_if<std::vector<Member>>(&value_)) return *members;
  refuse("an object");
}

std::size_t Json::size() const {
  if (is_null()) return 0;
  if (const auto *list = std::get_if<std::vector<Json>>(&value_)) return list->size();
  if (const auto *members = std::get_if<std::vector<Member>>(&value_)) return members->size();
  return 1;
}

const Json &Json::at(std::string_view name) const {
  if (const Json *found = find(name)) return *found;
  throw Error("there is no member '" + std::string(name) + "'");
}

Json &Json::operator[](std::string_view name) {
  if (is_null()) value_.emplace<std::vector<Member>>();
  auto *members = std::get_if<std::vector<Member>>(&value_);
  if (members == nullptr) refuse("an object");
  for (Member &one : *members)
    if (one.name == name) return one.value;
  return members->emplace_back(Member{std::string(name), nullptr}).value;
}

const Json &Json::operator[](std::size_t place) const {
  if (place >= list().size()) throw Error("a list is shorter than it should be");
  return list()[place];
}
Json &Json::operator[](std::size_t place) {
  return const_cast<Json &>(std::as_const(*this)[place]);
}
const Json &Json::back() const {
  if (list().empty()) throw Error("a list is shorter than it should be");
  return list().back();
}
Json &Json::back() {
  return const_cast<Json &>(std::as_const(*this).back());
}
const Json *Json::begin() const {
  return list().data();
}
const Json *Json::end() const {
  return list().data() + list().size();
}
void Json::push_back(Json value) {
  list().push_back(std::move(value));
}

void Json::update(const Json &other) {
  for (const Member &one : other.members()) (*this)[one.name] = one.value;
}

bool Json::operator==(std::string_view text) const {
  const auto *own = std::get_if<std::string>(&value_);
  return own != nullptr && *own == text;
}

std::int64_t Json::signed_number() const {
  if (const auto *number = std::get_if<std::int64_t>(&value_)) return *number;
  const auto *number = std::get_if<std::uint64_t>(&value_);
  if (number == nullptr) refuse("a whole number");
  if (!std::in_range<std::int64_t>(*number)) too_large();
  return static_cast<std::int64_t>(*number);
}

std::uint64_t Json::unsigned_number() const {
  if (const auto *number = std::get_if<std::uint64_t>(&value_)) return *number;
  const std::int64_t number = signed_number();
  if (number < 0) too_large();
  return static_cast<std::uint64_t>(number);
}

template<> bool Json::get<bool>() const {
  if (const auto *truth = std::get_if<bool>(&value_)) return *truth;
  refuse("a boolean");
}

template<> double Json::get<double>() const {
  if (const auto *number = std::get_if<double>(&value_)) return *number;
  if (const auto *number = std::get_if<std::uint64_t>(&value_)) return static_cast<double>(*number);
  if (const auto *number = std::get_if<std::int64_t>(&value_)) return static_cast<double>(*number);
  refuse("a number");
}

template<> std::string Json::get<std::string>() const {
  if (const auto *text = std::get_if<std::string>(&value_)) return *text;
  refuse("a text");
}

template<> std::vector<Json> Json::get<std::vector<Json>>() const {
  return list();
}

template<> std::vector<std::string> Json::get<std::vector<std::string>>() const {
  std::vector<std::string> out;
  for (const Json &one : list()) out.push_back(one.get<std::string>());
  return out;
}

} // namespace steelyard
