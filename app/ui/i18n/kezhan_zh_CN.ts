<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>BellLeft</name>
    <message>
        <source>%n min to the bell</source>
        <translation>离下课 %n 分钟</translation>
    </message>
</context>
<context>
    <name>BlankBoard</name>
    <message>
        <source>Background</source>
        <translation>换底色</translation>
    </message>
    <message>
        <source>Close board</source>
        <translation>关空白板</translation>
    </message>
</context>
<context>
    <name>Books</name>
    <message>
        <source>The whole book</source>
        <translation>整本书</translation>
    </message>
    <message>
        <source>For the whole unit</source>
        <translation>单元资源</translation>
    </message>
    <message>
        <source>For the whole book</source>
        <translation>整本书的资源</translation>
    </message>
    <message>
        <source>Last time up to here</source>
        <translation>上次讲到这里</translation>
    </message>
    <message>
        <source>Not on this machine yet</source>
        <translation>本机还没有</translation>
    </message>
    <message>
        <source>{count} things to show</source>
        <translation>{count} 项可放</translation>
    </message>
</context>
<context>
    <name>ChapterModel</name>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Not given</source>
        <translation>未注明</translation>
    </message>
</context>
<context>
    <name>ClassBar</name>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>USB stick: open or keep</source>
        <translation>U盘：打开/收进本机</translation>
    </message>
    <message>
        <source>{name}?</source>
        <translation>{name}？</translation>
    </message>
    <message>
        <source>Choose class</source>
        <translation>选班级</translation>
    </message>
    <message>
        <source>Choose subject</source>
        <translation>选学科</translation>
    </message>
    <message>
        <source>Who is teaching?</source>
        <translation>谁在上课？</translation>
    </message>
    <message>
        <source>period {number} · {start}–{end}</source>
        <translation>第{number}节 · {start}–{end}</translation>
    </message>
</context>
<context>
    <name>ContentsPart</name>
    <message>
        <source>All books</source>
        <translation>全部课本</translation>
    </message>
    <message>
        <source>Nothing in this book yet</source>
        <translation>这本书还没有内容</translation>
    </message>
</context>
<context>
    <name>DetailsPage</name>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Teach</source>
        <translation>授课</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>Add to lesson list</source>
        <translation>加入备课单</translation>
    </message>
    <message>
        <source>In this lesson</source>
        <translation>本课资源</translation>
    </message>
    <message>
        <source>About</source>
        <translation>资源信息</translation>
    </message>
    <message>
        <source>a newer one exists</source>
        <translation>已有新版</translation>
    </message>
    <message>
        <source>It is on this machine, but no program here can show this kind of file.</source>
        <translation>文件已在本机，但这台电脑上没有能打开这种格式的程序。</translation>
    </message>
    <message>
        <source>It is being fetched and will be here by tomorrow morning.</source>
        <translation>已经安排下载，明早可用。</translation>
    </message>
    <message>
        <source>Will be fetched as soon as there is a connection.</source>
        <translation>已记下，一有网络就会自动下载。</translation>
    </message>
    <message>
        <source>Not on this machine yet. Download it once and it plays without a network.</source>
        <translation>本机还没有。下载一次，以后没有网络也能放。</translation>
    </message>
    <message>
        <source>The region lists it, but has published no file for it.</source>
        <translation>目录里有这一项，但还没有发布可以打开的文件。</translation>
    </message>
    <message>
        <source>The file is no longer on this machine.</source>
        <translation>文件已经不在本机。</translation>
    </message>
    <message>
        <source>Download asked for</source>
        <translation>已加入下载</translation>
    </message>
    <message>
        <source>In favourites</source>
        <translation>已收藏</translation>
    </message>
    <message>
        <source>New lesson list</source>
        <translation>新建备课单</translation>
    </message>
    <message>
        <source>Added</source>
        <translation>已加入</translation>
    </message>
</context>
<context>
    <name>ExercisePrint</name>
    <message>
        <source>Answers: {title}</source>
        <translation>答案：{title}</translation>
    </message>
</context>
<context>
    <name>ExerciseView</name>
    <message>
        <source>Hide the answer</source>
        <translation>收起答案</translation>
    </message>
    <message>
        <source>Show the answer</source>
        <translation>看答案</translation>
    </message>
    <message>
        <source>Question {page} of {pages}</source>
        <translation>第 {page} 题，共 {pages} 题</translation>
    </message>
</context>
<context>
    <name>FacetDelegate</name>
    <message>
        <source>{count} more</source>
        <translation>还有 {count} 项</translation>
    </message>
</context>
<context>
    <name>Facts</name>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Version of</source>
        <translation>版本日期</translation>
    </message>
    <message>
        <source>Textbook revision</source>
        <translation>新旧教材</translation>
    </message>
    <message>
        <source>For</source>
        <translation>适用</translation>
    </message>
    <message>
        <source>From</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可</translation>
    </message>
    <message>
        <source>Keywords</source>
        <translation>关键词</translation>
    </message>
    <message>
        <source>About it</source>
        <translation>简介</translation>
    </message>
</context>
<context>
    <name>FailureCard</name>
    <message>
        <source>Back to the lessons</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Next one</source>
        <translation>下一个</translation>
    </message>
    <message>
        <source>Open with another program</source>
        <translation>用其他程序打开</translation>
    </message>
</context>
<context>
    <name>Grip</name>
    <message>
        <source>Unfold the bar</source>
        <translation>展开工具条</translation>
    </message>
    <message>
        <source>Fold the bar</source>
        <translation>收起工具条</translation>
    </message>
</context>
<context>
    <name>Hero</name>
    <message>
        <source>Go on from there</source>
        <translation>接着上</translation>
    </message>
    <message>
        <source>{who} · last time up to</source>
        <translation>{who} · 上次讲到</translation>
    </message>
    <message>
        <source>Last time up to</source>
        <translation>上次讲到</translation>
    </message>
    <message>
        <source>Next: {lesson}</source>
        <translation>下一课：{lesson}</translation>
    </message>
</context>
<context>
    <name>HomePage</name>
    <message>
        <source>Textbooks</source>
        <translation>课本</translation>
    </message>
    <message>
        <source>Lesson lists</source>
        <translation>备课单</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Favourites</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新到</translation>
    </message>
    <message>
        <source>Put what a lesson needs in order; then it plays one after the other.</source>
        <translation>把一节课要用的东西排好，上课时一个接一个放。</translation>
    </message>
    <message>
        <source>New in {subject}</source>
        <translation>{subject}有什么新的</translation>
    </message>
    <message>
        <source>New for my subjects</source>
        <translation>我的学科有什么新的</translation>
    </message>
    <message>
        <source>No lesson is on this machine yet</source>
        <translation>本机还没有课</translation>
    </message>
    <message>
        <source>Lessons come with the next sync or from a USB stick.</source>
        <translation>下次同步，或者插入 U 盘，课就来了。</translation>
    </message>
    <message>
        <source>Look in the library</source>
        <translation>去资源库看看</translation>
    </message>
