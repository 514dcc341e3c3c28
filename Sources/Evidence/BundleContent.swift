// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Trace
package import Value

/// What an intact bundle says. Read it only after a ``SealCheck`` found nothing.
package struct BundleContent: Sendable {
    package let trace: Trace
    /// `results.json`, its bytes.
    package let resultsText: Data
    package let results: Value
    package let product: Value
    /// `certificate.json`, its bytes.
    package let certificateText: Data
    package let certificate: Value
    package let inputs: Certificate.Inputs
    package let attachments: Attachments

    /// Throws the `BundleFault` of what cannot be read.
    package init(_ folder: URL) throws {
        func data(_ name: String) throws -> Data {
            do { return try Data(contentsOf: folder.appending(path: name)) } catch {
                throw BundleFault(name, "cannot be read")
            }
        }
        func json(_ name: String, _ bytes: Data) throws -> Value {
            do throws(JSONError) { return try Value.parseJSON(bytes) } catch {
                throw BundleFault(name, "is no JSON: \(error.message)")
            }
        }
        do { trace = try TraceReader.read(folder: folder) } catch { throw BundleFault(SealedBundle.trace, "\(error)") }
        resultsText = try data(SealedBundle.results)
        results = try json(SealedBundle.results, resultsText)
        product = try json(SealedBundle.product, try data(SealedBundle.product))
        certificateText = try data(SealedBundle.certificate)
        certificate = try json(SealedBundle.certificate, certificateText)
        guard let inputs = Certificate.inputs(of: certificate) else {
            throw BundleFault(SealedBundle.certificate, "is not in the format \(Certificate.format)")
        }
        self.inputs = inputs
        attachments = try Attachments(in: folder)
    }

    package var suiteVersion: String { results["suite-version"]?.string ?? "unknown" }
    package var isPartial: Bool { certificate["kind"]?.string != "full" }

    /// The last moment at which the certificate is valid; nil for a partial.
    package var expires: String? { certificate["expires"]?.string }
}
