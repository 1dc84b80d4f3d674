// The code view on texts of all kinds: what it draws, selects, folds, finds and copies.
#include "ui/analysis/code/FindBar.h"

#include <QApplication>
#include <QClipboard>
#include <QScrollBar>
#include <QTest>

namespace exo::ui {

namespace {

api::SourceText sourceOf(const std::string& text) {
    api::SourceText source;
    source.path = "a.c";
    source.text = text;
    source.highlight = "done";
    return source;
}

QString copied() {
    return QApplication::clipboard()->text();
}

} // namespace

class CodeViewTest : public QObject {
    Q_OBJECT

    ThemeController m_theme;
    std::unique_ptr<CodeView> m_view;

    void show(api::SourceText source) {
        m_view = std::make_unique<CodeView>(&m_theme);
        m_view->resize(700, 400);
        m_view->setSource(std::move(source));
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
        m_view->setFocus();
    }
    void press(Qt::Key key, Qt::KeyboardModifiers with = Qt::NoModifier) {
        QTest::keyClick(m_view.get(), key, with);
    }

  private slots:
    void initTestCase() { m_theme.applyTo(qApp); }

    void linesAreThoseOfAnEditor() {
        QCOMPARE(CodeDocument(sourceOf("")).lineCount(), 1);
        QCOMPARE(CodeDocument(sourceOf("a\nb\n")).lineCount(), 2);
        QCOMPARE(CodeDocument(sourceOf("a\n\nb")).lineCount(), 3);
        const CodeDocument document(sourceOf("one\r\ntwo \t\r\n"));
        QCOMPARE(document.line(1), QStringLiteral("one"));
        QCOMPARE(document.line(2), QStringLiteral("two \t"));
        QCOMPARE(document.line(3), QString());
    }

    void piecesAreExact() {
        const std::string text = "\tif (数 == \"\xF0\x9F\x98\x80x\")\r\n  end \n";
        const CodeDocument document(sourceOf(text));
        QCOMPARE(document.text({1, 0}, {3, 0}).toStdString(), text);
        QCOMPARE(document.text({1, 5}, {1, 6}), QStringLiteral("数"));
        const int smile = static_cast<int>(document.line(1).indexOf(QString::fromUtf8("\xF0\x9F\x98\x80")));
        QCOMPARE(document.text({1, smile}, {1, smile + 2}).toStdString(), "\xF0\x9F\x98\x80");
        QCOMPARE(document.text({2, 2}, {1, 3}).toStdString(), " (数 == \"\xF0\x9F\x98\x80x\")\r\n  ");
    }

    void coloursFollowLettersOfSeveralBytes() {
        api::SourceText source = sourceOf("数 = 1;\n/* a\nb */");
        source.spans = {{6, 1, api::SyntaxKind::Number}, {9, 9, api::SyntaxKind::Comment}};
        const CodeDocument document(std::move(source));
        QCOMPARE(document.colours(1).size(), std::size_t(1));
        QCOMPARE(document.colours(1).front().start, 4);
        QCOMPARE(document.colours(2).front().length, 4);
        QCOMPARE(document.colours(3).front().start, 0);
        QVERIFY(document.colours(3).front().kind == api::SyntaxKind::Comment);
    }

    void coloursOfOtherBytesAreRefused() {
        CodeDocument document(sourceOf("int a;\n"));
        api::SourceText other = sourceOf("int a;\n");
        other.hash = "other";
        QVERIFY(!document.addColours(other));
        other.hash.clear();
        other.spans = {{0, 3, api::SyntaxKind::Keyword}};
        QVERIFY(document.addColours(other));
        QCOMPARE(document.colours(1).size(), std::size_t(1));
    }

