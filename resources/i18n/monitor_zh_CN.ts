<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>MetricText</name>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>Response time (P95)</source>
        <translation>响应时间（P95）</translation>
    </message>
    <message>
        <source>Memory of the service grows</source>
        <translation>服务内存持续增长</translation>
    </message>
    <message>
        <source>Last backup</source>
        <translation>上次备份</translation>
    </message>
    <message>
        <source>Circuit breaker open</source>
        <translation>熔断器断开</translation>
    </message>
    <message>
        <source>API key of a provider refused</source>
        <translation>提供商的 API 密钥被拒绝</translation>
    </message>
    <message>
        <source>Redis unreachable</source>
        <translation>Redis 无法连接</translation>
    </message>
    <message>
        <source>Storage cannot be written</source>
        <translation>存储无法写入</translation>
    </message>
    <message>
        <source>Server unreachable</source>
        <translation>服务器无法连接</translation>
    </message>
    <message>
        <source>%1 d %2 h</source>
        <translation>%1 天 %2 小时</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 小时 %2 分</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 分钟</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1/h</source>
        <translation>%1/小时</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Critical</source>
        <translation>严重</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>: </source>
        <translation>：</translation>
    </message>
    <message>
        <source>%1 %2 (limit %3)</source>
        <translation>%1 %2（阈值 %3）</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>断开</translation>
    </message>
    <message>
        <source>Half-open</source>
        <translation>半开</translation>
    </message>
    <message>
        <source>Closed</source>
        <translation>闭合</translation>
    </message>
    <message>
        <source>probing</source>
        <translation>探测中</translation>
    </message>
    <message>
        <source>probing; %1</source>
        <translation>探测中，原因：%1</translation>
    </message>
    <message>
        <source>tries again in %1 s</source>
        <translation>%1 秒后重试</translation>
    </message>
</context>
<context>
    <name>TrayNotices</name>
    <message>
        <source>Reachable again</source>
        <translation>已恢复连接</translation>
    </message>
    <message>
        <source>Recovered</source>
        <translation>已恢复</translation>
    </message>
</context>
<context>
    <name>TrayState</name>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Unreachable</source>
        <translation>无法连接</translation>
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
        <source>Working</source>
        <translation>处理中</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>正常</translation>
    </message>
</context>
<context>
    <name>exo::ui::AlertPanel</name>
    <message>
        <source>Alerts</source>
        <translation>告警</translation>
    </message>
    <message>
        <source>None. Everything is within its limits.</source>
        <translation>没有告警，各项都在阈值之内。</translation>
    </message>
    <message>
        <source>Cache</source>
        <translation>缓存</translation>
    </message>
    <message>
        <source>Recovered</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>since %1</source>
        <translation>%1 起</translation>
    </message>
    <message>
        <source>Local: %1 of %2 · %3 answers</source>
        <translation>本地：%1 / %2 · %3 条</translation>
    </message>
    <message>
        <source>%1 hits</source>
        <translation>命中 %1</translation>
    </message>
    <message>
        <source>Redis: not used</source>
        <translation>Redis：未使用</translation>
    </message>
    <message>
        <source>%1 hits, %2 misses, %3 errors</source>
        <translation>命中 %1，未命中 %2，错误 %3</translation>
    </message>
    <message>
        <source>Redis: connected</source>
        <translation>Redis：已连接</translation>
    </message>
    <message>
        <source>Redis: unreachable</source>
        <translation>Redis：无法连接</translation>
    </message>
</context>
<context>
    <name>exo::ui::LogPanel</name>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Nothing has been logged yet.</source>
        <translation>还没有日志。</translation>
    </message>
