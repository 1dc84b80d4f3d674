<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
    <context>
        <name>Markdown</name>
        <message>
            <source>image: </source>
            <translation>图片：</translation>
        </message>
    </context>
    <context>
        <name>Transcript</name>
        <message>
            <source>Copy message</source>
            <translation>复制消息</translation>
        </message>
        <message>
            <source>Edit as a new branch</source>
            <translation>编辑为新分支</translation>
        </message>
        <message>
            <source>Next branch</source>
            <translation>下一个分支</translation>
        </message>
        <message>
            <source>Previous branch</source>
            <translation>上一个分支</translation>
        </message>
        <message>
            <source>Answer again as a new branch</source>
            <translation>重新回答，成为新分支</translation>
        </message>
        <message>
            <source>Regenerate</source>
            <translation>重新生成</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>复制</translation>
        </message>
        <message>
            <source>Quote in the next message</source>
            <translation>在下一条消息中引用</translation>
        </message>
        <message>
            <source>Quote</source>
            <translation>引用</translation>
        </message>
        <message>
            <source>Answering</source>
            <translation>正在回答</translation>
        </message>
        <message>
            <source>Continue</source>
            <translation>继续</translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>重试</translation>
        </message>
        <message>
            <source>Hide the reasoning</source>
            <translation>收起推理过程</translation>
        </message>
        <message>
            <source>Show the reasoning</source>
            <translation>展开推理过程</translation>
        </message>
        <message>
            <source>Thinking…</source>
            <translation>正在思考…</translation>
        </message>
        <message>
            <source>Reasoning</source>
            <translation>推理过程</translation>
        </message>
        <message>
            <source>Open %1</source>
            <translation>打开 %1</translation>
        </message>
        <message>
            <source>You</source>
            <translation>你</translation>
        </message>
        <message>
            <source>System</source>
            <translation>系统</translation>
        </message>
        <message>
            <source>Tool</source>
            <translation>工具</translation>
        </message>
        <message>
            <source>first token %1 s</source>
            <translation>首字 %1 s</translation>
        </message>
        <message>
            <source>%1 tok/s</source>
            <translation>%1 tok/s</translation>
        </message>
        <message>
            <source>%1 tokens</source>
            <translation>%1 tok</translation>
        </message>
        <message>
            <source>Stopped. The text so far is kept.</source>
            <translation>已停止，已有内容已保留。</translation>
        </message>
        <message>
            <source>Interrupted. The text so far is kept.</source>
            <translation>已中断，已有内容已保留。</translation>
        </message>
        <message>
            <source>Interrupted: %1</source>
            <translation>已中断：%1</translation>
        </message>
        <message>
            <source>The answer failed.</source>
            <translation>回答失败。</translation>
        </message>
        <message>
            <source>Older messages were summarised for the model</source>
            <translation>更早的消息已为模型做了摘要</translation>
        </message>
        <message>
            <source>text</source>
            <translation>文本</translation>
        </message>
        <message>
            <source>Copy this code</source>
            <translation>复制这段代码</translation>
        </message>
        <message>
            <source>Copy code</source>
            <translation>复制</translation>
        </message>
        <message>
            <source>Wrap long lines</source>
            <translation>长行换行</translation>
        </message>
        <message>
            <source>Do not wrap</source>
            <translation>不换行</translation>
        </message>
        <message>
            <source>Wrap</source>
            <translation>换行</translation>
        </message>
        <message>
            <source>Search</source>
            <translation>搜索</translation>
        </message>
        <message>
            <source>Outline</source>
            <translation>大纲</translation>
        </message>
        <message>
            <source>References</source>
            <translation>引用处</translation>
        </message>
        <message>
            <source>Calls</source>
            <translation>调用关系</translation>
        </message>
        <message>
            <source>Metrics</source>
            <translation>度量</translation>
        </message>
        <message>
            <source>Findings</source>
            <translation>问题</translation>
        </message>
        <message>
            <source>Project map</source>
            <translation>项目地图</translation>
        </message>
        <message>
            <source>Read</source>
            <translation>读取</translation>
        </message>
        <message>
            <source>List files</source>
            <translation>列出文件</translation>
        </message>
        <message>
            <source>%1 ms</source>
            <translation>%1 毫秒</translation>
        </message>
        <message>
            <source>%1 s</source>
            <translation>%1 秒</translation>
        </message>
        <message>
            <source>nothing found</source>
            <translation>没有结果</translation>
        </message>
        <message>
            <source>1 symbol</source>
            <translation>1 个符号</translation>
        </message>
        <message>
            <source>%1 symbols</source>
            <translation>%1 个符号</translation>
        </message>
        <message>
            <source>1 file</source>
            <translation>1 个文件</translation>
        </message>
        <message>
            <source>%1 files</source>
            <translation>%1 个文件</translation>
        </message>
        <message>
            <source>1 line</source>
            <translation>1 行</translation>
        </message>
        <message>
            <source>%1 lines</source>
            <translation>%1 行</translation>
        </message>
        <message>
            <source>1 result</source>
            <translation>1 条结果</translation>
        </message>
        <message>
            <source>%1 results</source>
            <translation>%1 条结果</translation>
        </message>
        <message>
            <source>running</source>
            <translation>正在运行</translation>
        </message>
        <message>
            <source>did not end</source>
            <translation>没有结束</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>失败</translation>
        </message>
        <message>
            <source>failed: %1</source>
            <translation>失败：%1</translation>
        </message>
        <message>
            <source>Looking at the project: %1 calls</source>
            <translation>正在查看项目：%1 次调用</translation>
        </message>
        <message>
            <source>Looked at the project: %1 calls, %2</source>
            <translation>查看了项目：%1 次调用，%2</translation>
        </message>
        <message>
            <source>Looked at the project: %1 calls, %2 failed, %3</source>
            <translation>查看了项目：%1 次调用，%2 次失败，%3</translation>
        </message>
        <message>
            <source>Hide the calls</source>
            <translation>收起调用</translation>
        </message>
        <message>
            <source>Show the calls</source>
            <translation>展开调用</translation>
        </message>
        <message>
            <source>Hide arguments and result</source>
            <translation>收起参数和结果</translation>
        </message>
        <message>
            <source>Show arguments and result</source>
            <translation>展开参数和结果</translation>
        </message>
        <message>
            <source>%1 more calls are not listed</source>
            <translation>另有 %1 次调用未列出</translation>
        </message>
        <message>
            <source>Result</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>Arguments</source>
            <translation>参数</translation>
        </message>
        <message>
            <source>%1 of %2 lines</source>
            <translation>%1 / %2 行</translation>
        </message>
        <message>
            <source>Copy all of this text</source>
            <translation>复制全部文字</translation>
        </message>
    </context>
    <context>
        <name>exo::ui::Attachments</name>
        <message>
            <source>picture-%1.png</source>
            <translation>图片-%1.png</translation>
        </message>
        <message>
            <source>pasted-%1.txt</source>
            <translation>粘贴文本-%1.txt</translation>
        </message>
        <message>
            <source>“%1” does not fit: attachments may have %2 MB together.</source>
            <translation>“%1”放不下：附件合计不能超过 %2 MB。</translation>
        </message>
        <message>
            <source>“%1” is not a file.</source>
            <translation>“%1”不是文件。</translation>
        </message>
        <message>
            <source>“%1” cannot be read.</source>
            <translation>无法读取“%1”。</translation>
        </message>
        <message>
            <source>“%1” is neither text nor a PNG, JPEG, GIF or WebP picture.</source>
            <translation>“%1”既不是文本，也不是 PNG、JPEG、GIF 或 WebP 图片。</translation>
        </message>
    </context>
    <context>
        <name>exo::ui::ChatHeader</name>
        <message>
            <source>Title of the chat</source>
            <translation>对话标题</translation>
        </message>
        <message>
            <source>More for this chat</source>
            <translation>更多操作</translation>
        </message>
        <message>
            <source>Title: %1</source>
            <translation>标题：%1</translation>
        </message>
        <message>
            <source>Double-click to rename</source>
            <translation>双击重命名</translation>
        </message>
        <message>
            <source>Default model</source>
            <translation>默认模型</translation>
        </message>
        <message>
            <source>Model: %1</source>
            <translation>模型：%1</translation>
        </message>
        <message>
            <source>%1 (local assistant)</source>
            <translation>%1（本地助手）</translation>
        </message>
        <message>
            <source>Loading…</source>
            <translation>正在加载…</translation>
        </message>
        <message>
            <source>No models are configured</source>
            <translation>尚未配置模型</translation>
        </message>
        <message>
            <source>Set up providers…</source>
            <translation>配置服务商…</translation>
        </message>
        <message>
            <source>No project</source>
            <translation>无项目</translation>
        </message>
        <message>
            <source>Project folder: %1</source>
            <translation>项目文件夹：%1</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
        <message>
            <source>Choose a folder that answers may cite</source>
            <translation>选择回答可以引用的文件夹</translation>
        </message>
        <message>
            <source>Choose a folder…</source>
            <translation>选择文件夹…</translation>
        </message>
        <message>
            <source>Project folder</source>
            <translation>项目文件夹</translation>
        </message>
    </context>
    <context>
        <name>exo::ui::ChatPage</name>
        <message>
            <source>Project folder</source>
            <translation>项目文件夹</translation>
        </message>
        <message>
            <source>The long text was attached as a file.</source>
            <translation>长文本已作为文件附上。</translation>
        </message>
        <message>
            <source>Put it into the message</source>
            <translation>改为放进消息</translation>
        </message>
        <message>
            <source>Nothing was said here yet</source>
            <translation>这里还没有内容</translation>
        </message>
        <message>
            <source>Please continue exactly where you stopped.</source>
            <translation>请从停下的地方接着写。</translation>
        </message>
        <message>
            <source>Copied.</source>
            <translation>已复制。</translation>
        </message>
        <message>
            <source>What would you like to know?</source>
            <translation>想了解什么？</translation>
        </message>
        <message>
            <source>With a project folder, answers point to its files and lines.</source>
            <translation>选好项目文件夹，回答会指向其中的文件和行。</translation>
        </message>
        <message>
        <source>Add a provider</source>
        <translation>添加模型服务</translation>
    </message>
    <message>
            <source>Choose a project folder</source>
            <translation>选择项目文件夹</translation>
        </message>
        <message>
            <source>Loading…</source>
            <translation>正在加载…</translation>
        </message>
        <message>
            <source>Try again</source>
            <translation>重试</translation>
        </message>
        <message>
            <source>Connecting…</source>
            <translation>正在连接…</translation>
        </message>
        <message>
            <source>Not connected. What is open stays readable.</source>
            <translation>未连接。已打开的内容仍可阅读。</translation>
        </message>
        <message>
            <source>New chat</source>
            <translation>新对话</translation>
        </message>
        <message>
            <source>This chat could not be loaded: %1</source>
            <translation>无法加载此对话：%1</translation>
        </message>
        <message>
            <source>The chats could not be loaded: %1</source>
            <translation>无法加载对话列表：%1</translation>
        </message>
        <message>
            <source>Filter chats</source>
            <translation>筛选对话</translation>
        </message>
        <message>
            <source>Write a message</source>
            <translation>写消息</translation>
        </message>
        <message>
            <source>Attach files</source>
            <translation>添加附件</translation>
        </message>
        <message>
            <source>Stop the answer</source>
            <translation>停止回答</translation>
        </message>
        <message>
            <source>Answer again</source>
            <translation>重新回答</translation>
        </message>
        <message>
            <source>Copy the last answer</source>
            <translation>复制最后的回答</translation>
        </message>
        <message>
            <source>Rename this chat</source>
            <translation>重命名此对话</translation>
        </message>
        <message>
            <source>Pin or unpin this chat</source>
            <translation>置顶或取消置顶此对话</translation>
        </message>
        <message>
            <source>Export this chat as Markdown…</source>
            <translation>将此对话导出为 Markdown…</translation>
        </message>
        <message>
            <source>Import chats…</source>
            <translation>导入对话…</translation>
        </message>
        <message>
            <source>Delete this chat</source>
            <translation>删除此对话</translation>
        </message>
    </context>
    <context>
        <name>exo::ui::Composer</name>
        <message>
            <source>picture</source>
            <translation>图片</translation>
        </message>
        <message>
            <source>pasted text</source>
            <translation>粘贴的文本</translation>
        </message>
        <message>
            <source>Ask anything…</source>
            <translation>问点什么…</translation>
        </message>
        <message>
            <source>Message</source>
            <translation>消息</translation>
        </message>
        <message>
            <source>Attach files or pictures</source>
            <translation>添加文件或图片</translation>
        </message>
        <message>
            <source>Editing: the new version becomes a branch of its own, the old one stays.</source>
            <translation>正在编辑：新内容会成为单独的分支，原来的保留。</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Enter sends · Shift+Enter breaks the line</source>
            <translation>Enter 发送 · Shift+Enter 换行</translation>
        </message>
        <message>
            <source>New message</source>
            <translation>新消息</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>停止</translation>
        </message>
        <message>
            <source>Send</source>
            <translation>发送</translation>
        </message>
        <message>
            <source>Stop the answer</source>
            <translation>停止回答</translation>
        </message>
        <message>
            <source>Send the message</source>
            <translation>发送消息</translation>
        </message>
        <message>
            <source>Next request ≈ %1 of %2 k tokens</source>
            <translation>下一次请求 ≈ %1 / %2 k tok</translation>
        </message>
        <message>
            <source>Next request ≈ %1 tokens</source>
            <translation>下一次请求 ≈ %1 tok</translation>
        </message>
        <message>
            <source>earlier messages: %1</source>
            <translation>历史 %1 条</translation>
        </message>
        <message>
            <source>%1 · %2 · click to remove</source>
            <translation>%1 · %2 · 点击移除</translation>
        </message>
        <message>
            <source>Remove attachment %1</source>
            <translation>移除附件 %1</translation>
        </message>
        <message>
            <source>Attach files</source>
            <translation>添加附件</translation>
        </message>
    </context>
    <context>
        <name>exo::ui::SessionDelegate</name>
        <message>
            <source>Title of the chat</source>
            <translation>对话标题</translation>
        </message>
    </context>
    <context>
        <name>exo::ui::SessionList</name>
        <message>
            <source>New chat</source>
            <translation>新对话</translation>
        </message>
        <message>
            <source>Filter by title</source>
            <translation>按标题筛选</translation>
        </message>
        <message>
            <source>Filter chats by title</source>
            <translation>按标题筛选对话</translation>
        </message>
        <message>
            <source>Import chats</source>
            <translation>导入对话</translation>
        </message>
        <message>
            <source>Chats</source>
            <translation>对话</translation>
        </message>
        <message>
            <source>Your chats will stand here.</source>
            <translation>对话会显示在这里。</translation>
        </message>
        <message>
            <source>No title contains this.</source>
            <translation>没有匹配的标题。</translation>
        </message>
        <message>
            <source>Rename</source>
            <translation>重命名</translation>
        </message>
        <message>
            <source>Unpin</source>
            <translation>取消置顶</translation>
        </message>
        <message>
            <source>Pin</source>
            <translation>置顶</translation>
        </message>
        <message>
            <source>Move to folder</source>
            <translation>移到文件夹</translation>
        </message>
        <message>
            <source>New folder…</source>
            <translation>新建文件夹…</translation>
        </message>
        <message>
            <source>Out of the folder</source>
            <translation>移出文件夹</translation>
        </message>
        <message>
            <source>Export as Markdown…</source>
            <translation>导出为 Markdown…</translation>
        </message>
        <message>
            <source>Export as JSON…</source>
            <translation>导出为 JSON…</translation>
        </message>
        <message>
            <source>Delete</source>
            <translation>删除</translation>
        </message>
    </context>
    <context>
        <name>exo::ui::SessionListModel</name>
        <message>
            <source>Pinned</source>
            <translation>置顶</translation>
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
            <source>Previous 7 days</source>
            <translation>过去 7 天</translation>
        </message>
        <message>
            <source>Older</source>
            <translation>更早</translation>
        </message>
        <message>
            <source>New chat</source>
            <translation>新对话</translation>
        </message>
        <message>
            <source>Folders</source>
            <translation>文件夹</translation>
        </message>
        <message>
            <source>%1, answering</source>
            <translation>%1，正在回答</translation>
        </message>
    </context>
    <context>
        <name>exo::ui::SessionOperations</name>
        <message>
            <source>New folder</source>
            <translation>新建文件夹</translation>
        </message>
        <message>
            <source>Name of the folder</source>
            <translation>文件夹名称</translation>
        </message>
        <message>
            <source>“%1” was deleted.</source>
            <translation>已删除“%1”。</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>撤销</translation>
        </message>
        <message>
            <source>Export chat</source>
            <translation>导出对话</translation>
        </message>
        <message>
            <source>Chat</source>
            <translation>对话</translation>
        </message>
        <message>
            <source>Exported to %1</source>
            <translation>已导出到 %1</translation>
        </message>
        <message>
            <source>%1 cannot be written: %2</source>
            <translation>无法写入 %1：%2</translation>
        </message>
        <message>
            <source>Import chats</source>
            <translation>导入对话</translation>
        </message>
        <message>
            <source>Exported chats (*.json)</source>
            <translation>导出的对话 (*.json)</translation>
        </message>
        <message>
            <source>All files (*)</source>
            <translation>所有文件 (*)</translation>
        </message>
        <message>
            <source>%1 cannot be read.</source>
            <translation>无法读取 %1。</translation>
        </message>
        <message>
            <source>Chats imported: %1</source>
            <translation>已导入 %1 个对话</translation>
        </message>
    </context>
    <context>
        <name>exo::ui::TranscriptView</name>
        <message>
            <source>Open %1</source>
            <translation>打开 %1</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>复制</translation>
        </message>
        <message>
            <source>Quote</source>
            <translation>引用</translation>
        </message>
        <message>
            <source>Copy message</source>
            <translation>复制消息</translation>
        </message>
        <message>
            <source>Edit as a new branch</source>
            <translation>编辑为新分支</translation>
        </message>
        <message>
            <source>Regenerate</source>
            <translation>重新生成</translation>
        </message>
        <message>
            <source>Select all</source>
            <translation>全选</translation>
        </message>
        <message>
            <source>Conversation</source>
            <translation>对话内容</translation>
        </message>
        <message>
            <source>Go to the newest text</source>
            <translation>跳到最新内容</translation>
        </message>
        <message>
            <source>New</source>
            <translation>有新内容</translation>
        </message>
        <message>
            <source>To the end</source>
            <translation>到末尾</translation>
        </message>
    </context>
</TS>
