// What can be clicked in the transcript: finding it, hovering it, doing it.
#include "ui/chat/markdown/Citation.h"
#include "ui/chat/markdown/Export.h"
#include "ui/chat/transcript/TranscriptView.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QMenu>
#include <QMimeData>
#include <QScrollBar>
#include <QToolTip>
#include <QUrl>

namespace exo::ui {

namespace {

// All of it, also when only its beginning is shown.
QString codeOf(const MessageEntry& entry, const Unit& unit) {
    const auto index = static_cast<std::size_t>(unit.block);
    if (unit.kind != UnitKind::ToolText)
        return md::wholeCode(unit.kind == UnitKind::Text ? entry.blocks() : entry.reasoning(), index);
    const ToolPart& part = entry.toolParts()[index];
    return wholeToolText(entry.message().toolCalls[static_cast<std::size_t>(part.call)], part.isResult);
}

} // namespace

void TranscriptView::collectSpots(int top) {
    m_spots.clear();
    const int left = columnLeft();
    const int bottom = viewport()->height();
    const auto take = [this](const std::vector<ChromeItem>& items, QPointF at, int message, int unit) {
        for (const ChromeItem& item : items) {
            if (item.action == SpotAction::None && item.look != ChromeItem::Look::Dots) continue;
            m_spots.push_back({item.rect.translated(at), item, message, unit, {}, {}});
        }
    };
    for (int m = std::max(0, m_geometry.messageAt(top)); m < static_cast<int>(m_entries.size()); ++m) {
        const MessageEntry& entry = *m_entries[static_cast<std::size_t>(m)];
        int y = m_geometry.messageTop(m) - top;
        if (y > bottom) break;
        for (std::size_t u = 0; u < entry.units.size(); ++u) {
            const Unit& unit = entry.units[u];
            const bool text = isText(unit);
            if (y + unit.height >= 0 && y <= bottom) {
                const QPointF at(left, y);
                if (text)
                    addTargets(at, m, static_cast<int>(u));
                else
                    take(chromeItems(entry, unit, *m_style, m_geometry.columnWidth(), contextOf(m)), at, m,
                         static_cast<int>(u));
                if (text && entry.blockOf(unit).kind == md::BlockKind::Code &&
                    !entry.blockOf(unit).continues) {
                    const TextPlace place = placeText(entry, unit, m_geometry.columnWidth());
                    const QPointF corner(at.x() + place.x - TranscriptStyle::k_codePadX,
                                         at.y() + place.spaceAbove + place.above -
                                             TranscriptStyle::k_codeHeader - TranscriptStyle::k_codePadY);
                    take(codeItems(entry, unit, *m_style, place.width + 2 * TranscriptStyle::k_codePadX),
                         corner, m, static_cast<int>(u));
                }
            }
            y += unit.height;
        }
    }
}

void TranscriptView::addTargets(const QPointF& at, int message, int unitIndex) {
    const MessageEntry& entry = *m_entries[static_cast<std::size_t>(message)];
    const Unit& unit = entry.units[static_cast<std::size_t>(unitIndex)];
    if (!unit.layout) return;
    const TextPlace place = placeText(entry, unit, m_geometry.columnWidth());
    const QPointF origin = at + QPointF(place.x, place.spaceAbove + place.above);
    for (const auto& [rect, span] : unit.layout->targets()) {
        Spot spot;
        spot.rect = rect.translated(origin);
        spot.item.action = SpotAction::OpenTarget;
        spot.message = message;
        spot.unit = unitIndex;
        spot.target = span->target;
        spot.flags = span->flags;
        m_spots.push_back(std::move(spot));
    }
}

const Spot* TranscriptView::spotAt(QPointF point) const {
    for (const Spot& spot : m_spots) {
        const bool small = spot.item.action != SpotAction::OpenTarget;
        if (spot.rect.adjusted(small ? -5 : 0, 0, small ? 5 : 0, 0).contains(point)) return &spot;
    }
    return nullptr;
}

QString TranscriptView::tipOf(const Spot& spot) {
    if (spot.item.action != SpotAction::OpenTarget) return spot.item.tip;
    return spot.flags.testFlag(md::SpanFlag::Citation) ? tr("Open %1").arg(spot.target) : spot.target;
}

void TranscriptView::updateHover(QPointF point) {
    const Spot* spot = spotAt(point);
    const QRectF rect = spot != nullptr && spot->item.action != SpotAction::None ? spot->rect : QRectF();
    const int y = static_cast<int>(point.y()) + verticalScrollBar()->value();
    const bool inside = viewport()->rect().contains(point.toPoint()) && y < m_geometry.totalHeight();
    const int message = inside ? m_geometry.messageAt(y) : -1;
    if (rect != m_hoverRect || message != m_hoveredMessage) {
        m_hoverRect = rect;
        if (message != m_hoveredMessage) {
            m_hoveredMessage = message;
            collectSpots(verticalScrollBar()->value());
        }
        viewport()->update();
    }
    const int left = columnLeft();
    const bool overColumn = point.x() >= left && point.x() <= left + m_geometry.columnWidth();
    viewport()->setCursor(!rect.isEmpty()        ? Qt::PointingHandCursor
                          : overColumn && inside ? Qt::IBeamCursor
                                                 : Qt::ArrowCursor);
}

bool TranscriptView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const Spot* spot = spotAt(help->pos());
        if (spot != nullptr && !tipOf(*spot).isEmpty()) {
            QToolTip::showText(help->globalPos(), tipOf(*spot).toHtmlEscaped(), viewport(),
                               spot->rect.toAlignedRect());
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    if (event->type() == QEvent::Leave) updateHover({-1, -1});
    return QAbstractScrollArea::viewportEvent(event);
}

void TranscriptView::activate(const Spot& spot) {
    const Spot copy = spot; // the list changes while it is acted upon
    runAction(copy);
}

void TranscriptView::runAction(const Spot& spot) {
    if (spot.message < 0 || spot.message >= static_cast<int>(m_entries.size())) return;
    MessageEntry& entry = *m_entries[static_cast<std::size_t>(spot.message)];
    const MessageId id = entry.message().id;
    switch (spot.item.action) {
    case SpotAction::None: break;
    case SpotAction::Edit: emit editRequested(id); break;
    case SpotAction::Copy: copyEntry(spot.message); break;
    case SpotAction::Regenerate: emit regenerateRequested(id); break;
    case SpotAction::Retry: emit retryRequested(id); break;
    case SpotAction::Continue: emit continueRequested(id); break;
    case SpotAction::PreviousBranch: emit branchRequested(id, -1); break;
    case SpotAction::NextBranch: emit branchRequested(id, 1); break;
    case SpotAction::Quote:
        emit quoteRequested(m_selection.isEmpty() ? QString::fromStdString(entry.message().content)
                                                  : selectedText());
        break;
    case SpotAction::CopyCode: {
        QGuiApplication::clipboard()->setText(
            codeOf(entry, entry.units[static_cast<std::size_t>(spot.unit)]));
        emit copied();
        break;
    }
    case SpotAction::WrapCode:
        toggleWrap(entry, entry.units[static_cast<std::size_t>(spot.unit)].block);
        break;
    case SpotAction::ToggleReasoning:
        entry.setReasoningShown(!entry.reasoningShown());
        foldChanged(entry);
        break;
    case SpotAction::ToggleTools:
        entry.setToolsShown(spot.item.index, !entry.toolsShown(spot.item.index));
        foldChanged(entry);
        break;
    case SpotAction::ToggleTool:
        entry.setToolShown(spot.item.index, !entry.isToolShown(spot.item.index));
        foldChanged(entry);
        break;
    case SpotAction::OpenSource: {
        const auto& citation = entry.message().citations.at(static_cast<std::size_t>(spot.item.index));
        emit citationActivated(md::formatCodePlace(
            {QString::fromStdString(citation.path), citation.startLine, citation.endLine}));
        break;
    }
    case SpotAction::OpenTarget:
        if (spot.flags.testFlag(md::SpanFlag::Citation))
            emit citationActivated(spot.target);
        else
            emit linkActivated(QUrl(spot.target, QUrl::TolerantMode));
        break;
    }
}

// Something was opened or closed: the place that was pressed stays where it is.
void TranscriptView::foldChanged(MessageEntry& entry) {
    m_selection.clear();
    takeAnchor(verticalScrollBar()->value());
    m_follow = false;
    entryChanged(entry);
    m_newBelow = false;
    placePill();
}

void TranscriptView::toggleWrap(MessageEntry& entry, int block) {
    const int group = entry.codeGroup(block);
    if (!entry.wrapped.erase(group)) entry.wrapped.insert(group);
    entry.scrolled.erase(group);
    for (Unit& unit : entry.units) {
        if (unit.kind != UnitKind::Text || entry.codeGroup(unit.block) != group || !unit.layout) continue;
        unit.layout.reset();
        --entry.liveLayouts;
    }
    takeAnchor(verticalScrollBar()->value());
    m_follow = m_follow && verticalScrollBar()->maximum() == 0;
    entryChanged(entry);
}

void TranscriptView::scrollCode(QPointF at, int by) {
    const int y = static_cast<int>(at.y()) + verticalScrollBar()->value();
    const int message = m_geometry.messageAt(y);
    if (message < 0) return;
    MessageEntry& entry = *m_entries[static_cast<std::size_t>(message)];
    int top = m_geometry.messageTop(message);
    for (const Unit& unit : entry.units) {
        if (y >= top && y < top + unit.height && unit.kind == UnitKind::Text && unit.layout &&
            entry.blockOf(unit).kind == md::BlockKind::Code) {
            const TextPlace place = placeText(entry, unit, m_geometry.columnWidth());
            int& offset = entry.scrolled[entry.codeGroup(unit.block)];
            offset = std::clamp(offset + by, 0, std::max(0, unit.layout->naturalWidth() - place.width));
            viewport()->update();
            return;
        }
        top += unit.height;
    }
}

void TranscriptView::copyEntry(int message) const {
    QGuiApplication::clipboard()->setMimeData(
        copyOf(*m_entries[static_cast<std::size_t>(message)]).release());
    emit const_cast<TranscriptView*>(this)->copied();
}

void TranscriptView::copySelection() const {
    if (m_selection.isEmpty()) return;
    QGuiApplication::clipboard()->setMimeData(copyOf(m_selection, m_entries).release());
}

QString TranscriptView::selectedText() const {
    return m_selection.isEmpty() ? QString() : plainText(m_selection, m_entries);
}

void TranscriptView::fillMenu(QMenu& menu, int message) {
    menu.setObjectName(QStringLiteral("transcriptMenu"));
    if (!m_selection.isEmpty()) {
        menu.addAction(tr("Copy"), this, &TranscriptView::copySelection);
        menu.addAction(tr("Quote"), this, [this] { emit quoteRequested(selectedText()); });
        menu.addSeparator();
    }
    if (message >= 0) {
        const MessageId id = m_entries[static_cast<std::size_t>(message)]->message().id;
        const bool user = m_entries[static_cast<std::size_t>(message)]->isUser();
        menu.addAction(tr("Copy message"), this, [this, message] { copyEntry(message); });
        if (user && !m_busy)
            menu.addAction(tr("Edit as a new branch"), this, [this, id] { emit editRequested(id); });
        if (!user && !m_busy)
            menu.addAction(tr("Regenerate"), this, [this, id] { emit regenerateRequested(id); });
        menu.addSeparator();
    }
    menu.addAction(tr("Select all"), this, &TranscriptView::selectAll);
}

} // namespace exo::ui
