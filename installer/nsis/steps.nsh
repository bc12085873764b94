; SPDX-License-Identifier: GPL-3.0-or-later
; The steps of an installation, in the order in which setup.nsi calls them.

!macro _WriteLog TEXT
  Push $R9
  FileOpen $R9 "$LogFile" a
  FileSeek $R9 0 END
  FileWriteUTF16LE /BOM $R9 "${TEXT}$\r$\n"
  FileClose $R9
  Pop $R9
  DetailPrint "${TEXT}"
!macroend
!define Log '!insertmacro _WriteLog'

!macro _StopWith CODE TEXT
  ${Log} "stopped with code ${CODE}"
  MessageBox MB_ICONSTOP "${TEXT}" /SD IDOK
  SetErrorLevel ${CODE}
  Quit
!macroend
!define Stop '!insertmacro _StopWith'

!macro _ReadSwitch NAME VARIABLE
  ClearErrors
  ${GetOptions} $Words "${NAME}" ${VARIABLE}
  ${If} ${Errors}
    StrCpy ${VARIABLE} ""
  ${EndIf}
!macroend
!define ReadSwitch '!insertmacro _ReadSwitch'

Function ReadSwitches
  ${ReadSwitch} "/DATA=" $DataDir
  ${ReadSwitch} "/ENROL=" $Enrolment
  ${ReadSwitch} "/ROOM=" $Room
  ${ReadSwitch} "/AUTOSTART=" $Autostart
  ${ReadSwitch} "/LOG=" $LogFile
  ${ReadSwitch} "/WEB=" $Web
  ${If} $Web == ""
    ReadRegStr $Web SHCTX "Software\${APP}" "Web"
  ${EndIf}
  !ifdef WEB
    ${If} $Web == ""
      ; What was installed without the component stays without it.
      ReadRegStr $0 SHCTX "Software\${APP}" "Version"
      ${If} $0 != ""
        StrCpy $Web 0
      ${EndIf}
    ${EndIf}
    ${If} $Web == 0
    ${AndIf} $Web != ""
      !insertmacro UnselectSection ${SectionWeb}
    ${EndIf}
  !else
    Call RefuseToDropWeb
  !endif
  ${If} $DataDir == ""
    ReadRegStr $DataDir SHCTX "Software\${APP}" "DataDir"
  ${EndIf}
  ${If} $DataDir == ""
    Call ChooseDataDir
  ${EndIf}
  ${If} $Enrolment == ""
  ${AndIf} ${FileExists} "$EXEDIR\enrolment.kezhan"
    StrCpy $Enrolment "$EXEDIR\enrolment.kezhan"
  ${EndIf}
FunctionEnd

!ifndef WEB
; This setup has no web component: what is installed or wanted is never lost silently.
Function RefuseToDropWeb
  ${If} $Web == 1
    MessageBox MB_YESNO|MB_ICONEXCLAMATION|MB_DEFBUTTON2 "$(WebMissing)" /SD IDNO IDYES without
    SetErrorLevel ${EXIT_NO_WEB}
    Quit
    without:
    StrCpy $Web 0
  ${EndIf}
FunctionEnd
!endif

; The first fixed disk other than C:, else ProgramData; never the user's profile.
Function ChooseDataDir
  StrCpy $1 68 ; D
  ${DoWhile} $1 <= 90
    IntFmt $2 "%c" $1
    System::Call 'kernel32::GetDriveTypeW(w "$2:\") i .r0'
    ${If} $0 = 3
      StrCpy $DataDir "$2:\KezhanData"
      Return
    ${EndIf}
    IntOp $1 $1 + 1
  ${Loop}
  ReadEnvStr $0 ProgramData
  StrCpy $DataDir "$0\KezhanData"
FunctionEnd

Function RefuseDowngrade
  ReadRegStr $0 SHCTX "Software\${APP}" "Version"
  ${If} $0 != ""
    ${VersionCompare} "${VERSION}" "$0" $1
    ${If} $1 = 2
      MessageBox MB_ICONSTOP "$(NewerThere)" /SD IDOK
      SetErrorLevel ${EXIT_NEWER_THERE}
      Quit
    ${EndIf}
  ${EndIf}
FunctionEnd

Function DataPage
  !insertmacro MUI_HEADER_TEXT "$(DataTitle)" "$(DataSubtitle)"
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateLabel} 0 0 100% 36u "$(DataHint)"
  Pop $0
  ${NSD_CreateDirRequest} 0 44u 75% 13u "$DataDir"
  Pop $DataField
  ${NSD_CreateBrowseButton} 78% 43u 22% 15u "$(Browse)"
  Pop $1
  ${NSD_OnClick} $1 BrowseData
  nsDialogs::Show
FunctionEnd

Function BrowseData
  nsDialogs::SelectFolderDialog "$(DataTitle)" "$DataDir"
  Pop $0
  ${If} $0 != error
    ${NSD_SetText} $DataField "$0"
  ${EndIf}
