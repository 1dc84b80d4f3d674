<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AnalysisText</name>
    <message>
        <source>This file is not text.</source>
        <translation>这个文件不是文本。</translation>
    </message>
    <message>
        <source>This file is larger than what is analysed (setting analysis.maxFileSize).</source>
        <translation>这个文件超过了分析的大小上限（设置 analysis.maxFileSize）。</translation>
    </message>
    <message>
        <source>This is a device, a pipe or a socket, not a file.</source>
        <translation>这是设备、管道或套接字，不是普通文件。</translation>
    </message>
    <message>
        <source>This link leads out of the folder and is not followed.</source>
        <translation>这个链接指向文件夹之外，不会跟随。</translation>
    </message>
    <message>
        <source>Links are not followed.</source>
        <translation>不跟随链接。</translation>
    </message>
    <message>
        <source>Reading this file took too long, so it was left out.</source>
        <translation>读取这个文件耗时过长，已跳过。</translation>
    </message>
    <message>
        <source>This file stopped the program that reads it, so it was left out.</source>
        <translation>这个文件使读取程序意外退出，已跳过。</translation>
    </message>
    <message>
        <source>This file cannot be read.</source>
        <translation>无法读取这个文件。</translation>
    </message>
    <message>
        <source>Files like this hold keys and passwords and are left alone.</source>
        <translation>这类文件保存密钥和密码，不会读取。</translation>
    </message>
    <message>
        <source>This file was made by a program and is left out.</source>
        <translation>这个文件由程序生成，已跳过。</translation>
    </message>
    <message>
        <source>The name of this file cannot be shown.</source>
        <translation>无法显示这个文件的名称。</translation>
    </message>
    <message>
        <source>There are more files than are analysed.</source>
        <translation>文件数量超过了分析的上限。</translation>
    </message>
    <message>
        <source>This folder lies too deep.</source>
        <translation>这个文件夹层级过深。</translation>
    </message>
    <message>
        <source>class</source>
        <translation>类</translation>
    </message>
    <message>
        <source>struct</source>
        <translation>结构体</translation>
    </message>
    <message>
        <source>union</source>
        <translation>联合体</translation>
    </message>
    <message>
        <source>enum</source>
        <translation>枚举</translation>
    </message>
    <message>
        <source>enumerator</source>
        <translation>枚举值</translation>
    </message>
    <message>
        <source>interface</source>
        <translation>接口</translation>
    </message>
    <message>
        <source>trait</source>
        <translation>特征</translation>
    </message>
    <message>
        <source>module</source>
        <translation>模块</translation>
    </message>
    <message>
        <source>namespace</source>
        <translation>命名空间</translation>
    </message>
    <message>
        <source>type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>function</source>
        <translation>函数</translation>
    </message>
    <message>
        <source>method</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>lambda</source>
        <translation>匿名函数</translation>
    </message>
    <message>
        <source>field</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>property</source>
        <translation>属性</translation>
    </message>
    <message>
        <source>variable</source>
        <translation>变量</translation>
    </message>
    <message>
        <source>constant</source>
        <translation>常量</translation>
    </message>
    <message>
        <source>macro</source>
        <translation>宏</translation>
    </message>
    <message>
        <source>heading</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>exact</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>same file</source>
        <translation>同一文件</translation>
    </message>
    <message>
        <source>by import</source>
        <translation>由导入确定</translation>
    </message>
    <message>
        <source>by name only</source>
        <translation>仅凭名称</translation>
    </message>
    <message>
        <source>not in this folder</source>
        <translation>不在此文件夹</translation>
    </message>
    <message>
        <source>Reading files: %1 of %2</source>
        <translation>正在读取文件：%1 / %2</translation>
    </message>
    <message>
        <source>Connecting calls and includes</source>
        <translation>正在关联调用与包含</translation>
    </message>
    <message>
        <source>Reading the history</source>
        <translation>正在读取历史</translation>
    </message>
    <message>
        <source>Looking for files: %1 so far</source>
        <translation>正在查找文件：已找到 %1 个</translation>
    </message>
    <message>
        <source>Looking for files</source>
        <translation>正在查找文件</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>%1 k</source>
        <translation>%1 k</translation>
    </message>
    <message>
        <source>%1 M</source>
        <translation>%1 M</translation>
    </message>
