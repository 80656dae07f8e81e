// Drives an emitted core through its ports, at the speed of compiled code; see sim/engines/native.py.
//
// Everything that depends on the configuration is in constants.h, which sim/engines/library.py writes
// from the port map (sim/host/ports.py). Ports are only driven by valid and
// ready; with `stalls` every handshake is delayed at random.

#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>
#include <vector>

#include "constants.h"
#include "edge.h"
#ifdef STORAGE
#include "storage.h"
#endif

#define PORT(stream, member) PORT_(stream, member)
#define PORT_(stream, member) stream##_##member

namespace {

// From the transfer of a word to its place in memory, at most.
constexpr int WRITE_CYCLES = 2;

// Ports of up to 64 bits are integers, wider ones arrays of 32-bit words.
template <class Port> uint32_t get(const Port& port, int offset, int width) {
    uint64_t value;
    if constexpr (std::is_integral_v<Port>) {
        value = static_cast<uint64_t>(port) >> offset;
    } else {
        const int word = offset / 32, shift = offset % 32;
        value = port[word] >> shift;
        if (shift + width > 32) value |= static_cast<uint64_t>(port[word + 1]) << (32 - shift);
    }
    return static_cast<uint32_t>(value & ((uint64_t{1} << width) - 1));
}

template <class Port> void set(Port& port, int offset, int width, uint32_t value) {
    const uint64_t mask = (uint64_t{1} << width) - 1;
    if constexpr (std::is_integral_v<Port>) {
        const auto old = static_cast<uint64_t>(port) & ~(mask << offset);
        port = static_cast<Port>(old | (value & mask) << offset);
    } else {
        const int word = offset / 32, shift = offset % 32;
        const uint64_t bits = (value & mask) << shift, keep = ~(mask << shift);
        port[word] = static_cast<uint32_t>((port[word] & keep) | bits);
        if (shift + width > 32)
            port[word + 1] = static_cast<uint32_t>((port[word + 1] & (keep >> 32)) | bits >> 32);
    }
}

template <class Port> bool same(const Port& a, const Port& b) {
    return std::memcmp(&a, &b, sizeof(Port)) == 0;
}

// Give `port` a value; return whether that changed it.
template <class Port, class Value> bool drive(Port& port, Value value) {
    const bool changed = port != static_cast<Port>(value);
    port = static_cast<Port>(value);
    return changed;
}

// Random delays of one stream; a source keeps its offer until it is taken, as streams demand.
class Stall {
public:
    void seed(uint32_t seed) { state_ = seed; }
    bool go() {
        if (!state_) return true;
        state_ ^= state_ << 13, state_ ^= state_ >> 17, state_ ^= state_ << 5;
        return state_ >> 16 & 1;
    }
    bool offer(bool available) {
        if (!offering_) offering_ = available && go();
        return offering_;
    }
    void taken() { offering_ = false; }

private:
    uint32_t state_ = 0;
    bool offering_ = false;
};

#ifdef STORAGE
// A bit of a register or memory that changes after so many edges; see sim/upsets/recovery.py.
struct Upset { int64_t edge, storage, word, bit; };
#endif

struct Native {
    // Whether `edge` can do without eval().
#if defined STORAGE || !defined ISSUING
    // Bits that flip reach the outputs in eval() only, and cells of a netlist may gate the clock.
    static constexpr bool DIRECT = false;
#else
    static constexpr bool DIRECT = has_triggers<Vcore___024root>;
#endif

    VerilatedContext context;
    Vcore top{&context, "core"};
    Stall input, request, result, access, word;
    std::vector<int32_t> spikes;  // layer, tick, neuron; spike after spike

    Native() {
        top.clk = DIRECT;
        top.eval();
    }

    // The inputs of this cycle have been set: let the outputs follow.
    void settle() {
        top.clk = DIRECT;
        top.eval();
    }
    void edge() {
        rise<DIRECT>(top, top.rootp);
#ifdef STORAGE
        for (edges++; next < upsets.size() && upsets[next].edge <= edges; next++) {
            const Upset& u = upsets[next];
            const Place place = storage(top.rootp, static_cast<int>(u.storage));
            uint8_t* const word = static_cast<uint8_t*>(place.address) + u.word * place.bytes;
            word[u.bit / 8] ^= 1 << u.bit % 8;
        }
#endif
    }
#ifdef STORAGE
    std::vector<Upset> upsets;  // in order of edges
    size_t next = 0;
    int64_t edges = 0;
#endif

