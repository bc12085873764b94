; SPDX-License-Identifier: GPL-3.0-or-later
!macro Say NAME CHINESE ENGLISH
  LangString ${NAME} ${LANG_SIMPCHINESE} "${CHINESE}"
  LangString ${NAME} ${LANG_ENGLISH} "${ENGLISH}"
!macroend

!insertmacro Say Need64Bit "课栈需要 64 位 Windows。这台电脑是 32 位的，不能安装。" "Kezhan needs 64-bit Windows. This computer has 32 bits."
!insertmacro Say NeedWindows10 "课栈需要 Windows 10（1809）或更新的系统。这台电脑的系统太旧，不能安装。" "Kezhan needs Windows 10 (1809) or newer. This computer's Windows is too old."
!insertmacro Say WelcomeText "课栈把区域的课程资源放在这台电脑上，没有网络也能上课。$\r$\n$\r$\n安装不需要网络，也不必关闭其他程序；装有旧版本时，数据和设置都会保留。" "Kezhan keeps the region's lessons on this computer and plays them without a network.$\r$\n$\r$\nThe setup needs no network, and nothing has to be closed; data and settings of an older version stay."
!insertmacro Say NewerThere "这台电脑上已经装有更新的版本，没有做任何改动。" "A newer version is already installed; nothing was changed."
!insertmacro Say InUse "课栈正在使用。请关闭后再试一次。" "Kezhan is in use. Please close it and try again."
!insertmacro Say DiskFull "磁盘空间不够或无法写入，原来的版本没有改动。" "The disk is full or cannot be written; the version before is untouched."
!insertmacro Say DataTitle "数据放在哪里" "Where the data goes"
!insertmacro Say DataSubtitle "课程、使用记录和设置都放在这个文件夹里。" "Lessons, usage records and settings are kept in this folder."
!insertmacro Say DataHint "请选 C 盘以外的磁盘：装有冰点还原的电脑重启后，C 盘上的数据会消失。" "Choose a disk other than C:. On computers that restore C: at every start, data there is lost."
!insertmacro Say Browse "浏览…" "Browse…"
!insertmacro Say DataRefused "这个文件夹不能写入：" "This folder cannot be written:"
!insertmacro Say ErrandFailed "课栈已经装好，但是加入区域或导入资源没有成功。打开课栈后可以再试。" "Kezhan is installed, but joining the region or importing its packages failed. Try again in Kezhan."
!insertmacro Say AskData "要把课程、使用记录和设置也一起删除吗？选“否”就保留：" "Delete the lessons, usage records and settings too? With No they stay:"
!ifdef WEB
  !insertmacro Say WebName "网页课件（另占约 ${WEB_MB} MB）" "Web courseware (${WEB_MB} MB more)"
!else
  !insertmacro Say WebMissing "这台电脑装有（或要求装）“网页课件”组件，而这个安装程序里没有它。请改用文件名带 web 的安装程序。$\r$\n$\r$\n要不带这个组件继续吗？网页课件将不能打开。" "This computer has (or wants) the component “Web courseware”, which this setup does not contain. Use the setup with “web” in its name.$\r$\n$\r$\nGo on without it? Web courseware will not open."
!endif
!insertmacro Say FileType "课栈文件" "Kezhan file"
