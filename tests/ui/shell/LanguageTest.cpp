// Changing the language while the program runs leaves no text behind, in either direction.
#include "tests/ui/support/WindowFixture.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QXmlStreamReader>

using namespace exo;
using namespace exo::ui;

namespace {

struct Translation {
    QString source;
    QString chinese;
};

// Pairs of the .ts files whose two sides differ.
std::vector<Translation> translations() {
    std::vector<Translation> pairs;
    const QDir folder(QStringLiteral(EXO_I18N_FOLDER));
    for (const QString& name : folder.entryList({QStringLiteral("*_zh_CN.ts")})) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::ReadOnly)) continue;
        QXmlStreamReader xml(&file);
        Translation pair;
        while (!xml.atEnd()) {
            if (!xml.readNextStartElement()) continue;
            if (xml.name() == u"source") pair.source = xml.readElementText();
            if (xml.name() == u"translation")
                pair.chinese = xml.readElementText(QXmlStreamReader::IncludeChildElements);
            if (xml.name() == u"translation" && pair.source != pair.chinese) pairs.push_back(pair);
        }
    }
    return pairs;
}

// Opens what the test looks at: window, settings with a tested provider, palette.
void openEverything(WindowFixture& fixture) {
    fixture.backend->providers.push_back({"mine", "openai", "http://h/v1", {"m"}, true, "none"});
    fixture.window->show();
    fixture.trigger("settings.open");
    QTRY_VERIFY(WindowFixture::find("providers.mine.test"));
    QTest::mouseClick(WindowFixture::find("providers.mine.test"), Qt::LeftButton);
    QTRY_VERIFY(
        WindowFixture::find<QLabel>("providers.mine.outcome")->text().contains(QStringLiteral("321")));
    fixture.trigger("connection.connect");
    fixture.trigger("palette.open");
    QTRY_VERIFY(!WindowFixture::find<QLabel>("status.latency")->text().isEmpty());
}

} // namespace

class LanguageTest : public QObject {
    Q_OBJECT
  private slots:
    void chineseLeavesNoEnglish();
    void englishLeavesNoChinese();
    void everyPageOfTheSettingsIsTranslated();
    void errorsSpeakTheLanguageOfTheWindows();
    void unknownLanguageIsTheSystems();
};

void LanguageTest::chineseLeavesNoEnglish() {
    WindowFixture fixture(QStringLiteral("en"));
    openEverything(fixture);
    QSet<QString> english;
    for (const Translation& pair : translations()) {
        english.insert(pair.source);
    }
    QVERIFY(english.size() > 50);
    fixture.language.setLanguage(QStringLiteral("zh_CN"));
    QCoreApplication::processEvents();
    QStringList left;
    int chinese = 0;
    for (const ShownText& shown : shownTexts()) {
        if (english.contains(shown.text)) left << shown.widget + QStringLiteral(": ") + shown.text;
        chinese += shown.text.contains(QRegularExpression(QStringLiteral("\\p{Han}"))) ? 1 : 0;
    }
    QVERIFY2(left.isEmpty(), qPrintable(left.join(u'\n')));
    QVERIFY(chinese > 30);
}

void LanguageTest::englishLeavesNoChinese() {
    WindowFixture fixture(QStringLiteral("zh_CN"));
    openEverything(fixture);
    QSet<QString> chinese;
    for (const Translation& pair : translations()) {
        chinese.insert(pair.chinese);
    }
    fixture.language.setLanguage(QStringLiteral("en"));
    QCoreApplication::processEvents();
    QStringList left;
    for (const ShownText& shown : shownTexts()) {
        if (chinese.contains(shown.text)) left << shown.widget + QStringLiteral(": ") + shown.text;
    }
    QVERIFY2(left.isEmpty(), qPrintable(left.join(u'\n')));
}

void LanguageTest::everyPageOfTheSettingsIsTranslated() {
    WindowFixture fixture(QStringLiteral("zh_CN"));
    openEverything(fixture);
    QSet<QString> english;
    for (const Translation& pair : translations()) {
        english.insert(pair.source);
    }
    auto* list = WindowFixture::find<QListWidget>("settings.list");
    for (int row = 0; row < list->count(); ++row) {
        list->setCurrentRow(row);
        QCoreApplication::processEvents();
        for (const ShownText& shown : shownTexts()) {
            QVERIFY2(!english.contains(shown.text),
                     qPrintable(shown.widget + QStringLiteral(": ") + shown.text));
        }
    }
}

void LanguageTest::errorsSpeakTheLanguageOfTheWindows() {
    LanguageController language;
    language.setLanguage(QStringLiteral("en"));
    const QString english = errorSentence(Error(ErrorCode::UpstreamTimeout));
    language.setLanguage(QStringLiteral("zh_CN"));
    const QString chinese = errorSentence(Error(ErrorCode::UpstreamTimeout));
    QVERIFY(chinese.contains(QRegularExpression(QStringLiteral("\\p{Han}"))));
    QVERIFY(english != chinese);
    QCOMPARE(errorSentence(QStringLiteral("upstream_timeout")), chinese);
}

void LanguageTest::unknownLanguageIsTheSystems() {
    LanguageController language;
    language.setLanguage(QStringLiteral("tlh"));
    QCOMPARE(language.language(), QString());
}

QTEST_MAIN(LanguageTest)
#include "LanguageTest.moc"