</context>
<context>
    <name>HomeQuestions</name>
    <message>
        <source>Which room is this?</source>
        <translation>这是哪个教室？</translation>
    </message>
    <message>
        <source>An office or home computer</source>
        <translation>办公室或家用电脑</translation>
    </message>
    <message>
        <source>Which class is it?</source>
        <translation>哪个班上课？</translation>
    </message>
    <message>
        <source>This class</source>
        <translation>就是这个班</translation>
    </message>
    <message>
        <source>Another class</source>
        <translation>其他班级，例如 三(2)班</translation>
    </message>
    <message>
        <source>All subjects</source>
        <translation>全部学科</translation>
    </message>
    <message>
        <source>Which subject?</source>
        <translation>上哪一科？</translation>
    </message>
    <message>
        <source>Who is teaching?</source>
        <translation>谁在上课？</translation>
    </message>
    <message>
        <source>For the register of this room only; names never leave this machine.</source>
        <translation>只用于本机的使用登记表，姓名不会离开这台电脑。</translation>
    </message>
    <message>
        <source>Nobody for now</source>
        <translation>先不选</translation>
    </message>
    <message>
        <source>Another name</source>
        <translation>其他老师的姓名</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>PIN of {name}</source>
        <translation>{name}的 PIN</translation>
    </message>
    <message>
        <source>PIN</source>
        <translation>PIN</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>好</translation>
    </message>
</context>
<context>
    <name>LessonStage</name>
    <message>
        <source>Press once more for: {title}</source>
        <translation>再按一次：{title}</translation>
    </message>
    <message>
        <source>What was written here before is shown; Wipe removes it</source>
        <translation>已显示上次写的笔迹，不要可点“清除”</translation>
    </message>
</context>
<context>
    <name>LessonTimer</name>
    <message>
        <source>To the bell</source>
        <translation>到下课</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>归零</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>{count} min</source>
        <translation>{count} 分钟</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
</context>
<context>
    <name>LibraryPage</name>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Search lessons: words, pinyin or initials</source>
        <translation>搜课题、知识点、拼音或首字母</translation>
    </message>
    <message>
        <source>Plays here</source>
        <translation>本机能放</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>What is shown</source>
        <translation>显示范围</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>Best match</source>
        <translation>最相关</translation>
    </message>
    <message>
        <source>Most used</source>
        <translation>最常用</translation>
    </message>
    <message>
        <source>Newest</source>
        <translation>最新</translation>
    </message>
    <message>
        <source>Contents and filters</source>
        <translation>目录与筛选</translation>
    </message>
    <message>
        <source>Lessons</source>
        <translation>资源</translation>
    </message>
    <message>
        <source>Nothing that plays here</source>
        <translation>本机没有能放的</translation>
    </message>
    <message>
        <source>Perhaps the whole catalogue has it; it can be downloaded from there.</source>
        <translation>也许全部资源里有，可以从那里下载到本机。</translation>
    </message>
    <message>
        <source>Look in all resources</source>
        <translation>到全部资源里找</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>没有找到</translation>
    </message>
    <message>
        <source>Try fewer or other words, or switch some filters off.</source>
        <translation>换个词或少输几个字，也可以去掉一些筛选条件。</translation>
    </message>
    <message>
        <source>Start over</source>
        <translation>清空条件</translation>
    </message>
    <message>
        <source>No lesson is on this machine yet</source>
        <translation>本机还没有课</translation>
    </message>
    <message>
        <source>Lessons come with the next sync or from a USB stick.</source>
        <translation>下次同步，或者插入 U 盘，课就来了。</translation>
    </message>
    <message>
        <source>The catalogue is still empty</source>
        <translation>目录还是空的</translation>
    </message>
    <message>
        <source>It fills by itself as soon as a line or a USB stick is there.</source>
        <translation>一有网络或插入 U 盘，就会自动取回目录。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>再试一次</translation>
    </message>
</context>
<context>
    <name>LineCard</name>
    <message>
        <source>Line</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>At most</source>
        <translation>最高速度</translation>
    </message>
    <message>
        <source>No limit</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>The line costs by volume: hold the limit at night too, fetch nothing ahead</source>
        <translation>按流量计费：夜里也限速，不提前下载</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开</translation>
    </message>
    <message>
        <source>Lessons that arrive in a folder of this machine, by satellite for example, are taken from it by themselves.</source>
        <translation>资源若先到达本机某个文件夹（例如卫星接收目录），会自动导入。</translation>
    </message>
    <message>
        <source>Choose folder …</source>
        <translation>选择文件夹…</translation>
    </message>
    <message>
        <source>Watch no folder</source>
        <translation>不再接收</translation>
    </message>
    <message>
        <source>The folder that lessons arrive in</source>
        <translation>接收资源的文件夹</translation>
    </message>
</context>
<context>
    <name>ListTravel</name>
    <message>
        <source>Being brought in: {percent} %</source>
        <translation>正在导入：{percent}%</translation>
    </message>
    <message>
        <source>The lesson list has been brought in.</source>
        <translation>备课单已导入。</translation>
    </message>
    <message>
        <source>Being written: {percent} %</source>
        <translation>正在导出：{percent}%</translation>
    </message>
    <message>
        <source>Written to {path}</source>
        <translation>已导出到 {path}</translation>
    </message>
    <message>
        <source>Being copied: {percent} %</source>
        <translation>正在收进本机：{percent}%</translation>
    </message>
    <message>
        <source>Kept on this machine; the stick can be pulled.</source>
        <translation>已收进本机，U盘可以拔了。</translation>
    </message>
    <message>
        <source>A lesson list still needs this file.</source>
        <translation>还有备课单要用这个文件。</translation>
    </message>
</context>
<context>
    <name>Lists</name>
    <message>
        <source>kept offline</source>
        <translation>离线保留</translation>
    </message>