FunctionEnd

Function DataPageLeave
  ${NSD_GetText} $DataField $DataDir
  Call IsDataWritable
  Pop $0
  ${If} $0 = 0
    MessageBox MB_ICONEXCLAMATION "$(DataRefused) $DataDir"
    Abort
  ${EndIf}
FunctionEnd

; Pushes 1 when a file can be made in $DataDir, else 0.
Function IsDataWritable
  ; Never a whole disk: every account gets rights on this folder.
  StrLen $0 $DataDir
  ${If} $0 <= 3
    StrCpy $0 $DataDir 1
    StrCpy $DataDir "$0:\KezhanData"
  ${EndIf}
  CreateDirectory "$DataDir"
  ClearErrors
  FileOpen $0 "$DataDir\.setup-probe" w
  ${If} ${Errors}
    Push 0
  ${Else}
    FileClose $0
    Delete "$DataDir\.setup-probe"
    Push 1
  ${EndIf}
FunctionEnd

Function PrepareData
  Call IsDataWritable
  Pop $0
  ${If} $0 = 0
    ${Stop} ${EXIT_DATA_REFUSED} "$(DataRefused) $DataDir"
  ${EndIf}
  ${If} $MultiUser.InstallMode == "AllUsers"
    ; Every account of the machine may change the data; the program stays the administrator's.
    nsExec::Exec 'icacls "$DataDir" /grant *S-1-5-32-545:(OI)(CI)M /C /Q'
    Pop $0
    ${Log} "icacls ended with $0"
  ${EndIf}
FunctionEnd

; Below Program Files only administrators may write; elsewhere on the disk everybody could.
Function ProtectProgram
  ${If} $MultiUser.InstallMode != "AllUsers"
    Return
  ${EndIf}
  StrLen $0 "$PROGRAMFILES64\"
  StrCpy $1 "$INSTDIR" $0
  StrLen $2 "$INSTDIR"
  ${If} $1 == "$PROGRAMFILES64\"
  ${OrIf} $2 <= 3 ; a whole disk is nobody's program folder
    Return
  ${EndIf}
  nsExec::Exec 'icacls "$INSTDIR" /inheritance:r /grant:r *S-1-5-32-544:(OI)(CI)F *S-1-5-18:(OI)(CI)F *S-1-5-32-545:(OI)(CI)RX /C /Q'
  Pop $0
  ${Log} "icacls for the program ended with $0"
FunctionEnd

; Unpacks into <version>.new and renames at the end: half an unpacking is never started.
Function UnpackBeside
  StrCpy $0 "$INSTDIR\versions\${VERSION}"
  RMDir /r "$0.new"
  RMDir /r "$0.old"
  ClearErrors
  SetOutPath "$0.new"
  SetOverwrite on
  File /r "${PAYLOAD}/*"
  !ifdef WEB
    ${If} ${SectionIsSelected} ${SectionWeb}
      StrCpy $Web 1
      File /r "${WEB}/*"
    ${Else}
      StrCpy $Web 0
    ${EndIf}
  !endif
  SetOutPath "$INSTDIR"
  ${If} ${Errors}
    RMDir /r "$0.new"
    ${Stop} ${EXIT_DISK_FULL} "$(DiskFull)"
  ${EndIf}
  ${If} ${FileExists} "$0\*.*"
    ClearErrors
    Rename "$0" "$0.old"
    ${If} ${Errors}
      RMDir /r "$0.new"
      ${Stop} ${EXIT_IN_USE} "$(InUse)"
    ${EndIf}
  ${EndIf}
  ClearErrors
  Rename "$0.new" "$0"
  ${If} ${Errors}
    Rename "$0.old" "$0"
    ${Stop} ${EXIT_DISK_FULL} "$(DiskFull)"
  ${EndIf}
  RMDir /r "$0.old"
  ${Log} "unpacked ${VERSION}"
  ; A running launcher stays as it is: it starts any version.
  SetOverwrite try
  File "${WORK}/launchers/Kezhan.exe"
  File "${WORK}/launchers/kezhan-cli.exe"
  File "${WORK}/kezhan.ico"
  SetOverwrite on
FunctionEnd

; The one moment of the change: a small file is replaced, written through to the disk.
Function SwitchPointer
  StrCpy $1 "none"
  ClearErrors
  FileOpen $0 "$INSTDIR\current" r
  ${IfNot} ${Errors}
    FileRead $0 $1
    FileClose $0
    ${If} $1 != "${VERSION}"
      FileOpen $0 "$INSTDIR\previous.new" w
      FileWrite $0 "$1"
      FileClose $0
      System::Call 'kernel32::MoveFileExW(w "$INSTDIR\previous.new", w "$INSTDIR\previous", i 9)'
    ${EndIf}
  ${EndIf}
  FileOpen $0 "$INSTDIR\current.new" w
  FileWrite $0 "${VERSION}"
  FileClose $0
  ; 9: replace what is there, and return only when it is on the disk
  System::Call 'kernel32::MoveFileExW(w "$INSTDIR\current.new", w "$INSTDIR\current", i 9) i .r2'
  ${If} $2 = 0
    ${Stop} ${EXIT_IN_USE} "$(InUse)"
  ${EndIf}
  ${Log} "current is ${VERSION}, before it was $1"
