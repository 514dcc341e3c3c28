// SPDX-License-Identifier: Apache-2.0

/// What submitting a form sends.
package struct FormSubmission: Sendable, Hashable {
    package let method: String
    /// Absolute; for GET with the data as query.
    package let url: String
    /// Nil for GET.
    package let body: String?
    package let contentType: String?
}

/// Why a form cannot be filled as asked: the page is not what the deployment file describes.
package struct FormError: Error, Sendable, Hashable, CustomStringConvertible {
    package let message: String
    package let remedy: String

    package var description: String { "\(message); \(remedy)" }
}

extension HTMLForm {
    /// Fills the form and presses a button.
    ///
    /// A checkbox is checked by `true`, `on`, `yes`, `1` or its own value, and cleared by any other text; a radio is chosen by
    /// its value. An empty text for a field the form does not have is passed over, so that one binding serves forms with
    /// and without an optional field.
    /// - Parameter button: name, id, value or text of the button; nil presses the first.
    package func submission(
        _ values: [(name: String, value: String)], button: String? = nil
    ) throws(FormError) -> FormSubmission {
        for (name, value) in values
        where !value.isEmpty && !fields.contains(where: { $0.name == name || $0.id == name }) {
            let known = fields.map(\.name).joined(separator: ", ")
            throw FormError(
                message: "the form \(id ?? name) has no field \"\(name)\"",
                remedy: "it has: \(known.isEmpty ? "none" : known)")
        }
        var pairs: [(String, String)] = []
        for field in fields {
            let wanted = values.last { $0.name == field.name || $0.name == field.id }?.value
            switch field.type {
            case "checkbox":
                let isChecked = wanted.map {
                    ["true", "on", "yes", "1", field.value.lowercased()].contains($0.lowercased())
                }
                if isChecked ?? field.isSent { pairs.append((field.name, field.value)) }
            case "radio":
                if wanted.map({ $0 == field.value }) ?? field.isSent { pairs.append((field.name, field.value)) }
            case "select":
                if let wanted, !field.options.contains(wanted), !wanted.isEmpty {
                    throw FormError(
                        message: "the field \"\(field.name)\" does not offer \"\(wanted)\"",
                        remedy: "it offers: \(field.options.joined(separator: ", "))")
                }
                pairs.append((field.name, wanted.flatMap { $0.isEmpty ? nil : $0 } ?? field.value))
            default: pairs.append((field.name, wanted ?? field.value))
            }
        }
        var target = action
        if let pressed = try pressed(button) {
            if let name = pressed.name, !name.isEmpty { pairs.append((name, pressed.value)) }
            target = pressed.action ?? action
        }
        return Self.encoded(pairs, method: method, url: target)
    }

    private func pressed(_ wanted: String?) throws(FormError) -> Button? {
        guard let wanted else { return buttons.first }
        let found =
            buttons.first { $0.id == wanted } ?? buttons.first { $0.name == wanted } ?? buttons.first {
                $0.value == wanted
            }
            ?? buttons.first { $0.text == wanted }
        guard let found else {
            throw FormError(
                message: "the form has no button \"\(wanted)\"",
                remedy: "it has: \(buttons.map { $0.id ?? $0.name ?? $0.text }.joined(separator: ", "))")
        }
        return found
    }

    private static func encoded(_ pairs: [(String, String)], method: String, url: String) -> FormSubmission {
        let data = pairs.map { "\(formEncoded($0.0))=\(formEncoded($0.1))" }.joined(separator: "&")
        guard method == "POST" else {
            var target = url.prefix { $0 != "#" }
            if let query = target.firstIndex(of: "?") { target = target[..<query] }
            return FormSubmission(method: "GET", url: "\(target)?\(data)", body: nil, contentType: nil)
        }
        return FormSubmission(
            method: "POST", url: url, body: data, contentType: "application/x-www-form-urlencoded")
    }

    /// The URL standard's `application/x-www-form-urlencoded` serializer, with line breaks as CR LF.
    package static func formEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        let normalized = text.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
        var result = ""
        for byte in normalized.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case 0x20: result.append("+")
            default:
                result.append("%")
                result.append(digits[Int(byte >> 4)])
                result.append(digits[Int(byte & 15)])
            }
        }
        return result
    }
}
