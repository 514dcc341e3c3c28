// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging

/// JSON lines on stderr. Nothing personal is ever logged; the EHR user's id is the one datum that may appear.
struct JSONLines: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line: [String: JSON] = [
            "time": .string(Text.instant(Date())), "level": .string(event.level.rawValue),
            "message": .string(event.message.description),
        ]
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { _, new in new }) {
            line[key] = .string(value.description)
        }
        FileHandle.standardError.write(JSON.object(line).data + Data("\n".utf8))
    }
}

extension Logger {
    /// The connector's own logger.
    static func connector(_ label: String = "connector", level: Level = .info) -> Logger {
        Logger(label: label) { _ in JSONLines(logLevel: level) }
    }

    /// One line about a tenant's affairs. `ehrUser` is the acting EHR user's id where one is known.
    func event(_ message: String, tenant: String?, request: String? = nil, ehrUser: String? = nil, code: String? = nil)
    {
        var metadata: Metadata = [:]
        if let tenant { metadata["tenant"] = "\(tenant)" }
        if let request { metadata["request"] = "\(request)" }
        if let ehrUser { metadata["ehrUser"] = "\(ehrUser)" }
        if let code { metadata["code"] = "\(code)" }
        info("\(message)", metadata: metadata)
    }
}
