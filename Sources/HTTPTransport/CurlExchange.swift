// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Collects one answer while libcurl delivers it, on the thread that performs the transfer.
final class CurlExchange {
    private(set) var headers: [HTTPRequest.Header] = []
    private(set) var body = Data()
    private(set) var isTooLarge = false
    private let limit: Int
    private var headerBytes = 0
    /// More than this of header lines is no answer but an attack.
    private static let headerLimit = 1 << 20

    init(limit: Int) { self.limit = limit }

    typealias Sink = @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int

    static let takeHeader: Sink = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let exchange = Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue()
        let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
        return exchange.add(header: line) ? line.count : 0
    }

    static let takeBody: Sink = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let exchange = Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue()
        let chunk = UnsafeRawBufferPointer(start: bytes, count: size * count)
        return exchange.add(body: chunk) ? chunk.count : 0
    }

    private func add(header line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= Self.headerLimit else {
            isTooLarge = true
            return false
        }
        // A new status line begins another answer: what stood before was an interim one.
        if line.starts(with: "HTTP/".utf8) {
            headers.removeAll(keepingCapacity: true)
        } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            var value = line[(colon + 1)...]
            while let byte = value.first, Self.isBlank(byte) { value.removeFirst() }
            while let byte = value.last, Self.isBlank(byte) { value.removeLast() }
            headers.append(
                HTTPRequest.Header(
                    String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self)))
        }
        return true
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private func add(body chunk: UnsafeRawBufferPointer) -> Bool {
        guard body.count + chunk.count <= limit else {
            isTooLarge = true
            return false
        }
        body.append(contentsOf: chunk)
        return true
    }
}