</context>
<context>
    <name>Graph</name>
    <message>
        <source>cycle</source>
        <translation>循环</translation>
    </message>
    <message>
        <source>cycle %1</source>
        <translation>循环 %1</translation>
    </message>
    <message>
        <source>top of the file</source>
        <translation>文件顶层</translation>
    </message>
    <message>
        <source>folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>file</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>calls itself</source>
        <translation>调用自身</translation>
    </message>
    <message>
        <source>calls the focus</source>
        <translation>调用焦点</translation>
    </message>
    <message>
        <source>caller, %1 steps away</source>
        <translation>调用方，相距 %1 步</translation>
    </message>
    <message>
        <source>includes the focus</source>
        <translation>包含焦点</translation>
    </message>
    <message>
        <source>includer, %1 steps away</source>
        <translation>包含方，相距 %1 步</translation>
    </message>
    <message>
        <source>called by the focus</source>
        <translation>被焦点调用</translation>
    </message>
    <message>
        <source>callee, %1 steps away</source>
        <translation>被调用方，相距 %1 步</translation>
    </message>
    <message>
        <source>included by the focus</source>
        <translation>被焦点包含</translation>
    </message>
    <message>
        <source>included, %1 steps away</source>
        <translation>被包含，相距 %1 步</translation>
    </message>
    <message>
        <source>the focus</source>
        <translation>焦点</translation>
    </message>
    <message>
        <source>in cycle %1 of %2 members</source>
        <translation>属于循环 %1，共 %2 个成员</translation>
    </message>
    <message>
        <source>+%1 more</source>
        <translation>另有 %1 个</translation>
    </message>
    <message>
        <source>files and folders</source>
        <translation>文件和文件夹</translation>
    </message>
    <message>
        <source>%1 more files and folders</source>
        <translation>另有 %1 个文件和文件夹</translation>
    </message>
    <message>
        <source>callers</source>
        <translation>调用方</translation>
    </message>
    <message>
        <source>callees</source>
        <translation>被调用方</translation>
    </message>
    <message>
        <source>includers</source>
        <translation>包含方</translation>
    </message>
    <message>
        <source>includes</source>
        <translation>包含的文件</translation>
    </message>
    <message>
        <source>%1 more %2 of %3, opens as a list</source>
        <translation>%3 的另外 %1 个%2，以列表打开</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1/%2</translation>
    </message>
    <message>
        <source>callers: %1</source>
        <translation>调用方：%1</translation>
    </message>
    <message>
        <source>includers: %1</source>
        <translation>包含方：%1</translation>
    </message>
    <message>
        <source>callees: %1</source>
        <translation>被调用方：%1</translation>
    </message>
    <message>
        <source>includes: %1</source>
        <translation>包含：%1</translation>
    </message>
    <message>
        <source>files and folders: %1</source>
        <translation>文件和文件夹：%1</translation>
    </message>
    <message>
        <source>without includes between them: %1</source>
        <translation>与其他文件无包含关系：%1</translation>
    </message>
    <message>
        <source>no cycles</source>
        <translation>没有循环</translation>
    </message>
    <message>
        <source>1 cycle: %1</source>
        <translation>1 个循环：%1</translation>
    </message>
    <message>
        <source>%1 cycles, the first: %2</source>
        <translation>%1 个循环，第一个：%2</translation>
    </message>
    <message>
        <source>exact</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>same file</source>
        <translation>同一文件</translation>
    </message>
    <message>
        <source>by import</source>
        <translation>由导入确定</translation>
    </message>
    <message>
        <source>by name only</source>
        <translation>仅凭名称</translation>
    </message>
    <message>
        <source>calls: %1</source>
        <translation>调用：%1</translation>
    </message>
    <message>
        <source>the first in line %1</source>
        <translation>第一处在第 %1 行</translation>
    </message>
    <message>
        <source>in line %1</source>
        <translation>在第 %1 行</translation>
    </message>