</context>
<context>
    <name>ListsPage</name>
    <message>
        <source>Lesson lists</source>
        <translation>备课单</translation>
    </message>
    <message>
        <source>Favourites</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>Lists</source>
        <translation>备课单</translation>
    </message>
    <message>
        <source>Own files</source>
        <translation>我的文件</translation>
    </message>
    <message>
        <source>Last used</source>
        <translation>最近使用</translation>
    </message>
    <message>
        <source>Preparing</source>
        <translation>备课</translation>
    </message>
    <message>
        <source>New lesson list</source>
        <translation>新建备课单</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>USB stick: open or keep</source>
        <translation>U盘：打开/收进本机</translation>
    </message>
    <message>
        <source>Delete the chosen file</source>
        <translation>删除选中的文件</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Resources</source>
        <translation>资源</translation>
    </message>
    <message>
        <source>Preparing lessons</source>
        <translation>备课</translation>
    </message>
    <message>
        <source>No lesson list yet</source>
        <translation>还没有备课单</translation>
    </message>
    <message>
        <source>Put the resources of a lesson in order, then play them one after another.</source>
        <translation>把一节课要用的资源排好，上课时一个接一个放。</translation>
    </message>
    <message>
        <source>No favourites yet</source>
        <translation>还没有收藏</translation>
    </message>
    <message>
        <source>Open a resource and press “Favourite”; it is found here again.</source>
        <translation>打开一个资源，点“收藏”，以后在这里就能找到。</translation>
    </message>
    <message>
        <source>No files of your own yet</source>
        <translation>还没有自己的文件</translation>
    </message>
    <message>
        <source>Bring them in from a USB stick, or add them to a lesson list.</source>
        <translation>从 U 盘收进来，或者在备课单里添加。</translation>
    </message>
    <message>
        <source>Nothing used yet</source>
        <translation>还没有用过资源</translation>
    </message>
    <message>
        <source>What was played on this machine is found here again.</source>
        <translation>在这台电脑上放过的，都能在这里找到。</translation>
    </message>
    <message>
        <source>Name of the new lesson list</source>
        <translation>新备课单的名称</translation>
    </message>
    <message>
        <source>Lesson lists (*.kezhan)</source>
        <translation>备课单 (*.kezhan)</translation>
    </message>
    <message>
        <source>Import a lesson list</source>
        <translation>导入备课单</translation>
    </message>
    <message>
        <source>Board page</source>
        <translation>板书页</translation>
    </message>
    <message>
        <source>Add own files</source>
        <translation>添加自己的文件</translation>
    </message>
    <message>
        <source>New name</source>
        <translation>新名称</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>“{name}” was deleted.</source>
        <translation>“{name}”已删除。</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Kezhan</source>
        <translation>课栈</translation>
    </message>
    <message>
        <source>Home</source>
        <translation>首页</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>资源库</translation>
    </message>
    <message>
        <source>Preparing</source>
        <translation>备课</translation>
    </message>
    <message>
        <source>Usage log</source>
        <translation>使用记录</translation>
    </message>
    <message>
        <source>My uploads</source>
        <translation>我的上传</translation>
    </message>
    <message>
        <source>Sync</source>
        <translation>同步</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面导航</translation>
    </message>
    <message>
        <source>Lessons are being put in place: {percent} %</source>
        <translation>正在准备资源：{percent}%</translation>
    </message>
</context>
<context>
    <name>MorePanel</name>
    <message>
        <source>Back 5 s</source>
        <translation>后退5秒</translation>
    </message>
    <message>
        <source>On 5 s</source>
        <translation>前进5秒</translation>
    </message>
    <message>
        <source>One frame</source>
        <translation>下一帧</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>倍速</translation>
    </message>
    <message>
        <source>Subtitles</source>
        <translation>字幕</translation>
    </message>
    <message>
        <source>Second language</source>
        <translation>第二字幕</translation>
    </message>
    <message>
        <source>Letter size</source>
        <translation>字幕大小</translation>
    </message>
    <message>
        <source>Smaller</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适合</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Rotate</source>
        <translation>旋转</translation>
    </message>
    <message>
        <source>Page pictures</source>
        <translation>缩略图</translation>
    </message>
    <message>
        <source>Loudness</source>
        <translation>音量</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Print</source>
        <translation>打印</translation>
    </message>
    <message>
        <source>Blank board</source>
        <translation>空白板</translation>
    </message>
    <message>
        <source>Spotlight</source>
        <translation>聚光灯</translation>
    </message>
    <message>
        <source>Timer</source>
        <translation>计时器</translation>
    </message>
    <message>
        <source>Keep picture</source>
        <translation>存画面</translation>
    </message>
    <message>
        <source>Previous one</source>
        <translation>上一个</translation>
    </message>
    <message>
        <source>Next one</source>
        <translation>下一个</translation>
    </message>
    <message>
        <source>Other screen</source>
        <translation>换屏幕</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>End</source>
        <translation>结束</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>声音</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Stop repeating</source>
        <translation>停止循环</translation>
    </message>
    <message>
        <source>Repeat to here</source>
        <translation>循环终点</translation>
    </message>
    <message>
        <source>Repeat from here</source>
        <translation>循环起点</translation>
    </message>
</context>
<context>
    <name>MoveDialog</name>
    <message>
        <source>Moving the data</source>
        <translation>正在移动数据</translation>
    </message>
    <message>
        <source>The lessons and records are being moved …</source>
        <translation>正在移动课程和记录……</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>{done} of {total} MB</source>
        <translation>已移动 {done} / {total} MB</translation>
    </message>
    <message>
        <source>The data was not moved.</source>
        <translation>数据没有移动。</translation>
    </message>
    <message>
        <source>It is used where it was.</source>
        <translation>数据仍在原处使用。</translation>
    </message>
</context>
<context>
    <name>NameDialog</name>
    <message>
        <source>OK</source>
        <translation>好</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>OfficeView</name>
    <message>
        <source>Preparing the pages…</source>
        <translation>正在准备页面…</translation>
    </message>
</context>
<context>
    <name>OpenList</name>
    <message>
        <source>What is in this list</source>
        <translation>备课单里的内容</translation>
    </message>
    <message>
        <source>This list is empty</source>
        <translation>这份备课单还是空的</translation>
    </message>
    <message>
        <source>Open a resource and press “Add to lesson list”, or add your own files and pages.</source>
        <translation>打开一个资源，点“加入备课单”；也可以添加自己的文件和板书页。</translation>
    </message>
    <message>
        <source>All lists</source>
        <translation>全部备课单</translation>
    </message>
    <message>
        <source>Start class</source>
        <translation>上课</translation>
    </message>
    <message>
        <source>Keep all offline</source>
        <translation>全部离线可用</translation>
    </message>
    <message>
        <source>Board page</source>
        <translation>板书页</translation>
    </message>
    <message>
        <source>Own file</source>
        <translation>自己的文件</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>From here</source>
        <translation>从这里放</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>片段</translation>
    </message>
    <message>
        <source>Once more</source>
        <translation>再放一次</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>改名</translation>
    </message>
    <message>
        <source>Take out</source>
        <translation>移出</translation>
    </message>
    <message>
        <source>all of it available offline</source>
        <translation>全部离线可用</translation>
    </message>
    <message>
        <source>{playing} of {items} can be shown</source>
        <translation>{items} 项中 {playing} 项能放</translation>
    </message>
    <message>
        <source>{size} still to come</source>
        <translation>还差 {size}</translation>
    </message>
    <message>
        <source>asked for</source>
        <translation>已安排下载</translation>
    </message>
    <message>
        <source>Keep offline no longer</source>
        <translation>不再全部留在本机</translation>
    </message>
    <message>
        <source>Rename list</source>
        <translation>给备课单改名</translation>
    </message>
    <message>
        <source>Duplicate list</source>
        <translation>复制备课单</translation>
    </message>
    <message>
        <source>Export as a file</source>
        <translation>导出成文件</translation>
    </message>
    <message>
        <source>Universal stick (any TV or computer)</source>
        <translation>万能U盘（电视、任何电脑都能放）</translation>
    </message>
    <message>
        <source>Delete list</source>
        <translation>删除备课单</translation>
    </message>
