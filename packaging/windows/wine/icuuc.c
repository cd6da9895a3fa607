/* For Wine alone, never shipped. Windows 10 has icuuc.dll, Wine has not, and Qt6Core names these for legacy text codecs. Each call fails. */
#include <stddef.h>
#include <stdint.h>
#define EXPORT __declspec(dllexport)
enum { UNSUPPORTED = 16 };
static void fail(int *error) { if (error) *error = UNSUPPORTED; }
EXPORT void UCNV_FROM_U_CALLBACK_SUBSTITUTE(void) {}
EXPORT void UCNV_TO_U_CALLBACK_SUBSTITUTE(void) {}
EXPORT void ucnv_cbFromUWriteUChars(void *a, const void **b, const void *c, int32_t d, int *e) { fail(e); }
EXPORT void ucnv_cbToUWriteUChars(void *a, const void *b, int32_t c, int32_t d, int *e) { fail(e); }
EXPORT void ucnv_close(void *c) {}
EXPORT int32_t ucnv_countAvailable(void) { return 0; }
EXPORT int32_t ucnv_fromUCountPending(const void *c, int *e) { fail(e); return 0; }
EXPORT void ucnv_fromUnicode(void *c, char **t, const char *l, const void **s, const void *m, int32_t *o, int8_t f, int *e) { fail(e); }
EXPORT const char *ucnv_getAvailableName(int32_t n) { return NULL; }
EXPORT void ucnv_getFromUCallBack(const void *c, void **a, const void **b) { *a = NULL; *b = NULL; }
EXPORT int8_t ucnv_getMaxCharSize(const void *c) { return 1; }
EXPORT const char *ucnv_getName(const void *c, int *e) { fail(e); return NULL; }
EXPORT const char *ucnv_getStandardName(const char *n, const char *s, int *e) { fail(e); return NULL; }
EXPORT void ucnv_getToUCallBack(const void *c, void **a, const void **b) { *a = NULL; *b = NULL; }
EXPORT void *ucnv_open(const char *n, int *e) { fail(e); return NULL; }
EXPORT void ucnv_reset(void *c) {}
EXPORT void ucnv_setFromUCallBack(void *c, void *a, const void *b, void **o, const void **p, int *e) { fail(e); }
EXPORT void ucnv_setToUCallBack(void *c, void *a, const void *b, void **o, const void **p, int *e) { fail(e); }
EXPORT int32_t ucnv_toUCountPending(const void *c, int *e) { fail(e); return 0; }
EXPORT void ucnv_toUnicode(void *c, void **t, const void *l, const char **s, const char *m, int32_t *o, int8_t f, int *e) { fail(e); }
