// The Markdown model: what a text becomes, that streaming gives what parsing at once gives, and that hostile
// text is bounded.

#include "MarkdownCorpus.h"
#include "ui/chat/markdown/Citation.h"
#include "ui/chat/markdown/Document.h"
#include "ui/chat/markdown/Export.h"
#include "ui/chat/markdown/Highlighter.h"
#include "ui/chat/markdown/Latex.h"
#include "ui/chat/markdown/Parser.h"

#include <QtTest>

using namespace exo::ui;
using md::Block;
using md::BlockKind;
using md::SpanFlag;

class MarkdownTest : public QObject {
    Q_OBJECT
  private slots:
    void segmentsMeanTheSameAsTheWhole();
    void streamingGivesTheSameAtEverySplit();
    void finishedBlocksNeverChange();
    void theOpenEndAloneIsParsedAgain();
    void linkDefinitionsReachBackwards();
    void blocksAreWhatWasWritten();
    void htmlIsText();
    void onlySafeSchemesBecomeLinks();
    void imagesAreText();
    void placesBecomeCitations_data();
    void placesBecomeCitations();
    void pricesAreNotFormulas();
    void formulasAreReadable_data();
    void formulasAreReadable();
    void hostileTextIsBounded_data();
    void hostileTextIsBounded();
    void longCodeIsCutAndJoinedAgain();
    void typedTextIsKept();
    void codeIsColoured();
    void clipboardForms();
};

namespace {

const md::Span* spanWith(const md::Inline& text, SpanFlag flag) {
    for (const auto& span : text.spans) {
        if (span.flags.testFlag(flag)) return &span;
    }
    return nullptr;
}

} // namespace

void MarkdownTest::segmentsMeanTheSameAsTheWhole() {
    for (const QString& text : markdownCorpus()) {
        md::Blocks pieces = md::parse(text);
        for (md::Block& block : pieces) {
            block.source = 0; // the whole is one piece
        }
        QVERIFY2(pieces == md::parseSegment(text), qPrintable(text));
    }
}

void MarkdownTest::streamingGivesTheSameAtEverySplit() {
    for (const QString& text : markdownCorpus()) {
        const auto whole = md::parse(text);
        for (qsizetype split = 0; split <= text.size(); ++split) {
            md::Document document;
            document.append(QStringView(text).left(split));
            document.append(QStringView(text).mid(split));
            document.finish();
            QVERIFY2(document.blocks() == whole, qPrintable(QString::number(split) + u": " + text));
        }
    }
}

void MarkdownTest::finishedBlocksNeverChange() {
    for (const QString& text : markdownCorpus()) {
        const auto whole = md::parse(text);
        md::Document document;
        std::size_t stable = 0;
        for (const QChar c : text) {
            document.append(QStringView(&c, 1));
            QVERIFY(document.stableCount() >= stable);
            stable = document.stableCount();
            QVERIFY(stable <= whole.size());
            for (std::size_t i = 0; i < stable; ++i) {
                QVERIFY2(document.blocks()[i] == whole[i], qPrintable(text));
            }
        }
    }
}

void MarkdownTest::theOpenEndAloneIsParsedAgain() {
    md::Document document;
    const QString paragraph = QStringLiteral("Some words of a paragraph.\n\n");
    for (int i = 0; i < 2000; ++i) {
        document.append(paragraph);
    }
    // Linear: each paragraph is parsed once as the open end and once when it is closed.
    QVERIFY(document.parsedChars() <= static_cast<std::size_t>(paragraph.size()) * 2000 * 4);
    QVERIFY(document.stableCount() >= 1990);
}

void MarkdownTest::linkDefinitionsReachBackwards() {
    const QString text = QStringLiteral("See [the manual][1].\n\nMore.\n\n[1]: https://example.org/m\n");
    md::Document document;
    for (const QChar c : text) {
        document.append(QStringView(&c, 1));
    }
    document.finish();
    QCOMPARE(document.blocks().size(), std::size_t(2));
    const auto* link = spanWith(document.blocks()[0].text, SpanFlag::Link);
    QVERIFY(link != nullptr);
    QCOMPARE(link->target, QStringLiteral("https://example.org/m"));
}

