// Replays a tape (see sim/tape/record.py) on one mutant and prints the first difference.
//
//   replay TAPE MUTANT    prints "CYCLE WORD BITS", or "equal CYCLES COMPARED"
//
// Widths are in widths.h, which sim/tape/build.py writes. All ports are at least three words
// wide, so that Verilator makes arrays of them.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "Vreplay.h"
#include "widths.h"

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    std::FILE* file = std::fopen(argv[1], "rb");
    if (!file) return 2;
    VerilatedContext context;
    Vreplay top{&context, "replay"};
    top.mutant = static_cast<uint32_t>(std::atol(argv[2]));
    std::vector<uint32_t> cycle(IN_WORDS + 2 * OUT_WORDS);
    const uint32_t *expected = &cycle[IN_WORDS], *mask = expected + OUT_WORDS;
    long number = 0, compared = 0;
    size_t words;
    for (; (words = std::fread(cycle.data(), 4, cycle.size(), file)) == cycle.size(); number++) {
        for (int i = 0; i < IN_WORDS; i++) top.in[i] = cycle[i];
        top.clk = 0;
        top.eval();
        for (int i = 0; i < OUT_WORDS; i++) {
            const uint32_t wrong = COMPARES ? (top.out[i] ^ expected[i]) & mask[i] : 0;
            compared += COMPARES ? __builtin_popcount(mask[i]) : 0;
            if (wrong) {
                std::printf("%ld %d %u\n", number, i, wrong);
                return 0;
            }
        }
        top.clk = 1;
        top.eval();
    }
    if (words) {
        std::fprintf(stderr, "the tape ends in the middle of cycle %ld; remove it\n", number);
        return 2;
    }
    std::printf("equal %ld %ld\n", number, compared);
    return 0;
}
