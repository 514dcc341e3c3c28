// SPDX-License-Identifier: Apache-2.0

/// A form with what it would send as it stands.
package struct HTMLForm: Sendable, Hashable {
    package let id: String?
    package let name: String?
    /// Absolute.
    package let action: String
    /// `GET` or `POST`.
    package let method: String
    /// `application/x-www-form-urlencoded`, `multipart/form-data` or `text/plain`.
    package let encoding: String
    package let fields: [Field]
    package let buttons: [Button]
    /// The form element's other attributes, for example `data-provider`.
    package let attributes: [String: String]

    /// One control that is not disabled.
    package struct Field: Sendable, Hashable {
        package let name: String
        package let id: String?
        /// `text`, `hidden`, `checkbox`, `radio`, `select`, `textarea`, ….
        package let type: String
        /// What it sends; for checkboxes and radios, if they are checked.
        package let value: String
        /// False for a checkbox or radio that is not checked: it sends nothing.
        package let isSent: Bool
        /// Values a `select` offers.
        package let options: [String]
        package let isRequired: Bool
    }

    /// A button that submits.
    package struct Button: Sendable, Hashable {
        package let name: String?
        package let value: String
        package let text: String
        package let id: String?
        /// Absolute `formaction`; nil where it uses the form's.
        package let action: String?
    }

    init(_ node: MarkupNode, controls: [MarkupNode], resolve: (String) -> String?) {
        id = node["id"]
        name = node["name"]
        action = resolve(node["action"] ?? "") ?? ""
        method = node["method"]?.lowercased() == "post" ? "POST" : "GET"
        encoding = node["enctype"]?.lowercased() ?? "application/x-www-form-urlencoded"
        attributes = Dictionary(node.attributes.map { ($0.name, $0.value) }) { first, _ in first }
        var fields: [Field] = []
        var buttons: [Button] = []
        for control in controls where !Self.isDisabled(control) {
            let type = (control["type"] ?? "").lowercased()
            let isButton = control.name == "button"
            if isButton || (control.name == "input" && ["submit", "image", "button", "reset"].contains(type)) {
                guard isButton ? (type.isEmpty || type == "submit") : (type == "submit" || type == "image") else {
                    continue
                }
                buttons.append(
                    Button(
                        name: control["name"], value: control["value"] ?? "",
                        text: VisibleText.collapsed(isButton ? control.stringValue : control["value"] ?? ""),
                        id: control["id"], action: control["formaction"].flatMap(resolve)))
            } else if let name = control["name"], !name.isEmpty {
                fields += Self.fields(control, name: name, type: type)
            }
        }
        self.fields = fields
        self.buttons = buttons
    }

    private static func fields(_ control: MarkupNode, name: String, type: String) -> [Field] {
        let isRequired = control["required"] != nil
        func field(_ type: String, _ value: String, isSent: Bool = true, options: [String] = []) -> Field {
            Field(
                name: name, id: control["id"], type: type, value: value, isSent: isSent, options: options,
                isRequired: isRequired)
        }
        switch control.name {
        case "textarea": return [field("textarea", control.stringValue)]
        case "select":
            let options = control.descendants(["option"])
            func value(_ option: MarkupNode) -> String { option["value"] ?? VisibleText.collapsed(option.stringValue) }
            let chosen = options.filter { $0["selected"] != nil }
            let values = options.map(value)
            if control["multiple"] != nil { return chosen.map { field("select", value($0), options: values) } }
            guard let selected = chosen.last ?? options.first else { return [] }
            return [field("select", value(selected), options: values)]
        default:
            guard type != "file" else { return [] }
            guard type == "checkbox" || type == "radio" else {
                return [field(type.isEmpty ? "text" : type, control["value"] ?? "")]
            }
            return [field(type, control["value"] ?? "on", isSent: control["checked"] != nil)]
        }
    }

    private static func isDisabled(_ control: MarkupNode) -> Bool {
        if control["disabled"] != nil { return true }
        var around = control.parent
        while let node = around {
            if node.name == "fieldset", node["disabled"] != nil { return true }
            around = node.parent
        }
        return false
    }
}
