// SPDX-License-Identifier: Apache-2.0

package import World

/// Where worlds come from.
package struct WorldSettings: Sendable {
    package enum Mode: String, Sendable, CaseIterable {
        /// Each scenario gets a tenant and base URLs that nobody saw before.
        case fresh
        /// Each scenario takes a free tenant of several that were set up in advance.
        case pool
        /// Each scenario takes the first tenant that fits, one scenario after the other.
        case fixed
    }

    package let mode: Mode
    /// Largest number of worlds at once; nil leaves it to the runner.
    package let parallel: Int?
    /// Operation that empties a tenant before each use.
    package let reset: String?
    /// Set up in advance; empty exactly with `fresh`.
    package let tenants: [ProvisionedTenant]

    package init(mode: Mode, parallel: Int? = nil, reset: String? = nil, tenants: [ProvisionedTenant] = []) {
        self.mode = mode
        self.parallel = parallel
        self.reset = reset
        self.tenants = tenants
    }
}

/// An organization that a connector knows before the run begins.
package struct ProvisionedTenant: Sendable, Hashable {
    package struct Base: Sendable, Hashable {
        package let environment: FHIREnvironment
        /// Cerner: the tenant GUID in the base URL's path. Epic: the instance's name in it.
        package let place: String

        package init(environment: FHIREnvironment, place: String) {
            self.environment = environment
            self.place = place
        }
    }

    /// For people, in reports and messages.
    package let name: String
    package let vendor: Vendor
    /// Entra tenant id.
    package let tenant: String
    /// Of its people's principal names; nil: a fresh one each time.
    package let domain: String?
    package let organization: String?
    package let bases: [Base]

    package init(
        name: String, vendor: Vendor, tenant: String, domain: String? = nil, organization: String? = nil, bases: [Base]
    ) {
        self.name = name
        self.vendor = vendor
        self.tenant = tenant
        self.domain = domain
        self.organization = organization
        self.bases = bases
    }
}