</context>
<context>
    <name>OutsideView</name>
    <message>
        <source>Opened in its own program.</source>
        <translation>已在办公软件中打开。</translation>
    </message>
    <message>
        <source>Open again</source>
        <translation>再打开一次</translation>
    </message>
</context>
<context>
    <name>OwnStickPage</name>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>USB stick</source>
        <translation>U盘</translation>
    </message>
    <message>
        <source>Keep on this machine</source>
        <translation>收进本机</translation>
    </message>
    <message>
        <source>Keep all of this folder</source>
        <translation>整个文件夹收进本机</translation>
    </message>
    <message>
        <source>Another folder</source>
        <translation>其他文件夹</translation>
    </message>
    <message>
        <source>Files on the stick</source>
        <translation>U盘里的文件</translation>
    </message>
    <message>
        <source>No stick is plugged in</source>
        <translation>没有插 U盘</translation>
    </message>
    <message>
        <source>Plug one in; it shows up here by itself.</source>
        <translation>插上以后，这里会自动显示。</translation>
    </message>
    <message>
        <source>Nothing in this folder plays on this machine.</source>
        <translation>这个文件夹里没有本机能放的文件。</translation>
    </message>
    <message>
        <source>Nothing to show</source>
        <translation>没有能放的</translation>
    </message>
</context>
<context>
    <name>PartPanel</name>
    <message>
        <source>Show only this part</source>
        <translation>只放这一段</translation>
    </message>
    <message>
        <source>Show all of it</source>
        <translation>全部放</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Show only a part: from – to (minutes:seconds)</source>
        <translation>只放一段：从 – 到（分:秒）</translation>
    </message>
    <message>
        <source>from, e.g. 0:30</source>
        <translation>开始，如 0:30</translation>
    </message>
    <message>
        <source>to its end</source>
        <translation>放到最后</translation>
    </message>
    <message>
        <source>Show only some pages: from – to</source>
        <translation>只放几页：从 – 到</translation>
    </message>
    <message>
        <source>first page</source>
        <translation>第一页</translation>
    </message>
    <message>
        <source>last page</source>
        <translation>最后一页</translation>
    </message>
    <message>
        <source>Please write times as 1:30.</source>
        <translation>时间请写成 1:30 这样。</translation>
    </message>
    <message>
        <source>Please write page numbers.</source>
        <translation>请填页码。</translation>
    </message>
</context>
<context>
    <name>PdfPanel</name>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Bookmarks</source>
        <translation>书签</translation>
    </message>
</context>
<context>
    <name>PenPanel</name>
    <message>
        <source>Red</source>
        <translation>红</translation>
    </message>
    <message>
        <source>Blue</source>
        <translation>蓝</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>绿</translation>
    </message>
    <message>
        <source>Black</source>
        <translation>黑</translation>
    </message>
    <message>
        <source>White</source>
        <translation>白</translation>
    </message>
    <message>
        <source>Yellow</source>
        <translation>黄</translation>
    </message>
    <message>
        <source>Bright yellow</source>
        <translation>亮黄</translation>
    </message>
    <message>
        <source>Bright green</source>
        <translation>亮绿</translation>
    </message>
    <message>
        <source>Pink</source>
        <translation>粉</translation>
    </message>
    <message>
        <source>Light blue</source>
        <translation>浅蓝</translation>
    </message>
    <message>
        <source>Pen</source>
        <translation>笔</translation>
    </message>
    <message>
        <source>Highlighter</source>
        <translation>荧光笔</translation>
    </message>
    <message>
        <source>Eraser</source>
        <translation>橡皮</translation>
    </message>
    <message>
        <source>Thin</source>
        <translation>细</translation>
    </message>
    <message>
        <source>Medium</source>
        <translation>中</translation>
    </message>
    <message>
        <source>Broad</source>
        <translation>粗</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>选择</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Wipe</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Keep picture</source>
        <translation>存画面</translation>
    </message>
    <message>
        <source>Put away</source>
        <translation>收笔</translation>
    </message>
</context>
<context>
    <name>PictureKeeper</name>
    <message>
        <source>{title} · {time}</source>
        <translation>{title} · {time}</translation>
    </message>
    <message>
        <source>Class pictures {month}-{day}</source>
        <translation>课堂画面 {month}月{day}日</translation>
    </message>
</context>
<context>
    <name>PlaceCard</name>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Move to another disk …</source>
        <translation>移到其他磁盘……</translation>
    </message>
    <message>
        <source>Lessons, usage log and settings of this machine are kept here:</source>
        <translation>本机的课程、使用记录和设置保存在：</translation>
    </message>
    <message>
        <source>Where the data goes</source>
        <translation>数据放在哪里</translation>
    </message>
    <message>
        <source>Kezhan closes, moves everything to {folder} and opens again. Until all of it is there, the data stays usable where it is.</source>
        <translation>课栈将关闭窗口，把全部数据移到 {folder}，然后重新打开。全部移好之前，原处的数据一直可用。</translation>
    </message>
    <message>
        <source>Move the data</source>
        <translation>移动数据</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>移动</translation>
    </message>
    <message>
        <source>Leave it here</source>
        <translation>留在原处</translation>
    </message>
</context>
<context>
    <name>PlayerBar</name>
    <message>
        <source>Previous page</source>
        <translation>上一页</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Next page</source>
        <translation>下一页</translation>
    </message>
    <message>
        <source>Pen</source>
        <translation>笔</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Previous one</source>
        <translation>上一个</translation>
    </message>
    <message>
        <source>Next one</source>
        <translation>下一个</translation>
    </message>
    <message>
        <source>Black screen</source>
        <translation>黑屏</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>播放位置</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
</context>
<context>
    <name>PlayerPage</name>
    <message>
        <source>Kept in “{name}”</source>
        <translation>已存到“{name}”</translation>
    </message>
</context>
<context>
    <name>PointsCard</name>
    <message>
        <source>Teaching points that come by stick</source>
        <translation>用U盘往来的教学点</translation>
    </message>
    <message>
        <source>Their parcels are passed on sealed; the one not heard of longest is first.</source>
        <translation>它们的加密包由本机代转，本机打不开；最久没有消息的排在最前面。</translation>
    </message>
    <message>
        <source>Not named yet ({sign})</source>
        <translation>还没起名（{sign}）</translation>
    </message>
    <message numerus="yes">
        <source>Parcels in all: %n</source>
        <translation>
            <numerusform>共 %n 个加密包</numerusform>
        </translation>
    </message>
    <message>
        <source>long not heard of</source>
        <translation>很久没有消息</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>改名</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>起名</translation>
    </message>
    <message>
        <source>What is this teaching point called?</source>
        <translation>这个教学点叫什么？</translation>
    </message>
