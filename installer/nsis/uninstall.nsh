; SPDX-License-Identifier: GPL-3.0-or-later
; Removes the program. The data stays unless the user says otherwise, or /PURGE with /S.

Function un.onInit
  SetRegView 64
  !insertmacro MULTIUSER_UNINIT
FunctionEnd

Section "Uninstall"
  SetRegView 64
  ReadRegStr $DataDir SHCTX "Software\${APP}" "DataDir"
  Call un.RefuseWhileRunning
  Delete "$INSTDIR\${APP}.exe"
  Delete "$INSTDIR\kezhan-cli.exe"
  Delete "$INSTDIR\kezhan.ico"
  Delete "$INSTDIR\current"
  Delete "$INSTDIR\previous"
  Delete "$INSTDIR\installation.ini"
  Delete "$INSTDIR\*.new"
  Delete "$INSTDIR\install.log"
  Delete "$INSTDIR\uninstall.exe"
  RMDir /r "$INSTDIR\versions"
  RMDir /r "$INSTDIR\updates"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${TITLE}.lnk"
  Delete "$DESKTOP\${TITLE}.lnk"
  Call un.RemoveAutostart
  DeleteRegKey SHCTX "${UNINSTALL_KEY}"
  DeleteRegKey SHCTX "Software\Classes\${APP}.File"
  ReadRegStr $0 SHCTX "Software\Classes\.kezhan" ""
  ${If} $0 == "${APP}.File"
    DeleteRegKey SHCTX "Software\Classes\.kezhan"
  ${EndIf}
  DeleteRegKey SHCTX "Software\${APP}"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
  Call un.OfferToDeleteData
SectionEnd

; The administrator's switch, and what the accounts whose registry is open switched on themselves.
Function un.RemoveAutostart
  DeleteRegValue SHCTX "${RUN_KEY}" "${APP}"
  StrCpy $0 0
  ${Do}
    EnumRegKey $1 HKU "" $0
    ${If} $1 == ""
      ${Break}
    ${EndIf}
    ReadRegStr $2 HKU "$1\${RUN_KEY}" "${APP}"
    ${UnStrStr} $3 $2 "$INSTDIR\${APP}.exe" ; a portable program elsewhere keeps its own
    ${If} $3 != ""
      DeleteRegValue HKU "$1\${RUN_KEY}" "${APP}"
    ${EndIf}
    IntOp $0 $0 + 1
  ${Loop}
FunctionEnd

; Nothing is removed while a lesson runs: a running program cannot be opened for writing.
Function un.RefuseWhileRunning
  FindFirst $0 $1 "$INSTDIR\versions\*.*"
  ${DoWhile} $1 != ""
    ${If} ${FileExists} "$INSTDIR\versions\$1\kezhan-cli.exe"
      StrCpy $3 "$INSTDIR\versions\$1\${APP}.exe"
      StrCpy $4 "$INSTDIR\versions\$1\kezhan-cli.exe"
      ClearErrors
      FileOpen $2 $3 a
      FileClose $2
      FileOpen $2 $4 a
      FileClose $2
      ${If} ${Errors}
        FindClose $0
        MessageBox MB_ICONSTOP "$(InUse)" /SD IDOK
        SetErrorLevel ${EXIT_IN_USE}
        Quit
      ${EndIf}
    ${EndIf}
    FindNext $0 $1
  ${Loop}
  FindClose $0
FunctionEnd

; Only a folder that carries our marker is ever deleted: the path may have been edited.
Function un.OfferToDeleteData
  ; Data that was moved has left a note of where it went; without the data the note goes too.
  StrCpy $5 ""
  ClearErrors
  FileOpen $0 "$DataDir\moved-to.txt" r
  ${IfNot} ${Errors}
    FileReadUTF16LE $0 $1
    FileClose $0
    ${If} ${FileExists} "$1\kezhan-data.json"
      StrCpy $5 $DataDir
      StrCpy $DataDir $1
    ${EndIf}
  ${EndIf}
  ${IfNot} ${FileExists} "$DataDir\kezhan-data.json"
    Return
  ${EndIf}
  ${un.GetParameters} $0
  ClearErrors
  ${un.GetOptions} $0 "/PURGE" $1
  ${If} ${Errors}
    MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$(AskData)$\r$\n$DataDir" /SD IDNO IDYES delete
    Return
    delete:
  ${EndIf}
  RMDir /r "$DataDir"
  ${If} $5 != ""
  ${AndIf} ${FileExists} "$5\kezhan-data.json"
    RMDir /r "$5"
  ${EndIf}
FunctionEnd
