// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The reference connector with its variant `graph-texts`: Microsoft Graph sends its text messages, so its portal has no
/// numbers to ask for.
package enum GraphTexts {
    package static let variant = "graph-texts"

    /// The deployment file's text.
    /// - Parameter changes: further replacements.
    package static func deployment(_ changes: [(String, String)] = []) throws -> String {
        var text = try ReferenceDeployment.text(variant: variant)
        if let start = text.range(of: "  request-number:\n"), let end = text.range(of: "  link-number:\n") {
            text.removeSubrange(start.lowerBound..<end.lowerBound)
        }
        let graph = [
            ("      - Mail.Send\n", "      - Mail.Send\n      - VirtualAppointmentNotification.Send\n"),
            ("\negress: proxy\n", "\negress: proxy\nsms: graph\n"),
        ]
        return try ReferenceDeployment.changed(text, graph + changes)
    }
}
