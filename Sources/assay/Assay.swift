// SPDX-License-Identifier: Apache-2.0

@main struct AssayCommand { static func main() {} }