FunctionEnd

; What the program reads at its start (installer/start.py).
Function WriteInstallation
  ${If} $Room == ""
    ReadRegStr $Room SHCTX "Software\${APP}" "Room"
  ${EndIf}
  FileOpen $0 "$INSTDIR\installation.new" w
  FileWriteUTF16LE /BOM $0 "[kezhan]$\r$\nformat=1$\r$\ndata_dir=$DataDir$\r$\nroom=$Room$\r$\nmode=$MultiUser.InstallMode$\r$\n"
  FileClose $0
  System::Call 'kernel32::MoveFileExW(w "$INSTDIR\installation.new", w "$INSTDIR\installation.ini", i 9)'
FunctionEnd

Function Register
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr SHCTX "Software\${APP}" "InstallDir" "$INSTDIR"
  WriteRegStr SHCTX "Software\${APP}" "DataDir" "$DataDir"
  WriteRegStr SHCTX "Software\${APP}" "Room" "$Room"
  WriteRegStr SHCTX "Software\${APP}" "Version" "${VERSION}"
  ${If} $Web != ""
    WriteRegStr SHCTX "Software\${APP}" "Web" "$Web"
  ${EndIf}
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayName" "${TITLE}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\kezhan.ico"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "Publisher" "${APP}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe" /$MultiUser.InstallMode'
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /$MultiUser.InstallMode /S'
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR\versions\${VERSION}" "/S=0K" $0 $1 $2
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "EstimatedSize" $0

  WriteRegStr SHCTX "Software\Classes\.kezhan" "" "${APP}.File"
  WriteRegStr SHCTX "Software\Classes\${APP}.File" "" "$(FileType)"
  WriteRegStr SHCTX "Software\Classes\${APP}.File\DefaultIcon" "" "$INSTDIR\kezhan.ico"
  WriteRegStr SHCTX "Software\Classes\${APP}.File\shell\open\command" "" '"$INSTDIR\${APP}.exe" "%1"'
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'

  CreateShortCut "$SMPROGRAMS\${TITLE}.lnk" "$INSTDIR\${APP}.exe" "" "$INSTDIR\kezhan.ico"
  CreateShortCut "$DESKTOP\${TITLE}.lnk" "$INSTDIR\${APP}.exe" "" "$INSTDIR\kezhan.ico"
  ${If} $Autostart == 1
    WriteRegStr SHCTX "${RUN_KEY}" "${APP}" '"$INSTDIR\${APP}.exe" --in-tray'
  ${ElseIf} $Autostart == 0
  ${AndIf} $Autostart != ""
    DeleteRegValue SHCTX "${RUN_KEY}" "${APP}"
  ${EndIf}
FunctionEnd

; Joins the region and imports what lies beside the setup, so that one stick brings up a school.
Function RunErrands
  ${If} $Enrolment != ""
    Push 'enrol "$Enrolment"'
    Call RunErrand
    ; Whoever installs for this computer also says whose updates it may run.
    Push 'update --trust "$Enrolment"'
    Call RunErrand
  ${EndIf}
  ${If} ${FileExists} "$EXEDIR\KezhanRegion\*.*"
    Push 'stick import "$EXEDIR\KezhanRegion"'
    Call RunErrand
  ${EndIf}
  ${If} $Failure <> 0
    MessageBox MB_ICONEXCLAMATION "$(ErrandFailed)" /SD IDOK
  ${EndIf}
FunctionEnd

Function RunErrand
  Pop $1
  ${Log} "errand: $1"
  nsExec::ExecToStack '"$INSTDIR\versions\${VERSION}\kezhan-cli.exe" $1 --json --language en --data-dir "$DataDir"'
  Pop $0
  Pop $2
  ${Log} "errand ended with $0: $2"
  ${If} $0 != 0
    StrCpy $Failure ${EXIT_ERRAND_FAILED}
  ${EndIf}
FunctionEnd

; The version before stays for the way back; older ones go, unless they are still running.
Function RemoveOldVersions
  StrCpy $3 ""
  ClearErrors
  FileOpen $0 "$INSTDIR\previous" r
  ${IfNot} ${Errors}
    FileRead $0 $3
    FileClose $0
  ${EndIf}
  FindFirst $0 $1 "$INSTDIR\versions\*.*"
  ${DoWhile} $1 != ""
    ${If} $1 != "."
    ${AndIf} $1 != ".."
    ${AndIf} $1 != "${VERSION}"
    ${AndIf} $1 != $3
      RMDir /r "$INSTDIR\versions\$1"
    ${EndIf}
    FindNext $0 $1
  ${Loop}
  FindClose $0
FunctionEnd
