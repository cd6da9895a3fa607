/* GXDesk.exe (window) and gxdesk-cli.exe (console): the bundled CPython inside a process of our own, so that our icon, version and manifest
 * hold, not those of python.exe, whose signed files stay as they are. Arguments go to `-m gxdesk`, unless the first is -P, -m or -c: then the
 * launcher is a plain Python, which is how the window starts its renderer (sys.executable is this file). */
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#include <windows.h>

typedef int (*python_main)(int, wchar_t **);

static int refuse(const wchar_t *what) {
    static wchar_t told[33000];
    _snwprintf(told, 32999, L"%ls（%lu）。请重新安装 GXDesk；您写的报告不受影响。", what, GetLastError());
    MessageBoxW(NULL, told, L"GXDesk", MB_ICONERROR);
    return 2;
}

/* Python 3.11 starts on an older Windows, or fails in words of its own; Qt does not. */
static int too_old(void) {
    OSVERSIONINFOW now = {.dwOSVersionInfoSize = sizeof now};
    LONG(WINAPI * ask)(OSVERSIONINFOW *) = (void *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlGetVersion");
    return ask && !ask(&now) && now.dwBuildNumber < 17763;
}

static int for_python(const wchar_t *argument) {
#ifdef PLAIN /* a Python with our manifest, for the tests, which also run files; never shipped */
    if (argument) return 1;
#endif
    return !wcscmp(argument, L"-P") || !wcscmp(argument, L"-m") || !wcscmp(argument, L"-c");
}

int wmain(int count, wchar_t **arguments) {
    static wchar_t library[32768 + 32];
    if (too_old()) {
        MessageBoxW(NULL, L"GXDesk 需要 Windows 10（1809 版）或更新的 Windows，这台电脑上用不了。", L"GXDesk", MB_ICONERROR);
        return 2;
    }
    DWORD length = GetModuleFileNameW(NULL, library, 32768);
    wchar_t *name = length && length < 32768 ? wcsrchr(library, L'\\') : NULL;
    if (!name) return refuse(L"找不到程序所在的文件夹");
    wcscpy(name, L"\\python\\python311.dll");
    SetDllDirectoryW(L""); /* never from the folder she happened to be in */
    HMODULE python = LoadLibraryExW(library, NULL, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
    if (!python) return refuse(L"程序文件不完整，缺少 python311.dll 或它需要的文件");
    python_main run = (python_main)(void *)GetProcAddress(python, "Py_Main");
    wchar_t **all = calloc(count + 3, sizeof *all);
    if (!run || !all) return refuse(L"程序启动不了");
    int n = 0, from = 1;
    all[n++] = arguments[0];
    if (count < 2 || !for_python(arguments[1])) {
        all[n++] = L"-m";
        all[n++] = L"gxdesk";
    }
    while (from < count) all[n++] = arguments[from++];
    return run(n, all);
}

int WINAPI wWinMain(HINSTANCE instance, HINSTANCE none, PWSTR line, int show) {
    return wmain(__argc, __wargv);
}
