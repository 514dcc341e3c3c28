// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Open files and connections of this process.
enum FileDescriptors {
    /// Raises the soft limit to the hard one: thousands of connections are more than many shells allow.
    static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_max, 65_536)
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