</context>
<context>
    <name>PresentingCard</name>
    <message>
        <source>In front of the class</source>
        <translation>上课显示</translation>
    </message>
    <message>
        <source>Screen</source>
        <translation>屏幕</translation>
    </message>
    <message>
        <source>Screen for lessons</source>
        <translation>上课用的屏幕</translation>
    </message>
    <message>
        <source>As fits</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Below</source>
        <translation>下方</translation>
    </message>
    <message>
        <source>Both sides</source>
        <translation>两侧</translation>
    </message>
    <message>
        <source>Where the buttons stand</source>
        <translation>按钮位置</translation>
    </message>
    <message>
        <source>Wipes</source>
        <translation>擦除</translation>
    </message>
    <message>
        <source>Does nothing</source>
        <translation>不理会</translation>
    </message>
    <message>
        <source>A palm on the board</source>
        <translation>手掌碰到屏幕</translation>
    </message>
    <message>
        <source>Large pointer</source>
        <translation>放大鼠标指针</translation>
    </message>
    <message>
        <source>Show our pen even while the board&apos;s own pen program runs</source>
        <translation>白板自带的笔在运行时也显示我们的笔</translation>
    </message>
    <message>
        <source>Margin of a TV</source>
        <translation>电视边距</translation>
    </message>
    <message>
        <source>Margin, when a TV cuts off the edge of the picture</source>
        <translation>边距（电视切掉画面边缘时）</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开</translation>
    </message>
    <message>
        <source>Where the window is</source>
        <translation>窗口所在的屏幕</translation>
    </message>
    <message>
        <source>{name} (not connected)</source>
        <translation>{name}（未连接）</translation>
    </message>
</context>
<context>
    <name>Program</name>
    <message>
        <source>Preparing the first lessons …</source>
        <translation>正在准备第一批课……</translation>
    </message>
</context>
<context>
    <name>Question</name>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
</context>
<context>
    <name>Readiness</name>
    <message>
        <source>Available offline</source>
        <translation>离线可用</translation>
    </message>
    <message>
        <source>Cannot be shown here</source>
        <translation>本机打不开</translation>
    </message>
    <message>
        <source>Here by tomorrow morning</source>
        <translation>明早可用</translation>
    </message>
    <message>
        <source>Comes with the next line</source>
        <translation>联网后可用</translation>
    </message>
    <message>
        <source>Can be downloaded</source>
        <translation>可下载</translation>
    </message>
    <message>
        <source>Catalogue only</source>
        <translation>仅目录</translation>
    </message>
    <message>
        <source>No longer here</source>
        <translation>已不在本机</translation>
    </message>
    <message>
        <source>Newer one exists</source>
        <translation>已有新版</translation>
    </message>
</context>
<context>
    <name>RoomCard</name>
    <message>
        <source>Classroom</source>
        <translation>教室</translation>
    </message>
    <message>
        <source>What is shown in a classroom counts as a lesson in the register.</source>
        <translation>填了教室，放过的内容就记作一节课，写进使用登记表。</translation>
    </message>
    <message>
        <source>Leave empty on an office or home computer</source>
        <translation>办公室、家里的电脑请留空</translation>
    </message>
    <message>
        <source>Rooms of the school</source>
        <translation>学校的教室</translation>
    </message>
    <message>
        <source>Choose a room</source>
        <translation>选择教室</translation>
    </message>
</context>
<context>
    <name>SearchStrip</name>
    <message>
        <source>Search in the document</source>
        <translation>在文档里搜索</translation>
    </message>
    <message>
        <source>Previous hit</source>
        <translation>上一处</translation>
    </message>
    <message>
        <source>Next hit</source>
        <translation>下一处</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>SelectLayer</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Size of everything</source>
        <translation>界面大小</translation>
    </message>
    <message>
        <source>About Kezhan</source>
        <translation>关于课栈</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>版本 {version}</translation>
    </message>
    <message>
        <source>Keeps a region&apos;s lessons on the classroom machine and plays them without a network.</source>
        <translation>把本地区的课存在班班通电脑上，没有网络也能上课。</translation>
    </message>
    <message>
        <source>Free software under the GNU General Public License, version 3 or later. It stands on Qt and PySide6 (LGPL), VLC (LGPL), python-tuf (Apache/MIT), SQLite (public domain), NumPy (BSD), CRoaring (Apache/MIT) and Zstandard (BSD).</source>
        <translation>自由软件，按 GNU 通用公共许可证第 3 版或更新版本发布。使用了 Qt 与 PySide6（LGPL）、VLC（LGPL）、python-tuf（Apache/MIT）、SQLite（公有领域）、NumPy（BSD）、CRoaring（Apache/MIT）和 Zstandard（BSD）。</translation>
    </message>
</context>
<context>
    <name>SidePanel</name>
    <message>
        <source>Contents</source>
        <translation>目录</translation>
    </message>
    <message>
        <source>Filters</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Panel</source>
        <translation>侧栏</translation>
    </message>
    <message>
        <source>Clear filters</source>
        <translation>清除筛选</translation>
    </message>
</context>
<context>
    <name>SlipDialog</name>
    <message>
        <source>Enter a slip</source>
        <translation>补登</translation>
    </message>
    <message>
        <source>Number on the slip</source>
        <translation>登记条号</translation>
    </message>
    <message>
        <source>Date of the lesson</source>
        <translation>上课日期</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>班级</translation>
    </message>
    <message>
        <source>Not chosen</source>
        <translation>不填</translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation>教师</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Enter in the register</source>
        <translation>登记</translation>
    </message>
    <message>
        <source>The number stands in the box at the end of 上课.html and on the printed page.</source>
        <translation>单号在「上课.html」末尾的方框里，打印清单上也有。</translation>
    </message>
    <message>
        <source>This is no number of a slip; please compare each sign.</source>
        <translation>单号不对，请逐个字符核对。</translation>
    </message>
    <message>
        <source>This slip was not made here; enter it on the computer that made the stick.</source>
        <translation>这个单号不是在本机制作的，请到制作那个U盘的电脑上补登。</translation>
    </message>
    <message>
        <source>This lesson is in the register already.</source>
        <translation>这节课已经登记过了。</translation>
    </message>
    <message numerus="yes">
        <source>“{name}”, resources: %n</source>
        <translation>
            <numerusform>「{name}」，%n 个资源</numerusform>
        </translation>
    </message>
    <message>
        <source>Universal stick</source>
        <translation>万能U盘</translation>
    </message>
</context>
<context>
    <name>Spotlight</name>
    <message>
        <source>Smaller</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Lights on</source>
        <translation>关闭聚光灯</translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>Opening …</source>
        <translation>正在打开…</translation>
    </message>
</context>
<context>
    <name>StartCard</name>
    <message>
        <source>Start and end</source>
        <translation>启动与退出</translation>
    </message>
    <message>
        <source>Start with the computer</source>
        <translation>开机自动启动</translation>
    </message>
    <message>
        <source>Closing the window leaves Kezhan beside the clock</source>
        <translation>关闭窗口时最小化到托盘</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开</translation>
    </message>
    <message>
        <source>The administrator has set this for all accounts.</source>
        <translation>管理员已为所有账户设置，本账户不能更改。</translation>
    </message>
