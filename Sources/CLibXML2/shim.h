// Debian's libxml2 headers pull in ICU, whose enums clash with Foundation's: switch that off before the rest.
#include <libxml2/libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml2/libxml/parser.h>
