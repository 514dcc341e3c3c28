// SPDX-License-Identifier: Apache-2.0
// What Swift has no words for: looking a register full of bytes up in a table at once. Every function has a plain form
// that gives the same; the tests hold them together.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// What will be read soon: the memory may fetch it meanwhile.
static inline void bytemarks_prefetch(const void *place) { __builtin_prefetch(place); }

// Sets of bytes below 128: bit (byte >> 4) of sets[16 * set + (byte & 15)].
// For each block of 64 bytes count + 1 words are written: a bit a byte for each set, then the bytes of 128 and above.
// Added to `present`: all words of a set together.
static inline void bytemarks_classify_plain(
    const uint8_t *bytes, size_t blocks, const uint8_t *sets, size_t count, uint64_t *marks, uint64_t *present) {
    for (size_t block = 0; block < blocks; block++, bytes += 64, marks += count + 1) {
        for (size_t set = 0; set <= count; set++) marks[set] = 0;
        for (size_t place = 0; place < 64; place++) {
            uint8_t byte = bytes[place];
            if (byte >= 128) {
                marks[count] |= 1ull << place;
                continue;
            }
            for (size_t set = 0; set < count; set++)
                marks[set] |= (uint64_t)(sets[16 * set + (byte & 15)] >> (byte >> 4) & 1) << place;
        }
        for (size_t set = 0; set <= count; set++) present[set] |= marks[set];
    }
}

// Whether every byte is one of a plain ASCII text: 9 to 13, 32 to 126.
static inline int bytemarks_is_plain_plain(const uint8_t *bytes, size_t count) {
    uint8_t odd = 0;
    for (size_t place = 0; place < count; place++)
        odd |= !((uint8_t)(bytes[place] - 32) < 95 || (uint8_t)(bytes[place] - 9) < 5);
    return !odd;
}

// Letters and digits (marked in marks[alnum] of each block) close together and in lower case. Writes up to 8 bytes more
// than it says. ends[block]: how many bytes stand there after the block. No byte may be 128 or above.
static inline size_t bytemarks_fold_plain(
    const uint8_t *bytes, size_t blocks, const uint64_t *marks, size_t stride, size_t alnum, uint8_t *output,
    uint32_t *ends, size_t used) {
    for (size_t block = 0; block < blocks; block++) {
        uint64_t mark = marks[block * stride + alnum];
        for (; mark; mark &= mark - 1) output[used++] = bytes[block * 64 + (size_t)__builtin_ctzll(mark)] | 0x20;
        ends[block] = (uint32_t)used;
    }
    return used;
}

// Where words and numbers begin, as positions in the folded text. `before`: whether the byte before the first block is
// in marks[alnum] (bit 0) and in marks[digit] (bit 1). Inlined always, so that each caller gets it in its own
// instructions.
static inline __attribute__((always_inline)) size_t bytemarks_anchors(
    size_t blocks, const uint64_t *marks, size_t stride, size_t alnum, size_t digit, const uint32_t *ends, uint32_t start,
    unsigned before, uint32_t *anchors) {
    size_t found = 0;
    uint64_t word = before & 1, number = before >> 1 & 1;
    for (size_t block = 0; block < blocks; block++) {
        uint64_t all = marks[block * stride + alnum], digits = marks[block * stride + digit];
        uint64_t begins = (all & ~(all << 1 | word)) | (digits & ~(digits << 1 | number));
        word = all >> 63;
        number = digits >> 63;
        for (; begins; begins &= begins - 1)
            anchors[found++] = start + (uint32_t)__builtin_popcountll(all & ((begins & -begins) - 1));
        start = ends[block];
    }
    return found;
}

static inline size_t bytemarks_anchors_plain(
    size_t blocks, const uint64_t *marks, size_t stride, size_t alnum, size_t digit, const uint32_t *ends, uint32_t start,
    unsigned before, uint32_t *anchors) {
    return bytemarks_anchors(blocks, marks, stride, alnum, digit, ends, start, before, anchors);
}

