// SPDX-License-Identifier: Apache-2.0

package import Value

/// Puts values in the place of references.
package struct TemplateResolver: Sendable {
    /// Captures and world values by the name that stands between `$(` and `)`.
    package var values: [String: Value]

    package init(_ values: [String: Value]) { self.values = values }

    /// The value of a template: text, or for a sole reference whatever it names, with its type.
    package func resolve(_ template: Template) throws(ReferenceError) -> Value {
        if let name = template.soleReference { return try value(name) }
        return .string(try text(template))
    }

    /// The value as text; lists, objects and null are an error.
    package func text(_ template: Template) throws(ReferenceError) -> String {
        var text = ""
        for part in template.parts {
            switch part {
            case .text(let piece): text += piece
            case .reference(let name):
                let value = try value(name)
                guard let piece = value.scalarText else {
                    throw ReferenceError(name: name, problem: .notText(value.typeName))
                }
                text += piece
            }
        }
        return text
    }

    /// Arguments of an act: lists and objects are resolved throughout.
    package func resolve(_ argument: ArgumentValue) throws(ReferenceError) -> Value {
        switch argument {
        case .text(let template): return try resolve(template)
        case .list(let items):
            var values: [Value] = []
            for item in items { values.append(try resolve(item)) }
            return .array(values)
        case .object(let members):
            var object = Members()
            for (name, value) in members.sorted(by: { $0.key < $1.key }) { object[name] = try resolve(value) }
            return .object(object)
        }
    }

    private func value(_ name: String) throws(ReferenceError) -> Value {
        if let value = values[name] { return value }
        throw ReferenceError(name: name, problem: .missing)
    }
}

/// A reference that has no value, or none that fits. A scenario that was loaded names nothing unknown: then a step that
/// should have captured it did not take place.
package struct ReferenceError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Problem: Sendable, Hashable {
        case missing
        /// It is a list, an object or null where text is wanted.
        case notText(String)
    }

    package let name: String
    package let problem: Problem

    package init(name: String, problem: Problem) {
        self.name = name
        self.problem = problem
    }

    package var description: String {
        switch problem {
        case .missing: "$(\(name)) has no value: nothing was captured under that name"
        case .notText(let type): "$(\(name)) is \(type), not text"
        }
    }
}
