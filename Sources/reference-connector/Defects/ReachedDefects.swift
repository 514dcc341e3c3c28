// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Notes which deliberate faults' places this process reaches: where one is not reached, the fault cannot show.
final class ReachedDefects: Sendable {
    private let file: FileHandle
    private let seen = Mutex<Set<Defect>>([])

    /// - Parameter path: of a file to which ids are added, one a line; a restarted process goes on with it.
    init(path: String) throws {
        file = FileHandle(fileDescriptor: open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600), closeOnDealloc: true)
        guard file.fileDescriptor >= 0 else { throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: path]) }
    }

    /// Written at once: the process may be killed at any time.
    func note(_ defect: Defect) {
        guard seen.withLock({ $0.insert(defect).inserted }) else { return }
        try? file.write(contentsOf: Data((defect.rawValue + "\n").utf8))
    }
}
