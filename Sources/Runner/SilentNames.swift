// SPDX-License-Identifier: Apache-2.0

internal import Canary
internal import Value

/// Names of places that may be shown, since they say nothing of anybody. The same few come again and again.
struct SilentNames {
    private var isSilent: [String: Bool] = [:]

    mutating func holds(_ name: String, _ scanner: inout MessageScanner) -> Bool {
        if let known = isSilent[name] { return known }
        let found = scanner.scan(Array(name.utf8)).hits.isEmpty
        isSilent[name] = found
        return found
    }

    /// A place's name, unless it says something itself.
    mutating func shown(_ place: String?, _ scanner: inout MessageScanner) -> Value? {
        guard let place, holds(place, &scanner) else { return nil }
        return .string(place)
    }
}
