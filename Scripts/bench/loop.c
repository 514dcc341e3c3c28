/* SPDX-License-Identifier: Apache-2.0
 * loop URL STEPS: what a step costs at least. GET, status, one JSON value, one capture, over one kept connection.
 * Prints the seconds of all steps but the first, which connects. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct body { char text[4096]; size_t length; };

static size_t keep(char *data, size_t size, size_t count, void *to) {
    struct body *body = to;
    size_t bytes = size * count;
    if (body->length + bytes >= sizeof body->text) return 0;
    memcpy(body->text + body->length, data, bytes);
    body->length += bytes;
    body->text[body->length] = 0;
    return bytes;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
    if (count != 3) return 64;
    long steps = atol(arguments[2]);
    char captured[64] = "";
    double start = 0;
    CURL *curl = curl_easy_init();
    if (!curl) return 1;
    for (long step = 0; step <= steps; step++) {
        if (step == 1) start = now();
        struct body body = {.length = 0};
        long status = 0;
        curl_easy_setopt(curl, CURLOPT_URL, arguments[1]);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
        if (curl_easy_perform(curl) != CURLE_OK) return 1;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        if (status != 200 || !strstr(body.text, "\"name\":\"bench\"")) return 1;
        char *value = strstr(body.text, "\"id\":\"");
        if (!value) return 1;
        snprintf(captured, sizeof captured, "%.*s", (int)strcspn(value + 6, "\""), value + 6);
    }
    printf("%.6f\n", now() - start);
    curl_easy_cleanup(curl);
    return captured[0] ? 0 : 1;
}
