// The composer: keys and the input method, attachments, estimate, drafts.

#include "ui/chat/Composer.h"
#include "ui/chat/DraftStore.h"
#include "ui/chat/TokenEstimate.h"

#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QGuiApplication>
#include <QInputMethodEvent>
#include <QMimeData>
#include <QRegularExpression>
#include <QUrl>
#include <QtTest>

#include <sys/stat.h>

using namespace exo;
using namespace exo::ui;

namespace {

class Fixture {
  public:
    Fixture()
        : composer(&theme)
        , sent(&composer, &Composer::sendRequested) {
        composer.resize(900, 200);
        composer.show();
        composer.focusInput();
        if (!QTest::qWaitForWindowActive(&composer)) qWarning("the window is not active");
    }
    ComposerEdit* edit() { return composer.edit(); }
    void compose(const QString& preedit, const QString& commit = {}) {
        QInputMethodEvent event(preedit, {});
        if (!commit.isEmpty()) event.setCommitString(commit);
        QApplication::sendEvent(edit(), &event);
    }
    void paste(QMimeData* data) {
        QGuiApplication::clipboard()->setMimeData(data);
        edit()->paste();
    }

    ThemeController theme;
    Composer composer;
    QSignalSpy sent;
};

} // namespace

class ComposerTest : public QObject {
    Q_OBJECT
  private slots:
    void enterSendsAndShiftEnterBreaks();
    void keysBelongToTheInputMethodWhileItComposes();
    void committingDoesNotSend();
    void fullWidthSignsAreText();
    void nothingIsNotSent();
    void whileAnsweringTheButtonStops();
    void escapeStops();
    void notConnectedDoesNotSend();
    void itGrowsWithItsText();
    void aLongPasteBecomesAFile();
    void filesAndPicturesAreAttached();
    void whatCannotBeAttachedSaysWhy();
    void attachmentsAreBoundedTogether();
    void editingReturnsTheDraft();
    void quoting();
    void theEstimateCountsEverything();
    void draftsSurviveARestart();
    void aBrokenDraftFileIsNoObstacle();
    void draftsAreWrittenSoon();
    void everythingHasAName();
};

void ComposerTest::enterSendsAndShiftEnterBreaks() {
    Fixture f;
    QTest::keyClicks(f.edit(), QStringLiteral("one"));
    QTest::keyClick(f.edit(), Qt::Key_Return, Qt::ShiftModifier);
    QTest::keyClicks(f.edit(), QStringLiteral("two"));
    QCOMPARE(f.composer.text(), QStringLiteral("one\ntwo"));
    QCOMPARE(f.sent.count(), 0);
    QTest::keyClick(f.edit(), Qt::Key_Return);
    QCOMPARE(f.sent.count(), 1);
    QCOMPARE(f.sent.at(0).at(0).toString(), QStringLiteral("one\ntwo"));
    QTest::keyClick(f.edit(), Qt::Key_Enter);
    QCOMPARE(f.sent.count(), 2);
}

void ComposerTest::keysBelongToTheInputMethodWhileItComposes() {
    Fixture f;
    QSignalSpy stop(&f.composer, &Composer::stopRequested);
    f.composer.setText(QStringLiteral("已有"));
    f.compose(QStringLiteral("ni hao"));
    QVERIFY(f.edit()->isComposing());
    for (const int key : {Qt::Key_Return, Qt::Key_Enter, Qt::Key_Escape, Qt::Key_Tab, Qt::Key_Left,
                          Qt::Key_Right, Qt::Key_Up, Qt::Key_Down}) {
        const int cursor = f.edit()->textCursor().position();
        QTest::keyClick(f.edit(), static_cast<Qt::Key>(key));
        QCOMPARE(f.sent.count(), 0);
        QCOMPARE(stop.count(), 0);
        QCOMPARE(f.composer.text(), QStringLiteral("已有"));
        QCOMPARE(f.edit()->textCursor().position(), cursor);
        QVERIFY(f.edit()->hasFocus());
        QVERIFY(f.edit()->isComposing());
    }
}

void ComposerTest::committingDoesNotSend() {
    Fixture f;
    f.compose(QStringLiteral("nihao"));
    f.compose({}, QStringLiteral("你好"));
    QCOMPARE(f.composer.text(), QStringLiteral("你好"));
    QCOMPARE(f.sent.count(), 0);
    QVERIFY(!f.edit()->isComposing());
    QTest::keyClick(f.edit(), Qt::Key_Return);
    QCOMPARE(f.sent.at(0).at(0).toString(), QStringLiteral("你好"));
    // The button does not send half a word either.
    f.compose(QStringLiteral("ni"));
    QTest::mouseClick(f.composer.findChild<QPushButton*>(QStringLiteral("composerSend")), Qt::LeftButton);
    QCOMPARE(f.sent.count(), 1);
}

void ComposerTest::fullWidthSignsAreText() {
    Fixture f;
    f.compose({}, QStringLiteral("／＠"));
    QCOMPARE(f.composer.text(), QStringLiteral("／＠"));
}

