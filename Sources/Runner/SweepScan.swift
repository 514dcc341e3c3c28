// SPDX-License-Identifier: Apache-2.0

internal import Canary

/// Searches bytes, the same bytes once: headers and resources repeat, and a folder holds the database that is a source of its
/// own.
struct SweepScan {
    private let detector: Detector
    private let memory = ScanMemory()
    private var results: [[UInt8]: ScanResult] = [:]

    init(_ detector: Detector) { self.detector = detector }

    mutating func result(of bytes: [UInt8]) -> ScanResult {
        if let known = results[bytes] { return known }
        let result = detector.scan(bytes, memory)
        results[bytes] = result
        return result
    }
}