void MarkdownTest::blocksAreWhatWasWritten() {
    const auto blocks = md::parse(QStringLiteral(
        "## Two\n\n1. a\n2. b\n   - c\n\n> q\n\n- [x] d\n\n---\n\n| h | i |\n|:-:|--:|\n| `x` | y |\n"));
    QCOMPARE(blocks.size(), std::size_t(8));
    QCOMPARE(blocks[0].headingLevel, 2);
    QCOMPARE(blocks[2].number, 2);
    QCOMPARE(blocks[2].levels, QByteArray("l"));
    QCOMPARE(blocks[3].levels, QByteArray("ll"));
    QVERIFY(blocks[3].marker == md::Marker::Bullet);
    QCOMPARE(blocks[4].levels, QByteArray("q"));
    QVERIFY(blocks[5].marker == md::Marker::TaskDone);
    QVERIFY(blocks[6].kind == BlockKind::Rule);
    QVERIFY(blocks[7].kind == BlockKind::Table);
    QVERIFY(blocks[7].aligns == std::vector<md::Align>({md::Align::Center, md::Align::Right}));
    QCOMPARE(blocks[7].rows[1][0].text, QStringLiteral("x"));
}

void MarkdownTest::htmlIsText() {
    const auto blocks = md::parse(QStringLiteral("<img src=x onerror=alert(1)> &amp; <b>b</b>"));
    QCOMPARE(blocks.size(), std::size_t(1));
    QCOMPARE(blocks[0].text.text, QStringLiteral("<img src=x onerror=alert(1)> & <b>b</b>"));
    QVERIFY(blocks[0].text.spans.empty());
}

void MarkdownTest::onlySafeSchemesBecomeLinks() {
    const auto kind = [](const char* target) {
        const auto blocks = md::parse(QStringLiteral("[a](") + QString::fromLatin1(target) + u')');
        return spanWith(blocks[0].text, SpanFlag::Link) != nullptr;
    };
    QVERIFY(kind("https://example.org"));
    QVERIFY(kind("mailto:a@example.org"));
    for (const char* bad : {"javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "vbscript:x",
                            "/etc/passwd", "smb://host/share", "JaVaScRiPt:1", "ssh://a", "//host/x"}) {
        QVERIFY2(!kind(bad), bad);
    }
    QVERIFY(spanWith(md::parse(QStringLiteral("go to https://example.org/x now"))[0].text, SpanFlag::Link));
    QVERIFY(spanWith(md::parse(QStringLiteral("[x](src/a.c#L12-L20)"))[0].text, SpanFlag::Citation));
}

void MarkdownTest::imagesAreText() {
    const auto blocks =
        md::parse(QStringLiteral("![a cat](file:///etc/passwd) ![b](https://example.org/b.png)"));
    QCOMPARE(blocks[0].text.text, QStringLiteral("image: a cat image: b"));
    QCOMPARE(blocks[0].text.spans.front().target, QString());
    QCOMPARE(blocks[0].text.spans.back().target, QStringLiteral("https://example.org/b.png"));
}

void MarkdownTest::placesBecomeCitations_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("target"); // empty: no citation
    const auto row = [](const char* text, const char* target) {
        QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(target);
    };
    row("`expire.c:187`", "expire.c:187");
    row("`src/a-b.c:12-20`", "src/a-b.c:12-20");
    row("[core/x.h:9]", "core/x.h:9");
    row("`Makefile:3`", "Makefile:3");
    row("`源码/主.cpp:5`", "源码/主.cpp:5");
    row("`localhost:8080`", "");
    row("`127.0.0.1:80`", "");
    row("`example.com:443`", "");
    row("`../../etc/passwd.txt:1`", "");
    row("`/etc/passwd.txt:1`", "");
    row("`a.c:20-12`", "");
    row("`a.c:0`", "");
    row("`std::vector`", "");
}

