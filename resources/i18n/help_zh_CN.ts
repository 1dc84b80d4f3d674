<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>exo::ui::HelpWindow</name>
    <message>
        <source>ExoBrain help</source>
        <translation>ExoBrain 帮助</translation>
    </message>
    <message>
        <source>Search the guides</source>
        <translation>搜索手册</translation>
    </message>
    <message>
        <source>Chapters</source>
        <translation>章节</translation>
    </message>
    <message>
        <source>en</source>
        <comment>folder of the guides</comment>
        <extracomment>The folder of the guides in this language: "en" or "zh".</extracomment>
        <translation>zh</translation>
    </message>
    <message>
        <source>From the other end</source>
        <translation>已从另一端继续</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>未找到</translation>
    </message>
</context>
</TS>
