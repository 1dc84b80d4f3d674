// The one style sheet of the program. `@name@` stands for a token, `@px+n@` for the body size plus n pixels.
#include "ui/theme/Theme.h"

#include <QRegularExpression>

namespace exo::ui {

namespace {

struct Name {
    const char* name;
    Token token;
};
constexpr Name k_names[] = {
    {"bg", Token::Bg},
    {"surface", Token::Surface},
    {"sidebar", Token::Sidebar},
    {"line", Token::Line},
    {"hover", Token::Hover},
    {"text", Token::Text},
    {"text2", Token::Text2},
    {"text3", Token::Text3},
    {"accent", Token::Accent},
    {"accentHover", Token::AccentHover},
    {"accentText", Token::AccentText},
    {"accentInk", Token::AccentInk},
    {"accentSoft", Token::AccentSoft},
    {"selection", Token::Selection},
    {"crit", Token::Crit},
    {"critInk", Token::CritInk},
    {"code", Token::Code},
};

// Dynamic property `kind` picks the look of a standard widget: primary, danger, quiet, card, bar, caption,
// title, …
constexpr const char* k_sheet = R"(
QMainWindow, QDialog { background: @bg@; }
QToolTip { background: @surface@; color: @text@; border: 1px solid @line@; padding: 4px 6px; }
QLabel { background: transparent; }
QLabel[kind="caption"] { color: @text3@; font-size: @px-2@px; }
QLabel[kind="secondary"] { color: @text2@; }
QLabel[kind="title"] { font-size: @px+1@px; font-weight: 600; }
QLabel[kind="heading"] { font-size: @px+6@px; font-weight: 600; }
QLabel[kind="error"] { color: @critInk@; }
QLabel[kind="mono"] { color: @text2@; font-size: @px-1@px; }
QFrame[kind="line"] { background: @line@; border: none; }
QWidget[kind="bar"], QFrame[kind="bar"] { background: @surface@; }
QWidget[kind="sidebar"], QFrame[kind="sidebar"] { background: @sidebar@; }
QWidget[kind="page"], QFrame[kind="page"] { background: @bg@; }
QFrame[kind="card"] { background: @surface@; border: 1px solid @line@; border-radius: 10px; }
QFrame[kind="popup"] { background: @surface@; border: 1px solid @line@; border-radius: 12px; }

QPushButton { background: @surface@; border: 1px solid @line@; border-radius: 8px; padding: 0 14px; min-height: 30px; }
QPushButton:hover { background: @hover@; }
QPushButton:focus { border-color: @accent@; }
QPushButton:disabled { color: @text3@; background: @bg@; }
QPushButton[kind="primary"] { background: @accent@; border-color: @accent@; color: @accentText@; font-weight: 500; }
QPushButton[kind="primary"]:hover { background: @accentHover@; border-color: @accentHover@; }
QPushButton[kind="primary"]:focus { border-color: @text@; }
QPushButton[kind="primary"]:disabled { background: @hover@; border-color: @line@; color: @text3@; }
QPushButton[kind="danger"] { color: @critInk@; }
QPushButton[kind="danger"]:focus { border-color: @crit@; }
QPushButton[kind="quiet"] { background: transparent; border-color: transparent; color: @text2@; padding: 0 8px; }
QPushButton[kind="quiet"]:hover { background: @hover@; color: @text@; }
QPushButton[kind="quiet"]:focus { border-color: @accent@; }
QPushButton[kind="link"] { background: transparent; border-color: transparent; color: @accentInk@; padding: 0 6px; }
QPushButton[kind="link"]:hover { background: @accentSoft@; }
QPushButton[kind="link"]:focus { border-color: @accent@; }
QPushButton[kind="field"] { text-align: left; color: @text3@; background: @bg@; padding: 0 10px; }
QPushButton[kind="field"]:hover { background: @hover@; }
QPushButton[kind="field"]:focus { border-color: @accent@; }
QPushButton[kind="chip"] { min-height: 26px; padding: 0; }
QPushButton::menu-indicator { image: none; width: 0; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: 8px; padding: 5px; }
QToolButton:hover, QToolButton:checked { background: @hover@; }
QToolButton:focus { border-color: @accent@; }
QToolButton[kind="chip"] { border-color: @line@; border-radius: 14px; }
QToolButton::menu-indicator { image: none; width: 0; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox { background: @surface@; border: 1px solid @line@; border-radius: 8px;
  padding: 0 10px; selection-background-color: @selection@; selection-color: @text@; }
QLineEdit, QSpinBox { min-height: 32px; }
QPlainTextEdit, QTextEdit { padding: 6px 8px; }
QSpinBox::up-button, QSpinBox::down-button { border: none; background: transparent; width: 22px; }
QSpinBox::up-arrow { image: url(:/icons/@chevronUp@); width: 14px; height: 14px; }
QSpinBox::down-arrow { image: url(:/icons/@chevron@); width: 14px; height: 14px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus { border-color: @accent@; }
QLineEdit:disabled, QLineEdit:read-only { background: @bg@; color: @text2@; }
QLineEdit[invalid="true"] { border-color: @crit@; }
QLineEdit[kind="bare"], QPlainTextEdit[kind="bare"], QTextEdit[kind="bare"] { border: none; background: transparent; padding: 0; }

QComboBox { background: @surface@; border: 1px solid @line@; border-radius: 8px; padding: 0 10px; min-height: 32px; }
QComboBox:focus, QComboBox:on { border-color: @accent@; }
QComboBox:hover { background: @hover@; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url(:/icons/@chevron@); width: 16px; height: 16px; }
QComboBox QAbstractItemView { background: @surface@; border: 1px solid @line@; padding: 4px; outline: 0; }
QComboBox QAbstractItemView::item { min-height: 30px; padding: 0 8px; border-radius: 6px; }
QComboBox QAbstractItemView::item:selected { background: @selection@; color: @text@; }

QListView, QTreeView { background: transparent; border: none; outline: 0; show-decoration-selected: 0; }
QListView::item, QTreeView::item { min-height: 34px; padding: 0 10px; border-radius: 8px; border: 1px solid transparent; }
QListView::item:hover, QTreeView::item:hover { background: @hover@; }
QListView::item:selected, QTreeView::item:selected { background: @selection@; color: @text@; }
QListView:focus::item:focus { border-color: @accent@; }

QTableView { background: transparent; border: none; outline: 0; gridline-color: @line@; }
QTableView::item { padding: 0 10px; border-bottom: 1px solid @line@; }
QTableView::item:selected { background: @selection@; color: @text@; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { background: transparent; border: none; border-bottom: 1px solid @line@; padding: 6px 10px; color: @text2@; }
QTableView[tight="true"]::item { padding: 0 6px; }
QTableView[tight="true"] QHeaderView::section { padding: 6px 6px; }

QMenu { background: @surface@; border: 1px solid @line@; padding: 6px; }
QMenu::item { padding: 7px 28px 7px 10px; border-radius: 6px; }
QMenu::item:selected { background: @selection@; color: @text@; }
QMenu::item:disabled { color: @text3@; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: @line@; margin: 5px 4px; }

QRadioButton, QCheckBox { spacing: 8px; min-height: 28px; background: transparent; }
QCheckBox::indicator { width: 16px; height: 16px; border: 1px solid @text3@; border-radius: 4px; background: @surface@; }
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: @accent@; }
QCheckBox::indicator:checked { border-color: @accent@; background: @accent@; image: url(:/icons/check-on.svg); }
QCheckBox::indicator:disabled { border-color: @line@; background: @hover@; }
QCheckBox::indicator:checked:disabled { border-color: @text3@; background: @text3@; }
QScrollArea, QStackedWidget { background: transparent; border: none; }
QScrollArea > QWidget > QWidget[kind="transparent"] { background: transparent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: @scroll@; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: @text3@; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: @line@; }
QSplitter::handle:horizontal { width: 1px; }
QProgressBar { background: @hover@; border: none; border-radius: 2px; max-height: 4px; }
QProgressBar::chunk { background: @accent@; border-radius: 2px; }
)";

} // namespace

QString Theme::styleSheet(int fontPixels) const {
    QString sheet = QString::fromLatin1(k_sheet);
    for (const Name& entry : k_names) {
        sheet.replace(u'@' + QString::fromLatin1(entry.name) + u'@', color(entry.token).name());
    }
    sheet.replace(QStringLiteral("@scroll@"), dark ? QStringLiteral("#3A424E") : QStringLiteral("#C9CFD7"));
    sheet.replace(QStringLiteral("@chevronUp@"),
                  dark ? QStringLiteral("chevron-up-dark.svg") : QStringLiteral("chevron-up-light.svg"));
    sheet.replace(QStringLiteral("@chevron@"),
                  dark ? QStringLiteral("chevron-down-dark.svg") : QStringLiteral("chevron-down-light.svg"));
    static const QRegularExpression size(QStringLiteral("@px([+-][0-9]+)?@"));
    QString out;
    qsizetype from = 0;
    for (auto it = size.globalMatch(sheet); it.hasNext();) {
        const auto match = it.next();
        out += QStringView(sheet).mid(from, match.capturedStart() - from);
        out += QString::number(fontPixels + match.capturedView(1).toInt());
        from = match.capturedEnd();
    }
    return out + QStringView(sheet).mid(from);
}

} // namespace exo::ui
