/* SPDX-License-Identifier: GPL-3.0-or-later
 * Test only: Wine 8 has no icuuc.dll, which Windows 10 brings and Qt6Core imports. No converter is
 * ever available here, so Qt falls back to its own codecs. */
#define EXPORT __declspec(dllexport)
enum { FILE_ACCESS_ERROR = 4 };

EXPORT void *ucnv_open(const char *name, int *error)
{
    (void)name;
    if (error)
        *error = FILE_ACCESS_ERROR;
    return 0;
}

EXPORT void ucnv_close(void *converter) { (void)converter; }
EXPORT void ucnv_reset(void *converter) { (void)converter; }
EXPORT signed char ucnv_getMaxCharSize(void *converter) { (void)converter; return 4; }
EXPORT int ucnv_countAvailable(void) { return 0; }
EXPORT const char *ucnv_getAvailableName(int index) { (void)index; return 0; }
EXPORT int ucnv_toUCountPending(const void *converter, int *error) { (void)converter; (void)error; return 0; }
EXPORT int ucnv_fromUCountPending(const void *converter, int *error) { (void)converter; (void)error; return 0; }

EXPORT const char *ucnv_getName(const void *converter, int *error)
{
    (void)converter;
    if (error)
        *error = FILE_ACCESS_ERROR;
    return 0;
}

EXPORT const char *ucnv_getStandardName(const char *name, const char *standard, int *error)
{
    (void)name; (void)standard;
    if (error)
        *error = FILE_ACCESS_ERROR;
    return 0;
}

/* Only called with a converter, and there is none. */
EXPORT void UCNV_FROM_U_CALLBACK_SUBSTITUTE(void) {}
EXPORT void UCNV_TO_U_CALLBACK_SUBSTITUTE(void) {}
EXPORT void ucnv_getToUCallBack(void) {}
EXPORT void ucnv_getFromUCallBack(void) {}
EXPORT void ucnv_setToUCallBack(void) {}
EXPORT void ucnv_setFromUCallBack(void) {}
EXPORT void ucnv_cbToUWriteUChars(void) {}
EXPORT void ucnv_cbFromUWriteUChars(void) {}
EXPORT void ucnv_toUnicode(void) {}
EXPORT void ucnv_fromUnicode(void) {}