</context>
<context>
    <name>InspectorRows</name>
    <message>
        <source>nesting %1, parameters %2</source>
        <translation>嵌套 %1，参数 %2</translation>
    </message>
    <message>
        <source>(top of the file)</source>
        <translation>（文件顶层）</translation>
    </message>
    <message>
        <source>outside</source>
        <translation>外部</translation>
    </message>
    <message>
        <source>%1 is not in this folder</source>
        <translation>%1 不在此文件夹中</translation>
    </message>
    <message>
        <source>equal but for names and literals</source>
        <translation>除名称和字面量外相同</translation>
    </message>
    <message>
        <source>word for word</source>
        <translation>逐字相同</translation>
    </message>
    <message>
        <source>most of it by %1 (%2 %)</source>
        <translation>主要作者 %1（%2 %）</translation>
    </message>
    <message>
        <source>complexity %1, authors %2</source>
        <translation>复杂度 %1，作者 %2 人</translation>
    </message>
    <message>
        <source>complexity %1, changed in %2 of the newest hundred commits of the file</source>
        <translation>复杂度 %1，在该文件最近一百次提交中改动 %2 次</translation>
    </message>
</context>
<context>
    <name>exo::ui::AnalysisPage</name>
    <message>
        <source>Choose a file</source>
        <translation>选择一个文件</translation>
    </message>
    <message>
        <source>The tree at the left has them; the treemap shows where the work is.</source>
        <translation>左侧文件树列出全部文件；矩形图显示代码集中在哪里。</translation>
    </message>
    <message>
        <source>Analysing %1</source>
        <translation>正在分析 %1</translation>
    </message>
    <message>
        <source>%1 could not be analysed</source>
        <translation>无法分析 %1</translation>
    </message>
    <message>
        <source>The analysis was cancelled</source>
        <translation>分析已取消</translation>
    </message>
    <message>
        <source>What was read already is kept, so it goes on quickly when you start again.</source>
        <translation>已读取的内容会保留，再次开始时很快就能继续。</translation>
    </message>
    <message>
        <source>Open a folder with code</source>
        <translation>打开一个代码文件夹</translation>
    </message>
    <message>
        <source>ExoBrain reads it once and shows what is in it: symbols, calls, findings, duplicates and hotspots. You can also drop a folder here.</source>
        <translation>ExoBrain 读取一遍，就能显示其中的符号、调用、问题、重复代码和热点。也可以把文件夹拖到这里。</translation>
    </message>
    <message>
        <source>The server reads a folder of its own and shows what is in it: symbols, calls, findings, duplicates and hotspots.</source>
        <translation>服务器读取它自己的文件夹，并显示其中的符号、调用、问题、重复代码和热点。</translation>
    </message>
    <message>
        <source>Opened before</source>
        <translation>最近打开</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Analyse again</source>
        <translation>重新分析</translation>
    </message>
    <message>
        <source>Progress of the analysis</source>
        <translation>分析进度</translation>
    </message>
    <message>
        <source>Cancel the analysis</source>
        <translation>取消分析</translation>
    </message>
    <message>
        <source>Close the folder</source>
        <translation>关闭文件夹</translation>
    </message>
    <message>
        <source>Code: tree and text</source>
        <translation>代码：文件树与正文</translation>
    </message>
    <message>
        <source>Code: treemap</source>
        <translation>代码：矩形图</translation>
    </message>
    <message>
        <source>Treemap: colour by complexity</source>
        <translation>矩形图：按复杂度着色</translation>
    </message>
    <message>
        <source>Treemap: colour by changes</source>
        <translation>矩形图：按改动次数着色</translation>
    </message>
    <message>
        <source>Filter files</source>
        <translation>筛选文件</translation>
    </message>
    <message>
        <source>Find in this file</source>
        <translation>在此文件中查找</translation>
    </message>
    <message>
        <source>Find next</source>
        <translation>查找下一个</translation>
    </message>
    <message>
        <source>Find previous</source>
        <translation>查找上一个</translation>
    </message>
    <message>
        <source>Go to line…</source>
        <translation>转到行…</translation>
    </message>
    <message>
        <source>Go to symbol…</source>
        <translation>转到符号…</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>后退</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>前进</translation>
    </message>
    <message>
        <source>Next finding</source>
        <translation>下一个问题</translation>
    </message>
    <message>
        <source>Previous finding</source>
        <translation>上一个问题</translation>
    </message>
    <message>
        <source>Fold everything</source>
        <translation>全部折叠</translation>
    </message>
    <message>
        <source>Unfold everything</source>
        <translation>全部展开</translation>
    </message>
    <message>
        <source>Ask about this</source>
        <translation>就此提问</translation>
    </message>
    <message>
        <source>Ask about the selection</source>
        <translation>询问所选代码</translation>
    </message>
    <message>
        <source>Ask about this function</source>
        <translation>询问这个函数</translation>
    </message>
    <message>
        <source>Ask about the chosen finding</source>
        <translation>询问所选问题</translation>
    </message>
    <message>
        <source>Ask about this file</source>
        <translation>询问这个文件</translation>
    </message>
    <message>
        <source>Export findings as SARIF…</source>
        <translation>将问题导出为 SARIF…</translation>
    </message>
    <message>
        <source>Export report as HTML…</source>
        <translation>将报告导出为 HTML…</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Export findings</source>
        <translation>导出问题</translation>
    </message>
    <message>
        <source>Export report</source>
        <translation>导出报告</translation>
    </message>
    <message>
        <source>Written to %1</source>
        <translation>已写入 %1</translation>
    </message>
    <message>
        <source>%1 could not be written: %2</source>
        <translation>无法写入 %1：%2</translation>
    </message>
    <message>
        <source>That is too much for one question. Select a part of it.</source>
        <translation>一次提问放不下这么多，请选择其中一部分。</translation>
    </message>
    <message>
        <source>Put the cursor into a function first.</source>
        <translation>请先把光标放到函数中。</translation>
    </message>
    <message>
        <source>Choose a finding first.</source>
        <translation>请先选择一个问题。</translation>
    </message>
    <message>
        <source>This file is too large to be shown.</source>
        <translation>这个文件太大，无法显示。</translation>
    </message>
    <message>
        <source>This file is no longer there.</source>
        <translation>这个文件已经不存在。</translation>
    </message>
    <message>
        <source>This file has changed since it was analysed; lines may have moved.</source>
        <translation>这个文件在分析之后有改动，行号可能已经变化。</translation>
    </message>
    <message>
        <source>This file could not be parsed, so it has no colours.</source>
        <translation>无法解析这个文件，因此没有语法着色。</translation>
    </message>
    <message>
        <source>The encoding of this file is not known; some letters are missing.</source>
        <translation>无法识别这个文件的编码，部分字符无法显示。</translation>
    </message>
    <message>
        <source>This file has no findings.</source>
        <translation>这个文件没有问题。</translation>
    </message>
    <message>
        <source>The same code stands elsewhere: %1</source>
        <translation>相同的代码还出现在：%1</translation>
    </message>
    <message>
        <source>Show the graph</source>
        <translation>显示关系图</translation>
    </message>
    <message>
        <source>Graph of the whole folder</source>
        <translation>整个文件夹的关系图</translation>
    </message>