void ComposerTest::nothingIsNotSent() {
    Fixture f;
    f.composer.setText(QStringLiteral("  \n "));
    QTest::keyClick(f.edit(), Qt::Key_Return);
    QCOMPARE(f.sent.count(), 0);
    QVERIFY(!f.composer.findChild<QPushButton*>(QStringLiteral("composerSend"))->isEnabled());
}

void ComposerTest::whileAnsweringTheButtonStops() {
    Fixture f;
    QSignalSpy stop(&f.composer, &Composer::stopRequested);
    f.composer.setText(QStringLiteral("next"));
    f.composer.setBusy(true);
    QTest::keyClick(f.edit(), Qt::Key_Return);
    QCOMPARE(f.sent.count(), 0);
    QCOMPARE(f.composer.text(), QStringLiteral("next"));
    QTest::mouseClick(f.composer.findChild<QPushButton*>(QStringLiteral("composerSend")), Qt::LeftButton);
    QCOMPARE(stop.count(), 1);
}

void ComposerTest::escapeStops() {
    Fixture f;
    QSignalSpy stop(&f.composer, &Composer::stopRequested);
    QTest::keyClick(f.edit(), Qt::Key_Escape);
    QCOMPARE(stop.count(), 0);
    f.composer.setBusy(true);
    QTest::keyClick(f.edit(), Qt::Key_Escape);
    QCOMPARE(stop.count(), 1);
}

void ComposerTest::notConnectedDoesNotSend() {
    Fixture f;
    f.composer.setText(QStringLiteral("kept"));
    f.composer.setConnected(false);
    QTest::keyClick(f.edit(), Qt::Key_Return);
    QCOMPARE(f.sent.count(), 0);
    QCOMPARE(f.composer.text(), QStringLiteral("kept"));
}

void ComposerTest::itGrowsWithItsText() {
    Fixture f;
    const int one = f.edit()->height();
    f.composer.setText(QStringLiteral("a\nb\nc\nd"));
    QVERIFY(f.edit()->height() > one * 2);
    f.composer.setText(QStringLiteral("x\n").repeated(200));
    const int most = f.edit()->height();
    QVERIFY(most < one * 12);
    f.composer.setText(QStringLiteral("word ").repeated(80)); // wraps
    QTRY_VERIFY(f.edit()->height() > one);
    f.composer.setText({});
    QCOMPARE(f.edit()->height(), one);
}

void ComposerTest::aLongPasteBecomesAFile() {
    Fixture f;
    QSignalSpy offered(&f.composer, &Composer::longTextAttached);
    auto* data = new QMimeData;
    data->setText(QString(8001, u'x'));
    f.paste(data);
    QCOMPARE(f.composer.text(), QString());
    QCOMPARE(f.composer.attachments().list().size(), std::size_t(1));
    QCOMPARE(f.composer.attachments().list()[0].data.size(), std::size_t(8001));
    QCOMPARE(offered.count(), 1);
    auto* shorter = new QMimeData;
    shorter->setText(QString(8000, u'x'));
    f.paste(shorter);
    QCOMPARE(f.composer.text().size(), 8000);
}

void ComposerTest::filesAndPicturesAreAttached() {
    Fixture f;
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("代码.cpp"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("int main() {}\n");
    file.close();
    auto* data = new QMimeData;
    data->setUrls({QUrl::fromLocalFile(path)});
    f.paste(data);
    QImage image(8, 8, QImage::Format_RGB32);
    image.fill(Qt::red);
    auto* picture = new QMimeData;
    picture->setImageData(image);
    f.paste(picture);
    const auto& list = f.composer.attachments().list();
    QCOMPARE(list.size(), std::size_t(2));
    QCOMPARE(list[0].name, std::string("代码.cpp"));
    QCOMPARE(list[0].mimeType, std::string("text/plain"));
    QCOMPARE(list[1].mimeType, std::string("image/png"));
    QVERIFY(
        f.composer.findChild<QPushButton*>(QStringLiteral("composerSend"))->isEnabled()); // without a word
    QTest::mouseClick(f.composer.findChild<QPushButton*>(QStringLiteral("attachment0")), Qt::LeftButton);
    QCOMPARE(f.composer.attachments().list().size(), std::size_t(1));
    QCOMPARE(f.composer.attachments().list()[0].mimeType, std::string("image/png"));
}

void ComposerTest::whatCannotBeAttachedSaysWhy() {
    Fixture f;
    QSignalSpy notices(&f.composer, &Composer::notice);
    QTemporaryDir folder;
    const QString binary = folder.filePath(QStringLiteral("a.bin"));
    QFile file(binary);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray("\x7f"
                          "ELF\0\0\1",
                          7));
    file.close();
    const QString pipe = folder.filePath(QStringLiteral("pipe"));
    QCOMPARE(::mkfifo(pipe.toLocal8Bit().constData(), 0600), 0);
    f.composer.attachFiles(
        {binary, pipe, folder.path(), folder.filePath(QStringLiteral("none")), QStringLiteral("/dev/zero")});
    QCOMPARE(f.composer.attachments().list().size(), std::size_t(0));
    QCOMPARE(notices.count(), 5);
}

