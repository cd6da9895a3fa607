/* GXDesk.exe (window) and gxdesk-cli.exe (console): the bundled CPython inside a process of our own, so that our icon, version and manifest
 * hold, not those of python.exe, whose signed files stay as they are. Arguments go to gxdesk, unless the first is -P, -m or -c: then the
 * launcher is a plain Python, which is how the window starts its renderer (sys.executable is this file).
 * Compiled by bundle.py with DEEPEST, the longest path of the program's files below its folder. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

typedef int (*python_main)(int, wchar_t **);
typedef int (*python_hook)(const char *, void *, void *);
typedef int (*python_add_hook)(python_hook, void *);
typedef int(__cdecl *at_exit)(void(__cdecl *)(void));

#define AGAIN L"请重新安装 GXDesk，便携版请重新解压到一个新的文件夹；您写的报告不受影响。"

/* Not `-m gxdesk`: of a program without gxdesk runpy tells only a console, while this is an exception like any other. */
#define GXDESK L"import sys; from gxdesk.cli import main; sys.exit(main())"

/* Left by another program for children of its own, these would have our Qt load that program's plugins and drivers. What sets but scale,
 * look or platform stays. */
static const wchar_t *const foreign[] = {
    L"QT_PLUGIN_PATH",    L"QT_QPA_PLATFORM_PLUGIN_PATH", L"QT_QPA_PLATFORMTHEME", L"QT_QPA_GENERIC_PLUGINS", L"QT_STYLE_OVERRIDE", L"QT_IM_MODULE",
    L"QT_IM_MODULES",     L"QT_LOAD_TESTABILITY",         L"QT_OPENGL_DLL",        L"QT_VULKAN_LIB",
};

static int unheard; /* there is no console and no pipe, but a person who double-clicked */
static int begun;   /* Python is up and runs what we gave it */
static int died;    /* Python told of an exception that nothing had caught */

static int say(const wchar_t *sentence) {
    MessageBoxW(NULL, sentence, L"GXDesk", MB_ICONERROR | MB_SETFOREGROUND);
    return 2;
}

static int refuse(const wchar_t *what) {
    static wchar_t told[33000];
    _snwprintf(told, 32999, L"%ls（%lu）。" AGAIN, what, GetLastError());
    return say(told);
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

/* CPython ends the process where it cannot start, and the reason goes to the console alone. So it does at sys.exit(), but then it has begun. */
static void __cdecl ending(void) {
    if (!begun) say(L"GXDesk 启动不了，程序文件可能不完整。" AGAIN);
}

static int watch(const char *event, void *details, void *none) {
    if (!strcmp(event, "cpython.run_command")) begun = 1;
    if (!strcmp(event, "sys.excepthook")) died = 1;
    return 0;
}

int wmain(int count, wchar_t **arguments) {
    static wchar_t path[32768 + MAX_PATH];
    if (too_old()) return say(L"GXDesk 需要 Windows 10（1809 版）或更新的 Windows，这台电脑上用不了。");
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) SetEnvironmentVariableW(foreign[i], NULL);
    DWORD length = GetModuleFileNameW(NULL, path, 32768);
    wchar_t *name = length && length < 32768 ? wcsrchr(path, L'\\') : NULL;
    if (!name) return refuse(L"找不到程序所在的文件夹");
#ifdef DEEPEST
    wcscpy(name, L"\\" DEEPEST);
    if (GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES) {
        if (wcslen(path) < MAX_PATH) return refuse(L"程序文件不完整");
        return say(L"GXDesk 所在的文件夹路径太长，有的文件放不进去或打不开。请把整个 GXDesk 文件夹移到路径短的地方（例如 D 盘）再打开；您写的报告不受影响。");
    }
#endif
    wcscpy(name, L"\\python\\python311.dll");
    SetDllDirectoryW(L""); /* never from the folder she happened to be in */
    HMODULE python = LoadLibraryExW(path, NULL, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
    if (!python) return refuse(L"程序文件不完整，缺少 python311.dll 或它需要的文件");
    *wcsrchr(path, L'\\') = 0;
    AddDllDirectory(path); /* extension modules count on finding a C runtime in the folder of python.exe */
    python_main run = (python_main)(void *)GetProcAddress(python, "Py_Main");
    python_add_hook add_hook = (python_add_hook)(void *)GetProcAddress(python, "PySys_AddAuditHook");
    at_exit at_its_exit = (at_exit)(void *)GetProcAddress(GetModuleHandleW(L"ucrtbase.dll"), "_crt_atexit"); /* Python's C runtime is not ours */
    wchar_t **all = calloc(count + 3, sizeof *all);
    if (!run || !add_hook || !at_its_exit || !all) return refuse(L"程序启动不了");
    int n = 0, from = 1;
    all[n++] = arguments[0];
    if (count < 2 || !for_python(arguments[1])) {
        all[n++] = L"-c";
        all[n++] = GXDESK;
        unheard = GetFileType(GetStdHandle(STD_ERROR_HANDLE)) == FILE_TYPE_UNKNOWN;
    }
    while (from < count) all[n++] = arguments[from++];
    if (unheard) {
        at_its_exit(ending);
        add_hook(watch, NULL);
    }
    int code = run(n, all);
    if (code == 1 && died) say(L"GXDesk 出了错，没有打开。" AGAIN);
    return code;
}

int WINAPI wWinMain(HINSTANCE instance, HINSTANCE none, PWSTR line, int show) {
    return wmain(__argc, __wargv);
}
