// SPDX-License-Identifier: Apache-2.0
#ifndef ASSAY_CLIBXML2_SHIM_H
#define ASSAY_CLIBXML2_SHIM_H

// Debian's libxml2 headers pull in ICU, whose enums clash with Foundation's: switch that off before the rest.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

// XPath reports a code and a place in the expression, no text; the structure's constness changed between releases, hence
// the cast.
typedef struct {
    int code;
    int offset;
} assay_xpath_error;

static inline void assay_xpath_take_error(void *data, xmlErrorPtr error) {
    assay_xpath_error *first = (assay_xpath_error *)data;
    if (first && error && first->code == 0) {
        first->code = error->code;
        first->offset = error->int1;
    }
}

// Some errors are printed besides being reported; the printer is a variable of the thread.
static inline void assay_xml_print_nothing(void *context, const char *format, ...) {
    (void)context;
    (void)format;
}

static inline void assay_xpath_catch_errors(xmlXPathContextPtr context, assay_xpath_error *first) {
    xmlSetGenericErrorFunc(NULL, assay_xml_print_nothing);
    context->userData = first;
    context->error = (xmlStructuredErrorFunc)assay_xpath_take_error;
}

// xmlFree is a variable that holds a function: Swift 6 does not read such globals.
static inline void assay_xml_free(void *memory) {
    if (memory) { xmlFree(memory); }
}

#endif
