; The installer: for the one user who runs it, no administrator. Compiled by build.py, which defines PROGRAM (folder), VERSION, TARGET, ICON,
; SIDE (the picture of the last page), CONTENTS (the macros FILES and FOLDERS, which do something with each name in PROGRAM), STAGE (the folder
; in which the new version is made ready), LONGEST (characters the folder's path may have) and MEGABYTES (needed on the disk).
; An older version stays whole until the new one lies beside it, complete: from there on nothing is written that needs room.
; Silent: setup.exe /S [/D=folder], uninstall.exe /S. Exit codes: 3 Windows too old, 4 path too long, 5 no room, 6 the program runs,
; 7 the older version would not go, 8 a file, a shortcut or an entry of the registry could not be written.
Unicode true
Target amd64-unicode ; a 32-bit Windows refuses it in its own words
!ifdef QUICK
  SetCompress off
!else
  SetCompressor /SOLID lzma
!endif
!include "MUI2.nsh"
!include "WinVer.nsh"
!include "FileFunc.nsh"
!include "${CONTENTS}"

!define KEY "Software\GXDesk"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\GXDesk"
!define CLASSES "Software\Classes"
!define TYPE "GXDesk.report"
!define HANDOVER "GXDesk.handover"
!define DATA "$LOCALAPPDATA\GXDesk"
!define NEW "$INSTDIR\${STAGE}" ; on the same disk: from there everything is renamed into its place

Var code ; of a silent installation that fails
Var older ; the folder of the version that is installed
Var placing ; "yes" once an older version, if there was one, is gone

Name "GXDesk ${VERSION}"
OutFile "${TARGET}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\GXDesk"
InstallDirRegKey HKCU "${KEY}" "folder"
ManifestDPIAware true
BrandingText " "
AllowSkipFiles off ; a program with holes in it is none
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "GXDesk"
VIAddVersionKey "FileDescription" "GXDesk setup"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "MIT"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${SIDE}"
!define MUI_DIRECTORYPAGE_TEXT_TOP "$(where)"
!define MUI_FINISHPAGE_RUN "$INSTDIR\GXDesk.exe"
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE check_folder
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "English"

!macro SAY NAME CHINESE ENGLISH
  LangString ${NAME} ${LANG_SIMPCHINESE} "${CHINESE}"
  LangString ${NAME} ${LANG_ENGLISH} "${ENGLISH}"
!macroend
!insertmacro SAY where "GXDesk 装在下面的文件夹里，只给您自己用，不用管理员，也不用联网。要装到别处，请按“浏览”选一个文件夹。装过旧版的会换成新版，您写的报告都还在。" "GXDesk goes into this folder, for you alone: no administrator and no network are needed. Click Browse for another one. An older version is replaced; your reports stay."
!insertmacro SAY too_old "GXDesk 需要 Windows 10（1809 版）或更新的 Windows，这台电脑上装不了。" "GXDesk needs Windows 10 version 1809 or newer."
!insertmacro SAY too_long "这个文件夹的路径太长，有的文件会放不进去。请换一个短一些的文件夹。" "The path of this folder is too long. Please choose a shorter one."
!insertmacro SAY no_room "磁盘“$3”上的空间不够，需要 $2 MB。请清理这个磁盘，或换一个文件夹。" "Not enough room on disk $3: $2 MB are needed."
!insertmacro SAY running "GXDesk 正开着。请先关闭它的窗口，再按“重试”。" "GXDesk is running. Please close its window, then retry."
!insertmacro SAY stays "旧版本卸不下来，新版本没有装。请重新启动电脑后再装一次；您写的报告不受影响。" "The older version could not be removed and the new one was not installed. Please restart the computer and try again; your reports are safe."
!insertmacro SAY unwritten "“$0”写不进去，可能是磁盘满了，或者被杀毒软件拦下了。请清理磁盘或请管理员放行，再按“重试”；按“取消”就停止安装。" "$0 cannot be written: the disk may be full, or a scanner refuses it. Make room and retry, or cancel the installation."
!insertmacro SAY ^ErrorWriting "磁盘满了，或者被杀毒软件拦下了，这个文件没有写完：" "The disk is full, or a scanner refuses it. This file was not written to its end: " ; NSIS's own, the file's name follows
!insertmacro SAY not_placed "新版本的文件有的放不进“$INSTDIR”，可能是被别的程序占用，或者被杀毒软件拦下了。请关闭别的程序或请管理员放行，再按“重试”；按“取消”就停止安装。" "Some files cannot be put into $INSTDIR: another program may use them, or a scanner refuses them. Close other programs and retry, or cancel the installation."
!insertmacro SAY as_before "新版本没有装成。以前如果装过，那个版本还在，照样能用；您写的报告不受影响。" "The new version was not installed. If a version was installed before, it is still there and works; your reports are safe."
!insertmacro SAY none_left "新版本没有装成，旧版本已经卸下。请再安装一次；您写的报告不受影响。" "The new version was not installed, and the older one is gone. Please install again; your reports are safe."
!insertmacro SAY unregistered "程序已经装进“$INSTDIR”，可是图标、双击打开或卸载的登记没有写全，可能是磁盘满了。请清理磁盘，再安装一次；您写的报告不受影响。" "The program lies in $INSTDIR, but not all of its shortcuts and entries could be written: the disk may be full. Make room and install again; your reports are safe."
!insertmacro SAY handover "年度报告交接包" "Handover of annual reports"
!insertmacro SAY print "打印" "Print"
!insertmacro SAY report "政府信息公开工作年度报告" "Annual report on government information disclosure"
!insertmacro SAY data_too "程序已经卸载。您写的报告还在这个文件夹里：$\r$\n${DATA}$\r$\n$\r$\n要不要连报告一起删除？删除后无法恢复。" "The program is removed. Your reports are still in:$\r$\n${DATA}$\r$\n$\r$\nDelete the reports as well? This cannot be undone."

FileErrorText "$(unwritten)" "$(unwritten)"

Function .onInit
  ${IfNot} ${AtLeastBuild} 17763
    MessageBox MB_ICONSTOP "$(too_old)" /SD IDOK
    SetErrorLevel 3
    Quit
  ${EndIf}
FunctionEnd

; Stops a silent installation with exit code CODE; lets her choose again otherwise.
!macro REFUSE TEXT CODE
  MessageBox MB_ICONEXCLAMATION "${TEXT}" /SD IDOK
  SetErrorLevel ${CODE}
  IfSilent 0 +2
  Quit
  Abort
!macroend

; $2 MB on disk $3.
!macro NEED_ROOM
  ${DriveSpace} "$3\" "/D=F /S=M" $1
  ${If} $1 < $2
    !insertmacro REFUSE "$(no_room)" 5
  ${EndIf}
!macroend

Function check_folder
  StrLen $0 $INSTDIR
  ${If} $0 > ${LONGEST}
    !insertmacro REFUSE "$(too_long)" 4
  ${EndIf}
  RMDir /r "${NEW}" ; of an installation that was cut off
  ; Room beside an older version, which goes only afterwards. What is packed is unpacked beside the temporary files first.
  ${GetRoot} "$INSTDIR" $3
  ${GetRoot} "$TEMP" $0
  StrCpy $2 ${MEGABYTES}
  ${If} $0 == $3
    IntOp $2 $2 * 2
  ${EndIf}
  !insertmacro NEED_ROOM
  StrCpy $3 $0
  StrCpy $2 ${MEGABYTES}
  !insertmacro NEED_ROOM
FunctionEnd

; What is done with each name of CONTENTS.
!macro REMOVE_FILE NAME
  Delete "$INSTDIR\${NAME}"
!macroend
!macro REMOVE_FOLDER NAME
  RMDir "$INSTDIR\${NAME}"
!macroend
!macro MAKE_FOLDER NAME
  CreateDirectory "$INSTDIR\${NAME}"
!macroend
!macro PLACE_FILE NAME
  IfFileExists "${NEW}\${NAME}" 0 +3 ; else it is in its place already
  Delete "$INSTDIR\${NAME}"
  Rename "${NEW}\${NAME}" "$INSTDIR\${NAME}"
!macroend
!macro CLEAR_FOLDER NAME
  RMDir "${NEW}\${NAME}"
!macroend

; Half a program is none: what was brought goes again.
Function .onInstFailed
  SetOutPath "$TEMP"
  RMDir /r "${NEW}"
  ${If} $placing == "yes"
    !insertmacro FILES REMOVE_FILE
    !insertmacro FOLDERS REMOVE_FOLDER
    Delete "$INSTDIR\uninstall.exe"
  ${EndIf}
  RMDir "$INSTDIR"
  SetErrorLevel $code
  ${If} $code == 8
    StrCpy $0 "$(as_before)"
    ${If} $placing == "yes"
    ${AndIf} $older != ""
      StrCpy $0 "$(none_left)"
    ${EndIf}
    MessageBox MB_ICONSTOP "$0" /SD IDOK
  ${EndIf}
FunctionEnd

Function un.onUninstFailed
  SetErrorLevel $code
FunctionEnd

!macro RETRY_OR_STOP TEXT CODE
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "${TEXT}" /SD IDCANCEL IDRETRY +3
  StrCpy $code ${CODE}
  Abort
!macroend

; A program that runs cannot be written to: neither replaced nor removed.
!macro WAIT_UNTIL_CLOSED FOLDER
  !insertmacro WAIT_UNTIL_WRITABLE "${FOLDER}\GXDesk.exe"
  !insertmacro WAIT_UNTIL_WRITABLE "${FOLDER}\gxdesk-cli.exe"
!macroend
!macro WAIT_UNTIL_WRITABLE FILE
  ${Do}
    ${IfNot} ${FileExists} "${FILE}"
      ${Break}
    ${EndIf}
    ClearErrors
    FileOpen $0 "${FILE}" a
    ${IfNot} ${Errors}
      FileClose $0
      ${Break}
    ${EndIf}
    !insertmacro RETRY_OR_STOP "$(running)" 6
  ${Loop}
!macroend

; Files with this ending open by a double click.
!macro OPENS ENDING NAME WORDS
  WriteRegStr HKCU "${CLASSES}\${ENDING}" "" "${NAME}"
  WriteRegStr HKCU "${CLASSES}\${NAME}" "" "${WORDS}"
  WriteRegStr HKCU "${CLASSES}\${NAME}\DefaultIcon" "" "$INSTDIR\GXDesk.exe,0"
  WriteRegStr HKCU "${CLASSES}\${NAME}\shell\open\command" "" '"$INSTDIR\GXDesk.exe" "%1"'
!macroend

!macro OPENS_NO_MORE ENDING NAME
  DeleteRegKey HKCU "${CLASSES}\${NAME}"
  ReadRegStr $0 HKCU "${CLASSES}\${ENDING}" ""
  ${If} $0 == "${NAME}"
    DeleteRegKey HKCU "${CLASSES}\${ENDING}"
  ${EndIf}
!macroend

Section
  StrCpy $code 8
  IfSilent 0 +2
  Call check_folder
  ReadRegStr $older HKCU "${KEY}" "folder"
  !insertmacro WAIT_UNTIL_CLOSED "$INSTDIR"
  !insertmacro WAIT_UNTIL_CLOSED "$older"
  SetOutPath "${NEW}"
  File /r "${PROGRAM}/*"
  ${Do}
    ClearErrors
    WriteUninstaller "${NEW}\uninstall.exe"
    ${IfNot} ${Errors}
      ${Break}
    ${EndIf}
    StrCpy $0 "${NEW}\uninstall.exe"
    !insertmacro RETRY_OR_STOP "$(unwritten)" 8
  ${Loop}
  SetOutPath "$INSTDIR" ; the folder one is in cannot be removed
  !insertmacro WAIT_UNTIL_CLOSED "$INSTDIR" ; she may have opened it meanwhile
  !insertmacro WAIT_UNTIL_CLOSED "$older"
  ; What an older version brought goes by its own list. It never touches her data when it is silent.
  ${If} $older != ""
  ${AndIf} ${FileExists} "$older\uninstall.exe"
    ClearErrors
    ExecWait '"$older\uninstall.exe" /S _?=$older' $0
    ${If} ${Errors}
    ${OrIf} $0 != 0
      MessageBox MB_ICONSTOP "$(stays)" /SD IDOK
      StrCpy $code 7
      Abort
    ${EndIf}
    Delete "$older\uninstall.exe"
    RMDir "$older"
  ${EndIf}
  StrCpy $placing "yes"
  SetDetailsPrint none
  !insertmacro FOLDERS MAKE_FOLDER
  ${Do}
    !insertmacro FILES PLACE_FILE
    !insertmacro PLACE_FILE "uninstall.exe"
    !insertmacro FOLDERS CLEAR_FOLDER
    RMDir "${NEW}"
    ${IfNot} ${FileExists} "${NEW}"
      ${Break}
    ${EndIf}
    !insertmacro RETRY_OR_STOP "$(not_placed)" 8
  ${Loop}
  SetDetailsPrint lastused
  ClearErrors
  CreateShortCut "$SMPROGRAMS\GXDesk.lnk" "$INSTDIR\GXDesk.exe" "" "" "" "" "" "$(report)"
  CreateShortCut "$DESKTOP\GXDesk.lnk" "$INSTDIR\GXDesk.exe" "" "" "" "" "" "$(report)"
  WriteRegStr HKCU "${KEY}" "folder" "$INSTDIR"
  !insertmacro OPENS ".gxreport" "${TYPE}" "$(report)"
  WriteRegStr HKCU "${CLASSES}\${TYPE}\shell\print" "" "$(print)"
  WriteRegStr HKCU "${CLASSES}\${TYPE}\shell\print\command" "" '"$INSTDIR\GXDesk.exe" --print "%1"'
  !insertmacro OPENS ".gxhandover" "${HANDOVER}" "$(handover)"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "GXDesk"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\GXDesk.exe"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  ${If} ${Errors} ; the program itself is whole
    MessageBox MB_ICONEXCLAMATION "$(unregistered)" /SD IDOK
    SetErrorLevel 8
  ${EndIf}
  IntOp $0 ${MEGABYTES} * 1024
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" $0
  ${RefreshShellIcons}
SectionEnd

Section "Uninstall"
  !insertmacro WAIT_UNTIL_CLOSED "$INSTDIR"
  !insertmacro FILES REMOVE_FILE
  !insertmacro FOLDERS REMOVE_FOLDER
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\GXDesk.lnk"
  Delete "$DESKTOP\GXDesk.lnk"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "${KEY}"
  !insertmacro OPENS_NO_MORE ".gxreport" "${TYPE}"
  !insertmacro OPENS_NO_MORE ".gxhandover" "${HANDOVER}"
  ${RefreshShellIcons}
  RMDir /r "${DATA}\cache" ; fontconfig's list of fonts, nothing of hers
  IfFileExists "${DATA}\*.*" 0 done
  MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$(data_too)" /SD IDNO IDNO done
  RMDir /r "${DATA}"
  done:
SectionEnd