    void reset() {
#define NOTHING(source) top.PORT(source, valid) = 0;
#define NOT_READY(sink) top.PORT(sink, ready) = 0;
#define LOW(wire) top.wire = 0;
        SOURCES(NOTHING)
        SINKS(NOT_READY)
        WIRES(LOW)
        top.rst = 1;
        settle(), edge();
        top.rst = 0;
    }

    void random(const uint32_t* values) {
        for (int i = 0; i < 3; i++) set(top.PORT(i_random, payload), I_RANDOM[i], 32, values[i]);
        top.PORT(i_random, valid) = 1;
        settle(), edge();
        top.PORT(i_random, valid) = 0;
        settle();
    }

    // Write or read the whole weight memory, lane 0 of word 0 first. What is written is in memory
    // when this returns, even if a reset follows.
    Status weights(int32_t* values, bool write) {
        int sent = 0, got = write ? WEIGHT_DEPTH : 0;
        for (int64_t cycle = 0; sent < WEIGHT_DEPTH || got < WEIGHT_DEPTH; cycle++) {
            if (cycle == 64 * int64_t{WEIGHT_DEPTH} + 1000) return TIMEOUT;
            top.PORT(i_access, valid) = access.offer(sent < WEIGHT_DEPTH);
            if (top.PORT(i_access, valid)) {
                set(top.PORT(i_access, payload), I_ACCESS_WRITE, 1, write);
                set(top.PORT(i_access, payload), I_ACCESS_ADDRESS, I_ACCESS_ADDRESS_BITS, sent);
                for (int lane = 0; write && lane < LANES; lane++)
                    set(top.PORT(i_access, payload), I_ACCESS_DATA + lane * I_ACCESS_DATA_BITS,
                        I_ACCESS_DATA_BITS, values[sent * LANES + lane]);
            }
            top.PORT(o_access, ready) = word.go();
            settle();
            if (top.PORT(i_access, valid) && top.PORT(i_access, ready)) sent++, access.taken();
            if (top.PORT(o_access, valid) && top.PORT(o_access, ready)) {
                // There is no room for a word that was not asked for, or when words are written.
                if (got == WEIGHT_DEPTH) return UNASKED;
                for (int lane = 0; lane < LANES; lane++) {
                    const uint32_t bits =
                        get(top.PORT(o_access, payload), O_ACCESS + lane * O_ACCESS_BITS, O_ACCESS_BITS);
                    const uint32_t sign = 1u << (O_ACCESS_BITS - 1);
                    values[got * LANES + lane] = static_cast<int32_t>((bits ^ sign) - sign);
                }
                got++;
            }
            edge();
        }
        top.PORT(i_access, valid) = top.PORT(o_access, ready) = 0;
        for (int cycle = 0; write && cycle < WRITE_CYCLES; cycle++) settle(), edge();
        return OK;
    }

    void record(int episode) {
        uint32_t mask = get(top.PORT(o_spikes, payload), O_SPIKES_MASK, O_SPIKES_MASK_BITS);
        const int first = get(top.PORT(o_spikes, payload), O_SPIKES_GROUP, O_SPIKES_GROUP_BITS) * LANES;
        for (; mask; mask &= mask - 1)
            spikes.insert(spikes.end(), {episode % LAYERS, episode / LAYERS,
                                         first + __builtin_ctz(mask)});
    }

