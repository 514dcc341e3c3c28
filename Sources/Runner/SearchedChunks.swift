// SPDX-License-Identifier: Apache-2.0

internal import Canary
internal import Connector
internal import Foundation

/// What the search of a connector's files gave, for a source that names the same file again: a database stands in the
/// folder that is looked at, too.
struct SearchedChunks {
    private var results: [Data: ScanResult] = [:]
    /// Bytes that may still be kept.
    private var room = 64 << 20

    /// - Parameter search: is called where the bytes are new.
    mutating func result(of chunk: EvidenceChunk, search: () -> ScanResult) -> ScanResult {
        if let known = results[chunk.bytes] { return known }
        let result = search()
        if chunk.bytes.count <= room {
            room -= chunk.bytes.count
            results[chunk.bytes] = result
        }
        return result
    }
}
