/* For Wine alone, never shipped. Wine aborts in WcsCreateIccProfile, which Qt calls for each screen. Each call fails; WINEDLLOVERRIDES=mscms=n,b */
#include <windows.h>
#define EXPORT __declspec(dllexport)
EXPORT BOOL WINAPI CloseColorProfile(HANDLE profile) { return TRUE; }
EXPORT BOOL WINAPI GetColorProfileFromHandle(HANDLE profile, BYTE *data, DWORD *size) { SetLastError(ERROR_NOT_SUPPORTED); return FALSE; }
EXPORT HANDLE WINAPI OpenColorProfileW(void *profile, DWORD access, DWORD share, DWORD mode) { SetLastError(ERROR_NOT_SUPPORTED); return NULL; }
EXPORT HANDLE WINAPI WcsCreateIccProfile(HANDLE profile, DWORD options) { SetLastError(ERROR_NOT_SUPPORTED); return NULL; }
