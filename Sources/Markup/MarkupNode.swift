// SPDX-License-Identifier: Apache-2.0

internal import CLibXML2

/// A node of a document: element, attribute, text or comment.
package struct MarkupNode {
    let pointer: xmlNodePtr
    let document: MarkupDocument

    init(_ pointer: xmlNodePtr, in document: MarkupDocument) {
        self.pointer = pointer
        self.document = document
    }

    /// Local name of an element (lower case in HTML) or attribute; empty for other nodes.
    package var name: String {
        guard isElement || isAttribute, let name = pointer.pointee.name else { return "" }
        return String(cString: name)
    }

    package var isElement: Bool { pointer.pointee.type == XML_ELEMENT_NODE }
    package var isText: Bool { pointer.pointee.type == XML_TEXT_NODE || pointer.pointee.type == XML_CDATA_SECTION_NODE }
    var isAttribute: Bool { pointer.pointee.type == XML_ATTRIBUTE_NODE }

    /// The XPath string value: all text inside, as it stands.
    package var stringValue: String {
        guard let text = xmlNodeGetContent(pointer) else { return "" }
        defer { assay_xml_free(text) }
        return String(cString: text)
    }

    /// An attribute's value; nil where the element has none of that name.
    package subscript(_ attribute: String) -> String? {
        guard isElement, let text = xmlGetProp(pointer, attribute) else { return nil }
        defer { assay_xml_free(text) }
        return String(cString: text)
    }

    /// All attributes in document order.
    package var attributes: [(name: String, value: String)] {
        guard isElement else { return [] }
        var found: [(String, String)] = []
        var next = pointer.pointee.properties
        while let attribute = next {
            if let name = attribute.pointee.name {
                let name = String(cString: name)
                found.append((name, self[name] ?? ""))
            }
            next = attribute.pointee.next
        }
        return found
    }

    /// Child nodes in document order.
    package var children: [MarkupNode] {
        // An attribute's children are its text, and an entity's belong to somebody else.
        guard isElement else { return [] }
        var found: [MarkupNode] = []
        var next = pointer.pointee.children
        while let child = next {
            found.append(MarkupNode(child, in: document))
            next = child.pointee.next
        }
        return found
    }

    /// The element around; nil at the top.
    package var parent: MarkupNode? {
        pointer.pointee.parent.flatMap { parent in
            parent.pointee.type == XML_ELEMENT_NODE ? MarkupNode(parent, in: document) : nil
        }
    }

    /// Elements below with one of these names, in document order.
    package func descendants(_ names: Set<String>) -> [MarkupNode] {
        var found: [MarkupNode] = []
        // A stack of its own: markup may be nested deeper than a thread's stack bears.
        var stack = Array(children.reversed())
        while let node = stack.popLast() {
            guard node.isElement else { continue }
            if names.contains(node.name) { found.append(node) }
            stack.append(contentsOf: node.children.reversed())
        }
        return found
    }

    /// Whether both are the same node of the same document.
    package func isSame(as other: MarkupNode) -> Bool { pointer == other.pointer }

    /// 1-based line in the source; 0 where unknown.
    package var line: Int { max(0, xmlGetLineNo(pointer)) }
}
