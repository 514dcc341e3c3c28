// SPDX-License-Identifier: Apache-2.0

internal import CLibXML2
internal import Foundation

/// What an XPath 1.0 expression came to.
package enum XPathResult {
    case nodes([MarkupNode])
    case string(String)
    case number(Double)
    case boolean(Bool)

    /// XPath's `string()` of it: of nodes the first one's text.
    package var text: String {
        switch self {
        case .nodes(let nodes): nodes.first?.stringValue ?? ""
        case .string(let text): text
        case .number(let number): Self.text(of: number)
        case .boolean(let flag): flag ? "true" : "false"
        }
    }

    /// XPath's `boolean()` of it: some node, a text that is not empty, a number but zero.
    package var truth: Bool {
        switch self {
        case .nodes(let nodes): !nodes.isEmpty
        case .string(let text): !text.isEmpty
        case .number(let number): number != 0 && !number.isNaN
        case .boolean(let flag): flag
        }
    }

    /// The text of every node, or the one value as text.
    package var texts: [String] {
        if case .nodes(let nodes) = self { nodes.map(\.stringValue) } else { [text] }
    }

    package var nodes: [MarkupNode] { if case .nodes(let nodes) = self { nodes } else { [] } }

    private static func text(of number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number > 0 ? "Infinity" : "-Infinity" }
        return number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : "\(number)"
    }
}

extension MarkupDocument {
    /// Evaluates XPath 1.0. `variables` are offered as `$name`, so that their text needs no quoting.
    package func evaluate(
        _ expression: String, at node: MarkupNode? = nil, variables: [String: String] = [:]
    ) throws(XPathError) -> XPathResult {
        guard let context = xmlXPathNewContext(pointer) else {
            throw XPathError(expression: expression, code: 15, offset: 0)
        }
        defer { xmlXPathFreeContext(context) }
        // Enough for any page, and an end for expressions that would run for minutes.
        context.pointee.opLimit = 20_000_000
        for (name, value) in variables { xmlXPathRegisterVariable(context, name, xmlXPathNewString(value)) }
        if let node { xmlXPathSetContextNode(node.pointer, context) }
        var failure = assay_xpath_error()
        let object = withUnsafeMutablePointer(to: &failure) { failure in
            assay_xpath_catch_errors(context, failure)
            return xmlXPathEvalExpression(expression, context)
        }
        guard let object else {
            throw XPathError(
                expression: expression, code: Int(failure.code) - Int(XML_XPATH_EXPRESSION_OK.rawValue),
                offset: Int(failure.offset))
        }
        defer { xmlXPathFreeObject(object) }
        return result(object)
    }

    private func result(_ object: xmlXPathObjectPtr) -> XPathResult {
        switch object.pointee.type {
        case XPATH_NODESET, XPATH_XSLT_TREE:
            guard let set = object.pointee.nodesetval else { return .nodes([]) }
            let nodes = (0..<Int(set.pointee.nodeNr)).compactMap { index -> MarkupNode? in
                guard let node = set.pointee.nodeTab?[index], node.pointee.type != XML_NAMESPACE_DECL else {
                    return nil
                }
                return MarkupNode(node, in: self)
            }
            return .nodes(nodes)
        case XPATH_BOOLEAN: return .boolean(object.pointee.boolval != 0)
        case XPATH_NUMBER: return .number(object.pointee.floatval)
        default: return .string(object.pointee.stringval.map { String(cString: $0) } ?? "")
        }
    }
}

/// Checks of expressions before there is a document.
package enum XPath {
    /// Throws where `expression` does not parse; unknown names show only when it is evaluated.
    package static func check(_ expression: String) throws(XPathError) {
        guard let context = xmlXPathNewContext(nil) else { return }
        defer { xmlXPathFreeContext(context) }
        var failure = assay_xpath_error()
        let compiled = withUnsafeMutablePointer(to: &failure) { failure in
            assay_xpath_catch_errors(context, failure)
            return xmlXPathCtxtCompile(context, expression)
        }
        guard let compiled else {
            throw XPathError(
                expression: expression, code: Int(failure.code) - Int(XML_XPATH_EXPRESSION_OK.rawValue),
                offset: Int(failure.offset))
        }
        xmlXPathFreeCompExpr(compiled)
    }
}
