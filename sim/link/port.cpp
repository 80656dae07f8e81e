// Drives a core behind a UART through its two wires, at the speed of compiled code; see port.py.
//
// constants.h says how many clock cycles a bit has, and, if there is one, how many bits `watch` has:
// a port that shows what goes in and out of the core. The wires are all else that is touched.

#include <cstdint>
#include <cstring>
#include <deque>
#include <type_traits>
#include <vector>

#include "constants.h"
#include "edge.h"

namespace {

// What is sent: a byte, a byte whose stop bit is missing, or nothing for so many cycles.
enum Kind { BYTE = 0, BROKEN = 1, PAUSE = 2 };
struct Item { int32_t kind, value; };

// Clock cycles in steps of 1/65536, so that a host may be a little fast or slow.
constexpr int64_t ONE = 65536;
constexpr int BITS = 10;

// Ports of up to 64 bits are integers, wider ones arrays of 32-bit words.
template <class Wires> uint32_t word(const Wires& wires, int index) {
    if constexpr (std::is_integral_v<Wires>) return static_cast<uint32_t>(uint64_t{wires} >> 32 * index);
    else return wires[index];
}

struct Port {
#ifdef NETLIST
    // Its cells may gate the clock, and have edges of their own.
    static constexpr bool DIRECT = false;
#else
    static constexpr bool DIRECT = has_triggers<Vcore___024root>;
#endif

    VerilatedContext context;
    Vcore top{&context, "core"};
    int64_t cycles = 0, reset_at = 0;

    // To the core: what is left to be sent, the byte on the wire, its bits that are left, and the
    // time until the next one.
    std::deque<Item> queue;
    int64_t bit_time = DIVIDER * ONE, due = 0;
    int bits = 0, left = 0;

    // From the core: bytes that came, the byte on the wire, bits of it that are there, the cycles until
    // the next one, and bytes that had no stop bit.
    std::deque<uint8_t> came;
    int shift = 0, seen = -1, wait = 0;
    int64_t wrong = 0;

#ifdef WATCH_WORDS
    std::vector<uint32_t> tape;  // cycle, low and high; then the words of `watch`
    uint32_t last[WATCH_WORDS] = {};
    bool recording = false;
#endif

    Port() {
        top.clk = DIRECT, top.rx = 1, top.rst = 0;
        top.eval();
    }

    // The level of the wire to the core in this cycle: that after the last edge which is due.
    void send() {
        for (; due < ONE; due += next()) {}
        due -= ONE;
    }

    // Set the wire; return how long it stays.
    int64_t next() {
        if (left) {
            top.rx = bits & 1, bits >>= 1, left--;
            return bit_time;
        }
        top.rx = 1;
        if (queue.empty()) return ONE;
        const Item item = queue.front();
        queue.pop_front();
        if (item.kind == PAUSE) return item.value * ONE;
        bits = (item.value & 255) << 1 | (item.kind == BYTE ? 1 << 9 : 0), left = BITS;
        return 0;
    }

    // Whether no bit but the last one of a byte is to be sent.
    bool sent() const { return queue.empty() && !left; }

    // The level of the wire from the core in this cycle.
    void receive() {
        if (seen < 0) {
            if (!top.tx) seen = 0, shift = 0, wait = DIVIDER / 2;
            return;
        }
        if (wait--) return;
        wait = DIVIDER - 1;
        if (seen < BITS - 1) {
            shift |= top.tx << seen++;
        } else {
            if (top.tx) came.push_back(shift >> 1);
            else wrong++;
            seen = -1;
        }
    }

#ifdef WATCH_WORDS
    void record() {
        uint32_t now[WATCH_WORDS];
        for (int i = 0; i < WATCH_WORDS; i++) now[i] = word(top.watch, i);
        if (!std::memcmp(now, last, sizeof now) && !tape.empty()) return;
        std::memcpy(last, now, sizeof now);
        tape.push_back(static_cast<uint32_t>(cycles)), tape.push_back(cycles >> 32);
        tape.insert(tape.end(), now, now + WATCH_WORDS);
    }
#endif

    void cycle() {
        const auto rx = top.rx, rst = top.rst;
        send();
        top.rst = cycles == reset_at;
        // Without a change at the wires, all is right since the last edge.
        if (!DIRECT || rx != top.rx || rst != top.rst) {
            top.clk = DIRECT;
            top.eval();
        }
        receive();
#ifdef WATCH_WORDS
        if (recording) record();
#endif
        rise<DIRECT>(top, top.rootp);
        cycles++;
    }
};

}  // namespace

#define API extern "C" __attribute__((visibility("default")))

API Port* port_create() { return new Port; }
API void port_destroy(Port* port) {
    // The destructors use the thread's context, which may be that of a port already gone.
    Verilated::threadContextp(&port->context);
    delete port;
}
API int64_t port_cycles(Port* port) { return port->cycles; }
// Reset the core in one cycle, so many after this one.
API void port_reset(Port* port, int64_t cycles) { port->reset_at = port->cycles + cycles; }
API int64_t port_wrong(Port* port) { return port->wrong; }
API void port_bit_time(Port* port, double cycles) {
    port->bit_time = static_cast<int64_t>(cycles * ONE + 0.5);
}
API void port_write(Port* port, const uint8_t* data, int64_t size) {
    for (int64_t i = 0; i < size; i++) port->queue.push_back({BYTE, data[i]});
}
API void port_item(Port* port, int32_t kind, int32_t value) { port->queue.push_back({kind, value}); }

// Let cycles pass until so many bytes are there, or none of so many cycles is left; return how many
// bytes there are.
API int64_t port_wait(Port* port, int64_t size, int64_t limit) {
    while (static_cast<int64_t>(port->came.size()) < size && limit-- > 0) port->cycle();
    return port->came.size();
}
// Let cycles pass until all is sent.
API void port_flush(Port* port) {
    while (!port->sent()) port->cycle();
}
API void port_read(Port* port, uint8_t* data, int64_t size) {
    for (int64_t i = 0; i < size; i++) {
        data[i] = port->came.front();
        port->came.pop_front();
    }
}
#ifdef WATCH_WORDS
API void port_record(Port* port, int on) { port->recording = on; }
API int64_t port_recorded(Port* port) { return port->tape.size(); }
API void port_tape(Port* port, uint32_t* words) {
    std::memcpy(words, port->tape.data(), 4 * port->tape.size());
    port->tape.clear();
}
#endif
