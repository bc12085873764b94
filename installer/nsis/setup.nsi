; SPDX-License-Identifier: GPL-3.0-or-later
; The Windows setup. installer/setup.py runs: makensis -INPUTCHARSET UTF8 -DVERSION=… -DPAYLOAD=… …
;   VERSION    1.2.3                  NUMBERS   1.2.3.0
;   PAYLOAD    the frozen folder      WORK      launchers\, kezhan.ico, LICENSE.txt
;   OUT        the setup to write     STUB      x86-unicode or amd64-unicode
;   SIZE_KB    (optional) what the payload takes, for the page that says so
;   WEB        (optional) Qt WebEngine's files, a component; WEB_KB what they take
;   SIGNER     (optional) the command that signs the uninstaller
;   FAST       (optional) quick compression, for trying only
Unicode true
Target ${STUB}
!define APP "Kezhan"
!define TITLE "课栈 Kezhan"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${APP}"
!define RUN_KEY "Software\Microsoft\Windows\CurrentVersion\Run"
!define OLDEST_BUILD 17763                 ; Windows 10 1809

Name "${TITLE}"
OutFile "${OUT}"
BrandingText "${TITLE} ${VERSION}"
ManifestDPIAware true
ManifestLongPathAware true
ManifestSupportedOS all
!ifdef FAST
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 64
!endif
!ifdef SIGNER
  !uninstfinalize '${SIGNER} "%1"' = 0
!endif
VIProductVersion "${NUMBERS}"
VIAddVersionKey /LANG=2052 "ProductName" "${TITLE}"
VIAddVersionKey /LANG=2052 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=2052 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=2052 "FileDescription" "${TITLE} 安装程序"
VIAddVersionKey /LANG=2052 "LegalCopyright" "GPL-3.0-or-later"

; Exit codes; 0, 1 (cancelled) and 2 (stopped) are those of NSIS itself.
!define EXIT_NOT_64_BIT 3
!define EXIT_OLD_WINDOWS 4
!define EXIT_IN_USE 5
!define EXIT_NEWER_THERE 6
!define EXIT_ERRAND_FAILED 7
!define EXIT_DATA_REFUSED 8
!define EXIT_DISK_FULL 9
!define EXIT_NO_WEB 10

!define MULTIUSER_EXECUTIONLEVEL Highest
!define MULTIUSER_MUI
!define MULTIUSER_INSTALLMODE_COMMANDLINE  ; /AllUsers  /CurrentUser
!define MULTIUSER_USE_PROGRAMFILES64
!define MULTIUSER_INSTALLMODE_INSTDIR "${APP}"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_KEY "Software\${APP}"
!define MULTIUSER_INSTALLMODE_INSTDIR_REGISTRY_VALUENAME "InstallDir"
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_KEY "Software\${APP}"
!define MULTIUSER_INSTALLMODE_DEFAULT_REGISTRY_VALUENAME "InstallDir"
!include MultiUser.nsh
!include MUI2.nsh
!include nsDialogs.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WinVer.nsh
!include Sections.nsh
!include StrFunc.nsh
!include WordFunc.nsh
!include x64.nsh
${Using:StrFunc} UnStrStr

Var Words        ; the command line
Var DataDir
Var DataField
Var Enrolment
Var Room
Var Autostart    ; "", 0 or 1
Var Web          ; "", 0 or 1
Var LogFile
Var Failure      ; exit code of an errand that failed, else 0

!define MUI_ICON "${WORK}/kezhan.ico"
!define MUI_UNICON "${WORK}/kezhan.ico"
!if /FileExists "${WORK}/welcome.bmp"
  !define MUI_WELCOMEFINISHPAGE_BITMAP "${WORK}/welcome.bmp"
!endif
!define MUI_ABORTWARNING
!define MUI_WELCOMEPAGE_TEXT "$(WelcomeText)"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE "${WORK}/licences/LICENSE.txt"
!insertmacro MULTIUSER_PAGE_INSTALLMODE
!ifdef WEB
  !insertmacro MUI_PAGE_COMPONENTS
!endif
!insertmacro MUI_PAGE_DIRECTORY
Page custom DataPage DataPageLeave
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\${APP}.exe"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "English"
!include "words.nsh"
!ifdef WEB
  ; Unpacked by UnpackBeside, together with the program, so that half of it is never started.
  Section "$(WebName)" SectionWeb
    AddSize ${WEB_KB}
  SectionEnd
!endif
!include "steps.nsh"

Function .onInit
  ${GetParameters} $Words
  StrCpy $Failure 0
  ${IfNot} ${RunningX64}
    MessageBox MB_ICONSTOP "$(Need64Bit)" /SD IDOK
    SetErrorLevel ${EXIT_NOT_64_BIT}
    Quit
  ${EndIf}
  ${IfNot} ${AtLeastBuild} ${OLDEST_BUILD}
    MessageBox MB_ICONSTOP "$(NeedWindows10)" /SD IDOK
    SetErrorLevel ${EXIT_OLD_WINDOWS}
    Quit
  ${EndIf}
  SetRegView 64
  !insertmacro MULTIUSER_INIT
  ; MultiUser.nsh sets $INSTDIR after NSIS has read its own /D=, so this switch has its own name.
  ClearErrors
  ${GetOptions} $Words "/DIR=" $0
  ${IfNot} ${Errors}
    StrCpy $INSTDIR $0
  ${EndIf}
  Call ReadSwitches
  Call RefuseDowngrade
  ${IfNot} ${Silent}
    !insertmacro MUI_LANGDLL_DISPLAY
  ${EndIf}
FunctionEnd

Section "-Program"
  !ifdef SIZE_KB
    AddSize ${SIZE_KB} ; the files are unpacked by a function, which NSIS does not count
  !endif
  SetRegView 64
  CreateDirectory "$INSTDIR"
  ${If} $LogFile == ""
    StrCpy $LogFile "$INSTDIR\install.log"
  ${EndIf}
  ${Log} "setup ${VERSION} into $INSTDIR, data in $DataDir"
  Call PrepareData
  Call ProtectProgram
  Call UnpackBeside
  Call SwitchPointer
  Call WriteInstallation
  Call Register
  Call RunErrands
  Call RemoveOldVersions
  ${Log} "finished with code $Failure"
  SetErrorLevel $Failure
SectionEnd

!include "uninstall.nsh"
