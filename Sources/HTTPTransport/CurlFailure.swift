// SPDX-License-Identifier: Apache-2.0

internal import CCurl

/// Maps libcurl's result codes.
enum CurlFailure {
    static func error(_ code: Int32, host: String) -> HTTPError {
        let value = CURLcode(rawValue: UInt32(bitPattern: code))
        let message = curl_easy_strerror(value).map { String(cString: $0) } ?? "libcurl error \(code)"
        return HTTPError(kind: kind(value), host: host, message: message)
    }

    private static func kind(_ code: CURLcode) -> HTTPError.Kind {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED: .couldNotConnect
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: .proxy
        case CURLE_OPERATION_TIMEDOUT: .timeout
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            .tls
        case CURLE_ABORTED_BY_CALLBACK: .aborted
        case CURLE_FILESIZE_EXCEEDED: .tooLarge
        case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM:
            .disconnected
        default: .malformed
        }
    }
}