#if defined(__x86_64__)
__attribute__((target("avx2,popcnt,bmi"))) static inline void bytemarks_classify_avx2(
    const uint8_t *bytes, size_t blocks, const uint8_t *sets, size_t count, uint64_t *marks, uint64_t *present) {
    const __m256i low = _mm256_set1_epi8(15), zero = _mm256_setzero_si256();
    const __m256i rows = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, (char)128, 0, 0, 0, 0, 0, 0, 0, 0));
    for (size_t block = 0; block < blocks; block++, bytes += 64, marks += count + 1) {
        __m256i first = _mm256_loadu_si256((const __m256i *)bytes);
        __m256i second = _mm256_loadu_si256((const __m256i *)(bytes + 32));
        __m256i first_low = _mm256_and_si256(first, low), second_low = _mm256_and_si256(second, low);
        __m256i first_row = _mm256_shuffle_epi8(rows, _mm256_and_si256(_mm256_srli_epi16(first, 4), low));
        __m256i second_row = _mm256_shuffle_epi8(rows, _mm256_and_si256(_mm256_srli_epi16(second, 4), low));
        for (size_t set = 0; set < count; set++) {
            __m256i table = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(sets + 16 * set)));
            __m256i one = _mm256_and_si256(_mm256_shuffle_epi8(table, first_low), first_row);
            __m256i two = _mm256_and_si256(_mm256_shuffle_epi8(table, second_low), second_row);
            uint32_t a = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(one, zero));
            uint32_t b = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(two, zero));
            marks[set] = ~((uint64_t)b << 32 | a);
            present[set] |= marks[set];
        }
        marks[count] = (uint64_t)(uint32_t)_mm256_movemask_epi8(second) << 32 | (uint32_t)_mm256_movemask_epi8(first);
        present[count] |= marks[count];
    }
}

__attribute__((target("avx2"))) static inline int bytemarks_is_plain_avx2(const uint8_t *bytes, size_t count) {
    // As signed numbers: all below 32 are controls or beyond ASCII.
    const __m256i space = _mm256_set1_epi8(31), delete = _mm256_set1_epi8(127);
    const __m256i before_tab = _mm256_set1_epi8(8), after_return = _mm256_set1_epi8(14);
    __m256i plain = _mm256_set1_epi8(-1);
    size_t place = 0;
    for (; place + 32 <= count; place += 32) {
        __m256i some = _mm256_loadu_si256((const __m256i *)(bytes + place));
        __m256i printable = _mm256_andnot_si256(_mm256_cmpeq_epi8(some, delete), _mm256_cmpgt_epi8(some, space));
        __m256i spacing = _mm256_and_si256(_mm256_cmpgt_epi8(some, before_tab), _mm256_cmpgt_epi8(after_return, some));
        plain = _mm256_and_si256(plain, _mm256_or_si256(printable, spacing));
    }
    return _mm256_movemask_epi8(plain) == -1 && bytemarks_is_plain_plain(bytes + place, count - place);
}

// `shuffles`: for each of 256 patterns of eight bits the places of those that are set, first to last.
__attribute__((target("avx2,popcnt,bmi"))) static inline size_t bytemarks_fold_avx2(
    const uint8_t *bytes, size_t blocks, const uint64_t *marks, size_t stride, size_t alnum, uint8_t *output,
    uint32_t *ends, size_t used, const uint64_t *shuffles) {
    const __m128i lower = _mm_set1_epi8(0x20);
    for (size_t block = 0; block < blocks; block++) {
        uint64_t mark = marks[block * stride + alnum];
        const uint8_t *from = bytes + block * 64;
        for (int part = 0; part < 8; part++, from += 8, mark >>= 8) {
            __m128i eight = _mm_or_si128(_mm_loadl_epi64((const __m128i *)from), lower);
            __m128i order = _mm_loadl_epi64((const __m128i *)(shuffles + (mark & 255)));
            _mm_storel_epi64((__m128i *)(output + used), _mm_shuffle_epi8(eight, order));
            used += (size_t)__builtin_popcountll(mark & 255);
        }
        ends[block] = (uint32_t)used;
    }
    return used;
}

__attribute__((target("avx2,popcnt,bmi"))) static inline size_t bytemarks_anchors_avx2(
    size_t blocks, const uint64_t *marks, size_t stride, size_t alnum, size_t digit, const uint32_t *ends, uint32_t start,
    unsigned before, uint32_t *anchors) {
    return bytemarks_anchors(blocks, marks, stride, alnum, digit, ends, start, before, anchors);
}

static inline int bytemarks_has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi");
}
#else
static inline int bytemarks_has_avx2(void) { return 0; }
#endif
