// SPDX-License-Identifier: Apache-2.0

internal import CLibXML2
package import Foundation

/// A parsed HTML or XML document. Not Sendable: it stays where it was made, and its nodes keep it alive.
///
/// Nothing is loaded from outside, and XML entities are neither declared nor expanded.
package final class MarkupDocument {
    let pointer: xmlDocPtr

    /// Larger documents are refused.
    package static let sizeLimit = 32 << 20

    private static let isReady: Bool = {
        xmlInitParser()
        return true
    }()

    /// Reads HTML as a browser would: it never fails on bad markup, only on size.
    /// - Parameter charset: of the Content-Type header; nil means UTF-8.
    package init(html bytes: Data, charset: String? = nil) throws(MarkupError) {
        try Self.checkSize(bytes)
        guard Self.isReady, let context = htmlNewParserCtxt() else { throw Self.outOfMemory }
        defer { htmlFreeParserCtxt(context) }
        let options =
            HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NOERROR.rawValue | HTML_PARSE_NOWARNING.rawValue
            | HTML_PARSE_NONET.rawValue
        // The parser makes no document of nothing at all.
        let source = bytes.isEmpty ? Data("<html></html>".utf8) : bytes
        let document = source.withUnsafeBytes { raw in
            htmlCtxtReadMemory(
                context, raw.bindMemory(to: CChar.self).baseAddress, Int32(raw.count), nil, charset ?? "utf-8",
                Int32(options))
        }
        guard let document else {
            throw MarkupError(message: "this cannot be read as HTML", line: nil, remedy: "look at the raw answer")
        }
        pointer = document
    }

    /// Reads well-formed XML.
    package init(xml bytes: Data) throws(MarkupError) {
        try Self.checkSize(bytes)
        guard bytes.range(of: Data("<!ENTITY".utf8)) == nil else {
            throw MarkupError(message: "the document declares entities", line: nil, remedy: "send XML without a DTD")
        }
        guard Self.isReady, let context = xmlNewParserCtxt() else { throw Self.outOfMemory }
        defer { xmlFreeParserCtxt(context) }
        let options =
            XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
            | XML_PARSE_NOCDATA.rawValue
        let document = bytes.withUnsafeBytes { raw in
            xmlCtxtReadMemory(
                context, raw.bindMemory(to: CChar.self).baseAddress, Int32(raw.count), nil, nil, Int32(options))
        }
        guard let document else {
            let error = xmlCtxtGetLastError(context)?.pointee
            let message = error?.message.map { String(cString: $0).trimmingCharacters(in: .whitespacesAndNewlines) }
            throw MarkupError(
                message: message ?? "this is no XML", line: error.map { Int($0.line) }.flatMap { $0 > 0 ? $0 : nil },
                remedy: "send well-formed XML")
        }
        pointer = document
    }

    deinit { xmlFreeDoc(pointer) }

    /// The element everything stands in; nil for an empty document.
    package var root: MarkupNode? { xmlDocGetRootElement(pointer).map { MarkupNode($0, in: self) } }

    private static func checkSize(_ bytes: Data) throws(MarkupError) {
        guard bytes.count <= sizeLimit else {
            throw MarkupError(
                message: "the document has \(bytes.count) bytes, more than \(sizeLimit)", line: nil,
                remedy: "look at what produces it")
        }
    }

    private static var outOfMemory: MarkupError {
        MarkupError(message: "libxml2 could not be set up", line: nil, remedy: "check the memory limit")
    }
}