    void onlyLinesInSightAreLaidOut() {
        std::string text;
        for (int i = 0; i < 100'000; ++i) {
            text += "    value_" + std::to_string(i) + " = compute(" + std::to_string(i) + ");\n";
        }
        show(sourceOf(text));
        m_view->grab();
        QCOMPARE(m_view->document().lineCount(), 100'000);
        QVERIFY(m_view->laidOut() < 60);
        press(Qt::Key_End, Qt::ControlModifier);
        QCOMPARE(m_view->cursor().line, 100'000);
        m_view->grab();
        QVERIFY(m_view->lineRect(100'000).bottom() <= m_view->viewport()->height());
        QVERIFY(m_view->laidOut() < 120);
    }

    void aLineOfAMegabyteIsCutInTheViewAndWholeInTheCopy() {
        const std::string text(1'000'000, 'x');
        show(sourceOf(text + "\nend\n"));
        m_view->grab();
        m_view->selectAll();
        m_view->copy();
        QCOMPARE(copied().size(), 1'000'004);
    }

    void wideLettersTakeTwoColumns() {
        show(sourceOf("中文字x\nabcdefx\n"));
        for (int column = 0; column <= 3; ++column) {
            const qreal wide = m_view->columnX({1, column}), narrow = m_view->columnX({2, 2 * column});
            QVERIFY2(std::abs(wide - narrow) < 1.0,
                     qPrintable(QStringLiteral("%1 %2").arg(wide).arg(narrow)));
        }
    }

    void lettersThatHideAreShown() {
        QCOMPARE(shownForm(QStringLiteral("a\u202Eb")), QStringLiteral("a\uFFFDb"));
        QCOMPARE(shownForm(QString(QChar(1))), QStringLiteral("\u2401"));
        QCOMPARE(shownForm(QStringLiteral("\tx")), QStringLiteral("\tx"));
        show(sourceOf("int a; \xE2\x80\xAE // x\n"));
        m_view->selectAll();
        m_view->copy();
        QCOMPARE(copied(), QStringLiteral("int a; \u202E // x"));
    }

    void theKeyboardMovesAndSelects() {
        show(sourceOf("  one two\nthree\n\nfour\n"));
        press(Qt::Key_Home);
        QCOMPARE(m_view->cursor().column, 2);
        press(Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(m_view->cursor().column, 6);
        press(Qt::Key_Down);
        QVERIFY((m_view->cursor() == CodePosition{2, 5}));
        press(Qt::Key_Down);
        press(Qt::Key_Down);
        QVERIFY((m_view->cursor() == CodePosition{4, 4})); // the wanted place is kept
        press(Qt::Key_Home, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(m_view->selectedText(), QStringLiteral("  one two\nthree\n\nfour"));
        press(Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(copied(), QStringLiteral("  one two\nthree\n\nfour"));
        press(Qt::Key_Right);
        QVERIFY(!m_view->hasSelection());
    }

    void theMouseSelectsWordsAndLines() {
        show(sourceOf("alpha beta\ngamma\n"));
        const auto at = [this](int line, int column) {
            return QPoint(int(m_view->columnX({line, column})) + 2, m_view->lineRect(line).center().y());
        };
        QTest::mouseDClick(m_view->viewport(), Qt::LeftButton, {}, at(1, 7));
        QCOMPARE(m_view->selectedText(), QStringLiteral("beta"));
        QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, at(2, 2));
        QTest::mouseClick(m_view->viewport(), Qt::LeftButton, Qt::ShiftModifier, at(1, 6));
        QCOMPARE(m_view->selectedText(), QStringLiteral("beta\nga"));
        QVERIFY(m_view->selectedLines() == std::pair(1, 2));
    }

    void foldsHideLinesAndOpenForATarget() {
        api::SourceText source = sourceOf("f {\n a {\n  b\n }\n}\ng\n");
        source.folds = {{1, 4}, {2, 3}};
        show(std::move(source));
        m_view->toggleFold(1);
        QCOMPARE(m_view->folds().rows(), 3);
        QCOMPARE(m_view->folds().lineAt(1), 5);
        QVERIFY(m_view->folds().isHidden(3));
        press(Qt::Key_End);
        press(Qt::Key_Right);
        QVERIFY((m_view->cursor() == CodePosition{5, 0}));
        press(Qt::Key_Left);
        QCOMPARE(m_view->cursor().line, 1);
        m_view->selectAll();
        m_view->copy();
        QCOMPARE(copied(), QStringLiteral("f {\n a {\n  b\n }\n}\ng")); // what is folded is copied too
        m_view->foldAll();
        m_view->goTo(3);
        QVERIFY(!m_view->folds().isHidden(3));
        m_view->unfoldAll();
        QCOMPARE(m_view->folds().rows(), 6);
        // By the mouse, in the gutter.
        const QPoint mark(m_view->gutterWidth() - 8, m_view->lineRect(2).center().y());
        QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, mark);
        QVERIFY(m_view->folds().isFolded(2));
    }

    void findingGoesThroughTheMatches() {
        show(sourceOf("Alpha\nbeta alpha\n文字 ALPHA\n"));
        FindBar bar(&m_theme, m_view.get());
        bar.show();
        bar.openFind();
        auto* field = bar.findChild<QLineEdit*>(QStringLiteral("code.find.field"));
        auto* count = bar.findChild<QLabel*>(QStringLiteral("code.find.count"));
        field->setText(QStringLiteral("alpha"));
        bar.step(1);
        QCOMPARE(count->text(), QStringLiteral("2 of 3"));
        QCOMPARE(m_view->cursor().line, 2);
        bar.step(1);
        bar.step(1);
        QCOMPARE(m_view->cursor().line, 1); // around
        bar.findChild<QToolButton*>(QStringLiteral("code.find.case"))->setChecked(true);
        QCOMPARE(count->text(), QStringLiteral("1 of 1"));
        QCOMPARE(m_view->cursor().line, 2);
        field->setText(QStringLiteral("nothing"));
        bar.step(1);
        QCOMPARE(count->text(), QStringLiteral("Nothing found"));
        bar.openLine();
        field->setText(QStringLiteral("3"));
        QTest::keyClick(field, Qt::Key_Return);
        QCOMPARE(m_view->cursor().line, 3);
        QVERIFY(!bar.isVisible());
    }

    void aMarkIsShownAndClicked() {
        show(sourceOf("a\nb\nc\n"));
        m_view->setMarks({{2, 2, CodeMark::Kind::Duplicate, QStringLiteral("twice")},
                          {2, 2, CodeMark::Kind::Error, QStringLiteral("bad")}},
                         {1});
        int line = 0;
        connect(m_view.get(), &CodeView::markActivated, this, [&](int at) { line = at; });
        const QPoint place(2, m_view->lineRect(2).center().y());
        QTest::mouseClick(m_view->viewport(), Qt::LeftButton, {}, place);
        QCOMPARE(line, 2);
        const QImage picture = m_view->viewport()->grab().toImage();
        QCOMPARE(picture.pixelColor(place * picture.devicePixelRatio()), m_theme.color(Token::Crit));
    }
};

} // namespace exo::ui

QTEST_MAIN(exo::ui::CodeViewTest)
#include "CodeViewTest.moc"
