// SPDX-License-Identifier: Apache-2.0

package import FHIRPath
package import Foundation
internal import Markup
package import Trace
package import Value

/// What a step takes out of an event: by FHIRPath, JSON pointer, XPath, or the name of a header.
package struct Extraction: Sendable {
    package enum Kind: Sendable {
        /// Over the event (``EventView``), with `%world`, `%captures`, `%trace`.
        case fhirPath(FHIRPath.Expression)
        /// RFC 6901, over the JSON body of `request.answered`, else over the event's fields.
        case pointer(JSONPointer)
        /// XPath 1.0 over the page the event ended on.
        case xpath(String)
        /// A response header of `request.answered`, in lower case.
        case header(String)
    }

    package let kind: Kind
    /// As written.
    package let source: String
    /// Names behind `%` that its FHIRPath looks at: what else there is need not be made for it.
    package let variables: Set<String>

    package init(kind: Kind, source: String) {
        self.kind = kind
        self.source = source
        if case .fhirPath(let expression) = kind {
            variables = Set(expression.referencedVariables)
        } else {
            variables = []
        }
    }

    /// The FHIRPath, where it is one.
    package var expression: FHIRPath.Expression? {
        if case .fhirPath(let expression) = kind { expression } else { nil }
    }

    /// One item as its value, several as a list, none as nil. Throws a description of why it cannot be had.
    /// - Parameter page: the bytes and content type of the answer the event was read off.
    package func value(
        of event: TraceEvent, context: @autoclosure () -> EvaluationContext, page: () -> ExtractionPage?
    ) throws(ExtractionError) -> Value? {
        switch kind {
        case .fhirPath(let expression):
            do {
                let values = try expression.evaluate(on: EventView.value(of: event), context: context()).map(\.value)
                return values.count > 1 ? .array(values) : values.first
            } catch {
                throw ExtractionError(message: "\(error)")
            }
        case .pointer(let pointer): return pointer.value(in: event["json"] ?? .object(event.fields))
        case .header(let name): return event["headers"]?[name]
        case .xpath(let expression): return try Self.evaluate(expression, page())
        }
    }

    private static func evaluate(_ expression: String, _ page: ExtractionPage?) throws(ExtractionError) -> Value? {
        guard let page else { throw ExtractionError(message: "there is no page to look at") }
        do {
            let document =
                page.isXML ? try MarkupDocument(xml: page.bytes) : try MarkupDocument(html: page.bytes, charset: nil)
            switch try document.evaluate(expression) {
            case .nodes(let nodes):
                let texts = nodes.map { Value.string($0.stringValue) }
                return texts.count > 1 ? .array(texts) : texts.first
            case .string(let text): return .string(text)
            case .number(let number): return Value.number(of: number)
            case .boolean(let flag): return .bool(flag)
            }
        } catch {
            throw ExtractionError(message: "\(error)")
        }
    }
}

/// The answer behind an event, for XPath.
package struct ExtractionPage: Sendable {
    package let bytes: Data
    package let isXML: Bool

    package init(bytes: Data, mediaType: String) {
        self.bytes = bytes
        isXML = mediaType.hasSuffix("/xml") || (mediaType.hasSuffix("+xml") && mediaType != "application/xhtml+xml")
    }
}

/// Why nothing could be taken out of an event.
package struct ExtractionError: Error, Sendable, CustomStringConvertible {
    package let message: String

    package var description: String { message }
}

extension Value {
    fileprivate static func number(of number: Double) -> Value {
        guard number.isFinite else { return .string("\(number)") }
        let text = number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : "\(number)"
        return Number(literal: text).map { .number($0) } ?? .string(text)
    }
}
