// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What a deliberate fault or a difference remembers in memory: a text by its key. Other code never looks at it.
final class Remembered: Sendable {
    private let texts = Mutex<[String: String]>([:])

    subscript(key: String) -> String? {
        get { texts.withLock { $0[key] } }
        set { texts.withLock { $0[key] = newValue } }
    }

    /// The text that was given first for `key`.
    @discardableResult
    func first(_ text: String, of key: String) -> String {
        texts.withLock { texts in
            let first = texts[key] ?? text
            texts[key] = first
            return first
        }
    }
}