</context>
<context>
    <name>exo::ui::AskPanel</name>
    <message>
        <source>What you ask about goes along with your question, and you see it before you send.</source>
        <translation>所问的代码会随问题一起发送，发送前可以看到。</translation>
    </message>
</context>
<context>
    <name>exo::ui::CodeHeader</name>
    <message>
        <source>Symbols</source>
        <translation>符号</translation>
    </message>
    <message>
        <source>Go to a symbol</source>
        <translation>转到符号</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Find in this file</source>
        <translation>在此文件中查找</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>提问</translation>
    </message>
    <message>
        <source>Ask about this</source>
        <translation>就此提问</translation>
    </message>
    <message>
        <source>Ask about what is selected, the function or the file</source>
        <translation>询问所选代码、当前函数或文件</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Graph of calls or includes around this</source>
        <translation>围绕此处的调用或包含关系图</translation>
    </message>
</context>
<context>
    <name>exo::ui::CodeView</name>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
</context>
<context>
    <name>exo::ui::FilePanel</name>
    <message>
        <source>No file has these words in its path.</source>
        <translation>没有路径包含这些字词的文件。</translation>
    </message>
    <message>
        <source>There is no file to analyse in this folder.</source>
        <translation>这个文件夹中没有可分析的文件。</translation>
    </message>
    <message>
        <source>Open a folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>%1 · %2 lines</source>
        <translation>%1 · %2 行</translation>
    </message>
    <message>
        <source>Folder: %1</source>
        <translation>文件夹：%1</translation>
    </message>
    <message>
        <source>View of the files</source>
        <translation>文件视图</translation>
    </message>
    <message>
        <source>Tree</source>
        <translation>树</translation>
    </message>
    <message>
        <source>Treemap</source>
        <translation>矩形图</translation>
    </message>
    <message>
        <source>Filter files</source>
        <translation>筛选文件</translation>
    </message>
    <message>
        <source>Clear the filter</source>
        <translation>清除筛选</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Analyse again what has changed</source>
        <translation>重新分析有改动的文件</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cancel the analysis</source>
        <translation>取消分析</translation>
    </message>
    <message>
        <source>Progress of the analysis</source>
        <translation>分析进度</translation>
    </message>
