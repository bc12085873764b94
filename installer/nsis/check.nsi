; SPDX-License-Identifier: GPL-3.0-or-later
; 检查.exe: says on any Windows since 7 whether this machine can run Kezhan, and adds a line to a list.
;   OUT  the program to write     STUB  x86-unicode     WORK  kezhan.ico
; 检查.exe /S writes the line only; exit code 0: can run, 1: cannot.
Unicode true
Target ${STUB}
!define TITLE "课栈 Kezhan"
!define OLDEST_BUILD 17763      ; Windows 10 1809
!define LEAST_MEMORY_MB 3500    ; 4 GB less what the graphics take
!define LEAST_FREE_MB 2000
Name "${TITLE} 检查"
OutFile "${OUT}"
Icon "${WORK}/kezhan.ico"
RequestExecutionLevel user
ManifestDPIAware true
ManifestSupportedOS all
SilentInstall silent
VIProductVersion "${NUMBERS}"
VIAddVersionKey /LANG=2052 "ProductName" "${TITLE}"
VIAddVersionKey /LANG=2052 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=2052 "FileDescription" "${TITLE} 检查"
VIAddVersionKey /LANG=2052 "LegalCopyright" "GPL-3.0-or-later"
LoadLanguageFile "${NSISDIR}/Contrib/Language files/SimpChinese.nlf"
!include FileFunc.nsh
!include LogicLib.nsh
!include WinVer.nsh
!include x64.nsh

Var Reasons
Var Build
Var MemoryMb
Var FreeMb
Var DataDisk
Var Words

!macro Refuse TEXT
  StrCpy $Reasons "$Reasons${TEXT}$\r$\n"
!macroend

Function LookAtMemory
  System::Call '*(i 64, i, l, l, l, l, l, l, l) p .r0'
  System::Call 'kernel32::GlobalMemoryStatusEx(p r0)'
  System::Call '*$0(i, i, l .r1)'
  System::Free $0
  System::Int64Op $1 / 1048576
  Pop $MemoryMb
FunctionEnd

; The fixed disk on which the setup would put the data.
Function LookAtDisks
  StrCpy $DataDisk "C"
  StrCpy $1 68 ; D
  ${DoWhile} $1 <= 90
    IntFmt $2 "%c" $1
    System::Call 'kernel32::GetDriveTypeW(w "$2:\") i .r0'
    ${If} $0 = 3
      StrCpy $DataDisk $2
      ${Break}
    ${EndIf}
    IntOp $1 $1 + 1
  ${Loop}
  System::Call 'kernel32::GetDiskFreeSpaceExW(w "$DataDisk:\", *l .r3, p 0, p 0)'
  System::Int64Op $3 / 1048576
  Pop $FreeMb
FunctionEnd

Section
  ${WinVerGetBuild} $Build
  Call LookAtMemory
  Call LookAtDisks
  ${IfNot} ${RunningX64}
    !insertmacro Refuse "需要 64 位 Windows，这台电脑是 32 位的。"
  ${EndIf}
  ${If} $Build < ${OLDEST_BUILD}
    !insertmacro Refuse "需要 Windows 10（1809）或更新的系统。"
  ${EndIf}
  ${If} $MemoryMb < ${LEAST_MEMORY_MB}
    !insertmacro Refuse "需要 4 GB 内存，这台电脑只有 $MemoryMb MB。"
  ${EndIf}
  ${If} $FreeMb < ${LEAST_FREE_MB}
    !insertmacro Refuse "$DataDisk 盘需要 2 GB 空间，只剩 $FreeMb MB。"
  ${EndIf}
  Call AddLine
  ${GetParameters} $Words
  ClearErrors
  ${GetOptions} $Words "/S" $0
  ${If} $Reasons == ""
    ${If} ${Errors}
      MessageBox MB_ICONINFORMATION "这台电脑可以运行课栈。$\r$\n数据将放在 $DataDisk 盘，剩余 $FreeMb MB。"
    ${EndIf}
    SetErrorLevel 0
  ${Else}
    ${If} ${Errors}
      MessageBox MB_ICONEXCLAMATION "这台电脑不能运行课栈：$\r$\n$Reasons"
    ${EndIf}
    SetErrorLevel 1
  ${EndIf}
SectionEnd

; A line for the county's list: spreadsheets open UTF-16 with tabs.
Function AddLine
  ReadRegStr $4 HKLM "SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName" "ComputerName"
  ${GetTime} "" "L" $5 $6 $7 $8 $9 $R0 $R1
  ${If} $Reasons == ""
    StrCpy $R2 "可以"
  ${Else}
    StrCpy $R2 "不可以"
  ${EndIf}
  StrCpy $R3 "$EXEDIR\检查结果.txt"
  ${If} ${FileExists} $R3
    FileOpen $R4 $R3 a
    FileSeek $R4 0 END
  ${Else}
    FileOpen $R4 $R3 a
    FileWriteUTF16LE /BOM $R4 "时间$\t计算机$\t系统版本$\t内存 MB$\t数据盘$\t剩余 MB$\t结论$\t原因$\r$\n"
  ${EndIf}
  StrCpy $R5 $Reasons -2
  FileWriteUTF16LE $R4 "$7-$6-$5 $9:$R0$\t$4$\t$Build$\t$MemoryMb$\t$DataDisk$\t$FreeMb$\t$R2$\t$R5$\r$\n"
  FileClose $R4
FunctionEnd
