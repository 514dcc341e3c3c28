// SPDX-License-Identifier: Apache-2.0

@main struct ReferenceConnector { static func main() {} }
