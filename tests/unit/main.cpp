// The entry point of the unit tests; each other file of this folder tests one component.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
