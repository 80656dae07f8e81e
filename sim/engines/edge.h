// A clock edge of Verilator's model of a circuit with one clock, at less cost than eval().
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

#include "Vcore.h"
#include "Vcore___024root.h"

// What Verilator calls at a clock edge, within eval().
void Vcore___024root___eval_nba(Vcore___024root* root);

namespace {

// Whether Verilator keeps what has been triggered as it did when this was written; if not, `rise`
// does without.
template <class Root, class = void> constexpr bool has_triggers = false;
template <class Root>
constexpr bool has_triggers<Root, std::void_t<decltype(std::declval<Root&>().__VnbaTriggered[0] = 1)>> =
    sizeof(std::declval<Root&>().__VnbaTriggered) == sizeof(QData);

// A whole eval() finds out that the clock has risen, and repeats what the one before it has done;
// with the one for the falling clock, that takes a third of the time. There is one clock, so what is
// to be done is known: with DIRECT, the clock stays high, and each call is an edge.
template <bool DIRECT, class Root> void rise(Vcore& top, Root* root) {
    if constexpr (DIRECT) {
        root->__VnbaTriggered[0] = 1;
        Vcore___024root___eval_nba(root);
        root->__VnbaTriggered[0] = 0;
    } else {
        top.clk = 1;
        top.eval();
    }
}

}  // namespace