</context>
<context>
    <name>Status</name>
    <message>
        <source>Sync is starting.</source>
        <translation>同步正在启动。</translation>
    </message>
    <message>
        <source>Works in the background; a lesson always comes first.</source>
        <translation>在后台工作；上课时自动让路。</translation>
    </message>
    <message>
        <source>Paused; nothing is transferred.</source>
        <translation>已暂停，不传任何东西。</translation>
    </message>
    <message>
        <source>Another program of this machine is syncing; its results are shown here.</source>
        <translation>本机另一个程序正在同步，结果会显示在这里。</translation>
    </message>
    <message>
        <source>Sync is not running.</source>
        <translation>同步没有运行。</translation>
    </message>
    <message>
        <source>Just now</source>
        <translation>刚刚</translation>
    </message>
    <message>
        <source>{minutes} min ago</source>
        <translation>{minutes} 分钟前</translation>
    </message>
    <message>
        <source>One hour ago</source>
        <translation>1 小时前</translation>
    </message>
    <message>
        <source>{hours} hours ago</source>
        <translation>{hours} 小时前</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>{days} days ago</source>
        <translation>{days} 天前</translation>
    </message>
    <message>
        <source>no catalogue yet</source>
        <translation>还没有目录</translation>
    </message>
    <message>
        <source>catalogue of today</source>
        <translation>目录是今天的</translation>
    </message>
    <message>
        <source>catalogue of yesterday</source>
        <translation>目录是昨天的</translation>
    </message>
    <message>
        <source>catalogue is {days} days old</source>
        <translation>目录是 {days} 天前的</translation>
    </message>
    <message>
        <source>{count} waiting</source>
        <translation>{count} 项</translation>
    </message>
    <message>
        <source>Uploads: {count}</source>
        <translation>上传 {count} 个</translation>
    </message>
    <message>
        <source>Usage records: {count}</source>
        <translation>使用记录 {count} 条</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>没有</translation>
    </message>
    <message>
        <source>Everything has been sent.</source>
        <translation>都已送出。</translation>
    </message>
    <message>
        <source>of {quota}; the disk has {free} left</source>
        <translation>可用 {quota}，磁盘还剩 {free}</translation>
    </message>
    <message>
        <source>The catalogue is being renewed; for this it takes up to {size} of the disk.</source>
        <translation>目录正在更新，期间最多占用磁盘 {size}。</translation>
    </message>
    <message>
        <source>about a minute left</source>
        <translation>约剩 1 分钟</translation>
    </message>
    <message>
        <source>about {minutes} min left</source>
        <translation>约剩 {minutes} 分钟</translation>
    </message>
    <message>
        <source>about {hours} h left</source>
        <translation>约剩 {hours} 小时</translation>
    </message>
    <message>
        <source>about {days} days left</source>
        <translation>约剩 {days} 天</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Upload</source>
        <translation>上传</translation>
    </message>
    <message>
        <source>Catalogue</source>
        <translation>目录</translation>
    </message>
    <message>
        <source>Usage records</source>
        <translation>使用记录</translation>
    </message>
</context>
<context>
    <name>StatusPage</name>
    <message>
        <source>Sync now</source>
        <translation>立即同步</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Sync</source>
        <translation>同步</translation>
    </message>
    <message>
        <source>Last sync</source>
        <translation>上次同步</translation>
    </message>
    <message>
        <source>Waiting to be sent</source>
        <translation>等待送出</translation>
    </message>
    <message>
        <source>Lessons on this machine</source>
        <translation>本机资源</translation>
    </message>
    <message>
        <source>On the way</source>
        <translation>正在传输</translation>
    </message>
    <message>
        <source>Where the lessons come from</source>
        <translation>资源来源</translation>
    </message>
    <message>
        <source>Not yet</source>
        <translation>还没有</translation>
    </message>
    <message>
        <source>It happens by itself when a way is there.</source>
        <translation>一有网络或 U 盘就会自动进行。</translation>
    </message>
    <message>
        <source>This machine&apos;s clock seems to be wrong; please set it.</source>
        <translation>这台电脑的时间好像不对，请校准。</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>还有 {count} 项</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
</context>
<context>
    <name>StickCard</name>
    <message>
        <source>The stick carries parcels for the county</source>
        <translation>U盘里有带给县里的加密包</translation>
    </message>
    <message>
        <source>The stick brings news from the county</source>
        <translation>U盘带来了县里的新目录和回执</translation>
    </message>
    <message>
        <source>Records and files wait for the county</source>
        <translation>有记录和文件等着带给县里</translation>
    </message>
    <message>
        <source>{count} new resources on the stick, done in a moment</source>
        <translation>U盘里有 {count} 个新资源，一会儿就好</translation>
    </message>
    <message>
        <source>{count} new resources on the stick, about {minutes} min</source>
        <translation>U盘里有 {count} 个新资源，约 {minutes} 分钟</translation>
    </message>
    <message>
        <source>{statements} records and {uploads} files wait here for the county; they go along, sealed.</source>
        <translation>本机有 {statements} 条记录、{uploads} 个文件等着上报，会一起加密带走。</translation>
    </message>
    <message>
        <source>{count} sealed parcels of other schools wait here; they go along.</source>
        <translation>本机还有其他学校的 {count} 个加密包，会一起带走。</translation>
    </message>
    <message>
        <source>{count} sealed parcels of other schools are on it.</source>
        <translation>U盘上还有其他学校的 {count} 个加密包。</translation>
    </message>
    <message>
        <source>Another stick is plugged in; it comes next.</source>
        <translation>还插着另一个U盘，稍后处理。</translation>
    </message>
    <message>
        <source>This stick has suspicious files: {names}. None of them was opened.</source>
        <translation>此U盘带有可疑文件：{names}。没有打开它们。</translation>
    </message>
    <message>
        <source> and {count} more</source>
        <translation>等，另有 {count} 个</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>暂不</translation>
    </message>
    <message>
        <source>Import and take along</source>
        <translation>导入并带走上报内容</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Take along</source>
        <translation>带走上报内容</translation>
    </message>
    <message>
        <source>{files} files came ({size}).</source>
        <translation>导入了 {files} 个文件（{size}）。</translation>
    </message>
    <message>
        <source>There was nothing new on it.</source>
        <translation>U盘里没有新内容。</translation>
    </message>
    <message>
        <source>The county&apos;s catalogue and receipts are here.</source>
        <translation>县里的新目录和回执已收下。</translation>
    </message>
    <message>
        <source>{files} files ({size}) did not fit on this machine.</source>
        <translation>空间不够，还有 {files} 个文件（{size}）没有导入。</translation>
    </message>
    <message>
        <source>{count} parcels of other schools were taken in.</source>
        <translation>代收了其他学校的 {count} 个加密包。</translation>
    </message>
    <message>
        <source>What waits here is on the stick already.</source>
        <translation>等着上报的内容已经都在U盘上了。</translation>
    </message>
    <message>
        <source>{statements} records and {uploads} files are sealed on the stick.</source>
        <translation>已把 {statements} 条记录、{uploads} 个文件加密写入U盘。</translation>
    </message>
    <message>
        <source>{count} parcels of other schools were put on the stick.</source>
        <translation>其他学校的 {count} 个加密包已装进U盘。</translation>
    </message>
    <message>
        <source>{count} lesson files were put on the stick for its school.</source>
        <translation>已把 {count} 个课件文件装进U盘，请带回学校。</translation>
    </message>
    <message>
        <source>{left} more wait for the next stick: this one is full.</source>
        <translation>U盘已满，还有 {left} 项留到下次再带。</translation>
    </message>
