// The token table: readable, complete, and applied.
#include "ui/theme/Theme.h"
#include "ui/theme/Icons.h"

#include <QApplication>
#include <QLabel>
#include <QTest>

using namespace exo::ui;

namespace {

// WCAG 2.1, relative luminance and contrast ratio.
double channel(double value) {
    return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}
double luminance(const QColor& color) {
    return 0.2126 * channel(color.redF()) + 0.7152 * channel(color.greenF()) +
           0.0722 * channel(color.blueF());
}
double contrast(const QColor& one, const QColor& other) {
    const double a = luminance(one), b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

} // namespace

class ThemeTest : public QObject {
    Q_OBJECT
  private slots:
    void everyTextIsReadableOnItsGrounds_data();
    void everyTextIsReadableOnItsGrounds();
    void styleSheetNamesOnlyKnownTokens();
    void changingTheModeRepaintsTheProgram();
    void sizeOfTextIsBounded();
    void everyIconDrawsSomethingInItsColour();
};

void ThemeTest::everyTextIsReadableOnItsGrounds_data() {
    QTest::addColumn<QColor>("text");
    QTest::addColumn<QColor>("ground");
    const auto add = [](const char* name, Token text, std::initializer_list<Token> grounds) {
        for (const Theme* theme : {&Theme::day(), &Theme::night()}) {
            for (const Token ground : grounds) {
                QTest::addRow("%s on %d, %s", name, int(ground), theme->dark ? "dark" : "light")
                    << theme->color(text) << theme->color(ground);
            }
        }
    };
    const auto everywhere = {Token::Bg,    Token::Surface,   Token::Sidebar,
                             Token::Hover, Token::Selection, Token::AccentSoft};
    add("text", Token::Text, everywhere);
    add("text2", Token::Text2,
        {Token::Bg, Token::Surface, Token::Sidebar, Token::Selection, Token::AccentSoft, Token::Code});
    add("text3", Token::Text3, {Token::Bg, Token::Surface, Token::Sidebar, Token::Code});
    add("accent text", Token::AccentText, {Token::Accent, Token::AccentHover});
    add("link", Token::AccentInk,
        {Token::Bg, Token::Surface, Token::AccentSoft, Token::Sidebar, Token::Selection});
    add("error", Token::CritInk, {Token::Bg, Token::Surface, Token::Sidebar});
    for (const auto& [name, token] :
         {std::pair("keyword", Token::Keyword), std::pair("string", Token::String),
          std::pair("comment", Token::Comment), std::pair("number", Token::Number),
          std::pair("function", Token::Function)}) {
        add(name, token, {Token::Code});
    }
}

void ThemeTest::everyTextIsReadableOnItsGrounds() {
    QFETCH(QColor, text);
    QFETCH(QColor, ground);
    const double ratio = contrast(text, ground);
    QVERIFY2(ratio >= 4.5,
             qPrintable(QStringLiteral("%1 on %2: %3").arg(text.name(), ground.name()).arg(ratio)));
}

void ThemeTest::styleSheetNamesOnlyKnownTokens() {
    for (const Theme* theme : {&Theme::day(), &Theme::night()}) {
        const QString sheet = theme->styleSheet(14);
        QVERIFY2(!sheet.contains(u'@'), qPrintable(sheet.mid(sheet.indexOf(u'@'), 40)));
        QVERIFY(sheet.contains(theme->color(Token::Accent).name()));
    }
}

void ThemeTest::changingTheModeRepaintsTheProgram() {
    ThemeController theme;
    theme.setMode(ThemeMode::Light);
    theme.applyTo(qApp);
    QLabel label(QStringLiteral("text"));
    QCOMPARE(label.palette().color(QPalette::Window), Theme::day().color(Token::Bg));
    int changes = 0;
    connect(&theme, &ThemeController::changed, this, [&] { ++changes; });
    theme.setMode(ThemeMode::Dark);
    QCOMPARE(changes, 1);
    QVERIFY(theme.isDark());
    QCOMPARE(QApplication::palette().color(QPalette::Window), Theme::night().color(Token::Bg));
    theme.setMode(ThemeMode::Dark);
    QCOMPARE(changes, 1);
}

void ThemeTest::sizeOfTextIsBounded() {
    ThemeController theme;
    theme.setFontPixels(400);
    QCOMPARE(theme.fontPixels(), 22);
    theme.setFontPixels(-3);
    QCOMPARE(theme.fontPixels(), 11);
    QVERIFY(theme.font(FontRole::Caption).pixelSize() < theme.font(FontRole::Body).pixelSize());
    QVERIFY(theme.font(FontRole::Body).families().contains(QStringLiteral("Noto Sans CJK SC")));
    QVERIFY(theme.font(FontRole::Code).families().contains(QStringLiteral("Noto Sans Mono CJK SC")));
    QVERIFY(theme.font(FontRole::Code).styleStrategy() & QFont::PreferNoShaping); // no ligatures
}

void ThemeTest::everyIconDrawsSomethingInItsColour() {
    ThemeController theme;
    theme.setMode(ThemeMode::Light);
    QVERIFY(iconNames().size() > 30);
    for (const QString& name : iconNames()) {
        const QImage image = themedIcon(&theme, name, Token::Crit).pixmap(QSize(20, 20), 2.0).toImage();
        QCOMPARE(image.size(), QSize(40, 40));
        bool drawn = false;
        for (int y = 0; y < image.height() && !drawn; ++y) {
            for (int x = 0; x < image.width() && !drawn; ++x) {
                drawn = qAlpha(image.pixel(x, y)) > 200;
            }
        }
        QVERIFY2(drawn, qPrintable(name));
    }
    const QImage plus = themedIcon(&theme, u"plus", Token::Crit).pixmap(QSize(20, 20), 1.0).toImage();
    QCOMPARE(plus.pixelColor(10, 10).rgb(), theme.color(Token::Crit).rgb());
}

QTEST_MAIN(ThemeTest)
#include "ThemeTest.moc"