</context>
<context>
    <name>exo::ui::MonitorPage</name>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>Requests / s</source>
        <translation>请求 / 秒</translation>
    </message>
    <message>
        <source>Response time P95</source>
        <translation>P95 响应</translation>
    </message>
    <message>
        <source>First token P95</source>
        <translation>首字 P95</translation>
    </message>
    <message>
        <source>Cache hits</source>
        <translation>缓存命中</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>错误率</translation>
    </message>
    <message>
        <source>Time span</source>
        <translation>时间范围</translation>
    </message>
    <message>
        <source>5 minutes</source>
        <translation>5 分钟</translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation>1 小时</translation>
    </message>
    <message>
        <source>24 hours</source>
        <translation>24 小时</translation>
    </message>
    <message>
        <source>30 days</source>
        <translation>30 天</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型服务</translation>
    </message>
    <message>
        <source>No model has been called yet. Ask something in the chat.</source>
        <translation>还没有调用过模型。请在对话中提问。</translation>
    </message>
    <message>
        <source>Monitor</source>
        <translation>监控</translation>
    </message>
    <message>
        <source>Unreachable</source>
        <translation>无法连接</translation>
    </message>
    <message>
        <source>Waiting for the first numbers…</source>
        <translation>正在等待第一批数据…</translation>
    </message>
    <message>
        <source>Everything is fine</source>
        <translation>一切正常</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>%1 · up %2 · active %3 · queued %4</source>
        <translation>%1 · 运行 %2 · 处理中 %3 · 排队 %4</translation>
    </message>
</context>
<context>
    <name>exo::ui::TargetModel</name>
    <message>
        <source>Provider / model</source>
        <translation>服务 / 模型</translation>
    </message>
    <message>
        <source>Breaker</source>
        <translation>熔断器</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败率</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>调用</translation>
    </message>
    <message>
        <source>Remark</source>
        <translation>说明</translation>
    </message>
</context>
<context>
    <name>exo::ui::Tray</name>
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
        <source>Stopped or unreachable</source>
        <translation>停止或无法连接</translation>
    </message>
    <message>
        <source>Open window</source>
        <translation>打开窗口</translation>
    </message>
    <message>
        <source>Quick question</source>
        <translation>快速提问</translation>
    </message>
    <message>
        <source>Open ExoBrain</source>
        <translation>打开 ExoBrain</translation>
    </message>
    <message>
        <source>Quick question…</source>
        <translation>快速提问…</translation>
    </message>
    <message>
        <source>Show numbers</source>
        <translation>显示数据</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Notify of</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>Stop the server</source>
        <translation>停止服务</translation>
    </message>
    <message>
        <source>Start the server</source>
        <translation>启动服务</translation>
    </message>
    <message>
        <source>Active %1 · queued %2 · P95 %3</source>
        <translation>处理中 %1 · 排队 %2 · P95 %3</translation>
    </message>
    <message>
        <source>CPU %1 · memory %2</source>
        <translation>CPU %1 · 内存 %2</translation>
    </message>
    <message>
        <source>Finished answers</source>
        <translation>回答完成</translation>
    </message>
    <message>
        <source>Servers</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Watch another server…</source>
        <translation>监视其他服务器…</translation>
    </message>
    <message>
        <source>Stop watching %1</source>
        <translation>不再监视 %1</translation>
    </message>
    <message numerus="yes">
        <source>%n servers</source>
        <translation>
            <numerusform>%n 台服务器</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>exo::ui::TrayPanel</name>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Requests / s</source>
        <translation>请求 / 秒</translation>
    </message>
    <message>
        <source>Response time P95</source>
        <translation>P95 响应</translation>
    </message>
    <message>
        <source>Cache hits</source>
        <translation>缓存命中</translation>
    </message>
    <message>
        <source>Active %1 · queued %2 · breakers open: %3</source>
        <translation>处理中 %1 · 排队 %2 · 熔断器断开：%3</translation>
    </message>
</context>
<context>
    <name>exo::ui::TrayServers</name>
    <message>
        <source>This computer</source>
        <translation>本机</translation>
    </message>
</context>
</TS>