</context>
<context>
    <name>StickDesk</name>
    <message>
        <source>Bringing lessons in …</source>
        <translation>正在导入课程资源…</translation>
    </message>
    <message>
        <source>Sealing what waits for the county …</source>
        <translation>正在加密写入要上报的内容…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>{done} of {total} · {title}</source>
        <translation>{done} / {total} · {title}</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>好</translation>
    </message>
    <message>
        <source>The stick did not get through</source>
        <translation>U盘没有处理完</translation>
    </message>
    <message>
        <source>You can pull the stick out</source>
        <translation>可以拔出U盘了</translation>
    </message>
    <message>
        <source>There was nothing new on it.</source>
        <translation>U盘里没有新内容。</translation>
    </message>
</context>
<context>
    <name>TeachersCard</name>
    <message>
        <source>Who teaches in this room</source>
        <translation>在这间教室上课的老师</translation>
    </message>
    <message>
        <source>Names stay on this machine and go into the register only.</source>
        <translation>姓名只留在本机，只写进使用登记表。</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>起名</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>4 to 8 digits; empty: no PIN</source>
        <translation>4 到 8 位数字；留空表示不设 PIN</translation>
    </message>
    <message>
        <source>Set PIN</source>
        <translation>设好 PIN</translation>
    </message>
    <message>
        <source>Change PIN</source>
        <translation>改 PIN</translation>
    </message>
    <message>
        <source>PIN</source>
        <translation>PIN</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>PIN of {name}</source>
        <translation>{name}的 PIN</translation>
    </message>
</context>
<context>
    <name>TimetableCard</name>
    <message>
        <source>Timetable</source>
        <translation>课表</translation>
    </message>
    <message>
        <source>Import a timetable (CSES)</source>
        <translation>导入课表（CSES）</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>The bell rings now</source>
        <translation>现在正打铃</translation>
    </message>
    <message>
        <source>10 s earlier</source>
        <translation>早 10 秒</translation>
    </message>
    <message>
        <source>10 s later</source>
        <translation>晚 10 秒</translation>
    </message>
    <message>
        <source>First week of the term</source>
        <translation>开学第一周</translation>
    </message>
    <message>
        <source>First week of the term (for odd and even weeks)</source>
        <translation>开学第一周（用来分单双周）</translation>
    </message>
    <message>
        <source>With a timetable, class and subject are known when the bell rings.</source>
        <translation>有了课表，一打铃就知道上哪一科。</translation>
    </message>
    <message>
        <source>{count} lessons a week, {subjects} subjects</source>
        <translation>每周 {count} 节课，{subjects} 个学科</translation>
    </message>
    <message>
        <source>The bell rings as the timetable says.</source>
        <translation>与铃声对齐：铃声与课表一致。</translation>
    </message>
    <message>
        <source>The bell rings {seconds} s later than the timetable says.</source>
        <translation>与铃声对齐：铃声比课表晚 {seconds} 秒。</translation>
    </message>
    <message>
        <source>The bell rings {seconds} s earlier than the timetable says.</source>
        <translation>与铃声对齐：铃声比课表早 {seconds} 秒。</translation>
    </message>
    <message>
        <source>Timetables (*.yaml *.yml *.cses)</source>
        <translation>课表 (*.yaml *.yml *.cses)</translation>
    </message>
    <message>
        <source>No bell of the timetable is near this moment.</source>
        <translation>课表上现在前后没有铃声。</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Kezhan</source>
        <translation>课栈</translation>
    </message>
    <message>
        <source>Open Kezhan</source>
        <translation>打开课栈</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Kezhan is still here, beside the clock.</source>
        <translation>课栈还在运行，图标在任务栏时钟旁边。</translation>
    </message>
</context>
<context>
    <name>UniversalStick</name>
    <message>
        <source>Choose the stick or folder</source>
        <translation>选择U盘或文件夹</translation>
    </message>
    <message>
        <source>Nothing in this list opens without Kezhan.</source>
        <translation>这张备课单里没有能脱离课栈打开的内容。</translation>
    </message>
    <message>
        <source>Pages {first} to {last}</source>
        <translation>第 {first}–{last} 页</translation>
    </message>
    <message>
        <source>From {start} to {end}</source>
        <translation>{start} 到 {end}</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Listen</source>
        <translation>听</translation>
    </message>
    <message>
        <source>Open the picture</source>
        <translation>看图片</translation>
    </message>
    <message>
        <source>Open the PDF</source>
        <translation>打开 PDF</translation>
    </message>
    <message>
        <source>Open the file</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>Slip number</source>
        <translation>登记条号</translation>
    </message>
    <message>
        <source>After the lesson it can be entered in the usage log of the computer that made this stick, by this number.</source>
        <translation>上完课后，可在制作本U盘的电脑上凭此号补登使用记录。</translation>
    </message>
    <message>
        <source>Print the list and the slip</source>
        <translation>打印清单和登记条</translation>
    </message>
    <message>
        <source>These play in Kezhan only and are not on the stick:</source>
        <translation>以下内容只能在课栈中播放，没有放进U盘：</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>序号</translation>
    </message>
    <message>
        <source>Content</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Date of the lesson</source>
        <translation>上课日期</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>班级</translation>
    </message>
    <message>
        <source>Teacher</source>
        <translation>教师</translation>
    </message>
    <message>
        <source>Being written to the stick: {percent} %</source>
        <translation>正在写入U盘：{percent} %</translation>
    </message>
    <message>
        <source>“{folder}” is on the stick; open 上课.html there. Slip {slip}. It can be pulled out.</source>
        <translation>已写入“{folder}”，打开其中的“上课.html”即可上课。登记条号 {slip}。可以拔出U盘了。</translation>
    </message>
</context>
<context>
    <name>UploadDialog</name>
    <message>
        <source>Upload a file</source>
        <translation>上传文件</translation>
    </message>
    <message>
        <source>No file chosen yet</source>
        <translation>还没有选文件</translation>
    </message>
    <message>
        <source>Choose a file</source>
        <translation>选择文件</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>学科</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Grade</source>
        <translation>年级</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>册次</translation>
    </message>
    <message>
        <source>Lesson</source>
        <translation>课题</translation>
    </message>
    <message>
        <source>Your name (may stay empty)</source>
        <translation>署名（可不填）</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Upload</source>
        <translation>上传</translation>
    </message>
    <message>
        <source>Please choose</source>
        <translation>请选择</translation>
    </message>