</context>
<context>
    <name>exo::ui::FileTreeModel</name>
    <message>
        <source>%1 lines of code</source>
        <translation>%1 行代码</translation>
    </message>
    <message>
        <source>%1 errors, %2 warnings, %3 notes</source>
        <translation>错误 %1，警告 %2，提示 %3</translation>
    </message>
    <message>
        <source>worst cognitive complexity %1</source>
        <translation>最高认知复杂度 %1</translation>
    </message>
    <message>
        <source>%1 revisions</source>
        <translation>改动 %1 次</translation>
    </message>
    <message>
        <source>Files: %1</source>
        <translation>文件：%1</translation>
    </message>
    <message>
        <source>Findings: %1</source>
        <translation>问题：%1</translation>
    </message>
</context>
<context>
    <name>exo::ui::FindBar</name>
    <message>
        <source>Nothing found</source>
        <translation>没有找到</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Find in this file</source>
        <translation>在此文件中查找</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Mind upper and lower case</source>
        <translation>区分大小写</translation>
    </message>
    <message>
        <source>Previous</source>
        <translation>上一个</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一个</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>exo::ui::FolderDialog</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Folder on the server</source>
        <translation>服务器上的文件夹</translation>
    </message>
    <message>
        <source>The path of a folder on %1. It must lie in one that its setting analysis.roots allows.</source>
        <translation>%1 上的文件夹路径。它必须位于服务器设置 analysis.roots 允许的目录中。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>exo::ui::GraphBar</name>
    <message>
        <source>The whole folder</source>
        <translation>整个文件夹</translation>
    </message>
    <message>
        <source>Callers</source>
        <translation>调用方</translation>
    </message>
    <message>
        <source>Includers</source>
        <translation>包含方</translation>
    </message>
    <message>
        <source>Both</source>
        <translation>双向</translation>
    </message>
    <message>
        <source>Callees</source>
        <translation>被调用方</translation>
    </message>
    <message>
        <source>Includes</source>
        <translation>包含</translation>
    </message>
    <message>
        <source>Which graph</source>
        <translation>哪种关系图</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>调用</translation>
    </message>
    <message>
        <source>In which direction</source>
        <translation>方向</translation>
    </message>
    <message>
        <source>Steps away from the focus</source>
        <translation>距焦点的步数</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Back to the graph before</source>
        <translation>回到上一张图</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>前进</translation>
    </message>
    <message>
        <source>The folder around it</source>
        <translation>所在文件夹</translation>
    </message>
    <message>
        <source>Smaller</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Show all of it</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Close the graph</source>
        <translation>关闭关系图</translation>
    </message>
