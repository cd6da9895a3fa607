/* Runs the one command line in the UTF-8 file it is given, unaltered: NSIS wants /D=folder last and without quotes, blanks or not. */
#include <stdio.h>
#include <windows.h>
int wmain(int count, wchar_t **arguments) {
    static char bytes[8192];
    static wchar_t line[8192];
    FILE *file = count > 1 ? _wfopen(arguments[1], L"rb") : NULL;
    if (!file) return 90;
    fread(bytes, 1, sizeof bytes - 1, file);
    MultiByteToWideChar(CP_UTF8, 0, bytes, -1, line, 8192);
    STARTUPINFOW how = {.cb = sizeof how};
    PROCESS_INFORMATION process;
    DWORD code = 91;
    if (!CreateProcessW(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &how, &process)) return 92;
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    return code;
}
