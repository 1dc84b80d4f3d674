#include "ui/analysis/code/FindBar.h"

#include <QHBoxLayout>
#include <QIntValidator>
#include <QKeyEvent>
#include <QLocale>

#include <algorithm>

namespace exo::ui {

namespace {
constexpr int k_delayMs = 80;
}

FindBar::FindBar(const ThemeController* theme, CodeView* view, QWidget* parent)
    : QFrame(parent)
    , m_view(view)
    , m_field(new QLineEdit(this))
    , m_count(new QLabel(this))
    , m_case(new IconButton(theme, QStringLiteral("code.find.case"), u"case", this))
    , m_previous(new IconButton(theme, QStringLiteral("code.find.previous"), u"chevron-up", this))
    , m_next(new IconButton(theme, QStringLiteral("code.find.next"), u"chevron-down", this))
    , m_close(new IconButton(theme, QStringLiteral("code.find.close"), u"close", this)) {
    setObjectName(QStringLiteral("code.find"));
    setProperty("kind", QStringLiteral("bar"));
    m_field->setObjectName(QStringLiteral("code.find.field"));
    m_count->setObjectName(QStringLiteral("code.find.count"));
    m_count->setProperty("kind", QStringLiteral("secondary"));
    m_count->setMinimumWidth(90);
    m_case->setCheckable(true);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 4, 12, 4);
    row->setSpacing(6);
    m_field->setMaximumWidth(360);
    row->addWidget(m_field, 1);
    row->addWidget(m_case);
    row->addWidget(m_count);
    row->addStretch(1);
    row->addWidget(m_previous);
    row->addWidget(m_next);
    row->addWidget(m_close);
    m_delay.setSingleShot(true);
    m_delay.setInterval(k_delayMs);
    m_field->installEventFilter(this);
    connect(&m_delay, &QTimer::timeout, this, [this] { search(true); });
    connect(m_field, &QLineEdit::textChanged, this, [this] {
        if (m_mode == Mode::Find) m_delay.start();
    });
    connect(m_case, &QToolButton::toggled, this, [this] { search(true); });
    connect(m_previous, &QToolButton::clicked, this, [this] { step(-1); });
    connect(m_next, &QToolButton::clicked, this, [this] { step(1); });
    connect(m_close, &QToolButton::clicked, this, &FindBar::dismiss);
    retranslate();
    hide();
}

void FindBar::open(Mode mode) {
    m_mode = mode;
    const bool find = mode == Mode::Find;
    for (QWidget* part : {static_cast<QWidget*>(m_case), static_cast<QWidget*>(m_previous),
                          static_cast<QWidget*>(m_next), static_cast<QWidget*>(m_count)}) {
        part->setVisible(find);
    }
    retranslate();
    show();
    m_field->setFocus();
}

void FindBar::openFind() {
    open(Mode::Find);
    const QString chosen = m_view->selectedText();
    if (!chosen.isEmpty() && !chosen.contains(u'\n')) m_field->setText(chosen);
    m_field->selectAll();
    search(false);
}

void FindBar::openLine() {
    open(Mode::Line);
    m_view->setMatches({}, -1);
    m_field->setText(QString::number(m_view->cursor().line));
    m_field->selectAll();
}

void FindBar::refresh() {
    if (isVisible() && m_mode == Mode::Find) search(false);
}

void FindBar::search(bool jump) {
    m_delay.stop();
    if (m_mode != Mode::Find) return;
    const auto mind = m_case->isChecked() ? CodeDocument::Case::Mind : CodeDocument::Case::Ignore;
    m_matches = m_view->document().find(m_field->text(), mind);
    const CodePosition at = m_view->cursor();
    const auto here = std::find_if(m_matches.begin(), m_matches.end(), [&](const CodeMatch& match) {
        return match.line > at.line || (match.line == at.line && match.start + match.length >= at.column);
    });
    m_current = m_matches.empty()         ? -1
                : here == m_matches.end() ? 0
                                          : static_cast<int>(here - m_matches.begin());
    m_view->setMatches(m_matches, jump ? m_current : -1);
    showCount();
}

void FindBar::step(int by) {
    if (m_delay.isActive()) search(false);
    if (m_matches.empty()) return;
    const int count = static_cast<int>(m_matches.size());
    m_current = ((m_current + by) % count + count) % count;
    m_view->setMatches(m_matches, m_current);
    showCount();
}

void FindBar::showCount() {
    const QLocale locale;
    const int count = static_cast<int>(m_matches.size());
    if (m_field->text().isEmpty())
        m_count->clear();
    else if (count == 0)
        m_count->setText(tr("Nothing found"));
    else
        m_count->setText(
            tr("%1 of %2")
                .arg(locale.toString(m_current + 1),
                     locale.toString(count) +
                         (count >= CodeDocument::k_mostMatches ? QStringLiteral("+") : QString())));
}

void FindBar::goToLine() {
    bool number = false;
    const int line = m_field->text().trimmed().toInt(&number);
    if (!number) return m_field->selectAll();
    dismiss();
    m_view->goTo(line);
}

void FindBar::dismiss() {
    m_delay.stop();
    m_matches.clear();
    m_current = -1;
    m_view->setMatches({}, -1);
    hide();
    m_view->setFocus();
}

bool FindBar::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_field || event->type() != QEvent::KeyPress) return QFrame::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->key() == Qt::Key_Escape) {
        dismiss();
        return true;
    }
    if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
        if (m_mode == Mode::Line)
            goToLine();
        else
            step(key->modifiers().testFlag(Qt::ShiftModifier) ? -1 : 1);
        return true;
    }
    if (key->key() == Qt::Key_Down || key->key() == Qt::Key_Up) {
        if (m_mode == Mode::Find) step(key->key() == Qt::Key_Down ? 1 : -1);
        return true;
    }
    return QFrame::eventFilter(watched, event);
}

void FindBar::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QFrame::changeEvent(event);
}

void FindBar::retranslate() {
    m_field->setPlaceholderText(m_mode == Mode::Find ? tr("Find in this file") : tr("Line"));
    m_field->setAccessibleName(m_field->placeholderText());
    m_case->setHelp(tr("Mind upper and lower case"));
    m_previous->setHelp(tr("Previous"), QStringLiteral("Shift+Enter"));
    m_next->setHelp(tr("Next"), QStringLiteral("Enter"));
    m_close->setHelp(tr("Close"), QStringLiteral("Esc"));
    showCount();
}

} // namespace exo::ui