void MarkdownTest::placesBecomeCitations() {
    QFETCH(QString, text);
    QFETCH(QString, target);
    const auto blocks = md::parse(QStringLiteral("see ") + text + QStringLiteral(" there"));
    const auto* span = spanWith(blocks[0].text, SpanFlag::Citation);
    QCOMPARE(span ? span->target : QString(), target);
    if (span) QCOMPARE(blocks[0].text.text, u"see " + target + u" there");
}

void MarkdownTest::pricesAreNotFormulas() {
    QCOMPARE(md::parse(QStringLiteral("from $5 to $10 each"))[0].text.text,
             QStringLiteral("from $5 to $10 each"));
    QCOMPARE(md::parse(QStringLiteral("`$PATH` and `\\(x\\)`"))[0].text.text,
             QStringLiteral("$PATH and \\(x\\)"));
}

void MarkdownTest::formulasAreReadable_data() {
    QTest::addColumn<QString>("latex");
    QTest::addColumn<QString>("text");
    const auto row = [](const char* latex, const char* text) {
        QTest::newRow(latex) << QString::fromUtf8(latex) << QString::fromUtf8(text);
    };
    row("E = mc^2", "E = mc²");
    row("\\frac{a+b}{2}", "(a+b)/2");
    row("\\sqrt{x} \\leq \\alpha_1", "√x ≤ α₁");
    row("\\sum_{i=1}^{n} x_i", "∑ᵢ₌₁ⁿ xᵢ");
    row("x^{ab}", "x^(ab)");
    row("\\text{if } x \\in \\mathbb{R}", "if  x ∈ ℝ");
    row("\\unknowncommand{y}", "\\unknowncommandy");
    row("{{{", "");
}

void MarkdownTest::formulasAreReadable() {
    QFETCH(QString, latex);
    QFETCH(QString, text);
    QCOMPARE(md::readableLatex(latex), text);
}

void MarkdownTest::hostileTextIsBounded_data() {
    QTest::addColumn<QString>("unit");
    QTest::addColumn<int>("count");
    for (const char* unit :
         {"> ",   "<div>",     "[",     "![",    "****", "*a **b ", "`",     "- ",       "1. ",
          "[a](", "~~",        "$",     "\\(",   "|",    "&amp;",   "<",     "_a_",      "```\n",
          "> - ", "[[a]](b) ", "a\n\n", "- a\n", "  - ", "\\left",  "`` ` ", "http://a "}) {
        QTest::newRow(unit) << QString::fromLatin1(unit) << 20000;
    }
    QTest::newRow("nul") << QString(QChar(0)) << 20000;
    QTest::newRow("lone surrogate") << QString(QChar(0xd800)) << 20000;
    QTest::newRow("quotes in lines") << (QString(200, u'>') + u'\n') << 500;
    QTest::newRow("pipes in lines") << (QString(200, u'|') + QStringLiteral("\n|-|\n")) << 200;
    QTest::newRow("one line") << QStringLiteral("word ") << 200000;
}

void MarkdownTest::hostileTextIsBounded() {
    QFETCH(QString, unit);
    QFETCH(int, count);
    const QString text = unit.repeated(count);
    const auto blocks = md::parse(text);
    qsizetype chars = 0;
    for (const Block& block : blocks) {
        QVERIFY(block.levels.size() <= 16);
        QVERIFY(block.text.text.size() <= 8200);
        chars += md::selectableText(block).size();
    }
    QVERIFY2(chars <= text.size() * 2 + 100, "output grows with input, not faster");
    md::Document document;
    for (qsizetype at = 0; at < text.size(); at += text.size() / 50 + 1) {
        document.append(QStringView(text).mid(at, text.size() / 50 + 1));
    }
    document.finish();
    QVERIFY(document.blocks() == blocks);
    // Reparsing stays within a small multiple of the text.
    QVERIFY(document.parsedChars() <= static_cast<std::size_t>(text.size()) * 30 + 200000);
}

