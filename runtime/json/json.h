// JSON values: what the program prints, and what its own files hold. Members stand in the order in which they
// were added. The library that reads and writes the text is seen by json.cpp alone: its headers cost several
// seconds in each file that includes them.
#pragma once
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace steelyard {

class Json {
public:
  /// A text that is no JSON, or a value that is not of the form that was asked for.
  struct Error : std::runtime_error {
    using std::runtime_error::runtime_error;
  };
  struct Member;
  enum class BadUtf8 { refuse, replace };

  Json() = default; ///< null
  Json(std::nullptr_t) {}
  template<std::same_as<bool> T> Json(T truth) : value_(std::in_place_type<bool>, truth) {}
  template<std::signed_integral T> Json(T number) : value_(std::in_place_type<std::int64_t>, number) {}
  template<std::unsigned_integral T>
  requires(!std::same_as<T, bool>) Json(T number) : value_(std::in_place_type<std::uint64_t>, number) {}
  Json(double number);
  Json(const char *text);
  Json(std::string_view text);
  Json(std::string text);
  Json(const std::vector<std::string> &texts);
  /// An object where each part is a list of a text and a value, as in {{"a", 1}, {"b", true}}; else an array.
  Json(std::initializer_list<Json> parts);
  static Json array(std::initializer_list<Json> parts = {});
  static Json object();
  /// Throws Error.
  static Json parse(std::string_view text);

  Json(const Json &);
  Json(Json &&) noexcept;
  Json &operator=(const Json &);
  Json &operator=(Json &&) noexcept;
  ~Json();

  bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_object() const { return std::holds_alternative<std::vector<Member>>(value_); }
  std::size_t size() const; ///< of a list or an object; null has none, anything else is one
  bool empty() const { return size() == 0; }

  /// bool, integers (throws where they do not hold the number), double, std::string, std::vector of
  /// std::string or Json. Throws Error where the value is not of this kind.
  template<class T> T get() const;
  /// The same of a member, where there is one.
  template<class T> T value(std::string_view name, T otherwise) const {
    const Json *found = find(name);
    return found == nullptr ? std::move(otherwise) : found->get<T>();
  }
  bool contains(std::string_view name) const { return is_object() && find(name) != nullptr; }
  const Json &at(std::string_view name) const; ///< throws Error where there is none
  const Json &operator[](std::string_view name) const { return at(name); }
  Json &
  operator[](std::string_view name); ///< null becomes an object; the member is added where there is none
  const Json &operator[](std::size_t place) const;
  Json &operator[](std::size_t place);
  const Json &back() const;
  Json &back();
  const Json *begin() const; ///< of a list
  const Json *end() const;
  void push_back(Json value);       ///< null becomes a list
  void update(const Json &members); ///< sets each member of an object

  bool operator==(std::string_view text) const;

  /// On one line, or each value on a line of its own, `indent` deeper than what holds it.
  std::string dump(int indent = -1, BadUtf8 bad = BadUtf8::refuse) const;
  /// Puts the members of all objects in it in the order of their names.
  Json &sort_members();

private:
  struct Exchange; ///< with the library, in json.cpp
  const Json *find(std::string_view name) const;
  std::vector<Json> &list();
  const std::vector<Json> &list() const;
  const std::vector<Member> &members() const;
  [[noreturn]] void refuse(const char *wanted) const;
  std::int64_t signed_number() const;
  std::uint64_t unsigned_number() const;
  [[noreturn]] static void too_large();

  // Mutable only for what stands in braces: it is moved out of its list, whose elements are const and nobody
  // else's.
  mutable std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string,
                       std::vector<Json>, std::vector<Member>>
      value_;
};

struct Json::Member {
  std::string name;
  Json value;
};

template<> bool Json::get<bool>() const;
template<> double Json::get<double>() const;
template<> std::string Json::get<std::string>() const;
template<> std::vector<std::string> Json::get<std::vector<std::string>>() const;
template<> std::vector<Json> Json::get<std::vector<Json>>() const;
template<class T> T Json::get() const {
  static_assert(std::integral<T>);
  if constexpr (std::signed_integral<T>) {
    const std::int64_t number = signed_number();
    if (!std::in_range<T>(number)) too_large();
    return static_cast<T>(number);
  } else {
    const std::uint64_t number = unsigned_number();
    if (!std::in_range<T>(number)) too_large();
    return static_cast<T>(number);
  }
}

} // namespace steelyard
