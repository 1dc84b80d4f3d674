<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>ProviderPresets</name>
    <message>
        <source>%1 (this computer)</source>
        <translation>%1（本机）</translation>
    </message>
    <message>
        <source>Other, by address</source>
        <translation>其他，按地址添加</translation>
    </message>
</context>
<context>
    <name>exo::ui::AppearancePage</name>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
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
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>字号</translation>
    </message>
</context>
<context>
    <name>exo::ui::CommandPalette</name>
    <message>
        <source>Search chats and commands</source>
        <translation>搜索对话和命令</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>正在搜索…</translation>
    </message>
    <message>
        <source>Nothing found. Try fewer or other words.</source>
        <translation>没有找到。换个词或少几个词试试。</translation>
    </message>
    <message>
        <source>Chats</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Untitled chat</source>
        <translation>未命名对话</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
</context>
<context>
    <name>exo::ui::ConnectDialog</name>
    <message>
        <source>Connect to server</source>
        <translation>连接服务器</translation>
    </message>
    <message>
        <source>Use the chats and providers of an ExoBrain server instead of those of this computer.</source>
        <translation>改用一台 ExoBrain 服务器上的对话和模型服务，而不是本机的。</translation>
    </message>
    <message>
        <source>Server address</source>
        <translation>服务器地址</translation>
    </message>
    <message>
        <source>Key (starts with exo_)</source>
        <translation>密钥（以 exo_ 开头）</translation>
    </message>
    <message>
        <source>Not needed for a server without keys on this computer</source>
        <translation>本机上未设密钥的服务器不需要填写</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>This is not the address of a server.</source>
        <translation>这不是服务器的地址。</translation>
    </message>
    <message>
        <source>Asking %1…</source>
        <translation>正在询问 %1…</translation>
    </message>
    <message>
        <source>ExoBrain %1 answers</source>
        <translation>ExoBrain %1 已应答</translation>
    </message>
    <message>
        <source>Watch a server</source>
        <translation>监视服务器</translation>
    </message>
    <message>
        <source>The tray shows its state and tells of its alerts, beside the others.</source>
        <translation>托盘会与其他服务器一起显示它的状态，并通知它的告警。</translation>
    </message>
    <message>
        <source>Watch</source>
        <translation>监视</translation>
    </message>
</context>
<context>
    <name>exo::ui::ConnectionPage</name>
    <message>
        <source>Connection</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>ExoBrain works on this computer. Chats are stored here; only the providers you add are asked over the network.</source>
        <translation>ExoBrain 运行在本机，对话保存在本机；只有您添加的模型服务会通过网络访问。</translation>
    </message>
    <message>
        <source>Connected to %1. Chats are stored there.</source>
        <translation>已连接到 %1，对话保存在那里。</translation>
    </message>
    <message>
        <source>Connect to server…</source>
        <translation>连接服务器…</translation>
    </message>
    <message>
        <source>Use this computer</source>
        <translation>使用本机</translation>
    </message>
</context>
<context>
    <name>exo::ui::DataPage</name>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Chats and attachments of this computer are in this folder. Copy it to take them along.</source>
        <translation>本机的对话和附件都在这个文件夹里，复制它即可带走。</translation>
    </message>
    <message>
        <source>Data folder</source>
        <translation>数据文件夹</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
</context>
<context>
    <name>exo::ui::DesktopTray</name>
    <message>
        <source>The answer is ready</source>
        <translation>回答已完成</translation>
    </message>
    <message>
        <source>The answer was cut off</source>
        <translation>回答中断</translation>
    </message>