    // Run `samples` samples. `words_in` are the payloads of the input stream, of all samples.
    Status run(int samples, const uint32_t* words_in, int64_t count, const int32_t* labels,
               const int32_t* rates, int64_t limit, int32_t* winners, int32_t* counts,
               uint32_t* randoms, int64_t* phases, int64_t* words, int64_t* spike_ends) {
        int64_t sent = 0, cycles = 0;
        int requested = 0, asked = -1, done = 0, episode = -1;
        uint32_t phase = IDLE, before;
        bool held = false;
        auto held_payload = top.PORT(o_result, payload);
        spikes.clear();
        // Nobody reads weights now; what comes unasked must not be waited for.
        top.PORT(o_access, ready) = 1;
        settle();
        while (done < samples) {
            if (++cycles > limit) return TIMEOUT;
            // Without a change at the inputs, the outputs are right since the last edge.
            bool changed = drive(top.PORT(INPUT, valid), input.offer(sent < count));
            if (top.PORT(INPUT, valid)) changed |= drive(top.PORT(INPUT, payload), words_in[sent]);
            const bool requests = request.offer(requested < samples);
            if (requests && asked != requested) {
                set(top.PORT(i_request, payload), I_REQUEST_LABEL, I_REQUEST_LABEL_BITS, labels[requested]);
                set(top.PORT(i_request, payload), I_REQUEST_RATE, I_REQUEST_RATE_BITS, rates[requested]);
                asked = requested, changed = true;
            }
            changed |= drive(top.PORT(i_request, valid), requests);
            changed |= drive(top.PORT(o_result, ready), result.go());
            if (changed || !DIRECT) settle();

            before = phase, phase = top.phase;
            phases[done * PHASES + phase]++;
#ifdef ISSUING
            if (top.rootp->ISSUING) words[done]++;
#endif
            // The last spikes of a layer come a few cycles after its NEURON phase, but before
            // the next one, which needs them.
            if (phase == NEURON && before != NEURON) episode++;
            if (top.PORT(o_spikes, valid)) record(episode);
            if (top.PORT(INPUT, valid) && top.PORT(INPUT, ready)) sent++, input.taken();
            if (top.PORT(i_request, valid) && top.PORT(i_request, ready)) requested++, request.taken();
            if (held && !(top.PORT(o_result, valid) && same(held_payload, top.PORT(o_result, payload))))
                return RESULT_CHANGED;
            held = top.PORT(o_result, valid) && !top.PORT(o_result, ready);
            if (held) held_payload = top.PORT(o_result, payload);
            if (top.PORT(o_result, valid) && top.PORT(o_result, ready)) {
                if (done == requested) return UNASKED;
                winners[done] = get(top.PORT(o_result, payload), O_RESULT_WINNER, O_RESULT_WINNER_BITS);
                for (int k = 0; k < CLASSES; k++)
                    counts[done * CLASSES + k] = get(
                        top.PORT(o_result, payload), O_RESULT_COUNTS + k * O_RESULT_COUNTS_BITS,
                        O_RESULT_COUNTS_BITS);
                for (int i = 0; i < 3; i++)
                    randoms[done * 3 + i] = get(top.o_random, O_RANDOM[i], 32);
                spike_ends[done++] = static_cast<int64_t>(spikes.size() / 3);
                cycles = 0, episode = -1;
            }
            edge();
        }
        top.PORT(INPUT, valid) = top.PORT(i_request, valid) = top.PORT(o_result, ready) = 0;
        top.PORT(o_access, ready) = 0;
        return sent == count ? OK : INPUT_LEFT;
    }
};

}  // namespace

#define API extern "C" __attribute__((visibility("default")))

API Native* native_create() { return new Native; }
API void native_destroy(Native* core) {
    // The destructors use the thread's context, which may be that of a core already gone.
    Verilated::threadContextp(&core->context);
    delete core;
}
API void native_reset(Native* core) { core->reset(); }
API int native_weights(Native* core, int32_t* values, int write) {
    return core->weights(values, write);
}
API void native_set_random(Native* core, const uint32_t* values) { core->random(values); }
API void native_get_random(Native* core, uint32_t* values) {
    core->settle();
    for (int i = 0; i < 3; i++) values[i] = get(core->top.o_random, O_RANDOM[i], 32);
}
#ifdef COUNTERS
API void native_get_counters(Native* core, uint32_t* values) {
    core->settle();
    for (int i = 0; i < COUNTERS; i++) values[i] = get(core->top.o_counters, 32 * i, 32);
}
#endif
// Seeds of the stalls of inputs, i_request, o_result, i_access and o_access; 0 never stalls.
API void native_stall(Native* core, const uint32_t* seeds) {
    Stall* const stalls[] = {&core->input, &core->request, &core->result, &core->access,
                             &core->word};
    for (int i = 0; i < 5; i++) stalls[i]->seed(seeds[i]);
}
#ifdef STORAGE
API void native_upsets(Native* core, int count, const int64_t* values) {
    core->upsets.clear(), core->next = 0, core->edges = 0;
    for (int i = 0; i < count; i++, values += 4)
        core->upsets.push_back({values[0], values[1], values[2], values[3]});
}
API int64_t native_edges(Native* core) { return core->edges; }
#endif
#ifdef SWITCH
API void native_switch(Native* core, uint32_t number) { core->top.SWITCH = number; }
#endif
#if VM_COVERAGE
API void native_toggles(Native* core, const char* file) { core->context.coveragep()->write(file); }
#endif
API int native_run(Native* core, int samples, const uint32_t* words_in, int64_t count,
                   const int32_t* labels, const int32_t* rates, int64_t limit, int32_t* winners,
                   int32_t* counts, uint32_t* randoms, int64_t* phases, int64_t* words,
                   int64_t* spike_ends) {
    return core->run(samples, words_in, count, labels, rates, limit, winners, counts, randoms,
                     phases, words, spike_ends);
}
API const int32_t* native_spikes(Native* core) { return core->spikes.data(); }
