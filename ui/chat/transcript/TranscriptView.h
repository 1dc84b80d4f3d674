#pragma once
// The messages of one branch. Lays out only what is visible, keeps the reader's place while heights become
// exact, follows the end only when the reader is there, selects across messages. GUI thread.

#include "ui/chat/transcript/ChromeRows.h"
#include "ui/chat/transcript/Geometry.h"
#include "ui/chat/transcript/Selection.h"

#include <QAbstractScrollArea>
#include <QTimer>

class QPushButton;

namespace exo::ui {

// A place that can be clicked, hovered or reached by Tab.
struct Spot {
    QRectF rect; // in the viewport
    ChromeItem item;
    int message = -1;
    int unit = -1;
    QString target; // of OpenTarget
    md::SpanFlags flags;
};

class TranscriptView final : public QAbstractScrollArea {
    Q_OBJECT
  public:
    explicit TranscriptView(const ThemeController* theme, QWidget* parent = nullptr);
    ~TranscriptView() override;

    enum class Place : std::uint8_t { End, Keep };
    // The messages of the branch, first to last. Those that were shown before keep their layouts; with Keep
    // the reader keeps the place too (older messages arrived above, another branch).
    void setMessages(std::vector<api::Message> messages, Place place);
    void appendMessage(api::Message message);
    // Replaces the message known as `id`, whose id may change by that.
    void replaceMessage(const MessageId& id, api::Message message);
    void appendText(const MessageId& id, const QString& text);
    void appendReasoning(const MessageId& id, const QString& text);
    void addCitation(const MessageId& id, const api::Citation& citation);
    void setTool(const MessageId& id, const api::ToolCall& call); // began, or ended
    void setHasOlder(bool older);
    void setBusy(bool busy);               // a turn of this session runs
    bool showMessage(const MessageId& id); // scrolls to it and marks it

    bool isFollowing() const { return m_follow; }
    bool isAnimating() const { return m_dots.isActive(); }
    void followEnd();
    void selectAll();
    void copySelection() const;
    QString selectedText() const;

    const Entries& entries() const { return m_entries; }
    Geometry& geometry() { return m_geometry; }
    const std::vector<Spot>& spots() const { return m_spots; }
    QRect messageRect(int message); // in the viewport
    void activate(const Spot& spot);
    // Viewport point of a letter, once it is laid out; for tests and accessibility.
    QPoint pointOf(const TextPosition& position);

  signals:
    void olderWanted();
    void editRequested(const exo::MessageId& id);
    void regenerateRequested(const exo::MessageId& id);
    void retryRequested(const exo::MessageId& id);
    void continueRequested(const exo::MessageId& id);
    void branchRequested(const exo::MessageId& id, int step); // -1 or +1
    void quoteRequested(const QString& text);
    void linkActivated(const QUrl& url);          // http, https, mailto only
    void citationActivated(const QString& place); // path:line or path:first-last
    void copied();

  protected:
    bool viewportEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool focusNextPrevChild(bool next) override;

  private:
    // Where the reader is: a message and how far its top is above the window's.
    struct Anchor {
        int message = 0;
        int offset = 0;
    };
    int columnLeft() const;
    void restyle();
    void relayout(); // lays out what is visible, corrects the scroll bar, collects spots
    bool ensureVisible(int top);
    void ensureParsed(MessageEntry& entry);
    void adopt(const MessageId& id, const std::string& content, md::Blocks blocks);
    void takeAnchor(int value);
    int wantedTop();
    void setScrollRange(int top);
    void collectSpots(int top);
    void addTargets(const QPointF& at, int message, int unit);
    void placePill();
    void updateDots();
    int indexOf(const MessageId& id) const;
    MessageEntry* find(const MessageId& id);
    void entryChanged(MessageEntry& entry);
    ChromeContext contextOf(int message) const;
    void runAction(const Spot& spot);
    void foldChanged(MessageEntry& entry);
    void tellFocus();
    void toggleWrap(MessageEntry& entry, int block);
    void scrollCode(QPointF at, int by);
    const Spot* spotAt(QPointF point) const;
    TextPosition positionAt(QPointF point); // where a selection would begin
    TextPosition extendedTo(QPointF point); // where the one that began would end
    TextPosition positionInText(QPointF point, int message);
    std::optional<TextPosition> positionInTool(QPointF point, int message, std::optional<int> block);
    QString textAt(const TextPosition& position) const; // of its block; empty when there is none
    void selectWordAt(QPointF point);
    void autoscroll();
    void moveCursor(QKeyEvent* event);
    void updateHover(QPointF point);
    void copyEntry(int message) const;
    void fillMenu(QMenu& menu, int message);
    static QString tipOf(const Spot& spot);

    const ThemeController* m_theme;
    std::unique_ptr<TranscriptStyle> m_style;
    Entries m_entries;
    Geometry m_geometry;
    Selection m_selection;
    std::vector<Spot> m_spots;
    Anchor m_anchor;
    bool m_follow = true;
    bool m_adjusting = false; // the scroll bar moves by our hand
    bool m_hasOlder = false;
    bool m_olderAsked = false;
    bool m_busy = false;
    bool m_newBelow = false; // something arrived where the reader does not look
    MessageId m_marked;
    int m_hoveredMessage = -1;
    QRectF m_hoverRect;
    int m_focusSpot = -1;
    bool m_selecting = false;
    QPoint m_pressedAt;
    QPoint m_dragPoint;
    QTimer m_autoscroll;
    QTimer m_dots;
    int m_dotPhase = 0;
    QPushButton* m_pill;
};

} // namespace exo::ui
