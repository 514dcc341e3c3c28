// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The reference connector's deployment file, for variants that are deployed otherwise.
package enum ReferenceDeployment {
    package static func text(variant: String) throws -> String {
        try read("Scenarios/deployments/reference.yaml")
            .replacing("\"--until-stdin-closes\"]", with: "\"--until-stdin-closes\", \"--variant\", \"\(variant)\"]")
    }

    /// - Parameter changes: each must find something to replace.
    package static func changed(_ text: String, _ changes: [(String, String)]) throws -> String {
        var text = text
        for (old, new) in changes {
            guard text.contains(old) else { throw CocoaError(.formatting, userInfo: ["missing": old]) }
            text = text.replacing(old, with: new)
        }
        return text
    }

    /// A file of the project.
    package static func read(_ path: String) throws -> String {
        try String(contentsOf: BuiltAssay.project.appending(path: path), encoding: .utf8)
    }
}
