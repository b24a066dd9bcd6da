// JSON values: what braces mean, what is written, and what is refused.
#include "runtime/json/json.h"

#include <doctest/doctest.h>
#include <limits>

using steelyard::Json;

namespace {

std::string refusal(const auto &what) {
  try {
    what();
  } catch (const Json::Error &error) {
    return error.what();
  }
  return "nothing is refused";
}

} // namespace

TEST_SUITE("json") {
  TEST_CASE("braces are an object where each part is a text and a value, else a list") {
    CHECK(Json{{"a", 1}, {"b", {{"c", true}}}}.dump() == R"({"a":1,"b":{"c":true}})");
    CHECK(Json{1, "a", nullptr}.dump() == R"([1,"a",null])");
    CHECK(Json{{"list", {1, 2}}}.dump() == R"({"list":[1,2]})");
    CHECK(Json::array({Json{{"a", 1}}}).dump() == R"([{"a":1}])");
    CHECK(Json::array({"a", "b"}).dump() == R"(["a","b"])");
    const Json kept = {{"long", "a text that is too long to be kept in place"}};
    CHECK(Json{{"of", kept}}["of"]["long"] == "a text that is too long to be kept in place");
    CHECK(kept["long"] == "a text that is too long to be kept in place");
  }

  TEST_CASE("null becomes what it is used as") {
    Json out;
    CHECK(out.empty());
    out["list"].push_back(1);
    out["list"].push_back({{"a", 0.5}});
    out["object"]["inner"] = false;
    CHECK(out.dump() == R"({"list":[1,{"a":0.5}],"object":{"inner":false}})");
    CHECK(out["list"].size() == 2);
    CHECK(out["list"].back()["a"].get<double>() == 0.5);
    CHECK(out.sort_members().dump(1) == R"({
 "list": [
  1,
  {
   "a": 0.5
  }
 ],
 "object": {
  "inner": false
 }
})");
  }

  TEST_CASE("members stand in the order in which they were added, until they are sorted") {
    Json out = {{"b", {{"d", 1}, {"c", 2}}}, {"a", 3}};
    out["b"]["d"] = 4;
    out.update({{"a", 5}, {"e", 6}});
    CHECK(out.dump() == R"({"b":{"d":4,"c":2},"a":5,"e":6})");
    CHECK(out.sort_members().dump() == R"({"a":5,"b":{"c":2,"d":4},"e":6})");
  }

  TEST_CASE("texts and numbers as they are written") {
    CHECK(Json("\"\\\n\x01 中").dump() == "\"\\\"\\\\\\n\\u0001 中\"");
    CHECK(Json("a\xff").dump(-1, Json::BadUtf8::replace) == "\"a\xef\xbf\xbd\"");
    CHECK_THROWS_AS(Json("a\xff").dump(), Json::Error);
    CHECK(Json(1.0).dump() == "1.0");
    CHECK(Json(std::numeric_limits<std::uint64_t>::max()).dump() == "18446744073709551615");
    CHECK(Json(std::numeric_limits<std::int64_t>::min()).dump() == "-9223372036854775808");
  }

  TEST_CASE("reading") {
    const Json in = Json::parse(R"({"n": -1, "u": 300, "d": 1.5, "t": ["a", "b"], "z": null, "b": true})");
    CHECK(in.dump() == R"({"n":-1,"u":300,"d":1.5,"t":["a","b"],"z":null,"b":true})");
    CHECK(in.at("n").get<int>() == -1);
    CHECK(in.at("u").get<unsigned>() == 300);
    CHECK(in.at("u").get<double>() == 300);
    CHECK(in.at("t").get<std::vector<std::string>>() == std::vector<std::string>{"a", "b"});
    CHECK(in.at("z").is_null());
    CHECK(in.value("b", false));
    CHECK(in.value("absent", 7) == 7);
    CHECK(!in.contains("absent"));
    std::string texts;
    for (const Json &one : in.at("t")) texts += one.get<std::string>();
    CHECK(texts == "ab");
  }

  TEST_CASE("what is refused") {
    const Json in = Json::parse(R"({"n": -1, "u": 300, "d": 1.5, "t": []})");
    CHECK(refusal([&] { in.at("a"); }) == "there is no member 'a'");
    CHECK(refusal([&] { in.at("n").get<std::string>(); }) == "a text is wanted, and there is a number");
    CHECK(refusal([&] { in.at("n").get<unsigned>(); }) == "a number beyond what can stand in its place");
    CHECK(refusal([&] { in.at("u").get<std::int8_t>(); }) == "a number beyond what can stand in its place");
    CHECK(refusal([&] { in.at("d").get<int>(); }) == "a whole number is wanted, and there is a number");
    CHECK(refusal([&] { in.at("t")[0]; }) == "a list is shorter than it should be");
    CHECK(refusal([&] { in.at("u").at("x"); }) == "an object is wanted, and there is a number");
    CHECK_THROWS_AS(Json::parse("{"), Json::Error);
    CHECK_THROWS_AS(Json::parse(""), Json::Error);
    CHECK(refusal([] { Json::parse(std::string(100'000, '[') + std::string(100'000, ']')); }) ==
          "values within values, deeper than can be read");
  }
}