</context>
<context>
    <name>exo::ui::GraphLegend</name>
    <message>
        <source>cycle</source>
        <translation>循环</translation>
    </message>
    <message>
        <source>What the lines mean: %1</source>
        <translation>线条含义：%1</translation>
    </message>
    <message>
        <source>How sure it is that the call leads there</source>
        <translation>调用指向此处的可靠程度</translation>
    </message>
</context>
<context>
    <name>exo::ui::GraphList</name>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>没有内容</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
</context>
<context>
    <name>exo::ui::GraphPane</name>
    <message>
        <source>Reading the graph…</source>
        <translation>正在读取关系图…</translation>
    </message>
    <message>
        <source>No function is chosen</source>
        <translation>没有选中函数</translation>
    </message>
    <message>
        <source>Place the cursor in a function and choose “Show the graph”, or look at includes.</source>
        <translation>把光标放进一个函数并选择“显示关系图”，或查看包含关系。</translation>
    </message>
    <message>
        <source>The graph cannot be shown</source>
        <translation>无法显示关系图</translation>
    </message>
    <message>
        <source>What it was about is not in this analysis.</source>
        <translation>它的对象不在这次分析里。</translation>
    </message>
    <message>
        <source>No includes here</source>
        <translation>这里没有包含关系</translation>
    </message>
    <message>
        <source>Nothing in this folder includes or imports anything else in it.</source>
        <translation>这个文件夹里的文件没有相互包含或导入。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>exo::ui::GraphView</name>
    <message>
        <source>Graph</source>
        <translation>关系图</translation>
    </message>