</context>
<context>
    <name>exo::ui::MainWindow</name>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Add a provider</source>
        <translation>添加模型服务</translation>
    </message>
    <message>
        <source>Connect to server…</source>
        <translation>连接服务器…</translation>
    </message>
    <message>
        <source>Use this computer</source>
        <translation>使用本机</translation>
    </message>
    <message>
        <source>Quit ExoBrain</source>
        <translation>退出 ExoBrain</translation>
    </message>
    <message>
        <source>Light theme</source>
        <translation>浅色主题</translation>
    </message>
    <message>
        <source>Dark theme</source>
        <translation>深色主题</translation>
    </message>
    <message>
        <source>Theme of the system</source>
        <translation>跟随系统主题</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Another ExoBrain is using the data of this computer. Close it and try again, or connect to it.</source>
        <translation>另一个 ExoBrain 正在使用本机的数据。请先关闭它，或者连接到它。</translation>
    </message>
    <message>
        <source>ExoBrain cannot open its data</source>
        <translation>ExoBrain 无法打开数据</translation>
    </message>
    <message>
        <source>Monitor</source>
        <translation>监控</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>%1 copied. Open its folder on the Code page to see it.</source>
        <translation>已复制 %1。在“代码”页打开它所在的文件夹即可查看。</translation>
    </message>
    <message>
        <source>%1 copied. There is no such file in the folder.</source>
        <translation>已复制 %1。文件夹中没有这个文件。</translation>
    </message>
</context>
<context>
    <name>exo::ui::ProviderDialog</name>
    <message>
        <source>Add provider</source>
        <translation>添加模型服务</translation>
    </message>
    <message>
        <source>Edit %1</source>
        <translation>编辑 %1</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Interface</source>
        <translation>接口</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>API key</source>
        <translation>API 密钥</translation>
    </message>
    <message>
        <source>Models, one per line</source>
        <translation>模型，每行一个</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Proxy address</source>
        <translation>代理地址</translation>
    </message>
    <message>
        <source>OpenAI-compatible</source>
        <translation>兼容 OpenAI</translation>
    </message>
    <message>
        <source>As the system says</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>No proxy</source>
        <translation>不使用代理</translation>
    </message>
    <message>
        <source>This one:</source>
        <translation>指定代理：</translation>
    </message>
    <message>
        <source>A key is stored. Leave empty to keep it.</source>
        <translation>已保存密钥，留空则保持不变。</translation>
    </message>
    <message>
        <source>Keys are made at %1</source>
        <translation>在 %1 创建密钥</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>正在保存…</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Calls go to %1</source>
        <translation>请求将发往 %1</translation>
    </message>
    <message>
        <source>This is not an address that can be called.</source>
        <translation>这不是可以访问的地址。</translation>
    </message>
    <message>
        <source>A name is needed.</source>
        <translation>请填写名称。</translation>
    </message>
    <message>
        <source>The name may have letters, digits, and . _ - only.</source>
        <translation>名称只能包含字母、数字和 . _ -。</translation>
    </message>
    <message>
        <source>Another provider has this name.</source>
        <translation>已有同名的模型服务。</translation>
    </message>
    <message>
        <source>An address is needed.</source>
        <translation>请填写地址。</translation>
    </message>
    <message>
        <source>The address of the proxy is needed.</source>
        <translation>请填写代理地址。</translation>
    </message>
</context>
<context>
    <name>exo::ui::ProviderRow</name>
    <message>
        <source>Built in: answers from your chats and project folders, without a network</source>
        <translation>内置：无需网络，从您的对话和项目文件夹中回答</translation>
    </message>
    <message>
        <source>Models: %1</source>
        <translation>模型：%1 个</translation>
    </message>
    <message>
        <source>key stored</source>
        <translation>已保存密钥</translation>
    </message>
    <message>
        <source>no key</source>
        <translation>无密钥</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>Test %1</source>
        <translation>测试 %1</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Edit %1</source>
        <translation>编辑 %1</translation>
    </message>
    <message>
        <source>Remove %1</source>
        <translation>移除 %1</translation>
    </message>
    <message>
        <source>Asking for one word…</source>
        <translation>正在请求一个词…</translation>
    </message>
    <message>
        <source>Works: %1 answered in %2 ms</source>
        <translation>可用：%1 在 %2 ms 内应答</translation>
    </message>