</context>
<context>
    <name>Uploads</name>
    <message>
        <source>Sent by stick</source>
        <translation>已送出（U盘）</translation>
    </message>
    <message>
        <source>Sending, {percent} %</source>
        <translation>正在送出 {percent}%</translation>
    </message>
    <message>
        <source>Waiting to be sent</source>
        <translation>等待送出</translation>
    </message>
    <message>
        <source>Sending</source>
        <translation>正在送出</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>已收到</translation>
    </message>
    <message>
        <source>In the library</source>
        <translation>已入库</translation>
    </message>
    <message>
        <source>Sent back</source>
        <translation>退回</translation>
    </message>
    <message>
        <source>Being withdrawn</source>
        <translation>正在撤回</translation>
    </message>
    <message>
        <source>Withdrawn</source>
        <translation>已撤回</translation>
    </message>
</context>
<context>
    <name>UploadsPage</name>
    <message>
        <source>Upload a file</source>
        <translation>上传文件</translation>
    </message>
    <message>
        <source>My uploads</source>
        <translation>我的上传</translation>
    </message>
    <message>
        <source>Share your own lessons</source>
        <translation>分享自己的课件</translation>
    </message>
    <message>
        <source>Files that you upload wait here until a line or a USB stick takes them to the region. Nothing is lost when the power goes.</source>
        <translation>上传的文件先存在这里，一有网络或 U 盘就送往地区资源库。断电也不会丢。</translation>
    </message>
    <message>
        <source>“{title}” is in the outbox; it is sent as soon as there is a way.</source>
        <translation>《{title}》已放入待送出，一有网络或 U 盘就送走。</translation>
    </message>
</context>
<context>
    <name>UsageLog</name>
    <message>
        <source>played {duration}</source>
        <translation>播放 {duration}</translation>
    </message>
    <message>
        <source>{seen} of {pages} pages</source>
        <translation>翻了 {seen}/{pages} 页</translation>
    </message>
    <message>
        <source>to the end</source>
        <translation>放完</translation>
    </message>
    <message>
        <source>opened</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>Monday</source>
        <translation>星期一</translation>
    </message>
    <message>
        <source>Tuesday</source>
        <translation>星期二</translation>
    </message>
    <message>
        <source>Wednesday</source>
        <translation>星期三</translation>
    </message>
    <message>
        <source>Thursday</source>
        <translation>星期四</translation>
    </message>
    <message>
        <source>Friday</source>
        <translation>星期五</translation>
    </message>
    <message>
        <source>Saturday</source>
        <translation>星期六</translation>
    </message>
    <message>
        <source>Sunday</source>
        <translation>星期日</translation>
    </message>
    <message>
        <source>{year}-{month:02}-{day:02} {weekday}</source>
        <translation>{year}年{month}月{day}日 {weekday}</translation>
    </message>
</context>
<context>
    <name>UsageLogPage</name>
    <message>
        <source>Usage log</source>
        <translation>使用记录</translation>
    </message>
    <message>
        <source>Nothing has been played yet</source>
        <translation>还没有使用记录</translation>
    </message>
    <message>
        <source>What you open and play is written down here by itself.</source>
        <translation>打开和播放过的资源会自动记在这里。</translation>
    </message>
    <message>
        <source>Enter a slip: type its number</source>
        <translation>补登：输入单号</translation>
    </message>
    <message>
        <source>Each lesson shown on this machine; the lesson register is made from it.</source>
        <translation>这台电脑上放过的每一节课；使用登记表由此生成。</translation>
    </message>
    <message>
        <source>“{name}” is in the register.</source>
        <translation>「{name}」已登记。</translation>
    </message>
</context>
<context>
    <name>WebFilms</name>
    <message>
        <source>Close the video</source>
        <translation>关闭视频</translation>
    </message>
    <message>
        <source>Play “{name}”</source>
        <translation>播放“{name}”</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds}秒</translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation>{minutes}分钟</translation>
    </message>
    <message>
        <source>{minutes} min {seconds} s</source>
        <translation>{minutes}分{seconds}秒</translation>
    </message>
    <message>
        <source>1 page</source>
        <translation>1 页</translation>
    </message>
    <message>
        <source>{count} pages</source>
        <translation>{count} 页</translation>
    </message>
    <message>
        <source>about {count}</source>
        <translation>约 {count}</translation>
    </message>
    <message>
        <source>{year}-{month:02}-{day:02}</source>
        <translation>{year}-{month:02}-{day:02}</translation>
    </message>
    <message>
        <source>pages {first}–{last}</source>
        <translation>第 {first}–{last} 页</translation>
    </message>
    <message>
        <source>1 item</source>
        <translation>1 项</translation>
    </message>
    <message>
        <source>{count} items</source>
        <translation>{count} 项</translation>
    </message>
    <message>
        <source>Slides</source>
        <translation>课件</translation>
    </message>
    <message>
        <source>Micro-lesson</source>
        <translation>微课</translation>
    </message>
    <message>
        <source>Lesson plan</source>
        <translation>教案</translation>
    </message>
    <message>
        <source>Task sheet</source>
        <translation>任务单</translation>
    </message>
    <message>
        <source>Exercise</source>
        <translation>练习</translation>
    </message>
    <message>
        <source>Textbook</source>
        <translation>电子教材</translation>
    </message>
    <message>
        <source>Audio</source>
        <translation>音频</translation>
    </message>
    <message>
        <source>Material</source>
        <translation>素材</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>Board page</source>
        <translation>板书页</translation>
    </message>
    <message>
        <source>Own file</source>
        <translation>自己的文件</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>声音</translation>
    </message>
    <message>
        <source>PDF</source>
        <translation>PDF</translation>
    </message>
    <message>
        <source>PowerPoint</source>
        <translation>PPT</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Interactive page</source>
        <translation>互动课件</translation>
    </message>
    <message>
        <source>Flash</source>
        <translation>Flash</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>压缩包</translation>
    </message>
    <message>
        <source>Other format</source>
        <translation>其他格式</translation>
    </message>
    <message>
        <source>Catalogue only</source>
        <translation>仅目录</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>学段</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>学科</translation>
    </message>
    <message>
        <source>Edition</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Grade</source>
        <translation>年级</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>册次</translation>
    </message>
    <message>
        <source>Textbook revision</source>
        <translation>新旧教材</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>离线可用</translation>
    </message>
    <message>
        <source>Plays here</source>
        <translation>本机能放</translation>
    </message>
    <message>
        <source>Not given</source>
        <translation>未注明</translation>
    </message>
    <message>
        <source>1 resource</source>
        <translation>1 个资源</translation>
    </message>
    <message>
        <source>{count} resources</source>
        <translation>{count} 个资源</translation>
    </message>
</context>
</TS>
