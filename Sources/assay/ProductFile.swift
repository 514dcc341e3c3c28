// SPDX-License-Identifier: Apache-2.0

import Connector
import Evidence
import Foundation
import SourceText
import Value

/// `product.json`: what is certified. Its digest is the subject of the signed statement.
enum ProductFile {
    /// Reads `--product`: a YAML or JSON mapping of texts with `product` and `build`; others (`url`, `tls-key`, `vendor` …)
    /// are kept as they are.
    static func read(_ path: String) throws -> Value {
        let text: String
        do { text = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8) } catch {
            throw Mistaken("The product file \(path) cannot be read.\n  = Name a file that exists and is UTF-8 text.")
        }
        let file = SourceFile(path: path, text: text)
        let (root, found) = YAMLParser.parse(file)
        if found.contains(where: { $0.severity == .error }) {
            throw Mistaken(found.map { $0.rendered(in: file) }.joined(separator: "\n"))
        }
        let entries = root?.entries ?? []
        // Every scalar is text here: a build 1.10 is not the number 1.1.
        let members = Members(entries.compactMap { entry in entry.value.text.map { (entry.name, .string($0)) } })
        guard members.count == entries.count, members["product"]?.string?.isEmpty == false,
            members["build"]?.string?.isEmpty == false
        else {
            throw Mistaken(
                "The product file \(path) does not say what the product is.\n"
                    + "  = Write a mapping of texts with at least `product: NAME` and `build: VERSION`.")
        }
        if let artifact = members["artifact"]?.string, !Digest.isSHA256(artifact) {
            throw Mistaken(
                "The product file \(path) has `artifact: \(artifact)`, which is no SHA-256.\n"
                    + "  = Write the digest of what is deployed, 64 digits 0-9a-f: of the image, the archive or the package."
            )
        }
        return .object(members)
    }

    /// Without a file: the deployment's title, and the version the connector told of itself when it was ready.
    static func assumed(_ deployment: Deployment, version: String) -> Value {
        ["product": .string(deployment.title), "build": .string(version), "deployment": .string(deployment.id)]
    }
}
