// SPDX-License-Identifier: Apache-2.0

internal import CBrotli
internal import CZlib
internal import CZstd

/// Bounded decompression.
enum Inflater {
    enum Wrapper: Int32 {
        case raw = -15
        case zlib = 15
        case gzip = 31
    }

    struct Output {
        var bytes: [UInt8]
        /// Reached the end of the stream.
        var isComplete: Bool
        /// Stopped at the limit.
        var isLimited: Bool
        /// Stopped because the input ended.
        var isTruncated: Bool
        var consumed: Int
    }

    /// Nil where it is no such stream, or yields nothing.
    static func inflate(_ input: UnsafeBufferPointer<UInt8>, _ wrapper: Wrapper, limit: Int) -> Output? {
        guard let base = input.baseAddress, input.count > 2, limit > 0 else { return nil }
        // Setting up costs more than it takes to see that this is no block of deflate.
        if wrapper == .raw {
            let kind = base[0] >> 1 & 3
            if kind == 3 { return nil }
            if kind == 0, input.count > 4, base[1] != ~base[3] || base[2] != ~base[4] { return nil }
        }
        var stream = z_stream()
        guard
            inflateInit2_(&stream, wrapper.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { return nil }
        defer { inflateEnd(&stream) }
        // zlib never writes through next_in.
        stream.next_in = UnsafeMutablePointer(mutating: base)
        stream.avail_in = UInt32(clamping: input.count)
        var bytes: [UInt8] = []
        var status = Z_OK
        while status == Z_OK, bytes.count < limit {
            let room = min(limit - bytes.count, max(1024, min(bytes.count, 1 << 18)))
            let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, used in
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(room)
                status = CZlib.inflate(&stream, Z_NO_FLUSH)
                used = room - Int(stream.avail_out)
            }
            append(piece, to: &bytes, limit: limit)
        }
        guard !bytes.isEmpty else { return nil }
        let isComplete = status == Z_STREAM_END
        return Output(
            bytes: bytes, isComplete: isComplete, isLimited: !isComplete && bytes.count >= limit,
            isTruncated: !isComplete && stream.avail_in == 0, consumed: input.count - Int(stream.avail_in))
    }

    /// A large output gets its room at once: growing by copies would take twice the memory for a moment. Pages not yet
    /// written cost nothing.
    private static func append(_ piece: [UInt8], to bytes: inout [UInt8], limit: Int) {
        if bytes.isEmpty {
            bytes = piece
            return
        }
        if bytes.count + piece.count > bytes.capacity, bytes.count >= 1 << 20 { bytes.reserveCapacity(limit) }
        bytes += piece
    }

    /// Reads the head of a brotli stream (RFC 7932, 9.1 and 9.2), since setting a decoder up costs more: noise of a few
    /// bytes that would have to give 64 KiB and more is none.
    static func mayBeBrotli(_ input: UnsafeBufferPointer<UInt8>) -> Bool {
        guard input.count >= 4, input.count < 36 else { return input.count >= 36 }
        let head = (0..<4).reduce(0 as UInt32) { $0 | UInt32(input[$1]) << UInt32(8 * $1) }
        let window: UInt32 = head & 1 == 0 ? 1 : head >> 1 & 7 != 0 ? 4 : 7
        if window == 7, head >> 4 & 7 == 1 { return false }
        let block = head >> window
        let isLast = block & 1 != 0
        if isLast, block & 2 != 0 { return false }
        return block >> (isLast ? 2 : 1) & 3 == 0
    }

    /// Nil where it is no brotli stream; brotli has no signature, so only a whole stream counts.
    static func brotli(_ input: UnsafeBufferPointer<UInt8>, limit: Int) -> Output? {
        guard input.count > 2, limit > 0, let state = BrotliDecoderCreateInstance(nil, nil, nil) else { return nil }
        defer { BrotliDecoderDestroyInstance(state) }
        var next = input.baseAddress
        var available = input.count
        var bytes: [UInt8] = []
        var status = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT
        while status == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT, bytes.count < limit {
            let room = min(limit - bytes.count, 1 << 16)
            let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, used in
                var out = buffer.baseAddress
                var left = room
                status = BrotliDecoderDecompressStream(state, &available, &next, &left, &out, nil)
                used = room - left
            }
            append(piece, to: &bytes, limit: limit)
        }
        let isComplete = status == BROTLI_DECODER_RESULT_SUCCESS
        let isLimited = bytes.count >= limit && status == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT
        guard isComplete || isLimited, !bytes.isEmpty else { return nil }
        return Output(
            bytes: bytes, isComplete: isComplete, isLimited: isLimited, isTruncated: false,
            consumed: input.count - available)
    }

    /// Nil where it is no Zstandard frame (RFC 8878), or yields nothing.
    static func zstandard(_ input: UnsafeBufferPointer<UInt8>, limit: Int) -> Output? {
        guard input.count > 4, limit > 0, let state = ZSTD_createDStream() else { return nil }
        defer { ZSTD_freeDStream(state) }
        // 8 MiB: what every decoder must take; more is memory that a message has no right to.
        ZSTD_DCtx_setParameter(state, ZSTD_d_windowLogMax, 23)
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var bytes: [UInt8] = []
        var status = 1
        var isStuck = false
        while status != 0, !isStuck, bytes.count < limit {
            let room = min(limit - bytes.count, 1 << 17)
            let before = source.pos
            let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, used in
                var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: room, pos: 0)
                status = ZSTD_decompressStream(state, &target, &source)
                used = target.pos
            }
            if ZSTD_isError(status) != 0 { return bytes.isEmpty ? nil : output(false) }
            isStuck = piece.isEmpty && source.pos == before
            append(piece, to: &bytes, limit: limit)
        }
        func output(_ isComplete: Bool) -> Output {
            Output(
                bytes: bytes, isComplete: isComplete, isLimited: !isComplete && bytes.count >= limit,
                isTruncated: !isComplete && source.pos == source.size, consumed: source.pos)
        }
        return bytes.isEmpty ? nil : output(status == 0)
    }
}
