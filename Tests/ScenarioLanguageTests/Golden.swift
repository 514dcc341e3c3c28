// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Texts that are kept in files.
enum Golden {
    static var isRewriting: Bool { ProcessInfo.processInfo.environment["ASSAY_REWRITE"] == "1" }

    /// Fails where `text` differs from the file; with `ASSAY_REWRITE=1` writes it instead.
    static func compare(_ text: String, with url: URL, sourceLocation: SourceLocation = #_sourceLocation) throws {
        if isRewriting {
            try text.write(to: url, atomically: true, encoding: .utf8)
            return
        }
        let expected = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
        #expect(
            text == expected, "\(url.lastPathComponent) is stale; rewrite it with ASSAY_REWRITE=1",
            sourceLocation: sourceLocation)
    }
}
