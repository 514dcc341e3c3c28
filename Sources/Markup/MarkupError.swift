// SPDX-License-Identifier: Apache-2.0

/// Why a document could not be read.
package struct MarkupError: Error, Sendable, Hashable, CustomStringConvertible {
    package let message: String
    /// 1-based; nil where the parser did not say.
    package let line: Int?
    package let remedy: String

    package var description: String { (line.map { "line \($0): " } ?? "") + "\(message); \(remedy)" }
}

/// Why an XPath expression could not be evaluated.
package struct XPathError: Error, Sendable, Hashable, CustomStringConvertible {
    package let expression: String
    /// 0-based UTF-8 offset into the expression.
    package let offset: Int
    package let message: String
    package let remedy: String

    package var description: String { "XPath \"\(expression)\", character \(offset + 1): \(message); \(remedy)" }

    /// From libxml2's number of an XPath error (`xmlXPathError`).
    init(expression: String, code: Int, offset: Int) {
        self.expression = expression
        self.offset = max(0, min(offset, expression.utf8.count))
        (message, remedy) =
            switch code {
            case 2: ("a text literal is not closed", "close it with the same quote")
            case 3: ("a text literal is missing", "write it in quotes")
            case 4: ("a variable's name is missing after $", "write $name")
            case 5, 6: ("there is no such variable", "use the names this place offers")
            case 7: ("this is no expression", "write XPath 1.0, for example //*[@id='saved']")
            case 8, 16: ("a ) is missing or too much", "balance the parentheses")
            case 9: ("a predicate is not closed", "balance the square brackets")
            case 10: ("there is no such function", "use a function of XPath 1.0")
            case 11: ("the operand has the wrong type", "convert it with string(), number() or boolean()")
            case 12: ("a function has the wrong number of arguments", "see XPath 1.0, section 4")
            case 19: ("there is no such namespace prefix", "match by local-name()")
            case 24, 25: ("the evaluation was given up: too much work or memory", "narrow the expression")
            default: ("the expression is not valid (libxml2 \(code))", "write XPath 1.0")
            }
    }
}
