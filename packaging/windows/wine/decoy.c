/* Stands for the library of another program's GTK, found first along PATH. The process that loads it ends at once, with this code. */
#include <windows.h>
BOOL WINAPI DllMain(HINSTANCE self, DWORD reason, LPVOID reserved) {
    if (reason == DLL_PROCESS_ATTACH) ExitProcess(99);
    return TRUE;
}
