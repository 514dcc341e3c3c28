// SPDX-License-Identifier: Apache-2.0

package import SourceText

/// Why an expression could not be parsed, checked or evaluated: where, what, and what to write instead.
package struct FHIRPathError: Error, Sendable, Hashable, CustomStringConvertible {
    /// When the mistake shows.
    package enum Kind: String, Sendable, Hashable {
        /// The text is no FHIRPath.
        case syntax
        /// The text can never work on the type it is written for.
        case semantic
        /// The data does not allow the operation (FHIRPath "signals an error").
        case execution
        /// A bound against runaway expressions was reached.
        case limit
        /// The function is known but not offered here.
        case unsupported
    }

    package let kind: Kind
    /// One sentence, without place.
    package let message: String
    /// What to write instead, if known.
    package let remedy: String?
    /// 0-based offset into the UTF-8 bytes of the expression.
    package let offset: Int
    /// Length in UTF-8 bytes of the offending stretch; 0 where only the start is known.
    package let length: Int
    /// The whole expression.
    package internal(set) var expression: String

    init(
        _ kind: Kind, _ message: String, remedy: String? = nil, at offset: Int, length: Int = 0,
        expression: String = ""
    ) {
        self.kind = kind
        self.message = message
        self.remedy = remedy
        self.offset = offset
        self.length = length
        self.expression = expression
    }

    /// The stretch of the expression that is wrong, lines and columns counted in the expression.
    package var span: SourceSpan {
        let file = SourceFile(path: "", text: expression)
        return SourceSpan(
            start: file.position(atUTF8: offset), end: file.position(atUTF8: offset + max(1, length)))
    }

    /// `column 12: message (remedy)`.
    package var description: String {
        let start = span.start
        let place = start.line == 1 ? "column \(start.column)" : "line \(start.line), column \(start.column)"
        return "\(place): \(message)" + (remedy.map { " (\($0))" } ?? "")
    }

    /// The same as a diagnostic about a text that holds the expression alone.
    package func diagnostic(path: String) -> Diagnostic {
        Diagnostic(code: "fhirpath-\(kind.rawValue)", message: message, remedy: remedy, path: path, span: span)
    }
}