</context>
<context>
    <name>exo::ui::Inspector</name>
    <message>
        <source>No function at the cursor</source>
        <translation>光标处没有函数</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>检查器</translation>
    </message>
    <message>
        <source>Outline</source>
        <translation>大纲</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Metrics</source>
        <translation>度量</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>调用</translation>
    </message>
    <message>
        <source>Includes</source>
        <translation>包含</translation>
    </message>
    <message>
        <source>Duplicates</source>
        <translation>重复</translation>
    </message>
    <message>
        <source>Hotspots</source>
        <translation>热点</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>提问</translation>
    </message>
    <message>
        <source>What the list covers</source>
        <translation>列表范围</translation>
    </message>
    <message>
        <source>This file</source>
        <translation>此文件</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Severity</source>
        <translation>严重程度</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Open a file to see it here.</source>
        <translation>打开文件后在此显示。</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>This file defines nothing.</source>
        <translation>这个文件没有定义任何内容。</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Nothing was found.</source>
        <translation>没有发现问题。</translation>
    </message>
    <message>
        <source>Function</source>
        <translation>函数</translation>
    </message>
    <message>
        <source>Cogn.</source>
        <translation>认知</translation>
    </message>
    <message>
        <source>Cycl.</source>
        <translation>圈</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>行数</translation>
    </message>
    <message>
        <source>There is no function.</source>
        <translation>没有函数。</translation>
    </message>
    <message>
        <source>Called by</source>
        <translation>被谁调用</translation>
    </message>
    <message>
        <source>Nobody in this folder calls it.</source>
        <translation>此文件夹中没有谁调用它。</translation>
    </message>
    <message>
        <source>Put the cursor into a function.</source>
        <translation>请把光标放到函数中。</translation>
    </message>
    <message>
        <source>In</source>
        <translation>位于</translation>
    </message>
    <message>
        <source>It calls nothing.</source>
        <translation>它没有调用其他函数。</translation>
    </message>
    <message>
        <source>It includes nothing.</source>
        <translation>它没有包含其他文件。</translation>
    </message>
    <message>
        <source>Included by</source>
        <translation>被谁包含</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>No file of this folder includes it.</source>
        <translation>此文件夹中没有文件包含它。</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>组</translation>
    </message>
    <message>
        <source>There are no duplicates.</source>
        <translation>没有重复代码。</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>得分</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>改动</translation>
    </message>
    <message>
        <source>This folder has no history in git.</source>
        <translation>这个文件夹没有 git 历史。</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Functions that change most</source>
        <translation>修改最多的函数</translation>
    </message>
    <message>
        <source>In the files that change most no function changed.</source>
        <translation>在修改最多的文件中没有函数被修改过。</translation>
    </message>
    <message>
        <source>Ask about this finding</source>
        <translation>询问这个问题</translation>
    </message>
</context>
<context>
    <name>exo::ui::MetricTiles</name>
    <message>
        <source>Cyclomatic</source>
        <translation>圈复杂度</translation>
    </message>
    <message>
        <source>Cognitive</source>
        <translation>认知复杂度</translation>
    </message>
    <message>
        <source>Nesting</source>
        <translation>嵌套</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>行数</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>File changed</source>
        <translation>文件改动</translation>
    </message>
    <message>
        <source>Measures</source>
        <translation>度量</translation>
    </message>
</context>
<context>
    <name>exo::ui::SymbolPopup</name>
    <message>
        <source>Go to a symbol</source>
        <translation>转到符号</translation>
    </message>
    <message>
        <source>Symbols</source>
        <translation>符号</translation>
    </message>
    <message>
        <source>No symbol has this name.</source>
        <translation>没有这个名称的符号。</translation>
    </message>
</context>
<context>
    <name>exo::ui::TreemapPage</name>
    <message>
        <source>Folder %1</source>
        <translation>文件夹 %1</translation>
    </message>
    <message>
        <source>What the colours mean</source>
        <translation>颜色的含义</translation>
    </message>
    <message>
        <source>Complexity</source>
        <translation>复杂度</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>改动</translation>
    </message>
    <message>
        <source>Area: lines · red: a very complex function</source>
        <translation>面积：行数 · 红色：含非常复杂的函数</translation>
    </message>
    <message>
        <source>Area: lines · red: changed often</source>
        <translation>面积：行数 · 红色：经常改动</translation>
    </message>
    <message>
        <source>This folder has no history in git.</source>
        <translation>这个文件夹没有 git 历史。</translation>
    </message>
</context>
<context>
    <name>exo::ui::TreemapView</name>
    <message>
        <source>Treemap</source>
        <translation>矩形图</translation>
    </message>
    <message>
        <source>Files: %1</source>
        <translation>文件：%1</translation>
    </message>
    <message>
        <source>Lines: %1</source>
        <translation>行数：%1</translation>
    </message>
    <message>
        <source>Complexity: %1, worst function %2</source>
        <translation>复杂度：%1，最复杂的函数 %2</translation>
    </message>
    <message>
        <source>Revisions: %1</source>
        <translation>改动：%1 次</translation>
    </message>
    <message>
        <source>Findings: %1</source>
        <translation>问题：%1</translation>
    </message>
</context>
</TS>
