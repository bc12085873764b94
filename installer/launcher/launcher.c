/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Starts the version that the file `current` beside this program names:
 *     current                      one line, e.g. 1.4.0
 *     previous                     what ran before; taken when the current one is not whole
 *     versions\1.4.0\Kezhan.exe    the program itself
 * The command line, the working directory and the standard streams are handed on. Compiled twice: as
 * Kezhan.exe it does not wait; as kezhan-cli.exe (-DCONSOLE) it waits and ends with the same code.
 */
#define WIN32_LEAN_AND_MEAN
#ifndef UNICODE
#define UNICODE
#endif
#include <windows.h>

#define PATH_CHARS 32768
#define VERSION_BYTES 32
#define NOT_STARTED 9

#ifdef CONSOLE
static const wchar_t PROGRAM[] = L"kezhan-cli.exe";
#else
static const wchar_t PROGRAM[] = L"Kezhan.exe";
#endif

static wchar_t folder[PATH_CHARS], program[PATH_CHARS], line[PATH_CHARS];

/* Append a text; 0 when it does not fit. */
static int append(wchar_t *target, const wchar_t *text)
{
    if (lstrlenW(target) + lstrlenW(text) + 1 > PATH_CHARS)
        return 0;
    lstrcatW(target, text);
    return 1;
}

/* The folder of this program, with a backslash at its end. */
static int find_folder(void)
{
    DWORD length = GetModuleFileNameW(NULL, folder, PATH_CHARS);
    if (length == 0 || length >= PATH_CHARS)
        return 0;
    while (length > 0 && folder[length - 1] != L'\\')
        length--;
    folder[length] = 0;
    return length > 0;
}

/* Read a version from a pointer file: digits, letters, dots and hyphens, nothing that leads away. */
static int read_version(const wchar_t *name, wchar_t *version)
{
    char raw[VERSION_BYTES];
    DWORD size = 0;
    int length = 0;
    HANDLE file;

    lstrcpyW(program, folder);
    if (!append(program, name))
        return 0;
    file = CreateFileW(program, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL,
                       OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return 0;
    if (!ReadFile(file, raw, VERSION_BYTES, &size, NULL))
        size = 0;
    CloseHandle(file);
    for (DWORD at = 0; at < size && length < VERSION_BYTES - 1; at++) {
        char each = raw[at];
        int is_word = (each >= '0' && each <= '9') || (each >= 'a' && each <= 'z');
        if (each == '\r' || each == '\n')
            break;
        if (!is_word && !((each == '.' || each == '-') && length > 0))
            return 0;
        version[length++] = (wchar_t)each;
    }
    version[length] = 0;
    return length > 0;
}

/* Whether the pointer leads to a program that is there; its path is then in `program`. */
static int find_program(const wchar_t *pointer)
{
    wchar_t version[VERSION_BYTES];
    if (!read_version(pointer, version))
        return 0;
    lstrcpyW(program, folder);
    return append(program, L"versions\\") && append(program, version) && append(program, L"\\") &&
           append(program, PROGRAM) && GetFileAttributesW(program) != INVALID_FILE_ATTRIBUTES;
}

/* What follows the program's name on the command line. */
static const wchar_t *arguments(void)
{
    const wchar_t *at = GetCommandLineW();
    int is_quoted = 0;
    while (*at && (is_quoted || (*at != L' ' && *at != L'\t'))) {
        if (*at == L'"')
            is_quoted = !is_quoted;
        at++;
    }
    return at;
}

static void complain(void)
{
#ifdef CONSOLE
    static const char words[] = "Kezhan is not installed completely; run its setup again.\r\n";
    DWORD written;
    WriteFile(GetStdHandle(STD_ERROR_HANDLE), words, sizeof words - 1, &written, NULL);
#else
    MessageBoxW(NULL, L"课栈没有安装完整，请重新运行安装程序。\n"
                      L"Kezhan is not installed completely; run its setup again.",
                L"课栈 Kezhan", MB_OK | MB_ICONERROR);
#endif
}

int wmain(void)
{
    STARTUPINFOW startup;
    PROCESS_INFORMATION process;
    DWORD code = 0;

    if (!find_folder() || !(find_program(L"current") || find_program(L"previous")) ||
        !append(line, L"\"") || !append(line, program) || !append(line, L"\"") ||
        !append(line, arguments())) {
        complain();
        return NOT_STARTED;
    }
    GetStartupInfoW(&startup);
    if (!CreateProcessW(program, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process)) {
        complain();
        return NOT_STARTED;
    }
#ifdef CONSOLE
    /* Ctrl+C is for the program; this one waits for what it makes of it. */
    SetConsoleCtrlHandler(NULL, TRUE);
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
#else
    AllowSetForegroundWindow(process.dwProcessId);
#endif
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
    return (int)code;
}

#ifndef CONSOLE
int WINAPI WinMain(HINSTANCE instance, HINSTANCE none, LPSTR words, int show)
{
    (void)instance, (void)none, (void)words, (void)show;
    return wmain();
}
#endif
