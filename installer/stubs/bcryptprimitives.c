/* SPDX-License-Identifier: GPL-3.0-or-later
 * Test only: Wine 8 has no ProcessPrng; QtPdf ends the process without it. */
#include <windows.h>

/* RtlGenRandom is exported under this name. */
BOOLEAN NTAPI SystemFunction036(PVOID buffer, ULONG size);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE buffer, SIZE_T size)
{
    while (size > 0) {
        ULONG part = size > 0x10000 ? 0x10000 : (ULONG)size;
        if (!SystemFunction036(buffer, part))
            return FALSE;
        buffer += part;
        size -= part;
    }
    return TRUE;
}