void MarkdownTest::longCodeIsCutAndJoinedAgain() {
    QString code;
    for (int i = 0; i < 1234; ++i) {
        code += QStringLiteral("line %1 /* x\n").arg(i);
    }
    code += QString(20000, u'x') + QStringLiteral("\nlast");
    const auto blocks = md::parse(QStringLiteral("a\n\n```c\n") + code + QStringLiteral("\n```\n\nb"));
    QVERIFY(blocks.size() > 10);
    QCOMPARE(md::wholeCode(blocks, 1), code);
    QCOMPARE(md::wholeCode(blocks, 5), code);
    QCOMPARE(blocks[2].codeState, 1); // inside the comment
    QVERIFY(md::toMarkdown(blocks).contains(code));
}

void MarkdownTest::typedTextIsKept() {
    const QString typed = QStringLiteral("a*b*c  # no heading\n\n- x <b>\n```py\nprint(1)\n```\ntail");
    const auto blocks = md::parsePlain(typed);
    QCOMPARE(blocks.size(), std::size_t(3));
    QCOMPARE(blocks[0].text.text, QStringLiteral("a*b*c  # no heading\n\n- x <b>"));
    QCOMPARE(blocks[1].language, QStringLiteral("py"));
    QCOMPARE(blocks[2].text.text, QStringLiteral("tail"));
}

void MarkdownTest::codeIsColoured() {
    std::vector<md::CodeToken> tokens;
    md::highlight(u"if (f(1)) return \"x\"; // c", md::languageFor(QStringLiteral("C")), 0, &tokens);
    const std::vector<md::CodeToken> expected = {
        {0, 2, md::TokenKind::Keyword},  {4, 1, md::TokenKind::Function}, {6, 1, md::TokenKind::Number},
        {10, 6, md::TokenKind::Keyword}, {17, 3, md::TokenKind::String},  {22, 4, md::TokenKind::Comment}};
    QVERIFY(tokens == expected);
    const int open = md::highlight(u"x = '''a", md::languageFor(QStringLiteral("python")), 0, nullptr);
    tokens.clear();
    QCOMPARE(md::highlight(u"b''' 1", md::languageFor(QStringLiteral("python")), open, &tokens), 0);
    QVERIFY(tokens.front() == (md::CodeToken{0, 4, md::TokenKind::String}));
}

void MarkdownTest::clipboardForms() {
    const auto blocks = md::parse(
        QStringLiteral("A **b** `c`\n\n| h | i |\n|---|---|\n| 1 | 2 |\n\n- x\n- y\n\n```c\nz\n```\n"));
    QCOMPARE(md::toPlain(blocks), QStringLiteral("A b c\n\nh\ti\n1\t2\n\n- x\n- y\n\nz"));
    QCOMPARE(
        md::toMarkdown(blocks),
        QStringLiteral("A **b** `c`\n\n| h | i |\n| --- | --- |\n| 1 | 2 |\n\n- x\n- y\n\n```c\nz\n```"));
    const QString html =
        md::toHtml(md::parse(QStringLiteral("a <i> [l](https://e.org/?a=1&b=2)\n\n| h |\n|---|\n| 1 |")));
    QCOMPARE(html, QStringLiteral("<p>a &lt;i&gt; <a href=\"https://e.org/?a=1&amp;b=2\">l</a></p>"
                                  "<table><tr><th>h</th></tr><tr><td>1</td></tr></table>"));
    const Block row = md::part(blocks[1], 4, 7); // the second row only
    QCOMPARE(row.rows.size(), std::size_t(1));
}

QTEST_GUILESS_MAIN(MarkdownTest)
#include "MarkdownTest.moc"
