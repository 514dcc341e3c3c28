// SPDX-License-Identifier: Apache-2.0

internal import Canary

/// Searches bytes, the same bytes once: headers and resources repeat, and a folder holds the database that is a source of its
/// own.
struct SweepScan {
    private let detector: Detector
    private let memory = ScanMemory()
    private var results: [Bytes: ScanResult] = [:]

    init(_ detector: Detector) { self.detector = detector }

    mutating func result(of bytes: [UInt8]) -> ScanResult {
        let key = Bytes(bytes: bytes)
        if let known = results[key] { return known }
        let result = detector.scan(bytes, memory)
        results[key] = result
        return result
    }

    /// Hashed as one piece: an array of bytes feeds the hasher byte by byte.
    private struct Bytes: Hashable {
        let bytes: [UInt8]

        func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
    }
}