</context>
<context>
    <name>exo::ui::ProvidersPage</name>
    <message>
        <source>Providers</source>
        <translation>模型服务</translation>
    </message>
    <message>
        <source>Add provider</source>
        <translation>添加模型服务</translation>
    </message>
    <message>
        <source>You are connected to a server. Its providers are set in the server&apos;s own configuration.</source>
        <translation>当前连接的是服务器，它的模型服务在服务器自己的配置中设置。</translation>
    </message>
    <message>
        <source>Who answers. Keys are kept in files that only you can read; without a provider, the local assistant answers.</source>
        <translation>由谁来回答。密钥保存在只有您能读取的文件里；没有模型服务时，由本地助手回答。</translation>
    </message>
    <message>
        <source>Remove provider</source>
        <translation>移除模型服务</translation>
    </message>
    <message>
        <source>Remove %1?</source>
        <translation>移除 %1？</translation>
    </message>
    <message>
        <source>Its stored key is deleted with it. Your chats stay.</source>
        <translation>保存的密钥会一并删除，对话会保留。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>%1 was removed</source>
        <translation>已移除 %1</translation>
    </message>
</context>
<context>
    <name>exo::ui::SecretEdit</name>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>隐藏</translation>
    </message>
</context>
<context>
    <name>exo::ui::SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Providers</source>
        <translation>模型服务</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Window and tray</source>
        <translation>窗口与托盘</translation>
    </message>
</context>
<context>
    <name>exo::ui::StatusStrip</name>
    <message>
        <source>Starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation>正在连接</translation>
    </message>
    <message>
        <source>Not running</source>
        <translation>未运行</translation>
    </message>
    <message>
        <source>Unreachable</source>
        <translation>无法连接</translation>
    </message>
    <message>
        <source>Key refused</source>
        <translation>密钥被拒绝</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Critical</source>
        <translation>严重</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>Active %1 · Queued %2</source>
        <translation>处理中 %1 · 排队 %2</translation>
    </message>
    <message>
        <source>Errors %1</source>
        <translation>错误率 %1</translation>
    </message>
    <message>
        <source>Memory %1</source>
        <translation>内存 %1</translation>
    </message>
</context>
<context>
    <name>exo::ui::Toast</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>exo::ui::TopBar</name>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Search chats and commands</source>
        <translation>搜索对话和命令</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>正在连接</translation>
    </message>
    <message>
        <source>not running</source>
        <translation>未运行</translation>
    </message>
    <message>
        <source>unreachable</source>
        <translation>无法连接</translation>
    </message>
    <message>
        <source>Connection: %1, %2</source>
        <translation>连接：%1，%2</translation>
    </message>
</context>
<context>
    <name>exo::ui::TrayPage</name>
    <message>
        <source>A long answer is ready</source>
        <translation>较长的回答已完成</translation>
    </message>
    <message>
        <source>Critical alerts</source>
        <translation>严重告警</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Recoveries</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>A server that is lost</source>
        <translation>服务器失去连接</translation>
    </message>
    <message>
        <source>Window and tray</source>
        <translation>窗口与托盘</translation>
    </message>
    <message>
        <source>Show an icon in the tray</source>
        <translation>在托盘中显示图标</translation>
    </message>
    <message>
        <source>Keep running in the tray when the window is closed</source>
        <translation>关闭窗口后继续在托盘中运行</translation>
    </message>
    <message>
        <source>While exobrain-tray runs, its icon is the one that is shown.</source>
        <translation>exobrain-tray 运行时，只显示它的图标。</translation>
    </message>
    <message>
        <source>This desktop has no tray: closing the window ends ExoBrain.</source>
        <translation>当前桌面没有托盘：关闭窗口即退出 ExoBrain。</translation>
    </message>
    <message>
        <source>Notify of</source>
        <translation>通知内容</translation>
    </message>
</context>
</TS>
