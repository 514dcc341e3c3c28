// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where a bundle goes.
struct BundlePlace {
    let url: URL
    /// As shown to people.
    let display: String

    /// Throws where something is there already: a bundle never overwrites another.
    init(out: String?, profile: String, now: Date) throws {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "yyyyMMdd'T'HHmmss'Z'"
        display = out ?? "certificates/\(profile)-\(formatter.string(from: now))"
        url = URL(fileURLWithPath: display)
        guard !FileManager.default.fileExists(atPath: url.path) else {
            throw Mistaken("\(display) is there already.\n  = Name a new folder: a bundle never overwrites another.")
        }
    }
}
