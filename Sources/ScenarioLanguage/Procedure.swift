// SPDX-License-Identifier: Apache-2.0

package import SourceText
internal import Value

/// A named list of steps with parameters, in a file of its own.
package struct Procedure: Sendable {
    package struct Parameter: Sendable, Hashable {
        package let name: String
        package let type: ParameterType
        /// Nil: every call must give it.
        package let standard: String?
        /// Allowed words of type `word`; empty where any will do.
        package let words: [String]
        package let span: SourceSpan
    }

    package let name: String
    package let notes: String?
    package let parameters: [Parameter]
    /// Captures that the caller gets.
    package let returns: [String]
    let returnSpans: [SourceSpan]
    package let file: SourceFile
    /// Read again for every call: what they mean depends on the parameters.
    let steps: [YAMLNode]
    /// Procedures it calls, each with the place of its name.
    let calls: [(name: String, span: SourceSpan)]
    /// False where reading it by itself found mistakes: then no scenario can use it.
    package internal(set) var isSound: Bool

    func parameter(_ name: String) -> Parameter? { parameters.first { $0.name == name } }
}
