#include "ui/chat/transcript/TranscriptView.h"

#include "ui/chat/markdown/Parser.h"
#include "ui/chat/transcript/TranscriptAccessible.h"
#include "ui/theme/Icons.h"

#include <QFutureWatcher>
#include <QPromise>
#include <QPushButton>
#include <QResizeEvent>
#include <QScrollBar>
#include <QThreadPool>

#include <unordered_map>

namespace exo::ui {

namespace {

constexpr qsizetype k_parseHere = 16 * 1024; // longer texts are parsed in a worker thread
constexpr int k_margin = 200;                // laid out beyond the window's edges
constexpr int k_passes = 12;                 // until heights have settled
constexpr int k_nearTop = 400;

} // namespace

TranscriptView::TranscriptView(const ThemeController* theme, QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_theme(theme)
    , m_style(std::make_unique<TranscriptStyle>(theme))
    , m_geometry(m_entries, *m_style)
    , m_pill(new QPushButton(this)) {
    setObjectName(QStringLiteral("transcript"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    viewport()->setCursor(Qt::ArrowCursor);
    verticalScrollBar()->setSingleStep(40);
    m_pill->setObjectName(QStringLiteral("transcriptNewPill"));
    m_pill->hide();
    m_pill->setFocusPolicy(Qt::TabFocus);
    connect(m_pill, &QPushButton::clicked, this, &TranscriptView::followEnd);
    m_autoscroll.setInterval(30);
    connect(&m_autoscroll, &QTimer::timeout, this, &TranscriptView::autoscroll);
    m_dots.setInterval(380);
    connect(&m_dots, &QTimer::timeout, this, [this] {
        ++m_dotPhase;
        for (const Spot& spot : m_spots) {
            if (spot.item.look == ChromeItem::Look::Dots) viewport()->update(spot.rect.toAlignedRect());
        }
    });
    connect(theme, &ThemeController::changed, this, &TranscriptView::restyle);
    installTranscriptAccessibility();
    restyle();
}

TranscriptView::~TranscriptView() = default;

void TranscriptView::restyle() {
    m_style = std::make_unique<TranscriptStyle>(m_theme);
    m_pill->setIcon(themedIcon(m_theme, u"arrow-down"));
    m_geometry.setStyle(*m_style);
    setAccessibleName(tr("Conversation"));
    m_pill->setAccessibleName(tr("Go to the newest text"));
    relayout();
    viewport()->update();
}

void TranscriptView::setMessages(std::vector<api::Message> messages, Place place) {
    std::unordered_map<std::string, std::unique_ptr<MessageEntry>> known;
    const MessageId anchored =
        m_entries.empty() ? MessageId() : m_entries[static_cast<std::size_t>(m_anchor.message)]->message().id;
    const MessageId first = m_entries.empty() ? MessageId() : m_entries.front()->message().id;
    for (auto& entry : m_entries) {
        const std::string id = entry->message().id.str();
        known.emplace(id, std::move(entry));
    }
    m_entries.clear();
    for (api::Message& message : messages) {
        const auto it = known.find(message.id.str());
        if (it == known.end()) {
            m_entries.push_back(std::make_unique<MessageEntry>(std::move(message)));
            continue;
        }
        if (!it->second->isPending() || message.state != api::MessageState::Pending)
            it->second->setMessage(std::move(message));
        m_entries.push_back(std::move(it->second));
    }
    const int shift = first.empty() ? -1 : indexOf(first);
    if (shift < 0 || place == Place::End)
        m_selection.clear();
    else
        m_selection.shiftMessages(shift);
    m_geometry.refreshAll();
    m_olderAsked = false;
    m_focusSpot = -1;
    m_hoveredMessage = -1;
    const int kept = anchored.empty() ? -1 : indexOf(anchored);
    if (place == Place::End || kept < 0) {
        m_follow = true;
        m_newBelow = false;
        m_anchor = {};
        m_marked = {};
    } else {
        m_anchor.message = kept;
    }
    relayout();
    viewport()->update();
}

void TranscriptView::appendMessage(api::Message message) {
    m_entries.push_back(std::make_unique<MessageEntry>(std::move(message)));
    entryChanged(*m_entries.back());
}

void TranscriptView::replaceMessage(const MessageId& id, api::Message message) {
    if (MessageEntry* entry = find(id)) {
        entry->setMessage(std::move(message));
        entryChanged(*entry);
    }
}

void TranscriptView::appendText(const MessageId& id, const QString& text) {
    if (MessageEntry* entry = find(id)) {
        entry->appendText(text);
        entryChanged(*entry);
    }
}

void TranscriptView::appendReasoning(const MessageId& id, const QString& text) {
    if (MessageEntry* entry = find(id)) {
        entry->appendReasoning(text);
        entryChanged(*entry);
    }
}

void TranscriptView::addCitation(const MessageId& id, const api::Citation& citation) {
    if (MessageEntry* entry = find(id)) {
        entry->addCitation(citation);
        entryChanged(*entry);
    }
}

void TranscriptView::setTool(const MessageId& id, const api::ToolCall& call) {
    if (MessageEntry* entry = find(id)) {
        if (m_selection.isInTool()) m_selection.clear(); // its text may be another now
        entry->setTool(call);
        entryChanged(*entry);
    }
}

void TranscriptView::entryChanged(MessageEntry& entry) {
    const int before = m_geometry.totalHeight();
    m_geometry.refresh(entry);
    if (!m_follow && m_geometry.totalHeight() > before) m_newBelow = true;
    relayout();
    viewport()->update();
}

void TranscriptView::setHasOlder(bool older) {
    m_hasOlder = older;
    m_olderAsked = false;
    relayout();
}

void TranscriptView::setBusy(bool busy) {
    if (busy == m_busy) return;
    m_busy = busy;
    relayout();
    viewport()->update();
}

int TranscriptView::indexOf(const MessageId& id) const {
    for (std::size_t i = m_entries.size(); i-- > 0;) { // what changes is mostly at the end
        if (m_entries[i]->message().id == id) return static_cast<int>(i);
    }
    return -1;
}

MessageEntry* TranscriptView::find(const MessageId& id) {
    const int index = indexOf(id);
    return index < 0 ? nullptr : m_entries[static_cast<std::size_t>(index)].get();
}

bool TranscriptView::showMessage(const MessageId& id) {
    const int index = indexOf(id);
    if (index < 0) return false;
    m_marked = id;
    m_follow = false;
    m_anchor = {index, -TranscriptStyle::k_messageGap};
    relayout();
    viewport()->update();
    return true;
}

void TranscriptView::followEnd() {
    m_follow = true;
    m_newBelow = false;
    m_marked = {};
    relayout();
    viewport()->update();
    setFocus(Qt::OtherFocusReason);
}

int TranscriptView::columnLeft() const {
    return std::max(TranscriptStyle::k_sideMargin,
                    (width() - m_geometry.columnWidth()) / 2); // whether or not there is a scroll bar
}

void TranscriptView::ensureParsed(MessageEntry& entry) {
    if (entry.isParsed() || entry.parseRequested) return;
    if (entry.contentSize() <= k_parseHere) {
        entry.parse();
        m_geometry.refresh(entry);
        return;
    }
    entry.parseRequested = true;
    auto promise = std::make_shared<QPromise<md::Blocks>>();
    promise->start();
    const MessageId id = entry.message().id;
    const std::string content = entry.message().content;
    auto* watcher = new QFutureWatcher<md::Blocks>(this); // dies with the view, whatever the worker does
    connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher, id, content] {
        watcher->deleteLater();
        adopt(id, content, watcher->future().takeResult());
    });
    watcher->setFuture(promise->future());
    const bool typed = entry.isUser();
    QThreadPool::globalInstance()->start([promise, content, typed] {
        const QString text = QString::fromStdString(content);
        promise->addResult(typed ? md::parsePlain(text) : md::parse(text));
        promise->finish();
    });
}

void TranscriptView::adopt(const MessageId& id, const std::string& content, md::Blocks blocks) {
    MessageEntry* entry = find(id);
    if (entry == nullptr || entry->isParsed() || entry->message().content != content) return;
    const int before = entry->height;
    entry->setBlocks(std::move(blocks));
    m_geometry.refresh(*entry);
    // The reader's place in a guessed text becomes the same share of the true one.
    if (!m_follow && indexOf(id) == m_anchor.message && m_anchor.offset > 0 && before > 0) {
        m_anchor.offset = static_cast<int>(qint64(m_anchor.offset) * entry->height / before);
    }
    relayout();
    viewport()->update();
}

int TranscriptView::wantedTop() {
    const int most = std::max(0, m_geometry.totalHeight() - viewport()->height());
    if (m_follow || m_entries.empty()) return most;
    return std::clamp(m_geometry.messageTop(m_anchor.message) + m_anchor.offset, 0, most);
}

// Lays out what the window shows from `top` on. True when a height changed.
bool TranscriptView::ensureVisible(int top) {
    const int from = top - k_margin;
    const int to = top + viewport()->height() + k_margin;
    bool changed = false;
    for (int m = std::max(0, m_geometry.messageAt(from)); m < static_cast<int>(m_entries.size()); ++m) {
        MessageEntry& entry = *m_entries[static_cast<std::size_t>(m)];
        int y = m_geometry.messageTop(m);
        if (y > to) break;
        if (!entry.isParsed()) {
            const int before = entry.height;
            ensureParsed(entry);
            if (entry.height != before) {
                if (!m_follow && m == m_anchor.message && m_anchor.offset > 0) {
                    m_anchor.offset =
                        static_cast<int>(qint64(m_anchor.offset) * entry.height / std::max(1, before));
                }
                return true;
            }
        }
        for (Unit& unit : entry.units) {
            if (isText(unit) && y + unit.height >= from && y <= to) {
                const int change = m_geometry.ensure(entry, unit);
                changed = changed || change != 0;
                // Text above the reader's place grew or shrank: the place moves with it.
                const int inMessage = y - m_geometry.messageTop(m);
                if (change != 0 && m == m_anchor.message &&
                    inMessage + unit.height - change <= m_anchor.offset) {
                    m_anchor.offset += change;
                }
            }
            y += unit.height;
            if (y > to) break;
        }
    }
    return changed;
}

void TranscriptView::relayout() {
    if (viewport()->width() <= 0) return;
    const int width =
        std::min(TranscriptStyle::k_columnWidth, viewport()->width() - 2 * TranscriptStyle::k_sideMargin);
    m_geometry.setColumnWidth(std::max(160, width));
    int top = wantedTop();
    for (int pass = 0; pass < k_passes; ++pass) {
        const bool changed = ensureVisible(top);
        const int next = wantedTop();
        if (!changed && next == top) break;
        top = next;
    }
    m_geometry.trim();
    setScrollRange(top);
    collectSpots(top);
    placePill();
    updateDots();
    if (m_hasOlder && !m_olderAsked && top < k_nearTop) {
        m_olderAsked = true;
        emit olderWanted();
    }
}

void TranscriptView::setScrollRange(int top) {
    m_adjusting = true;
    QScrollBar* bar = verticalScrollBar();
    bar->setRange(0, std::max(0, m_geometry.totalHeight() - viewport()->height()));
    bar->setPageStep(std::max(40, viewport()->height() - 40));
    bar->setValue(top);
    m_adjusting = false;
}

void TranscriptView::takeAnchor(int value) {
    const int message = m_geometry.messageAt(value);
    if (message < 0) return;
    m_anchor = {message, value - m_geometry.messageTop(message)};
}

void TranscriptView::scrollContentsBy(int, int) {
    if (m_adjusting) return;
    const QScrollBar* bar = verticalScrollBar();
    takeAnchor(bar->value());
    m_follow = bar->value() >= bar->maximum() - 1;
    if (m_follow) m_newBelow = false;
    relayout();
    viewport()->update();
}

void TranscriptView::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    relayout();
}

void TranscriptView::placePill() {
    const QScrollBar* bar = verticalScrollBar();
    const int away = bar->maximum() - bar->value();
    const bool show = !m_follow && away > 0 && (m_newBelow || away > viewport()->height() / 2);
    if (show) {
        m_pill->setText(m_newBelow ? tr("New") : tr("To the end"));
        m_pill->adjustSize();
        m_pill->move((width() - m_pill->width()) / 2, viewport()->height() - m_pill->height() - 12);
        m_pill->raise();
    }
    m_pill->setVisible(show);
}

void TranscriptView::updateDots() {
    const bool shown = isVisible() && std::any_of(m_spots.begin(), m_spots.end(), [](const Spot& spot) {
                           return spot.item.look == ChromeItem::Look::Dots;
                       });
    if (shown && !m_dots.isActive()) m_dots.start();
    if (!shown) m_dots.stop();
}

ChromeContext TranscriptView::contextOf(int message) const {
    const bool last = message + 1 == static_cast<int>(m_entries.size());
    return {last || message == m_hoveredMessage, m_busy};
}

} // namespace exo::ui
