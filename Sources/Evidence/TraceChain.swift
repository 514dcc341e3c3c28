// SPDX-License-Identifier: Apache-2.0

package import Foundation
internal import Value

/// Finds where the chain of a trace's lines breaks.
package enum TraceChain {
    /// What is wrong first, with its line; nil for a whole trace with header, unbroken chain and a footer that counts right.
    package static func firstBreak(_ data: Data) -> String? {
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard data.last == UInt8(ascii: "\n"), lines.count >= 3 else { return "it was cut short" }
        var previous: String?
        let last = lines.count - 2
        for (index, bytes) in lines.dropLast().enumerated() {
            let number = index + 1
            guard let line = try? Value.parseJSON(bytes) else { return "line \(number) is no JSON" }
            if line["prev"]?.string != previous {
                return
                    "the chain breaks between lines \(number - 1) and \(number): one of them was changed, put in or taken out"
            }
            let type = index == 0 ? "header" : index == last ? "footer" : "event"
            guard line["type"]?.string == type else {
                return index == last ? "there is no footer: it was cut short" : "line \(number) is no \(type)"
            }
            if type == "event", line["seq"]?.int != index { return "line \(number) is out of order" }
            if type == "footer", line["events"]?.int != index - 1 {
                return "the footer counts \(line["events"]?.scalarText ?? "no") events, there are \(index - 1)"
            }
            previous = Digest.sha256(bytes)
        }
        return nil
    }
}
