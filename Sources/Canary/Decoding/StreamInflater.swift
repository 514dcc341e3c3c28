// SPDX-License-Identifier: Apache-2.0

internal import CZlib

/// Decompresses a gzip stream of any length piece by piece; members that follow each other (as rotated logs have them) are
/// one stream.
package struct StreamInflater: ~Copyable {
    /// How a stream stands after a piece.
    package enum State: Sendable, Hashable {
        case open
        /// The last member ended with the piece.
        case ended
        /// What came is no gzip.
        case broken
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private var isReady: Bool
    /// Bytes given out so far.
    package private(set) var decoded = 0
    private static let room = 1 << 18

    /// Whether bytes begin as gzip does (RFC 1952).
    package static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B, 8]) }

    package init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 31: gzip with the largest window.
        isReady = inflateInit2_(stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Decodes the next piece; `body` gets at most 256 KiB at a time, and ends the work by answering false.
    package mutating func feed(_ piece: [UInt8], _ body: ([UInt8]) throws -> Bool) rethrows -> State {
        guard isReady else { return .broken }
        return try piece.withUnsafeBufferPointer { input in
            // zlib never writes through next_in.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.pointee.avail_in = UInt32(clamping: input.count)
            var state = State.open
            while stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0 {
                var status = Z_OK
                let output = [UInt8](unsafeUninitializedCapacity: Self.room) { buffer, used in
                    stream.pointee.next_out = buffer.baseAddress
                    stream.pointee.avail_out = UInt32(Self.room)
                    status = inflate(stream, Z_NO_FLUSH)
                    used = Self.room - Int(stream.pointee.avail_out)
                }
                decoded += output.count
                if !output.isEmpty, !(try body(output)) { return .open }
                switch status {
                case Z_OK: state = .open
                case Z_STREAM_END:
                    state = .ended
                    guard stream.pointee.avail_in > 0 else { return .ended }
                    inflateReset(stream)
                case Z_BUF_ERROR: return state
                default: return .broken
                }
            }
            return state
        }
    }
}
