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
        return exchange.add(header: String(decoding: line, as: UTF8.self), bytes: line.count) ? line.count : 0
    }

    static let takeBody: Sink = { bytes, size, count, context in
        guard let bytes, let context else { return 0 }
        let exchange = Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue()
        let chunk = UnsafeRawBufferPointer(start: bytes, count: size * count)
        return exchange.add(body: chunk) ? chunk.count : 0
    }

    private func add(header line: String, bytes: Int) -> Bool {
        headerBytes += bytes
        guard headerBytes <= Self.headerLimit else {
            isTooLarge = true
            return false
        }
        // A new status line begins another answer: what stood before was an interim one.
        if line.hasPrefix("HTTP/") {
            headers = []
        } else if let colon = line.firstIndex(of: ":") {
            headers.append(
                HTTPRequest.Header(
                    String(line[..<colon]),
                    line[line.index(after: colon)...].trimmingCharacters(in: .whitespacesAndNewlines)))
        }
        return true
    }

    private func add(body chunk: UnsafeRawBufferPointer) -> Bool {
        guard body.count + chunk.count <= limit else {
            isTooLarge = true
            return false
        }
        body.append(contentsOf: chunk)
        return true
    }
}
