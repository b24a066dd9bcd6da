// Someone who watches a run: for the coverage of worked examples, and for runs over a part of the rows. Every
// definition value is evaluated once, so each event comes once a row.
#pragma once
#include "compiler/interpret/value.h"

namespace steelyard::interpret {

class Observer {
public:
  virtual ~Observer() = default;
  /// Which alternative of a definition a row took: as Run::choice counts them; for `deduct` each clause that
  /// applies.
  virtual void on_alternative(int /*definition*/, int /*row*/, int /*index*/) {}
  /// A row is looked for by its key, whether it is there or not; more than once.
  virtual void on_lookup(int /*scope*/, const Key & /*key*/) {}
  /// All rows of a scope are gone through by an aggregate; told before the first of them.
  virtual void on_scan(int /*scope*/) {}
  virtual void on_table_row(int /*table*/, int /*row*/) {}
  /// An ordering comparison (<, <=, >, >=) of two numbers.
  virtual void on_comparison(const semantics::Term & /*term*/, const Exact & /*left*/,
                             const Exact & /*right*/) {}
  /// A number held against a bound of a band, in a table row whose other tests hold.
  virtual void on_band(int /*table*/, int /*input*/, const Exact & /*bound*/, const Exact & /*value*/) {}
};

} // namespace steelyard::interpret
