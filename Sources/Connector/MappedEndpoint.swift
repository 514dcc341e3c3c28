// SPDX-License-Identifier: Apache-2.0

/// An address of a party that no mock knows by itself: the deployment maps what it takes and what it answers.
package struct MappedEndpoint: Sendable {
    /// A header that each request must carry.
    package struct Key: Sendable {
        package let header: String
        package let value: Template
    }

    package let method: String
    package let path: PathTemplate
    package let key: Key?
}

/// Where a value stands in a request to a mapped endpoint.
package enum RequestPlace: Sendable, Hashable {
    /// An expression over a JSON body.
    case json(String)
    /// A field of a form.
    case field(String)
    /// A parameter of the query.
    case query(String)
    /// A segment of the path, by its name in the template.
    case path(String)
}

/// What a mapped endpoint answers.
package struct MappedAnswer: Sendable {
    package let status: Int
    package let headers: [FieldTemplate]
    package let body: ValueTemplate?
}