void ComposerTest::attachmentsAreBoundedTogether() {
    Attachments attachments;
    QVERIFY(attachments.addText(QString(4 * 1024 * 1024, u'x')) == Attachments::Refusal::None);
    QVERIFY(attachments.addText(QString(4 * 1024 * 1024, u'x')) == Attachments::Refusal::TooLarge);
    QVERIFY(attachments.addText(QString(1024 * 1024, u'x')) == Attachments::Refusal::None);
    QCOMPARE(attachments.list().size(), std::size_t(2));
}

void ComposerTest::editingReturnsTheDraft() {
    Fixture f;
    QSignalSpy edited(&f.composer, &Composer::editFinished);
    f.composer.setText(QStringLiteral("draft"));
    f.composer.beginEdit(MessageId("m1"), QStringLiteral("old words"));
    QCOMPARE(f.composer.text(), QStringLiteral("old words"));
    QTest::keyClick(f.edit(), Qt::Key_Escape);
    QCOMPARE(f.composer.text(), QStringLiteral("draft"));
    f.composer.beginEdit(MessageId("m1"), QStringLiteral("old words"));
    QTest::keyClicks(f.edit(), QStringLiteral("!"));
    QTest::keyClick(f.edit(), Qt::Key_Return);
    QCOMPARE(edited.count(), 1);
    QCOMPARE(edited.at(0).at(1).toString(), QStringLiteral("old words!"));
    QCOMPARE(f.sent.count(), 0);
    QCOMPARE(f.composer.text(), QStringLiteral("draft"));
}

void ComposerTest::quoting() {
    Fixture f;
    f.composer.setText(QStringLiteral("before"));
    f.composer.insertQuote(QStringLiteral("line one\nline two\n"));
    QCOMPARE(f.composer.text(), QStringLiteral("before\n\n> line one\n> line two\n\n"));
}

void ComposerTest::theEstimateCountsEverything() {
    QCOMPARE(estimateTokens(u""), 0);
    const qint64 chinese = estimateTokens(QString(1000, QChar(0x4e2d)));
    QVERIFY(chinese >= 600 && chinese <= 1100);
    const qint64 english = estimateTokens(QStringLiteral("word ").repeated(1000));
    QVERIFY(english >= 800 && english <= 1500);
    QVERIFY(std::abs(estimateTokens(std::string_view("中文 text 123")) -
                     estimateTokens(QStringView(u"中文 text 123"))) <= 1);
    Fixture f;
    f.composer.setHistory(3000, 6, 65536);
    f.composer.attachments().addText(QStringLiteral("word ").repeated(1000));
    f.composer.setText(QStringLiteral("word ").repeated(1000));
    auto* label = f.composer.findChild<QLabel*>(QStringLiteral("composerEstimate"));
    QTRY_VERIFY(label->text().contains(QLocale().toString(3000 + 2 * english)));
    QVERIFY(label->text().contains(QStringLiteral("64")));
}

void ComposerTest::draftsSurviveARestart() {
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("new/drafts.json"));
    {
        DraftStore store;
        store.setFile(path);
        store.setDraft(QStringLiteral("s1"), QStringLiteral("未发送"));
        store.setDraft(QStringLiteral("s2"), QStringLiteral("x"));
        store.setDraft(QStringLiteral("s2"), {});
    }
    DraftStore again;
    again.setFile(path);
    QCOMPARE(again.draft(QStringLiteral("s1")), QStringLiteral("未发送"));
    QCOMPARE(again.draft(QStringLiteral("s2")), QString());
}

void ComposerTest::aBrokenDraftFileIsNoObstacle() {
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("drafts.json"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{\"s1\": [1, tru");
    file.close();
    DraftStore store;
    store.setFile(path);
    store.setDraft(QStringLiteral("s1"), QStringLiteral("new"));
    QVERIFY(store.flush());
    DraftStore nowhere;
    nowhere.setFile(QStringLiteral("/proc/nowhere/drafts.json"));
    nowhere.setDraft(QStringLiteral("s1"), QStringLiteral("kept in memory"));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("drafts cannot be written")));
    QVERIFY(!nowhere.flush());
    QCOMPARE(nowhere.draft(QStringLiteral("s1")), QStringLiteral("kept in memory"));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("drafts cannot be written")));
}

void ComposerTest::draftsAreWrittenSoon() {
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("drafts.json"));
    DraftStore store;
    store.setFile(path);
    store.setDraft(QStringLiteral("s1"), QStringLiteral("a"));
    QTRY_VERIFY(QFile::exists(path)); // by itself
}

void ComposerTest::everythingHasAName() {
    Fixture f;
    for (QWidget* widget : f.composer.findChildren<QWidget*>()) {
        if (widget->focusPolicy() == Qt::NoFocus || !widget->isVisible()) continue;
        QVERIFY2(!widget->objectName().isEmpty(), widget->metaObject()->className());
        QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(widget->objectName()));
    }
}

QTEST_MAIN(ComposerTest)
#include "ComposerTest.moc"
