// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// What a browser would make of an HTML answer, without running scripts. A value: the markup is parsed where needed.
package struct HTMLPage: Sendable, Hashable {
    /// Where it came from; relative addresses are resolved against it or against its `base` element.
    package let url: String
    /// The bytes as they came.
    package let source: Data
    package let title: String
    /// What a person reads: hidden parts, scripts and styles left out, blocks on lines of their own.
    package let visibleText: String
    package let links: [Link]
    package let forms: [HTMLForm]
    /// What a browser would load for this page, absolute.
    package let resources: [Resource]
    /// Where `meta http-equiv=refresh` leads, absolute; nil where there is none or it reloads the page itself.
    package let refresh: Refresh?
    /// Its one form is sent by its own script, as authorization requests and answers are handed on by POST.
    package let submitsItself: Bool

    /// An `a` or `area` with an address.
    package struct Link: Sendable, Hashable {
        /// Absolute.
        package let url: String
        package let text: String
        package let id: String?
        package let rel: Set<String>
    }

    /// Something loaded with the page.
    package struct Resource: Sendable, Hashable {
        package enum Kind: String, Sendable, Hashable { case image, script, style, link, frame, media, object }

        package let kind: Kind
        /// Absolute.
        package let url: String
    }

    /// A redirect that stands in the page.
    package struct Refresh: Sendable, Hashable {
        package let url: String
        package let seconds: Double
    }

    private let charset: String?

    /// Reads a page. Bad markup is read as well as it goes.
    package init(_ source: Data, url: String, charset: String? = nil) throws(MarkupError) {
        let document = try MarkupDocument(html: source, charset: charset)
        self.url = url
        self.source = source
        self.charset = charset
        var reader = HTMLPageReader(url: url)
        if let root = document.root { reader.read(root) }
        title = reader.title
        visibleText = reader.text.finished
        links = reader.links
        forms = reader.forms
        resources = reader.resources
        refresh = reader.refresh
        submitsItself = reader.hasSubmittingScript && reader.forms.count == 1
    }

    /// Reads an HTTP answer's body, with the charset of its Content-Type.
    package init(_ source: Data, url: String, contentType: String?) throws(MarkupError) {
        let parameter = contentType?.split(separator: ";").dropFirst().first {
            $0.trimmingCharacters(in: .whitespaces).lowercased().hasPrefix("charset=")
        }
        let charset = parameter?.split(separator: "=", maxSplits: 1).last.map {
            $0.trimmingCharacters(in: CharacterSet(charactersIn: " \"'"))
        }
        try self.init(source, url: url, charset: charset)
    }

    /// The page as a tree, for XPath.
    package func document() throws(MarkupError) -> MarkupDocument { try MarkupDocument(html: source, charset: charset) }

    /// The form with this id, or name.
    package func form(_ id: String) -> HTMLForm? { forms.first { $0.id == id } ?? forms.first { $0.name == id } }
}
